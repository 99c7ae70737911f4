//! [`SimdKoalaBear`] is p3's KoalaBear in every value and every byte, and so is Poseidon2 over it.

use core::array::from_fn;

use hearth_packing::{Element, Packed, Poseidon2, SimdKoalaBear, poseidon2_16, poseidon2_24};
use p3_field::extension::{HasTwoAdicQuinticExtension, QuinticTrinomialExtendable};
use p3_field::integers::QuotientMap;
use p3_field::{
    Field, InjectiveMonomial, PackedValue, PermutationMonomial, PrimeCharacteristicRing, PrimeField, PrimeField32,
    PrimeField64, RawDataSerializable, TwoAdicField, UniformSamplingField,
};
use p3_koala_bear::{KoalaBear, default_koalabear_poseidon2_16, default_koalabear_poseidon2_24};
use p3_symmetric::Permutation;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const P: u32 = KoalaBear::ORDER_U32;

/// A spread of elements with both ends.
fn elements() -> impl Iterator<Item = KoalaBear> {
    (0..300).chain(P - 300..P).chain((0..P).step_by(1_000_003)).map(KoalaBear::from_u32)
}

#[test]
fn arithmetic_is_the_same() {
    for (x, y) in elements().zip(elements().skip(7)) {
        let (a, b) = (SimdKoalaBear(x), SimdKoalaBear(y));
        assert_eq!((a + b).0, x + y);
        assert_eq!((a - b).0, x - y);
        assert_eq!((a * b).0, x * y);
        assert_eq!((-a).0, -x);
        assert_eq!(a.halve().0, x.halve());
        assert_eq!(a.mul_2exp_u64(9).0, x.mul_2exp_u64(9));
        assert_eq!(a.div_2exp_u64(9).0, x.div_2exp_u64(9));
        assert_eq!(a.try_inverse().map(|a| a.0), x.try_inverse());
        assert_eq!(a.injective_exp_n().0, x.injective_exp_n());
        assert_eq!(a.injective_exp_root_n().0, x.injective_exp_root_n());
        assert_eq!(a.cmp(&b), x.cmp(&y));
        assert_eq!([a, b, a].into_iter().sum::<SimdKoalaBear>().0, x + y + x);
        assert_eq!(SimdKoalaBear::sum_array::<3>(&[a, b, b]).0, x + y + y);
        assert_eq!(
            SimdKoalaBear::dot_product(&[a, b, b], &[b, a, b]).0,
            KoalaBear::dot_product(&[x, y, y], &[y, x, y])
        );
        assert_eq!(a + Packed::from(b), Packed::from(a + b));
        assert_eq!(a - Packed::from(b), Packed::from(a - b));
        assert_eq!(a * Packed::from(b), Packed::from(a * b));
        assert_eq!(a.try_sqrt().map(|root| root.square()), x.try_sqrt().map(|_| a));
    }
}

#[test]
fn constants_are_the_same() {
    assert_eq!(
        [SimdKoalaBear::ZERO, SimdKoalaBear::ONE, SimdKoalaBear::TWO, SimdKoalaBear::NEG_ONE, SimdKoalaBear::GENERATOR]
            .map(|a| a.0),
        [KoalaBear::ZERO, KoalaBear::ONE, KoalaBear::TWO, KoalaBear::NEG_ONE, KoalaBear::GENERATOR]
    );
    assert_eq!(SimdKoalaBear::ORDER_U32, KoalaBear::ORDER_U32);
    assert_eq!(SimdKoalaBear::ORDER_U64, KoalaBear::ORDER_U64);
    assert_eq!(SimdKoalaBear::order(), KoalaBear::order());
    assert_eq!(SimdKoalaBear::MAX_SINGLE_SAMPLE_BITS, KoalaBear::MAX_SINGLE_SAMPLE_BITS);
    assert_eq!(SimdKoalaBear::SAMPLING_BITS_M, KoalaBear::SAMPLING_BITS_M);
    assert_eq!(SimdKoalaBear::TWO_ADICITY, KoalaBear::TWO_ADICITY);
    for bits in 0..=KoalaBear::TWO_ADICITY {
        assert_eq!(SimdKoalaBear::two_adic_generator(bits).0, KoalaBear::two_adic_generator(bits));
        assert_eq!(
            SimdKoalaBear::ext_two_adic_generator(bits).map(|a| a.0),
            <KoalaBear as HasTwoAdicQuinticExtension>::ext_two_adic_generator(bits)
        );
    }
    assert_eq!(
        <SimdKoalaBear as QuinticTrinomialExtendable>::FROBENIUS_COEFFS.map(|row| row.map(|a| a.0)),
        <KoalaBear as QuinticTrinomialExtendable>::FROBENIUS_COEFFS
    );
    assert_eq!(
        <SimdKoalaBear as QuinticTrinomialExtendable>::EXT_GENERATOR.map(|a| a.0),
        <KoalaBear as QuinticTrinomialExtendable>::EXT_GENERATOR
    );
}

#[test]
fn bytes_are_the_same() {
    for x in elements() {
        let a = SimdKoalaBear(x);
        assert_eq!(a.into_bytes(), x.into_bytes());
        assert_eq!(a.as_canonical_u32(), x.as_canonical_u32());
        assert_eq!(a.as_canonical_u64(), x.as_canonical_u64());
        assert_eq!(a.as_canonical_biguint(), x.as_canonical_biguint());
        assert_eq!((a.to_unique_u32(), a.to_unique_u64()), (x.to_unique_u32(), x.to_unique_u64()));
        let bytes = postcard::to_allocvec(&a).unwrap();
        assert_eq!(bytes, postcard::to_allocvec(&x).unwrap());
        assert_eq!(postcard::from_bytes::<SimdKoalaBear>(&bytes).unwrap(), a);
        assert_eq!(format!("{a} {a:?}"), format!("{x} {x:?}"));
    }
    assert!(postcard::from_bytes::<SimdKoalaBear>(&P.to_le_bytes()).is_err(), "not canonical");
}

#[test]
fn integers_become_the_same_elements() {
    for integer in [0u64, 1, 255, 1 << 15, u64::from(P) - 1, u64::from(P), u64::from(u32::MAX), u64::MAX] {
        assert_eq!(SimdKoalaBear::from_u64(integer).0, KoalaBear::from_u64(integer));
        assert_eq!(
            SimdKoalaBear::from_u128(u128::from(integer) << 60).0,
            KoalaBear::from_u128(u128::from(integer) << 60)
        );
        assert_eq!(SimdKoalaBear::from_u32(integer as u32).0, KoalaBear::from_u32(integer as u32));
        assert_eq!(SimdKoalaBear::from_i64(integer as i64).0, KoalaBear::from_i64(integer as i64));
        assert_eq!(SimdKoalaBear::from_i32(integer as i32).0, KoalaBear::from_i32(integer as i32));
        assert_eq!(SimdKoalaBear::from_i8(integer as i8).0, KoalaBear::from_i8(integer as i8));
        assert_eq!(SimdKoalaBear::from_usize(integer as usize).0, KoalaBear::from_usize(integer as usize));
        assert_eq!(
            <SimdKoalaBear as QuotientMap<u64>>::from_canonical_checked(integer).map(|a| a.0),
            <KoalaBear as QuotientMap<u64>>::from_canonical_checked(integer)
        );
    }
}

/// Poseidon2 of `F`, one state and four states at a time, against p3's.
fn permutes_like<F: Element, const W: usize>(ours: &Poseidon2<F, W>, theirs: &impl Permutation<[KoalaBear; W]>)
where
    Poseidon2<F, W>: Permutation<[F; W]> + Permutation<[Packed<F>; W]>,
{
    let ends = [0, 1, P - 1, P / 2].map(|x| [KoalaBear::from_u32(x); W]);
    let others = (0..100).map(|i: u64| from_fn(|j| KoalaBear::from_u64(i * i * 7_654_321 + j as u64 * 1_234_567_891)));
    let states: Vec<[KoalaBear; W]> = ends.into_iter().chain(others).collect();
    for states in states.chunks_exact(4) {
        let mut packed: [Packed<F>; W] = from_fn(|i| Packed::from_fn(|lane| F::from_koala_bear(states[lane][i])));
        ours.permute_mut(&mut packed);
        for (lane, &state) in states.iter().enumerate() {
            let expected = theirs.permute(state).map(F::from_koala_bear);
            assert_eq!(ours.permute(state.map(F::from_koala_bear)), expected);
            assert_eq!(packed.map(|element| element.extract(lane)), expected);
        }
    }
}

#[test]
fn poseidon2_is_the_same() {
    permutes_like::<KoalaBear, 16>(&poseidon2_16(), &default_koalabear_poseidon2_16());
    permutes_like::<KoalaBear, 24>(&poseidon2_24(), &default_koalabear_poseidon2_24());
    permutes_like::<SimdKoalaBear, 16>(&poseidon2_16(), &default_koalabear_poseidon2_16());
    permutes_like::<SimdKoalaBear, 24>(&poseidon2_24(), &default_koalabear_poseidon2_24());
}
