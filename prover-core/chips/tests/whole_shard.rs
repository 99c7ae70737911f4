//! Whole shards of real guests against the checker: every row's constraints hold, every look-up is in its table, every
//! bus balances over all tables, and the cutter's prediction of rows is exact.

use hearth_chips::tables::Tables;
use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_machine::replay::replay;
use hearth_machine::rows::{Costs, Rows};
use hearth_machine::testing;
use hearth_machine::testing::random::{self, Random};

fn check(guest: &str, input: &[u8], steps: u32, stride: usize) {
    let path = format!("{}/../../guests/elf/{guest}.elf", env!("CARGO_MANIFEST_DIR"));
    let elf = std::fs::read(path).expect("the guest's ELF file is committed");
    check_elf(guest, &elf, input, steps, stride);
}

/// Runs the guest in shards of `steps` steps and checks every `stride`-th shard and the last.
fn check_elf(guest: &str, elf: &[u8], input: &[u8], steps: u32, stride: usize) {
    let hasher = Hasher::new();
    let program = Program::from_elf(&hasher, elf).expect("a valid guest");
    let limits = Limits { steps, ..Limits::cells(u64::MAX, Costs::default()) };
    let mut cutter = Cutter::new(&hasher, &program, input, limits).expect("a short input");
    let mut index = 0;
    while let Some(shard) = cutter.next_shard().expect("the guest does not fault") {
        let is_last = cutter.outcome().is_some();
        if index % stride == 0 || is_last {
            let trace = replay(&hasher, &shard.package).expect("the package replays");
            assert_eq!(Rows::of(&trace), shard.rows, "{guest}, shard {index}: predicted rows");
            let tables = Tables::generate(&trace, 4).expect("an honest trace");
            let (reports, net) = tables.check();
            for (table, report) in reports {
                let first = (report.violations.first(), report.bad_lookups.first());
                assert!(report.is_honest(), "{guest}, shard {index}, {}: {first:?}", table.name());
            }
            assert!(net.is_empty(), "{guest}, shard {index}: {:?}", net.first_key_value());
        }
        index += 1;
    }
}

fn input(words: &[u64], bytes: &[u8]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).chain(bytes.iter().copied()).collect()
}

#[test]
fn hello() {
    check("hello", b"Hearth", 1 << 10, 1);
}

#[test]
fn fibonacci() {
    check("fibonacci", &input(&[5000], &[]), 1 << 12, 4);
}

#[test]
fn sort() {
    check("sort", &input(&[1000, 3], &[]), 1 << 12, 10);
}

#[test]
fn memory() {
    check("memory", &input(&[100, 3], &[]), 1 << 12, 10);
}

#[test]
fn keccak() {
    check("keccak", &input(&[4], b"message"), 1 << 12, 4);
}

#[test]
fn keccak_call() {
    check("keccak-call", &input(&[4], b"message"), 1 << 9, 1);
}

#[test]
fn sha256() {
    check("sha256", &input(&[4], b"message"), 1 << 12, 4);
}

/// Every instruction with every kind of operand and alias, as the differential test against qemu generates them.
#[test]
fn random_programs() {
    for seed in 0..4 {
        let mut random = Random(seed);
        let data = random::data(&mut random);
        let code = [random::program(&mut random, 2000, 2), testing::exit(0)].concat();
        let elf = testing::elf(&code, &data, 2 * random::DUMP_BYTES);
        check_elf(&format!("random program {seed}"), &elf, &[], 1 << 11, 1);
    }
}

#[test]
fn torture() {
    check_elf("torture", &testing::elf(&testing::torture(), &[], 1 << 16), b"some input", 1 << 10, 1);
}

/// Both point operations; then one on points that overlap, q on the second half of p and beyond, and the other way round.
#[test]
fn point_operations() {
    let generator: [u64; 8] = [
        0x59f2_815b_16f8_1798,
        0x029b_fcdb_2dce_28d9,
        0x55a0_6295_ce87_0b07,
        0x79be_667e_f9dc_bbac,
        0x9c47_d08f_fb10_d4b8,
        0xfd17_b448_a685_5419,
        0x5da4_fbfc_0e11_08a8,
        0x483a_da77_26a3_c465,
    ];
    let data: Vec<u8> = generator.iter().chain(&generator).chain(&[7; 8]).flat_map(|word| word.to_le_bytes()).collect();
    let calls = [(0x1002, 0, 0), (0x1001, 0, 64), (0x1002, 64, 0), (0x1001, 0, 32), (0x1001, 40, 8), (0x1001, 64, 0)];
    let mut code = Vec::new();
    for (number, p, q) in calls {
        code.extend(testing::li(10, testing::DATA_BASE + p));
        code.extend(testing::li(11, testing::DATA_BASE + q));
        code.extend(testing::li(17, number));
        code.push(0x73);
    }
    code.extend(testing::exit(0));
    for steps in [1 << 10, 5] {
        check_elf("point operations", &testing::elf(&code, &data, 64), &[], steps, 1);
    }
}

#[test]
fn sha256_call() {
    check("sha256-call", &input(&[4], &[7; 100]), 1 << 9, 1);
}

/// Compressions whose block lies beside, over and under the state.
#[test]
fn compressions() {
    let data: Vec<u8> = (0..=255).collect();
    let mut code = Vec::new();
    for (state, block) in [(0, 64), (0, 0), (24, 0), (56, 80)] {
        code.extend(testing::li(10, testing::DATA_BASE + state));
        code.extend(testing::li(11, testing::DATA_BASE + block));
        code.extend(testing::li(17, 0x1003));
        code.push(0x73);
    }
    code.extend(testing::exit(0));
    for steps in [1 << 10, 5] {
        check_elf("compressions", &testing::elf(&code, &data, 64), &[], steps, 1);
    }
}

/// Modular calls of both widths: numbers apart, all the same, each pair of them overlapping, and with the modulus 0.
#[test]
fn modular_calls() {
    let data: Vec<u8> = (0..512u32).map(|i| (i * i + 7 * i + 1) as u8).collect();
    let apart = [256, 0, 64, 128, 192];
    let mut layouts = vec![apart, [0; 5], [0, 0, 0, 64, 192], [64, 0, 64, 64, 192], [192, 0, 64, 128, 192]];
    // From 1024 on there are zeros.
    layouts.push([256, 0, 64, 128, 1024]);
    for i in 0..5 {
        for j in 0..i {
            let mut layout = apart;
            layout[i] = layout[j] + 8;
            layouts.push(layout);
        }
    }
    let mut code = Vec::new();
    for (at, layout) in layouts.iter().enumerate() {
        for (register, offset) in (10..).zip(layout) {
            code.extend(testing::li(register, testing::DATA_BASE + offset));
        }
        // The first factor is small, so that every quotient fits.
        code.extend(testing::li(5, 3 + at as u64));
        let clear = (0..6).map(|word| testing::s_type(3, 11, if word == 0 { 5 } else { 0 }, 8 * word));
        code.extend(clear);
        let modulus = (0..6).map(|word| testing::s_type(3, 14, 14, 8 * word));
        code.extend(modulus.take(if layout[4] < 1024 { 6 } else { 0 }));
        for call in [0x1004, 0x1005] {
            code.extend(testing::li(17, call));
            code.push(0x73);
        }
    }
    code.extend(testing::exit(0));
    for steps in [1 << 11, 40] {
        check_elf("modular calls", &testing::elf(&code, &data, 2048), &[], steps, 1);
    }
}

/// The first vector of a guest.
fn vector(guest: &str) -> Vec<u8> {
    let path = format!("{}/../../guests/vectors.json", env!("CARGO_MANIFEST_DIR"));
    let vectors = std::fs::read_to_string(path).expect("the vectors are committed");
    let head = format!(r#""guest": "{guest}", "input": ""#);
    let (_, after) = vectors.split_once(&head).expect("a vector of the guest");
    let (hex, _) = after.split_once('"').expect("its input");
    let digits = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("hex"));
    digits.map(|pair| u8::from_str_radix(pair, 16).expect("hex")).collect()
}

/// One recovery of a key.
#[test]
fn ecrecover() {
    check("ecrecover", &vector("ecrecover"), 1 << 13, 1);
}

#[test]
fn modular() {
    check("modular", &vector("modular"), 1 << 9, 1);
}
