//! Arithmetic in the challenge field: `out = b (m a + n c) + k_a a + k_b b + k_c c + constant`.
//!
//! * **Guarantees** that the equation holds, and with `assert` that `out` is 0. Operands without a wire have coefficients 0.
//! * **Why a cheater fails.** The operands are read, so they are what was provided; the coefficients are preprocessed; the
//!   equation, five constraints of degree 3, leaves one value for `out`.
//! * **Cost.** 20 cells, 4 messages.

use core::borrow::{Borrow, BorrowMut};

use hearth_chips::columns;
use hearth_stark_verifier::field::{DEGREE, E, F};
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Gate;
use crate::quintic::multiply;
use crate::values::{Link, Values};
use crate::wires::{Addresses, Wire};
use crate::wiring::{Port, wire};

columns! {
    /// Values.
    pub struct Main {
        /// Operands a, b, c.
        pub operands: [[T; DEGREE]; 3],
        /// The result.
        pub out: [T; DEGREE],
    }
}

columns! {
    /// Connections and coefficients.
    pub struct Fixed {
        /// Of the operands and of the result.
        pub ports: [Port<T>; 4],
        /// Of a b and of c b.
        pub products: [T; 2],
        /// Of the operands.
        pub linear: [T; 3],
        /// The constant.
        pub constant: [T; DEGREE],
        /// 1 if the result is asserted to be 0.
        pub assert: T,
    }
}

/// A row.
#[derive(Clone, Debug, Default)]
pub struct Arithmetic {
    /// Operands a, b, c; where there is no wire the value is 0.
    pub operands: [Option<Wire>; 3],
    /// Of a b and of c b.
    pub products: [F; 2],
    /// Of the operands.
    pub linear: [F; 3],
    /// The constant.
    pub constant: E,
    /// The wire of the result; none if it is asserted to be 0.
    pub out: Option<Wire>,
}

impl Gate for Arithmetic {
    const NAME: &'static str = "arithmetic";
    const WIDTH: usize = Main::WIDTH;
    const FIXED: usize = Fixed::WIDTH;

    fn eval<B: InteractionBuilder<F = F>>(builder: &mut B) {
        let fixed = builder.preprocessed().clone();
        let fixed: &Fixed<_> = fixed.current_slice().borrow();
        let main = builder.main();
        let main: &Main<B::Var> = main.current_slice().borrow();
        let expr = |value: B::Var| -> B::Expr { value.into() };
        let [a, b, c] = main.operands.map(|operand| operand.map(expr));
        let out = main.out.map(expr);
        let [m, n] = fixed.products.map(Into::<B::Expr>::into);
        let linear = fixed.linear.map(Into::<B::Expr>::into);
        let inner = core::array::from_fn(|i| m.clone() * a[i].clone() + n.clone() * c[i].clone());
        let product = multiply(&inner, &b);
        for (i, product) in product.into_iter().enumerate() {
            let mut sum = product + fixed.constant[i];
            for (coefficient, operand) in linear.iter().zip([&a, &b, &c]) {
                sum += coefficient.clone() * operand[i].clone();
            }
            builder.assert_zero(out[i].clone() - sum);
            builder.assert_zero(Into::<B::Expr>::into(fixed.assert) * out[i].clone());
        }
        for (port, value) in fixed.ports.into_iter().zip([a, b, c, out]) {
            wire(builder, port, value);
        }
    }

    fn links(&self) -> Vec<Link> {
        let operands = self.operands.map(|operand| operand.map_or(Link::None, Link::Read));
        operands.into_iter().chain([self.out.map_or(Link::None, Link::Provide)]).collect()
    }

    fn fix(&self, addresses: &Addresses, cells: &mut [F]) {
        let cells: &mut Fixed<F> = cells.borrow_mut();
        addresses.connect(&self.links(), &mut cells.ports);
        cells.products = self.products;
        cells.linear = self.linear;
        cells.constant = self.constant.0;
        cells.assert = F::from_bool(self.out.is_none());
    }

    fn fill(&self, values: &Values<'_>, cells: &mut [F]) {
        let cells: &mut Main<F> = cells.borrow_mut();
        let [a, b, c] = self.operands.map(|operand| operand.map_or(E::ZERO, |wire| values.get(wire)));
        let mut out = b * (a * self.products[0] + c * self.products[1]) + self.constant;
        for (&coefficient, operand) in self.linear.iter().zip([a, b, c]) {
            out += operand * coefficient;
        }
        cells.operands = [a, b, c].map(|operand| operand.0);
        cells.out = out.0;
    }
}
