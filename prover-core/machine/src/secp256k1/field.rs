//! Integers modulo the prime 2^256 - 2^32 - 977.

/// 256-bit integer, least significant word first.
pub type U256 = [u64; 4];

/// The field's prime.
pub const PRIME: U256 = [0xffff_fffe_ffff_fc2f, u64::MAX, u64::MAX, u64::MAX];

/// `2^256 - PRIME`: modulo the prime, 2^256 is this.
const FOLD: u64 = (1 << 32) + 977;

/// Whether `x` is below the prime.
pub fn is_canonical(x: &U256) -> bool {
    x[0] < PRIME[0] || x[1..] != PRIME[1..]
}

/// `x` modulo the prime.
pub fn reduce(x: &U256) -> U256 {
    if is_canonical(x) { *x } else { add_small(x, FOLD).0 }
}

/// `x + y` with its carry.
fn add_small(x: &U256, y: u64) -> (U256, bool) {
    let mut carry = y;
    let sum = x.map(|word| {
        let (sum, overflow) = word.overflowing_add(carry);
        carry = overflow.into();
        sum
    });
    (sum, carry != 0)
}

/// `x - y` modulo the prime, both below it.
pub fn subtract(x: &U256, y: &U256) -> U256 {
    let mut borrow = false;
    let difference: U256 = core::array::from_fn(|i| {
        let (part, first) = x[i].overflowing_sub(y[i]);
        let (part, second) = part.overflowing_sub(borrow.into());
        borrow = first | second;
        part
    });
    if !borrow {
        return difference;
    }
    // + PRIME modulo 2^256 is - FOLD; there is something to take it from, as x - y + PRIME is not negative.
    let mut borrow = FOLD;
    difference.map(|word| {
        let (part, under) = word.overflowing_sub(borrow);
        borrow = under.into();
        part
    })
}

/// `x y` modulo the prime, for any two 256-bit integers.
pub fn multiply(x: &U256, y: &U256) -> U256 {
    multiply_add(x, y, &[0; 4])
}

/// `x y + z` modulo the prime, for any three 256-bit integers.
pub fn multiply_add(x: &U256, y: &U256, z: &U256) -> U256 {
    let mut product = [0u64; 8];
    product[..4].copy_from_slice(z);
    for (i, &a) in x.iter().enumerate() {
        let mut carry = 0;
        for (j, &b) in y.iter().enumerate() {
            (product[i + j], carry) = multiply_word(a, b, product[i + j], carry);
        }
        product[i + 4] = carry;
    }
    // Twice 2^256 = FOLD: what remains above 2^256 is below 2^34 after the first time, and 0 or 1 after the second.
    let mut low: U256 = [0; 4];
    let mut carry = 0;
    for i in 0..4 {
        (low[i], carry) = multiply_word(product[4 + i], FOLD, product[i], carry);
    }
    let (rest, mut high) = multiply_word(carry, FOLD, low[0], 0);
    low[0] = rest;
    for word in &mut low[1..] {
        let (sum, overflow) = word.overflowing_add(high);
        (*word, high) = (sum, overflow.into());
    }
    if high != 0 {
        low = add_small(&low, FOLD).0;
    }
    reduce(&low)
}

/// Low and high word of `a b + c + d`, which fits.
fn multiply_word(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let wide = u128::from(a) * u128::from(b) + u128::from(c) + u128::from(d);
    (wide as u64, (wide >> 64) as u64)
}
