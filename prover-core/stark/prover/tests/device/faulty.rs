//! A device that computes on the processor, waits before each operation, and does one of them wrongly or not at all.

use core::cell::RefCell;
use core::convert::Infallible;
use core::future::poll_fn;
use core::task::Poll;

use hearth_machine::hash::Digest;
use hearth_soundness::stark::MAX_DEGREE;
use hearth_stark_prover::device::{Device, DeviceError, NonceSearch, Opened, PointClaim};
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::{CpuDevice, Stack};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, F};
use hearth_stark_verifier::folder::Fingerprint;
use hearth_stark_verifier::fractions::LeafClaim;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::opening::Weight;
use hearth_stark_verifier::zerocheck::{Challenges, RowPoint, SKIP_VALUES};
use p3_field::PrimeCharacteristicRing;

/// What goes wrong with an operation.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It fails.
    Fails(DeviceError),
    /// Its answer, or what it leaves on the device, is wrong.
    IsWrong,
    /// Its answer is too short, where it has a length.
    IsShort,
}

/// The device.
pub struct Faulty {
    cpu: CpuDevice<Native>,
    /// The operation, by its place, and what goes wrong with it.
    fault: Option<(usize, Fault)>,
    /// The operations so far.
    pub log: RefCell<Vec<&'static str>>,
}

/// How the operation at hand comes out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Right,
    Wrong,
    Short,
}

impl Answer {
    /// Changes the first element.
    fn element(self, elements: &mut [E]) {
        if self == Self::Wrong {
            elements[0] += F::ONE;
        }
    }

    fn list<T>(self, list: &mut Vec<T>, change: impl FnOnce(&mut [T])) {
        match self {
            Self::Right => (),
            Self::Wrong => change(list),
            Self::Short => list.truncate(list.len() / 2),
        }
    }

    /// Changes all digests: of one alone there may be no query.
    fn cap(self, cap: &mut Vec<Digest>) {
        self.list(cap, |cap| cap.iter_mut().for_each(|digest| digest[0] += F::ONE));
    }

    fn opened(self, opened: &mut Vec<Opened>) {
        self.list(opened, |opened| opened[0].leaf[0] += F::ONE);
    }
}

impl Faulty {
    pub fn new(fault: Option<(usize, Fault)>) -> Self {
        Self { cpu: CpuDevice::default(), fault, log: RefCell::default() }
    }

    /// An operation begins.
    async fn operation(&self, name: &'static str) -> Result<Answer, DeviceError> {
        let place = self.log.borrow().len();
        self.log.borrow_mut().push(name);
        // As a device would that works on its own: whoever waits is woken.
        let mut has_waited = false;
        poll_fn(|context| {
            if core::mem::replace(&mut has_waited, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        match &self.fault {
            Some((at, fault)) if *at == place => match fault {
                Fault::Fails(error) => Err(error.clone()),
                Fault::IsWrong => Ok(Answer::Wrong),
                Fault::IsShort => Ok(Answer::Short),
            },
            _ => Ok(Answer::Right),
        }
    }
}

/// What the processor says, which never fails.
fn right<T>(result: Result<T, Infallible>) -> T {
    let Ok(value) = result;
    value
}

type Of<T> = Result<T, DeviceError>;

impl Device for Faulty {
    type Error = DeviceError;
    type Trace<'s> = <CpuDevice<Native> as Device>::Trace<'s>;
    type Oracle = <CpuDevice<Native> as Device>::Oracle;
    type Leaves = <CpuDevice<Native> as Device>::Leaves;
    type Tree = <CpuDevice<Native> as Device>::Tree;
    type Layer = <CpuDevice<Native> as Device>::Layer;
    type Zerocheck = <CpuDevice<Native> as Device>::Zerocheck;
    type Opening = <CpuDevice<Native> as Device>::Opening;

    async fn load<'s, A: Chip>(&self, key: &Key<A>, stack: &'s Stack) -> Of<Self::Trace<'s>> {
        self.operation("load").await?;
        Ok(right(self.cpu.load(key, stack).await))
    }

    async fn commit<A: Chip>(&self, key: &Key<A>, trace: &Self::Trace<'_>) -> Of<(Self::Oracle, Vec<Digest>)> {
        let answer = self.operation("commit").await?;
        let (oracle, mut cap) = right(self.cpu.commit(key, trace).await);
        answer.cap(&mut cap);
        Ok((oracle, cap))
    }

    async fn grind(&self, search: &NonceSearch) -> Of<u32> {
        let answer = self.operation("grind").await?;
        let mut search = search.clone();
        search.wanted ^= u32::from(answer == Answer::Wrong);
        Ok(right(self.cpu.grind(&search).await))
    }

    async fn leaves<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        fingerprint: &Fingerprint<E>,
    ) -> Of<Self::Leaves> {
        let answer = self.operation("leaves").await?;
        let mut fingerprint = fingerprint.clone();
        answer.element(&mut fingerprint.buses);
        Ok(right(self.cpu.leaves(key, trace, &fingerprint).await))
    }

    async fn tree<A: Chip>(&self, key: &Key<A>, leaves: &Self::Leaves) -> Of<(Self::Tree, [E; 2])> {
        let answer = self.operation("tree").await?;
        let (tree, mut root) = right(self.cpu.tree(key, leaves).await);
        answer.element(&mut root);
        Ok((tree, root))
    }

    async fn layer<A: Chip>(
        &self,
        key: &Key<A>,
        tree: &mut Self::Tree,
        number: usize,
        point: &[E],
        lambda: E,
    ) -> Of<Self::Layer> {
        let answer = self.operation("layer").await?;
        let mut lambda = [lambda];
        answer.element(&mut lambda);
        Ok(right(self.cpu.layer(key, tree, number, point, lambda[0]).await))
    }

    async fn layer_round(&self, layer: &mut Self::Layer, bound: Option<E>) -> Of<[E; 2]> {
        let answer = self.operation("layer_round").await?;
        let mut message = right(self.cpu.layer_round(layer, bound).await);
        answer.element(&mut message);
        Ok(message)
    }

    async fn layer_end(&self, layer: Self::Layer, bound: Option<E>) -> Of<[E; 4]> {
        let answer = self.operation("layer_end").await?;
        let mut values = right(self.cpu.layer_end(layer, bound).await);
        answer.element(&mut values);
        Ok(values)
    }

    async fn zerocheck<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        leaves: Self::Leaves,
        fingerprint: &Fingerprint<E>,
        leaf: &LeafClaim<E>,
        challenges: Challenges<E>,
    ) -> Of<(Self::Zerocheck, [E; SKIP_VALUES])> {
        let answer = self.operation("zerocheck").await?;
        let (zerocheck, mut message) =
            right(self.cpu.zerocheck(key, trace, leaves, fingerprint, leaf, challenges).await);
        answer.element(&mut message);
        Ok((zerocheck, message))
    }

    async fn zerocheck_round<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        zerocheck: &mut Self::Zerocheck,
        bound: E,
    ) -> Of<[E; MAX_DEGREE]> {
        let answer = self.operation("zerocheck_round").await?;
        let mut message = right(self.cpu.zerocheck_round(key, trace, zerocheck, bound).await);
        answer.element(&mut message);
        Ok(message)
    }

    async fn zerocheck_end<A: Chip>(&self, key: &Key<A>, zerocheck: Self::Zerocheck, bound: E) -> Of<Vec<E>> {
        let answer = self.operation("zerocheck_end").await?;
        let mut columns = right(self.cpu.zerocheck_end(key, zerocheck, bound).await);
        answer.list(&mut columns, |columns| columns[0] += F::ONE);
        Ok(columns)
    }

    async fn opening<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        weight: &Weight<E>,
        claim: E,
    ) -> Of<Self::Opening> {
        let answer = self.operation("opening").await?;
        let point = &weight.point;
        let point = RowPoint { skip: point.skip, tile: point.tile.clone(), lane: point.lane.clone() };
        let mut weight = Weight { point, tau: weight.tau.clone(), mu: weight.mu.clone() };
        answer.element(&mut weight.mu);
        Ok(right(self.cpu.opening(key, trace, &weight, claim).await))
    }

    async fn opening_round(&self, opening: &mut Self::Opening, bound: Option<E>) -> Of<[E; 2]> {
        let answer = self.operation("opening_round").await?;
        let mut message = right(self.cpu.opening_round(opening, bound).await);
        answer.element(&mut message);
        Ok(message)
    }

    async fn fold<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        opening: &mut Self::Opening,
        number: usize,
        bound: E,
    ) -> Of<(Self::Oracle, Vec<Digest>)> {
        let answer = self.operation("fold").await?;
        let (oracle, mut cap) = right(self.cpu.fold(key, trace, opening, number, bound).await);
        answer.cap(&mut cap);
        Ok((oracle, cap))
    }

    async fn last_fold<A: Chip>(
        &self,
        key: &Key<A>,
        trace: &Self::Trace<'_>,
        opening: &mut Self::Opening,
        bound: E,
    ) -> Of<Vec<E>> {
        let answer = self.operation("last_fold").await?;
        let mut values = right(self.cpu.last_fold(key, trace, opening, bound).await);
        answer.list(&mut values, |values| values[0] += F::ONE);
        Ok(values)
    }

    async fn open(&self, oracle: &Self::Oracle, indexes: &[usize]) -> Of<Vec<Opened>> {
        let answer = self.operation("open").await?;
        let mut opened = right(self.cpu.open(oracle, indexes).await);
        answer.opened(&mut opened);
        Ok(opened)
    }

    async fn open_preprocessed(&self, trace: &Self::Trace<'_>, indexes: &[usize]) -> Of<Vec<Opened>> {
        let answer = self.operation("open_preprocessed").await?;
        let mut opened = right(self.cpu.open_preprocessed(trace, indexes).await);
        answer.opened(&mut opened);
        Ok(opened)
    }

    async fn add_claims(&self, opening: &mut Self::Opening, claims: &[PointClaim]) -> Of<()> {
        let answer = self.operation("add_claims").await?;
        let mut claims = claims.to_vec();
        if answer == Answer::Wrong {
            claims[0].weight += F::ONE;
        }
        self.cpu.add_claims(opening, &claims).await.map_err(|never| match never {})
    }
}
