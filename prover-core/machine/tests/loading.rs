//! ELF files, good and bad, and the initial state.

use hearth_machine::elf::{Elf, ElfError, Segment};
use hearth_machine::frontier::Kind;
use hearth_machine::hash::Hasher;
use hearth_machine::layout::{INPUT_BASE, LEAF_BYTES};
use hearth_machine::program::{Program, input_digest};
use hearth_machine::testing::{self, CODE_BASE, DATA_BASE, addi, exit};
use hearth_machine::tree::Tree;

fn file() -> Vec<u8> {
    testing::elf(&exit(1), &[1, 2, 3], 100)
}

#[test]
fn a_good_file() {
    let elf = Elf::parse(&file()).unwrap();
    assert_eq!(elf.entry, CODE_BASE as u32);
    assert_eq!(elf.code_base, CODE_BASE as u32);
    assert_eq!(elf.code, exit(1));
    let code = exit(1).iter().flat_map(|word| word.to_le_bytes()).collect();
    let segment = |address: u64, bytes| Segment { address: address as u32, bytes };
    let expected = [segment(CODE_BASE, code), segment(DATA_BASE, vec![1, 2, 3])];
    assert_eq!(elf.segments, expected);
}

#[test]
fn bad_files() {
    // Offsets of the file header, and of the two program headers behind it.
    const CODE: usize = 64;
    const DATA: usize = 64 + 56;
    let with = |at: usize, bytes: &[u8]| {
        let mut file = file();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        Elf::parse(&file).unwrap_err()
    };
    let number = |at: usize, value: u64| with(at, &value.to_le_bytes());
    assert_eq!(with(0, b"no"), ElfError::NotElf);
    assert_eq!(with(4, &[1]), ElfError::NotElf);
    assert_eq!(with(5, &[2]), ElfError::NotElf);
    assert_eq!(with(18, &[62]), ElfError::Machine);
    assert_eq!(with(16, &[3]), ElfError::NotStatic);
    assert_eq!(with(48, &[1]), ElfError::Compressed);
    assert_eq!(with(54, &[57]), ElfError::Headers);
    assert_eq!(with(56, &[65]), ElfError::Headers);
    assert_eq!(number(32, u64::MAX), ElfError::Truncated);
    assert_eq!(with(DATA, &[3]), ElfError::NotStatic);
    assert_eq!(with(DATA, &[2]), ElfError::NotStatic);
    // Offset, address, size in the file, size in memory.
    assert_eq!(number(DATA + 8, u64::MAX), ElfError::Truncated);
    assert_eq!(number(DATA + 32, 1 << 40), ElfError::Truncated);
    assert_eq!(number(DATA + 16, u64::MAX), ElfError::Segment(u64::MAX));
    assert_eq!(number(DATA + 16, (1 << 30) - 50), ElfError::Segment((1 << 30) - 50));
    assert_eq!(number(DATA + 40, 2), ElfError::Segment(DATA_BASE));
    assert_eq!(number(DATA + 16, CODE_BASE + 8), ElfError::Segment(CODE_BASE + 8));
    assert_eq!(number(CODE + 40, DATA_BASE), ElfError::Segment(DATA_BASE));
    // Both segments from the same bytes of the file.
    let mut shared = file();
    let len = shared.len() as u64;
    for (field, value) in [(8, 0), (32, len), (40, len)] {
        shared[DATA + field..DATA + field + 8].copy_from_slice(&value.to_le_bytes());
    }
    assert_eq!(Elf::parse(&shared).unwrap_err(), ElfError::Segment(DATA_BASE));
    // Code at the end of program space, at an odd place, or spread too far.
    let far = (1 << 30) - 64;
    assert_eq!(with(CODE + 4, &[4]), ElfError::Entry(CODE_BASE));
    assert_eq!(number(24, CODE_BASE + 2), ElfError::Entry(CODE_BASE + 2));
    assert_eq!(number(24, CODE_BASE + 12), ElfError::Entry(CODE_BASE + 12));
    assert_eq!(number(24, u64::MAX), ElfError::Entry(u64::MAX));
    let at_far = |address: u64| {
        let mut file = file();
        file[24..32].copy_from_slice(&address.to_le_bytes());
        file[CODE + 16..CODE + 24].copy_from_slice(&address.to_le_bytes());
        Elf::parse(&file).map(|elf| elf.entry)
    };
    assert_eq!(at_far(far), Err(ElfError::Code(far)));
    assert_eq!(at_far(far - 12), Ok(far as u32 - 12));
    let mut both = file();
    both[DATA + 4] = 5;
    both[DATA + 16..DATA + 24].copy_from_slice(&(1u64 << 27).to_le_bytes());
    assert_eq!(Elf::parse(&both).unwrap_err(), ElfError::Code(1 << 27));
}

#[test]
fn truncations_and_flips_are_typed() {
    let file = file();
    for len in 0..file.len() {
        assert!(matches!(Elf::parse(&file[..len]), Err(ElfError::Truncated)));
    }
    let mut seed = 5u64;
    for _ in 0..20_000 {
        let mut file = file.clone();
        for _ in 0..3 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(9);
            file[(seed >> 33) as usize % 176] = (seed >> 25) as u8;
        }
        let _ = Elf::parse(&file);
    }
}

/// The verifier's root, from digests, is the prover's, from leaves.
#[test]
fn initial_root_from_both_sides() {
    let hasher = Hasher::new();
    let program = Program::from_elf(&hasher, &file()).unwrap();
    for input in [vec![], vec![7], vec![9; 200], (0..=255).cycle().take(70_000).collect()] {
        let tree = program.initial_tree(&hasher, &input).unwrap();
        let digest = input_digest(&hasher, &input).unwrap();
        assert_eq!(program.key().initial_root(&hasher, &digest), tree.root());
        // And it is the tree over the memory that the run starts with.
        let memory = program.initial_memory(&input).unwrap();
        let mut leaves: Vec<_> = [CODE_BASE, DATA_BASE].map(|address| (address / LEAF_BYTES) as u32).into();
        let input_leaves = (input.len() as u64 + 8).div_ceil(LEAF_BYTES) as usize;
        leaves.extend(((INPUT_BASE / LEAF_BYTES) as u32..).take(input_leaves));
        let leaves: Vec<_> = (leaves.into_iter()).map(|index| (index, memory.leaf(index))).collect();
        let mut again = Tree::new(&hasher, Kind::Memory);
        again.update_memory(&hasher, &leaves);
        assert_eq!(again.root(), tree.root());
        assert_eq!(memory.read((INPUT_BASE / 8) as u32), input.len() as u64);
        assert_eq!(memory.read_bytes(INPUT_BASE + 8, input.len()), input);
    }
}

/// Every byte of a program is in its key.
#[test]
fn keys_differ() {
    let hasher = Hasher::new();
    let key = |code: &[u32], data: &[u8]| *Program::from_elf(&hasher, &testing::elf(code, data, 0)).unwrap().key();
    let one = key(&exit(1), &[1]);
    let other_code = key(&exit(2), &[1]);
    assert_ne!(one.code_root, other_code.code_root);
    assert_ne!(one.data_digest, other_code.data_digest);
    let other_data = key(&exit(1), &[2]);
    assert_eq!(one.code_root, other_data.code_root);
    assert_ne!(one.data_digest, other_data.data_digest);
    assert_ne!(one.code_root, key(&[exit(1), vec![addi(0, 0, 0)]].concat(), &[1]).code_root);
}
