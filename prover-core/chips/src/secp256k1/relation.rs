//! Equations modulo the field's prime, as equations between integers.
//!
//! A relation says `value = quotient * prime`. Both sides are sums at the 64 byte positions, each a combination of
//! products of bytes; they are compared digit by digit, in digits of 1 or 2 bytes, `N` digits in all, with carries. As
//! the prime is `2^256 - 2^32 - 977`, a digit `d` of the quotient only subtracts `d` 256 bits further up and adds `977
//! d` here and `d` 32 bits further up. The part of the quotient above 2^256, its `top`, is a signed digit: nothing but
//! it is left at `2^512`, so it is the last carry.
//!
//! **Why the equations hold between integers.** [`Bounds::new`] computes, when the crate is compiled, how far the sums
//! of each digit reach, from there the range of honest carries, and asserts that with every carry in the range that its
//! look-ups allow all terms of an equation stay within `(-p, p)`. Columns hold carries plus the least honest one. They
//! are looked up on `range16`. For digits of one byte that is enough. For digits of two bytes a carry must be below
//! about `p / 2^16`, so that neighbouring carries are also added up in groups and each sum is looked up to be at most
//! [`MOST`]: the summands, integers below 2^16, are then too. A group is as large as the honest ranges allow.

use core::ops::{Add, Mul, Sub};

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_lookup::InteractionBuilder;

use crate::Felt;
use crate::step::Step;

/// Byte positions of a value.
pub const POSITIONS: usize = 64;

/// Most that the carries of a group add up to.
const MOST: i64 = 32_000;

/// Bounds of the top of an honest quotient.
const TOP: i64 = 8;

/// `2^256 - prime = 2^32 + LOW`.
const LOW: i64 = 977;

/// Integers, or expressions that stand for them.
pub trait Number: Clone + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// A constant.
    fn constant(value: i32) -> Self;
}

impl<E: PrimeCharacteristicRing> Number for E {
    fn constant(value: i32) -> Self {
        E::from_i32(value)
    }
}

/// An integer of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integer(pub i64);

impl Add for Integer {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Integer {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Integer {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Number for Integer {
    fn constant(value: i32) -> Self {
        Self(value.into())
    }
}

/// What is at each byte position of a number that is to be a multiple of the prime.
#[derive(Clone, Debug)]
pub struct Value<E>(pub [E; POSITIONS]);

impl<E: Number> Value<E> {
    /// `x y`, for numbers of 32 bytes.
    pub fn product(x: &[E; 32], y: &[E; 32]) -> Self {
        Self(core::array::from_fn(|at| {
            let terms = (0..32).filter(|&i| i <= at && at < i + 32).map(|i| x[i].clone() * y[at - i].clone());
            terms.reduce(Add::add).unwrap_or_else(|| E::constant(0))
        }))
    }

    /// Adds `factor` times another value.
    pub fn plus(mut self, factor: i32, other: Self) -> Self {
        for (term, more) in self.0.iter_mut().zip(other.0) {
            *term = term.clone() + E::constant(factor) * more;
        }
        self
    }

    /// Subtracts a number of bytes.
    pub fn minus_bytes(mut self, number: &[E; 32]) -> Self {
        for (term, byte) in self.0.iter_mut().zip(number) {
            *term = term.clone() - byte.clone();
        }
        self
    }

    /// Adds a number of 16-bit limbs.
    pub fn plus_limbs(mut self, number: &[E; 16]) -> Self {
        for (term, limb) in self.0.iter_mut().step_by(2).zip(number) {
            *term = term.clone() + limb.clone();
        }
        self
    }

    /// Subtracts a number of 16-bit limbs.
    pub fn minus_limbs(mut self, number: &[E; 16]) -> Self {
        for (term, limb) in self.0.iter_mut().step_by(2).zip(number) {
            *term = term.clone() - limb.clone();
        }
        self
    }

    /// The sums of digits of `64 / N` bytes.
    fn digits<const N: usize>(&self) -> [E; N] {
        let bytes = POSITIONS / N;
        core::array::from_fn(|k| match bytes {
            1 => self.0[k].clone(),
            _ => self.0[2 * k].clone() + self.0[2 * k + 1].clone() * E::constant(256),
        })
    }
}

/// Adds digit `k` of the quotient to the sums. Digit `N / 2` is the top.
fn add_quotient_digit<E: Number, const N: usize>(sums: &mut [E; N], k: usize, digit: &E) {
    let mut add = |at: usize, factor: i32| {
        // Of the top nothing is left but the last carry.
        if let Some(sum) = sums.get_mut(at) {
            *sum = sum.clone() + digit.clone() * E::constant(factor);
        }
    };
    add(k, LOW as i32);
    add(k + N / 16, 1);
    add(k + N / 2, -1);
}

/// A number of terms subtracted and a number added.
type Terms = (i64, i64);

/// What is known of the sums of a relation in `N` digits.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<const N: usize> {
    /// Minus the least honest carry out of each digit.
    offset: [i64; N],
    /// Whether a group of carries ends here.
    ends_group: [bool; N],
}

impl<const N: usize> Bounds<N> {
    /// Of the sum of `products` of bytes (or their differences) at each pair of positions and `linear` numbers of 256
    /// bits.
    ///
    /// # Panics
    /// Where the argument does not go through. Relations are constants, so that this is an error of compilation.
    pub const fn new(products: Terms, linear: Terms) -> Self {
        let bits = 8 * POSITIONS / N;
        let base = 1i64 << bits;
        let digit = base - 1;
        let wide = bits == 16;
        assert!(wide || bits == 8);
        // The most that a carry column holds.
        let most = if wide { MOST } else { 0xffff };

        let mut bounds = Self { offset: [0; N], ends_group: [false; N] };
        let (mut least_in, mut greatest_in) = (0, 0);
        let mut offset_in = 0;
        let mut group = 0;
        let mut k = 0;
        while k < N {
            let pairs = match wide {
                true => pairs(2 * k) + 256 * pairs(2 * k + 1),
                false => pairs(k),
            };
            let (mut least, mut greatest) = (-products.0 * 255 * 255 * pairs, products.1 * 255 * 255 * pairs);
            if k < N / 2 {
                least -= linear.0 * digit;
                greatest += (linear.1 + LOW) * digit;
            } else {
                least -= digit;
            }
            if N / 16 <= k && k < N / 2 + N / 16 {
                greatest += digit;
            }
            // The top counts LOW times in one digit and once in another. What its look-ups allow goes into the equation
            // alone, as what an honest one is goes into the carry.
            let (mut top_honest, mut top_allowed) = (0, 0);
            if k == N / 2 || k == N / 2 + N / 16 {
                (top_honest, top_allowed) = (LOW * TOP, LOW * most);
            }

            let least_out = (least - top_honest + least_in).div_euclid(base);
            let greatest_out = (greatest + top_honest + greatest_in).div_euclid(base);
            let offset = -least_out;
            let honest = greatest_out - least_out;
            assert!(0 <= offset && honest <= most);
            let prime = Felt::ORDER_U32 as i64;
            assert!(greatest + top_allowed + most + base * offset < prime);
            assert!(-least + top_allowed + offset_in + base * (most - offset) < prime);

            bounds.offset[k] = offset;
            if group + honest > most {
                bounds.ends_group[k - 1] = wide;
                group = 0;
            }
            group += honest;
            (least_in, greatest_in, offset_in) = (least_out, greatest_out, offset);
            k += 1;
        }
        bounds.ends_group[N - 1] = wide;
        assert!(-TOP <= least_in && greatest_in <= TOP);
        bounds
    }

    /// Constrains `value` to be a multiple of the prime.
    pub fn constrain<B: InteractionBuilder<F = Felt>, const M: usize>(
        &self,
        step: &mut Step<'_, B>,
        value: Value<B::Expr>,
        quotient: &[B::Var; M],
        carry: &[B::Var; N],
    ) {
        const { assert!(2 * M == N) };
        let real = step.real();
        let offset = |k: usize| real.clone() * Felt::from_i64(self.offset[k]);
        let mut sums: [B::Expr; N] = value.digits();
        for (k, &digit) in quotient.iter().enumerate() {
            add_quotient_digit(&mut sums, k, &digit.into());
        }
        add_quotient_digit(&mut sums, M, &(carry[N - 1] - offset(N - 1)));
        let base = Felt::from_u32(1 << (8 * POSITIONS / N));
        let mut carry_in = B::Expr::ZERO;
        for (k, sum) in sums.into_iter().enumerate() {
            let carry_out = carry[k] - offset(k);
            step.builder().assert_eq(sum + carry_in, carry_out.clone() * base);
            carry_in = carry_out;
        }

        for &digit in quotient {
            match N {
                POSITIONS => step.byte(digit.into()),
                _ => step.range16(digit.into()),
            }
        }
        let mut group = B::Expr::ZERO;
        for (&carry, ends_group) in carry.iter().zip(self.ends_group) {
            step.range16(carry.into());
            group += carry.into();
            if ends_group {
                let sum = core::mem::replace(&mut group, B::Expr::ZERO);
                step.range16(sum.double() + B::Expr::from_i64(0xffff - 2 * MOST));
            }
        }
    }

    /// The digits of the quotient and the carries, for the columns: exact division from the lowest digit on. `value`
    /// must be a multiple of the prime.
    pub fn fill<const M: usize>(&self, value: &Value<Integer>, quotient: &mut [Felt; M], carry: &mut [Felt; N]) {
        let base = 1i64 << (8 * POSITIONS / N);
        // 977 times this is 1 modulo 2^16.
        const INVERSE: i64 = 0x3531;
        const { assert!((LOW * INVERSE) & 0xffff == 1) };
        let mut sums: [Integer; N] = value.digits();
        let mut carry_in = 0;
        for k in 0..N {
            if k <= M {
                let digit = (-(sums[k].0 + carry_in) * INVERSE) & (base - 1);
                let digit = match k {
                    k if k < M => digit,
                    _ => (digit ^ base >> 1) - (base >> 1),
                };
                add_quotient_digit(&mut sums, k, &Integer(digit));
                if let Some(column) = quotient.get_mut(k) {
                    *column = Felt::from_i64(digit);
                }
            }
            carry_in = (sums[k].0 + carry_in) >> (8 * POSITIONS / N);
            carry[k] = Felt::from_i64(carry_in + self.offset[k]);
        }
    }
}

/// Pairs of byte positions that add up to `at`.
const fn pairs(at: usize) -> i64 {
    let pairs = if at < 32 { at + 1 } else { 63 - at };
    pairs as i64
}
