//! Four 32-bit integers side by side: the only code that differs between processors.
//!
//! Both versions have the same functions, so everything above them is one code path, and the tests that run
//! natively test what runs in a tab.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use wasm::{Lanes, Wide};

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) use portable::{Lanes, Wide};
