//! The leaves of the fractions' tree, and the tree.

use hearth_soundness::stark::{LOG_LANES, LOG_SKIP};
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, F, Quintic};
use hearth_stark_verifier::folder::{Fingerprint, Folder, Fraction, Slots, add_fractions};
use hearth_stark_verifier::key::{ChipShape, Key};
use hearth_stark_verifier::native::Native;
use hearth_stark_verifier::zerocheck::{SKIP, slot_constant};
use p3_field::PrimeCharacteristicRing;
use p3_maybe_rayon::prelude::*;

use crate::lanes::{LANES, Lanes, parts};
use crate::stack::{Part, Stack};

/// The fractions of one slot: those of real rows by groups of [`LANES`] rows, all beyond them `0 / tail`.
#[derive(Clone)]
pub struct SlotLayer<P> {
    /// Numerators, [`parts`] elements a group.
    pub p: Vec<Quintic<P>>,
    /// Denominators.
    pub q: Vec<Quintic<P>>,
    /// Denominator beyond.
    pub tail: E,
}

/// Tiles of a chip that one task works on.
const TASK_TILES: usize = 32;

/// The fractions of all slots of all chips; unused slots are not there.
pub fn leaves<P: Lanes, A: Chip>(key: &Key<A>, stack: &Stack, fingerprint: &Fingerprint<E>) -> Vec<SlotLayer<P>> {
    let packed = Fingerprint {
        buses: fingerprint.buses.iter().map(|&x| Quintic::<P>::broadcast(x)).collect(),
        fields: fingerprint.fields.iter().map(|&x| Quintic::<P>::broadcast(x)).collect(),
    };
    let mut all = Vec::new();
    for ((chip, shape), part) in key.chips.iter().zip(&key.shapes).zip(&stack.parts) {
        let length = part.tiles * SKIP * parts::<P>();
        let mut layers: Vec<SlotLayer<P>> = (0..shape.slots())
            .map(|slot| SlotLayer {
                p: vec![Quintic::ZERO; length],
                q: vec![Quintic::ZERO; length],
                tail: slot_constant::<Native<'_>>(shape, slot, fingerprint),
            })
            .collect();
        fill(chip, shape, part, &stack.cells, &packed, &mut layers);
        all.extend(layers);
    }
    all
}

type Task<'a, P> = Vec<(&'a mut [Quintic<P>], &'a mut [Quintic<P>])>;

fn fill<P: Lanes, A: Chip>(
    chip: &A,
    shape: &ChipShape,
    part: &Part,
    cells: &[F],
    fingerprint: &Fingerprint<Quintic<P>>,
    layers: &mut [SlotLayer<P>],
) {
    let per_tile = SKIP * parts::<P>();
    let mut tasks: Vec<Task<'_, P>> = (0..part.tiles.div_ceil(TASK_TILES)).map(|_| Vec::new()).collect();
    for layer in layers {
        let chunks = layer.p.chunks_mut(TASK_TILES * per_tile).zip(layer.q.chunks_mut(TASK_TILES * per_tile));
        for (task, chunk) in tasks.iter_mut().zip(chunks) {
            task.push(chunk);
        }
    }
    tasks.into_par_iter().enumerate().for_each(|(number, mut task)| {
        let mut row = vec![P::ZERO; shape.row()];
        let mut fields = vec![P::ZERO; fingerprint.fields.len()];
        let count = task.first().map_or(0, |(p, _)| p.len());
        for place in 0..count {
            let (group, lanes) = (place / parts::<P>(), place % parts::<P>());
            let tile = number * TASK_TILES + group / SKIP;
            part.row(cells, tile, group % SKIP, lanes, &mut row);
            let mut sink = Sink { place, task: &mut task };
            chip.eval(&mut Folder::new(&row, &[], shape, fingerprint, &[], &mut fields, &mut sink));
        }
    });
}

struct Sink<'s, 'a, P> {
    place: usize,
    task: &'s mut Task<'a, P>,
}

impl<P: Lanes> Slots<P, Quintic<P>> for Sink<'_, '_, P> {
    #[inline(always)]
    fn slot(&mut self, slot: usize, lookups: &[Fraction<P, Quintic<P>>]) {
        let (p, q) = &mut self.task[slot];
        (p[self.place], q[self.place]) = add_fractions(lookups);
    }
}

/// The layers of the tree. Layer `k` has the variables from the `k`-th on: skip, tile, slot, lane.
pub struct Tree<P> {
    /// Layers with skip and tile variables, the leaves first.
    pub rows: Vec<Vec<SlotLayer<P>>>,
    /// Layers without: `2^slots` groups, then half as many, ... down to one.
    pub slots: Vec<Layer<P>>,
    /// Layers of lanes: half the lanes, ... down to the sum of all fractions.
    pub lanes: Vec<(Vec<E>, Vec<E>)>,
}

impl<P: Lanes> Tree<P> {
    /// Adds fractions up to the root.
    pub fn new(leaves: Vec<SlotLayer<P>>, tile_variables: usize, log_slots: usize) -> Self {
        let mut rows = vec![leaves];
        for _ in 0..LOG_SKIP + tile_variables - 1 {
            let next = rows[rows.len() - 1].par_iter().map(half).collect();
            rows.push(next);
        }
        // The last fold of rows leaves one group per slot.
        let mut p = Vec::with_capacity(parts::<P>() << log_slots);
        let mut q = Vec::with_capacity(parts::<P>() << log_slots);
        for layer in &rows[rows.len() - 1] {
            let mut layer = half(layer);
            layer.resize(1);
            p.extend(layer.p);
            q.extend(layer.q);
        }
        p.resize(parts::<P>() << log_slots, Quintic::ZERO);
        q.resize(parts::<P>() << log_slots, Quintic::ONE);
        let mut slots = vec![(p, q)];
        for _ in 0..log_slots {
            let (p, q) = &slots[slots.len() - 1];
            slots.push(pairs::<P>(p, q));
        }
        let (p, q) = &slots[log_slots];
        let mut lane = (scalars::<P>(p), scalars::<P>(q));
        let mut lanes = Vec::with_capacity(LOG_LANES);
        for _ in 0..LOG_LANES {
            let (p, q) = &lane;
            let add = |i: usize| (p[2 * i] * q[2 * i + 1] + p[2 * i + 1] * q[2 * i], q[2 * i] * q[2 * i + 1]);
            lane = (0..p.len() / 2).map(add).unzip();
            lanes.push(lane.clone());
        }
        Self { rows, slots, lanes }
    }

    /// The sum of all fractions.
    pub fn root(&self) -> (E, E) {
        let (p, q) = &self.lanes[LOG_LANES - 1];
        (p[0], q[0])
    }
}

impl<P: Lanes> SlotLayer<P> {
    /// Groups that are there.
    pub fn groups(&self) -> usize {
        self.p.len() / parts::<P>()
    }

    /// Fills up with the tail, or cuts, to `groups` groups.
    pub fn resize(&mut self, groups: usize) {
        self.p.resize(groups * parts::<P>(), Quintic::ZERO);
        self.q.resize(groups * parts::<P>(), Quintic::broadcast(self.tail));
    }
}

/// The slot's next layer: neighbouring groups added.
fn half<P: Lanes>(layer: &SlotLayer<P>) -> SlotLayer<P> {
    let tail = layer.tail * layer.tail;
    if layer.groups().is_multiple_of(2) {
        let (p, q) = pairs::<P>(&layer.p, &layer.q);
        SlotLayer { p, q, tail }
    } else {
        let mut even = layer.clone();
        even.resize(layer.groups() + 1);
        let (p, q) = pairs::<P>(&even.p, &even.q);
        SlotLayer { p, q, tail }
    }
}

/// Numerators and denominators of groups, slot by slot.
type Layer<P> = (Vec<Quintic<P>>, Vec<Quintic<P>>);

fn pairs<P: Lanes>(p: &[Quintic<P>], q: &[Quintic<P>]) -> Layer<P> {
    let k = parts::<P>();
    let mut out = (Vec::with_capacity(p.len() / 2), Vec::with_capacity(p.len() / 2));
    for (p, q) in p.chunks_exact(2 * k).zip(q.chunks_exact(2 * k)) {
        for i in 0..k {
            out.0.push(p[i].product(&q[i + k]) + p[i + k].product(&q[i]));
            out.1.push(q[i].product(&q[i + k]));
        }
    }
    out
}

/// The lanes of a group, in order.
pub fn scalars<P: Lanes>(group: &[Quintic<P>]) -> Vec<E> {
    (0..LANES).map(|lane| group[lane / P::WIDTH].lane(lane % P::WIDTH)).collect()
}
