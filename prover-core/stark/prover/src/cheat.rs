//! Cheating provers, for tests of the verifier: the steps of [`crate::prove`] put together as no honest prover does it.
//!
//! Whatever they send, the challenges, nonces and messages that come after it follow from it.

use hearth_soundness::stark::{LOG_SKIP, MAX_DEGREE};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{DEGREE, E, F};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::opening::Weight;
use hearth_stark_verifier::verify::draw_fingerprint;
use hearth_stark_verifier::zerocheck::SKIP_VALUES;
use p3_field::PrimeCharacteristicRing;

use crate::device::Device;
use crate::forge::Forgery;
use crate::lanes::Lanes;
use crate::liar::Liar;
use crate::progress::{Failure, Unwatched};
use crate::prove::Prover;
use crate::stack::Stack;
use crate::writer::Writer;

/// What each step is about, and what is said of it. With one stack everywhere and no lies it is the honest prover.
pub struct Cheat<'a> {
    /// Step 1: the stack that is committed to.
    pub committed: &'a Stack,
    /// Step 1: the heights that are stated, in tiles, of the tables that are not fixed.
    pub heights: Vec<usize>,
    /// Step 3: the stack whose messages balance.
    pub balanced: &'a Stack,
    /// Step 4: the stack whose leaves the first message reuses.
    pub reused: &'a Stack,
    /// Step 4: the stack whose rows satisfy the constraints.
    pub checked: &'a Stack,
    /// Step 4: what is added to the columns' values when they are sent.
    pub columns: Vec<(usize, E)>,
    /// Step 6: the stack that is opened.
    pub opened: &'a Stack,
    /// Step 6: the oracle before whose queries the polynomial is changed so that the claim is true.
    pub repair: Option<usize>,
    /// Step 6: whether the leaves of later oracles are made up to fit the next polynomial, under the paths of the true ones.
    pub fitting_leaves: bool,
}

impl<'a> Cheat<'a> {
    /// No cheat yet.
    pub fn new<A: Chip>(key: &Key<A>, stack: &'a Stack) -> Self {
        let open = key.shapes.iter().zip(stack.heights()).filter(|(shape, _)| shape.fixed_rows.is_none());
        Self {
            committed: stack,
            heights: open.map(|(_, height)| height).collect(),
            balanced: stack,
            reused: stack,
            checked: stack,
            columns: Vec::new(),
            opened: stack,
            repair: None,
            fitting_leaves: false,
        }
    }

    /// The proof.
    ///
    /// # Panics
    /// Never, for stacks of the key.
    pub fn prove<P: Lanes, A: Chip>(self, key: &Key<A>, public: &[F]) -> Vec<u8> {
        let Self { repair, fitting_leaves, .. } = self;
        let forgery = Forgery { repair, fitting_leaves, ..Forgery::default() };
        let device = Liar::<P>::new(&forgery, None);
        let mut writer = Writer::new(&key.digest);
        writer.forge(&forgery);
        let prover = Prover { device: &device, key, writer, progress: Unwatched };
        pollster::block_on(self.prove_on(prover, public)).expect("the stacks are of the key").finish()
    }

    async fn prove_on<D: Device, A: Chip>(
        self,
        mut prover: Prover<'_, D, A, Unwatched>,
        public: &[F],
    ) -> Result<Writer, Failure<D, Unwatched>> {
        let (device, key) = (prover.device, prover.key);
        let params = &key.params;
        // 1. Seed, statement, heights, stack.
        prover.writer.absorb(public);
        for &height in &self.heights {
            prover.writer.send(&[F::from_usize(height)]);
        }
        let committed = device.load(key, self.committed).await?;
        let oracle = prover.commit(&committed).await?;

        // 2. Fingerprints.
        prover.grind(params.bus_grinding).await?;
        let (context, transcript) = prover.writer.parts();
        let fingerprint = draw_fingerprint(context, transcript, key);

        // 3. The sum of all fractions.
        let balanced = device.load(key, self.balanced).await?;
        let balanced = device.leaves(key, &balanced, &fingerprint).await?;
        let leaf = prover.fractions(&balanced).await?;

        // 4. Constraints and fractions of the rows.
        let nonce = usize::from(params.constraint_grinding > 0);
        let rounds = SKIP_VALUES + MAX_DEGREE * (params.log_rows - LOG_SKIP);
        let first = prover.writer.words() + nonce + rounds * DEGREE;
        for &(column, lie) in &self.columns {
            prover.writer.lie((first + column * DEGREE..).zip(lie.0));
        }
        let reused = device.load(key, self.reused).await?;
        let reused = device.leaves(key, &reused, &fingerprint).await?;
        let checked = device.load(key, self.checked).await?;
        let (point, mut columns) = prover.zerocheck(&checked, reused, &fingerprint, &leaf).await?;
        for (column, lie) in self.columns {
            columns[column] += lie;
        }

        // 5. One claim on the stack.
        let (context, transcript) = prover.writer.parts();
        let (weight, claim) = Weight::draw(context, transcript, key, point, &columns);

        // 6. Its opening.
        let opened = device.load(key, self.opened).await?;
        prover.open(&opened, oracle, &weight, claim).await?;
        Ok(prover.writer)
    }
}
