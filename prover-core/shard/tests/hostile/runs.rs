//! Whole consistent wrong runs: everything after the lie follows from it.

use hearth_machine::testing::{DATA_BASE, ECALL, addi, exit, li, program, s_type};
use hearth_machine::trace::ShardTrace;
use hearth_shard::keys::KeyId;

use crate::audit::{BENCH, tables, trace_refused};
use crate::executor::{Lie, execute};

#[track_caller]
fn lie_is_refused(lie: Lie, violated: &[&str], unbalanced: &[&str]) {
    trace_refused(&BENCH.run(lie), violated, unbalanced);
}

/// Conditions 4 and 6, class 10: a read takes an older value than the last one.
#[test]
fn stale_read() {
    lie_is_refused(Lie::StaleRead, &[], &["memory"]);
}

/// Condition 6: a store that stores nothing.
#[test]
fn dropped_write() {
    lie_is_refused(Lie::DroppedWrite, &[], &["memory"]);
}

/// Condition 6: `sb` replaces the bytes beside its own.
#[test]
fn wide_store() {
    lie_is_refused(Lie::WideStore, &["store"], &["memory"]);
}

/// Class 8: `sub` that adds.
#[test]
fn wrong_sum() {
    lie_is_refused(Lie::WrongSum, &["add_sub"], &[]);
}

/// Condition 13, class 9: a branch that is taken when it should not be.
#[test]
fn wrong_branch() {
    lie_is_refused(Lie::WrongBranch, &["branch"], &[]);
}

/// Condition 11, class 2: a step of another instruction than the one at its pc.
#[test]
fn foreign_instruction() {
    lie_is_refused(Lie::ForeignInstruction, &[], &["program"]);
}

/// Condition 10: a step that writes another register.
#[test]
fn foreign_register() {
    lie_is_refused(Lie::ForeignRegister, &[], &["program"]);
}

/// Condition 10 and point 15: x0 is 1 where the shard ends.
#[test]
fn write_to_x0() {
    trace_refused(&execute(&BENCH.hasher, &BENCH.program, 16, Lie::WriteToZero), &[], &["program"]);
}

/// Condition 13, class 9: an instruction is left out.
#[test]
fn skipped_instruction() {
    lie_is_refused(Lie::Skip(11), &[], &["state"]);
}

/// Condition 5: times that begin where initial messages lie.
#[test]
fn early_start() {
    lie_is_refused(Lie::EarlyStart, &[], &["state"]);
}

/// Condition 8: a load of another word than the one at its address.
#[test]
fn other_word() {
    lie_is_refused(Lie::OtherWord, &[], &["memory"]);
}

/// One compression of SHA-256, executed with a lie.
fn compression(lie: Lie) -> ShardTrace {
    let code = [li(10, DATA_BASE), li(11, DATA_BASE + 64), li(17, 0x1003), vec![ECALL], exit(0)].concat();
    execute(&BENCH.hasher, &program(&BENCH.hasher, &code), u64::MAX, lie)
}

/// The control of those below: the proof of an honest compression is accepted.
#[test]
fn honest_compression() {
    let trace = compression(Lie::None);
    let proof = BENCH.prove(tables(&trace), &[]);
    assert_eq!(BENCH.verify(&trace.statement, KeyId::All, &proof), Ok(()));
}

/// Condition 14, class 13: a compression that leaves its state as it is; its row adds what the rounds have worked.
#[test]
fn idle_compression() {
    trace_refused(&compression(Lie::IdleCall), &["sha256_call"], &[]);
}

/// Class 13: each word of the result with one bit turned.
#[test]
fn wrong_words_of_a_compression() {
    for word in 0..4 {
        let mut trace = compression(Lie::None);
        trace.sha256s[0].state[word].next ^= 1 << (13 * word);
        trace_refused(&trace, &["sha256_call"], &["memory"]);
    }
}

/// Condition 14, class 13: a call of keccak-f that leaves its state as it is.
#[test]
fn idle_call() {
    let code = [li(10, DATA_BASE), li(17, 0x1000), vec![ECALL], exit(0)].concat();
    let program = program(&BENCH.hasher, &code);
    trace_refused(&execute(&BENCH.hasher, &program, u64::MAX, Lie::IdleCall), &[], &["keccak"]);
}

/// Class 8: a modular call each word of whose result is another, one at a time; the honest one is accepted.
#[test]
fn wrong_result() {
    for (call, name, words) in [(0x1004, "modular_256", 4), (0x1005, "modular_384", 6)] {
        // 5 times what lies in the data, plus what does, modulo 2^n - 1.
        let numbers = (0..words).flat_map(|word| {
            let factor = s_type(3, 11, if word == 0 { 5 } else { 0 }, 8 * word);
            [factor, s_type(3, 14, 6, 8 * word)]
        });
        let pointers = (10..15).flat_map(|register| li(register, DATA_BASE + 64 * u64::from(register - 10)));
        let head: Vec<u32> = pointers.chain([addi(5, 0, 5), addi(6, 0, -1)]).chain(numbers).collect();
        let program = program(&BENCH.hasher, &[head, li(17, call), vec![ECALL], exit(0)].concat());
        let run = |lie| execute(&BENCH.hasher, &program, u64::MAX, lie);
        let honest = run(Lie::None);
        let proof = BENCH.prove(tables(&honest), &[]);
        assert_eq!(BENCH.verify(&honest.statement, KeyId::All, &proof), Ok(()));
        for word in 0..words as usize {
            trace_refused(&run(Lie::WrongResult(word)), &[name], &[]);
        }
    }
}
