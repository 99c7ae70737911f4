//! One field, its packing and one permutation for all crates, chosen by the target.
//!
//! In WebAssembly with `simd128` they are this crate's, everywhere else p3's. They are equal in every value and in
//! every byte; only the speed differs.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub use p3::*;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use simd::*;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod p3 {
    pub use p3_koala_bear::{
        KOALABEAR_POSEIDON2_RC_24_EXTERNAL_FINAL as RC_24_EXTERNAL_FINAL,
        KOALABEAR_POSEIDON2_RC_24_EXTERNAL_INITIAL as RC_24_EXTERNAL_INITIAL,
        KOALABEAR_POSEIDON2_RC_24_INTERNAL as RC_24_INTERNAL, KoalaBear as Felt, Poseidon2KoalaBear as Permutation,
        default_koalabear_poseidon2_16 as permutation_16, default_koalabear_poseidon2_24 as permutation_24,
    };

    // The packing of the field by its name: `<Felt as Field>::Packing`, which the compiler does not tell apart from other
    // types where a trait has several.
    #[cfg(not(any(
        all(target_arch = "aarch64", target_feature = "neon"),
        all(target_arch = "x86_64", any(target_feature = "avx2", target_feature = "avx512f")),
    )))]
    pub use p3_koala_bear::KoalaBear as Packing;
    #[cfg(all(target_arch = "x86_64", target_feature = "avx2", not(target_feature = "avx512f")))]
    pub use p3_koala_bear::PackedKoalaBearAVX2 as Packing;
    #[cfg(all(target_arch = "x86_64", target_feature = "avx512f"))]
    pub use p3_koala_bear::PackedKoalaBearAVX512 as Packing;
    #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
    pub use p3_koala_bear::PackedKoalaBearNeon as Packing;
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd {
    use p3_koala_bear::{
        KOALABEAR_POSEIDON2_HALF_FULL_ROUNDS as HALF, KOALABEAR_POSEIDON2_PARTIAL_ROUNDS_24 as PARTIAL,
        KOALABEAR_POSEIDON2_RC_24_EXTERNAL_FINAL, KOALABEAR_POSEIDON2_RC_24_EXTERNAL_INITIAL,
        KOALABEAR_POSEIDON2_RC_24_INTERNAL,
    };

    pub use crate::SimdKoalaBear as Felt;
    use crate::{Packed, Poseidon2, poseidon2_16, poseidon2_24};

    /// Four elements of the field.
    pub type Packing = Packed<Felt>;

    /// The permutation.
    pub type Permutation<const WIDTH: usize> = Poseidon2<Felt, WIDTH>;

    /// The permutation of width 16.
    pub fn permutation_16() -> Permutation<16> {
        poseidon2_16()
    }

    /// The permutation of width 24.
    pub fn permutation_24() -> Permutation<24> {
        poseidon2_24()
    }

    /// Constants of the first external rounds at width 24.
    pub const RC_24_EXTERNAL_INITIAL: [[Felt; 24]; HALF] = Felt::outer_2d(KOALABEAR_POSEIDON2_RC_24_EXTERNAL_INITIAL);
    /// Constants of the internal rounds at width 24.
    pub const RC_24_INTERNAL: [Felt; PARTIAL] = Felt::outer(KOALABEAR_POSEIDON2_RC_24_INTERNAL);
    /// Constants of the last external rounds at width 24.
    pub const RC_24_EXTERNAL_FINAL: [[Felt; 24]; HALF] = Felt::outer_2d(KOALABEAR_POSEIDON2_RC_24_EXTERNAL_FINAL);
}
