//! A step up a path of a Merkle tree: a node from its child and the sibling that the proof names.
//!
//! * **Guarantees** that the digest that it says is `C(OracleNode, level; left, right)`, where the child is `left` if the bit is 0 and
//!   `right` if it is 1. The other one is the proof's to choose: whoever finds two that lead to one node has a collision. On the
//!   last step the node is not said but read, at the address of the cap's node number `high`.
//! * **Why a cheater fails.** The child is `left + bit (right - left)`, in the message itself, and the bit is 0 or 1 where it was
//!   made; the rest is the permutation, as in [`super::sponge`]. The address of a node of the cap is preprocessed but for `high`,
//!   which is read too, or else 0; `high` is below the number of nodes because so many bits spell it.
//! * **Cost.** 211 cells, 4 messages.

use core::borrow::{Borrow, BorrowMut};

use hearth_chips::columns;
use hearth_chips::poseidon2::SBOXES;
use hearth_machine::hash::{BLOCK, DIGEST, Tag, WIDTH};
use hearth_stark_verifier::field::F;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Gate;
use super::permutation::{self, constrain};
use crate::values::{Link, Values};
use crate::wires::{Addresses, DigestWire, Wire};
use crate::wiring::{Port, base_wire, digest};

columns! {
    /// Values.
    pub struct Main {
        /// Left and right child.
        pub children: [T; BLOCK],
        /// Which of them comes from below.
        pub bit: T,
        /// Number of the cap's node on last steps, 0 on others.
        pub high: T,
        /// S-box outputs of all rounds but the last.
        pub sboxes: [T; SBOXES],
    }
}

columns! {
    /// Connections and constants.
    pub struct Fixed {
        /// Of the child and of the node.
        pub digests: [Port<T>; 2],
        /// Of the bit and of the number.
        pub ports: [Port<T>; 2],
        /// Level of the node.
        pub level: T,
        /// 1 on rows in use.
        pub real: T,
        /// 1 on rows that are no last steps.
        pub inner: T,
    }
}

/// Where a step leads to.
#[derive(Clone, Copy, Debug)]
pub enum Node {
    /// To a node.
    Inner(DigestWire),
    /// To the node of the cap with this number, by the number of the cap.
    Cap(usize, Wire),
}

/// A row.
#[derive(Clone, Debug)]
pub struct Climb {
    /// The digest from below.
    pub child: DigestWire,
    /// First wires of the recorded children, left and right.
    pub children: [Wire; BLOCK],
    /// The bit.
    pub bit: Wire,
    /// Level of the node.
    pub level: F,
    /// The node.
    pub node: Node,
}

impl Gate for Climb {
    const NAME: &'static str = "climb";
    const WIDTH: usize = Main::WIDTH;
    const FIXED: usize = Fixed::WIDTH;

    fn eval<B: InteractionBuilder<F = F>>(builder: &mut B) {
        let fixed = builder.preprocessed().clone();
        let fixed: &Fixed<_> = fixed.current_slice().borrow();
        let main = builder.main();
        let main: &Main<B::Var> = main.current_slice().borrow();
        let expr = |value: B::Var| -> B::Expr { value.into() };
        let (bit, high) = (expr(main.bit), expr(main.high));
        let real: B::Expr = fixed.real.into();
        builder.assert_zero(Into::<B::Expr>::into(fixed.inner) * high.clone());

        let mut state: [B::Expr; WIDTH] = core::array::from_fn(|i| match i {
            BLOCK => real.clone() * F::from_u8(Tag::OracleNode as u8),
            i if i < BLOCK => expr(main.children[i]),
            i if i == BLOCK + 1 => fixed.level.into(),
            _ => B::Expr::ZERO,
        });
        constrain(builder, &mut state, real, &main.sboxes);

        let [child, node] = fixed.digests;
        let below = core::array::from_fn(|i| {
            let [left, right] = [main.children[i], main.children[DIGEST + i]].map(expr);
            left.clone() + bit.clone() * (right - left)
        });
        digest(builder, child, below);
        let [of_bit, of_high] = fixed.ports;
        base_wire(builder, of_bit, bit);
        base_wire(builder, of_high, high.clone());
        let node = Port { address: high + node.address, count: node.count.into() };
        digest(builder, node, core::array::from_fn(|i| state[i].clone()));
    }

    fn links(&self) -> Vec<Link> {
        let (node, high) = match self.node {
            Node::Inner(wire) => (Link::ProvideDigest(wire), Link::None),
            Node::Cap(cap, high) => (Link::ReadNode(cap), Link::Read(high)),
        };
        vec![Link::ReadDigest(self.child), node, Link::Read(self.bit), high]
    }

    fn fix(&self, addresses: &Addresses, cells: &mut [F]) {
        let cells: &mut Fixed<F> = cells.borrow_mut();
        let links = self.links();
        addresses.connect(&links[..2], &mut cells.digests);
        addresses.connect(&links[2..], &mut cells.ports);
        cells.level = self.level;
        cells.real = F::ONE;
        cells.inner = F::from_bool(matches!(self.node, Node::Inner(_)));
    }

    fn fill(&self, values: &Values<'_>, cells: &mut [F]) {
        let cells: &mut Main<F> = cells.borrow_mut();
        let base = |wire: Wire| values.get(wire).0[0];
        cells.children = self.children.map(base);
        cells.bit = base(self.bit);
        if let Node::Cap(_, high) = self.node {
            cells.high = base(high);
        }
        let mut state = [F::ZERO; WIDTH];
        state[..BLOCK].copy_from_slice(&cells.children);
        state[BLOCK] = F::from_u8(Tag::OracleNode as u8);
        state[BLOCK + 1] = self.level;
        permutation::fill(&mut state, &mut cells.sboxes);
    }
}
