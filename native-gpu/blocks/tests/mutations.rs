//! Mutated inputs of real blocks: the validator never panics, and calls valid only what names the same block.
//!
//! Reads the small valid blocks of the folder that HEARTH_BLOCKS names. HEARTH_MUTATIONS sets how many inputs are tried
//! in all (10,000 if unset).

use hearth_blocks::{BlockFile, Output, import_file, validate};
use std::path::PathBuf;

/// Inputs up to this size are used, so that ten thousand runs take seconds.
const SMALL: usize = 100_000;

struct Random(u64);

impl Random {
    /// A number below `n`, zero if `n` is.
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize).checked_rem(n).unwrap_or(0)
    }
}

/// Places of 4-byte offsets: those of the outer containers, and of the lists found behind them.
fn offset_places(input: &[u8]) -> Vec<usize> {
    let body = 2;
    let offset = |at: usize| -> usize {
        input.get(at..at + 4).map_or(0, |b| u32::from_le_bytes(b.try_into().expect("4 bytes")) as usize)
    };
    let (request, witness) = (body + offset(body), body + offset(body + 4));
    let payload = request + offset(request);
    let mut places = vec![body, body + 4, body + 16, request, request + 4, request + 40];
    places.extend([payload + 436, payload + 504, payload + 508]);
    for list in [witness, witness + 4, witness + 8].map(|at| (at, witness + offset(at))) {
        places.push(list.0);
        places.extend((0..offset(list.1) / 4).map(|i| list.1 + 4 * i));
    }
    places
}

fn mutate(input: &mut Vec<u8>, places: &[usize], random: &mut Random) {
    let len = input.len();
    match random.below(8) {
        0 | 1 => input[random.below(len)] ^= 1 << random.below(8),
        2 => input[random.below(len)] = [0, 1, 0x7f, 0x80, 0xa0, 0xc0, 0xf8, 0xff][random.below(8)],
        3 => {
            let at = random.below(700.min(len));
            input[at] = random.below(256) as u8;
        }
        4 => {
            let at = places[random.below(places.len())];
            if let Some(bytes) = input.get_mut(at..at + 4) {
                let old = u32::from_le_bytes((&*bytes).try_into().expect("4 bytes"));
                let new = match random.below(4) {
                    0 => old.wrapping_add(1),
                    1 => old.wrapping_sub(4),
                    2 => random.below(len) as u32,
                    _ => u32::MAX,
                };
                bytes.copy_from_slice(&new.to_le_bytes());
            }
        }
        5 => input.truncate(random.below(len)),
        6 => {
            let at = random.below(len);
            let end = (at + random.below(64)).min(len);
            input.drain(at..end);
        }
        _ => {
            let (from, to, count) = (random.below(len), random.below(len), random.below(600));
            let end = (from + count).min(len);
            let room = end - from;
            if to + room <= len {
                input.copy_within(from..end, to);
            }
        }
    }
}

#[test]
fn mutated_inputs_are_never_valid_for_another_block() {
    let Some(folder) = std::env::var_os("HEARTH_BLOCKS").map(PathBuf::from) else {
        println!("skipped: HEARTH_BLOCKS names no folder of block files");
        return;
    };
    let total: usize = std::env::var("HEARTH_MUTATIONS").map_or(10_000, |n| n.parse().expect("a number"));
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("entry").path()).collect();
    paths.sort();
    let inputs: Vec<Vec<u8>> = paths
        .iter()
        .filter(|path| path.metadata().is_ok_and(|meta| meta.len() < SMALL as u64))
        .filter_map(|path| BlockFile::read(path).ok().filter(|file| file.valid == Some(true)))
        .filter_map(|file| Some(import_file(&file, true).ok()?.input))
        .filter(|input| input.len() < SMALL)
        .collect();
    assert!(!inputs.is_empty(), "no small valid block in the folder");
    let (mut random, mut valid, mut sentinels, mut tried) = (Random(1), 0, 0, 0);
    for input in &inputs {
        let (places, original) = (offset_places(input), validate(input));
        assert!(original.successful_validation);
        for _ in 0..total.div_ceil(inputs.len()) {
            let mut mutated = input.clone();
            for _ in 0..=random.below(3) {
                if !mutated.is_empty() {
                    mutate(&mut mutated, &places, &mut random);
                }
            }
            let output = validate(&mutated);
            tried += 1;
            sentinels += usize::from(output == Output::SENTINEL);
            if output.successful_validation {
                valid += 1;
                assert_eq!(output.new_payload_request_root, original.new_payload_request_root);
            }
        }
    }
    println!("{tried} mutations of {} blocks: {valid} valid for the same block, {sentinels} undecodable", inputs.len());
}
