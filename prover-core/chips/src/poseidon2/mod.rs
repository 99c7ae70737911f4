#![doc = include_str!("README.md")]

mod rounds;
#[cfg(test)]
mod tests;

use core::borrow::{Borrow, BorrowMut};

use hearth_machine::hash::{BLOCK, DIGEST, WIDTH};
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

pub use self::rounds::{SBOXES, permute};
use crate::Felt;
use crate::bus::{BusBuilder, Hash};
use crate::chip::{Chip, RecordChip};
use crate::columns;

columns! {
    /// A row of the Poseidon2 chip.
    pub struct Poseidon2 {
        /// 1 on rows in use.
        pub real: T,
        /// How many look-ups the row serves.
        pub uses: T,
        /// Domain.
        pub tag: T,
        /// Level.
        pub level: T,
        /// Message.
        pub input: [T; BLOCK],
        /// The S-box outputs of all rounds but the last, in order.
        pub sboxes: [T; SBOXES],
        /// The digest.
        pub output: [T; DIGEST],
    }
}

/// A distinct call of the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCall {
    /// Domain.
    pub tag: Felt,
    /// Level.
    pub level: Felt,
    /// Message.
    pub input: [Felt; BLOCK],
    /// How many look-ups it serves.
    pub uses: u32,
}

/// The Poseidon2 chip.
pub struct Poseidon2Chip;

impl Chip for Poseidon2Chip {
    const NAME: &'static str = "poseidon2";
    const WIDTH: usize = Poseidon2::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &Poseidon2<B::Var> = main.current_slice().borrow();
        let real: B::Expr = row.real.into();
        builder.assert_bool(row.real);
        builder.assert_zero(row.uses * (B::Expr::ONE - real.clone()));

        let mut columns = row.sboxes.iter();
        let mut state = state(row.tag.into(), row.level.into(), row.input.map(Into::into));
        permute(&mut state, real, |cube| match columns.next() {
            Some(&column) => {
                builder.assert_eq(column, cube);
                column.into()
            }
            None => cube,
        });
        for (&output, element) in row.output.iter().zip(state) {
            builder.assert_eq(output, element);
        }

        let message = Hash {
            tag: row.tag.into(),
            level: row.level.into(),
            input: row.input.map(Into::into),
            output: row.output.map(Into::into),
        };
        builder.provide(message, row.uses.into());
    }
}

impl RecordChip for Poseidon2Chip {
    type Record = HashCall;

    fn fill(call: &HashCall, row: &mut [Felt]) {
        let row: &mut Poseidon2<Felt> = row.borrow_mut();
        row.real = Felt::ONE;
        row.uses = Felt::from_u32(call.uses);
        row.tag = call.tag;
        row.level = call.level;
        row.input = call.input;
        let mut columns = row.sboxes.iter_mut();
        let mut state = state(row.tag, row.level, row.input);
        permute(&mut state, Felt::ONE, |cube| {
            if let Some(column) = columns.next() {
                *column = cube;
            }
            cube
        });
        row.output.copy_from_slice(&state[..DIGEST]);
    }
}

/// The state before the first round.
fn state<R: PrimeCharacteristicRing>(tag: R, level: R, input: [R; BLOCK]) -> [R; WIDTH] {
    let mut elements = input.into_iter().chain([tag, level]);
    core::array::from_fn(|_| elements.next().unwrap_or(R::ZERO))
}
