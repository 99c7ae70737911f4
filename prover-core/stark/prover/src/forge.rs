//! A prover that cheats at one place and goes on from there, for tests of the verifier.
//!
//! What was sent is absorbed, so every later challenge and nonce follows from the cheat: a forged proof is refused by the
//! check that the cheat is about, and not by the hash.

use std::collections::BTreeMap;

use hearth_machine::hash::{DIGEST, WIDTH};
use hearth_stark_verifier::context::Context;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{DEGREE, E, F};
use hearth_stark_verifier::native::Native;
use hearth_stark_verifier::step::Step;
use hearth_stark_verifier::transcript::Event;
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

/// What a cheating prover does.
#[derive(Clone, Debug, Default)]
pub struct Forgery {
    /// What is added to words of the proof when they are sent, by their number.
    pub words: BTreeMap<usize, F>,
    /// A site of grinding, in the order of the proof, and the one of its bits that is 1 after the nonce.
    pub nonce: Option<(usize, usize)>,
    /// Tables that are committed to in place of those that everything else is about.
    pub committed: Option<Vec<RowMajorMatrix<F>>>,
    /// An oracle but the first, or with the greatest number the polynomial in the clear: 1 is added to its first
    /// coefficient, and the rest is about what was sent.
    pub polynomial: Option<usize>,
    /// The oracle before whose queries the polynomial is changed so that a false claim is true.
    pub repair: Option<usize>,
    /// Whether leaves of later oracles are made up to fit the next polynomial.
    pub fitting_leaves: bool,
}

impl Forgery {
    /// Adds 1 to the words `range`.
    pub fn of_words(range: core::ops::Range<usize>) -> Self {
        Self { words: range.map(|word| (word, F::ONE)).collect(), ..Self::default() }
    }

    /// The bits of the element after nonce number `site`, of which `bits` should be 0.
    pub(crate) fn ground(&self, site: usize, bits: usize) -> u32 {
        match self.nonce {
            Some((forged, bit)) if forged == site && bit < bits => 1 << bit,
            _ => 0,
        }
    }
}

/// Looks on while a verifier runs, and may overrule it.
pub trait Watch {
    /// An assertion came out as `outcome`; `value` should be 0, or should not be.
    ///
    /// # Errors
    /// What the verifier is told.
    fn asserted(&mut self, _check: Check, _value: E, outcome: Result<(), Rejection>) -> Result<(), Rejection> {
        outcome
    }

    /// Something happened to the transcript.
    fn happened(&mut self, _event: Event<F>) {}

    /// A step begins.
    fn entered(&mut self, _step: Step) {}
}

/// Logs the transcript.
#[derive(Clone, Debug, Default)]
pub struct Log(pub Vec<Event<F>>);

impl Watch for Log {
    fn happened(&mut self, event: Event<F>) {
        self.0.push(event);
    }
}

/// The native context under the eyes of a [`Watch`].
pub struct Watched<'p, W> {
    native: Native<'p>,
    /// Who looks on.
    pub watch: W,
}

impl<'p, W> Watched<'p, W> {
    /// A context that reads `proof`.
    pub fn new(proof: &'p [u8], watch: W) -> Self {
        Self { native: Native::new(proof), watch }
    }

    /// Whether the whole proof was read.
    ///
    /// # Errors
    /// When something is left.
    pub fn finish(&self) -> Result<(), Rejection> {
        self.native.finish()
    }
}

impl<W: Watch> Context for Watched<'_, W> {
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
        let outcome = self.native.assert_zero(check, value);
        self.watch.asserted(check, value, outcome)
    }

    fn assert_nonzero(&mut self, check: Check, value: E) -> Result<(), Rejection> {
        let outcome = self.native.assert_nonzero(check, value);
        self.watch.asserted(check, value, outcome)
    }

    fn enter(&mut self, step: Step) {
        self.watch.entered(step);
    }

    fn absorbed(&mut self, element: F) {
        self.watch.happened(Event::Absorbed(element));
    }

    fn squeezed(&mut self, element: F) {
        self.watch.happened(Event::Squeezed(element));
    }
}
