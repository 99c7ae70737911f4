//! A node of a cap.
//!
//! * **Guarantees** that the digest at the node's address consists of the nine elements that it reads.
//! * **Why a cheater fails.** The count is free, and can do no more than balance: see [`crate::wiring`].
//! * **Cost.** 10 cells, 10 messages.

use core::borrow::{Borrow, BorrowMut};

use hearth_chips::columns;
use hearth_machine::hash::DIGEST;
use hearth_stark_verifier::field::F;
use p3_air::WindowAccess;
use p3_lookup::InteractionBuilder;

use super::Gate;
use crate::values::{Link, Values};
use crate::wires::{Addresses, Wire};
use crate::wiring::{Port, base_wire, provide_digest};

columns! {
    /// Values.
    pub struct Main {
        /// The digest.
        pub digest: [T; DIGEST],
        /// How many paths end here.
        pub uses: T,
    }
}

columns! {
    /// Connections.
    pub struct Fixed {
        /// Of the elements.
        pub ports: [Port<T>; DIGEST],
        /// Address of the node.
        pub address: T,
        /// 1 on rows in use.
        pub real: T,
    }
}

/// A row.
#[derive(Clone, Debug)]
pub struct Node {
    /// Number of the cap, and of the node in it.
    pub place: (usize, usize),
    /// The elements.
    pub digest: [Wire; DIGEST],
}

impl Gate for Node {
    const NAME: &'static str = "node";
    const WIDTH: usize = Main::WIDTH;
    const FIXED: usize = Fixed::WIDTH;

    fn eval<B: InteractionBuilder<F = F>>(builder: &mut B) {
        let fixed = builder.preprocessed().clone();
        let fixed: &Fixed<_> = fixed.current_slice().borrow();
        let main = builder.main();
        let main: &Main<B::Var> = main.current_slice().borrow();
        let digest = main.digest.map(Into::<B::Expr>::into);
        for (port, element) in fixed.ports.into_iter().zip(digest.clone()) {
            base_wire(builder, port, element);
        }
        let uses = fixed.real.into() * main.uses;
        provide_digest(builder, fixed.address.into(), uses, digest);
    }

    fn links(&self) -> Vec<Link> {
        self.digest.map(Link::Read).into()
    }

    fn fix(&self, addresses: &Addresses, cells: &mut [F]) {
        let cells: &mut Fixed<F> = cells.borrow_mut();
        addresses.connect(&self.links(), &mut cells.ports);
        cells.address = addresses.node(self.place);
        cells.real = p3_field::PrimeCharacteristicRing::ONE;
    }

    fn fill(&self, values: &Values<'_>, cells: &mut [F]) {
        let cells: &mut Main<F> = cells.borrow_mut();
        cells.digest = self.digest.map(|wire| values.get(wire).0[0]);
        cells.uses = values.uses(self.place);
    }
}
