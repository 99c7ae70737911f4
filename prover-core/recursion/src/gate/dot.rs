//! Five products of a weight in the challenge field and a value in the base field: `out = sum + x_0 w_0 + .. + x_4 w_4`.
//!
//! * **Guarantees** the equation, for five values that travel together. A weight without a wire is free: the circuit has it only
//!   where the value is the constant 0.
//! * **Why a cheater fails.** As in [`super::arithmetic`]: everything on the right-hand side is read.
//! * **Cost.** 40 cells, 8 messages: 11 in area for a product.

use core::borrow::{Borrow, BorrowMut};

use hearth_chips::columns;
use hearth_stark_verifier::field::{DEGREE, E, F};
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Gate;
use crate::values::{Link, Values};
use crate::wires::{Addresses, Wire};
use crate::wiring::{Port, wire};

columns! {
    /// Values.
    pub struct Main {
        /// What is added to.
        pub sum: [T; DEGREE],
        /// The values.
        pub values: [T; DEGREE],
        /// The weights.
        pub weights: [[T; DEGREE]; DEGREE],
        /// The result.
        pub out: [T; DEGREE],
    }
}

columns! {
    /// Connections.
    pub struct Fixed {
        /// Of sum, values, weights, result.
        pub ports: [Port<T>; 8],
        /// 1 if there is a sum to add to.
        pub has_sum: T,
    }
}

/// A row.
#[derive(Clone, Debug)]
pub struct Dot {
    /// What is added to, if anything.
    pub sum: Option<Wire>,
    /// Five values of the base field.
    pub values: Wire,
    /// The weights.
    pub weights: [Option<Wire>; DEGREE],
    /// The wire of the result.
    pub out: Wire,
}

impl Gate for Dot {
    const NAME: &'static str = "dot";
    const WIDTH: usize = Main::WIDTH;
    const FIXED: usize = Fixed::WIDTH;

    fn eval<B: InteractionBuilder<F = F>>(builder: &mut B) {
        let fixed = builder.preprocessed().clone();
        let fixed: &Fixed<_> = fixed.current_slice().borrow();
        let main = builder.main();
        let main: &Main<B::Var> = main.current_slice().borrow();
        let expr = |value: B::Var| -> B::Expr { value.into() };
        for i in 0..DEGREE {
            let mut sum = fixed.has_sum.into() * expr(main.sum[i]);
            for (&value, weight) in main.values.iter().zip(&main.weights) {
                sum += expr(value) * expr(weight[i]);
            }
            builder.assert_zero(expr(main.out[i]) - sum);
        }
        let values = [main.sum, main.values].into_iter().chain(main.weights).chain([main.out]);
        for (port, value) in fixed.ports.into_iter().zip(values) {
            wire(builder, port, value.map(expr));
        }
    }

    fn links(&self) -> Vec<Link> {
        let read = |wire: Option<Wire>| wire.map_or(Link::None, Link::Read);
        let operands = [self.sum, Some(self.values)].into_iter().chain(self.weights).map(read);
        operands.chain([Link::Provide(self.out)]).collect()
    }

    fn fix(&self, addresses: &Addresses, cells: &mut [F]) {
        let cells: &mut Fixed<F> = cells.borrow_mut();
        addresses.connect(&self.links(), &mut cells.ports);
        cells.has_sum = F::from_bool(self.sum.is_some());
    }

    fn fill(&self, values: &Values<'_>, cells: &mut [F]) {
        let cells: &mut Main<F> = cells.borrow_mut();
        let get = |wire: Option<Wire>| wire.map_or(E::ZERO, |wire| values.get(wire));
        let (sum, factors, weights) = (get(self.sum), values.get(self.values), self.weights.map(get));
        let out = factors.0.iter().zip(weights).fold(sum, |sum, (&value, weight)| sum + weight * value);
        (cells.sum, cells.values, cells.out) = (sum.0, factors.0, out.0);
        cells.weights = weights.map(|weight| weight.0);
    }
}
