//! The kinds of nodes of a tree above shards of one size class.
//!
//! A kind is a circuit: which key its children have, and how many there may be. Its key follows from the circuit; the digests are
//! written down here, so that a verifier needs neither the circuits nor the work to commit to their wiring.

use hearth_machine::hash::{DIGEST, Digest, Felt};
use hearth_shard::keys::KeyId;
use hearth_soundness::SizeClass;
use p3_field::PrimeCharacteristicRing;

/// The size class of nodes.
pub const NODE: SizeClass = SizeClass::Real25;
/// Kinds: leaves by the key of their shards, then the join.
pub const KINDS: usize = KeyId::ALL.len() + 1;
/// Place of the join.
pub const JOIN: usize = KeyId::ALL.len();

/// A tree above shards of one size class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pins {
    /// Size class of the nodes.
    pub node: SizeClass,
    /// Children of a node of each kind, at most.
    pub slots: [usize; KINDS],
    /// Digest of the key of each kind.
    pub digests: [Digest; KINDS],
}

/// Size class of the shards, children, digests.
type Row = (SizeClass, [usize; KINDS], [[u32; DIGEST]; KINDS]);

/// As many children as there is room for.
const ROWS: [Row; 4] = [
    (SizeClass::Real24, [10, 8, 7, 7], [[0; DIGEST]; KINDS]),
    (SizeClass::Real25, [9, 8, 6, 7], [[0; DIGEST]; KINDS]),
    (SizeClass::Real26, [8, 7, 6, 7], [[0; DIGEST]; KINDS]),
    (SizeClass::Real27, [8, 7, 6, 7], [[0; DIGEST]; KINDS]),
];

impl Pins {
    /// The tree above shards of this class. Those that exist for tests have none.
    pub fn of(class: SizeClass) -> Option<Self> {
        let (_, slots, digests) = ROWS.into_iter().find(|(of, ..)| *of == class)?;
        let digests = digests.map(|words| words.map(Felt::from_u32));
        Some(Self { node: NODE, slots, digests })
    }
}
