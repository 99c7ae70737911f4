//! The verifier without some of its checks: an attack that it accepts is stopped by these checks and by no other.

use hearth_stark_prover::forge::{Watch, Watched};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{E, F};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::verify::verify;

/// Overlooks these checks.
struct Without<'c>(&'c [Check]);

impl Watch for Without<'_> {
    fn asserted(&mut self, check: Check, _: E, outcome: Result<(), Rejection>) -> Result<(), Rejection> {
        if self.0.contains(&check) { Ok(()) } else { outcome }
    }
}

/// Verifies without these checks.
fn verify_without<A: Chip>(key: &Key<A>, public: &[F], proof: &[u8], without: &[Check]) -> Result<(), Rejection> {
    let mut context = Watched::new(proof, Without(without));
    verify(key, &mut context, public)?;
    context.finish()
}

/// The verifier refuses the proof by the first of `checks`, and would accept it without all of them. Each is needed: without
/// all but one, that one refuses.
#[track_caller]
pub fn stopped_by<A: Chip>(key: &Key<A>, public: &[F], proof: &[u8], checks: &[Check]) {
    assert_eq!(key.verify(public, proof), Err(Rejection::Failed(checks[0])));
    assert_eq!(verify_without(key, public, proof, checks), Ok(()), "without {checks:?}");
    for (i, &left) in checks.iter().enumerate() {
        let others = [&checks[..i], &checks[i + 1..]].concat();
        assert_eq!(verify_without(key, public, proof, &others), Err(Rejection::Failed(left)), "without {others:?}");
    }
}
