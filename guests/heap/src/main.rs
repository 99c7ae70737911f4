//! Exercises the allocator and the atomics: sixteen byte strings that grow, shrink, are cleared, copied and replaced.
//!
//! Input: a number of rounds and a seed, two little-endian u64. Each round takes one random number, which chooses the
//! strings and what happens to them; `guests/vectors.py` has the same rounds in Python. Output: a hash of all strings
//! and the sum of the atomic counters, two little-endian u64.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::{sync::Arc, vec, vec::Vec};
use core::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::SeqCst};
use hearth_guest::{entry, read_input, write_output};

entry!(main);

const STRINGS: usize = 16;

#[derive(Default)]
struct Counters {
    rounds: AtomicU8,
    bytes: AtomicU16,
    mixed: AtomicU32,
    largest: AtomicU64,
}

fn main() {
    let (rounds, seed) = read_input().split_at(8);
    let rounds = u64::from_le_bytes(rounds.try_into().unwrap());
    let mut state = u64::from_le_bytes(seed.try_into().unwrap());
    let counters = Arc::new(Counters::default());
    let mut strings: Vec<Arc<Vec<u8>>> = (0..STRINGS).map(|_| Arc::new(Vec::new())).collect();
    for _ in 0..rounds {
        round(&mut strings, &Arc::clone(&counters), splitmix64(&mut state));
    }
    let hash = strings
        .iter()
        .fold(0, |hash, string| string.iter().fold(fold(hash, string.len() as u64), |h, b| fold(h, u64::from(*b))));
    assert!(Arc::strong_count(&counters) == 1);
    let total = u64::from(counters.rounds.load(SeqCst))
        + u64::from(counters.bytes.load(SeqCst))
        + u64::from(counters.mixed.load(SeqCst))
        + (counters.largest.load(SeqCst) >> 8);
    write_output(&hash.to_le_bytes());
    write_output(&total.to_le_bytes());
}

fn round(strings: &mut [Arc<Vec<u8>>], counters: &Counters, x: u64) {
    let (which, other) = ((x & 15) as usize, (x >> 4 & 15) as usize);
    let length = (x >> 8 & 255) as usize;
    match x >> 16 & 7 {
        // Memory that was in use before must be zero again.
        0 | 1 => strings[which] = Arc::new(vec![0; length]),
        2 | 3 => Arc::make_mut(&mut strings[which]).extend((0..length).map(|i| (x >> 24) as u8 ^ i as u8)),
        4 => {
            let string = Arc::make_mut(&mut strings[which]);
            string.truncate(length);
            string.shrink_to_fit();
        }
        // The two share one string until either is changed.
        5 => strings[which] = Arc::clone(&strings[other]),
        6 => {
            strings[which] =
                Arc::new([&strings[other][..], &strings[which][..length.min(strings[which].len())]].concat())
        }
        _ => Arc::make_mut(&mut strings[which]).fill((x >> 32) as u8),
    }
    // Nothing may grow without bound.
    if strings[which].len() > 2000 {
        Arc::make_mut(&mut strings[which]).truncate(length);
    }
    counters.rounds.fetch_add(1, SeqCst);
    counters.bytes.fetch_sub(length as u16, SeqCst);
    counters.mixed.fetch_xor((x >> 32) as u32, SeqCst);
    counters.mixed.fetch_or(length as u32, SeqCst);
    counters.mixed.fetch_and(!(1 << (x >> 59)), SeqCst);
    counters.largest.fetch_max(x, SeqCst);
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
