//! Reading RLP in place, as far as tries, accounts and headers need it.

use super::TrieError;

/// One RLP item.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// Whether it is a list.
    pub is_list: bool,
    /// Without its prefix.
    pub payload: &'a [u8],
    /// With its prefix.
    pub raw: &'a [u8],
}

impl<'a> Item<'a> {
    /// The payload of a string.
    pub const fn string(&self) -> Result<&'a [u8], TrieError> {
        if self.is_list { Err(TrieError::Malformed) } else { Ok(self.payload) }
    }

    /// A string of exactly `N` bytes.
    pub fn array<const N: usize>(&self) -> Result<&'a [u8; N], TrieError> {
        self.string()?.try_into().map_err(|_| TrieError::Malformed)
    }

    /// A big-endian number without leading zeros.
    pub fn uint64(&self) -> Result<u64, TrieError> {
        let bytes = self.string()?;
        if bytes.len() > 8 || bytes.first() == Some(&0) {
            return Err(TrieError::Malformed);
        }
        Ok(bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b)))
    }
}

/// The items of a list, one after another.
#[derive(Clone, Copy, Debug)]
pub struct Items<'a>(&'a [u8]);

impl<'a> Items<'a> {
    /// The items of `bytes`, which must be one list and nothing else.
    pub fn of_list(bytes: &'a [u8]) -> Result<Self, TrieError> {
        let mut outer = Self(bytes);
        let list = outer.next_item()?;
        if list.is_list && outer.is_empty() { Ok(Self(list.payload)) } else { Err(TrieError::Malformed) }
    }

    /// Whether no item is left.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next item if it is a string of 32 bytes, otherwise nothing is taken.
    #[inline]
    pub fn next_hash(&mut self) -> Option<&'a [u8; 32]> {
        let (&[0xa0], rest) = self.0.split_first_chunk()? else { return None };
        let (hash, rest) = rest.split_first_chunk()?;
        self.0 = rest;
        Some(hash)
    }

    /// The next item.
    pub fn next_item(&mut self) -> Result<Item<'a>, TrieError> {
        let bytes = self.0;
        let prefix = *bytes.first().ok_or(TrieError::Malformed)?;
        let is_list = prefix >= 0xc0;
        let (start, len) = match prefix {
            0..0x80 => (0, 1),
            0x80..0xb8 => (1, usize::from(prefix - 0x80)),
            0xb8..0xc0 => long_length(bytes, usize::from(prefix - 0xb7))?,
            0xc0..0xf8 => (1, usize::from(prefix - 0xc0)),
            0xf8.. => long_length(bytes, usize::from(prefix - 0xf7))?,
        };
        let end = start.checked_add(len).filter(|end| *end <= bytes.len()).ok_or(TrieError::Malformed)?;
        let (raw, rest) = bytes.split_at(end);
        self.0 = rest;
        Ok(Item { is_list, payload: &raw[start..], raw })
    }
}

fn long_length(bytes: &[u8], size: usize) -> Result<(usize, usize), TrieError> {
    let digits = bytes.get(1..1 + size).filter(|d| d.len() <= 4).ok_or(TrieError::Malformed)?;
    Ok((1 + size, digits.iter().fold(0, |n, b| n << 8 | usize::from(*b))))
}
