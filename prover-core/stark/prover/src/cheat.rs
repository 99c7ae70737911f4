//! Cheating provers, for tests of the verifier: the steps of [`crate::prove`] put together as no honest prover does it.
//!
//! Whatever they send, the challenges, nonces and messages that come after it follow from it.

use hearth_soundness::stark::{LOG_SKIP, LOG_TILE, MAX_DEGREE};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{DEGREE, E, F};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::opening::Weight;
use hearth_stark_verifier::verify::draw_fingerprint;
use hearth_stark_verifier::zerocheck::SKIP_VALUES;
use p3_dft::Radix2DitParallel;
use p3_field::PrimeCharacteristicRing;

use crate::commit::commit;
use crate::forge::Forgery;
use crate::lanes::Lanes;
use crate::leaves::{Tree, leaves};
use crate::stack::Stack;
use crate::writer::Writer;
use crate::{fractions, opening, zerocheck};

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
    pub fn prove<P: Lanes, A: Chip>(self, key: &Key<A>, public: &[F]) -> Vec<u8> {
        let params = &key.params;
        let dft = Radix2DitParallel::default();
        let mut writer = Writer::new(&key.digest);
        let Self { repair, fitting_leaves, .. } = self;
        writer.forge(&Forgery { repair, fitting_leaves, ..Forgery::default() });
        // 1. Seed, statement, heights, stack.
        writer.absorb(public);
        for &height in &self.heights {
            writer.send(&[F::from_usize(height)]);
        }
        let width = 1 << params.folds[0];
        let (rate, cap) = (params.log_inv_rates[0], params.log_cap(0));
        let oracle = commit::<P>(&mut writer, &dft, self.committed.trace(), width, rate, cap);

        // 2. Fingerprints.
        writer.grind::<P>(params.bus_grinding);
        let (context, transcript) = writer.parts();
        let fingerprint = draw_fingerprint(context, transcript, key);

        // 3. The sum of all fractions.
        let balanced = leaves::<P, A>(key, self.balanced, &fingerprint);
        let tree = Tree::new(balanced, params.log_rows - LOG_TILE, key.log_slots);
        let (leaf, _) = fractions::prove::<P, A>(&mut writer, key, tree);

        // 4. Constraints and fractions of the rows.
        let nonce = usize::from(params.constraint_grinding > 0);
        let rounds = SKIP_VALUES + MAX_DEGREE * (params.log_rows - LOG_SKIP);
        let first = writer.words() + nonce + rounds * DEGREE;
        for &(column, lie) in &self.columns {
            writer.lie((first + column * DEGREE..).zip(lie.0));
        }
        let reused = leaves::<P, A>(key, self.reused, &fingerprint);
        let (point, mut columns) =
            zerocheck::prove::<P, A>(&mut writer, key, self.checked, &fingerprint, &leaf, reused);
        for (column, lie) in self.columns {
            columns[column] += lie;
        }

        // 5. One claim on the stack.
        let (context, transcript) = writer.parts();
        let (weight, claim) = Weight::draw(context, transcript, key, point, &columns);

        // 6. Its opening.
        opening::prove::<P, A>(&mut writer, &dft, key, self.opened, oracle, &weight, claim);
        writer.finish()
    }
}
