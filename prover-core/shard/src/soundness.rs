//! The security of a chain of our own protocol's proofs, from the keys that verifiers make.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use hearth_chips::boundary::Public;
use hearth_soundness::SizeClass;
use hearth_soundness::report::Report;
use hearth_soundness::stark::StarkParams;
use hearth_soundness::summary::{Circuit, Summary};
use hearth_stark_verifier::key::Key;

use crate::backend::SetupError;
use crate::chain::MAX_SHARDS;
use crate::keys::KeyId;

/// The error terms of every key that a verifier accepts, test classes aside, and of as many proofs as a chain may have.
///
/// # Errors
///
/// A class that no key can be made for.
pub fn summary() -> Result<Summary, SetupError> {
    let classes = SizeClass::ALL.into_iter().filter(|class| !class.is_test_only());
    let keys = classes.flat_map(|class| KeyId::ALL.map(|id| (class, id)));
    let circuits = keys.map(|(class, id)| {
        let key = Key::new(id.tables(), Public::WIDTH, StarkParams::of(class))
            .map_err(|error| SetupError::Parameters(error.to_string()))?;
        let name = format!("shard {} {id:?}", class.name()).to_lowercase();
        Ok(Circuit { name, report: Report::new(&key.params, &key.facts()) })
    });
    Ok(Summary { circuits: circuits.collect::<Result<Vec<_>, SetupError>>()?, proofs: MAX_SHARDS })
}
