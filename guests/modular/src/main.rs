//! Modular arithmetic by records. One that begins with the byte 4 or 6 has four numbers of so many words, `a`, `b`, `c` and
//! `m`, and adds `a b + c` modulo `m` to the output; one that begins with 0 has three lengths of 2 bytes, then base, exponent
//! and modulus, most significant byte first, and adds the power. Words and lengths are little-endian.
#![no_std]
#![no_main]

extern crate alloc;

use hearth_guest::modular::{modexp, multiply_add};
use hearth_guest::{entry, read_input, write_output};

entry!(main);

fn main() {
    let mut input = read_input();
    while let Some((kind, rest)) = input.split_first() {
        input = match kind {
            0 => power(rest),
            4 => product::<4>(rest),
            6 => product::<6>(rest),
            _ => panic!("no such record"),
        };
    }
}

fn product<const W: usize>(input: &[u8]) -> &[u8] {
    let (numbers, rest) = input.split_at(4 * 8 * W);
    let mut operands = [[0; W]; 4];
    for (word, bytes) in operands.as_flattened_mut().iter_mut().zip(numbers.as_chunks().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    let [a, b, c, m] = &operands;
    for word in multiply_add(a, b, c, m) {
        write_output(&word.to_le_bytes());
    }
    rest
}

fn power(input: &[u8]) -> &[u8] {
    let (lengths, mut rest) = input.split_at(6);
    let mut take = |at: usize| {
        let (number, after) = rest.split_at(usize::from(u16::from_le_bytes([lengths[at], lengths[at + 1]])));
        rest = after;
        number
    };
    let [base, exponent, modulus] = [take(0), take(2), take(4)];
    let mut result = alloc::vec![0; modulus.len()];
    assert!(modexp(base, exponent, modulus, &mut result));
    write_output(&result);
    rest
}
