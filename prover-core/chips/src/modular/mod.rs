#![doc = include_str!("README.md")]

mod equation;
#[cfg(test)]
mod needed;
mod row;
#[cfg(test)]
mod tests;

use core::borrow::{Borrow, BorrowMut};

use hearth_machine::layout::{ECALL_MODULAR_256, ECALL_MODULAR_384};
use hearth_machine::modular::{Division, multiply_add};
use hearth_machine::trace::ModularRecord;
use p3_air::WindowAccess;
use p3_lookup::InteractionBuilder;

use self::equation::Bounds;
use self::row::Cells;
use crate::Felt;
use crate::chip::{Chip, RecordChip};
use crate::columns;
use crate::secp256k1::operand::Pointer;
use crate::step::{Previous, StateColumns};

/// The row and the chip of calls on numbers of `$words` words.
macro_rules! modular {
    ($row:ident, $chip:ident, $name:literal, $words:literal, $code:ident) => {
        columns! {
            #[doc = concat!("A call on numbers of ", $words, " words.")]
            pub struct $row {
                /// 1 on rows in use.
                pub real: T,
                /// 1 where the modulus is 0 and stands for a power of 2.
                pub zero_modulus: T,
                /// pc and time.
                pub state: StateColumns<T>,
                /// The access to a7 before.
                pub code: Previous<T>,
                /// a0 to a4: pointers to the result and the operands.
                pub pointers: [Pointer<T>; 5],
                /// Both factors, in bytes.
                pub factors: [[T; 8 * $words]; 2],
                /// The summand, in 16-bit limbs.
                pub summand: [T; 4 * $words],
                /// The modulus, in bytes.
                pub modulus: [T; 8 * $words],
                /// What the result replaces, in 16-bit limbs.
                pub old: [T; 4 * $words],
                /// The result, in 16-bit limbs.
                pub result: [T; 4 * $words],
                /// The accesses before to the words of factors, summand, modulus and result.
                pub previous: [[Previous<T>; $words]; 5],
                /// The quotient, in bytes.
                pub quotient: [T; 8 * $words],
                /// Carries of the equation; the last is 0 and has no column.
                pub carry: [T; 8 * $words - 1],
                /// 1 at the highest limb in which result and modulus differ.
                pub marker: [T; 4 * $words],
            }
        }

        impl<T> $row<T> {
            fn cells(&self) -> Cells<'_, T> {
                let Self { state, code, pointers, factors: [a, b], summand, modulus, old, result, .. } = self;
                Cells {
                    real: &self.real,
                    zero_modulus: &self.zero_modulus,
                    state,
                    code,
                    pointers,
                    factors: [a, b],
                    summand,
                    modulus,
                    old,
                    result,
                    previous: self.previous.each_ref().map(|previous| &previous[..]),
                    quotient: &self.quotient,
                    carry: &self.carry,
                    marker: &self.marker,
                }
            }
        }

        impl $row<Felt> {
            const BOUNDS: Bounds<{ 8 * $words }> = Bounds::new();

            /// Fills a zero row with this quotient, whatever the record says.
            fn fill(&mut self, record: &ModularRecord<$words>, quotient: &[u64; $words]) {
                let [a, b, c, m] = record.operands.map(|operand| operand.map(|access| access.prev));
                let result = record.result.map(|access| access.next);
                self.real = row::flag(true);
                self.zero_modulus = row::flag(m == [0; $words]);
                self.state.fill(record.pc, record.ts);
                self.code.fill(record.ts, &record.code);
                for (columns, access) in self.pointers.iter_mut().zip(&record.pointers) {
                    columns.fill(record.ts + 1, access);
                }
                row::fill_bytes(&mut self.factors[0], &a);
                row::fill_bytes(&mut self.factors[1], &b);
                row::fill_limbs(&mut self.summand, &c);
                row::fill_bytes(&mut self.modulus, &m);
                row::fill_limbs(&mut self.old, &record.result.map(|access| access.prev));
                row::fill_limbs(&mut self.result, &result);
                let [a_words, b_words, c_words, m_words] = &record.operands;
                let accesses = [a_words, b_words, c_words, m_words, &record.result];
                for ((previous, accesses), tick) in self.previous.iter_mut().zip(accesses).zip(row::OPERAND_TICK..) {
                    for (previous, access) in previous.iter_mut().zip(accesses) {
                        previous.fill(record.ts + tick, access);
                    }
                }
                row::fill_bytes(&mut self.quotient, quotient);
                Self::BOUNDS.fill([&a, &b, &c, &m, quotient, &result], &mut self.carry);
                row::fill_marker(&mut self.marker, &m, &result);
            }
        }

        #[doc = concat!("The chip of calls on numbers of ", $words, " words.")]
        pub struct $chip;

        impl Chip for $chip {
            const NAME: &'static str = $name;
            const WIDTH: usize = $row::WIDTH;

            fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
                let main = builder.main();
                let row: &$row<B::Var> = main.current_slice().borrow();
                row::eval(builder, &row.cells(), $code, &$row::BOUNDS);
            }
        }

        impl RecordChip for $chip {
            type Record = ModularRecord<$words>;

            fn fill(record: &Self::Record, row: &mut [Felt]) {
                let [a, b, c, m] = record.operands.map(|operand| operand.map(|access| access.prev));
                let quotient = multiply_add(&a, &b, &c, &m).map_or([0; $words], |Division { quotient, .. }| quotient);
                let row: &mut $row<Felt> = row.borrow_mut();
                row.fill(record, &quotient);
            }
        }
    };
}

modular!(Modular256, Modular256Chip, "modular_256", 4, ECALL_MODULAR_256);
modular!(Modular384, Modular384Chip, "modular_384", 6, ECALL_MODULAR_384);
