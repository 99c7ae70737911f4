//! Arithmetic in the base field: as [`super::arithmetic`], of one coordinate.
//!
//! * **Guarantees** `out = b (m a + n c) + k_a a + k_b b + k_c c + constant`, and with `assert` that `out` is 0.
//! * **Why a cheater fails.** As there. That an operand is of the base field is in the message that it reads: its other four
//!   coordinates are 0.
//! * **Cost.** 4 cells, 4 messages.

use core::borrow::{Borrow, BorrowMut};

use hearth_chips::columns;
use hearth_stark_verifier::field::F;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Gate;
use crate::values::{Link, Values};
use crate::wires::{Addresses, Wire};
use crate::wiring::{Port, base_wire};

columns! {
    /// Values.
    pub struct Main {
        /// Operands a, b, c.
        pub operands: [T; 3],
        /// The result.
        pub out: T,
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
        pub constant: T,
        /// 1 if the result is asserted to be 0.
        pub assert: T,
    }
}

/// A row.
#[derive(Clone, Debug, Default)]
pub struct Scalar {
    /// Operands a, b, c; where there is no wire the value is 0.
    pub operands: [Option<Wire>; 3],
    /// Of a b and of c b.
    pub products: [F; 2],
    /// Of the operands.
    pub linear: [F; 3],
    /// The constant.
    pub constant: F,
    /// The wire of the result; none if it is asserted to be 0.
    pub out: Option<Wire>,
}

impl Gate for Scalar {
    const NAME: &'static str = "scalar";
    const WIDTH: usize = Main::WIDTH;
    const FIXED: usize = Fixed::WIDTH;

    fn eval<B: InteractionBuilder<F = F>>(builder: &mut B) {
        let fixed = builder.preprocessed().clone();
        let fixed: &Fixed<_> = fixed.current_slice().borrow();
        let main = builder.main();
        let main: &Main<B::Var> = main.current_slice().borrow();
        let [a, b, c] = main.operands.map(Into::<B::Expr>::into);
        let out: B::Expr = main.out.into();
        let [m, n] = fixed.products.map(Into::<B::Expr>::into);
        let mut sum = b.clone() * (m * a.clone() + n * c.clone()) + fixed.constant.into();
        for (coefficient, operand) in fixed.linear.into_iter().zip([&a, &b, &c]) {
            sum += coefficient.into() * operand.clone();
        }
        builder.assert_zero(out.clone() - sum);
        builder.assert_zero(fixed.assert.into() * out.clone());
        for (port, value) in fixed.ports.into_iter().zip([a, b, c, out]) {
            base_wire(builder, port, value);
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
        cells.constant = self.constant;
        cells.assert = F::from_bool(self.out.is_none());
    }

    fn fill(&self, values: &Values<'_>, cells: &mut [F]) {
        let cells: &mut Main<F> = cells.borrow_mut();
        let [a, b, c] = self.operands.map(|operand| operand.map_or(F::ZERO, |wire| values.get(wire).0[0]));
        let linear: F = self.linear.iter().zip([a, b, c]).map(|(&coefficient, operand)| coefficient * operand).sum();
        cells.operands = [a, b, c];
        cells.out = b * (a * self.products[0] + c * self.products[1]) + linear + self.constant;
    }
}
