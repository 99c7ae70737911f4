#![doc = include_str!("README.md")]

mod call;
mod round;
#[cfg(test)]
mod tests;

pub use self::call::{KeccakCall, KeccakCallChip};
pub use self::round::{KeccakRound, KeccakRoundChip};
