//! Attacks on what all buses rest on: heights of fixed tables, counts that do not wrap, buses that do not cross.

use std::borrow::BorrowMut;
use std::collections::BTreeSet;

use hearth_chips::Felt;
use hearth_chips::bytes::{Bytes, HEIGHT, LOG_HEIGHT};
use hearth_chips::memory_leaf::MemoryLeaf;
use hearth_chips::tables::{Table, Tables};
use hearth_chips::uncle::Uncle;
use hearth_machine::layout::{HALT_PC, MEMORY_DEPTH, START_TS};
use hearth_machine::trace::{ShardTrace, UncleRecord};
use hearth_shard::backend::forge::Forgery;
use hearth_shard::backend::{self, HeightError, HeightRule};
use hearth_shard::keys::KeyId;
use hearth_shard::verifier::VerifyError;
use hearth_soundness::{MAX_LOG_HEIGHT, SizeClass};
use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};

use crate::audit::{Audit, BENCH, CLASS, cells, recount, refused, tables};
use crate::executor::Lie;

/// Any height that a proof can have.
const ANY_HEIGHT: HeightRule = HeightRule::Range { min: CLASS.min_log_height(), max: MAX_LOG_HEIGHT };
/// Where the envelope of a proof has its heights.
const HEADER: usize = 7;

/// A run in which one limb of untouched memory is 2^16 too great, as [`crate::tables::limb_beyond_16_bits`], with a range
/// table of twice the height that provides it.
fn tall_table() -> (ShardTrace, Tables) {
    let trace = BENCH.run(Lie::None);
    let mut tables = tables(&trace);
    let matrix = tables.matrices.last_mut().expect("the bytes are the last table");
    matrix.values.resize(2 * HEIGHT * matrix.width, Felt::ZERO);
    for number in HEIGHT..2 * HEIGHT {
        let row: &mut Bytes<Felt> = cells(&mut tables, Table::Bytes, number).borrow_mut();
        (row.b0, row.b1) = (Felt::from_usize(number % 256), Felt::from_usize(number / 256));
    }
    let leaf = (trace.leaves.iter())
        .position(|leaf| leaf.last_ts[4] == 0 && leaf.last_ts[6] == 0 && (leaf.initial[6] >> 16) & 0x1fff != 0)
        .expect("the leaf after the first of the data");
    let row: &mut MemoryLeaf<Felt> = cells(&mut tables, Table::MemoryLeaf, leaf).borrow_mut();
    for leaf in [&mut row.initial, &mut row.last] {
        leaf.limbs[16] += Felt::from_u32(1 << 16);
        leaf.limbs[25] -= Felt::ONE;
    }
    recount(&mut tables);
    (trace, tables)
}

/// Condition 17: a range table of 2^17 rows holds 70,000 too. Every bus balances; only the table's last row is wrong,
/// and its height. The envelope's height is refused, and the same proof under the height that is right is no proof.
#[test]
fn range_table_of_another_height() {
    let (trace, tables) = tall_table();
    let audit = Audit::of(&tables);
    assert_eq!((audit.violated.clone(), audit.unbalanced()), (BTreeSet::from(["bytes"]), BTreeSet::new()));
    let at = tables.tables.iter().position(|&table| table == Table::Bytes).expect("every key has it");
    let forgery = Forgery { heights: Some(ANY_HEIGHT), ..Forgery::default() };
    let mut proof = BENCH.prove_forged(tables, forgery);
    let answer = BENCH.verify(&trace.statement, KeyId::Base, &proof);
    let expected = HeightError::Rule { chip: "bytes".into(), min: LOG_HEIGHT, max: LOG_HEIGHT, actual: LOG_HEIGHT + 1 };
    assert_eq!(answer, Err(VerifyError::Proof(backend::VerifyError::Heights(expected))));

    assert_eq!(proof[HEADER + at], LOG_HEIGHT + 1);
    proof[HEADER + at] = LOG_HEIGHT;
    let answer = BENCH.verify(&trace.statement, KeyId::Base, &proof);
    assert!(matches!(answer, Err(VerifyError::Proof(backend::VerifyError::Invalid(_)))), "{answer:?}");
}

/// Condition 18: counts are elements of the field, so that two rows that count one half each are one row on every bus.
/// Only the flag's own constraint refuses them.
#[test]
fn two_halves_count_once() {
    let trace = BENCH.run(Lie::None);
    let mut tables = tables(&trace);
    let honest: &mut Uncle<Felt> = cells(&mut tables, Table::Uncle, 0).borrow_mut();
    honest.real = Felt::TWO.inverse();
    let half = *honest;
    let copy: &mut Uncle<Felt> = cells(&mut tables, Table::Uncle, trace.uncles.len()).borrow_mut();
    *copy = half;
    refused(tables, &trace.statement, &["uncle"], &[]);
}

/// Condition 18, class 4: a false look-up can only vanish if it is made p times. In no class can all messages of all
/// tables together be that many, whatever the heights.
#[test]
fn messages_are_fewer_than_the_order_of_the_field() {
    for class in SizeClass::ALL {
        let most = (Table::ALL.iter())
            .map(|table| ((table.interactions() as u64) << class.log_cells()) / table.columns() as u64);
        assert!(most.max() < Some(u64::from(Felt::ORDER_U32)), "{}", class.name());
    }
}

/// A shard without steps.
fn idle() -> ShardTrace {
    let mut trace = BENCH.run(Lie::None);
    let root = trace.statement.root_in;
    trace.statement.root_out = root;
    trace.steps.iter_mut().for_each(Vec::clear);
    (trace.leaves, trace.nodes, trace.code_leaves, trace.decodes) = Default::default();
    trace.uncles = vec![UncleRecord { level: MEMORY_DEPTH, index: 0, digest: root }];
    let mut root = trace.code_nodes.pop().expect("the root is the last");
    root.opened = [false; 2];
    trace.code_nodes = vec![root];
    (trace.statement.pc_in, trace.statement.pc_out) = (16, 16);
    trace.statement.ts_end = START_TS;
    trace
}

/// Condition 19, class 12: messages of two buses of one width for each other. A run that never ran ends, because the
/// table of byte pairs takes its first state (16, 4) and provides its last, (HALT, 8).
#[test]
fn state_from_the_table_of_bytes() {
    let mut trace = idle();
    let honest = tables(&trace);
    assert!(Audit::of(&honest).unbalanced().is_empty(), "the control: nothing happens");
    (trace.statement.pc_out, trace.statement.ts_end) = (HALT_PC, 8);
    let mut tables = tables(&trace);
    for ([pc, ts], count) in [([16, START_TS], Felt::ONE), ([HALT_PC, 8], -Felt::ONE)] {
        let row: &mut Bytes<Felt> = cells(&mut tables, Table::Bytes, (pc + 256 * ts) as usize).borrow_mut();
        row.pair += count;
    }
    let audit = Audit::of(&tables);
    assert!(audit.violated.is_empty());
    assert_eq!(audit.unbalanced(), BTreeSet::from(["bytes", "state"]));
    // On one bus everything balances: p3's prover, which panics where a bus does not, makes the proof.
    let forgery = Forgery { merged: Some(("state", "bytes")), ..Forgery::default() };
    let proof = BENCH.prove_forged(tables, forgery);
    let answer = BENCH.verify(&trace.statement, KeyId::Base, &proof);
    assert!(matches!(answer, Err(VerifyError::Proof(backend::VerifyError::Invalid(_)))), "{answer:?}");
}
