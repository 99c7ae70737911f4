//! Tables that no other attack is about: a forged row of each reaches the verifier.

use std::borrow::BorrowMut;

use hearth_chips::Felt;
use hearth_chips::and::And;
use hearth_chips::bitwise::Bitwise;
use hearth_chips::code_leaf::CodeLeaf;
use hearth_chips::code_node::CodeNode;
use hearth_chips::compare::Compare;
use hearth_chips::keccak::{KeccakCall, KeccakRound};
use hearth_chips::load::Load;
use hearth_chips::load_double::LoadDouble;
use hearth_chips::secp256k1::{PointAdd, PointDouble};
use hearth_chips::shift::Shift;
use hearth_chips::tables::Table;
use hearth_machine::trace::ShardTrace;
use p3_field::PrimeCharacteristicRing;

use crate::audit::{BENCH, cells, recount, refused, tables};
use crate::calls::calls;
use crate::executor::Lie;

/// Changes a row of these tables.
#[track_caller]
fn cheat<Row: ?Sized>(
    trace: &ShardTrace,
    (table, row): (Table, usize),
    change: impl FnOnce(&mut Row),
    violated: &[&str],
    unbalanced: &[&str],
) where
    [Felt]: BorrowMut<Row>,
{
    let mut tables = tables(trace);
    change(cells(&mut tables, table, row).borrow_mut());
    recount(&mut tables);
    refused(tables, &trace.statement, violated, unbalanced);
}

/// Class 8: one byte of a conjunction.
#[test]
fn bitwise_result() {
    let change = |row: &mut Bitwise<Felt>| row.and_low[0] += Felt::ONE;
    cheat(&BENCH.run(Lie::None), (Table::Bitwise, 0), change, &[], &["and", "memory"]);
}

/// Condition 16: an unused row that reads rs2 -1 times.
#[test]
fn bitwise_padding() {
    let trace = BENCH.run(Lie::None);
    let row = trace.steps[hearth_machine::isa::Family::Bitwise as usize].len();
    let change = |row: &mut Bitwise<Felt>| row.binary.is_imm = Felt::ONE;
    cheat(&trace, (Table::Bitwise, row), change, &["bitwise"], &["memory"]);
}

/// Class 8: a bit of the amount.
#[test]
fn shift_amount() {
    let change = |row: &mut Shift<Felt>| row.bits[0] = Felt::ONE - row.bits[0];
    cheat(&BENCH.run(Lie::None), (Table::Shift, 0), change, &["shift"], &[]);
}

/// Class 8: a sign in an unsigned comparison.
#[test]
fn compare_sign() {
    let change = |row: &mut Compare<Felt>| row.less_than.signs[0] = Felt::ONE;
    cheat(&BENCH.run(Lie::None), (Table::Compare, 0), change, &["compare"], &[]);
}

/// Class 8: the other half of the limb of a loaded byte.
#[test]
fn load_other_half() {
    let change = |row: &mut Load<Felt>| row.is_odd = Felt::ONE - row.is_odd;
    cheat(&BENCH.run(Lie::None), (Table::Load, 0), change, &["load"], &[]);
}

/// Conditions 1 and 18: a row that counts twice.
#[test]
fn load_double_twice() {
    let change = |row: &mut LoadDouble<Felt>| row.is_real = Felt::TWO;
    cheat(&BENCH.run(Lie::None), (Table::LoadDouble, 0), change, &["load_double"], &["memory", "program", "state"]);
}

/// Conditions 11 and 16: an unused row that provides an instruction word.
#[test]
fn code_leaf_padding() {
    let trace = BENCH.run(Lie::None);
    let change = |row: &mut CodeLeaf<Felt>| (row.used[0], row.limbs[0]) = (Felt::ONE, Felt::from_u8(0x13));
    cheat(&trace, (Table::CodeLeaf, trace.code_leaves.len()), change, &["code_leaf"], &["word"]);
}

/// Conditions 11 and 16: an unused row that opens a code node.
#[test]
fn code_node_padding() {
    let trace = BENCH.run(Lie::None);
    let change = |row: &mut CodeNode<Felt>| (row.opened[0], row.level) = (Felt::ONE, Felt::ONE);
    cheat(&trace, (Table::CodeNode, trace.code_nodes.len()), change, &["code_node"], &["code"]);
}

/// A conjunction table with a bit of 2 that is 1 and 1 more below: the bytes are the same, their conjunction is not.
#[test]
fn and_bit() {
    let trace = BENCH.run(Lie::None);
    let change = |row: &mut And<Felt>| {
        (row.a[0], row.b[1], row.count) = (Felt::TWO, Felt::ONE, Felt::ZERO);
    };
    // An unused row: what it would provide is 2 & 2 = 0.
    let honest = tables(&trace);
    let at = honest.tables.iter().position(|&table| table == Table::And).expect("every key has it");
    let unused = honest.matrices[at].values.len() / And::WIDTH - 1;
    cheat(&trace, (Table::And, unused), change, &["and"], &[]);
}

/// Condition 9: a pointer above 2^32 whose words would be others.
#[test]
fn keccak_pointer_above_the_end() {
    let change = |row: &mut KeccakCall<Felt>| row.pointer.value[2] = Felt::ONE;
    cheat(&calls(&[0x1000]), (Table::KeccakCall, 0), change, &["keccak_call"], &["memory"]);
}

/// Condition 14: a bit of a round.
#[test]
fn keccak_round_bit() {
    let change = |row: &mut KeccakRound<Felt>| row.theta[7][9] = Felt::ONE - row.theta[7][9];
    cheat(&calls(&[0x1000]), (Table::KeccakRound, 5), change, &["keccak_round"], &[]);
}

/// The denominator of a chord is shown to be invertible.
#[test]
fn point_add_denominator() {
    let change = |row: &mut PointAdd<Felt>| row.difference_inverse += Felt::ONE;
    cheat(&calls(&[0x1002, 0x1001]), (Table::Secp256k1Add, 0), change, &["secp256k1_add"], &[]);
}

/// The denominator of a tangent is shown to be invertible; and a carry of the relation for the slope.
#[test]
fn point_double_denominator() {
    let change = |row: &mut PointDouble<Felt>| {
        row.py_inverse += Felt::ONE;
        row.tangent_carry[3] += Felt::ONE;
    };
    cheat(&calls(&[0x1002, 0x1001]), (Table::Secp256k1Double, 0), change, &["secp256k1_double"], &[]);
}
