//! `a b + c` modulo `m` for numbers of `W` = 4 or 6 words: the machine's call, or software elsewhere.

#[cfg(target_arch = "riscv64")]
pub use hearth_guest::modular::{add_product, multiply_add, multiply_add_assign, power, square};

#[cfg(not(target_arch = "riscv64"))]
pub use self::software::{add_product, multiply_add, multiply_add_assign, power, square};

#[cfg(not(target_arch = "riscv64"))]
mod software {
    use ruint::Uint;

    /// `a b + c`.
    pub fn multiply_add<const W: usize>(a: &[u64; W], b: &[u64; W], c: &[u64; W], m: &[u64; W]) -> [u64; W] {
        fn wide<const BITS: usize, const W: usize>([a, b, c, m]: [&[u64]; 4]) -> [u64; W] {
            let [a, b, c, m] = [a, b, c, m].map(Uint::<BITS, W>::from_limbs_slice);
            // What the machine does not fault for.
            assert!(a < m || b < m, "the quotient may be wider than the numbers");
            a.mul_mod(b, m).add_mod(c, m).into_limbs()
        }
        let mut result = [0; W];
        match W {
            4 => result.copy_from_slice(&wide::<256, 4>([a, b, c, m])),
            6 => result.copy_from_slice(&wide::<384, 6>([a, b, c, m])),
            _ => unreachable!("numbers have 4 or 6 words"),
        }
        result
    }

    /// `a = a b + c`.
    pub fn multiply_add_assign<const W: usize>(a: &mut [u64; W], b: &[u64; W], c: &[u64; W], m: &[u64; W]) {
        *a = multiply_add(a, b, c, m);
    }

    /// `c = a b + c`.
    pub fn add_product<const W: usize>(c: &mut [u64; W], a: &[u64; W], b: &[u64; W], m: &[u64; W]) {
        *c = multiply_add(a, b, c, m);
    }

    /// `a = a a`.
    pub fn square<const W: usize>(a: &mut [u64; W], m: &[u64; W]) {
        *a = multiply_add(a, a, &[0; W], m);
    }

    /// `base^exponent`, the exponent's most significant byte first.
    pub fn power<const W: usize>(base: &[u64; W], exponent: &[u8], m: &[u64; W]) -> [u64; W] {
        let mut result = [0; W];
        result[0] = 1;
        for byte in exponent {
            for bit in (0..8).rev() {
                square(&mut result, m);
                if byte >> bit & 1 != 0 {
                    multiply_add_assign(&mut result, base, &[0; W], m);
                }
            }
        }
        result
    }
}
