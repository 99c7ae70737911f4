#![doc = include_str!("README.md")]

mod add;
mod canonical;
mod double;
mod line;
pub(crate) mod operand;
pub(crate) mod relation;
#[cfg(test)]
mod removal;
#[cfg(test)]
mod tests;

pub use self::add::{PointAdd, PointAddChip};
pub use self::double::{PointDouble, PointDoubleChip};
