//! The parts of a package as few bytes: indexes as gaps, code by significance, siblings without zero subtrees.
//!
//! Each has one encoding; anything else is refused.

use alloc::vec::Vec;

use p3_field::{PrimeCharacteristicRing, PrimeField32};

use crate::frontier::{Frontier, Kind};
use crate::hash::{DIGEST, Digest, Felt, Hasher};
use crate::layout::LEAF_INSTRUCTIONS;
use crate::tree::zero_digests;
use crate::wire::{DecodeError, Reader};

/// Bits of a field element.
const FELT_BITS: u32 = 31;
/// Bytes of a packed digest: 279 bits.
const PACKED_DIGEST_BYTES: usize = (DIGEST * FELT_BITS as usize).div_ceil(8);
const CODE_LEAF_BYTES: usize = 4 * LEAF_INSTRUCTIONS;

/// Appends a number in groups of 7 bits, the least significant first; the top bit says that more follow.
fn write_varint(bytes: &mut Vec<u8>, mut number: u32) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_varint(reader: &mut Reader<'_>) -> Result<u32, DecodeError> {
    let mut number = 0;
    for shift in (0..32).step_by(7) {
        let [byte] = reader.take()?;
        let group = u32::from(byte & 0x7f);
        let is_whole = group << shift >> shift == group;
        // A last group of zero says nothing, but for zero itself.
        if !is_whole || (byte == 0 && shift != 0) {
            return Err(DecodeError::Index);
        }
        number |= group << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(DecodeError::Index)
}

/// Appends strictly ascending indexes, each as the number of those left out before it.
pub(crate) fn write_indexes(bytes: &mut Vec<u8>, indexes: impl Iterator<Item = u32>) {
    let mut next = 0;
    for index in indexes {
        write_varint(bytes, index.wrapping_sub(next));
        next = index.wrapping_add(1);
    }
}

/// Reads `len` indexes of leaves: at least one, strictly ascending, within the tree.
pub(crate) fn read_indexes(reader: &mut Reader<'_>, kind: Kind, len: u32) -> Result<Vec<u32>, DecodeError> {
    if len == 0 {
        return Err(DecodeError::Index);
    }
    reader.require(len, 1)?;
    let mut next = 0u32;
    let read = |_| {
        let index = next.checked_add(read_varint(reader)?).filter(|index| index >> kind.depth() == 0);
        let index = index.ok_or(DecodeError::Index)?;
        next = index + 1;
        Ok(index)
    };
    (0..len).map(read).collect()
}

/// Appends code leaves: the lowest byte of every instruction, then the second of every one, and so on. Bytes of one
/// significance are alike, which helps compression.
pub(crate) fn write_code(bytes: &mut Vec<u8>, leaves: &[(u32, [u32; LEAF_INSTRUCTIONS])]) {
    for shift in [0, 8, 16, 24] {
        bytes.extend(leaves.iter().flat_map(|leaf| leaf.1).map(|word| (word >> shift) as u8));
    }
}

/// Reads as many code leaves as there are indexes.
pub(crate) fn read_code(
    reader: &mut Reader<'_>,
    indexes: &[u32],
) -> Result<Vec<(u32, [u32; LEAF_INSTRUCTIONS])>, DecodeError> {
    let bytes = reader.slice(indexes.len().saturating_mul(CODE_LEAF_BYTES))?;
    let plane = bytes.len() / 4;
    let word = |at: usize| u32::from_le_bytes(core::array::from_fn(|byte| bytes[byte * plane + at]));
    let leaf = |(at, &index): (usize, &u32)| (index, core::array::from_fn(|slot| word(at * LEAF_INSTRUCTIONS + slot)));
    Ok(indexes.iter().enumerate().map(leaf).collect())
}

/// Appends siblings: one bit for each, set where it is no subtree of zeros, then the digests of these.
pub(crate) fn write_uncles(bytes: &mut Vec<u8>, hasher: &Hasher, kind: Kind, frontier: &Frontier, uncles: &[Digest]) {
    let zeros = zeros_beside(hasher, kind, frontier);
    let mut flags = alloc::vec![0u8; uncles.len().div_ceil(8)];
    let mut digests = Vec::new();
    for (at, (digest, zero)) in uncles.iter().zip(zeros).enumerate() {
        if *digest != zero {
            flags[at / 8] |= 1 << (at % 8);
            write_digest(&mut digests, digest);
        }
    }
    bytes.append(&mut flags);
    bytes.append(&mut digests);
}

/// Reads the siblings of a frontier.
pub(crate) fn read_uncles(
    reader: &mut Reader<'_>,
    hasher: &Hasher,
    kind: Kind,
    frontier: &Frontier,
) -> Result<Vec<Digest>, DecodeError> {
    let len = frontier.uncles();
    let flags = reader.slice(len.div_ceil(8))?;
    if !len.is_multiple_of(8) && flags.last().is_some_and(|last| last >> (len % 8) != 0) {
        return Err(DecodeError::Uncle);
    }
    let mut uncles = Vec::with_capacity(len);
    for (at, zero) in zeros_beside(hasher, kind, frontier).enumerate() {
        let is_zero = flags[at / 8] >> (at % 8) & 1 == 0;
        let digest = if is_zero { zero } else { read_digest(reader)? };
        if !is_zero && digest == zero {
            return Err(DecodeError::Uncle);
        }
        uncles.push(digest);
    }
    Ok(uncles)
}

/// The digest that each sibling has if it is a subtree of zeros.
fn zeros_beside(hasher: &Hasher, kind: Kind, frontier: &Frontier) -> impl Iterator<Item = Digest> {
    let levels = frontier.levels().iter().zip(zero_digests(hasher, kind));
    levels.flat_map(|(level, zero)| core::iter::repeat_n(zero, level.uncles.len()))
}

/// Appends the elements with [`FELT_BITS`] bits each, the first the least significant, and one bit 0.
fn write_digest(bytes: &mut Vec<u8>, digest: &Digest) {
    let (mut pending, mut bits) = (0u64, 0);
    for felt in digest {
        pending |= u64::from(felt.as_canonical_u32()) << bits;
        bits += FELT_BITS;
        while bits >= 8 {
            bytes.push(pending as u8);
            pending >>= 8;
            bits -= 8;
        }
    }
    bytes.push(pending as u8);
}

fn read_digest(reader: &mut Reader<'_>) -> Result<Digest, DecodeError> {
    let bytes: [u8; PACKED_DIGEST_BYTES] = reader.take()?;
    let mut rest = bytes.into_iter();
    let (mut pending, mut bits) = (0u64, 0);
    let mut digest = [Felt::ZERO; DIGEST];
    for felt in &mut digest {
        while bits < FELT_BITS {
            pending |= u64::from(rest.next().unwrap_or_default()) << bits;
            bits += 8;
        }
        let number = pending as u32 & ((1 << FELT_BITS) - 1);
        if number >= Felt::ORDER_U32 {
            return Err(DecodeError::Digest);
        }
        *felt = Felt::from_u32(number);
        pending >>= FELT_BITS;
        bits -= FELT_BITS;
    }
    if pending == 0 { Ok(digest) } else { Err(DecodeError::Digest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indexes(bytes: &[u8], len: u32) -> Result<Vec<u32>, DecodeError> {
        let mut reader = Reader::new(bytes);
        let indexes = read_indexes(&mut reader, Kind::Code, len)?;
        reader.end().map(|()| indexes)
    }

    #[test]
    fn indexes_have_one_encoding() {
        for list in [&[0][..], &[0, 1, 2, 130, 131], &[127, 129, 1 << 20, (1 << 24) - 1]] {
            let mut bytes = Vec::new();
            write_indexes(&mut bytes, list.iter().copied());
            assert_eq!(indexes(&bytes, list.len() as u32).as_deref(), Ok(list));
        }
        assert_eq!(indexes(&[], 0), Err(DecodeError::Index));
        assert_eq!(indexes(&[5], 2), Err(DecodeError::Length));
        assert_eq!(indexes(&[5, 5], 1), Err(DecodeError::Length));
        // A needless group, one beyond 32 bits, one group too many, an index beyond the tree.
        for bad in [&[0x80, 0][..], &[0xff, 0xff, 0xff, 0xff, 0x1f], &[0x80; 6], &[0x80, 0x80, 0x80, 8]] {
            assert_eq!(indexes(bad, 1), Err(DecodeError::Index), "{bad:x?}");
        }
        assert_eq!(
            indexes(&[&[0xff, 0xff, 0xff, 7][..], &[0xff, 0xff, 0xff, 0xff, 15]].concat(), 2),
            Err(DecodeError::Index)
        );
    }

    #[test]
    fn digests_have_one_encoding() {
        let digest = core::array::from_fn(|i| Felt::from_u32(Felt::ORDER_U32 - 1 - (i as u32) * 0x0765_4321 % 1000));
        let mut bytes = Vec::new();
        write_digest(&mut bytes, &digest);
        assert_eq!(bytes.len(), PACKED_DIGEST_BYTES);
        assert_eq!(read_digest(&mut Reader::new(&bytes)), Ok(digest));
        assert_eq!(read_digest(&mut Reader::new(&bytes[1..])), Err(DecodeError::Length));
        for bit in 0..8 * PACKED_DIGEST_BYTES {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(read_digest(&mut Reader::new(&changed)), Ok(digest), "bit {bit}");
        }
        assert_eq!(read_digest(&mut Reader::new(&[0xff; 35])), Err(DecodeError::Digest));
        let mut spare = [0; 35];
        spare[34] = 0x80;
        assert_eq!(read_digest(&mut Reader::new(&spare)), Err(DecodeError::Digest));
    }

    #[test]
    fn zero_subtrees_are_left_out_and_never_spelled_out() {
        let hasher = Hasher::new();
        let frontier = Frontier::new(Kind::Code, alloc::vec![6, 9]);
        let zeros: Vec<_> = zeros_beside(&hasher, Kind::Code, &frontier).collect();
        let encode = |uncles: &[Digest]| {
            let mut bytes = Vec::new();
            write_uncles(&mut bytes, &hasher, Kind::Code, &frontier, uncles);
            bytes
        };
        let decode = |bytes: &[u8]| read_uncles(&mut Reader::new(bytes), &hasher, Kind::Code, &frontier);
        let all_zero = encode(&zeros);
        assert_eq!(all_zero, alloc::vec![0; zeros.len().div_ceil(8)]);
        assert_eq!(decode(&all_zero).as_ref(), Ok(&zeros));
        let mut uncles = zeros.clone();
        uncles[3] = zeros[0];
        let one = encode(&uncles);
        assert_eq!(one.len(), all_zero.len() + PACKED_DIGEST_BYTES);
        assert_eq!(decode(&one).as_ref(), Ok(&uncles));
        // A zero subtree of its own level, and a flag of no sibling.
        let mut spelled = all_zero.clone();
        spelled[0] = 1;
        write_digest(&mut spelled, &zeros[0]);
        assert_eq!(decode(&spelled), Err(DecodeError::Uncle));
        assert!(!zeros.len().is_multiple_of(8));
        let mut spare = all_zero;
        *spare.last_mut().unwrap() = 0x80;
        assert_eq!(decode(&spare), Err(DecodeError::Uncle));
    }
}
