//! Profiles of small programs, and of a committed guest.

use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_machine::rows::{Costs, Table, TableCost};
use hearth_machine::run::Machine;
use hearth_machine::testing::{CODE_BASE, DATA_BASE, ECALL, addi, exit, jal, jalr, li, program};
use hearth_profile::{Counts, Error, Profile, Symbols, Weights, profile};

const COUNTS: Counts = Counts { functions: 10, paths: 10 };

fn weights() -> Weights {
    let mut costs = Costs::default();
    costs.tables.0.fill(TableCost { width: 10, interactions: 5 });
    costs.tables[Table::Sha256Round].width = 100;
    Weights::new(&costs)
}

fn run(program: &Program, input: &[u8]) -> Profile {
    let symbols = Symbols::from_calls(program);
    profile(program, input, &symbols, &weights(), COUNTS, |_| true).expect("the guest ends")
}

/// The entry calls f twice; f adds and returns.
#[test]
fn functions_and_paths_of_a_program() {
    let end = exit(0);
    let code = [vec![jal(1, 8 + 4 * end.len() as i32), jal(1, 4 + 4 * end.len() as i32)], end];
    let code = [code.concat(), vec![addi(5, 5, 1), jalr(0, 1, 0)]].concat();
    let profile = run(&program(&Hasher::new(), &code), &[]);
    // Two calls, three instructions of exit, and twice two of f; 10 cells and 5 messages each.
    assert_eq!((profile.cost.steps, profile.cost.area), (9, 9 * 19));
    let functions: Vec<_> = profile.functions.iter().map(|f| (f.name.as_str(), f.own.steps, f.total.steps)).collect();
    let name = |offset: u64| format!("{:#x}", CODE_BASE + offset);
    assert_eq!(functions, [(name(0).as_str(), 5, 9), (name(20).as_str(), 4, 4)]);
    let paths: Vec<_> = profile.paths.iter().map(|path| (path.functions.clone(), path.own.steps)).collect();
    assert_eq!(paths, [(vec![name(0)], 5), (vec![name(0), name(20)], 4)]);
    let kinds: Vec<_> = profile.kinds.iter().map(|kind| (kind.name, kind.cost.steps)).collect();
    assert_eq!(kinds, [("add_sub", 4), ("jump", 4), ("ecall", 1)]);
}

#[test]
fn a_call_of_an_accelerator_costs_all_its_rows() {
    let call = [li(10, DATA_BASE), li(11, DATA_BASE + 64), li(17, 0x1003), vec![ECALL]].concat();
    let profile = run(&program(&Hasher::new(), &[call, exit(0)].concat()), &[]);
    let first = &profile.kinds[0];
    assert_eq!((first.name, first.cost.steps, first.cost.area), ("sha256", 1, 19 + 16 * 109));
}

#[test]
fn a_fault_and_a_stop_end_it() {
    let program = program(&Hasher::new(), &[ECALL]);
    let symbols = Symbols::from_calls(&program);
    let result = |goes_on| profile(&program, &[], &symbols, &weights(), COUNTS, |_| goes_on).map(|_| ());
    assert!(matches!(result(true), Err(Error::Fault(_))));
    assert_eq!(result(false), Err(Error::Stopped));
}

/// Every step of a guest is counted once, and the entry's total is the run.
#[test]
fn a_guest_adds_up() {
    let elf =
        std::fs::read(format!("{}/../../guests/elf/heap.elf", env!("CARGO_MANIFEST_DIR"))).expect("it is committed");
    assert!(Symbols::from_elf(&elf).is_err());
    let program = Program::from_elf(&Hasher::new(), &elf).expect("a guest");
    let input = [100u64, 3].map(u64::to_le_bytes).concat();
    let mut machine = Machine::new(&program, &input).expect("a short input");
    assert_eq!(machine.run(u64::MAX), Ok(true));
    let symbols = Symbols::from_calls(&program);
    let counts = Counts { functions: usize::MAX, paths: usize::MAX };
    let profile = profile(&program, &input, &symbols, &weights(), counts, |_| true).expect("it ends");
    assert_eq!(profile.cost.steps, machine.steps());
    let sum = |steps: &mut dyn Iterator<Item = u64>| steps.sum::<u64>();
    assert_eq!(sum(&mut profile.functions.iter().map(|function| function.own.steps)), machine.steps());
    assert_eq!(sum(&mut profile.paths.iter().map(|path| path.own.steps)), machine.steps());
    assert_eq!(sum(&mut profile.kinds.iter().map(|kind| kind.cost.steps)), machine.steps());
    assert_eq!(profile.functions.iter().map(|function| function.total.steps).max(), Some(machine.steps()));
}
