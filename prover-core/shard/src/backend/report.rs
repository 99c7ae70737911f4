//! The security that one proof certifies, term by term.

use alloc::string::String;
use alloc::vec::Vec;

#[cfg(feature = "whir")]
use hearth_soundness::DIGEST_COLLISION_BITS;
use hearth_soundness::report::{COLLISION_BITS, Report, Term as StarkTerm};
#[cfg(feature = "whir")]
use p3_security::{ErrorBits, SecurityTerm};

/// One way to cheat and the bits that stand against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Which step of the proof system the term belongs to.
    pub label: String,
    /// Minus log2 of the probability of success.
    pub bits: f64,
}

/// All error terms of a proof at given heights.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityReport {
    /// The terms, hash collisions last.
    pub terms: Vec<Term>,
    /// Bits of the union of all terms; none if one of them can't be assessed.
    pub bits: Option<f64>,
}

impl SecurityReport {
    /// Adds the collision term to the proof system's own terms and takes the union.
    ///
    /// `complete` says that the proof system could assess every part but the hash.
    #[cfg(feature = "whir")]
    pub(super) fn new(terms: &[SecurityTerm], complete: bool) -> Self {
        let hash = ErrorBits::from_log2(DIGEST_COLLISION_BITS);
        let all: Vec<ErrorBits> = terms.iter().map(|term| term.bits).chain([hash]).collect();
        let mut named: Vec<Term> =
            terms.iter().map(|term| Term { label: term.label.into(), bits: term.bits.bits() }).collect();
        named.push(Term { label: "hash collision".into(), bits: DIGEST_COLLISION_BITS });
        Self { terms: named, bits: complete.then(|| ErrorBits::sum(&all).bits()) }
    }

    /// The terms of the second backend, which come with the collision term.
    #[cfg(feature = "fri")]
    pub(super) fn of_fri(terms: &[hearth_soundness::FriTerm]) -> Self {
        let named = terms.iter().map(|term| Term { label: term.label.into(), bits: term.bits }).collect();
        Self { terms: named, bits: Some(hearth_soundness::union(terms)) }
    }

    /// The terms of our own protocol; collisions of its digests are a term of their own.
    pub(super) fn of_stark(report: &Report) -> Self {
        let name = |term: &StarkTerm| match term.oracle {
            Some(oracle) => alloc::format!("{} of oracle {oracle}", term.name),
            None => term.name.into(),
        };
        let mut terms: Vec<Term> =
            report.terms.iter().map(|term| Term { label: name(term), bits: term.bits }).collect();
        terms.push(Term { label: "hash collision".into(), bits: COLLISION_BITS });
        Self { terms, bits: Some(report.union_bits()) }
    }

    /// The bits rounded down, as published.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small positive number, cut on purpose"
    )]
    pub fn whole_bits(&self) -> Option<u32> {
        self.bits.filter(|bits| bits.is_finite() && *bits >= 0.0).map(|bits| bits as u32)
    }
}
