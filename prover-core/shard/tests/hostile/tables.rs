//! Attacks on single cells of the tables, the rest made to fit them.

use std::borrow::BorrowMut;

use hearth_chips::Felt;
use hearth_chips::add_sub::AddSub;
use hearth_chips::decode::Decode;
use hearth_chips::divrem::DivRem;
use hearth_chips::ecall::Ecall;
use hearth_chips::jump::Jump;
use hearth_chips::load::Load;
use hearth_chips::memory_leaf::MemoryLeaf;
use hearth_chips::memory_node::MemoryNode;
use hearth_chips::mul::Mul;
use hearth_chips::poseidon2::Poseidon2;
use hearth_chips::step::limbs;
use hearth_chips::store_double::StoreDouble;
use hearth_chips::tables::{Table, Tables};
use hearth_chips::uncle::Uncle;
use hearth_machine::isa::{Family, Op};
use hearth_machine::layout::HALT_PC;
use hearth_machine::testing::{i_type, jalr, li, program};
use hearth_machine::trace::ShardTrace;
use p3_field::PrimeCharacteristicRing;

use crate::audit::{BENCH, CLASS, cells, recount, refused, tables, trace_refused};
use crate::executor::{Lie, execute, refold};

/// Changes a row of the honest tables, and the multiplicities of the range tables with it.
#[track_caller]
fn cheat<Row: ?Sized>(table: Table, row: usize, change: impl FnOnce(&mut Row), violated: &[&str], unbalanced: &[&str])
where
    [Felt]: BorrowMut<Row>,
{
    let trace = BENCH.run(Lie::None);
    let mut tables = tables(&trace);
    change(cells(&mut tables, table, row).borrow_mut());
    recount(&mut tables);
    refused(tables, &trace.statement, violated, unbalanced);
}

/// First unused row of a table of the honest run.
fn padding(rows: impl FnOnce(&ShardTrace) -> usize) -> usize {
    rows(&BENCH.run(Lie::None))
}

/// Condition 7, class 7: two contents with one digest. 2^16 moves from a split limb to the limb below it in the same
/// element, in two words that the run does not touch; every hash, node and message stays as it is.
#[test]
fn limb_beyond_16_bits() {
    let trace = BENCH.run(Lie::None);
    let untouched = |leaf: &hearth_machine::trace::LeafRecord| {
        leaf.last_ts[4] == 0 && leaf.last_ts[6] == 0 && (leaf.initial[6] >> 16) & 0x1fff != 0
    };
    let at = trace.leaves.iter().position(untouched).expect("the leaf after the first of the data");
    let change = |row: &mut MemoryLeaf<Felt>| {
        for leaf in [&mut row.initial, &mut row.last] {
            leaf.limbs[16] += Felt::from_u32(1 << 16);
            leaf.limbs[25] -= Felt::ONE;
        }
    };
    cheat(Table::MemoryLeaf, at, change, &[], &["range16"]);
}

/// Conditions 1 and 19: the boundary's terms count once: not again, on no row, least of all the last, whose next row is the
/// first in one backend and the last itself in the other; not never, and not with another weight.
#[test]
fn boundary_counts_once() {
    const ALL: [&str; 3] = ["code", "node", "state"];
    const LAST: usize = (1 << CLASS.min_log_height()) - 1;
    /// Cells of the one column by their row, and the buses that they unbalance.
    type Case = (&'static [(usize, Felt)], &'static [&'static str]);
    let cases: [Case; 6] = [
        (&[(1, Felt::ONE)], &ALL),
        (&[(LAST, Felt::ONE)], &ALL),
        (&[(0, Felt::ZERO)], &ALL),
        (&[(0, Felt::TWO)], &ALL),
        // Here every bus balances.
        (&[(0, Felt::ZERO), (1, Felt::ONE)], &[]),
        (&[(0, Felt::ZERO), (LAST, Felt::ONE)], &[]),
    ];
    let trace = BENCH.run(Lie::None);
    for (changes, unbalanced) in cases {
        let mut tables = tables(&trace);
        for &(row, active) in changes {
            cells(&mut tables, Table::Boundary, row)[0] = active;
        }
        refused(tables, &trace.statement, &["boundary"], unbalanced);
    }
}

/// Condition 16, class 6: a padding row that reads a register -1 times.
#[test]
fn padding_row_reads() {
    let row = padding(|trace| trace.steps[Family::AddSub as usize].len());
    let change = |row: &mut AddSub<Felt>| row.is_imm = Felt::ONE;
    cheat(Table::AddSub, row, change, &["add_sub"], &["memory"]);
}

/// Conditions 1 and 18, class 4: a node that is spent twice.
#[test]
fn node_counts_twice() {
    let change = |row: &mut MemoryNode<Felt>| row.real = Felt::TWO;
    cheat(Table::MemoryNode, 0, change, &["memory_node"], &["hash", "node"]);
}

/// Condition 18, class 4: a row that is there -1 times undoes another.
#[test]
fn uncle_counts_minus_one() {
    let row = padding(|trace| trace.uncles.len());
    let change = |row: &mut Uncle<Felt>| (row.real, row.level) = (-Felt::ONE, Felt::ONE);
    cheat(Table::Uncle, row, change, &["uncle"], &["node"]);
}

/// Condition 4, class 5: an access after one in the future.
#[test]
fn access_after_the_future() {
    let change = |row: &mut AddSub<Felt>| {
        row.x.previous.ts = row.state.ts + Felt::from_u8(8);
        row.x.previous.gap = -Felt::from_u8(9) + Felt::from_u32(1 << 16);
    };
    cheat(Table::AddSub, 1, change, &[], &["bytes", "memory"]);
}

/// Condition 8: a store above 2^32 whose word would be a register's.
#[test]
fn store_to_a_register() {
    let change = |row: &mut StoreDouble<Felt>| row.address.high += Felt::from_u32(1 << 16);
    cheat(Table::StoreDouble, 0, change, &["store_double"], &["memory", "range16"]);
}

/// Condition 9, class 10: `ld` at 2^32 - 4 would read x0's word as its second half.
#[test]
fn load_at_the_end_of_memory() {
    let code = [li(8, 0xffff_fffc), vec![i_type(0x03, 3, 5, 8, 0)]].concat();
    let program = program(&BENCH.hasher, &code);
    let trace = execute(&BENCH.hasher, &program, code.len() as u64, Lie::EndOfMemory);
    trace_refused(&trace, &["misaligned"], &[]);
}

/// Conditions 12 and 13, class 9: `jalr` to an odd address ends the run without `exit`.
#[test]
fn jump_to_halt() {
    let program = program(&BENCH.hasher, &[jalr(0, 0, 1)]);
    let mut trace = execute(&BENCH.hasher, &program, 1, Lie::None);
    trace.statement.pc_out = HALT_PC;
    let mut tables = tables(&trace);
    let row: &mut Jump<Felt> = cells(&mut tables, Table::Jump, 0).borrow_mut();
    row.target = Felt::ONE;
    refused(tables, &trace.statement, &["jump"], &[]);
}

/// Condition 13, class 9: an `ecall` that is no `exit` ends the run.
#[test]
fn halt_by_another_call() {
    let change = |row: &mut Ecall<Felt>| row.code.value[0] += Felt::ONE;
    cheat(Table::Ecall, 0, change, &["ecall"], &["memory"]);
}

/// Class 8: the sign of a loaded byte is a flag that the byte fixes.
#[test]
fn wrong_sign() {
    let change = |row: &mut Load<Felt>| row.sign = Felt::ONE - row.sign;
    cheat(Table::Load, 0, change, &[], &["memory", "range16"]);
}

/// Class 8: a quotient one too small, with a remainder as great as the divisor, and a run that goes on with it.
#[test]
fn wrong_quotient() {
    let trace = BENCH.run(Lie::WrongQuotient);
    let step = &trace.steps[Family::DivRem as usize][0];
    assert_eq!((step.rs1.prev, step.rd.next), (step.rs2.prev, 0), "the honest quotient is 1");
    let mut tables = tables(&trace);
    let row: &mut DivRem<Felt> = cells(&mut tables, Table::DivRem, 0).borrow_mut();
    (row.quotient, row.result) = ([Felt::ZERO; 8], [Felt::ZERO; 4]);
    row.remainder = limbs(step.rs2.prev);
    row.slack = limbs(u64::MAX);
    recount(&mut tables);
    refused(tables, &trace.statement, &["divrem"], &[]);
}

/// Class 7: a carry that wraps around p: 1 more in a limb and (p - 1) / 2^16 more in its carry leave the equation true.
#[test]
fn carry_wraps_around() {
    let change = |row: &mut Mul<Felt>| {
        row.product[7] += Felt::ONE;
        row.carry[7] += Felt::from_u32(127 << 8);
    };
    cheat(Table::Mul, 0, change, &[], &["range16"]);
}

/// Conditions 11 and 16, class 2: an instruction that is in no code, provided by a padding row of the decoder.
#[test]
fn instruction_from_a_padding_row() {
    let trace = BENCH.run(Lie::ForeignInstruction);
    let (at, decode) = (trace.decodes.iter().enumerate())
        .find(|(_, decode)| decode.instruction.op == Op::And)
        .expect("the victim has one `and`");
    let mut tables = tables(&trace);
    let honest: &mut Decode<Felt> = cells(&mut tables, Table::Decode, at).borrow_mut();
    honest.uses -= Felt::ONE;
    let (pc, mut fields) = (honest.pc, honest.fields);
    fields.op = Felt::from_u8(Op::Or as u8);
    assert_eq!(pc, Felt::from_u32(decode.pc));
    let row: &mut Decode<Felt> = cells(&mut tables, Table::Decode, trace.decodes.len()).borrow_mut();
    (row.pc, row.fields, row.uses) = (pc, fields, Felt::ONE);
    refused(tables, &trace.statement, &["decode"], &[]);
}

/// Condition 15: a hash that is none, provided by a padding row: the old digest of a leaf stands for its new content.
#[test]
fn hash_from_a_padding_row() {
    let mut trace = BENCH.run(Lie::None);
    let at = trace.leaves.iter().position(|leaf| leaf.initial != leaf.last).expect("the victim writes");
    trace.leaves[at].new = trace.leaves[at].old;
    refold(&BENCH.hasher, &BENCH.tree, &BENCH.tree, &mut trace);
    let mut tables = tables(&trace);
    let input = hearth_machine::hash::memory_block(&trace.leaves[at].last);
    let old = trace.leaves[at].old;
    let rows = rows(&mut tables, Table::Poseidon2);
    let (mut call, mut unused) = (None, None);
    for row in 0..rows {
        let row: &mut Poseidon2<Felt> = cells(&mut tables, Table::Poseidon2, row).borrow_mut();
        if row.real == Felt::ONE && row.input == input {
            row.uses -= Felt::ONE;
            call = Some((row.tag, row.level));
        }
    }
    for row in 0..rows {
        let row: &mut Poseidon2<Felt> = cells(&mut tables, Table::Poseidon2, row).borrow_mut();
        if row.real == Felt::ZERO && unused.is_none() {
            (row.tag, row.level) = call.expect("the leaf is hashed");
            (row.input, row.output, row.uses) = (input, old, Felt::ONE);
            unused = Some(());
        }
    }
    assert!(unused.is_some(), "a padding row");
    refused(tables, &trace.statement, &["poseidon2"], &[]);
}

fn rows(tables: &mut Tables, table: Table) -> usize {
    let at = tables.tables.iter().position(|&other| other == table).expect("the table is there");
    tables.matrices[at].values.len() / tables.matrices[at].width
}
