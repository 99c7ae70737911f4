//! What the tests of instruction chips assert of every chip.

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use hearth_machine::isa::Instruction;
use hearth_machine::trace::{Access, Step};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

use crate::Felt;
use crate::check::{Messages, mutants, report, survivors};
use crate::chip::StepChip;
use crate::evaluate::{Evaluator, Sink};

/// Asserts that the rows of `steps` are honest, and the columns and interactions that the README of the chip names.
pub fn assert_honest<C: StepChip>(steps: &[Step], columns: usize, interactions: usize) {
    let table = C::table(steps, steps.len().next_power_of_two());
    assert_degrees::<C>(&table);
    let report = report::<C>(&table, &[]);
    assert!(report.is_honest(), "{:?} {:?}", report.violations, report.bad_lookups);
    assert_eq!((C::WIDTH, report.interactions), (columns, interactions));
    for &step in steps {
        let sent = crate::check::report::<C>(&C::table(&[step], 1), &[]).messages;
        assert_eq!(sent, messages(&step), "{:?}", step.instruction);
    }
}

/// What the row of a step must send, from the step alone.
fn messages(step: &Step) -> Messages {
    let mut messages = Messages::new();
    let mut add = |bus: &str, fields: Vec<u32>, count: Felt| {
        *messages.entry((bus.to_string(), fields)).or_insert(Felt::ZERO) += count;
    };
    add("state", vec![step.pc, step.ts], -Felt::ONE);
    add("state", vec![step.next_pc, step.ts + 4], Felt::ONE);
    let Instruction { op, is_imm, rd, rs1, rs2, imm, target } = step.instruction;
    let head = [step.pc, op as u32, u32::from(is_imm), rd.into(), rs1.into(), rs2.into()];
    let limbs = |value: u64| [0, 16, 32, 48].map(|shift| (value >> shift) as u32 & 0xffff);
    let program = [&head[..], &limbs(imm)[..3], &[target % Felt::ORDER_U32]].concat();
    add("program", program, Felt::ONE);
    let accesses = [(0, step.rs1), (1, step.rs2), (2, step.memory[0]), (2, step.memory[1]), (3, step.rd)];
    for (tick, access) in accesses.into_iter().filter(|(_, access)| *access != Access::default()) {
        let message = |ts: u32, value: u64| [&[access.word, ts][..], &limbs(value)].concat();
        add("memory", message(access.prev_ts, access.prev), -Felt::ONE);
        add("memory", message(step.ts + tick, access.next), Felt::ONE);
    }
    messages.retain(|_, count| *count != Felt::ZERO);
    messages
}

/// Whether a single step has an honest row.
pub fn has_row<C: StepChip>(step: Step) -> bool {
    report::<C>(&C::table(&[step], 1), &[]).is_honest()
}

/// Asserts that single changes of cells survive on the row of `step` exactly in the columns `free`, and on an unused
/// row nowhere in the first `flags` columns.
pub fn assert_pinned<C: StepChip>(step: Step, free: &[usize], flags: usize) {
    let instruction = step.instruction;
    let (used, padding): (Vec<_>, Vec<_>) =
        survivors::<C>(&C::table(&[step], 2), &[]).into_iter().partition(|&(row, _)| row == 0);
    let used: Vec<usize> = used.into_iter().map(|(_, column)| column).collect();
    assert_eq!(used, free, "{instruction:?}");
    assert!(padding.iter().all(|&(_, column)| column >= flags), "{padding:?}");
}

/// Asserts that no change of two cells at once survives on the row of `step`, those in columns `free` left alone.
pub fn assert_pairs_pinned<C: StepChip>(step: Step, free: &[usize]) {
    let mut table = C::table(&[step], 1);
    let honest = report::<C>(&table, &[]);
    let cells: Vec<usize> = (0..C::WIDTH).filter(|cell| !free.contains(cell)).collect();
    for (i, &first) in cells.iter().enumerate() {
        let first_cell = table.values[first];
        for first_mutant in mutants(first_cell) {
            table.values[first] = first_mutant;
            for &second in &cells[i + 1..] {
                let second_cell = table.values[second];
                for second_mutant in mutants(second_cell) {
                    table.values[second] = second_mutant;
                    let rejected = report::<C>(&table, &[]).is_rejected_against(&honest);
                    assert!(rejected, "{:?}: columns {first} and {second}", step.instruction);
                }
                table.values[second] = second_cell;
            }
        }
        table.values[first] = first_cell;
    }
}

/// Asserts that the row that `forge` makes of the honest one of `step` breaks a constraint or a look-up: it fails by
/// itself, whatever the rest of the shard sends.
pub fn assert_refused<C: StepChip>(step: Step, forge: impl Fn(&mut [Felt])) {
    let mut table = C::table(&[step], 1);
    let honest = report::<C>(&table, &[]);
    assert!(honest.is_honest());
    forge(&mut table.values);
    assert!(!report::<C>(&table, &[]).is_honest());
}

/// Asserts degree at most 3 of constraints, at most 2 of message fields and at most 1 of counts: their values along a
/// random line through the space of rows have vanishing differences of one order more.
fn assert_degrees<C: StepChip>(table: &RowMajorMatrix<Felt>) {
    #[derive(Default)]
    struct Values([Vec<Felt>; 3]);
    impl Sink for Values {
        fn constraint(&mut self, _: usize, value: Felt) {
            self.0[2].push(value);
        }
        fn message(&mut self, _: &str, fields: impl Iterator<Item = Felt>, count: Felt, _: u32) {
            self.0[1].extend(fields);
            self.0[0].push(count);
        }
    }
    let mut row: Vec<Felt> = table.values[..C::WIDTH].to_vec();
    let mut points: Vec<Values> = Vec::new();
    for _ in 0..5 {
        let mut values = Values::default();
        C::eval(&mut Evaluator::new(&RowMajorMatrix::new(row.clone(), C::WIDTH), 0, &[], &mut values));
        points.push(values);
        for (i, cell) in row.iter_mut().enumerate() {
            *cell += Felt::from_usize(0x1234_5677 * (i + 3) * (i + 11) % 0x7eff_0001);
        }
    }
    for kind in 0..3 {
        let degree = kind + 1;
        for i in 0..points[0].0[kind].len() {
            let mut line: Vec<Felt> = points[..degree + 2].iter().map(|values| values.0[kind][i]).collect();
            while line.len() > 1 {
                line = line.windows(2).map(|pair| pair[1] - pair[0]).collect();
            }
            assert_eq!(line[0], Felt::ZERO, "{}: degree above {degree}, number {i}", C::NAME);
        }
    }
}
