//! One result for given operands: the rules of the chip in integers, for words of any limb size, and all witnesses gone
//! through where words have 8 bits.
//!
//! That the chip's equations, which are modulo p, hold in integers is the argument of `product.rs` and its tests; that the
//! rules here are the chip's is tested on both at full size.

use alloc::vec::Vec;

use hearth_machine::isa::Op;

use super::tests::{EDGES, OPS, expected, forged};

/// A word has four limbs, a limb two bytes of this many bits.
#[derive(Clone, Copy)]
struct Size(u32);

/// An operation by its four bits.
#[derive(Clone, Copy, Debug)]
struct Operation {
    is_unsigned: bool,
    is_rem: bool,
    is_word: bool,
}

/// What a prover chooses and no other rule decides at once.
#[derive(Clone, Copy, Debug)]
struct Witness {
    divisor: u64,
    quotient: u64,
    remainder: u64,
    is_zero: bool,
    result: u64,
}

impl Size {
    const fn word(self) -> u32 {
        8 * self.0
    }

    fn mask(self) -> u64 {
        u64::MAX >> (64 - self.word())
    }

    fn byte(self, value: u64, i: usize) -> i128 {
        i128::from(value >> (self.0 * i as u32) & ((1 << self.0) - 1))
    }

    fn limb(self, value: u64, k: usize) -> i128 {
        self.byte(value, 2 * k) + (self.byte(value, 2 * k + 1) << self.0)
    }

    fn base(self) -> i128 {
        1 << (2 * self.0)
    }

    /// `b = -a` with boolean carries.
    fn opposite(self, a: u64, b: u64) -> bool {
        let mut carry = 0;
        (0..4).all(|k| {
            let sum = self.limb(a, k) + self.limb(b, k) + carry;
            carry = sum / self.base();
            sum % self.base() == 0 && carry < 2
        })
    }

    /// The sign of a word of an operation, and the word extended.
    fn extended(self, operation: Operation, value: u64) -> (bool, u64) {
        let bits = if operation.is_word { self.word() / 2 } else { self.word() };
        let low = value & (self.mask() >> (self.word() - bits));
        let sign = !operation.is_unsigned && low >> (bits - 1) == 1;
        (sign, if sign && operation.is_word { low | self.mask() & (self.mask() << bits) } else { low })
    }

    /// The remainder that the division's equation leaves, if there is one: limb by limb, with integer carries.
    fn remainder(self, n_sign: bool, n: u64, divisor: u64, quotient: u64) -> Option<u64> {
        let product = |at: usize| {
            let pairs = (0..8).filter(|&i| i <= at && at < i + 8);
            pairs.map(|i| self.byte(quotient, i) * self.byte(divisor, at - i)).sum::<i128>()
        };
        if (8..15).any(|at| product(at) != 0) {
            return None;
        }
        let (mut remainder, mut carry) = (0, 0);
        for k in 0..4 {
            let n = if n_sign { -self.limb(n, k) } else { self.limb(n, k) };
            let known = product(2 * k) + (product(2 * k + 1) << self.0) + carry - n;
            let limb = (-known).rem_euclid(self.base());
            carry = (known + limb) / self.base();
            remainder |= (limb as u64) << (2 * self.0 * k as u32);
        }
        (carry == i128::from(n_sign)).then_some(remainder)
    }

    /// Whether a slack exists: `remainder + 1 + slack = divisor + base^4 is_zero` with boolean carries.
    fn compares(self, remainder: u64, divisor: u64, is_zero: bool) -> bool {
        let mut carries = Vec::from([1]);
        for k in 0..4 {
            let known = |carry: i128| self.limb(remainder, k) + carry - self.limb(divisor, k);
            let next =
                |carry: i128| (0..2).filter(move |out| (0..self.base()).contains(&(out * self.base() - known(carry))));
            carries = carries.into_iter().flat_map(next).collect();
        }
        carries.contains(&i128::from(is_zero))
    }

    /// All rules but the range of the cells.
    fn holds(self, operation: Operation, n: u64, d: u64, witness: &Witness) -> bool {
        let ((n_sign, n), (d_sign, d)) = (self.extended(operation, n), self.extended(operation, d));
        let Witness { divisor, quotient, remainder, is_zero, result } = *witness;
        let top = (1 << self.0) - 1;
        let rest: i128 = (1..8).map(|i| self.byte(quotient, i)).sum();
        let by_zero = || {
            divisor == 0
                && self.byte(quotient, 0) == 1 + (top - 1) * i128::from(!n_sign)
                && rest == 7 * top * i128::from(!n_sign)
        };
        let (negate, magnitude) = match operation.is_rem {
            true => (n_sign, remainder),
            false => (n_sign != d_sign, quotient),
        };
        (if d_sign { self.opposite(d, divisor) } else { d == divisor })
            && self.remainder(n_sign, n, divisor, quotient) == Some(remainder)
            && self.compares(remainder, divisor, is_zero)
            && (!is_zero || by_zero())
            && (if negate { self.opposite(magnitude, result) } else { magnitude == result })
    }

    /// What is written to rd.
    fn written(self, operation: Operation, result: u64) -> u64 {
        let half = self.word() / 2;
        match (operation.is_word, result >> (half - 1) & 1) {
            (false, _) => result,
            (true, 0) => result & (self.mask() >> half),
            (true, _) => result | self.mask() & (self.mask() << half),
        }
    }
}

impl Operation {
    fn of(op: Op) -> Self {
        let number = op as u8 - Op::Div as u8;
        Self { is_unsigned: number & 1 == 1, is_rem: number & 2 != 0, is_word: number & 4 != 0 }
    }
}

/// `expected` for words of 8 bits.
fn expected_of_bytes(operation: Operation, n: u64, d: u64) -> u64 {
    let bits = if operation.is_word { 4 } else { 8 };
    let number = |value: u64| {
        let low = (value & ((1 << bits) - 1)) as i64;
        if !operation.is_unsigned && low >> (bits - 1) == 1 { low - (1 << bits) } else { low }
    };
    let (n, d) = (number(n), number(d));
    let result = match (d, operation.is_rem) {
        (0, true) => n,
        (0, false) => -1,
        (_, true) => n % d,
        (_, false) => n / d,
    };
    // Word forms extend bit 3 of their results.
    let result = if operation.is_word { result << 60 >> 60 } else { result };
    result as u64 & 0xff
}

/// Determinism, exhaustively: for every operation, every pair of operands of 8 bits and every witness that holds, one result.
#[test]
fn results_are_unique() {
    let size = Size(1);
    let opposites: Vec<Vec<u64>> = (0..256).map(|a| (0..256).filter(|&b| size.opposite(a, b)).collect()).collect();
    assert!(opposites.iter().all(|found| found.len() == 1));
    for operation in OPS.map(Operation::of) {
        // Word forms do not look at the upper halves.
        let operands = if operation.is_word { 16 } else { 256 };
        for (n, d) in (0..operands).flat_map(|n| (0..operands).map(move |d| (n, d))) {
            let ((n_sign, n_wide), (d_sign, d_wide)) = (size.extended(operation, n), size.extended(operation, d));
            let divisor = if d_sign { opposites[d_wide as usize][0] } else { d_wide };
            let mut solutions = 0;
            for quotient in 0..256 {
                let Some(remainder) = size.remainder(n_sign, n_wide, divisor, quotient) else { continue };
                for is_zero in [false, true] {
                    let magnitude = if operation.is_rem { remainder } else { quotient };
                    for result in [magnitude, opposites[magnitude as usize][0]] {
                        let witness = Witness { divisor, quotient, remainder, is_zero, result };
                        if size.holds(operation, n, d, &witness) {
                            let written = size.written(operation, result);
                            assert_eq!(
                                written,
                                expected_of_bytes(operation, n, d),
                                "{operation:?} {n} {d} {witness:?}"
                            );
                            solutions += 1;
                        }
                    }
                }
            }
            assert!(solutions > 0, "{operation:?} {n} {d}");
        }
    }
}

/// The rules are the chip's: at full size, both take the honest division and refuse the same others.
#[test]
fn rules_are_those_of_the_chip() {
    let size = Size(8);
    let (mut taken, mut refused) = (0, 0);
    for op in OPS {
        let operation = Operation::of(op);
        for (n, d) in EDGES.into_iter().flat_map(|n| EDGES.map(|d| (n, d))) {
            for change in 0..7u64 {
                let mut witness = None;
                let (_, report) = forged(op, n, d, |division| {
                    match change {
                        0 => (),
                        1 => division.quotient ^= 1,
                        2 => division.remainder = division.remainder.wrapping_add(1 << 16),
                        3 => division.is_zero ^= true,
                        4 => {
                            division.quotient = division.quotient.wrapping_sub(1);
                            division.remainder = division.remainder.wrapping_add(d);
                        }
                        5 => division.quotient = division.quotient.wrapping_neg(),
                        _ => (division.quotient, division.remainder) = (division.remainder, division.quotient),
                    }
                    witness = Some(Witness {
                        divisor: if division.d_negative { division.d.wrapping_neg() } else { division.d },
                        quotient: division.quotient,
                        remainder: division.remainder,
                        is_zero: division.is_zero,
                        result: division.result(),
                    });
                });
                let witness = witness.expect("the division was changed");
                // Another result than the one that is written breaks the memory bus, which no row sees by itself.
                let holds = size.holds(operation, n, d, &witness);
                assert_eq!(report.is_honest(), holds, "{op:?} {n:x} {d:x} {change} {witness:?}");
                if holds {
                    assert_eq!(size.written(operation, witness.result), expected(op, n, d), "{op:?} {n:x} {d:x}");
                    taken += 1;
                } else {
                    refused += 1;
                }
            }
        }
    }
    assert!(taken > 1352 && refused > 5000, "{taken} taken, {refused} refused");
}
