//! Verifiers that look at every assertion: one that goes on after failures, one that overlooks some.

use std::collections::BTreeSet;

use hearth_stark_prover::forge::{Log, Watch, Watched};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{E, F};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::step::Step;
use hearth_stark_verifier::transcript::Event;
use hearth_stark_verifier::verify::verify;

/// An assertion of a run of the verifier.
#[derive(Clone, Copy, Debug)]
pub struct Assertion {
    pub check: Check,
    pub step: Step,
    /// What should be 0, or should not be.
    pub value: E,
    pub holds: bool,
}

struct Audit {
    step: Step,
    assertions: Vec<Assertion>,
}

impl Watch for Audit {
    fn asserted(&mut self, check: Check, value: E, outcome: Result<(), Rejection>) -> Result<(), Rejection> {
        self.assertions.push(Assertion { check, step: self.step, value, holds: outcome.is_ok() });
        Ok(())
    }

    fn entered(&mut self, step: Step) {
        self.step = step;
    }
}

/// All assertions: the verifier's course does not depend on whether they hold.
pub fn assertions<A: Chip>(key: &Key<A>, public: &[F], proof: &[u8]) -> Vec<Assertion> {
    let mut context = Watched::new(proof, Audit { step: Step::Statement, assertions: Vec::new() });
    verify(key, &mut context, public).expect("only reading can fail");
    context.finish().expect("a proof of the key's length");
    context.watch.assertions
}

/// The numbers of the assertions that do not hold.
pub fn failing(assertions: &[Assertion]) -> BTreeSet<usize> {
    assertions.iter().enumerate().filter(|(_, assertion)| !assertion.holds).map(|(number, _)| number).collect()
}

struct Crippled<'a> {
    skipped: &'a BTreeSet<usize>,
    next: usize,
}

impl Watch for Crippled<'_> {
    fn asserted(&mut self, _: Check, _: E, outcome: Result<(), Rejection>) -> Result<(), Rejection> {
        self.next += 1;
        if self.skipped.contains(&(self.next - 1)) { Ok(()) } else { outcome }
    }
}

/// Verifies without the assertions `skipped`.
pub fn verify_without<A: Chip>(
    key: &Key<A>,
    public: &[F],
    proof: &[u8],
    skipped: &BTreeSet<usize>,
) -> Result<(), Rejection> {
    let mut context = Watched::new(proof, Crippled { skipped, next: 0 });
    verify(key, &mut context, public)?;
    context.finish()
}

/// What happens to the transcript of a verifier, until it refuses.
pub fn transcript<A: Chip>(key: &Key<A>, public: &[F], proof: &[u8]) -> Vec<Event<F>> {
    let mut context = Watched::new(proof, Log::default());
    let _verdict = verify(key, &mut context, public);
    context.watch.0
}
