//! Insertion and removal.
//!
//! Changes of one trie must insert first and remove after: a removal that leaves a branch with one child needs that child's
//! node, which a witness made in this order contains.

use super::{
    Child, Node, NodeId, TrieError, Tries, Value,
    path::{Path, nibble},
};
use alloc::boxed::Box;

impl<'a> Tries<'a> {
    /// Sets the value at `key`.
    pub fn insert(&mut self, root: &mut Child<'a>, key: &[u8; 32], value: Box<[u8]>) -> Result<(), TrieError> {
        *root = self.insert_at(*root, key, 0, Value::New(value))?;
        Ok(())
    }

    /// Removes the value at `key`, if there is one.
    pub fn remove(&mut self, root: &mut Child<'a>, key: &[u8; 32]) -> Result<(), TrieError> {
        if self.get(root, key)?.is_some() {
            *root = self.remove_at(*root, key, 0)?;
        }
        Ok(())
    }

    fn insert_at(
        &mut self,
        at: Child<'a>,
        key: &[u8; 32],
        depth: usize,
        value: Value<'a>,
    ) -> Result<Child<'a>, TrieError> {
        let Some(id) = self.resolve(at, depth)? else {
            return Ok(Child::Node(self.push(Node::Leaf { path: Path::of_key(key, depth, 64), value })));
        };
        let slot = &mut self.slots[id.index()];
        slot.hash = None;
        match &mut slot.node {
            Node::Leaf { path, value: old } => {
                let split = path.common(key);
                if split == path.end() {
                    *old = value;
                    return Ok(Child::Node(id));
                }
                let branch = path.nibble(split);
                path.shorten(split + 1);
                Ok(self.fork(key, depth, split, (branch, Child::Node(id)), value))
            }
            Node::Extension { path, child } => {
                let (split, end, below) = (path.common(key), path.end(), *child);
                if split == end {
                    let below = self.insert_at(below, key, end, value)?;
                    self.set_only_child(id, below);
                    return Ok(Child::Node(id));
                }
                let branch = path.nibble(split);
                path.shorten(split + 1);
                let rest = if split + 1 == end { below } else { Child::Node(id) };
                Ok(self.fork(key, depth, split, (branch, rest), value))
            }
            Node::Branch(children) => {
                let place = nibble(key, depth);
                let below = children[place];
                let below = self.insert_at(below, key, depth + 1, value)?;
                self.set_branch_child(id, place, below);
                Ok(Child::Node(id))
            }
        }
    }

    /// A branch at nibble `split` between an old child and a new leaf for `key`, under an extension from `depth` if needed.
    fn fork(
        &mut self,
        key: &[u8; 32],
        depth: usize,
        split: usize,
        (old_place, old): (usize, Child<'a>),
        value: Value<'a>,
    ) -> Child<'a> {
        let leaf = self.push(Node::Leaf { path: Path::of_key(key, split + 1, 64), value });
        let mut children = Box::new([Child::Empty; 16]);
        children[old_place] = old;
        children[nibble(key, split)] = Child::Node(leaf);
        let branch = Child::Node(self.push(Node::Branch(children)));
        if split == depth {
            return branch;
        }
        Child::Node(self.push(Node::Extension { path: Path::of_key(key, depth, split), child: branch }))
    }

    /// Removes `key`, which is known to be there.
    fn remove_at(&mut self, at: Child<'a>, key: &[u8; 32], depth: usize) -> Result<Child<'a>, TrieError> {
        let Some(id) = self.resolve(at, depth)? else { return Ok(Child::Empty) };
        let slot = &mut self.slots[id.index()];
        slot.hash = None;
        match &slot.node {
            Node::Leaf { .. } => Ok(Child::Empty),
            Node::Extension { path, child } => {
                let (path, below) = (*path, *child);
                let below = self.remove_at(below, key, path.end())?;
                self.set_only_child(id, below);
                match below {
                    Child::Node(below) => Ok(self.join(id, path, below)),
                    _ => Ok(below),
                }
            }
            Node::Branch(children) => {
                let place = nibble(key, depth);
                let below = children[place];
                let below = self.remove_at(below, key, depth + 1)?;
                self.set_branch_child(id, place, below);
                self.collapse(id, depth)
            }
        }
    }

    /// An extension above a node: a leaf or an extension below swallows it.
    fn join(&mut self, extension: NodeId, above: Path, below: NodeId) -> Child<'a> {
        let slot = &mut self.slots[below.index()];
        match &mut slot.node {
            Node::Leaf { path, .. } | Node::Extension { path, .. } => {
                (above.start()..above.end()).rev().for_each(|at| path.prepend(above.nibble(at)));
                slot.hash = None;
                Child::Node(below)
            }
            Node::Branch(_) => Child::Node(extension),
        }
    }

    /// A branch at nibble `depth` with one child left becomes part of that child.
    fn collapse(&mut self, id: NodeId, depth: usize) -> Result<Child<'a>, TrieError> {
        let Node::Branch(children) = &self.slots[id.index()].node else { return Ok(Child::Node(id)) };
        let mut left = children.iter().enumerate().filter(|(_, child)| !matches!(child, Child::Empty));
        let (place, child) = match (left.next(), left.next()) {
            (None, _) => return Ok(Child::Empty),
            (Some((place, child)), None) => (place, *child),
            _ => return Ok(Child::Node(id)),
        };
        let Some(below) = self.resolve(child, depth + 1)? else { return Ok(Child::Empty) };
        let slot = &mut self.slots[below.index()];
        if let Node::Leaf { path, .. } | Node::Extension { path, .. } = &mut slot.node {
            path.prepend(place);
            slot.hash = None;
            return Ok(Child::Node(below));
        }
        let mut path = Path::of_key(&[0; 32], depth + 1, depth + 1);
        path.prepend(place);
        Ok(Child::Node(self.push(Node::Extension { path, child: Child::Node(below) })))
    }

    fn set_only_child(&mut self, id: NodeId, below: Child<'a>) {
        if let Node::Extension { child, .. } = &mut self.slots[id.index()].node {
            *child = below;
        }
    }

    fn set_branch_child(&mut self, id: NodeId, place: usize, below: Child<'a>) {
        if let Node::Branch(children) = &mut self.slots[id.index()].node {
            children[place] = below;
        }
    }
}
