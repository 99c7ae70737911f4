//! A checker that shares nothing with the proof systems but `eval`: the oracle of all chip tests.
//!
//! [`report`] evaluates every row of one table and lists violated constraints, look-ups that no fixed table holds, and
//! the net of all other messages. A forged table is *rejected* if a constraint or a look-up fails, or if it sends other
//! messages than the honest one: the rest of the shard then no longer balances with it.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hearth_machine::hash::{DIGEST, Digest, Hasher, Tag};
use p3_air::symbolic::{AirLayout, SymbolicExpression};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_lookup::InteractionSymbolicBuilder;
use p3_matrix::dense::RowMajorMatrix;

use crate::Felt;
use crate::boundary::Public;
use crate::bus::BUSES;
use crate::chip::Chip;
use crate::evaluate::{Evaluator, Sink};

/// Net number of times each message is sent: bus and fields to the count as an element.
pub type Messages = BTreeMap<(String, Vec<u32>), Felt>;

/// What one table asserts and sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Violated constraints: row and number.
    pub violations: Vec<(usize, usize)>,
    /// Look-ups that fail: row, bus and fields.
    pub bad_lookups: Vec<(usize, String, Vec<u32>)>,
    /// All other messages, without those whose net is zero.
    pub messages: Messages,
    /// Constraints of a row.
    pub constraints: usize,
    /// Interactions of a row.
    pub interactions: usize,
}

struct Collector {
    row: usize,
    interactions: usize,
    report: Report,
    hasher: Hasher,
}

impl Sink for Collector {
    fn constraint(&mut self, index: usize, value: Felt) {
        self.report.constraints = self.report.constraints.max(index + 1);
        if value != Felt::ZERO {
            self.report.violations.push((self.row, index));
        }
    }

    fn message(&mut self, bus: &str, fields: impl Iterator<Item = Felt>, count: Felt, weight: u32) {
        self.interactions += 1;
        let fields: Vec<u32> = fields.map(|field| field.as_canonical_u32()).collect();
        assert!(BUSES.contains(&(bus, fields.len())), "{bus} has another number of fields than {}", fields.len());
        if count == Felt::ZERO {
            return;
        }
        // A look-up is sent once; what provides has weight 0 and goes to the messages.
        if weight > 0 && is_lookup(bus) {
            let holds = count == Felt::ONE && holds(&self.hasher, bus, &fields);
            if !holds {
                self.report.bad_lookups.push((self.row, bus.to_string(), fields));
            }
            return;
        }
        *self.report.messages.entry((bus.to_string(), fields)).or_insert(Felt::ZERO) += count;
    }
}

/// Buses whose tables are functions: what they hold does not depend on the shard.
pub fn is_lookup(bus: &str) -> bool {
    matches!(bus, "range16" | "bytes" | "and" | "hash")
}

/// The domain of a call on the bus `hash`.
pub fn hash_tag(number: u32) -> Option<Tag> {
    [Tag::MemoryNode, Tag::MemoryLeaf, Tag::CodeNode, Tag::CodeLeaf].into_iter().find(|&tag| tag as u32 == number)
}

/// Whether the function table of `bus` holds `fields`.
pub fn holds(hasher: &Hasher, bus: &str, fields: &[u32]) -> bool {
    match bus {
        "range16" => fields[0] < 1 << 16,
        "bytes" => fields[0] < 1 << 8 && fields[1] < 1 << 8,
        "and" => fields[0] < 1 << 8 && fields[1] < 1 << 8 && fields[2] == fields[0] & fields[1],
        _ => {
            let felts: Vec<Felt> = fields.iter().map(|&field| Felt::from_u32(field)).collect();
            let Some(tag) = hash_tag(fields[0]) else {
                return false;
            };
            let input = core::array::from_fn(|i| felts[2 + i]);
            let output: Digest = core::array::from_fn(|i| felts[felts.len() - DIGEST + i]);
            hasher.compress(tag, fields[1], &input) == output
        }
    }
}

/// Evaluates every row of `table`.
pub fn report<C: Chip>(table: &RowMajorMatrix<Felt>, public: &[Felt]) -> Report {
    assert_eq!(table.width, C::WIDTH);
    let mut collector = Collector { row: 0, interactions: 0, report: Report::default(), hasher: Hasher::new() };
    for row in 0..table.values.len() / table.width {
        collector.row = row;
        collector.interactions = 0;
        C::eval(&mut Evaluator::new(table, row, public, &mut collector));
        collector.report.interactions = collector.interactions;
    }
    collector.report.messages.retain(|_, count| *count != Felt::ZERO);
    collector.report
}

/// Messages of a row of the chip.
pub fn interactions<C: Chip>() -> usize {
    #[derive(Default)]
    struct Counter(usize);
    impl Sink for Counter {
        fn constraint(&mut self, _: usize, _: Felt) {}
        fn message(&mut self, _: &str, _: impl Iterator<Item = Felt>, _: Felt, _: u32) {
            self.0 += 1;
        }
    }
    let row = RowMajorMatrix::new(alloc::vec![Felt::ZERO; C::WIDTH], C::WIDTH);
    let public = alloc::vec![Felt::ZERO; Public::WIDTH];
    let mut counter = Counter::default();
    C::eval(&mut Evaluator::new(&row, 0, &public, &mut counter));
    counter.0
}

impl Report {
    /// No constraint and no look-up fails.
    pub fn is_honest(&self) -> bool {
        self.violations.is_empty() && self.bad_lookups.is_empty()
    }

    /// Whether a table with this report is refused in place of one with the `honest` report.
    pub fn is_rejected_against(&self, honest: &Self) -> bool {
        !self.is_honest() || self.messages != honest.messages
    }
}

/// The values that a mutation puts in place of `cell`: off by one, off by a limb, -1, the other bit, garbage.
pub fn mutants(cell: Felt) -> Vec<Felt> {
    let mut mutants = alloc::vec![
        cell + Felt::ONE,
        cell - Felt::ONE,
        cell + Felt::from_u32(1 << 16),
        -Felt::ONE,
        Felt::ONE - cell,
        Felt::ZERO,
        cell * Felt::from_u32(0x1234_5677) + Felt::from_u32(77),
    ];
    mutants.retain(|&mutant| mutant != cell);
    mutants
}

/// Replaces every cell of every row in turn and returns `(row, column)` of those where a mutant is not rejected.
pub fn survivors<C: Chip>(table: &RowMajorMatrix<Felt>, public: &[Felt]) -> Vec<(usize, usize)> {
    let honest = report::<C>(table, public);
    assert!(honest.is_honest(), "{}: {:?} {:?}", C::NAME, honest.violations, honest.bad_lookups);
    let mut forged = table.clone();
    let mut survivors = Vec::new();
    for cell in 0..table.values.len() {
        let survives = mutants(table.values[cell]).into_iter().any(|mutant| {
            forged.values[cell] = mutant;
            !report::<C>(&forged, public).is_rejected_against(&honest)
        });
        forged.values[cell] = table.values[cell];
        if survives {
            survivors.push((cell / table.width, cell % table.width));
        }
    }
    survivors
}

/// The lint of every chip without next-row access: the all-zero row satisfies every constraint and sends nothing.
pub fn zero_row_is_neutral<C: Chip>() -> bool {
    let table = RowMajorMatrix::new(alloc::vec![Felt::ZERO; 2 * C::WIDTH], C::WIDTH);
    let report = report::<C>(&table, &[]);
    report.is_honest() && report.messages.is_empty()
}

/// The lint of every chip: degrees of its constraints (at most 3) and of its messages' fields and counts (at most 2).
pub fn degrees<C: Chip>() -> (usize, usize) {
    let mut builder: InteractionSymbolicBuilder<Felt> = InteractionSymbolicBuilder::new(AirLayout {
        main_width: C::WIDTH,
        num_public_values: Public::WIDTH,
        ..AirLayout::default()
    });
    C::eval(&mut builder);
    let max = |expressions: &mut dyn Iterator<Item = &SymbolicExpression<Felt>>| {
        expressions.map(SymbolicExpression::degree_multiple).max().unwrap_or(0)
    };
    let messages = builder.global_interactions();
    let mut parts = messages.iter().flat_map(|message| message.fields.iter().chain([&message.count]));
    (max(&mut builder.base_constraints().iter()), max(&mut parts))
}
