//! A sparse Merkle-Patricia trie over a witness that is read in place.
//!
//! Nodes enter the arena when a path first leads through them; the witness holds the rest by hash. One arena serves the
//! state trie and all storage tries. Keys are hashes, 32 bytes, so branches hold no values and leaves end at nibble 64.

mod node;
mod path;
mod rlp;
mod root;
#[cfg(test)]
mod tests;
mod update;
mod witness;

pub use node::{Child, Value};
pub use rlp::{Item, Items};
pub use root::EMPTY_ROOT;
pub use witness::Preimages;

use alloc::vec::Vec;
use alloy_primitives::B256;
use node::{Node, NodeId, Slot};

/// Why a trie could not be read or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrieError {
    /// The witness lacks the node with this hash.
    #[error("trie node {0} missing")]
    Missing(B256),
    /// A node is not the RLP of a trie node at its depth.
    #[error("trie node malformed")]
    Malformed,
}

/// All tries of one state.
#[derive(Debug)]
pub struct Tries<'a> {
    witness: Preimages<'a>,
    slots: Vec<Slot<'a>>,
}

impl<'a> Tries<'a> {
    /// Tries over the nodes of a witness.
    pub fn new(witness: Preimages<'a>) -> Self {
        let slots = Vec::with_capacity(2 * witness.len());
        Self { witness, slots }
    }

    /// The nodes.
    pub const fn witness(&self) -> &Preimages<'a> {
        &self.witness
    }

    /// The value at `key`, `None` if the trie proves that there is none.
    pub fn get(&mut self, root: &mut Child<'a>, key: &[u8; 32]) -> Result<Option<&Value<'a>>, TrieError> {
        let Some(mut id) = self.resolve(*root, 0)? else { return Ok(None) };
        *root = Child::Node(id);
        let mut depth = 0;
        loop {
            let child = match &self.slots[id.index()].node {
                Node::Leaf { path, .. } => {
                    if !path.leads_to(key) {
                        return Ok(None);
                    }
                    break;
                }
                Node::Extension { path, child } => {
                    if !path.leads_to(key) {
                        return Ok(None);
                    }
                    depth = path.end();
                    *child
                }
                Node::Branch(children) => {
                    depth += 1;
                    children[path::nibble(key, depth - 1)]
                }
            };
            let parent = id;
            match child {
                Child::Empty => return Ok(None),
                Child::Node(next) => id = next,
                Child::Hash(_) => {
                    let Some(next) = self.resolve(child, depth)? else { return Ok(None) };
                    match &mut self.slots[parent.index()].node {
                        Node::Extension { child, .. } => *child = Child::Node(next),
                        Node::Branch(children) => children[path::nibble(key, depth - 1)] = Child::Node(next),
                        Node::Leaf { .. } => {}
                    }
                    id = next;
                }
            }
        }
        match &self.slots[id.index()].node {
            Node::Leaf { value, .. } => Ok(Some(value)),
            _ => Ok(None),
        }
    }

    /// The arena place of a child that stands at nibble `depth`, taken from the witness if need be.
    fn resolve(&mut self, child: Child<'a>, depth: usize) -> Result<Option<NodeId>, TrieError> {
        match child {
            Child::Empty => Ok(None),
            Child::Node(id) => Ok(Some(id)),
            Child::Hash(hash) => {
                let bytes = self.witness.get(hash).ok_or(TrieError::Missing(B256::new(*hash)))?;
                let id = self.decode(bytes, depth)?;
                self.slots[id.index()].hash = Some(hash);
                Ok(Some(id))
            }
        }
    }

    fn push(&mut self, node: Node<'a>) -> NodeId {
        let id = NodeId::new(self.slots.len());
        self.slots.push(Slot { node, hash: None });
        id
    }
}
