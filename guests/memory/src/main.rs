//! Exercises memory: moves, fills, comparisons and misaligned accesses of every width in a small buffer.
//!
//! Input: a number of rounds and a seed, two little-endian u64. Each round takes two random numbers, which choose what
//! is moved, filled, compared and read where; `guests/vectors.py` has the same rounds in Python. Output: a sum over
//! all that was read, and the buffer's own sum, two little-endian u64.
#![no_std]
#![no_main]

use core::arch::asm;
use hearth_guest::{entry, read_input, write_output};

entry!(main);

const SIZE: usize = 4096;

fn main() {
    let (rounds, seed) = read_input().split_at(8);
    let rounds = u64::from_le_bytes(rounds.try_into().unwrap());
    let mut state = u64::from_le_bytes(seed.try_into().unwrap());
    let mut buffer = [0u8; SIZE];
    for (i, byte) in buffer.iter_mut().enumerate() {
        *byte = (i * 31 + 7) as u8;
    }
    let mut sum = 0u64;
    for _ in 0..rounds {
        round(&mut buffer, &mut sum, splitmix64(&mut state), splitmix64(&mut state));
    }
    let end = buffer.iter().fold(0u64, |sum, byte| fold(sum, *byte as u64));
    write_output(&sum.to_le_bytes());
    write_output(&end.to_le_bytes());
}

fn round(buffer: &mut [u8; SIZE], sum: &mut u64, x: u64, y: u64) {
    // Twelve bits of x and y each: source, destination, place to fill; lengths of up to 255 bytes.
    let field = |value: u64, at: u32, bits: u32| (value >> at) as usize & ((1 << bits) - 1);
    let length = field(x, 24, 8);
    let (from, to) = (field(x, 0, 12) % (SIZE - 256), field(x, 12, 12) % (SIZE - 256));
    buffer.copy_within(from..from + length, to);

    let (at, length) = (field(x, 32, 12) % (SIZE - 256), field(x, 44, 6));
    buffer[at..at + length].fill((x >> 56) as u8);

    let (a, b) = (field(y, 0, 12) % (SIZE - 256), field(y, 12, 12) % (SIZE - 256));
    // Up to all 40 bytes that are compared are made equal first.
    buffer.copy_within(a..a + field(y, 48, 6) % 41, b);
    let order = buffer[a..a + 40].cmp(&buffer[b..b + 40]);
    *sum = fold(*sum, (order as i64 + 1) as u64);

    // Any address within the buffer, so seven of eight accesses are misaligned, and some cross leaves.
    let place = &mut buffer[field(y, 24, 12) % (SIZE - 256)..][..16];
    for value in read_all(place) {
        *sum = fold(*sum, value);
    }
    write_all(&mut buffer[field(y, 36, 12) % (SIZE - 256)..][..32], y);
}

/// The seven loads of the machine from the first byte of `place` on.
fn read_all(place: &[u8]) -> [u64; 7] {
    let place = place[..8].as_ptr();
    let mut out = [0u64; 7];
    macro_rules! load {
        ($i:literal, $op:literal) => {
            // SAFETY: eight bytes may be read at `place`, and the machine takes misaligned addresses.
            unsafe { asm!(concat!($op, " {0}, 0({1})"), out(reg) out[$i], in(reg) place, options(nostack, readonly)) }
        };
    }
    load!(0, "lb");
    load!(1, "lbu");
    load!(2, "lh");
    load!(3, "lhu");
    load!(4, "lw");
    load!(5, "lwu");
    load!(6, "ld");
    out
}

/// The four stores of the machine, at offsets 0, 2, 5 and 10 of `place`.
fn write_all(place: &mut [u8], value: u64) {
    let place = place[..18].as_mut_ptr();
    macro_rules! store {
        ($op:literal, $offset:literal) => {
            // SAFETY: eighteen bytes may be written at `place`, and the machine takes misaligned addresses.
            unsafe { asm!(concat!($op, " {0}, ", $offset, "({1})"), in(reg) value, in(reg) place, options(nostack)) }
        };
    }
    store!("sb", 0);
    store!("sh", 2);
    store!("sw", 5);
    store!("sd", 10);
}

/// One step of a polynomial hash.
fn fold(sum: u64, value: u64) -> u64 {
    (sum ^ value).wrapping_mul(0x0000_0100_0000_01b3)
}

/// The next number of Vigna's generator splitmix64.
fn splitmix64(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
