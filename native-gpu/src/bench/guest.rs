//! The fixed set of guests with their inputs.

/// A guest of the set, as committed in `guests/elf`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Guest {
    /// Additions in a loop of five instructions.
    Fibonacci,
    /// Keccak-256 in software.
    Keccak,
    /// Moves, fills, comparisons and misaligned accesses.
    Memory,
    /// Sorting of random numbers.
    Sort,
}

impl Guest {
    /// The whole set.
    pub const ALL: [Self; 4] = [Self::Fibonacci, Self::Keccak, Self::Memory, Self::Sort];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fibonacci => "fibonacci",
            Self::Keccak => "keccak",
            Self::Memory => "memory",
            Self::Sort => "sort",
        }
    }

    /// Its ELF file.
    pub const fn elf(self) -> &'static [u8] {
        match self {
            Self::Fibonacci => include_bytes!("../../../guests/elf/fibonacci.elf"),
            Self::Keccak => include_bytes!("../../../guests/elf/keccak.elf"),
            Self::Memory => include_bytes!("../../../guests/elf/memory.elf"),
            Self::Sort => include_bytes!("../../../guests/elf/sort.elf"),
        }
    }

    /// Its input: a run of 1.0 to 1.5 million steps, or a hundredth of its work if `short`.
    pub fn input(self, short: bool) -> Vec<u8> {
        const SEED: [u8; 8] = 1u64.to_le_bytes();
        let (work, rest): (u64, &[u8]) = match self {
            Self::Fibonacci => (300_000, &[]),
            // Hashes after the first, and the message.
            Self::Keccak => (180, b"hearth"),
            Self::Memory => (3_000, &SEED),
            Self::Sort => (7_000, &SEED),
        };
        let work = if short { work.div_ceil(100) } else { work };
        [&work.to_le_bytes(), rest].concat()
    }
}
