//! The leaves of the fractions' tree.

use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::{E, F, Quintic};
use hearth_stark_verifier::folder::{Fingerprint, Folder, Fraction, Slots, add_fractions};
use hearth_stark_verifier::key::{ChipShape, Key};
use hearth_stark_verifier::native::Native;
use hearth_stark_verifier::zerocheck::{SKIP, slot_constant};
use p3_field::PrimeCharacteristicRing;
use p3_maybe_rayon::prelude::*;

use crate::lanes::{Lanes, parts};
use crate::stack::{Part, Stack};

/// The fractions of one slot: those of real rows by groups of [`crate::lanes::LANES`] rows, all beyond them `0 / tail`.
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
