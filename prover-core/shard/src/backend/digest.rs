//! The digest of a key: what a proof is a proof of.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use p3_air::Air;
use p3_air::symbolic::{BaseEntry, BaseLeaf, SymbolicExpr, SymbolicExpression};
use p3_challenger::{CanObserve, CanSample, FieldChallenger};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionSymbolicBuilder;

use super::chips::{ChipSet, symbolic};
use super::envelope::VERSION;
use super::field::{Challenge, Challenger, F, challenger};

/// A key's digest.
pub type KeyDigest = [F; hearth_soundness::DIGEST_ELEMENTS];

/// Hashes everything that fixes a key: format, class, names, shapes, height rules, constraints and messages.
///
/// A chip's constraints and messages enter by their values at one pseudo-random point, which is as
/// good as their coefficients: two different polynomials of degree 3 agree there with probability
/// 2^-150. The point is fixed in advance, so this names honest keys and is no defence against
/// somebody who may choose the chips of a key; verifiers hold their chips in code.
pub(super) fn key_digest<A>(set: &ChipSet<A>) -> KeyDigest
where
    A: Air<InteractionSymbolicBuilder<F, Challenge>>,
{
    let mut sponge = challenger();
    absorb_bytes(&mut sponge, b"hearth shard key");
    absorb_bytes(&mut sponge, &[VERSION, set.class().id()]);
    absorb_number(&mut sponge, set.chips().len());
    for chip in set.chips() {
        absorb_bytes(&mut sponge, chip.name.as_bytes());
        let (min, max) = chip.height.bounds();
        absorb_bytes(&mut sponge, &[min, max]);
        absorb_air(&mut sponge, &chip.air);
    }
    sponge.sample_array()
}

fn absorb_number(sponge: &mut Challenger, number: usize) {
    absorb_bytes(sponge, &(number as u64).to_le_bytes());
}

/// Absorbs a string with its length, one byte to a field element.
pub(super) fn absorb_bytes(sponge: &mut Challenger, bytes: &[u8]) {
    sponge.observe(F::from_usize(bytes.len()));
    for &byte in bytes {
        sponge.observe(F::from_u8(byte));
    }
}

fn absorb_air<A>(sponge: &mut Challenger, air: &A)
where
    A: Air<InteractionSymbolicBuilder<F, Challenge>>,
{
    let builder = symbolic(air);
    let constraints = builder.base_constraints();
    let messages = builder.global_interactions();

    for count in [air.width(), air.num_public_values(), constraints.len(), messages.len()] {
        absorb_number(sponge, count);
    }
    let next = air.main_next_row_columns();
    absorb_number(sponge, next.len());
    for column in next {
        absorb_number(sponge, column);
    }
    let mut point = Point::new(air.width(), air.num_public_values());
    for constraint in &constraints {
        sponge.observe_algebra_element(point.evaluate(constraint));
    }
    for message in messages {
        absorb_bytes(sponge, message.bus_name.as_bytes());
        absorb_number(sponge, message.fields.len());
        absorb_number(sponge, message.count_weight as usize);
        for expression in message.fields.iter().chain([&message.count]) {
            sponge.observe_algebra_element(point.evaluate(expression));
        }
    }
}

/// A pseudo-random value for every variable of a chip, and the values of sub-expressions seen so far.
struct Point {
    current: Vec<Challenge>,
    next: Vec<Challenge>,
    public: Vec<Challenge>,
    /// First row, last row, transition; then anything else, which no chip of a key may use.
    selectors: [Challenge; 4],
    seen: BTreeMap<*const SymbolicExpression<F>, Challenge>,
}

impl Point {
    fn new(width: usize, public_values: usize) -> Self {
        let mut source = challenger();
        absorb_bytes(&mut source, b"hearth key point");
        let mut draw =
            |count: usize| -> Vec<Challenge> { (0..count).map(|_| source.sample_algebra_element()).collect() };
        let selectors = draw(4);
        Self {
            selectors: [selectors[0], selectors[1], selectors[2], selectors[3]],
            public: draw(public_values),
            current: draw(width),
            next: draw(width),
            seen: BTreeMap::new(),
        }
    }

    /// The value of an expression. Shared sub-expressions are evaluated once.
    fn evaluate(&mut self, expression: &SymbolicExpression<F>) -> Challenge {
        // Expressions live as long as the builder that recorded them, so no address is reused.
        let address: *const SymbolicExpression<F> = expression;
        if let Some(&value) = self.seen.get(&address) {
            return value;
        }
        let value = match expression {
            SymbolicExpr::Leaf(leaf) => self.leaf(leaf),
            SymbolicExpr::Add { x, y, .. } => self.evaluate(x) + self.evaluate(y),
            SymbolicExpr::Sub { x, y, .. } => self.evaluate(x) - self.evaluate(y),
            SymbolicExpr::Mul { x, y, .. } => self.evaluate(x) * self.evaluate(y),
            SymbolicExpr::Neg { x, .. } => -self.evaluate(x),
        };
        self.seen.insert(address, value);
        value
    }

    fn leaf(&self, leaf: &BaseLeaf<F>) -> Challenge {
        match leaf {
            BaseLeaf::Variable(variable) => match variable.entry {
                BaseEntry::Main { offset: 0 } => self.current[variable.index],
                BaseEntry::Main { .. } => self.next[variable.index],
                BaseEntry::Public => self.public[variable.index],
                BaseEntry::Preprocessed { .. } | BaseEntry::Periodic => self.selectors[3],
            },
            BaseLeaf::IsFirstRow => self.selectors[0],
            BaseLeaf::IsLastRow => self.selectors[1],
            BaseLeaf::IsTransition => self.selectors[2],
            BaseLeaf::Constant(constant) => Challenge::from(*constant),
        }
    }
}
