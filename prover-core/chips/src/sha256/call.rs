//! One row per call: the instruction's row itself.

use core::borrow::{Borrow, BorrowMut};

use hearth_machine::layout::{ECALL_SHA256, SHA256_TICKS};
use hearth_machine::sha256::{ROWS, from_memory, rounds};
use hearth_machine::trace::{Access, Sha256Record};
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::bus::{BusBuilder, Sha256Schedule, Sha256State};
use crate::chip::{Chip, RecordChip};
use crate::columns;
use crate::secp256k1::operand::{
    ByteCoordinate, Pointer, access, bytes, ecall, look_up_bytes, read_code, read_pointer,
};
use crate::step::{Previous, StateColumns, Step};

columns! {
    /// A compression of a block into a state.
    pub struct Sha256Call {
        /// 1 on rows in use.
        pub real: T,
        /// pc and time.
        pub step: StateColumns<T>,
        /// The access to a7 before.
        pub code: Previous<T>,
        /// a0: the pointer to the state.
        pub state_pointer: Pointer<T>,
        /// a1: the pointer to the block.
        pub block_pointer: Pointer<T>,
        /// The state before, 32 bytes.
        pub state: ByteCoordinate<T>,
        /// Both halves of the block.
        pub block: [ByteCoordinate<T>; 2],
        /// Low and high half of the working variables after the rounds.
        pub worked: [[T; 2]; 8],
        /// Carries out of both halves of the sums.
        pub carry: [[T; 2]; 8],
        /// The state after, 32 bytes.
        pub after: [T; 32],
    }
}

/// The call chip.
pub struct Sha256CallChip;

/// Low and high half of 32-bit word `i` of bytes, the most significant byte first.
fn halves<V: Copy + Into<E>, E: PrimeCharacteristicRing>(bytes: &[V; 32], i: usize) -> [E; 2] {
    [2, 0].map(|from| {
        let byte = |k: usize| -> E { bytes[4 * i + from + k].into() };
        byte(0) * E::from_u16(256) + byte(1)
    })
}

impl Chip for Sha256CallChip {
    const NAME: &'static str = "sha256_call";
    const WIDTH: usize = Sha256Call::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &Sha256Call<B::Var> = main.current_slice().borrow();
        let real: B::Expr = row.real.into();
        builder.assert_bool(row.real);

        let before: [[B::Expr; 2]; 8] = core::array::from_fn(|i| halves(&row.state.bytes, i));
        for (i, before) in before.iter().enumerate() {
            let after: [B::Expr; 2] = halves(&row.after, i);
            let mut carry_in = B::Expr::ZERO;
            for (half, after) in after.into_iter().enumerate() {
                let carry = row.carry[i][half];
                builder.assert_bool(carry);
                let sum = before[half].clone() + row.worked[i][half] + carry_in;
                builder.assert_eq(sum, after + carry * Felt::from_u32(1 << 16));
                carry_in = carry.into();
            }
        }

        let call: B::Expr = row.step.ts.into();
        let block: [[B::Expr; 2]; 16] = core::array::from_fn(|i| halves(&row.block[i / 8].bytes, i % 8));
        let state = |round, words| Sha256State { call: call.clone(), round, words };
        let first = core::array::from_fn(|k| before[k / 2][k % 2].clone());
        let last = core::array::from_fn(|k| row.worked[k / 2][k % 2].into());
        builder.send(state(B::Expr::ZERO, first), real.clone());
        builder.receive(state(B::Expr::from_usize(ROWS), last), real.clone());
        let words = core::array::from_fn(|k| block[k / 2][k % 2].clone());
        builder.send(Sha256Schedule { call: call.clone(), round: B::Expr::ZERO, words }, real.clone());

        let mut step = Step::new(builder, real.clone(), &row.step, ecall::<B>(&real));
        read_code(&mut step, ECALL_SHA256, &row.code);
        let state_word = read_pointer(&mut step, 10, 1, &row.state_pointer);
        let mut block_word = read_pointer(&mut step, 11, 2, &row.block_pointer);
        // The block first: where both overlap, the state's access finds the block's one tick before it.
        for half in &row.block {
            let limbs = look_up_bytes(&mut step, &half.bytes);
            access(&mut step, &block_word, 4, &limbs, &limbs, &half.previous);
            block_word += B::Expr::from_u8(4);
        }
        let [old, new] = [&row.state.bytes, &row.after].map(|bytes| look_up_bytes(&mut step, bytes));
        access(&mut step, &state_word, 5, &old, &new, &row.state.previous);
        let next = step.pc() + B::Expr::from_u8(4);
        step.finish_after(next, SHA256_TICKS);
    }
}

impl RecordChip for Sha256CallChip {
    type Record = Sha256Record;

    fn fill(record: &Sha256Record, row: &mut [Felt]) {
        let row: &mut Sha256Call<Felt> = row.borrow_mut();
        let ts = record.ts;
        let before = |accesses: &[Access]| -> [u64; 4] { core::array::from_fn(|i| accesses[i].prev) };
        row.real = Felt::ONE;
        row.step.fill(record.pc, ts);
        row.code.fill(ts, &record.code);
        row.state_pointer.fill(ts + 1, &record.pointers[0]);
        row.block_pointer.fill(ts + 2, &record.pointers[1]);
        row.state.fill(ts + 5, &record.state, &before(&record.state));
        for (half, accesses) in row.block.iter_mut().zip(record.block.chunks(4)) {
            half.fill(ts + 4, accesses, &before(accesses));
        }
        row.after = bytes(&record.state.map(|access| access.next)).map(Felt::from_u8);

        let state = from_memory(&record.state.map(|access| access.prev));
        let worked = rounds(state, &from_memory(&record.block.map(|access| access.prev)));
        for i in 0..8 {
            let (old, added) = (state[i], worked[i]);
            let low = (old & 0xffff) + (added & 0xffff);
            let high = (old >> 16) + (added >> 16) + (low >> 16);
            row.worked[i] = [added & 0xffff, added >> 16].map(Felt::from_u32);
            row.carry[i] = [low >> 16, high >> 16].map(Felt::from_u32);
        }
    }
}
