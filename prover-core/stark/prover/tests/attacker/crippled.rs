//! The verifier without some of its checks: an attack that it accepts is stopped by these checks and by no other.

use hearth_machine::hash::{DIGEST, WIDTH};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::context::Context;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{DEGREE, E, F};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::native::Native;
use hearth_stark_verifier::verify::verify;

/// A context that does not assert the checks of `without`.
struct Crippled<'p> {
    native: Native<'p>,
    without: &'p [Check],
}

impl Context for Crippled<'_> {
    type Base = F;
    type Ext = E;

    fn read(&mut self) -> Result<F, Rejection> {
        self.native.read()
    }
    fn ext(&self, coordinates: [F; DEGREE]) -> E {
        self.native.ext(coordinates)
    }
    fn permute(&mut self, state: &mut [F; WIDTH]) {
        self.native.permute(state);
    }
    fn low_bits(&mut self, value: F, count: usize) -> Vec<F> {
        self.native.low_bits(value, count)
    }
    fn select(&mut self, nodes: &[[F; DIGEST]], bits: &[F]) -> [F; DIGEST] {
        self.native.select(nodes, bits)
    }
    fn assert_zero(&mut self, check: Check, value: E) -> Result<(), Rejection> {
        if self.without.contains(&check) { Ok(()) } else { self.native.assert_zero(check, value) }
    }
    fn assert_nonzero(&mut self, check: Check, value: E) -> Result<(), Rejection> {
        if self.without.contains(&check) { Ok(()) } else { self.native.assert_nonzero(check, value) }
    }
}

/// Verifies without these checks.
fn verify_without<A: Chip>(key: &Key<A>, public: &[F], proof: &[u8], without: &[Check]) -> Result<(), Rejection> {
    let mut context = Crippled { native: Native::new(proof), without };
    verify(key, &mut context, public)?;
    context.native.finish()
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
