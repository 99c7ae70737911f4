//! The prover's side of the transcript: what is sent is absorbed and written.

use hearth_machine::hash::{DIGEST, RATE};
use hearth_stark_verifier::field::{E, F};
use hearth_stark_verifier::native::Native;
use hearth_stark_verifier::transcript::Transcript;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use crate::lanes::Lanes;

/// A proof in the making.
pub struct Writer {
    /// Reads nothing: it permutes.
    context: Native<'static>,
    transcript: Transcript<Native<'static>>,
    proof: Vec<u8>,
    /// What is added to words before they are sent.
    #[cfg(feature = "forge")]
    lies: std::collections::BTreeMap<usize, F>,
    /// The oracle before whose queries a false claim is made true.
    #[cfg(feature = "forge")]
    pub repair: Option<usize>,
    /// Whether leaves of later oracles are made up to fit the next polynomial.
    #[cfg(feature = "forge")]
    pub fitting_leaves: bool,
}

impl Writer {
    /// Starts a proof under the key with this digest.
    pub fn new(key: &[F; DIGEST]) -> Self {
        Self {
            context: Native::new(&[]),
            transcript: Transcript::new(key),
            proof: Vec::new(),
            #[cfg(feature = "forge")]
            lies: Default::default(),
            #[cfg(feature = "forge")]
            repair: None,
            #[cfg(feature = "forge")]
            fitting_leaves: false,
        }
    }

    /// Adds to words before they are sent. All later challenges and nonces follow from what was sent.
    #[cfg(feature = "forge")]
    pub fn forge(&mut self, lies: impl IntoIterator<Item = (usize, F)>) {
        self.lies.extend(lies);
    }

    /// Words written so far.
    #[cfg(feature = "forge")]
    pub fn words(&self) -> usize {
        self.proof.len() / 4
    }

    /// The proof.
    pub fn finish(self) -> Vec<u8> {
        self.proof
    }

    /// Context and transcript, for what prover and verifier draw by the same code.
    pub fn parts(&mut self) -> (&mut Native<'static>, &mut Transcript<Native<'static>>) {
        (&mut self.context, &mut self.transcript)
    }

    /// Absorbs what the verifier knows.
    pub fn absorb(&mut self, elements: &[F]) {
        for &element in elements {
            self.transcript.absorb(&mut self.context, element);
        }
    }

    /// Writes elements that the verifier does not absorb: what is fixed by earlier messages.
    pub fn write(&mut self, elements: &[F]) {
        for element in elements {
            self.proof.extend(element.as_canonical_u32().to_le_bytes());
        }
    }

    /// Sends elements.
    pub fn send(&mut self, elements: &[F]) {
        #[cfg(feature = "forge")]
        let forged: Vec<F> = (elements.iter().zip(self.proof.len() / 4..))
            .map(|(&element, word)| element + self.lies.get(&word).copied().unwrap_or(F::ZERO))
            .collect();
        #[cfg(feature = "forge")]
        let elements = &forged[..];
        self.write(elements);
        self.absorb(elements);
    }

    /// Sends an extension element.
    pub fn send_ext(&mut self, element: E) {
        self.send(&element.0);
    }

    /// Sends extension elements.
    pub fn send_exts(&mut self, elements: &[E]) {
        for &element in elements {
            self.send_ext(element);
        }
    }

    /// Draws a challenge.
    pub fn challenge(&mut self) -> E {
        self.transcript.challenge(&mut self.context)
    }

    /// Draws one element.
    pub fn squeeze(&mut self) -> F {
        self.transcript.squeeze(&mut self.context)
    }

    /// Finds and sends the least nonce after which the `bits` lowest bits of the next element are 0.
    pub fn grind<P: Lanes>(&mut self, bits: usize) {
        if bits == 0 {
            return;
        }
        let permutation = P::permutation();
        let (&start, absorbed) = self.transcript.state();
        let (mut start, mut place) = (start.map(P::from), absorbed);
        if place == RATE {
            P::permute(&permutation, &mut start);
            place = 0;
        }
        let mask = (1 << bits) - 1;
        let nonce = (0..u32::from(u8::MAX) << 23)
            .step_by(P::WIDTH)
            .try_fold((), |(), first| {
                let mut state = start;
                state[place] = P::from_fn(|lane| F::from_u32(first + lane as u32));
                P::permute(&permutation, &mut state);
                let hit = state[0].as_slice().iter().position(|squeezed| squeezed.as_canonical_u32() & mask == 0);
                hit.map_or(Ok(()), |lane| Err(first + lane as u32))
            })
            .expect_err("2^30 nonces have one for at most 24 bits, but for a probability of exp(-64)");
        self.send(&[F::from_u32(nonce)]);
        let _ground = self.squeeze();
    }
}
