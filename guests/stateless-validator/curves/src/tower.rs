//! The tower of extensions that both curves have: `u^2 = -1`, `v^3 = n`, `w^2 = v`, with the constants of an ark crate.

/// Defines `Fq` to `Fq12Config` by those of the crate `$ark`; `$times` multiplies an element of `Fq2` by `n`.
macro_rules! tower {
    ($ark:ident, $words:literal, $times:expr) => {
        use ark_ff::fields::fp6_3over2::{Fp6, Fp6Config};
        use ark_ff::fields::fp12_2over3over2::Fp12Config;
        use ark_ff::{AdditiveGroup, Field, Fp, Fp2, Fp2Config};

        use crate::field::{Accelerated, import, multiply_add, small};

        /// The field of the curve's coordinates.
        pub type Fq = Fp<Accelerated<$ark::FqConfig>, $words>;
        /// Its quadratic extension.
        pub type Fq2 = Fp2<Fq2Config>;
        type Fq6 = Fp6<Fq6Config>;

        const fn import_pair(x: &$ark::Fq2) -> Fq2 {
            Fq2::new(import(&x.c0), import(&x.c1))
        }

        const fn import_pairs<const N: usize>(pairs: &[$ark::Fq2]) -> [Fq2; N] {
            let mut imported = [Fq2::ZERO; N];
            let mut i = 0;
            while i < N {
                imported[i] = import_pair(&pairs[i]);
                i += 1;
            }
            imported
        }

        /// `u^2 = -1`.
        pub struct Fq2Config;

        impl Fp2Config for Fq2Config {
            type Fp = Fq;
            const NONRESIDUE: Fq = Fq::NEG_ONE;
            const FROBENIUS_COEFF_FP2_C1: &'static [Fq] = &[Fq::ONE, Fq::NEG_ONE];

            #[inline(always)]
            fn mul_fp_by_nonresidue_in_place(x: &mut Fq) -> &mut Fq {
                x.neg_in_place()
            }

            #[inline(always)]
            fn mul_fp_by_nonresidue_and_add(y: &mut Fq, x: &Fq) {
                *y = multiply_add(y, const { &Fq::NEG_ONE }, x);
            }
        }

        /// `v^3 = n`.
        #[derive(Clone, Copy)]
        pub struct Fq6Config;

        impl Fp6Config for Fq6Config {
            type Fp2Config = Fq2Config;
            const NONRESIDUE: Fq2 = import_pair(&$ark::Fq6Config::NONRESIDUE);
            const FROBENIUS_COEFF_FP6_C1: &'static [Fq2] = &import_pairs::<6>($ark::Fq6Config::FROBENIUS_COEFF_FP6_C1);
            const FROBENIUS_COEFF_FP6_C2: &'static [Fq2] = &import_pairs::<6>($ark::Fq6Config::FROBENIUS_COEFF_FP6_C2);

            #[inline(always)]
            fn mul_fp2_by_nonresidue_in_place(x: &mut Fq2) -> &mut Fq2 {
                // (k + u)(a + b u) = (k a - b) + (k b + a) u.
                let k = const { &small($times) };
                let minus_b = -x.c1;
                *x = Fq2::new(multiply_add(&x.c0, k, &minus_b), multiply_add(&x.c1, k, &x.c0));
                x
            }
        }

        /// `w^2 = v`.
        #[derive(Clone, Copy)]
        pub struct Fq12Config;

        impl Fp12Config for Fq12Config {
            type Fp6Config = Fq6Config;
            const NONRESIDUE: Fq6 = Fq6::new(Fq2::ZERO, Fq2::ONE, Fq2::ZERO);
            const FROBENIUS_COEFF_FP12_C1: &'static [Fq2] =
                &import_pairs::<12>($ark::Fq12Config::FROBENIUS_COEFF_FP12_C1);
        }
    };
}

pub(crate) use tower;
