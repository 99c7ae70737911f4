//! Nodes in the arena, and their decoding.

use super::{Item, Items, TrieError, Tries, path::Path};
use alloc::boxed::Box;

/// A place in the arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeId(u32);

impl NodeId {
    pub(super) const fn new(index: usize) -> Self {
        Self(index as u32)
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A reference from a node, or to a root.
#[derive(Clone, Copy, Debug)]
pub enum Child<'a> {
    /// Nothing.
    Empty,
    /// A node that no path has led to yet.
    Hash(&'a [u8; 32]),
    /// A node in the arena.
    Node(NodeId),
}

/// The value of a leaf.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// As the witness has it.
    Witness(&'a [u8]),
    /// Written since.
    New(Box<[u8]>),
}

impl AsRef<[u8]> for Value<'_> {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Witness(bytes) => bytes,
            Self::New(bytes) => bytes,
        }
    }
}

#[derive(Debug)]
pub(super) enum Node<'a> {
    Leaf { path: Path, value: Value<'a> },
    Extension { path: Path, child: Child<'a> },
    Branch(Box<[Child<'a>; 16]>),
}

/// A node and, while nothing below it has changed, its hash.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    pub node: Node<'a>,
    pub hash: Option<&'a [u8; 32]>,
}

impl<'a> Tries<'a> {
    /// Puts the node that `bytes` encode, standing at nibble `depth`, into the arena. Nodes embedded in it follow it; they
    /// are shorter than it, so the recursion ends.
    pub(super) fn decode(&mut self, bytes: &'a [u8], depth: usize) -> Result<super::NodeId, TrieError> {
        let mut items = Items::of_list(bytes)?;
        let first = items.next_item()?;
        let second = items.next_item()?;
        let node = if items.is_empty() {
            let (path, is_leaf) = Path::decode(first.string()?, depth)?;
            if is_leaf {
                Node::Leaf { path, value: Value::Witness(second.string()?) }
            } else {
                let child = self.decode_child(second, path.end())?;
                if matches!(child, Child::Empty) {
                    return Err(TrieError::Malformed);
                }
                Node::Extension { path, child }
            }
        } else {
            if depth >= 64 {
                return Err(TrieError::Malformed);
            }
            let mut children = Box::new([Child::Empty; 16]);
            children[0] = self.decode_child(first, depth + 1)?;
            children[1] = self.decode_child(second, depth + 1)?;
            for child in &mut children[2..] {
                // the usual case is a hash; it needs no general decoding
                *child = match items.next_hash() {
                    Some(hash) => Child::Hash(hash),
                    None => {
                        let item = items.next_item()?;
                        self.decode_child(item, depth + 1)?
                    }
                };
            }
            if !items.next_item()?.string()?.is_empty() || !items.is_empty() {
                return Err(TrieError::Malformed);
            }
            Node::Branch(children)
        };
        Ok(self.push(node))
    }

    fn decode_child(&mut self, item: Item<'a>, depth: usize) -> Result<Child<'a>, TrieError> {
        if item.is_list {
            return self.decode(item.raw, depth).map(Child::Node);
        }
        match item.payload.len() {
            0 => Ok(Child::Empty),
            32 => item.payload.first_chunk().map(Child::Hash).ok_or(TrieError::Malformed),
            _ => Err(TrieError::Malformed),
        }
    }
}
