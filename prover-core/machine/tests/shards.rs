//! Cutting and replay: consecutive shards chain from the initial state to HALT.

use hearth_machine::cut::{CutError, Cutter, Limits, Shard};
use hearth_machine::hash::Hasher;
use hearth_machine::isa::Family;
use hearth_machine::layout::HALT_PC;
use hearth_machine::opening::{Opening, OpeningError};
use hearth_machine::package::{DecodeError, Package};
use hearth_machine::program::{Program, input_digest};
use hearth_machine::replay::{BadPackage, replay};
use hearth_machine::rows::{Costs, Heights, PerTable, Rows, Table, TableCost};
use hearth_machine::run::Machine;
use hearth_machine::testing::{self, random, random::Random};
use hearth_machine::wire::Wire;

#[test]
fn shards_chain_from_the_initial_state_to_halt() {
    let hasher = Hasher::new();
    let program = testing::program(&hasher, &testing::torture());
    let input = b"some input";
    let mut plain = Machine::new(&program, input).unwrap();
    assert!(plain.run(u64::MAX).unwrap());
    let outcome = plain.outcome().unwrap().unwrap();
    assert_eq!(outcome.exit_code, 7);
    assert_eq!(outcome.output, plain.cpu().registers[29].to_le_bytes());

    let input = input_digest(&hasher, input).unwrap();
    let initial_root = program.key().initial_root(&hasher, &input);
    for steps in [1, 2, 7, 100, u32::MAX] {
        let mut cutter = Cutter::new(&hasher, &program, b"some input", Limits::steps(steps)).unwrap();
        let (mut root, mut pc, mut total) = (initial_root, program.key().entry, 0);
        for shard in &mut cutter {
            let Shard { package, rows } = shard.unwrap();
            let trace = replay(&hasher, &package).unwrap();
            let statement = trace.statement;
            assert_eq!(statement, package.statement);
            assert_eq!((statement.root_in, statement.pc_in), (root, pc));
            assert_eq!(statement.program_root, program.key().code_root);
            (root, pc) = (statement.root_out, statement.pc_out);
            assert_eq!(rows, Rows::of(&trace));
            let steps: usize = trace.steps.iter().map(Vec::len).sum();
            assert_eq!(steps, package.steps as usize);
            total += steps as u64;
        }
        assert_eq!((pc, total), (HALT_PC, plain.steps()));
        assert_eq!(root, cutter.tree().root());
        assert_eq!(cutter.outcome().unwrap().unwrap(), outcome);
        let opening = cutter.opening().unwrap();
        assert_eq!(opening.verify(&hasher, &root), Ok(outcome.clone()));
    }
}

/// Exit code and output hang on the last root.
#[test]
fn a_changed_opening_is_refused() {
    let hasher = Hasher::new();
    let program = testing::program(&hasher, &testing::torture());
    let mut cutter = Cutter::new(&hasher, &program, &[], Limits::steps(u32::MAX)).unwrap();
    assert!(cutter.by_ref().all(|shard| shard.is_ok()));
    let good = cutter.opening().unwrap();
    let refuse = |change: &dyn Fn(&mut Opening)| {
        let mut opening = good.clone();
        change(&mut opening);
        opening.verify(&hasher, &cutter.tree().root()).unwrap_err()
    };
    assert_eq!(refuse(&|o| o.registers[2] = 0), OpeningError::Root);
    assert_eq!(refuse(&|o| o.output[0][1] += 1), OpeningError::Root);
    assert_eq!(refuse(&|o| o.output[0][0] = 7), OpeningError::Root);
    assert_eq!(refuse(&|o| o.output[0][0] = 57), OpeningError::Shape);
    assert_eq!(refuse(&|o| o.output[0][0] = u64::MAX), OpeningError::TooLong(u64::MAX));
    assert_eq!(refuse(&|o| o.output.clear()), OpeningError::Shape);
    assert_eq!(refuse(&|o| o.uncles.truncate(3)), OpeningError::Shape);

    let bytes = good.encode();
    assert_eq!(Opening::decode(&bytes), Ok(good.clone()));
    for len in 0..bytes.len() {
        assert_eq!(Opening::decode(&bytes[..len]), Err(DecodeError::Length));
    }
    assert_eq!(Opening::decode(&[&bytes[..], &[0]].concat()), Err(DecodeError::Length));
    assert_eq!(Opening::decode(&[0xff; 100]), Err(DecodeError::Length));
}

/// Costs that make every table matter.
fn costs(seed: u32) -> Costs {
    let mut random = Random(seed.into());
    let mut cost = || TableCost { width: 1 + random.below(200), interactions: random.below(30) };
    Costs {
        tables: PerTable(core::array::from_fn(|_| cost())),
        fixed_cells: 1000,
        fixed_interactions: 500,
        heights: Heights::PowersOfTwo { min_log: 4 },
    }
}

/// Shards cut by area stay within their budget, whatever the costs; predicted rows are generated rows.
#[test]
fn area_stays_within_the_budget() {
    let hasher = Hasher::new();
    let mut random = Random(4);
    let data = random::data(&mut random);
    let code = [random::program(&mut random, 2000, 3), testing::exit(0)].concat();
    let program = Program::from_elf(&hasher, &testing::elf(&code, &data, 4096)).unwrap();
    let mut counts = Vec::new();
    for seed in 0..4 {
        let costs = costs(seed);
        for cells in [180_000, 300_000, 500_000, 1 << 24] {
            let cutter = Cutter::new(&hasher, &program, &[], Limits::cells(cells, costs)).unwrap();
            let shards = cutter.collect::<Result<Vec<_>, _>>().unwrap();
            for Shard { package, rows } in &shards {
                assert_eq!(*rows, Rows::of(&replay(&hasher, package).unwrap()));
                assert!(costs.cells(rows) <= cells);
                assert!(costs.interactions(rows) > 500);
            }
            counts.push(shards.len());
        }
        let mut cutter = Cutter::new(&hasher, &program, &[], Limits::cells(9000, costs)).unwrap();
        assert_eq!(cutter.next_shard().unwrap_err(), CutError::Budget(9000));
    }
    assert!(counts.chunks(4).all(|counts| counts.is_sorted_by(|a, b| a >= b) && counts[3] == 1), "{counts:?}");
    assert!(counts.iter().any(|&count| count > 5), "{counts:?}");
}

/// A modular call touches up to ten leaves; whatever is left of the budget, it is not passed.
#[test]
fn modular_calls_stay_within_the_budget() {
    let hasher = Hasher::new();
    let calls = (0..40).flat_map(|call| {
        // Every number lies across the end of a leaf.
        let pointers = (10..15).flat_map(move |register| {
            testing::li(register, testing::DATA_BASE + 48 + 640 * call + 128 * u64::from(register - 10))
        });
        pointers.chain(testing::li(17, 0x1004)).chain([testing::ECALL])
    });
    let code = [calls.collect(), testing::exit(0)].concat();
    let program = testing::program(&hasher, &code);
    let mut costs = Costs { heights: Heights::PowersOfTwo { min_log: 5 }, ..Costs::default() };
    costs.tables[Table::Leaf].width = 100;
    costs.tables[Table::Node].width = 50;
    costs.tables[Table::Poseidon2].width = 200;
    costs.tables[Table::Modular256].width = 300;
    let mut counts = Vec::new();
    for cells in [300_000, 400_000, 600_000, 1 << 24] {
        let limits = Limits::cells(cells, costs);
        let shards = Cutter::new(&hasher, &program, &[], limits).unwrap().collect::<Result<Vec<_>, _>>().unwrap();
        for Shard { package, rows } in &shards {
            assert_eq!(*rows, Rows::of(&replay(&hasher, package).unwrap()));
            assert!(costs.cells(rows) <= cells, "{} of {cells}", costs.cells(rows));
        }
        assert_eq!(shards.iter().map(|shard| shard.rows[Table::Modular256]).sum::<u32>(), 40);
        counts.push(shards.len());
    }
    assert!(counts.is_sorted_by(|a, b| a >= b) && counts[0] > 2 && counts[3] == 1, "{counts:?}");
}

/// A call of keccak-f takes its rows from the budget only where there is one, and waits for the next shard otherwise.
#[test]
fn keccak_calls_stay_within_the_budget() {
    let hasher = Hasher::new();
    let call = [testing::li(10, testing::DATA_BASE), testing::li(17, 0x1000), vec![testing::ECALL]].concat();
    let code = [call.repeat(20), testing::exit(0)].concat();
    let program = testing::program(&hasher, &code);
    let mut costs = Costs { heights: Heights::PowersOfTwo { min_log: 5 }, ..Costs::default() };
    costs.tables[Table::KeccakRound].width = 1000;
    let cut = |cells| -> Result<Vec<_>, CutError> {
        Cutter::new(&hasher, &program, &[], Limits::cells(cells, costs)).unwrap().collect()
    };
    // 32 rows hold one call, 64 two, 128 five.
    for (cells, calls) in [(32_000, 1), (64_000, 2), (100_000, 2), (128_000, 5)] {
        let shards = cut(cells).unwrap();
        for (at, Shard { package, rows }) in shards.iter().enumerate() {
            assert_eq!(*rows, Rows::of(&replay(&hasher, package).unwrap()));
            assert!(costs.cells(rows) <= cells);
            assert!(rows[Table::KeccakCall] == calls || at + 1 == shards.len());
        }
        assert_eq!(shards.len(), 20usize.div_ceil(calls as usize));
    }
    assert_eq!(cut(31_000).unwrap_err(), CutError::Budget(31_000));
}

/// Rows of compressions of SHA-256 are predicted, with a block that overlaps the state and leaves that only a call touches.
#[test]
fn compressions_replay() {
    let hasher = Hasher::new();
    let operands = [(0, 64), (0, 8), (24, 0), (4096 + 56, 8192 + 24)];
    let call = |(state, block)| {
        let pointers = [(10, state), (11, block)].map(|(register, at)| testing::li(register, testing::DATA_BASE + at));
        [pointers.concat(), testing::li(17, 0x1003), vec![testing::ECALL]].concat()
    };
    let code = [operands.map(call).concat(), testing::exit(0)].concat();
    let program = testing::program(&hasher, &code);
    for steps in [1, 5, 1 << 10] {
        let mut calls = 0;
        for shard in Cutter::new(&hasher, &program, &[], Limits::steps(steps)).unwrap() {
            let Shard { package, rows } = shard.unwrap();
            assert_eq!(rows, Rows::of(&replay(&hasher, &package).unwrap()));
            assert_eq!(16 * rows[Table::Sha256Call], rows[Table::Sha256Round]);
            calls += rows[Table::Sha256Call];
        }
        assert_eq!(calls, 4);
    }
}

/// The trace is a closed book: accesses of a word form one chain from its initial to its last value.
#[test]
fn accesses_form_one_chain_per_word() {
    let hasher = Hasher::new();
    let program = testing::program(&hasher, &testing::torture());
    for shard in Cutter::new(&hasher, &program, &[], Limits::steps(150)).unwrap().take(3) {
        let trace = replay(&hasher, &shard.unwrap().package).unwrap();
        let mut accesses = Vec::new();
        for step in trace.steps.iter().flatten() {
            let instruction = step.instruction;
            let op = instruction.op;
            if op.reads_rs1() {
                accesses.push((step.ts, step.rs1));
            }
            if op.reads_rs2(instruction.is_imm) {
                accesses.push((step.ts + 1, step.rs2));
            }
            for access in step.memory.iter().filter(|access| **access != Default::default()) {
                assert!(access.word < 1 << 29);
                accesses.push((step.ts + 2, *access));
            }
            if op.writes_rd() {
                accesses.push((step.ts + 3, step.rd));
            }
        }
        accesses.sort_by_key(|access| access.0);
        let mut words = std::collections::BTreeMap::new();
        for leaf in &trace.leaves {
            for slot in 0..8 {
                words.insert(8 * leaf.index + slot as u32, (0, leaf.initial[slot]));
            }
        }
        for (ts, access) in accesses {
            assert!(access.prev_ts < ts);
            assert_eq!(words.insert(access.word, (ts, access.next)), Some((access.prev_ts, access.prev)));
        }
        for leaf in &trace.leaves {
            for slot in 0..8 {
                let expected = (leaf.last_ts[slot], leaf.last[slot]);
                assert_eq!(words[&(8 * leaf.index + slot as u32)], expected);
            }
        }
        assert!(trace.steps[..Family::Ecall as usize].iter().all(|steps| !steps.is_empty()));
        let uses: u32 = trace.decodes.iter().map(|decode| decode.uses).sum();
        assert_eq!(uses as usize, trace.steps.iter().map(Vec::len).sum::<usize>());
    }
}

fn packages() -> (Hasher, Vec<Package>) {
    let hasher = Hasher::new();
    let program = testing::program(&hasher, &testing::torture());
    let packages =
        Cutter::new(&hasher, &program, &[], Limits::steps(200)).unwrap().map(|shard| shard.unwrap().package).collect();
    (hasher, packages)
}

/// Every part of a package is checked against its statement.
#[test]
fn a_changed_package_is_refused() {
    let (hasher, packages) = packages();
    let good = &packages[1];
    assert!(replay(&hasher, good).is_ok());
    let refuse = |change: &dyn Fn(&mut Package)| {
        let mut package = good.clone();
        change(&mut package);
        replay(&hasher, &package).map(|_| ()).unwrap_err()
    };
    use BadPackage::*;
    assert_eq!(refuse(&|p| p.leaves[0].1[3] ^= 1), RootIn);
    assert_eq!(refuse(&|p| p.leaves.swap(0, 1)), Order);
    assert_eq!(refuse(&|p| p.leaves.last_mut().unwrap().0 = 1 << 27), Order);
    assert_eq!(refuse(&|p| p.leaves.truncate(0)), Siblings);
    assert!(matches!(refuse(&|p| p.leaves = p.leaves.split_off(1)), RootIn | Siblings));
    assert_eq!(refuse(&|p| p.uncles[5] = p.uncles[6]), RootIn);
    assert_eq!(refuse(&|p| p.uncles.truncate(p.uncles.len() - 1)), Siblings);
    assert_eq!(refuse(&|p| p.uncles.push(p.uncles[0])), Siblings);
    assert_eq!(refuse(&|p| p.code_leaves[0].1[0] ^= 1 << 20), ProgramRoot);
    assert_eq!(refuse(&|p| p.code_uncles.swap(0, 1)), ProgramRoot);
    assert_eq!(refuse(&|p| p.steps += 1), End);
    assert_eq!(refuse(&|p| p.steps -= 1), End);
    assert_eq!(refuse(&|p| p.steps = 0), Steps);
    assert_eq!(refuse(&|p| p.steps = u32::MAX), Steps);
    assert_eq!(refuse(&|p| p.statement.ts_end += 4), End);
    assert_eq!(refuse(&|p| p.statement.pc_out += 4), End);
    assert_eq!(refuse(&|p| p.statement.root_out = p.statement.root_in), RootOut);
    assert_eq!(refuse(&|p| p.statement.root_in = p.statement.root_out), RootIn);
    assert!(matches!(refuse(&|p| p.statement.pc_in += 1), Fault(_)));
    assert!(matches!(refuse(&|p| p.statement.pc_in = 0x1000), Code(_)));
}

/// Bytes survive the way there and back; whatever else happens to them is a typed error.
#[test]
fn bytes_are_exact() {
    let (hasher, packages) = packages();
    let bytes = packages[1].encode();
    assert!(bytes.len() < packages[1].size());
    assert_eq!(Package::decode(&bytes).as_ref(), Ok(&packages[1]));
    for len in 0..bytes.len() {
        assert_eq!(Package::decode(&bytes[..len]), Err(DecodeError::Length));
    }
    let trailing = [&bytes[..], &[0]].concat();
    assert_eq!(Package::decode(&trailing), Err(DecodeError::Length));
    let change = |at: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = value;
        Package::decode(&bytes)
    };
    assert_eq!(change(0, 0), Err(DecodeError::Magic));
    assert_eq!(change(8, 1), Err(DecodeError::Version(1)));
    // The top byte of the program root's first element: 2^31 and more is not canonical.
    assert_eq!(change(15, 0xff), Err(DecodeError::Digest));
    // No byte is free: changing any one is refused, here or by replay.
    let mut random = Random(1);
    for (at, byte) in bytes.iter().enumerate() {
        let flip = 1 + random.below(255) as u8;
        if let Ok(package) = change(at, byte ^ flip) {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            assert_eq!(package.encode(), changed, "byte {at}");
            assert!(replay(&hasher, &package).is_err(), "byte {at}");
        }
    }
}
