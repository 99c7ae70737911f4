//! The tree of call paths, and the stack that walks it.

use crate::Cost;

/// Most nodes of the tree; beyond, callees count for their callers.
const MAX_NODES: usize = 1 << 20;
/// Most frames of the stack; a guest that calls deeper counts for the deepest of them.
const MAX_FRAMES: usize = 1 << 16;
/// Frames that a return may skip: what the guest's own unwinding or hand-written code leaves behind.
const MAX_SKIP: usize = 64;

/// A function as called by one path.
#[derive(Clone, Debug)]
pub struct Node {
    /// Number of the function.
    pub function: u32,
    /// The caller's node; the root's is itself.
    pub parent: u32,
    /// Its own instructions on this path.
    pub own: Cost,
    /// Nodes of its callees.
    children: Vec<u32>,
}

/// A call that has not returned.
struct Frame {
    node: u32,
    returns_to: u32,
}

/// All call paths of a run, and the present one.
pub struct Paths {
    nodes: Vec<Node>,
    frames: Vec<Frame>,
    current: u32,
}

impl Paths {
    /// A run that starts in `function`.
    pub fn new(function: u32) -> Self {
        let root = Node { function, parent: 0, own: Cost::default(), children: Vec::new() };
        Self { nodes: vec![root], frames: Vec::new(), current: 0 }
    }

    /// Counts an instruction of the present function.
    #[inline(always)]
    pub fn count(&mut self, cost: Cost) {
        self.nodes[self.current as usize].own.add(cost);
    }

    /// The present function calls `function`, which will return to `returns_to`.
    pub fn call(&mut self, function: u32, returns_to: u32) {
        if self.frames.len() < MAX_FRAMES {
            self.frames.push(Frame { node: self.current, returns_to });
            self.current = self.child(self.current, function);
        }
    }

    /// The present function ends in a jump to `function`, which returns in its place.
    pub fn tail_call(&mut self, function: u32) {
        let parent = self.nodes[self.current as usize].parent;
        self.current = self.child(parent, function);
    }

    /// Something returns to `pc`. If no recent call waits there, nothing has returned.
    pub fn return_to(&mut self, pc: u32) {
        let found = self.frames.iter().rev().take(MAX_SKIP).position(|frame| frame.returns_to == pc);
        if let Some(skipped) = found {
            self.frames.truncate(self.frames.len() - skipped);
            if let Some(frame) = self.frames.pop() {
                self.current = frame.node;
            }
        }
    }

    fn child(&mut self, parent: u32, function: u32) -> u32 {
        let children = &self.nodes[parent as usize].children;
        if let Some(&node) = children.iter().find(|&&node| self.nodes[node as usize].function == function) {
            return node;
        }
        if self.nodes.len() == MAX_NODES {
            return parent;
        }
        let node = self.nodes.len() as u32;
        self.nodes.push(Node { function, parent, own: Cost::default(), children: Vec::new() });
        self.nodes[parent as usize].children.push(node);
        node
    }

    /// All nodes, parents before their children.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Functions from the root to `node`.
    pub fn path(&self, node: usize) -> Vec<u32> {
        let mut path = vec![self.nodes[node].function];
        let mut at = node;
        while at != 0 {
            at = self.nodes[at].parent as usize;
            path.push(self.nodes[at].function);
        }
        path.reverse();
        path
    }

    /// Cost of each of `functions` functions with all that it calls; recursion counts once.
    pub fn totals(&self, functions: usize) -> Vec<Cost> {
        let mut below: Vec<Cost> = self.nodes.iter().map(|node| node.own).collect();
        for node in (1..self.nodes.len()).rev() {
            let cost = below[node];
            below[self.nodes[node].parent as usize].add(cost);
        }
        let mut totals = vec![Cost::default(); functions];
        // Depth first, with the number of open calls of each function.
        let mut open = vec![0u32; functions];
        let mut stack = vec![(0usize, false)];
        while let Some((node, is_left)) = stack.pop() {
            let function = self.nodes[node].function as usize;
            if is_left {
                open[function] -= 1;
                continue;
            }
            if open[function] == 0 {
                totals[function].add(below[node]);
            }
            open[function] += 1;
            stack.push((node, true));
            stack.extend(self.nodes[node].children.iter().map(|&child| (child as usize, false)));
        }
        totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Cost = Cost { steps: 1, area: 10 };

    #[test]
    fn calls_returns_and_tail_calls() {
        let mut paths = Paths::new(0);
        paths.count(STEP);
        paths.call(1, 100);
        paths.count(STEP);
        paths.call(1, 200); // recursion
        paths.count(STEP);
        paths.tail_call(2);
        paths.count(STEP);
        paths.return_to(999); // to nowhere
        paths.return_to(200);
        paths.count(STEP);
        paths.return_to(100);
        paths.count(STEP);
        let own: Vec<_> = paths.nodes().iter().map(|node| (node.function, node.own.steps)).collect();
        assert_eq!(own, [(0, 2), (1, 2), (1, 1), (2, 1)]);
        assert_eq!(paths.path(3), [0, 1, 2]);
        let totals: Vec<_> = paths.totals(3).iter().map(|cost| cost.steps).collect();
        assert_eq!(totals, [6, 4, 1]);
    }

    #[test]
    fn skipped_frames_are_left() {
        let mut paths = Paths::new(0);
        paths.call(1, 100);
        paths.call(2, 200);
        paths.return_to(100);
        paths.count(STEP);
        assert_eq!(paths.nodes()[0].own.steps, 1);
    }
}
