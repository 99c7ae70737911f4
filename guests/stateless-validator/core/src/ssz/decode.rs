//! Decoding in place: nothing is copied, every offset is checked before it is used.

/// An input that is not SSZ of the expected type; `0` names the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}: not decodable")]
pub struct Undecodable(pub &'static str);

/// `N` bytes at `at`.
pub fn array<'a, const N: usize>(bytes: &'a [u8], at: usize, field: &'static str) -> Result<&'a [u8; N], Undecodable> {
    bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or(Undecodable(field))
}

/// A little-endian u64 at `at`.
pub fn uint64(bytes: &[u8], at: usize, field: &'static str) -> Result<u64, Undecodable> {
    array(bytes, at, field).map(|b| u64::from_le_bytes(*b))
}

fn offset(bytes: &[u8], at: usize, field: &'static str) -> Result<usize, Undecodable> {
    array(bytes, at, field).map(|b| u32::from_le_bytes(*b) as usize)
}

/// The variable-size fields of a container whose fixed part has `fixed` bytes and holds their offsets at `at`.
/// The first must start where the fixed part ends, each ends where the next starts, the last at the end.
pub fn variable<'a, const N: usize>(
    bytes: &'a [u8],
    fixed: usize,
    at: [usize; N],
    field: &'static str,
) -> Result<[&'a [u8]; N], Undecodable> {
    let mut parts = [&bytes[..0]; N];
    let mut expected_first = Some(fixed);
    for i in 0..N {
        let start = offset(bytes, at[i], field)?;
        let end = if i + 1 < N { offset(bytes, at[i + 1], field)? } else { bytes.len() };
        if expected_first.take().is_some_and(|first| first != start) {
            return Err(Undecodable(field));
        }
        parts[i] = bytes.get(start..end).ok_or(Undecodable(field))?;
    }
    Ok(parts)
}

/// `bytes` if it is a whole number of items of `size` bytes.
pub fn items<'a>(bytes: &'a [u8], size: usize, field: &'static str) -> Result<&'a [u8], Undecodable> {
    if bytes.len().is_multiple_of(size) { Ok(bytes) } else { Err(Undecodable(field)) }
}

/// A list of byte lists, checked once, read in place.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByteLists<'a> {
    bytes: &'a [u8],
    len: usize,
}

impl<'a> ByteLists<'a> {
    /// Checks all offsets, that no item is longer than `max_item` bytes and that there are at most `max_items`.
    pub fn parse(bytes: &'a [u8], max_items: usize, max_item: usize, field: &'static str) -> Result<Self, Undecodable> {
        if bytes.is_empty() {
            return Ok(Self { bytes, len: 0 });
        }
        let first = offset(bytes, 0, field)?;
        let len = first / 4;
        if first == 0 || first % 4 != 0 || first > bytes.len() || len > max_items {
            return Err(Undecodable(field));
        }
        let mut start = first;
        for i in 1..=len {
            let end = if i < len { offset(bytes, 4 * i, field)? } else { bytes.len() };
            if end < start || end > bytes.len() || end - start > max_item {
                return Err(Undecodable(field));
            }
            start = end;
        }
        Ok(Self { bytes, len })
    }

    /// Number of items.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no item.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Item `i`, `None` past the end.
    pub fn get(&self, i: usize) -> Option<&'a [u8]> {
        if i >= self.len {
            return None;
        }
        let at = |i: usize| self.bytes.get(4 * i..).and_then(<[u8]>::first_chunk).map(|b| u32::from_le_bytes(*b));
        let end = if i + 1 < self.len { at(i + 1)? as usize } else { self.bytes.len() };
        self.bytes.get(at(i)? as usize..end)
    }

    /// All items in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &'a [u8]> + ExactSizeIterator + use<'a> {
        let lists = *self;
        (0..self.len).map(move |i| lists.get(i).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_refused_unless_every_offset_fits() {
        let good = [8, 0, 0, 0, 9, 0, 0, 0, 7, 5, 6];
        let list = ByteLists::parse(&good, 2, 2, "x").expect("good");
        assert!(list.iter().eq([&[7][..], &[5, 6]]));
        assert!(ByteLists::parse(&good, 1, 2, "x").is_err(), "too many items");
        assert!(ByteLists::parse(&good, 2, 1, "x").is_err(), "item too long");
        for (at, value) in [(0, 0), (0, 7), (0, 12), (0, 16), (4, 7), (4, 12), (7, 1)] {
            let mut bad = good;
            bad[at] = value;
            assert!(ByteLists::parse(&bad, 9, 9, "x").is_err(), "{at} {value}");
        }
    }

    #[test]
    fn containers_start_where_the_fixed_part_ends() {
        let bytes = [8, 0, 0, 0, 9, 0, 0, 0, 1, 2, 3];
        assert_eq!(variable(&bytes, 8, [0, 4], "x"), Ok([&[1][..], &[2, 3]]));
        assert!(variable(&bytes, 9, [0, 4], "x").is_err());
        assert!(variable(&bytes[..8], 8, [0, 4], "x").is_err());
    }
}
