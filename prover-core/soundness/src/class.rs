//! Size classes: how many cells one shard's proof may commit to.

use thiserror::Error;

use crate::WhirParams;

/// A size class of shard proofs.
///
/// The class fixes every parameter of the proof system. A shard belongs to a class when its padded
/// stack of columns has at most `2^log_cells()` cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SizeClass {
    /// At most 2^18 cells. For tests only.
    Test18 = 18,
    /// At most 2^20 cells. For tests only.
    Test20 = 20,
    /// At most 2^22 cells. For tests only.
    Test22 = 22,
    /// At most 2^24 cells: browsers and small machines.
    Real24 = 24,
    /// At most 2^25 cells.
    Real25 = 25,
    /// At most 2^26 cells: native nodes.
    Real26 = 26,
    /// At most 2^27 cells: GPUs with 8 GiB and more.
    Real27 = 27,
}

/// A byte that names no size class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no size class has the number {0}")]
pub struct UnknownClass(pub u8);

impl SizeClass {
    /// All classes, smallest first.
    pub const ALL: [Self; 7] =
        [Self::Test18, Self::Test20, Self::Test22, Self::Real24, Self::Real25, Self::Real26, Self::Real27];

    /// The classes that proofs may have outside of tests.
    pub const REAL: [Self; 4] = [Self::Real24, Self::Real25, Self::Real26, Self::Real27];

    /// The byte that stands for this class in proofs and keys.
    #[must_use]
    pub const fn id(self) -> u8 {
        self as u8
    }

    /// Its place in [`SizeClass::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Test18 => 0,
            Self::Test20 => 1,
            Self::Test22 => 2,
            Self::Real24 => 3,
            Self::Real25 => 4,
            Self::Real26 => 5,
            Self::Real27 => 6,
        }
    }

    /// Log2 of the greatest number of committed cells, padding included.
    #[must_use]
    pub const fn log_cells(self) -> usize {
        self as usize
    }

    /// Whether proofs of this class exist for tests alone; a verifier refuses them unless told otherwise.
    ///
    /// Their parameters are as strong as the real ones. They are set apart because a small shard
    /// proves a small piece of a run at a high price, and no chain of them should be mistaken for
    /// the proof of a block.
    #[must_use]
    pub const fn is_test_only(self) -> bool {
        matches!(self, Self::Test18 | Self::Test20 | Self::Test22)
    }

    /// The greatest length of a proof of this class in bytes. A longer one is refused unread.
    #[must_use]
    pub const fn max_proof_bytes(self) -> usize {
        2 << 20
    }

    /// The greatest size of a package of this class in bytes, unpacked. A larger one is refused before it is unpacked.
    ///
    /// One for each cell: the tables have more cells than bytes for each leaf and each sibling of a package.
    #[must_use]
    pub const fn max_package_bytes(self) -> usize {
        1 << self.log_cells()
    }

    /// Log2 of the least height of any chip's trace, where heights are powers of two: the first fold of WHIR takes that many
    /// variables of each column, and a trace shorter than that would be padded behind the back of its own constraints.
    #[must_use]
    pub const fn min_log_height(self) -> u8 {
        WhirParams::of(self).first_fold as u8
    }

    /// Short name for reports: `test-2^18`, `2^24`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Test18 => "test-2^18",
            Self::Test20 => "test-2^20",
            Self::Test22 => "test-2^22",
            Self::Real24 => "2^24",
            Self::Real25 => "2^25",
            Self::Real26 => "2^26",
            Self::Real27 => "2^27",
        }
    }
}

impl TryFrom<u8> for SizeClass {
    type Error = UnknownClass;

    fn try_from(id: u8) -> Result<Self, UnknownClass> {
        Self::ALL.into_iter().find(|class| class.id() == id).ok_or(UnknownClass(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_name_exactly_the_classes() {
        for id in 0..=u8::MAX {
            match SizeClass::try_from(id) {
                Ok(class) => assert_eq!(class.id(), id),
                Err(UnknownClass(byte)) => {
                    assert_eq!(byte, id);
                    assert!(SizeClass::ALL.iter().all(|class| class.id() != id));
                }
            }
        }
    }

    #[test]
    fn an_index_is_a_place_among_all() {
        assert_eq!(SizeClass::ALL.map(|class| SizeClass::ALL[class.index()]), SizeClass::ALL);
    }

    #[test]
    fn only_small_classes_are_for_tests() {
        for class in SizeClass::ALL {
            assert_eq!(class.is_test_only(), class.log_cells() < 24);
            assert_eq!(class.is_test_only(), !SizeClass::REAL.contains(&class));
        }
    }
}
