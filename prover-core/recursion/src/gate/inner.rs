//! Three products in the challenge field: `out = sum + a_0 b_0 + a_1 b_1 + a_2 b_2`.
//!
//! * **Guarantees** the equation, of the products that the circuit has here.
//! * **Why a cheater fails.** As in [`super::arithmetic`]: everything on the right-hand side is read, or has the coefficient 0.
//! * **Cost.** 40 cells, 8 messages: 18 in area for a product.

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

/// Products of a row.
pub const PAIRS: usize = 3;

columns! {
    /// Values.
    pub struct Main {
        /// What is added to.
        pub sum: [T; DEGREE],
        /// The factors.
        pub pairs: [[[T; DEGREE]; 2]; PAIRS],
        /// The result.
        pub out: [T; DEGREE],
    }
}

columns! {
    /// Connections and coefficients.
    pub struct Fixed {
        /// Of sum, factors, result.
        pub ports: [Port<T>; 2 * PAIRS + 2],
        /// 1 if there is a sum to add to.
        pub has_sum: T,
        /// 1 for each product that is there.
        pub has: [T; PAIRS],
    }
}

/// A row.
#[derive(Clone, Debug)]
pub struct Inner {
    /// What is added to, if anything.
    pub sum: Option<Wire>,
    /// The factors.
    pub pairs: [Option<[Wire; 2]>; PAIRS],
    /// The wire of the result.
    pub out: Wire,
}

impl Gate for Inner {
    const NAME: &'static str = "inner";
    const WIDTH: usize = Main::WIDTH;
    const FIXED: usize = Fixed::WIDTH;

    fn eval<B: InteractionBuilder<F = F>>(builder: &mut B) {
        let fixed = builder.preprocessed().clone();
        let fixed: &Fixed<_> = fixed.current_slice().borrow();
        let main = builder.main();
        let main: &Main<B::Var> = main.current_slice().borrow();
        let expr = |value: B::Var| -> B::Expr { value.into() };
        let mut sum = main.sum.map(|sum| expr(sum) * fixed.has_sum);
        for (pair, has) in main.pairs.iter().zip(fixed.has) {
            let [a, b] = [pair[0].map(|a| expr(a) * has), pair[1].map(expr)];
            sum.iter_mut().zip(multiply(&a, &b)).for_each(|(sum, product)| *sum += product);
        }
        for (out, sum) in main.out.into_iter().zip(sum) {
            builder.assert_zero(expr(out) - sum);
        }
        let values = [main.sum].into_iter().chain(main.pairs.into_iter().flatten()).chain([main.out]);
        for (port, value) in fixed.ports.into_iter().zip(values) {
            wire(builder, port, value.map(expr));
        }
    }

    fn links(&self) -> Vec<Link> {
        let mut links = vec![self.sum.map_or(Link::None, Link::Read)];
        links.extend(self.pairs.iter().flat_map(|pair| pair.map_or([Link::None; 2], |pair| pair.map(Link::Read))));
        links.push(Link::Provide(self.out));
        links
    }

    fn fix(&self, addresses: &Addresses, cells: &mut [F]) {
        let cells: &mut Fixed<F> = cells.borrow_mut();
        addresses.connect(&self.links(), &mut cells.ports);
        cells.has_sum = F::from_bool(self.sum.is_some());
        cells.has = self.pairs.map(|pair| F::from_bool(pair.is_some()));
    }

    fn fill(&self, values: &Values<'_>, cells: &mut [F]) {
        let cells: &mut Main<F> = cells.borrow_mut();
        let mut sum = self.sum.map_or(E::ZERO, |wire| values.get(wire));
        cells.sum = sum.0;
        for (pair, cells) in self.pairs.iter().zip(&mut cells.pairs) {
            if let Some(pair) = pair {
                let [a, b] = pair.map(|wire| values.get(wire));
                *cells = [a.0, b.0];
                sum += a * b;
            }
        }
        cells.out = sum.0;
    }
}
