//! `a b + c` modulo any number, on plain words: what the modular calls compute.

/// Words of the widest number.
const MAX_WORDS: usize = 6;

/// Quotient and remainder of a division; numbers have `W` words, least significant first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division<const W: usize> {
    /// The quotient.
    pub quotient: [u64; W],
    /// The remainder, below the divisor.
    pub remainder: [u64; W],
}

/// Divides `a b + c` by `m`, where 0 stands for `2^(64 W)`.
///
/// `None` if the quotient has more than `W` words. It has not if `a` or `b` is below the modulus.
pub fn multiply_add<const W: usize>(a: &[u64; W], b: &[u64; W], c: &[u64; W], m: &[u64; W]) -> Option<Division<W>> {
    const { assert!(2 <= W && W <= MAX_WORDS) };
    let mut buffer = [0; 2 * MAX_WORDS];
    let value = &mut buffer[..2 * W];
    value[..W].copy_from_slice(c);
    for (i, &x) in a.iter().enumerate() {
        let mut carry = 0;
        for (j, &y) in b.iter().enumerate() {
            (value[i + j], carry) = multiply_word(x, y, value[i + j], carry);
        }
        value[i + W] = carry;
    }
    divide(value, m)
}

/// `x y + z + carry`: low and high word.
fn multiply_word(x: u64, y: u64, z: u64, carry: u64) -> (u64, u64) {
    let wide = u128::from(x) * u128::from(y) + u128::from(z) + u128::from(carry);
    (wide as u64, (wide >> 64) as u64)
}

/// Divides the `2 W` words of `value`, which are spent (Knuth, The Art of Computer Programming 2, algorithm 4.3.1 D).
fn divide<const W: usize>(value: &mut [u64], m: &[u64; W]) -> Option<Division<W>> {
    let (low, high) = value.split_at_mut(W);
    if *m == [0; W] {
        return Some(Division {
            quotient: core::array::from_fn(|i| high[i]),
            remainder: core::array::from_fn(|i| low[i]),
        });
    }
    if !high.iter().rev().lt(m.iter().rev()) {
        return None;
    }
    // The greatest bit of the divisor moves to the top; the value stays below its own end, as its high half is smaller.
    let shift = leading_zeros(m);
    let mut divisor = *m;
    shift_left(&mut divisor, shift);
    shift_left(value, shift);
    let mut quotient = [0; W];
    for (at, digit) in quotient.iter_mut().enumerate().rev() {
        *digit = divide_digit(&mut value[at..=at + W], &divisor);
    }
    let mut remainder = core::array::from_fn(|i| value[i]);
    shift_right(&mut remainder, shift);
    Some(Division { quotient, remainder })
}

/// Takes from the `W + 1` words of `value` the divisor as often as it goes, which is less than 2^64 times.
fn divide_digit<const W: usize>(value: &mut [u64], divisor: &[u64; W]) -> u64 {
    let top = u128::from(divisor[W - 1]);
    let high = u128::from(value[W]) << 64 | u128::from(value[W - 1]);
    let (mut digit, mut rest) = (high / top, high % top);
    let next = u128::from(divisor[W - 2]);
    while rest >> 64 == 0 && (digit >> 64 != 0 || digit * next > (rest << 64 | u128::from(value[W - 2]))) {
        digit -= 1;
        rest += top;
    }
    let digit = digit as u64;
    let mut carry = 0;
    let mut borrow = false;
    for (word, &part) in value.iter_mut().zip(divisor) {
        let (product, more) = multiply_word(digit, part, 0, carry);
        carry = more;
        (*word, borrow) = subtract_word(*word, product, borrow);
    }
    (value[W], borrow) = subtract_word(value[W], carry, borrow);
    if !borrow {
        return digit;
    }
    // Once too often.
    let mut carry = false;
    for (word, &part) in value.iter_mut().zip(divisor) {
        let (sum, first) = word.overflowing_add(part);
        let (sum, second) = sum.overflowing_add(carry.into());
        (*word, carry) = (sum, first | second);
    }
    value[W] = value[W].wrapping_add(carry.into());
    digit - 1
}

fn subtract_word(x: u64, y: u64, borrow: bool) -> (u64, bool) {
    let (difference, first) = x.overflowing_sub(y);
    let (difference, second) = difference.overflowing_sub(borrow.into());
    (difference, first | second)
}

fn leading_zeros(words: &[u64]) -> usize {
    let zeros = words.iter().rev().take_while(|&&word| word == 0).count();
    64 * zeros + words[words.len() - 1 - zeros].leading_zeros() as usize
}

/// Shifts by less than the length.
fn shift_left(words: &mut [u64], bits: usize) {
    let (by, bits) = (bits / 64, bits % 64);
    for i in (0..words.len()).rev() {
        let word = |back: usize| i.checked_sub(back).map_or(0, |at| words[at]);
        let below = if bits == 0 { 0 } else { word(by + 1) >> (64 - bits) };
        words[i] = word(by) << bits | below;
    }
}

/// Shifts by less than the length.
fn shift_right(words: &mut [u64], bits: usize) {
    let (by, bits) = (bits / 64, bits % 64);
    for i in 0..words.len() {
        let word = |on: usize| words.get(i + on).copied().unwrap_or(0);
        let above = if bits == 0 { 0 } else { word(by + 1) << (64 - bits) };
        words[i] = word(by) >> bits | above;
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    /// `q m + r`, of `2 W` words, if there is no carry.
    fn multiply_back<const W: usize>(q: &[u64; W], m: &[u64; W], r: &[u64; W]) -> Vec<u64> {
        let mut value = alloc::vec![0; 2 * W];
        value[..W].copy_from_slice(r);
        for (i, &x) in q.iter().enumerate() {
            let mut carry = 0;
            for (j, &y) in m.iter().enumerate() {
                (value[i + j], carry) = multiply_word(x, y, value[i + j], carry);
            }
            value[i + W] = carry;
        }
        value
    }

    fn edges<const W: usize>() -> Vec<[u64; W]> {
        let mut numbers = alloc::vec![[0; W], [u64::MAX; W], [0x5555_5555_5555_5555; W]];
        for i in 0..W {
            for word in [1, 2, 1 << 63, u64::MAX] {
                let mut number = [0; W];
                number[i] = word;
                numbers.push(number);
                number[0] |= 1;
                numbers.push(number);
                number[..i].fill(u64::MAX);
                numbers.push(number);
            }
        }
        numbers
    }

    /// A quotient and a remainder below the divisor that multiply back are the only ones.
    fn check<const W: usize>() {
        let numbers = edges::<W>();
        let mut divisions = 0;
        for a in &numbers {
            for b in &numbers {
                for c in [[0; W], [u64::MAX; W], *a] {
                    let value = multiply_back(a, b, &c);
                    for m in &numbers {
                        let fits = *m == [0; W] || value[W..].iter().rev().lt(m.iter().rev());
                        let found = multiply_add(a, b, &c, m);
                        assert_eq!(found.is_some(), fits);
                        let Some(Division { quotient, remainder }) = found else { continue };
                        if *m == [0; W] {
                            assert_eq!([remainder, quotient].concat(), value);
                            continue;
                        }
                        assert!(remainder.iter().rev().lt(m.iter().rev()));
                        assert_eq!(multiply_back(&quotient, m, &remainder), value, "{a:x?} {b:x?} {c:x?} {m:x?}");
                        divisions += 1;
                    }
                }
            }
        }
        assert!(divisions > 10_000);
    }

    #[test]
    fn divisions_multiply_back() {
        check::<4>();
        check::<6>();
    }

    /// `a < m` or `b < m` is enough for a quotient that fits, whatever the summand.
    #[test]
    fn reduced_factors_fit() {
        for m in edges::<4>().into_iter().filter(|m| *m != [0; 4]) {
            let mut less = m;
            let borrow = less.iter_mut().try_for_each(|word| {
                let (difference, borrow) = word.overflowing_sub(1);
                *word = difference;
                if borrow { Ok(()) } else { Err(()) }
            });
            assert_eq!(borrow, Err(()));
            assert!(multiply_add(&less, &[u64::MAX; 4], &[u64::MAX; 4], &m).is_some());
            assert!(multiply_add(&[u64::MAX; 4], &less, &[u64::MAX; 4], &m).is_some());
        }
    }
}
