//! One row per call: the instruction's row itself, so that no message has to tie a call to its `ecall`.

use core::borrow::{Borrow, BorrowMut};

use hearth_machine::isa::Op;
use hearth_machine::layout::{ECALL_KECCAK_F, KECCAK_TICKS};
use hearth_machine::trace::KeccakRecord;
use p3_air::WindowAccess;
use p3_field::{Field, PrimeCharacteristicRing};
use p3_lookup::InteractionBuilder;
use p3_matrix::dense::RowMajorMatrix;

use crate::Felt;
use crate::bus::{BusBuilder, KeccakState, Program};
use crate::chip::Chip;
use crate::columns;
use crate::step::{Read, StateColumns, Step, Write, limbs};

columns! {
    /// A call of keccak-f on the 25 words at an 8-aligned pointer.
    pub struct KeccakCall {
        /// 1 on rows in use.
        pub real: T,
        /// pc and time.
        pub state: StateColumns<T>,
        /// a7: the call's code.
        pub code: Read<T>,
        /// a0: the pointer.
        pub pointer: Read<T>,
        /// The words before.
        pub words: [Write<T>; 25],
        /// The words after, 16-bit limbs.
        pub output: [[T; 4]; 25],
    }
}

/// The call chip.
pub struct KeccakCallChip;

impl Chip for KeccakCallChip {
    const NAME: &'static str = "keccak_call";
    const WIDTH: usize = KeccakCall::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &KeccakCall<B::Var> = main.current_slice().borrow();
        let real: B::Expr = row.real.into();
        builder.assert_bool(row.real);

        let zero = || B::Expr::ZERO;
        let fields = Program {
            pc: zero(),
            op: real.clone() * Felt::from_u8(Op::Ecall as u8),
            is_imm: zero(),
            rd: zero(),
            rs1: real.clone() * Felt::from_u8(17),
            rs2: zero(),
            imm: [zero(), zero(), zero()],
            target: zero(),
        };
        // The call's code, and a pointer below 2^32.
        builder.assert_zero(real.clone() * (row.code.value[0] - Felt::from_u64(ECALL_KECCAK_F)));
        for &limb in row.code.value[1..].iter().chain(&row.pointer.value[2..]) {
            builder.assert_zero(real.clone() * limb);
        }

        let lanes = |lane: &dyn Fn(usize) -> [B::Var; 4]| core::array::from_fn(|i| lane(i / 4)[i % 4].into());
        let call: B::Expr = row.state.ts.into();
        let input = lanes(&|i| row.words[i].old);
        let output = lanes(&|i| row.output[i]);
        builder.send(KeccakState { call: call.clone(), round: zero(), lanes: input }, real.clone());
        builder.receive(KeccakState { call, round: B::Expr::from_u8(24), lanes: output }, real.clone());

        let mut step = Step::new(builder, real.clone(), &row.state, fields);
        step.read_register(B::Expr::from_u8(17), 0, &row.code, real.clone());
        step.read_register(B::Expr::from_u8(10), 1, &row.pointer, real.clone());
        // Both limbs are below 2^16. limb0 / 8 is below 2^16 for multiples of 8 only, as the field has no others there;
        // limb1 + 1 below 2^16 keeps the last word, 24 after the first, below 2^29.
        let low = row.pointer.value[0] * Felt::from_u8(8).inverse();
        step.range16(low.clone());
        step.range16(row.pointer.value[1] + B::Expr::ONE);
        let word = low + row.pointer.value[1] * Felt::from_u32(1 << 13);
        for (i, (write, output)) in row.words.iter().zip(&row.output).enumerate() {
            let word = word.clone() + B::Expr::from_usize(i);
            step.write(word, 4, write, output.map(Into::into), real.clone());
        }
        let next = step.pc() + B::Expr::from_u8(4);
        step.finish_after(next, KECCAK_TICKS);
    }
}

impl KeccakCallChip {
    /// The rows of `calls`.
    pub fn table(calls: &[KeccakRecord], height: usize) -> RowMajorMatrix<Felt> {
        assert!(calls.len() <= height, "{} calls in {height} rows", calls.len());
        let mut values = alloc::vec![Felt::ZERO; height * Self::WIDTH];
        for (call, row) in calls.iter().zip(values.chunks_mut(Self::WIDTH)) {
            let row: &mut KeccakCall<Felt> = row.borrow_mut();
            row.real = Felt::ONE;
            row.state.fill(call.pc, call.ts);
            row.code.fill(call.ts, &call.code);
            row.pointer.fill(call.ts + 1, &call.pointer);
            for (i, word) in call.words.iter().enumerate() {
                row.words[i].fill(call.ts + 4, word);
                row.output[i] = limbs(word.next);
            }
        }
        RowMajorMatrix::new(values, Self::WIDTH)
    }
}
