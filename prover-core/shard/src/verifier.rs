//! Verification of one shard proof against a statement.

use hearth_chips::boundary::public_values;
use hearth_machine::hash::Felt;
use hearth_machine::trace::Statement;
use hearth_soundness::SizeClass;
use p3_field::PrimeField32;

use crate::backend::{self, BackendId, SetupError};
use crate::keys::{KeyId, Keys};

/// Why a shard proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A pc or time that is no field element: two numbers would name one statement.
    #[error("the statement's numbers are out of range")]
    Statement,
    /// A key that is not in the pinned set.
    #[error("key {0} is not in the set")]
    Key(u8),
    /// The proof does not prove the statement.
    #[error(transparent)]
    Proof(#[from] backend::VerifyError),
}

/// Verifies shard proofs of one size class.
pub struct ShardVerifier {
    keys: Keys,
}

impl ShardVerifier {
    /// A verifier for `class` of proofs of the default backend.
    ///
    /// # Errors
    ///
    /// A class in which the tables do not fit even at their least heights.
    pub fn new(class: SizeClass) -> Result<Self, SetupError> {
        Ok(Self { keys: Keys::new(class)? })
    }

    /// A verifier for `class` of proofs of this backend. It refuses those of every other.
    ///
    /// # Errors
    ///
    /// As [`ShardVerifier::new`], and a backend that this build does without.
    pub fn with_backend(backend: BackendId, class: SizeClass) -> Result<Self, SetupError> {
        Ok(Self { keys: Keys::with_backend(backend, class)? })
    }

    /// The size class.
    pub const fn class(&self) -> SizeClass {
        self.keys.class()
    }

    /// Checks that `proof`, made with the key of number `key`, proves `statement`. Never panics.
    ///
    /// # Errors
    ///
    /// See [`VerifyError`].
    pub fn verify(&self, statement: &Statement, key: u8, proof: &[u8]) -> Result<(), VerifyError> {
        let key = KeyId::from_id(key).ok_or(VerifyError::Key(key))?;
        if [statement.pc_in, statement.pc_out, statement.ts_end].into_iter().any(|number| number >= Felt::ORDER_U32) {
            return Err(VerifyError::Statement);
        }
        // The public values of the boundary table are the statement.
        self.keys.verify(key, &public_values(statement), proof)?;
        Ok(())
    }
}
