//! The processor as a device that lies about polynomials and leaves, for tests of the verifier.

use core::cell::RefCell;
use core::convert::Infallible;

use hearth_machine::hash::Digest;
use hearth_soundness::stark::MAX_DEGREE;
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, F};
use hearth_stark_verifier::folder::Fingerprint;
use hearth_stark_verifier::fractions::LeafClaim;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::opening::Weight;
use hearth_stark_verifier::poly::{eq_table, horner};
use hearth_stark_verifier::zerocheck::{Challenges, SKIP_VALUES};
use p3_field::PrimeCharacteristicRing;

use crate::cpu::CpuDevice;
use crate::cpu::packed::Packed;
use crate::device::{Device, NonceSearch, Opened, PointClaim};
use crate::forge::Forgery;
use crate::lanes::Lanes;
use crate::opening::{domain_point, fold_extension};
use crate::stack::Stack;

/// A processor with something to hide.
pub(crate) struct Liar<'f, P: Lanes> {
    cpu: CpuDevice<P>,
    forgery: &'f Forgery,
    /// What is committed to in place of the trace.
    committed: Option<Stack>,
    /// The last fold: leaves of the oracle before it may be made up to fit.
    last: RefCell<Fold>,
}

#[derive(Default)]
struct Fold {
    weights: Vec<E>,
    polynomial: Vec<E>,
    log_domain: usize,
}

/// An oracle and its number.
pub(crate) struct Numbered<O>(O, usize);

/// An opening whose claim is known, so that a false one can be made true.
pub(crate) struct Claimed<O> {
    opening: O,
    claim: E,
    message: [E; 2],
    /// Since the last fold.
    challenges: Vec<E>,
}

impl<O> Claimed<O> {
    fn bind(&mut self, r: E) {
        let [c0, c2] = self.message;
        self.claim = horner(&[c0, self.claim - c0 - c0 - c2, c2], r);
        self.challenges.push(r);
    }
}

impl<'f, P: Lanes> Liar<'f, P> {
    pub fn new(forgery: &'f Forgery, committed: Option<Stack>) -> Self {
        Self { cpu: CpuDevice::default(), forgery, committed, last: RefCell::default() }
    }

    /// Binds the last variable before polynomial `number`, and changes what is left as the forgery says.
    fn forged<A: Chip>(
        &self,
        key: &Key<A>,
        stack: &Stack,
        opening: &mut Claimed<<CpuDevice<P> as Device>::Opening>,
        number: usize,
        bound: E,
    ) -> Vec<E> {
        opening.bind(bound);
        let left = opening.opening.fold(stack, bound);
        if self.forgery.repair == Some(number - 1) {
            left.repair(opening.claim);
        }
        let mut values = left.values.to_vec();
        if self.forgery.polynomial == Some(number) {
            values[0] += F::ONE;
            left.values = Packed::new(values.clone());
        }
        let challenges = core::mem::take(&mut opening.challenges);
        // The first may be that of trace and preprocessed columns.
        let folded = &challenges[challenges.len() - key.params.folds[number - 1]..];
        self.last.replace(Fold {
            weights: eq_table(folded, E::ONE),
            polynomial: values.clone(),
            log_domain: key.params.log_domain(number - 1),
        });
        values
    }
}

/// A leaf of extension elements with another first one, so that it folds to `value`.
fn fitting_leaf(leaf: &[F], fold: &[E], value: E) -> Vec<F> {
    let lie =
        (value - fold_extension(fold, leaf)) * fold[0].try_inverse().expect("a challenge is 0 with probability 2^-154");
    let lies = lie.0.into_iter().chain(core::iter::repeat(F::ZERO));
    leaf.iter().zip(lies).map(|(&cell, lie)| cell + lie).collect()
}

impl<P: Lanes> Device for Liar<'_, P> {
    type Error = Infallible;
    type Trace<'s> = &'s Stack;
    type Oracle = Numbered<<CpuDevice<P> as Device>::Oracle>;
    type Leaves = <CpuDevice<P> as Device>::Leaves;
    type Tree = <CpuDevice<P> as Device>::Tree;
    type Layer = <CpuDevice<P> as Device>::Layer;
    type Zerocheck = <CpuDevice<P> as Device>::Zerocheck;
    type Opening = Claimed<<CpuDevice<P> as Device>::Opening>;

    async fn load<'s, A: Chip>(&self, key: &Key<A>, stack: &'s Stack) -> Result<&'s Stack, Infallible> {
        self.cpu.load(key, stack).await
    }

    async fn commit<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
    ) -> Result<(Self::Oracle, Vec<Digest>), Infallible> {
        let (oracle, cap) = self.cpu.commit(key, &self.committed.as_ref().unwrap_or(trace)).await?;
        Ok((Numbered(oracle, 0), cap))
    }

    async fn grind(&self, search: &NonceSearch) -> Result<u32, Infallible> {
        self.cpu.grind(search).await
    }

    async fn leaves<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        fingerprint: &Fingerprint<E>,
    ) -> Result<Self::Leaves, Infallible> {
        self.cpu.leaves(key, trace, fingerprint).await
    }

    async fn tree<A: Chip>(&self, key: &Key<A>, leaves: &Self::Leaves) -> Result<(Self::Tree, [E; 2]), Infallible> {
        self.cpu.tree(key, leaves).await
    }

    async fn layer<A: Chip>(
        &self,
        key: &Key<A>,
        tree: &mut Self::Tree,
        number: usize,
        point: &[E],
        lambda: E,
    ) -> Result<Self::Layer, Infallible> {
        self.cpu.layer(key, tree, number, point, lambda).await
    }

    async fn layer_round(&self, layer: &mut Self::Layer, bound: Option<E>) -> Result<[E; 2], Infallible> {
        self.cpu.layer_round(layer, bound).await
    }

    async fn layer_end(&self, layer: Self::Layer, bound: Option<E>) -> Result<[E; 4], Infallible> {
        self.cpu.layer_end(layer, bound).await
    }

    async fn zerocheck<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        leaves: Self::Leaves,
        fingerprint: &Fingerprint<E>,
        leaf: &LeafClaim<E>,
        challenges: Challenges<E>,
    ) -> Result<(Self::Zerocheck, [E; SKIP_VALUES]), Infallible> {
        self.cpu.zerocheck(key, trace, leaves, fingerprint, leaf, challenges).await
    }

    async fn zerocheck_round<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        zerocheck: &mut Self::Zerocheck,
        bound: E,
    ) -> Result<[E; MAX_DEGREE], Infallible> {
        self.cpu.zerocheck_round(key, trace, zerocheck, bound).await
    }

    async fn zerocheck_end<A: Chip>(
        &self,
        key: &Key<A>,
        zerocheck: Self::Zerocheck,
        bound: E,
    ) -> Result<Vec<E>, Infallible> {
        self.cpu.zerocheck_end(key, zerocheck, bound).await
    }

    async fn opening<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        weight: &Weight<E>,
        claim: E,
    ) -> Result<Self::Opening, Infallible> {
        let opening = self.cpu.opening(key, trace, weight, claim).await?;
        Ok(Claimed { opening, claim, message: [E::ZERO; 2], challenges: Vec::new() })
    }

    async fn opening_round(&self, opening: &mut Self::Opening, bound: Option<E>) -> Result<[E; 2], Infallible> {
        if let Some(r) = bound {
            opening.bind(r);
        }
        opening.message = self.cpu.opening_round(&mut opening.opening, bound).await?;
        Ok(opening.message)
    }

    async fn fold<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        opening: &mut Self::Opening,
        number: usize,
        bound: E,
    ) -> Result<(Self::Oracle, Vec<Digest>), Infallible> {
        let values = self.forged(key, trace, opening, number, bound);
        let (oracle, cap) = self.cpu.commit_extension(key, number, &values);
        Ok((Numbered(oracle, number), cap))
    }

    async fn last_fold<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        opening: &mut Self::Opening,
        bound: E,
    ) -> Result<Vec<E>, Infallible> {
        Ok(self.forged(key, trace, opening, key.params.oracles(), bound))
    }

    async fn open(
        &self,
        Numbered(oracle, number): &Self::Oracle,
        indexes: &[usize],
    ) -> Result<Vec<Opened>, Infallible> {
        let mut opened = self.cpu.open(oracle, indexes).await?;
        if self.forgery.fitting_leaves && *number > 0 {
            let last = self.last.borrow();
            for (opened, &index) in opened.iter_mut().zip(indexes) {
                let value = horner(&last.polynomial, domain_point(index, last.log_domain).into());
                opened.leaf = fitting_leaf(&opened.leaf, &last.weights, value);
            }
        }
        Ok(opened)
    }

    async fn open_preprocessed(&self, trace: &Self::Trace<'_>, indexes: &[usize]) -> Result<Vec<Opened>, Infallible> {
        self.cpu.open_preprocessed(trace, indexes).await
    }

    async fn add_claims(&self, opening: &mut Self::Opening, claims: &[PointClaim]) -> Result<(), Infallible> {
        opening.claim += claims.iter().map(|claim| claim.weight * claim.value).sum::<E>();
        self.cpu.add_claims(&mut opening.opening, claims).await
    }
}
