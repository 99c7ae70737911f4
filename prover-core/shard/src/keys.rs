//! The pinned set of keys: which tables a shard proof can have.
//!
//! Tables of accelerators are wide and cost their least height even when unused, so a shard without a call is proved
//! under a key without them. A chain accepts keys of this set and no others; which one is data of the proof, and every one
//! of them proves the same statement.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use hearth_chips::Felt;
use hearth_chips::bytes::LOG_HEIGHT as BYTES_LOG_HEIGHT;
use hearth_chips::tables::{Accelerators, Table};
use hearth_soundness::{MAX_LOG_HEIGHT, SizeClass};
use once_cell::race::OnceBox;
#[cfg(feature = "prover")]
use p3_matrix::dense::RowMajorMatrix;

#[cfg(feature = "fri")]
use crate::backend::FriKey;
#[cfg(feature = "prover")]
use crate::backend::ProveError;
#[cfg(feature = "whir")]
use crate::backend::WhirKey;
use crate::backend::{
    BackendId, ChipSet, ChipSpec, HeightRule, KeyDigest, SecurityReport, SetupError, StarkKey, VerifyError,
};
#[cfg(feature = "prover")]
use crate::progress::Steps;

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
    fn chips(self, class: SizeClass) -> Vec<ChipSpec<Table>> {
        let height = |table| match table {
            // What the fixed table holds follows from its height (condition 17).
            Table::Bytes => HeightRule::Fixed(BYTES_LOG_HEIGHT),
            _ => HeightRule::Range { min: class.min_log_height(), max: MAX_LOG_HEIGHT },
        };
        let spec = |table: Table| ChipSpec { name: table.name().to_string(), air: table, height: height(table) };
        self.tables().into_iter().map(spec).collect()
    }
}

/// The keys of one size class under one backend.
pub struct Keys {
    class: SizeClass,
    keys: Backend,
}

/// One key per [`KeyId`], in its order.
enum Backend {
    /// Those of [`stark`].
    Stark,
    #[cfg(feature = "whir")]
    Whir(Box<[WhirKey<Table>; KeyId::ALL.len()]>),
    #[cfg(feature = "fri")]
    Fri(Box<[FriKey<Table>; KeyId::ALL.len()]>),
}

/// A key of our own protocol. It is a constant of the program that takes long to compute (a verdict takes less), so it is made
/// when it is first asked for, and kept.
///
/// # Errors
///
/// A class in which the tables do not fit even at their least heights.
pub fn stark(class: SizeClass, id: KeyId) -> Result<&'static StarkKey<Table>, SetupError> {
    static KEPT: [[OnceBox<StarkKey<Table>>; KeyId::ALL.len()]; SizeClass::ALL.len()] =
        [const { [const { OnceBox::new() }; KeyId::ALL.len()] }; SizeClass::ALL.len()];
    KEPT[class.index()][id as usize].get_or_try_init(|| StarkKey::setup(id.chips(class), class).map(Box::new))
}

/// The same expression for the key `$id`, whatever its backend.
macro_rules! with_key {
    ($keys:expr, $id:expr, $key:ident => $result:expr) => {
        match &$keys.keys {
            Backend::Stark => {
                let $key = stark($keys.class, $id)?;
                $result
            }
            #[cfg(feature = "whir")]
            Backend::Whir(keys) => {
                let $key = &keys[$id as usize];
                $result
            }
            #[cfg(feature = "fri")]
            Backend::Fri(keys) => {
                let $key = &keys[$id as usize];
                $result
            }
        }
    };
}

// Here the proof systems are instantiated for our tables, each once: that is most of what there is to compile.
impl Keys {
    /// The keys of `class` for the default backend.
    ///
    /// # Errors
    ///
    /// A class in which the tables do not fit even at their least heights.
    #[inline(never)]
    pub fn new(class: SizeClass) -> Result<Self, SetupError> {
        // Nearly every run has a shard of this key; the others are made when they are needed.
        stark(class, KeyId::Base)?;
        Ok(Self { class, keys: Backend::Stark })
    }

    /// The keys of `class` for `backend`.
    ///
    /// # Errors
    ///
    /// As [`Keys::new`], and a backend that this build does without.
    pub fn with_backend(backend: BackendId, class: SizeClass) -> Result<Self, SetupError> {
        match backend {
            BackendId::Stark => Self::new(class),
            #[cfg(feature = "whir")]
            BackendId::Whir => Self::new_whir(class),
            #[cfg(not(feature = "whir"))]
            BackendId::Whir => Err(SetupError::Absent(backend)),
            #[cfg(feature = "fri")]
            BackendId::Fri => Self::new_fri(class),
            #[cfg(not(feature = "fri"))]
            BackendId::Fri => Err(SetupError::Absent(backend)),
        }
    }

    #[cfg(feature = "fri")]
    #[inline(never)]
    fn new_fri(class: SizeClass) -> Result<Self, SetupError> {
        let [base, keccak, all] = KeyId::ALL.map(|id| FriKey::setup(id.chips(class), class));
        Ok(Self { class, keys: Backend::Fri(Box::new([base?, keccak?, all?])) })
    }

    #[cfg(feature = "whir")]
    #[inline(never)]
    fn new_whir(class: SizeClass) -> Result<Self, SetupError> {
        let [base, keccak, all] = KeyId::ALL.map(|id| WhirKey::setup(id.chips(class), class));
        Ok(Self { class, keys: Backend::Whir(Box::new([base?, keccak?, all?])) })
    }

    /// The size class.
    pub const fn class(&self) -> SizeClass {
        self.class
    }

    /// The backend.
    pub const fn backend(&self) -> BackendId {
        match self.keys {
            Backend::Stark => BackendId::Stark,
            #[cfg(feature = "whir")]
            Backend::Whir(_) => BackendId::Whir,
            #[cfg(feature = "fri")]
            Backend::Fri(_) => BackendId::Fri,
        }
    }

    /// Proves the tables of a shard under the key `id`. `progress` hears of the steps of the default backend's proof.
    ///
    /// # Errors
    ///
    /// Tables that do not fit the key, see [`ProveError`], or a caller that gave up.
    #[cfg(feature = "prover")]
    #[inline(never)]
    pub async fn prove(
        &self,
        id: KeyId,
        matrices: Vec<RowMajorMatrix<Felt>>,
        public_values: &[Felt],
        progress: Steps<'_>,
    ) -> Result<Vec<u8>, ProveError> {
        match &self.keys {
            Backend::Stark => stark(self.class, id)?.prove(matrices, public_values, progress).await,
            #[cfg(feature = "whir")]
            Backend::Whir(keys) => keys[id as usize].prove(matrices, public_values),
            #[cfg(feature = "fri")]
            Backend::Fri(keys) => keys[id as usize].prove(&matrices, public_values),
        }
    }

    /// Cells of these tables that a proof under the key `id` commits to.
    ///
    /// # Errors
    ///
    /// A key that cannot be made.
    #[cfg(feature = "prover")]
    pub fn cells(&self, id: KeyId, matrices: &[RowMajorMatrix<Felt>]) -> Result<u64, SetupError> {
        match &self.keys {
            Backend::Stark => Ok(stark(self.class, id)?.cells(matrices)),
            #[cfg(feature = "p3")]
            _ => Ok(matrices.iter().map(|matrix| matrix.values.len() as u64).sum()),
        }
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
        with_key!(self, id, key => key.verify(public_values, proof).map(drop))
    }

    /// The tables of the key `id` and the heights that they may have.
    ///
    /// # Errors
    ///
    /// A key that cannot be made.
    pub fn chips(&self, id: KeyId) -> Result<&ChipSet<Table>, SetupError> {
        with_key!(self, id, key => Ok(key.chips()))
    }

    /// The digest of the key `id`.
    ///
    /// # Errors
    ///
    /// A key that cannot be made.
    pub fn digest(&self, id: KeyId) -> Result<KeyDigest, SetupError> {
        with_key!(self, id, key => Ok(key.digest()))
    }

    /// The error terms of a proof under the key `id` at these log2 heights.
    ///
    /// # Errors
    ///
    /// Heights that the key does not allow.
    pub fn security(&self, id: KeyId, log_heights: &[u8]) -> Result<SecurityReport, VerifyError> {
        with_key!(self, id, key => key.security(log_heights))
    }
}

/// The keys themselves, for tests that forge proofs.
#[cfg(all(feature = "forge", feature = "whir", feature = "fri"))]
impl Keys {
    /// The key `id` of p3-multi-stark.
    pub fn whir(&self, id: KeyId) -> Option<&WhirKey<Table>> {
        match &self.keys {
            Backend::Whir(keys) => Some(&keys[id as usize]),
            Backend::Fri(_) | Backend::Stark => None,
        }
    }

    /// The key `id` of p3-batch-stark.
    pub fn fri(&self, id: KeyId) -> Option<&FriKey<Table>> {
        match &self.keys {
            Backend::Fri(keys) => Some(&keys[id as usize]),
            Backend::Whir(_) | Backend::Stark => None,
        }
    }
}
