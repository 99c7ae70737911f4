//! A prover without a witness: all tables are empty and all oracles zero. It lies so that every check before a chosen one
//! holds, tells the truth from there on, and grinds all nonces. It shares the transcript with the verifier and nothing
//! with the prover.

use hearth_machine::hash::{BLOCK, Digest, Hasher, Tag, children};
use hearth_soundness::stark::{LOG_LANES, LOG_SKIP};
use hearth_stark_verifier::field::{DEGREE, E, F};
use hearth_stark_verifier::folder::Fingerprint;
use hearth_stark_verifier::fractions::LeafClaim;
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::native::Native;
use hearth_stark_verifier::opening::Weight;
use hearth_stark_verifier::poly::{eq_table, lagrange};
use hearth_stark_verifier::transcript::Transcript;
use hearth_stark_verifier::verify::{boundary_fraction, draw_fingerprint};
use hearth_stark_verifier::zerocheck::{Challenges, RowPoint, SKIP_VALUES, slot_constant};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

use super::mini::Mini;

/// Numerators and denominators of a layer, lowest variable first: skip, tile, slot, lane for the leaves.
pub type Layer = (Vec<E>, Vec<E>);

/// What the leaves are claimed to be, from the fingerprint, the boundary's fraction and the true leaves.
pub type Leaves<'a> = &'a dyn Fn(&Fingerprint<E>, (E, E), Layer) -> Layer;

/// Where the lies end.
pub struct Plan<'a> {
    /// The first layer of the tree, from the root, that is told by its leaves; the root itself is layer 0.
    pub layer: usize,
    /// The leaves.
    pub leaves: Leaves<'a>,
    /// Whether the first message of the zerocheck is the true one.
    pub skip: bool,
    /// Whether the columns are the true ones.
    pub columns: bool,
}

/// The true leaves.
pub fn truth(_: &Fingerprint<E>, _: (E, E), leaves: Layer) -> Layer {
    leaves
}

/// A proof in the making.
pub struct Liar {
    pub context: Native<'static>,
    pub transcript: Transcript<Native<'static>>,
    pub proof: Vec<u8>,
}

impl Liar {
    /// Starts a proof.
    pub fn new(key: &Key<Mini>) -> Self {
        Self { context: Native::new(&[]), transcript: Transcript::new(&key.digest), proof: Vec::new() }
    }

    fn write(&mut self, elements: &[F]) {
        self.proof.extend(elements.iter().flat_map(|element| element.as_canonical_u32().to_le_bytes()));
    }

    fn send(&mut self, elements: &[F]) {
        self.write(elements);
        elements.iter().for_each(|&element| self.transcript.absorb(&mut self.context, element));
    }

    fn send_exts(&mut self, elements: &[E]) {
        elements.iter().for_each(|element| self.send(&element.0));
    }

    fn challenge(&mut self) -> E {
        self.transcript.challenge(&mut self.context)
    }

    fn grind(&mut self, bits: usize) {
        if bits == 0 {
            return;
        }
        let hit = |nonce: &u32| {
            let mut next = self.transcript.clone();
            let mut context = Native::new(&[]);
            next.absorb(&mut context, F::from_u32(*nonce));
            next.squeeze(&mut context).as_canonical_u32().trailing_zeros() >= bits as u32
        };
        let nonce = (0..).find(hit).expect("there are enough");
        self.send(&[F::from_u32(nonce)]);
        let _ground = self.transcript.squeeze(&mut self.context);
    }

    /// Step 3 on an array of leaves, told by it from layer `first` on. A root that is not told balances the boundary.
    pub fn tree(&mut self, leaves: Layer, first: usize, boundary: (E, E)) -> LeafClaim<E> {
        let variables = leaves.0.len().ilog2() as usize;
        let mut layers = vec![leaves];
        for _ in 0..variables {
            let (p, q) = &layers[layers.len() - 1];
            let pairs = p.chunks(2).zip(q.chunks(2));
            layers.push(pairs.map(|(p, q)| (p[0] * q[1] + p[1] * q[0], q[0] * q[1])).unzip());
        }
        let (mut p, mut q) = match first {
            0 => (layers[variables].0[0], layers[variables].1[0]),
            _ => (-boundary.0, boundary.1),
        };
        self.send_exts(&[p, q]);
        let mut point: Vec<E> = Vec::new();
        for number in 0..variables {
            let lambda = self.challenge();
            let mut next = Vec::new();
            let [p0, p1, q0, q1] = if number + 1 < first {
                for _ in &point {
                    self.send_exts(&[E::ZERO; 2]);
                    next.push(self.challenge());
                }
                [p + lambda * q - lambda, E::ZERO, E::ONE, E::ONE]
            } else {
                let (p, q) = &layers[variables - number - 1];
                self.rounds(
                    [every_second(p, 0), every_second(p, 1), every_second(q, 0), every_second(q, 1)],
                    lambda,
                    &point,
                    &mut next,
                )
            };
            self.send_exts(&[p0, p1, q0, q1]);
            let r = self.challenge();
            p = p0 + r * (p1 - p0);
            q = q0 + r * (q1 - q0);
            next.insert(0, r);
            point = next;
        }
        LeafClaim { p, q, point }
    }

    /// The true rounds of a layer.
    fn rounds(&mut self, mut halves: [Vec<E>; 4], lambda: E, point: &[E], next: &mut Vec<E>) -> [E; 4] {
        let summand = |[p0, p1, q0, q1]: [E; 4]| p0 * q1 + p1 * q0 + lambda * q0 * q1;
        for bound in 0..point.len() {
            let [mut t0, mut t1, mut square] = [E::ZERO; 3];
            for (j, &weight) in eq_table(&point[bound + 1..], E::ONE).iter().enumerate() {
                let low: [E; 4] = core::array::from_fn(|i| halves[i][2 * j]);
                let high: [E; 4] = core::array::from_fn(|i| halves[i][2 * j + 1]);
                t0 += weight * summand(low);
                t1 += weight * summand(high);
                square += weight * summand(core::array::from_fn(|i| high[i] - low[i]));
            }
            self.send_exts(&[t1 - t0 - square, square]);
            let r = self.challenge();
            for half in &mut halves {
                *half = half.chunks(2).map(|pair| pair[0] + r * (pair[1] - pair[0])).collect();
            }
            next.push(r);
        }
        halves.map(|half| half[0])
    }

    /// Step 4. The second chip is `gift`: its count, alone in its numerator, makes any sum.
    fn zerocheck(
        &mut self,
        key: &Key<Mini>,
        fingerprint: &Fingerprint<E>,
        leaf: &LeafClaim<E>,
        plan: &Plan<'_>,
    ) -> (RowPoint<E>, Vec<E>) {
        self.grind(key.params.constraint_grinding);
        let challenges = Challenges::draw(&mut self.context, &mut self.transcript, key, fingerprint, leaf);
        let mut values = vec![E::ZERO; SKIP_VALUES];
        if !plan.skip {
            let weight = eq_table(&leaf.point[..LOG_SKIP], E::ONE)[0];
            values[0] = challenges.claim * weight.try_inverse().expect("not 0");
        }
        self.send_exts(&values);
        let skip = self.challenge();
        let claim: E = lagrange(SKIP_VALUES, skip).into_iter().zip(values).map(|(l, value)| l * value).sum();
        let mut rounds = Vec::new();
        for _ in 0..key.tile_variables() + LOG_LANES {
            self.send_exts(&[E::ZERO; 3]);
            rounds.push(self.challenge());
        }
        let lane = rounds.split_off(key.tile_variables());
        let mut columns = vec![E::ZERO; key.columns()];
        if !plan.columns {
            let weight = challenges.slots[key.shapes[1].first_slot];
            columns[key.shapes[0].committed()] = -claim * weight.try_inverse().expect("not 0");
        }
        self.send_exts(&columns);
        (RowPoint { skip, tile: rounds, lane }, columns)
    }

    /// Step 6 for zero oracles.
    fn opening(&mut self, key: &Key<Mini>) {
        let params = &key.params;
        for k in 0..params.oracles() {
            for _ in 0..params.folds[k] {
                self.send_exts(&[E::ZERO; 2]);
                self.grind(params.fold_grinding);
                self.challenge();
            }
            if k + 1 < params.oracles() {
                self.cap(key, k + 1);
            } else {
                self.send_exts(&vec![E::ZERO; 1 << params.variables(k + 1)]);
            }
            self.grind(params.query_grinding);
            let path = zero_nodes(key, k);
            for _ in 0..params.queries[k] {
                let _index = self.transcript.squeeze(&mut self.context);
                self.write(&vec![F::ZERO; leaf_width(key, k)]);
                path[..path.len() - 1].iter().for_each(|node| self.write(node));
            }
            self.challenge();
        }
        for _ in 0..params.variables(params.oracles()) {
            self.send_exts(&[E::ZERO; 2]);
            self.challenge();
        }
    }

    fn cap(&mut self, key: &Key<Mini>, k: usize) {
        let node = *zero_nodes(key, k).last().expect("there is a leaf");
        (0..1 << key.params.log_cap(k)).for_each(|_| self.send(&node));
    }
}

fn every_second(values: &[E], first: usize) -> Vec<E> {
    values.iter().skip(first).step_by(2).copied().collect()
}

fn leaf_width(key: &Key<Mini>, k: usize) -> usize {
    (if k == 0 { 1 } else { DEGREE }) << key.params.folds[k]
}

/// The nodes of a tree of zeros from the leaf to the cap.
fn zero_nodes(key: &Key<Mini>, k: usize) -> Vec<Digest> {
    let hasher = Hasher::new();
    let mut nodes = vec![hasher.sponge(Tag::OracleLeaf, &vec![F::ZERO; leaf_width(key, k)])];
    for level in 1..=key.params.log_domain(k) - key.params.log_cap(k) {
        let below = nodes[level - 1];
        let block: [F; BLOCK] = children(&below, &below);
        nodes.push(hasher.compress(Tag::OracleNode, level as u32, &block));
    }
    nodes
}

/// The true leaves of empty tables: numerators 0, the constants of the slots, 1 in slots that no chip has.
fn empty_leaves(key: &Key<Mini>, fingerprint: &Fingerprint<E>) -> Layer {
    let mut constants = vec![E::ONE; 1 << key.log_slots];
    for shape in &key.shapes {
        for slot in 0..shape.slots() {
            constants[shape.first_slot + slot] = slot_constant::<Native<'_>>(shape, slot, fingerprint);
        }
    }
    let length = 1 << key.tree_variables();
    let q = (0..length).map(|place| constants[place >> (key.params.log_rows - LOG_LANES) & ((1 << key.log_slots) - 1)]);
    (vec![E::ZERO; length], q.collect())
}

/// A proof of whatever the public values say.
pub fn lie(key: &Key<Mini>, public: &[F], plan: &Plan<'_>) -> Vec<u8> {
    let mut liar = Liar::new(key);
    public.iter().for_each(|&value| liar.transcript.absorb(&mut liar.context, value));
    liar.send(&vec![F::ZERO; key.shapes.len()]);
    liar.cap(key, 0);
    liar.grind(key.params.bus_grinding);
    let fingerprint = draw_fingerprint(&mut liar.context, &mut liar.transcript, key);
    let boundary = boundary_fraction::<Native<'_>, _>(key, &fingerprint, public);
    let leaves = (plan.leaves)(&fingerprint, boundary, empty_leaves(key, &fingerprint));
    let leaf = liar.tree(leaves, plan.layer, boundary);
    let (point, columns) = liar.zerocheck(key, &fingerprint, &leaf, plan);
    let (context, transcript) = (&mut liar.context, &mut liar.transcript);
    let _claim = Weight::draw(context, transcript, key, point, &columns);
    liar.opening(key);
    liar.proof
}
