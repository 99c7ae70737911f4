//! The pinned set of keys: which tables a shard proof can have.
//!
//! Tables of accelerators are wide and cost their least height even when unused, so a shard without a call is proved
//! under a key without them. A chain accepts keys of this set and no others; which one is data of the proof, and every one
//! of them proves the same statement.

use alloc::string::ToString;
use alloc::vec::Vec;

use hearth_chips::Felt;
use hearth_chips::bytes::LOG_HEIGHT as BYTES_LOG_HEIGHT;
use hearth_chips::tables::{Accelerators, Table};
use hearth_soundness::{MAX_LOG_HEIGHT, MIN_LOG_HEIGHT, SizeClass};

use crate::backend::{ChipSpec, HeightRule, SetupError, VerifyError, WhirKey};

/// A key of the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum KeyId {
    /// The machine without accelerators.
    Base = 0,
    /// With keccak-f.
    Keccak = 1,
    /// With all accelerators.
    All = 2,
}

impl KeyId {
    /// All keys.
    pub const ALL: [Self; 3] = [Self::Base, Self::Keccak, Self::All];

    /// The key of this number.
    pub fn from_id(id: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|&key| key as u8 == id)
    }

    /// The key for a shard with these accelerators.
    pub const fn of(accelerators: Accelerators) -> Self {
        match accelerators {
            Accelerators::None => Self::Base,
            Accelerators::Keccak => Self::Keccak,
            Accelerators::All => Self::All,
        }
    }

    /// Its tables in order.
    pub fn tables(self) -> Vec<Table> {
        let accelerators = match self {
            Self::Base => Accelerators::None,
            Self::Keccak => Accelerators::Keccak,
            Self::All => Accelerators::All,
        };
        accelerators.tables()
    }

    /// The chips of the key with the heights that they may have.
    fn chips(self) -> Vec<ChipSpec<Table>> {
        let height = |table| match table {
            // What the fixed table holds follows from its height (condition 17).
            Table::Bytes => HeightRule::Fixed(BYTES_LOG_HEIGHT),
            _ => HeightRule::Range { min: MIN_LOG_HEIGHT, max: MAX_LOG_HEIGHT },
        };
        let spec = |table: Table| ChipSpec { name: table.name().to_string(), air: table, height: height(table) };
        self.tables().into_iter().map(spec).collect()
    }
}

/// The keys of one size class.
pub struct Keys {
    class: SizeClass,
    keys: [WhirKey<Table>; KeyId::ALL.len()],
}

impl Keys {
    /// Makes all keys of `class`.
    ///
    /// # Errors
    ///
    /// A class in which the tables do not fit even at their least heights.
    #[inline(never)]
    pub fn new(class: SizeClass) -> Result<Self, SetupError> {
        let [base, keccak, all] = KeyId::ALL.map(|id| WhirKey::setup(id.chips(), class));
        Ok(Self { class, keys: [base?, keccak?, all?] })
    }

    /// The size class.
    pub const fn class(&self) -> SizeClass {
        self.class
    }

    /// Verifies a proof made under the key `id`.
    ///
    /// Here and in `Keys::prove` the proof system is instantiated for our tables, once: it is most of what there is to
    /// compile.
    ///
    /// # Errors
    ///
    /// See [`VerifyError`].
    #[inline(never)]
    pub fn verify(&self, id: KeyId, public_values: &[Felt], proof: &[u8]) -> Result<(), VerifyError> {
        self.get(id).verify(public_values, proof).map(drop)
    }

    /// The key `id`.
    pub const fn get(&self, id: KeyId) -> &WhirKey<Table> {
        &self.keys[id as usize]
    }
}
