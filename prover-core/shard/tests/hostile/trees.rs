//! Attacks on the trees of memory and code, by rows that are each consistent with themselves.

use hearth_chips::Felt;
use hearth_machine::layout::HALT_PC;
use hearth_machine::trace::ShardTrace;
use p3_field::PrimeCharacteristicRing;

use crate::audit::{BENCH, trace_refused};
use crate::executor::{Lie, execute, refold};

#[track_caller]
fn refused(cheat: impl FnOnce(&mut ShardTrace), unbalanced: &[&str]) {
    let mut trace = BENCH.run(Lie::None);
    cheat(&mut trace);
    trace_refused(&trace, &[], unbalanced);
}

/// Condition 1, class 10: a leaf opened twice along the same nodes, once for the run and once as if nobody touched it.
#[test]
fn leaf_opened_twice() {
    let cheat = |trace: &mut ShardTrace| {
        let mut leaf = trace.leaves[0].clone();
        (leaf.last, leaf.last_ts, leaf.new) = (leaf.initial, [0; 8], leaf.old);
        let path: Vec<_> = trace.nodes.iter().filter(|node| node.index == leaf.index >> node.level).cloned().collect();
        trace.nodes.extend(path);
        trace.leaves.push(leaf);
    };
    refused(cheat, &["node"]);
}

/// Condition 2, class 10: two leaves in each other's place, with a whole run on what they hold there.
#[test]
fn swapped_leaves() {
    trace_refused(&BENCH.run(Lie::SwappedLeaves), &[], &["node"]);
}

/// Condition 2: a leaf under the index of its sibling.
#[test]
fn leaf_under_another_index() {
    refused(|trace| trace.leaves[0].index ^= 1, &["memory", "node"]);
}

/// Condition 3: the tree keeps a leaf as it was, as if it were clean, although the run wrote to it.
#[test]
fn clean_leaf_with_a_write() {
    let cheat = |trace: &mut ShardTrace| {
        let leaf = trace.leaves.iter_mut().find(|leaf| leaf.initial != leaf.last).expect("the victim writes");
        (leaf.last, leaf.new) = (leaf.initial, leaf.old);
        refold(&BENCH.hasher, &BENCH.tree, &BENCH.tree, trace);
    };
    refused(cheat, &["memory"]);
}

/// Condition 15, class 13: the same by the digest alone: the content is right and its old digest stands for it.
#[test]
fn old_digest_of_a_new_leaf() {
    let cheat = |trace: &mut ShardTrace| {
        let leaf = trace.leaves.iter_mut().find(|leaf| leaf.initial != leaf.last).expect("the victim writes");
        leaf.new = leaf.old;
        refold(&BENCH.hasher, &BENCH.tree, &BENCH.tree, trace);
    };
    refused(cheat, &["hash"]);
}

/// Condition 1: the new tree holds another subtree where the run opened nothing.
#[test]
fn subtree_changed_beside_the_run() {
    let cheat = |trace: &mut ShardTrace| {
        let mut base = BENCH.tree.clone();
        base.update_memory(&BENCH.hasher, &[(0x123, [7; 8])]);
        refold(&BENCH.hasher, &BENCH.tree, &base, trace);
    };
    refused(cheat, &["node"]);
}

/// Condition 1: an opened subtree is carried over as an uncle too.
#[test]
fn opened_and_carried_over() {
    let cheat = |trace: &mut ShardTrace| {
        let uncle = trace.uncles[0].clone();
        trace.uncles.push(uncle);
    };
    refused(cheat, &["node"]);
}

/// Condition 1, class 11: a tree whose root is not the statement's.
#[test]
fn foreign_root() {
    refused(|trace| trace.statement.root_in[0] += Felt::ONE, &["node"]);
}

/// Class 11: the shard claims to leave memory as it found it.
#[test]
fn unchanged_root() {
    refused(|trace| trace.statement.root_out = trace.statement.root_in, &["node"]);
}

/// Class 9: a start in the middle.
#[test]
fn foreign_start() {
    refused(|trace| trace.statement.pc_in += 4, &["state"]);
}

/// Classes 9 and 11: the first steps of a run sold as one that has halted.
#[test]
fn foreign_end() {
    let mut trace = execute(&BENCH.hasher, &BENCH.program, 5, Lie::None);
    trace.statement.pc_out = HALT_PC;
    trace_refused(&trace, &[], &["state"]);
}

/// Condition 11: decoding takes another word than the code leaf holds.
#[test]
fn decoded_word_is_foreign() {
    // Bit 20 is the lowest of an immediate or of rs2: the word decodes, to something else.
    refused(|trace| trace.decodes[0].word ^= 1 << 20, &["program", "word"]);
}

/// Condition 11: the leaf holds another word than its digest says.
#[test]
fn code_leaf_is_foreign() {
    let cheat = |trace: &mut ShardTrace| {
        let leaf = &mut trace.code_leaves[0];
        let slot = leaf.used.iter().position(|used| !used).unwrap_or(0);
        leaf.words[slot] ^= 1 << 20;
        leaf.digest = BENCH.hasher.code_leaf(&leaf.words);
    };
    refused(cheat, &["code", "word"]);
}

/// Condition 12: code of another place.
#[test]
fn code_leaf_is_elsewhere() {
    refused(|trace| trace.code_leaves[0].index += 1, &["code", "word"]);
}

/// Condition 12: an instruction at pc 1, where a halted machine stands.
#[test]
fn code_at_halt() {
    let cheat = |trace: &mut ShardTrace| {
        let pc = trace.statement.pc_in;
        trace.statement.pc_in = 1;
        trace.decodes.iter_mut().filter(|decode| decode.pc == pc).for_each(|decode| decode.pc = 1);
        trace.steps.iter_mut().flatten().filter(|step| step.pc == pc).for_each(|step| step.pc = 1);
    };
    refused(cheat, &["state", "word"]);
}
