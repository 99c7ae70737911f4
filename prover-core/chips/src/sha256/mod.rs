#![doc = include_str!("README.md")]

mod call;
mod round;
#[cfg(test)]
mod tests;

pub use self::call::{Sha256Call, Sha256CallChip};
pub use self::round::{Sha256Round, Sha256RoundChip};
