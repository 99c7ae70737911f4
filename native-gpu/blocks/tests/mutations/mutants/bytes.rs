//! Mutants that know the encoding at most.

use super::{Expected, Mutant, Seed, below};
use hearth_machine::testing::random::Random;

/// Bytes before the SSZ container.
const BODY: usize = 2;

fn offset(input: &[u8], at: usize) -> usize {
    input.get(at..at + 4).map_or(0, |bytes| u32::from_le_bytes(std::array::from_fn(|i| bytes[i])) as usize)
}

/// Places of offsets: those of the containers, and of the lists behind them.
fn offset_places(input: &[u8]) -> Vec<usize> {
    let (request, witness) = (BODY + offset(input, BODY), BODY + offset(input, BODY + 4));
    let payload = request + offset(input, request);
    let mut places = vec![BODY, BODY + 4, BODY + 16, request, request + 4, request + 40];
    places.extend([payload + 436, payload + 504, payload + 508]);
    let lists = [(payload, 504), (witness, 0), (witness, 4), (witness, 8)];
    for (container, at) in lists {
        let list = container + offset(input, container + at);
        places.push(container + at);
        places.extend((0..offset(input, list) / 4).map(|item| list + 4 * item));
    }
    places.retain(|place| place + 4 <= input.len());
    places
}

pub fn offsets(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut input = seed.input.clone();
    let places = offset_places(&input);
    for _ in 0..=random.below(2) {
        // Half of them are among the containers', which are few.
        let among = if random.below(2) == 0 { 9.min(places.len()) } else { places.len() };
        let at = places[below(random, among)];
        let old = offset(&input, at) as u32;
        let new = match random.below(6) {
            0 => old.wrapping_add(1),
            1 => old.wrapping_sub(1),
            2 => old.wrapping_sub(4),
            3 => random.below(input.len() as u32),
            4 => 0,
            _ => u32::MAX,
        };
        input[at..at + 4].copy_from_slice(&new.to_le_bytes());
    }
    (input != seed.input).then(|| Mutant { input, expected: Expected::NoOtherBlock, what: "offsets".into() })
}

/// One to four changes anywhere.
pub fn any(seed: &Seed, random: &mut Random) -> Option<Mutant> {
    let mut input = seed.input.clone();
    for _ in 0..=random.below(4) {
        change(&mut input, random);
    }
    (input != seed.input).then(|| Mutant { input, expected: Expected::NoOtherBlock, what: "bytes".into() })
}

fn change(input: &mut Vec<u8>, random: &mut Random) {
    let len = input.len();
    if len == 0 {
        return input.push(0x12);
    }
    let at = below(random, len);
    match random.below(8) {
        0 | 1 => input[at] ^= 1 << random.below(8),
        2 => input[at] = [0, 1, 0x7f, 0x80, 0xa0, 0xc0, 0xf8, 0xff][below(random, 8)],
        3 => input[at % 700.min(len)] = random.below(256) as u8,
        4 => input.truncate(at),
        5 => drop(input.drain(at..(at + below(random, 64)).min(len))),
        6 => {
            let more = below(random, 64);
            input.resize(len + more, random.below(256) as u8);
        }
        _ => {
            let to = below(random, len);
            let count = below(random, 600).min(len - at).min(len - to);
            input.copy_within(at..at + count, to);
        }
    }
}
