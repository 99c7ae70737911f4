//! Stretches of a key, in nibbles.
//!
//! A path keeps its nibbles at the places that they have in the key, so that comparing with a key and moving a node up
//! or down shifts nothing.

use super::TrieError;
use alloc::vec::Vec;

/// Nibble `at < 64` of a key.
#[inline]
pub fn nibble(key: &[u8; 32], at: usize) -> usize {
    let byte = key[at / 2 % 32];
    usize::from(if at.is_multiple_of(2) { byte >> 4 } else { byte & 15 })
}

/// Nibbles `start..end` of some key; what `data` has outside this range means nothing.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    data: [u8; 32],
    start: u8,
    end: u8,
}

impl Path {
    /// Nibbles `start..end` of `key`, `start <= end <= 64`.
    pub fn of_key(key: &[u8; 32], start: usize, end: usize) -> Self {
        Self { data: *key, start: start as u8, end: end as u8 }
    }

    /// Reads a hex-prefix encoding that starts at nibble `depth`; tells whether it is that of a leaf.
    pub fn decode(encoded: &[u8], depth: usize) -> Result<(Self, bool), TrieError> {
        let (&flags, rest) = encoded.split_first().ok_or(TrieError::Malformed)?;
        let (is_leaf, is_odd) = (flags & 0x20 != 0, flags & 0x10 != 0);
        let end = depth + 2 * rest.len() + usize::from(is_odd);
        let fits = if is_leaf { end == 64 } else { end < 64 && end > depth };
        if flags & 0xc0 != 0 || !is_odd && flags & 0x0f != 0 || !fits {
            return Err(TrieError::Malformed);
        }
        let mut path = Self { data: [0; 32], start: depth as u8, end: end as u8 };
        if end.is_multiple_of(2) {
            // bytes of the encoding are bytes of the key
            let from = end / 2 - rest.len();
            path.data[from..end / 2].copy_from_slice(rest);
            if is_odd {
                path.set(depth, flags & 15);
            }
        } else {
            let nibbles = is_odd.then_some(flags & 15).into_iter().chain(rest.iter().flat_map(|b| [b >> 4, b & 15]));
            for (at, value) in (depth..end).zip(nibbles) {
                path.set(at, value);
            }
        }
        Ok((path, is_leaf))
    }

    /// First nibble.
    pub const fn start(&self) -> usize {
        self.start as usize
    }

    /// One past the last nibble.
    pub const fn end(&self) -> usize {
        self.end as usize
    }

    /// The nibble at place `at` of the key.
    pub fn nibble(&self, at: usize) -> usize {
        nibble(&self.data, at)
    }

    fn set(&mut self, at: usize, value: u8) {
        let byte = &mut self.data[at / 2 % 32];
        *byte = if at.is_multiple_of(2) { *byte & 0x0f | value << 4 } else { *byte & 0xf0 | value };
    }

    /// Where the path first differs from `key`, its end if nowhere.
    pub fn common(&self, key: &[u8; 32]) -> usize {
        let (mut at, end) = (self.start(), self.end());
        while at < end {
            if at.is_multiple_of(2) && at + 1 < end && self.data[at / 2] == key[at / 2] {
                at += 2;
            } else if self.nibble(at) == nibble(key, at) {
                at += 1;
            } else {
                break;
            }
        }
        at
    }

    /// Whether `key` goes along the whole path.
    pub fn leads_to(&self, key: &[u8; 32]) -> bool {
        self.common(key) == self.end()
    }

    /// Drops everything before place `start`.
    pub fn shorten(&mut self, start: usize) {
        self.start = start as u8;
    }

    /// Puts one nibble in front. At the very start there is no room: nothing happens.
    pub fn prepend(&mut self, value: usize) {
        if let Some(start) = self.start.checked_sub(1) {
            self.start = start;
            self.set(usize::from(start), value as u8);
        }
    }

    /// Appends the hex-prefix encoding.
    pub fn encode(&self, is_leaf: bool, out: &mut Vec<u8>) {
        let (mut at, end) = (self.start(), self.end());
        let mut flags = if is_leaf { 0x20 } else { 0 };
        if (end - at) % 2 == 1 {
            flags |= 0x10 | self.nibble(at) as u8;
            at += 1;
        }
        out.push(flags);
        if at.is_multiple_of(2) {
            out.extend_from_slice(&self.data[at / 2..end / 2]);
        } else {
            out.extend((at..end).step_by(2).map(|i| (self.nibble(i) << 4 | self.nibble(i + 1)) as u8));
        }
    }
}
