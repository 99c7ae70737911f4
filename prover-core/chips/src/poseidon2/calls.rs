use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use hearth_machine::hash::{BLOCK, Tag, children, code_block, memory_block};
use hearth_machine::trace::ShardTrace;

use super::HashCall;
use crate::Felt;

impl HashCall {
    /// The distinct calls of a shard: memory leaves and nodes look up two each, before and after, code leaves and nodes
    /// one each.
    pub fn of(trace: &ShardTrace) -> Vec<Self> {
        let mut uses: BTreeMap<(Tag, u32, [Felt; BLOCK]), u32> = BTreeMap::new();
        let mut call = |tag, level, input| *uses.entry((tag, level, input)).or_insert(0) += 1;
        for leaf in &trace.leaves {
            call(Tag::MemoryLeaf, 0, memory_block(&leaf.initial));
            call(Tag::MemoryLeaf, 0, memory_block(&leaf.last));
        }
        for node in &trace.nodes {
            for [left, right] in [&node.old_children, &node.new_children] {
                call(Tag::MemoryNode, node.level, children(left, right));
            }
        }
        for leaf in &trace.code_leaves {
            call(Tag::CodeLeaf, 0, code_block(&leaf.words));
        }
        for node in &trace.code_nodes {
            let [left, right] = &node.children;
            call(Tag::CodeNode, node.level, children(left, right));
        }
        uses.into_iter().map(|((tag, level, input), uses)| Self { tag, level, input, uses }).collect()
    }
}
