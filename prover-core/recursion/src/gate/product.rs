//! A product in the challenge field: `out = m a b + k_a a + k_b b + constant`.
//!
//! * **Guarantees** that the equation holds, and with `assert` that `out` is 0. An operand without a wire is free: the circuit has
//!   one with a coefficient only where it asserts that a is not 0, by a b with which `a b - 1` is 0.
//! * **Why a cheater fails.** As in [`super::arithmetic`], of which this is the cheaper half.
//! * **Cost.** 15 cells, 3 messages.

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
        /// Operands a, b.
        pub operands: [[T; DEGREE]; 2],
        /// The result.
        pub out: [T; DEGREE],
    }
}

columns! {
    /// Connections and coefficients.
    pub struct Fixed {
        /// Of the operands and of the result.
        pub ports: [Port<T>; 3],
        /// Of a b.
        pub product: T,
        /// Of the operands.
        pub linear: [T; 2],
        /// The constant.
        pub constant: [T; DEGREE],
        /// 1 if the result is asserted to be 0.
        pub assert: T,
    }
}

/// A row.
#[derive(Clone, Debug, Default)]
pub struct Product {
    /// Operands a, b; where there is no wire for b, its value is the inverse of a.
    pub operands: [Option<Wire>; 2],
    /// Of a b.
    pub product: F,
    /// Of the operands.
    pub linear: [F; 2],
    /// The constant.
    pub constant: E,
    /// The wire of the result; none if it is asserted to be 0.
    pub out: Option<Wire>,
}

impl Gate for Product {
    const NAME: &'static str = "product";
    const WIDTH: usize = Main::WIDTH;
    const FIXED: usize = Fixed::WIDTH;

    fn eval<B: InteractionBuilder<F = F>>(builder: &mut B) {
        let fixed = builder.preprocessed().clone();
        let fixed: &Fixed<_> = fixed.current_slice().borrow();
        let main = builder.main();
        let main: &Main<B::Var> = main.current_slice().borrow();
        let expr = |value: B::Var| -> B::Expr { value.into() };
        let [a, b] = main.operands.map(|operand| operand.map(expr));
        let out = main.out.map(expr);
        let scaled = a.clone().map(|a| a * fixed.product);
        for (i, product) in multiply(&scaled, &b).into_iter().enumerate() {
            let [k, l] = fixed.linear;
            let sum = product + a[i].clone() * k + b[i].clone() * l + fixed.constant[i];
            builder.assert_zero(out[i].clone() - sum);
            builder.assert_zero(out[i].clone() * fixed.assert);
        }
        for (port, value) in fixed.ports.into_iter().zip([a, b, out]) {
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
        cells.product = self.product;
        cells.linear = self.linear;
        cells.constant = self.constant.0;
        cells.assert = F::from_bool(self.out.is_none());
    }

    fn fill(&self, values: &Values<'_>, cells: &mut [F]) {
        let cells: &mut Main<F> = cells.borrow_mut();
        let a = self.operands[0].map_or(E::ZERO, |wire| values.get(wire));
        let b = self.operands[1].map_or_else(|| a.try_inverse().unwrap_or(E::ZERO), |wire| values.get(wire));
        let [k, l] = self.linear;
        cells.operands = [a.0, b.0];
        cells.out = (a * b * self.product + a * k + b * l + self.constant).0;
    }
}
