//! A row as a list of items: its constraints, then its messages, each of which holds or is broken.

use alloc::vec::Vec;

use hearth_machine::hash::Hasher;
use hearth_machine::layout::MAX_TICKS;
use p3_air::Air;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

use crate::Felt;
use crate::bus::BUSES;
use crate::check::{holds, is_lookup};
use crate::evaluate::{Evaluator, Sink};
use crate::tables::Table;

/// What a message is for the row that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A look-up in a table that is a function.
    LookUp,
    /// Taken from the rest of the shard: state, memory, nodes, the instruction.
    Receive,
    /// Said to the rest of the shard.
    Send,
    /// Offered to look-ups.
    Provide,
}

/// One message of a row.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// Index in [`BUSES`].
    pub bus: usize,
    /// Where its fields begin.
    start: usize,
    /// Times it is sent.
    pub count: Felt,
    weight: u32,
}

/// Everything that a row says.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Values of the constraints.
    pub constraints: Vec<Felt>,
    /// Messages.
    pub messages: Vec<Sent>,
    fields: Vec<Felt>,
}

impl Sink for Sample {
    fn constraint(&mut self, _: usize, value: Felt) {
        self.constraints.push(value);
    }

    fn message(&mut self, bus: &str, fields: impl Iterator<Item = Felt>, count: Felt, weight: u32) {
        let bus = BUSES.iter().position(|known| known.0 == bus).expect("a known bus");
        self.messages.push(Sent { bus, start: self.fields.len(), count, weight });
        self.fields.extend(fields);
    }
}

impl Sample {
    /// Evaluates the only row of `row`.
    pub fn take(&mut self, table: Table, row: &RowMajorMatrix<Felt>) {
        self.constraints.clear();
        self.messages.clear();
        self.fields.clear();
        table.eval(&mut Evaluator::new(row, 0, &[], self));
    }

    /// Number of items.
    pub fn items(&self) -> usize {
        self.constraints.len() + self.messages.len()
    }

    /// The message that item `item` is; constraints come first.
    pub fn message_of(&self, item: usize) -> Option<&Sent> {
        item.checked_sub(self.constraints.len()).map(|at| &self.messages[at])
    }

    /// Fields of a message.
    pub fn fields(&self, message: &Sent) -> &[Felt] {
        &self.fields[message.start..][..BUSES[message.bus].1]
    }

    /// Part `part` of an item: the value of a constraint, a field of a message, or its count after the last field.
    pub fn part(&self, item: usize, part: usize) -> Felt {
        match self.message_of(item) {
            None => self.constraints[item],
            Some(message) => self.fields(message).get(part).copied().unwrap_or(message.count),
        }
    }

    /// Number of parts of an item.
    pub fn parts(&self, item: usize) -> usize {
        self.message_of(item).map_or(1, |message| BUSES[message.bus].1 + 1)
    }

    /// Whether message `at` is the same in both.
    pub fn same(&self, other: &Self, at: usize) -> bool {
        let (ours, theirs) = (&self.messages[at], &other.messages[at]);
        ours.count == theirs.count && (ours.count == Felt::ZERO || self.fields(ours) == other.fields(theirs))
    }
}

/// What a row may take from the rest of the shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// What the honest row takes, and nothing else.
    Same,
    /// Whatever the other chips can send: canonical words, times that have not wrapped, instructions that decode.
    Any,
}

/// Judges items.
pub struct Judge {
    hasher: Hasher,
    /// Roles of the messages.
    pub roles: Vec<Role>,
}

impl Judge {
    /// Roles by the signs that counts have on honest rows.
    pub fn new(samples: &[Sample]) -> Self {
        let role = |at: usize| {
            let used = |sample: &&Sample| sample.messages[at].count != Felt::ZERO;
            let message = samples.iter().find(used).unwrap_or(&samples[0]).messages[at];
            let bus = BUSES[message.bus].0;
            match (message.weight, message.count) {
                (0, _) => Role::Provide,
                _ if is_lookup(bus) => Role::LookUp,
                _ if bus == "program" => Role::Receive,
                (_, count) if count == -Felt::ONE => Role::Receive,
                (_, count) => {
                    assert_eq!(count, Felt::ONE, "message {at} on {bus} is used by no honest row");
                    Role::Send
                }
            }
        };
        Self { hasher: Hasher::new(), roles: (0..samples[0].messages.len()).map(role).collect() }
    }

    /// The items that do not hold. What the row takes by the message `removed` differs if it is another than the honest
    /// row's, possible or not.
    pub fn broken(&self, sample: &Sample, honest: &Sample, inputs: Inputs, removed: Option<usize>) -> Vec<usize> {
        let inputs = |item: usize| if Some(item) == removed { Inputs::Same } else { inputs };
        (0..sample.items()).filter(|&item| self.is_broken(sample, honest, inputs(item), item)).collect()
    }

    fn is_broken(&self, sample: &Sample, honest: &Sample, inputs: Inputs, item: usize) -> bool {
        let Some(message) = sample.message_of(item) else {
            return sample.constraints[item] != Felt::ZERO;
        };
        let at = item - sample.constraints.len();
        match self.roles[at] {
            Role::Send | Role::Provide => false,
            Role::LookUp => message.count != Felt::ZERO && !self.holds(sample, message),
            Role::Receive => match inputs {
                Inputs::Same => !sample.same(honest, at),
                Inputs::Any => message.count != Felt::ZERO && !is_possible(message, sample.fields(message)),
            },
        }
    }

    /// Whether the table of a look-up holds this message.
    pub fn holds(&self, sample: &Sample, message: &Sent) -> bool {
        let bus = BUSES[message.bus].0;
        let mut numbers = [0; 32];
        for (number, field) in numbers.iter_mut().zip(sample.fields(message)) {
            *number = field.as_canonical_u32();
        }
        holds(&self.hasher, bus, &numbers[..BUSES[message.bus].1])
    }

    /// What field `part` of a hash call would have to be.
    pub fn hash_output(&self, fields: &[Felt], part: usize) -> Option<Felt> {
        let tag = crate::check::hash_tag(fields[0].as_canonical_u32())?;
        let input = core::array::from_fn(|i| fields[2 + i]);
        let output = self.hasher.compress(tag, fields[1].as_canonical_u32(), &input);
        part.checked_sub(2 + input.len()).and_then(|at| output.get(at).copied())
    }

    /// Whether the row takes something else than the honest one.
    pub fn takes_other(&self, sample: &Sample, honest: &Sample) -> bool {
        (self.roles.iter().enumerate()).any(|(at, &role)| role == Role::Receive && !sample.same(honest, at))
    }

    /// Whether the row says something else than the honest one, or offers what is not true.
    pub fn is_loud(&self, sample: &Sample, honest: &Sample) -> bool {
        (self.roles.iter().enumerate()).any(|(at, role)| {
            let message = &sample.messages[at];
            match role {
                Role::Send => !sample.same(honest, at),
                Role::Provide if is_lookup(BUSES[message.bus].0) => {
                    message.count != Felt::ZERO && !self.holds(sample, message)
                }
                Role::Provide => message.count != Felt::ZERO && !sample.same(honest, at),
                _ => false,
            }
        })
    }
}

/// Whether an honest rest of the shard can send this.
fn is_possible(message: &Sent, fields: &[Felt]) -> bool {
    let fields: Vec<u32> = fields.iter().map(|field| field.as_canonical_u32()).collect();
    let time = |ts: u32| ts < Felt::ORDER_U32 - MAX_TICKS;
    let is_pc = |pc: u32| pc < 1 << 30 && pc.is_multiple_of(4);
    match BUSES[message.bus].0 {
        "state" => is_pc(fields[0]) && time(fields[1]),
        // What is sent on with the sign of a receipt need not be canonical.
        "memory" => message.count != -Felt::ONE || time(fields[1]) && fields[2..].iter().all(|&limb| limb < 1 << 16),
        "program" => is_pc(fields[0]) && is_instruction(&fields),
        "word" => is_pc(fields[0]) && fields[1..].iter().all(|&half| half < 1 << 16),
        _ => true,
    }
}

/// Whether `fields` have the form of a decoded instruction: operation, registers and immediate of its kind.
fn is_instruction(fields: &[u32]) -> bool {
    let [_, op, is_imm, rd, rs1, rs2, low, high, upper, target] = *fields else { return false };
    let imm = [low, high, upper];
    let registers = |most: u32| (1..=most).contains(&rd) && rs1 < 32 && rs2 < 32;
    let signed = |limb: u32| limb == 0 || limb == 0xffff;
    match op {
        // Arithmetic, with the immediate in place of rs2.
        1..=15 => {
            let operand = match is_imm {
                0 => imm == [0; 3],
                1 => rs2 == 0 && low < 1 << 16 && high < 1 << 16 && signed(upper),
                _ => false,
            };
            operand && registers(32) && target == 0
        }
        16..=21 => is_imm == 0 && rd == 0 && rs1 < 32 && rs2 < 32 && imm == [0; 3],
        22 => is_imm == 0 && registers(32) && rs1 == 0 && rs2 == 0 && low < 1 << 16 && high < 1 << 14 && upper == 0,
        23..=30 => is_imm == 0 && registers(32) && rs2 == 0 && imm.iter().skip(1).all(|&limb| signed(limb)),
        31..=34 => is_imm == 0 && rd == 0 && rs1 < 32 && rs2 < 32 && imm.iter().skip(1).all(|&limb| signed(limb)),
        35..=47 => is_imm == 0 && registers(32) && imm == [0; 3] && target == 0,
        48 => is_imm == 0 && [rd, rs1, rs2, target] == [0, 17, 0, 0] && imm == [0; 3],
        _ => false,
    }
}
