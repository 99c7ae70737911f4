//! A permutation of the sponge: of the transcript, or of a leaf.
//!
//! * **Guarantees** that the outputs are Poseidon2 of the 24 inputs; that the inputs of the rate are what is read or, where they are
//!   words of the proof that are nowhere else, provides them; that the capacity is that of the permutation before, or what a
//!   first block has: a tag, a length, zeros.
//! * **Why a cheater fails.** Each S-box column is the cube of an expression that is linear in inputs and columns before it, the outputs
//!   are linear in such cubes: the inputs determine the row. They are connected five at a time, and the capacity as a whole.
//! * **Cost.** 215 cells: 24 inputs and 191 S-boxes; 9 messages. Outputs have no columns: in their messages they are of degree 3.

use core::borrow::{Borrow, BorrowMut};

use hearth_chips::columns;
use hearth_chips::poseidon2::SBOXES;
use hearth_machine::hash::{DIGEST, RATE, WIDTH};
use hearth_stark_verifier::field::{DEGREE, F};
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Gate;
use super::permutation::{self, constrain};
use crate::values::{Link, Values};
use crate::wires::{Addresses, DigestWire, Wire};
use crate::wiring::{Port, digest, wire};

/// Groups of the rate.
pub const GROUPS: usize = RATE / DEGREE;

columns! {
    /// Values.
    pub struct Main {
        /// The state before.
        pub inputs: [T; WIDTH],
        /// S-box outputs of all rounds but the last.
        pub sboxes: [T; SBOXES],
    }
}

columns! {
    /// Connections and constants.
    pub struct Fixed {
        /// Of the rate before and after, five elements each.
        pub groups: [Port<T>; 2 * GROUPS],
        /// Of the capacity before, the capacity after, and the digest.
        pub digests: [Port<T>; 3],
        /// 1 on rows in use.
        pub real: T,
        /// 1 on first blocks.
        pub first: T,
        /// The tag of a first block.
        pub tag: T,
        /// The length of a first block.
        pub length: T,
    }
}

/// What the capacity is.
#[derive(Clone, Copy, Debug)]
pub enum Capacity {
    /// Of a first block: tag and length.
    First(F, F),
    /// That of a permutation.
    After(DigestWire),
}

/// A row.
#[derive(Clone, Debug)]
pub struct Sponge {
    /// The rate before.
    pub inputs: [Link; GROUPS],
    /// The rate after.
    pub outputs: [Wire; GROUPS],
    /// The capacity before.
    pub capacity: Capacity,
    /// The capacity after.
    pub capacity_out: DigestWire,
    /// The digest.
    pub digest: DigestWire,
}

impl Gate for Sponge {
    const NAME: &'static str = "sponge";
    const WIDTH: usize = Main::WIDTH;
    const FIXED: usize = Fixed::WIDTH;

    fn eval<B: InteractionBuilder<F = F>>(builder: &mut B) {
        let fixed = builder.preprocessed().clone();
        let fixed: &Fixed<_> = fixed.current_slice().borrow();
        let main = builder.main();
        let main: &Main<B::Var> = main.current_slice().borrow();
        let expr = |value: B::Var| -> B::Expr { value.into() };
        let mut state = main.inputs.map(expr);
        let first: B::Expr = fixed.first.into();
        let initial = [fixed.tag.into(), fixed.length.into()];
        for (i, element) in state[RATE..].iter().enumerate() {
            let constant = initial.get(i).cloned().unwrap_or(B::Expr::ZERO);
            builder.assert_zero(first.clone() * (element.clone() - constant));
        }
        let before = state.clone();
        constrain(builder, &mut state, fixed.real.into(), &main.sboxes);

        let group = |state: &[B::Expr; WIDTH], i: usize| core::array::from_fn(|j| state[i * DEGREE + j].clone());
        for (i, port) in fixed.groups.into_iter().enumerate() {
            wire(builder, port, group(if i < GROUPS { &before } else { &state }, i % GROUPS));
        }
        let part = |state: &[B::Expr; WIDTH], from: usize| -> [B::Expr; DIGEST] {
            core::array::from_fn(|i| state[from + i].clone())
        };
        let values = [part(&before, RATE), part(&state, RATE), part(&state, 0)];
        for (port, value) in fixed.digests.into_iter().zip(values) {
            digest(builder, port, value);
        }
    }

    fn links(&self) -> Vec<Link> {
        let capacity = match self.capacity {
            Capacity::First(..) => Link::None,
            Capacity::After(wire) => Link::ReadDigest(wire),
        };
        let outputs = self.outputs.map(Link::Provide);
        let digests = [capacity, Link::ProvideDigest(self.capacity_out), Link::ProvideDigest(self.digest)];
        self.inputs.into_iter().chain(outputs).chain(digests).collect()
    }

    fn fix(&self, addresses: &Addresses, cells: &mut [F]) {
        let cells: &mut Fixed<F> = cells.borrow_mut();
        let links = self.links();
        let (groups, digests) = links.split_at(2 * GROUPS);
        addresses.connect(groups, &mut cells.groups);
        addresses.connect(digests, &mut cells.digests);
        cells.real = F::ONE;
        if let Capacity::First(tag, length) = self.capacity {
            (cells.first, cells.tag, cells.length) = (F::ONE, tag, length);
        }
    }

    fn fill(&self, values: &Values<'_>, cells: &mut [F]) {
        let cells: &mut Main<F> = cells.borrow_mut();
        for (group, link) in cells.inputs.as_chunks_mut::<DEGREE>().0.iter_mut().zip(self.inputs) {
            if let Link::Read(wire) | Link::Provide(wire) = link {
                *group = values.get(wire).0;
            }
        }
        let capacity = &mut cells.inputs[RATE..];
        match self.capacity {
            Capacity::First(tag, length) => (capacity[0], capacity[1]) = (tag, length),
            Capacity::After(wire) => capacity.copy_from_slice(&values.digest(wire)),
        }
        let mut state = cells.inputs;
        permutation::fill(&mut state, &mut cells.sboxes);
    }
}
