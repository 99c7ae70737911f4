//! The field KoalaBear, four elements at a time, for WebAssembly's vectors (`simd128`).
//!
//! p3 packs fields for AVX2, AVX-512 and NEON, and works element by element in a tab. This crate gives the missing
//! packing to all code that is generic in p3's traits:
//!
//! | | is |
//! |---|---|
//! | [`PackedKoalaBear`] | a `PackedField` with `Scalar = KoalaBear`, for provers that are generic in the packing |
//! | [`SimdKoalaBear`] | KoalaBear as a type with that packing, for provers that take the packing of their field |
//! | [`Poseidon2`] | the permutation over both, with p3's results |
//! | [`Felt`] and [`choice`] | the field, permutations and constants that fit the target: p3's wherever p3 has vectors |
//!
//! Natively the packing is four lanes of an array, through the same code but for `lanes`: slow, but tested.

#![no_std]

extern crate alloc;

pub mod choice;
mod element;
mod lanes;
mod montgomery;
mod packed;
mod poseidon2;
mod simd_koala_bear;

pub use choice::Felt;
pub use element::Element;
use p3_koala_bear::KoalaBear;
pub use packed::{Packed, WIDTH};
pub use poseidon2::{ExternalRounds, InternalRounds, Poseidon2, poseidon2_16, poseidon2_24};
pub use simd_koala_bear::SimdKoalaBear;

/// Four elements of p3's own type.
pub type PackedKoalaBear = Packed<KoalaBear>;
