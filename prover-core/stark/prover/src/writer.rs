//! The prover's side of the transcript: what is sent is absorbed and written.

use hearth_machine::hash::{DIGEST, RATE};
use hearth_stark_verifier::context::Context;
use hearth_stark_verifier::field::{E, F};
#[cfg(feature = "forge")]
use hearth_stark_verifier::transcript::Event;
use hearth_stark_verifier::transcript::Transcript;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use crate::device::{Device, NonceSearch};
#[cfg(feature = "forge")]
use crate::forge::Forgery;

/// What permutes. It reads nothing.
#[cfg(not(feature = "forge"))]
type Voice = hearth_stark_verifier::native::Native<'static>;
/// What permutes, and logs the transcript for tests.
#[cfg(feature = "forge")]
type Voice = crate::forge::Watched<'static, crate::forge::Log>;

fn voice() -> Voice {
    #[cfg(not(feature = "forge"))]
    return Voice::new(&[]);
    #[cfg(feature = "forge")]
    return Voice::new(&[], crate::forge::Log::default());
}

/// A proof in the making.
pub struct Writer {
    context: Voice,
    transcript: Transcript<Voice>,
    proof: Vec<u8>,
    #[cfg(feature = "forge")]
    forgery: Forgery,
    /// Nonces so far.
    #[cfg(feature = "forge")]
    nonces: usize,
}

impl Writer {
    /// Starts a proof under the key with this digest.
    pub fn new(key: &[F; DIGEST]) -> Self {
        Self {
            context: voice(),
            transcript: Transcript::new(key),
            proof: Vec::new(),
            #[cfg(feature = "forge")]
            forgery: Forgery::default(),
            #[cfg(feature = "forge")]
            nonces: 0,
        }
    }

    /// Cheats from here on.
    #[cfg(feature = "forge")]
    pub fn forge(&mut self, forgery: &Forgery) {
        self.forgery = forgery.clone();
    }

    /// Adds to words before they are sent.
    #[cfg(feature = "forge")]
    pub fn lie(&mut self, lies: impl IntoIterator<Item = (usize, F)>) {
        self.forgery.words.extend(lies);
    }

    /// Words written so far.
    #[cfg(feature = "forge")]
    pub fn words(&self) -> usize {
        self.proof.len() / 4
    }

    /// The proof, and what happened to its transcript.
    #[cfg(feature = "forge")]
    pub fn finish_with_log(self) -> (Vec<u8>, Vec<Event<F>>) {
        (self.proof, self.context.watch.0)
    }

    /// The proof.
    pub fn finish(self) -> Vec<u8> {
        self.proof
    }

    /// Context and transcript, for what prover and verifier draw by the same code.
    pub fn parts(&mut self) -> (&mut Voice, &mut Transcript<Voice>) {
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
            .map(|(&element, word)| element + self.forgery.words.get(&word).copied().unwrap_or_default())
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
    ///
    /// # Errors
    /// Those of the device that searches.
    pub async fn grind<D: Device>(&mut self, device: &D, bits: usize) -> Result<(), D::Error> {
        if bits == 0 {
            return Ok(());
        }
        let (&state, place) = self.transcript.state();
        let mut search = NonceSearch { state, place, bits, wanted: 0 };
        if place == RATE {
            self.context.permute(&mut search.state);
            search.place = 0;
        }
        #[cfg(feature = "forge")]
        {
            search.wanted = self.forgery.ground(self.nonces, bits);
            self.nonces += 1;
        }
        let nonce = device.grind(&search).await?;
        self.send(&[F::from_u32(nonce)]);
        let _ground = self.squeeze();
        Ok(())
    }
}
