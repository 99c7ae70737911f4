//! Packed arithmetic against p3's, element by element: every pair of edge values, worst sums, and many others.
//!
//! The same tests run natively, on arrays, and in WebAssembly, on vectors.

use core::array::from_fn;

use hearth_packing::{Element, Packed, PackedKoalaBear, SimdKoalaBear, WIDTH};
use p3_field::extension::QuinticTrinomialExtensionField;
use p3_field::{
    Algebra, BasedVectorSpace, ExtensionField, Field, PackedFieldExtension, PackedFieldPow2, PackedValue,
    PrimeCharacteristicRing, PrimeField32,
};
use p3_koala_bear::KoalaBear;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const P: u32 = KoalaBear::ORDER_U32;

/// Pseudo-random elements, each form below `P` reachable (splitmix64).
fn random(seed: u64) -> impl FnMut() -> KoalaBear {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        KoalaBear::from_u32(((z ^ (z >> 31)) % u64::from(P)) as u32)
    }
}

/// The element whose Montgomery form is `form`.
fn of_form(form: u32) -> KoalaBear {
    let element = KoalaBear::from_u32(form).div_2exp_u64(32);
    assert_eq!(element.to_unique_u32(), form);
    element
}

/// Elements whose Montgomery forms are at the edges: small, large, halves, powers of two and their neighbours.
fn edges() -> Vec<KoalaBear> {
    let powers = (0..31).flat_map(|k| [(1u32 << k).wrapping_sub(1), 1 << k, (1 << k) + 1]);
    let mut forms: Vec<u32> = powers.chain([P / 2 - 1, P / 2, P / 2 + 1, P / 2 + 2]).collect();
    forms.extend((1..=4).map(|k| P - k));
    forms.retain(|&form| form < P);
    forms.into_iter().map(of_form).collect()
}

fn pack(elements: impl IntoIterator<Item = KoalaBear>) -> Vec<PackedKoalaBear> {
    let mut elements: Vec<_> = elements.into_iter().collect();
    elements.resize(elements.len().next_multiple_of(WIDTH), KoalaBear::ZERO);
    PackedKoalaBear::pack_slice(&elements).to_vec()
}

fn same(what: &str, packed: PackedKoalaBear, scalar: impl Fn(usize) -> KoalaBear) {
    for lane in 0..WIDTH {
        let (packed, scalar) = (packed.0[lane], scalar(lane));
        assert_eq!(packed.to_unique_u32(), scalar.to_unique_u32(), "{what}, lane {lane}");
    }
}

fn binary(a: PackedKoalaBear, b: PackedKoalaBear) {
    let (x, y) = (|lane| a.0[lane], |lane| b.0[lane]);
    same("add", a + b, |lane| x(lane) + y(lane));
    same("sub", a - b, |lane| x(lane) - y(lane));
    same("mul", a * b, |lane| x(lane) * y(lane));
    same("add one", a + b.0[1], |lane| x(lane) + b.0[1]);
    same("sub one", a - b.0[1], |lane| x(lane) - b.0[1]);
    same("mul one", a * b.0[1], |lane| x(lane) * b.0[1]);
    same("xor", a.xor(&b), |lane| x(lane).xor(&y(lane)));
    same("andn", a.andn(&b), |lane| x(lane).andn(&y(lane)));
}

fn unary(a: PackedKoalaBear) {
    let x = |lane| a.0[lane];
    same("neg", -a, |lane| -x(lane));
    same("double", a.double(), |lane| x(lane).double());
    same("halve", a.halve(), |lane| x(lane).halve());
    same("square", a.square(), |lane| x(lane).square());
    same("cube", a.cube(), |lane| x(lane).cube());
    same("exp", a.exp_const_u64::<7>(), |lane| x(lane).exp_u64(7));
    for exp in 0..70 {
        same("div_2exp", a.div_2exp_u64(exp), |lane| x(lane).div_2exp_u64(exp));
        same("mul_2exp", a.mul_2exp_u64(exp), |lane| x(lane).mul_2exp_u64(exp));
    }
}

#[test]
fn every_pair_of_edges() {
    let edges = edges();
    for &one in &edges {
        for other in pack(edges.iter().copied()) {
            binary(PackedKoalaBear::from(one), other);
            binary(other, PackedKoalaBear::from(one));
        }
    }
    pack(edges).into_iter().for_each(unary);
}

#[test]
fn many_others() {
    let mut next = random(1);
    for _ in 0..20_000 {
        let [a, b] = from_fn(|_| Packed(from_fn(|_| next())));
        binary(a, b);
    }
    for _ in 0..500 {
        unary(Packed(from_fn(|_| next())));
    }
}

#[test]
fn halves_and_cubes_of_whole_ranges() {
    // All forms of the lowest and the highest 2^16, and a step through everything between.
    let forms = (0..1 << 16).chain(P - (1 << 16)..P).chain((0..P).step_by(40_961));
    let forms: Vec<u32> = forms.collect();
    for forms in forms.chunks_exact(WIDTH) {
        let a: PackedKoalaBear = Packed(from_fn(|lane| of_form(forms[lane])));
        same("halve", a.halve(), |lane| a.0[lane].halve());
        same("cube", a.cube(), |lane| a.0[lane].cube());
        same("div", a.div_2exp_u64(24), |lane| a.0[lane].div_2exp_u64(24));
    }
}

fn dot<const N: usize>(mut next: impl FnMut() -> KoalaBear) {
    let [a, b]: [[PackedKoalaBear; N]; 2] = from_fn(|_| from_fn(|_| Packed(from_fn(|_| next()))));
    let scalars: [KoalaBear; N] = from_fn(|i| b[i].0[i % WIDTH]);
    let term = |lane: usize, i: usize| a[i].0[lane] * b[i].0[lane];
    same("dot", PackedKoalaBear::dot_product(&a, &b), |lane| (0..N).map(|i| term(lane, i)).sum());
    same("mixed", PackedKoalaBear::mixed_dot_product(&a, &scalars), |lane| {
        (0..N).map(|i| a[i].0[lane] * scalars[i]).sum()
    });
    same("sum", PackedKoalaBear::sum_array::<N>(&a), |lane| (0..N).map(|i| a[i].0[lane]).sum());
    same("sum", a.iter().copied().sum(), |lane| (0..N).map(|i| a[i].0[lane]).sum());
}

#[test]
fn sums_of_products() {
    let (mut any, edges) = (random(2), edges());
    let mut choice = random(3);
    // The largest products first: this is where a sum could overflow.
    let mut sources: [&mut dyn FnMut() -> KoalaBear; 4] = [
        &mut || of_form(P - 1),
        &mut || of_form(0),
        &mut || edges[choice().as_canonical_u32() as usize % edges.len()],
        &mut any,
    ];
    for source in &mut sources {
        for _ in 0..200 {
            dot::<0>(&mut *source);
            dot::<1>(&mut *source);
            dot::<2>(&mut *source);
            dot::<3>(&mut *source);
            dot::<4>(&mut *source);
            dot::<5>(&mut *source);
            dot::<6>(&mut *source);
            dot::<7>(&mut *source);
            dot::<8>(&mut *source);
            dot::<9>(&mut *source);
            dot::<16>(&mut *source);
            dot::<64>(&mut *source);
        }
    }
}

#[test]
fn division() {
    let mut next = random(4);
    let [a, b]: [PackedKoalaBear; 2] = from_fn(|_| Packed(from_fn(|_| next())));
    same("div", a / b, |lane| a.0[lane] / b.0[lane]);
    same("div one", a / b.0[2], |lane| a.0[lane] / b.0[2]);
}

#[test]
fn lanes_move_as_they_should() {
    let mut next = random(5);
    let [a, b]: [PackedKoalaBear; 2] = from_fn(|_| Packed(from_fn(|_| next())));
    let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (a.0, b.0);
    assert_eq!(a.interleave(b, 1), (Packed([a0, b0, a2, b2]), Packed([a1, b1, a3, b3])));
    assert_eq!(a.interleave(b, 2), (Packed([a0, a1, b0, b1]), Packed([a2, a3, b2, b3])));
    assert_eq!(a.interleave(b, 4), (a, b));
    assert_eq!(*PackedKoalaBear::from_slice(&a.0), a);
    assert_eq!(PackedKoalaBear::zero_vec(3), [PackedKoalaBear::ZERO; 3]);
}

/// The extension field over lanes, element by element over p3's.
#[test]
fn the_extension_agrees() {
    type Ours = QuinticTrinomialExtensionField<SimdKoalaBear>;
    type Theirs = QuinticTrinomialExtensionField<KoalaBear>;
    type Lanes = <Ours as ExtensionField<SimdKoalaBear>>::ExtensionPacking;
    fn ours(element: &Theirs) -> Ours {
        let coefficients: &[KoalaBear] = element.as_basis_coefficients_slice();
        Ours::from_basis_coefficients_fn(|i| SimdKoalaBear(coefficients[i]))
    }

    fn at(packed: Lanes, lane: usize) -> Ours {
        PackedFieldExtension::<SimdKoalaBear, Ours>::extract(&packed, lane)
    }

    let mut sources: [(usize, Box<dyn FnMut() -> KoalaBear>); 2] =
        [(500, Box::new(random(6))), (1, Box::new(|| of_form(P - 1)))];
    for (count, next) in &mut sources {
        for _ in 0..*count {
            let mut four = || -> [Theirs; WIDTH] { from_fn(|_| Theirs::from_basis_coefficients_fn(|_| next())) };
            let (x, y) = (four(), four());
            let base = x[0].as_basis_coefficients_slice()[0];
            let [a, b] = [&x, &y].map(|lanes| Lanes::from_ext_fn(|lane| ours(&lanes[lane])));
            for lane in 0..WIDTH {
                let (p, q) = (ours(&x[lane]), ours(&y[lane]));
                assert_eq!(at(a * b, lane), ours(&(x[lane] * y[lane])));
                assert_eq!(at(a.square(), lane), ours(&x[lane].square()));
                assert_eq!(at(a + b, lane), ours(&(x[lane] + y[lane])));
                assert_eq!(at(a - b, lane), ours(&(x[lane] - y[lane])));
                assert_eq!(at(a * Packed::from(SimdKoalaBear(base)), lane), ours(&(x[lane] * base)));
                assert_eq!(p * q, ours(&(x[lane] * y[lane])));
                assert_eq!(p.square(), ours(&x[lane].square()));
                assert_eq!(p - q, ours(&(x[lane] - y[lane])));
                assert_eq!(p.inverse(), ours(&x[lane].inverse()));
            }
        }
    }
}

/// What `Element` promises of both types.
#[test]
fn elements_are_their_montgomery_forms() {
    fn check<F: Element>() {
        assert_eq!((size_of::<F>(), align_of::<F>()), (4, 4));
        for element in edges() {
            assert_eq!(F::from_koala_bear(element).montgomery(), element.to_unique_u32());
            assert_eq!(F::from_u32(element.as_canonical_u32()), F::from_koala_bear(element));
        }
    }
    check::<KoalaBear>();
    check::<SimdKoalaBear>();
}
