//! What a prover asks of a device.
//!
//! The data of a proof, which are many times the proof, lie on the device and stay there; what comes back goes into the
//! transcript. `docs/decisions/08-device.md` says why the operations are those of the protocol.

use hearth_machine::hash::{Digest, WIDTH};
use hearth_soundness::stark::MAX_DEGREE;
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, F};
use hearth_stark_verifier::folder::Fingerprint;
use hearth_stark_verifier::fractions::LeafClaim;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::opening::Weight;
use hearth_stark_verifier::zerocheck::{Challenges, SKIP_VALUES};
use thiserror::Error;

use crate::stack::Stack;

/// A device that proves. Its operations bear the numbers of the steps that they are part of.
///
/// All are asynchronous and none may block. Futures need not be `Send`: a tab's device belongs to one thread. A sumcheck is a
/// value on the device that takes the challenge of the last round, and gives the sums of the next: so both are one pass over
/// its data where a device can fuse them.
///
/// A device that answers wrongly makes a proof that no verifier accepts.
#[allow(async_fn_in_trait)] // no `Send`, see above
pub trait Device {
    /// Why an operation fails.
    type Error: core::error::Error + 'static;
    /// A stack of cells.
    type Trace<'s>;
    /// A codeword under its Merkle tree.
    type Oracle;
    /// The fractions of all rows.
    type Leaves;
    /// The tree of their sums, whose layers are taken from the root on.
    type Tree;
    /// The sumcheck of one of its layers.
    type Layer;
    /// The sumcheck of constraints and leaves.
    type Zerocheck;
    /// The polynomial that is opened, and its weights.
    type Opening;

    /// 1: takes a stack.
    async fn load<'s, A: Chip>(&self, key: &Key<A>, stack: &'s Stack) -> Result<Self::Trace<'s>, Self::Error>;

    /// 1: encodes the trace's cells and hashes the codeword; with the cap.
    async fn commit<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
    ) -> Result<(Self::Oracle, Vec<Digest>), Self::Error>;

    /// 2, 4, 6: finds the least nonce of a search.
    async fn grind(&self, search: &NonceSearch) -> Result<u32, Self::Error>;

    /// 3: the fractions of all rows.
    async fn leaves<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        fingerprint: &Fingerprint<E>,
    ) -> Result<Self::Leaves, Self::Error>;

    /// 3: adds all fractions; with the root's numerator and denominator.
    async fn tree<A: Chip>(&self, key: &Key<A>, leaves: &Self::Leaves) -> Result<(Self::Tree, [E; 2]), Self::Error>;

    /// 3.1: the sumcheck of layer `number` at `point` with numerator and denominator batched by `lambda`. Layers are asked for
    /// from the highest number down, each once.
    async fn layer<A: Chip>(
        &self,
        key: &Key<A>,
        tree: &mut Self::Tree,
        number: usize,
        point: &[E],
        lambda: E,
    ) -> Result<Self::Layer, Self::Error>;

    /// 3.2: binds a variable to `bound`, but before the first round; then the next round's value at 0 and square coefficient, the
    /// factor of its own variable left out.
    async fn layer_round(&self, layer: &mut Self::Layer, bound: Option<E>) -> Result<[E; 2], Self::Error>;

    /// 3.3: binds the last variable, if there is one; then both numerators and both denominators of the layer below.
    async fn layer_end(&self, layer: Self::Layer, bound: Option<E>) -> Result<[E; 4], Self::Error>;

    /// 4.2: the sumcheck of constraints and leaves, with its first message.
    async fn zerocheck<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        leaves: Self::Leaves,
        fingerprint: &Fingerprint<E>,
        leaf: &LeafClaim<E>,
        challenges: Challenges<E>,
    ) -> Result<(Self::Zerocheck, [E; SKIP_VALUES]), Self::Error>;

    /// 4.3: binds the skip variables at once, and from the second call on a variable, to `bound`; then the next round's values at
    /// 0, 2 and -1.
    async fn zerocheck_round<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        zerocheck: &mut Self::Zerocheck,
        bound: E,
    ) -> Result<[E; MAX_DEGREE], Self::Error>;

    /// 4.4: binds the last variable; then the values of all columns, preprocessed ones last.
    async fn zerocheck_end<A: Chip>(
        &self,
        key: &Key<A>,
        zerocheck: Self::Zerocheck,
        bound: E,
    ) -> Result<Vec<E>, Self::Error>;

    /// 6: the trace's cells, and those of the preprocessed columns, under their weights, whose sum is claimed to be `claim`.
    async fn opening<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        weight: &Weight<E>,
        claim: E,
    ) -> Result<Self::Opening, Self::Error>;

    /// 6.0, 6.1, 6.5: binds a variable to `bound`, but in the first round after another operation; then the next round's constant
    /// and square coefficient.
    async fn opening_round(&self, opening: &mut Self::Opening, bound: Option<E>) -> Result<[E; 2], Self::Error>;

    /// 6.2: binds a variable, and makes oracle `number` of what is left; with its cap.
    async fn fold<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        opening: &mut Self::Opening,
        number: usize,
        bound: E,
    ) -> Result<(Self::Oracle, Vec<Digest>), Self::Error>;

    /// 6.2: binds a variable; then what is left in the clear.
    async fn last_fold<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        opening: &mut Self::Opening,
        bound: E,
    ) -> Result<Vec<E>, Self::Error>;

    /// 6.3: leaves of an oracle with their paths.
    async fn open(&self, oracle: &Self::Oracle, indexes: &[usize]) -> Result<Vec<Opened>, Self::Error>;

    /// 6.3: leaves of the oracle of the preprocessed columns, if there are any.
    async fn open_preprocessed(&self, trace: &Self::Trace<'_>, indexes: &[usize]) -> Result<Vec<Opened>, Self::Error>;

    /// 6.4: adds claims about the polynomial that is left to its weights.
    async fn add_claims(&self, opening: &mut Self::Opening, claims: &[PointClaim]) -> Result<(), Self::Error>;
}

/// Why a device that is not the processor fails.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DeviceError {
    /// It has not the memory; a smaller class may fit.
    #[error("the device has no {bytes} bytes of memory left")]
    OutOfMemory {
        /// What was asked for.
        bytes: u64,
    },
    /// It is gone, with all that lay on it; the proof can begin anew on another.
    #[error("the device is lost: {reason}")]
    Lost {
        /// As its driver says.
        reason: String,
    },
}

/// A search for a nonce: put at `place` into `state`, which is permuted then, it gives an element of which the lowest `bits`
/// bits are `wanted`.
#[derive(Clone, Debug)]
pub struct NonceSearch {
    /// A sponge.
    pub state: [F; WIDTH],
    /// Place of the nonce in its rate.
    pub place: usize,
    /// How many bits.
    pub bits: usize,
    /// 0 but for forgeries.
    pub wanted: u32,
}

/// A leaf with its path, from the leaf's sibling up.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The leaf's elements.
    pub leaf: Vec<F>,
    /// Siblings.
    pub path: Vec<Digest>,
}

/// A claim that a polynomial has the value `value` at `point`, whose powers are the weights of its coefficients, batched with
/// others by `weight`.
#[derive(Clone, Copy, Debug)]
pub struct PointClaim {
    /// The point.
    pub point: F,
    /// The value there, for devices that keep track of the claim.
    pub value: E,
    /// A power of the challenge that batches.
    pub weight: E,
}
