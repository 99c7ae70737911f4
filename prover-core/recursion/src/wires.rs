//! Wires and their addresses.

use std::collections::HashMap;

use hearth_stark_verifier::field::F;
use p3_field::PrimeCharacteristicRing;

use crate::compile::CompileError;
use crate::values::Link;
use crate::wiring::Port;

/// A wire of the compiled circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wire {
    /// A wire of the base field of the recorded circuit.
    Base(u32),
    /// One of the challenge field.
    Ext(u32),
    /// A constant, by its number.
    Constant(u32),
    /// Five values of the base field, by their number.
    Group(u32),
    /// The number that upper bits spell, by its number.
    High(u32),
    /// A public value, by its number. One row reads it, and makes of it the wire that the others read.
    Public(u32),
}

/// Nine wires of the base field of the recorded circuit, from this one on, as one: part of a permutation's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DigestWire(pub u32);

/// A wire's address, and how often it is read and provided.
#[derive(Clone, Copy, Debug, Default)]
struct Use {
    address: u32,
    reads: u32,
    provided: u32,
}

/// Addresses of all wires of a circuit.
#[derive(Debug, Default)]
pub struct Addresses {
    wires: HashMap<Wire, Use>,
    digests: HashMap<DigestWire, Use>,
    /// Address of each cap's first node.
    caps: Vec<u32>,
}

impl Addresses {
    /// Gives each wire an address: the public values the first ones, all others in the order in which the links come; `caps` are
    /// the caps' numbers of nodes.
    ///
    /// # Errors
    /// A wire that is read and never provided, or provided twice.
    pub fn new(links: impl Iterator<Item = Link>, caps: &[usize], public: usize) -> Result<Self, CompileError> {
        let mut addresses = Self::default();
        let of_public = (0..public as u32).map(|number| Link::Provide(Wire::Public(number)));
        for link in of_public.chain(links) {
            let (known, count) = (addresses.wires.len(), addresses.digests.len());
            match link {
                Link::Read(wire) => entry(&mut addresses.wires, wire, known).reads += 1,
                Link::Provide(wire) => entry(&mut addresses.wires, wire, known).provided += 1,
                Link::ReadDigest(wire) => entry(&mut addresses.digests, wire, count).reads += 1,
                Link::ProvideDigest(wire) => entry(&mut addresses.digests, wire, count).provided += 1,
                Link::None | Link::ReadNode(_) => {}
            }
        }
        if let Some((&wire, of)) =
            addresses.wires.iter().find(|(_, of)| of.provided != 1 && of.reads > 0 || of.provided > 1)
        {
            return Err(CompileError::Wire { wire, provided: of.provided, reads: of.reads });
        }
        if let Some((&wire, of)) = addresses.digests.iter().find(|(_, of)| of.provided != 1) {
            return Err(CompileError::Digest { first: wire.0, provided: of.provided, reads: of.reads });
        }
        let read_once = |number| addresses.wires[&Wire::Public(number)].reads == 1;
        if let Some(number) = (0..public as u32).find(|&number| !read_once(number)) {
            let of = addresses.wires[&Wire::Public(number)];
            return Err(CompileError::Wire { wire: Wire::Public(number), provided: of.provided, reads: of.reads });
        }
        let mut next = addresses.digests.len() as u32 + 1;
        for &nodes in caps {
            addresses.caps.push(next);
            next += nodes as u32;
        }
        Ok(addresses)
    }

    /// The ports of these links.
    pub fn connect(&self, links: &[Link], ports: &mut [Port<F>]) {
        let read = |of: &Use| Port { address: F::from_u32(of.address), count: F::ONE };
        let provide = |of: &Use| Port { address: F::from_u32(of.address), count: -F::from_u32(of.reads) };
        for (link, port) in links.iter().zip(ports) {
            *port = match link {
                Link::None => Port::default(),
                Link::Read(wire) => read(&self.wires[wire]),
                Link::Provide(wire) => provide(&self.wires[wire]),
                Link::ReadDigest(wire) => read(&self.digests[wire]),
                Link::ProvideDigest(wire) => provide(&self.digests[wire]),
                Link::ReadNode(cap) => Port { address: F::from_u32(self.caps[*cap]), count: F::ONE },
            };
        }
    }

    /// The address of a node of a cap.
    pub fn node(&self, (cap, node): (usize, usize)) -> F {
        F::from_u32(self.caps[cap] + node as u32)
    }
}

fn entry<K: core::hash::Hash + Eq>(uses: &mut HashMap<K, Use>, wire: K, known: usize) -> &mut Use {
    uses.entry(wire).or_insert(Use { address: known as u32 + 1, reads: 0, provided: 0 })
}
