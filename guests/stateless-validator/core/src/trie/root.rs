//! Encoding and hashing of what has changed.

use super::{Child, Node, NodeId, Tries};
use alloc::vec::Vec;
use alloy_primitives::{B256, b256, keccak256};

/// The root of a trie without values.
pub const EMPTY_ROOT: B256 = b256!("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");

/// Room for the longest list prefix of a node.
const PREFIX: usize = 3;

impl<'a> Tries<'a> {
    /// The root of a trie.
    pub fn root(&self, root: Child<'a>) -> B256 {
        match root {
            Child::Empty => EMPTY_ROOT,
            Child::Hash(hash) => B256::new(*hash),
            Child::Node(id) => match self.slots[id.index()].hash {
                Some(hash) => B256::new(*hash),
                None => {
                    let mut scratch = Vec::with_capacity(1 << 14);
                    let start = self.encode(id, &mut scratch);
                    keccak256(&scratch[start..])
                }
            },
        }
    }

    /// Appends what a parent holds of a child: nothing, a short node itself, or a hash.
    fn append_child(&self, child: Child<'a>, out: &mut Vec<u8>) {
        let hash = match child {
            Child::Empty => return out.push(0x80),
            Child::Hash(hash) => *hash,
            Child::Node(id) => match self.slots[id.index()].hash {
                Some(hash) => *hash,
                None => {
                    let end = out.len();
                    let start = self.encode(id, out);
                    if out.len() - start < 32 {
                        out.drain(end..start);
                        return;
                    }
                    let hash = keccak256(&out[start..]);
                    out.truncate(end);
                    hash.0
                }
            },
        };
        out.push(0xa0);
        out.extend_from_slice(&hash);
    }

    /// Appends a node after a gap of up to 3 bytes, tells where it starts.
    fn encode(&self, id: NodeId, out: &mut Vec<u8>) -> usize {
        let mark = out.len();
        out.extend_from_slice(&[0; PREFIX]);
        match &self.slots[id.index()].node {
            Node::Leaf { path, value } => {
                append_string(out, |out| path.encode(true, out));
                append_string(out, |out| out.extend_from_slice(value.as_ref()));
            }
            Node::Extension { path, child } => {
                append_string(out, |out| path.encode(false, out));
                self.append_child(*child, out);
            }
            Node::Branch(children) => {
                children.iter().for_each(|child| self.append_child(*child, out));
                out.push(0x80);
            }
        }
        let len = out.len() - mark - PREFIX;
        let start = mark + PREFIX - prefix_len(len);
        write_prefix(0xc0, len, &mut out[start..mark + PREFIX]);
        start
    }
}

const fn prefix_len(len: usize) -> usize {
    match len {
        0..56 => 1,
        56..256 => 2,
        _ => 3,
    }
}

/// `len < 2^16`: a node has at most 17 references, or a path and a value that has come out of a node.
fn write_prefix(base: u8, len: usize, out: &mut [u8]) {
    match out {
        [short] => *short = base + len as u8,
        [size, digit] => (*size, *digit) = (base + 56, len as u8),
        [size, high, low] => (*size, *high, *low) = (base + 57, (len >> 8) as u8, len as u8),
        _ => {}
    }
}

/// Appends an RLP string that `write` produces.
fn append_string(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let mark = out.len();
    out.push(0);
    write(out);
    let len = out.len() - mark - 1;
    if len == 1 && out[mark + 1] < 0x80 {
        out.remove(mark);
        return;
    }
    let prefix = prefix_len(len);
    if prefix > 1 {
        out.splice(mark..mark, core::iter::repeat_n(0, prefix - 1));
    }
    write_prefix(0x80, len, &mut out[mark..mark + prefix]);
}
