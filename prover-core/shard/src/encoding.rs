//! What the encodings of proofs share: one encoding for each value, lists of bounded length, digests as numbers.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use hearth_machine::hash::{DIGEST, Digest, Felt};
use hearth_machine::trace::Statement;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use postcard::ser_flavors::Flavor;
use serde::de::{DeserializeOwned, Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// Decodes `bytes` if they are the one encoding of a value: `postcard` alone would also read numbers with needless bytes,
/// and skip what follows. Takes no memory but the value's.
pub fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let value = postcard::from_bytes(bytes).ok()?;
    encodes(&value, bytes).then_some(value)
}

/// Whether `bytes` are the encoding of `value`.
pub(crate) fn encodes<T: Serialize>(value: &T, bytes: &[u8]) -> bool {
    postcard::serialize_with_flavor(value, Compare(bytes)).is_ok_and(|rest| rest.is_empty())
}

/// Takes an encoding and checks that it is what these bytes begin with; gives out the bytes that are left.
struct Compare<'a>(&'a [u8]);

impl<'a> Flavor for Compare<'a> {
    type Output = &'a [u8];

    fn try_extend(&mut self, data: &[u8]) -> postcard::Result<()> {
        self.0 = self.0.strip_prefix(data).ok_or(postcard::Error::SerializeBufferFull)?;
        Ok(())
    }

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.try_extend(&[byte])
    }

    fn finalize(self) -> postcard::Result<&'a [u8]> {
        Ok(self.0)
    }
}

/// Reads a list of at most `MAX` values: values may take many times the memory of their bytes.
///
/// # Errors
///
/// A longer list, and what the deserializer refuses.
pub fn bounded<'de, D, T, const MAX: usize>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Bounded<T, const MAX: usize>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for Bounded<T, MAX> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "at most {MAX} values")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(value) = values.next_element()? {
                if list.len() == MAX {
                    return Err(Error::invalid_length(MAX + 1, &self));
                }
                list.push(value);
            }
            Ok(list)
        }
    }

    deserializer.deserialize_seq(Bounded::<T, MAX>(PhantomData))
}

/// A digest as canonical numbers.
pub type Words = [u32; DIGEST];

/// The numbers of a digest.
pub fn words(digest: &Digest) -> Words {
    digest.map(|felt| felt.as_canonical_u32())
}

/// The digest, if all words are canonical.
pub fn digest(words: &Words) -> Option<Digest> {
    words.iter().all(|&word| word < Felt::ORDER_U32).then(|| words.map(Felt::from_u32))
}

/// A statement as numbers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct StatementWords {
    program_root: Words,
    root_in: Words,
    pc_in: u32,
    root_out: Words,
    pc_out: u32,
    ts_end: u32,
}

impl From<&Statement> for StatementWords {
    fn from(statement: &Statement) -> Self {
        let Statement { program_root, root_in, pc_in, root_out, pc_out, ts_end } = statement;
        Self {
            program_root: words(program_root),
            root_in: words(root_in),
            pc_in: *pc_in,
            root_out: words(root_out),
            pc_out: *pc_out,
            ts_end: *ts_end,
        }
    }
}

impl StatementWords {
    /// The statement, if its digests are canonical.
    pub(crate) fn statement(&self) -> Option<Statement> {
        Some(Statement {
            program_root: digest(&self.program_root)?,
            root_in: digest(&self.root_in)?,
            pc_in: self.pc_in,
            root_out: digest(&self.root_out)?,
            pc_out: self.pc_out,
            ts_end: self.ts_end,
        })
    }
}
