//! Five values of the base field, together and apart.
//!
//! * **Guarantees** that the wire of five values and the wires of each agree. The row makes of single ones the five, or of the five
//!   single ones, or both at once of words of the proof, which are free: the circuit says by its ports.
//! * **Why a cheater fails.** All six messages are of the same five cells.
//! * **Cost.** 5 cells, 6 messages.

use core::borrow::{Borrow, BorrowMut};

use hearth_chips::columns;
use hearth_stark_verifier::field::{DEGREE, F};
use p3_air::WindowAccess;
use p3_lookup::InteractionBuilder;

use super::Gate;
use crate::values::{Link, Values};
use crate::wires::{Addresses, Wire};
use crate::wiring::{Port, base_wire, wire};

columns! {
    /// Values.
    pub struct Main {
        /// The five.
        pub values: [T; DEGREE],
    }
}

columns! {
    /// Connections.
    pub struct Fixed {
        /// Of the five together, and of each.
        pub ports: [Port<T>; DEGREE + 1],
    }
}

/// A row.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The five together.
    pub together: Wire,
    /// Whether it makes them.
    pub makes: bool,
    /// Each of them.
    pub each: [Link; DEGREE],
}

impl Gate for Pack {
    const NAME: &'static str = "pack";
    const WIDTH: usize = Main::WIDTH;
    const FIXED: usize = Fixed::WIDTH;

    fn eval<B: InteractionBuilder<F = F>>(builder: &mut B) {
        let fixed = builder.preprocessed().clone();
        let fixed: &Fixed<_> = fixed.current_slice().borrow();
        let main = builder.main();
        let main: &Main<B::Var> = main.current_slice().borrow();
        let values = main.values.map(Into::<B::Expr>::into);
        let [together, each @ ..] = fixed.ports;
        wire(builder, together, values.clone());
        for (port, value) in each.into_iter().zip(values) {
            base_wire(builder, port, value);
        }
    }

    fn links(&self) -> Vec<Link> {
        let together = if self.makes { Link::Provide(self.together) } else { Link::Read(self.together) };
        [together].into_iter().chain(self.each).collect()
    }

    fn fix(&self, addresses: &Addresses, cells: &mut [F]) {
        let cells: &mut Fixed<F> = cells.borrow_mut();
        addresses.connect(&self.links(), &mut cells.ports);
    }

    fn fill(&self, values: &Values<'_>, cells: &mut [F]) {
        let cells: &mut Main<F> = cells.borrow_mut();
        cells.values = values.get(self.together).0;
    }
}
