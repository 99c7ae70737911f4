//! Prime fields whose arithmetic is the machine's: elements are plain integers below the prime.

use core::marker::PhantomData;

use alloc::vec::Vec;
use ark_ff::{BigInt, Field, Fp, FpConfig, MontBackend, MontConfig, SqrtPrecomputation};

use crate::modular;

/// The field of `T`, with its constants and other arithmetic.
pub struct Accelerated<T>(PhantomData<T>);

/// An element from its Montgomery form.
pub const fn import<T: MontConfig<N>, const N: usize>(x: &Fp<MontBackend<T, N>, N>) -> Fp<Accelerated<T>, N> {
    let prime = T::MODULUS.0;
    let mut words = (x.0).0;
    let mut round = 0;
    while round < N {
        // Adds the multiple of the prime that clears the lowest word, which then goes.
        let factor = words[0].wrapping_mul(T::INV);
        let mut carry = 0u128;
        let mut i = 0;
        while i < N {
            carry += words[i] as u128 + factor as u128 * prime[i] as u128;
            if i > 0 {
                words[i - 1] = carry as u64;
            }
            carry >>= 64;
            i += 1;
        }
        words[N - 1] = carry as u64;
        round += 1;
    }
    Fp(BigInt(words), PhantomData)
}

/// `a b + c`.
pub fn multiply_add<T: MontConfig<N>, const N: usize>(
    a: &Fp<Accelerated<T>, N>,
    b: &Fp<Accelerated<T>, N>,
    c: &Fp<Accelerated<T>, N>,
) -> Fp<Accelerated<T>, N> {
    Fp(BigInt(modular::multiply_add(&a.0.0, &b.0.0, &c.0.0, Accelerated::<T>::PRIME)), PhantomData)
}

/// The element `number`, which must be below the prime.
pub const fn small<T: MontConfig<N>, const N: usize>(number: u64) -> Fp<Accelerated<T>, N> {
    let mut words = [0; N];
    words[0] = number;
    Fp(BigInt(words), PhantomData)
}

/// The element `-number`; the number must be positive and below the lowest word of the prime.
pub const fn minus_small<T: MontConfig<N>, const N: usize>(number: u64) -> Fp<Accelerated<T>, N> {
    let mut words = T::MODULUS.0;
    words[0] -= number;
    Fp(BigInt(words), PhantomData)
}

/// The element with these bytes, most significant first; nothing if they are not below the prime.
pub fn from_bytes<T: MontConfig<N>, const N: usize>(bytes: &[u8]) -> Option<Fp<Accelerated<T>, N>> {
    let mut words = [0; N];
    for (word, chunk) in words.iter_mut().zip(bytes.rchunks(8)) {
        *word = chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    Accelerated::<T>::from_bigint(BigInt(words))
}

/// Writes an element, most significant byte first.
pub fn to_bytes<T: MontConfig<N>, const N: usize>(x: &Fp<Accelerated<T>, N>, bytes: &mut [u8]) {
    for (chunk, word) in bytes.rchunks_mut(8).zip(x.0.0) {
        chunk.copy_from_slice(&word.to_be_bytes()[8 - chunk.len()..]);
    }
}

impl<T> Accelerated<T> {
    const fn zero<const N: usize>() -> &'static [u64; N] {
        const { &[0; N] }
    }

    const fn one<const N: usize>() -> &'static [u64; N] {
        const { &BigInt::<N>::one().0 }
    }
}

/// Constants as places in memory.
trait Places<const N: usize> {
    const PRIME: &'static [u64; N];
    const MINUS_ONE: &'static [u64; N];
}

impl<T: MontConfig<N>, const N: usize> Places<N> for Accelerated<T> {
    const PRIME: &'static [u64; N] = &T::MODULUS.0;
    const MINUS_ONE: &'static [u64; N] = &{
        // The prime is odd.
        let mut words = T::MODULUS.0;
        words[0] -= 1;
        words
    };
}

impl<T: MontConfig<N>, const N: usize> FpConfig<N> for Accelerated<T> {
    const MODULUS: BigInt<N> = T::MODULUS;
    const GENERATOR: Fp<Self, N> = import(&T::GENERATOR);
    const ZERO: Fp<Self, N> = Fp(BigInt::zero(), PhantomData);
    const ONE: Fp<Self, N> = Fp(BigInt::one(), PhantomData);
    const NEG_ONE: Fp<Self, N> = Fp(BigInt(*Self::MINUS_ONE), PhantomData);
    const TWO_ADICITY: u32 = T::MODULUS.two_adic_valuation();
    const TWO_ADIC_ROOT_OF_UNITY: Fp<Self, N> = import(&T::TWO_ADIC_ROOT_OF_UNITY);
    const SQRT_PRECOMP: Option<SqrtPrecomputation<Fp<Self, N>>> = match &T::SQRT_PRECOMP {
        Some(SqrtPrecomputation::Case3Mod4 { modulus_plus_one_div_four }) => {
            Some(SqrtPrecomputation::Case3Mod4 { modulus_plus_one_div_four })
        }
        _ => None,
    };

    #[inline(always)]
    fn add_assign(a: &mut Fp<Self, N>, b: &Fp<Self, N>) {
        modular::add_product(&mut a.0.0, &b.0.0, Self::one(), Self::PRIME);
    }

    #[inline(always)]
    fn sub_assign(a: &mut Fp<Self, N>, b: &Fp<Self, N>) {
        modular::add_product(&mut a.0.0, &b.0.0, Self::MINUS_ONE, Self::PRIME);
    }

    #[inline(always)]
    fn double_in_place(a: &mut Fp<Self, N>) {
        let two = const { &small::<T, N>(2).0.0 };
        modular::multiply_add_assign(&mut a.0.0, two, Self::zero(), Self::PRIME);
    }

    #[inline(always)]
    fn neg_in_place(a: &mut Fp<Self, N>) {
        modular::multiply_add_assign(&mut a.0.0, Self::MINUS_ONE, Self::zero(), Self::PRIME);
    }

    #[inline(always)]
    fn mul_assign(a: &mut Fp<Self, N>, b: &Fp<Self, N>) {
        modular::multiply_add_assign(&mut a.0.0, &b.0.0, Self::zero(), Self::PRIME);
    }

    #[inline(always)]
    fn sum_of_products<const M: usize>(a: &[Fp<Self, N>; M], b: &[Fp<Self, N>; M]) -> Fp<Self, N> {
        let mut pairs = a.iter().zip(b);
        let Some((a, b)) = pairs.next() else { return Self::ZERO };
        let mut sum = multiply_add(a, b, &Self::ZERO);
        for (a, b) in pairs {
            modular::add_product(&mut sum.0.0, &a.0.0, &b.0.0, Self::PRIME);
        }
        sum
    }

    #[inline(always)]
    fn square_in_place(a: &mut Fp<Self, N>) {
        modular::square(&mut a.0.0, Self::PRIME);
    }

    fn inverse(a: &Fp<Self, N>) -> Option<Fp<Self, N>> {
        if *a == Self::ZERO {
            return None;
        }
        // Fermat: a^(p - 2), and p is odd and above 2.
        let mut exponent = T::MODULUS.0;
        exponent[0] -= 2;
        Some(power(a, &exponent))
    }

    fn from_bigint(number: BigInt<N>) -> Option<Fp<Self, N>> {
        (number < T::MODULUS).then_some(Fp(number, PhantomData))
    }

    fn into_bigint(element: Fp<Self, N>) -> BigInt<N> {
        element.0
    }
}

/// A square root, for primes that are 3 modulo 4.
pub fn square_root<T: MontConfig<N>, const N: usize>(x: &Fp<Accelerated<T>, N>) -> Option<Fp<Accelerated<T>, N>> {
    let Some(SqrtPrecomputation::Case3Mod4 { modulus_plus_one_div_four }) = Accelerated::<T>::SQRT_PRECOMP else {
        return x.sqrt();
    };
    let root = power(x, modulus_plus_one_div_four);
    (root.square() == *x).then_some(root)
}

/// `x^exponent`, the exponent's least significant word first.
fn power<T: MontConfig<N>, const N: usize>(x: &Fp<Accelerated<T>, N>, exponent: &[u64]) -> Fp<Accelerated<T>, N> {
    let bytes: Vec<u8> = exponent.iter().rev().flat_map(|word| word.to_be_bytes()).collect();
    Fp(BigInt(modular::power(&x.0.0, &bytes, Accelerated::<T>::PRIME)), PhantomData)
}
