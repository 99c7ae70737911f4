//! Faults by hand-made vectors, each with its place in the specification
//! (RISC-V Instruction Set Manual, volume I, 20240411; "memory argument" is docs/soundness.md).

use hearth_machine::cut::{CutError, Cutter, Limits};
use hearth_machine::fault::{Cause, Fault};
use hearth_machine::hash::Hasher;
use hearth_machine::layout::ADDRESS_END;
use hearth_machine::run::Machine;
use hearth_machine::testing::{
    CODE_BASE, DATA_BASE, ECALL, addi, b_type, exit, i_type, jal, jalr, li, lui, program, s_type,
};

/// Runs `code`; the plain run and the cut run must agree on the fault.
fn fault(code: &[u32]) -> Fault {
    let hasher = Hasher::new();
    let program = program(&hasher, code);
    let mut machine = Machine::new(&program, &[]).unwrap();
    let fault = machine.run(1000).unwrap_err();
    assert!(machine.outcome().is_none());
    let mut cutter = Cutter::new(&hasher, &program, &[], Limits::steps(1)).unwrap();
    let error = cutter.find_map(Result::err).unwrap();
    assert_eq!(error, CutError::Fault(fault));
    assert!(cutter.next().is_none() && cutter.outcome().is_none() && cutter.opening().is_none());
    fault
}

/// The fault of `code` after instructions that load x5 with `value`.
fn fault_with(value: u64, code: &[u32]) -> (u32, Cause) {
    let load = li(5, value);
    let fault = fault(&[&load[..], code].concat());
    let start = CODE_BASE as u32 + 4 * load.len() as u32;
    (fault.pc.wrapping_sub(start), fault.cause)
}

/// Exit code of a run.
fn exit_code(code: &[u32]) -> u64 {
    let hasher = Hasher::new();
    let program = program(&hasher, code);
    let mut machine = Machine::new(&program, &[]).unwrap();
    assert!(machine.run(1000).unwrap());
    machine.outcome().unwrap().unwrap().exit_code
}

#[test]
fn illegal_instructions() {
    // Section 1.5: words of all zeros and all ones are illegal.
    for word in [0, u32::MAX, 0x0000_100f, 0x3000_2573] {
        let expected = (4, Cause::IllegalInstruction(word));
        let found = fault(&[addi(0, 0, 0), word]);
        assert_eq!((found.pc - CODE_BASE as u32, found.cause), expected);
    }
    // Section 2.8: ebreak raises a breakpoint exception.
    assert_eq!(fault(&[0x0010_0073]).cause, Cause::Breakpoint);
}

#[test]
fn unknown_calls() {
    // Memory argument, 16: exit is the only call.
    assert_eq!(fault(&[ECALL]).cause, Cause::Ecall(0));
    assert_eq!(fault(&[addi(17, 0, 64), ECALL]).cause, Cause::Ecall(64));
    assert_eq!(fault(&[addi(17, 0, -1), ECALL]).cause, Cause::Ecall(u64::MAX));
    // The whole register counts, not its low half.
    let code = [&li(17, 1 << 32 | 93)[..], &[ECALL]].concat();
    assert_eq!(fault(&code).cause, Cause::Ecall(1 << 32 | 93));
}

#[test]
fn fetches() {
    let base = CODE_BASE as u32;
    // Running off the end: the rest of the leaf is zero, the leaf after it is no code.
    assert_eq!(fault(&[addi(0, 0, 0)]).cause, Cause::IllegalInstruction(0));
    let found = fault(&[addi(0, 0, 0); 16]);
    assert_eq!((found.pc, found.cause), (base + 64, Cause::PcOutsideCode));
    // Section 2.5: a target that is no multiple of 4. It is found at the fetch.
    let misaligned = fault(&[b_type(0, 0, 0, 6)]);
    assert_eq!((misaligned.pc, misaligned.cause), (base + 6, Cause::MisalignedPc));
    assert_eq!(fault(&[jal(1, 10)]).cause, Cause::MisalignedPc);
    // Section 2.5: a branch that is not taken has no target.
    assert_eq!(exit_code(&[&[b_type(1, 0, 0, 6)], &exit(3)[..]].concat()), 3);
    // Memory argument, 12 in the table: jalr clears bit 0 and keeps bit 1.
    assert_eq!(fault_with(0x1003, &[jalr(1, 5, 0)]).1, Cause::MisalignedPc);
    assert_eq!(fault(&[jalr(1, 0, 1)]).cause, Cause::PcOutsideCode);
    // Memory argument, 13: targets are computed over 64 bits.
    let at = u64::from(base) + 0x1_0000_0000;
    assert_eq!(fault_with(at, &[jalr(1, 5, 0)]), (0, Cause::JumpTarget(at)));
    assert_eq!(fault(&[jalr(1, 0, -2)]).cause, Cause::JumpTarget(u64::MAX - 1));
    // No code at 0, where a null pointer leads.
    let to_zero = [jal(0, -(CODE_BASE as i32))];
    assert_eq!(fault(&to_zero).cause, Cause::PcOutsideCode);
    // Data is not code, whatever it holds (memory argument, 14).
    assert_eq!(fault_with(DATA_BASE, &[jalr(0, 5, 0)]).1, Cause::PcOutsideCode);
}

#[test]
fn accesses_beyond_the_address_space() {
    // Memory argument, conditions 8 and 9: no wrap, no alias of a system word.
    let last = ADDRESS_END - 8;
    for (address, code) in [
        (ADDRESS_END, i_type(0x03, 0, 6, 5, 0)),
        (ADDRESS_END, s_type(0, 5, 6, 0)),
        (ADDRESS_END - 4, i_type(0x03, 3, 6, 5, 0)),
        (ADDRESS_END - 4, s_type(3, 5, 6, 0)),
        (ADDRESS_END - 1, i_type(0x03, 1, 6, 5, 0)),
        (ADDRESS_END - 3, s_type(2, 5, 6, 0)),
        (1 << 63, i_type(0x03, 3, 6, 5, 0)),
        (u64::MAX, i_type(0x03, 1, 6, 5, 0)),
        (u64::MAX - 7, s_type(3, 5, 6, 0)),
    ] {
        assert_eq!(fault_with(address, &[code]), (0, Cause::Address(address)));
    }
    // The offset counts.
    let code = [i_type(0x03, 3, 6, 5, 8)];
    assert_eq!(fault_with(last, &code), (0, Cause::Address(ADDRESS_END)));
    let code = [i_type(0x03, 3, 6, 5, -8)];
    assert_eq!(fault_with(0, &code), (0, Cause::Address(u64::MAX - 7)));
    // The last word, its last byte, and a misaligned access that ends with it are fine.
    let mut code = li(5, last);
    code.extend([
        addi(6, 0, -1),
        s_type(3, 5, 6, 0),
        s_type(0, 5, 0, 7),
        s_type(2, 5, 0, 3),
        i_type(0x03, 3, 6, 5, 0),
        i_type(0x03, 5, 10, 5, 5),
        addi(17, 0, 93),
        ECALL,
    ]);
    assert_eq!(exit_code(&code), 0);
}

#[test]
fn a_faulting_store_writes_nothing() {
    // sd across 2^32, then the run stands at the fault with memory as before.
    let hasher = Hasher::new();
    let code = [&li(5, ADDRESS_END - 4)[..], &[addi(6, 0, -1), s_type(3, 5, 6, 0)]].concat();
    let program = program(&hasher, &code);
    let mut machine = Machine::new(&program, &[]).unwrap();
    let fault = machine.run(1000).unwrap_err();
    assert_eq!(machine.cpu().pc, fault.pc);
    assert_eq!(machine.memory().read((1 << 29) - 1), 0);
}

#[test]
fn code_is_not_changed_by_stores() {
    // Memory argument, 14: fetches see the code tree; the copy in data space is data.
    let mut code = li(5, CODE_BASE);
    code.extend([
        s_type(3, 5, 0, 32), // over what follows
        i_type(0x03, 6, 10, 5, 32),
        addi(10, 10, 5),
        addi(17, 0, 93),
        ECALL,
    ]);
    code.extend([0; 16]);
    assert_eq!(exit_code(&code), 5);
}

#[test]
fn x0_stays_zero() {
    let code = [lui(0, 5), addi(0, 0, 7), jal(0, 4), i_type(0x03, 3, 0, 0, 0), addi(10, 0, 0)];
    assert_eq!(exit_code(&[&code[..], &[addi(17, 0, 93), ECALL]].concat()), 0);
}

#[test]
fn limits_pause_a_run() {
    let hasher = Hasher::new();
    let program = program(&hasher, &[jal(0, 0)]);
    let mut machine = Machine::new(&program, &[]).unwrap();
    assert_eq!(machine.run(10), Ok(false));
    assert_eq!(machine.run(5), Ok(false));
    assert_eq!(machine.steps(), 15);
}

/// Memory argument, 9 and 16: an accelerator's operands lie in data space, at multiples of 8.
#[test]
fn accelerator_pointers() {
    let modular = [0x1004, 0x1005].into_iter().flat_map(|call| (10..15).map(move |register| (call, register)));
    let others = [(0x1000, 10), (0x1001, 10), (0x1001, 11), (0x1002, 10), (0x1003, 10), (0x1003, 11)];
    for (call, register) in others.into_iter().chain(modular) {
        for pointer in [DATA_BASE + 4, ADDRESS_END - (1 << 16), 1 << 32, u64::MAX - 7] {
            let good = (10..15).flat_map(|register| li(register, DATA_BASE + 64 * u64::from(register - 10)));
            let good: Vec<_> = good.collect();
            let code = [good, li(register, pointer), li(17, call), vec![ECALL]].concat();
            assert_eq!(fault(&code).cause, Cause::Pointer(pointer), "{call:#x}");
        }
    }
}

/// A quotient that is wider than the operands is a fault, and the greatest that fits is none: `(2^n - 1)(b + 1) / 2` with
/// b = 2 and with b = 1.
#[test]
fn modular_calls_outside_their_domain() {
    let [ones, two, one, result] = [0, 1, 2, 3].map(|at| DATA_BASE + 2048 + 64 * at);
    for (call, words) in [(0x1004, 4), (0x1005, 6)] {
        let fill = (0..words).map(|word| s_type(3, 10, 5, 8 * word));
        let numbers = [li(10, ones), vec![addi(5, 0, -1)], fill.collect(), li(10, two), vec![addi(5, 0, 2)]].concat();
        let numbers = [numbers, vec![s_type(3, 10, 5, 0), addi(5, 0, 1), s_type(3, 10, 5, 64)]].concat();
        let call = |b| {
            let pointers = [li(10, result), li(11, ones), li(12, b), li(13, ones), li(14, two)].concat();
            [numbers.clone(), pointers, li(17, call), vec![ECALL]].concat()
        };
        assert_eq!(fault(&call(two)).cause, Cause::Modular);
        let load = vec![i_type(0x03, 3, 10, 10, 0)];
        assert_eq!(exit_code(&[call(one), load, li(17, 93), vec![ECALL]].concat()), 0);
    }
}

/// Beyond the data memory is zero: the sum of points with equal x and the double of one with y = 0 are not defined.
#[test]
fn point_operations_outside_their_domain() {
    let zeros = DATA_BASE + 2048;
    for call in [0x1001, 0x1002] {
        let code = [li(10, zeros), li(11, zeros + 64), li(17, call), vec![ECALL]].concat();
        assert_eq!(fault(&code).cause, Cause::Secp256k1);
    }
    // With y = 1 there is a double; a1 is not read.
    let point = [li(10, zeros), vec![addi(5, 0, 1), s_type(3, 10, 5, 32)], li(11, 3)].concat();
    assert_eq!(exit_code(&[point, li(17, 0x1002), vec![ECALL], exit(7)].concat()), 7);
}
