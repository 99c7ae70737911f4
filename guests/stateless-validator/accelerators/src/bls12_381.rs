//! EIP-2537, with coordinates of 48 bytes.

use alloc::vec::Vec;
use hearth_guest::c::{Status, bytes, read, write};
use revm::precompile::{
    Crypto, DefaultCrypto,
    bls12_381::{G1Point, G2Point},
};

/// Bytes of a coordinate, of points and of scalars.
const FP: usize = 48;
const G1: usize = 96;
const G2: usize = 192;
const SCALAR: usize = 32;
/// Bytes of pairs.
const G1_TERM: usize = G1 + SCALAR;
const G2_TERM: usize = G2 + SCALAR;
const PAIR: usize = G1 + G2;

/// The coordinates of a point, which has `N` of them.
fn coordinates<const N: usize>(point: &[u8]) -> [[u8; FP]; N] {
    let (coordinates, _) = point.as_chunks::<FP>();
    core::array::from_fn(|i| coordinates[i])
}

fn g1(point: &[u8]) -> G1Point {
    coordinates::<2>(point).into()
}

fn g2(point: &[u8]) -> G2Point {
    coordinates::<4>(point).into()
}

/// The scalar after a point.
fn scalar(term: &[u8]) -> [u8; SCALAR] {
    term.last_chunk().copied().unwrap_or_default()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_bls12_g1_add(p: *const [u8; G1], q: *const [u8; G1], result: *mut [u8; G1]) -> Status {
    // SAFETY: the caller passes readable arrays and a writable one.
    unsafe { write(result, DefaultCrypto.bls12_381_g1_add(g1(&read(p)), g1(&read(q))).ok()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_bls12_g2_add(p: *const [u8; G2], q: *const [u8; G2], result: *mut [u8; G2]) -> Status {
    // SAFETY: the caller passes readable arrays and a writable one.
    unsafe { write(result, DefaultCrypto.bls12_381_g2_add(g2(&read(p)), g2(&read(q))).ok()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_bls12_g1_msm(terms: *const [u8; G1_TERM], len: usize, result: *mut [u8; G1]) -> Status {
    // SAFETY: the caller passes so many readable terms; they are not used after the sum is there.
    let terms = unsafe { bytes(terms.cast(), G1_TERM * len) };
    let mut terms = terms.as_chunks::<G1_TERM>().0.iter().map(|term| Ok((g1(term), scalar(term))));
    // SAFETY: the caller passes a writable array.
    unsafe { write(result, DefaultCrypto.bls12_381_g1_msm(&mut terms).ok()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_bls12_g2_msm(terms: *const [u8; G2_TERM], len: usize, result: *mut [u8; G2]) -> Status {
    // SAFETY: the caller passes so many readable terms; they are not used after the sum is there.
    let terms = unsafe { bytes(terms.cast(), G2_TERM * len) };
    let mut terms = terms.as_chunks::<G2_TERM>().0.iter().map(|term| Ok((g2(term), scalar(term))));
    // SAFETY: the caller passes a writable array.
    unsafe { write(result, DefaultCrypto.bls12_381_g2_msm(&mut terms).ok()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_bls12_pairing(pairs: *const [u8; PAIR], len: usize, verified: *mut bool) -> Status {
    // SAFETY: the caller passes so many readable pairs; they are not used after the result is there.
    let pairs = unsafe { bytes(pairs.cast(), PAIR * len) };
    let pairs: Vec<(G1Point, G2Point)> =
        pairs.as_chunks::<PAIR>().0.iter().map(|pair| (g1(&pair[..G1]), g2(&pair[G1..]))).collect();
    // SAFETY: the caller passes a writable place.
    unsafe { write(verified, DefaultCrypto.bls12_381_pairing_check(&pairs).ok()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_bls12_map_fp_to_g1(element: *const [u8; FP], result: *mut [u8; G1]) -> Status {
    // SAFETY: the caller passes a readable array and a writable one.
    unsafe { write(result, DefaultCrypto.bls12_381_fp_to_g1(&read(element)).ok()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_bls12_map_fp2_to_g2(element: *const [u8; 2 * FP], result: *mut [u8; G2]) -> Status {
    // SAFETY: the caller passes a readable array and a writable one.
    let [real, imaginary] = coordinates::<2>(&unsafe { read(element) });
    // SAFETY: as above.
    unsafe { write(result, DefaultCrypto.bls12_381_fp2_to_g2((real, imaginary)).ok()) }
}
