use alloc::vec::Vec;

use k256::elliptic_curve::PrimeField;
use k256::elliptic_curve::sec1::{FromEncodedPoint, ToEncodedPoint};
use k256::{AffinePoint, EncodedPoint, FieldBytes, ProjectivePoint, Scalar};

use super::*;

fn from_bytes(bytes: &[u8]) -> U256 {
    let (words, _) = bytes.as_rchunks::<8>().1.as_chunks::<4>();
    let mut limbs = words[0].map(u64::from_be_bytes);
    limbs.reverse();
    limbs
}

fn to_bytes(x: &U256) -> FieldBytes {
    let mut bytes = FieldBytes::default();
    for (chunk, word) in bytes.as_rchunks_mut::<8>().1.iter_mut().rev().zip(x) {
        *chunk = word.to_be_bytes();
    }
    bytes
}

fn from_affine(point: AffinePoint) -> Point {
    let encoded = point.to_encoded_point(false);
    let mut words = [0; 8];
    words[..4].copy_from_slice(&from_bytes(encoded.x().unwrap()));
    words[4..].copy_from_slice(&from_bytes(encoded.y().unwrap()));
    words
}

fn to_projective(point: &Point) -> ProjectivePoint {
    let [x, y] = coordinates(point).map(|x| to_bytes(&x));
    let encoded = EncodedPoint::from_affine_coordinates(&x, &y, false);
    AffinePoint::from_encoded_point(&encoded).unwrap().into()
}

/// Small multiples of the generator, and some large ones.
fn points() -> Vec<Point> {
    let large = Scalar::from_repr(FieldBytes::from([0x5a; 32])).unwrap();
    let scalars = (1..6u64).map(Scalar::from).chain([large, large * large, -Scalar::ONE]);
    scalars.map(|scalar| from_affine((ProjectivePoint::GENERATOR * scalar).to_affine())).collect()
}

/// Field elements at the edges of words and of the prime.
fn elements() -> Vec<U256> {
    let high = [u64::MAX; 3];
    let mut elements: Vec<U256> = [0, 1, 2, PRIME[0] - 1, PRIME[0] - 2]
        .into_iter()
        .flat_map(|low| [[low, 0, 0, 0], [low, high[0], high[1], high[2]]])
        .collect();
    elements.extend(points().iter().flat_map(coordinates));
    elements
}

fn element(x: &U256) -> k256::FieldElement {
    k256::FieldElement::from_bytes(&to_bytes(x)).unwrap()
}

fn words(x: &k256::FieldElement) -> U256 {
    from_bytes(&x.normalize().to_bytes())
}

#[test]
fn field_agrees_with_k256() {
    for x in &elements() {
        for y in &elements() {
            assert_eq!(multiply(x, y), words(&(element(x) * element(y))));
            assert_eq!(subtract(x, y), words(&(element(x) - element(y))));
        }
        let inverse = element(x).invert().unwrap_or(k256::FieldElement::ZERO);
        assert_eq!(invert(x), words(&inverse), "{x:x?}");
    }
}

/// Operands need not be below the prime.
#[test]
fn products_of_large_operands_are_reduced() {
    let max = [u64::MAX; 4];
    let reduced = reduce(&max);
    assert_eq!(reduced, [FOLD_MINUS_ONE, 0, 0, 0]);
    assert_eq!(multiply_add(&max, &max, &max), multiply_add(&reduced, &reduced, &reduced));
    assert_eq!(reduce(&PRIME), [0; 4]);
    assert_eq!(multiply(&PRIME, &max), [0; 4]);
}

const FOLD_MINUS_ONE: u64 = (1 << 32) + 976;

#[test]
fn points_agree_with_k256() {
    let points = points();
    for p in &points {
        let twice = to_projective(p) + to_projective(p);
        assert_eq!(double(p), Some(from_affine(twice.to_affine())));
        for q in points.iter().filter(|q| q[..4] != p[..4]) {
            let sum = to_projective(p) + to_projective(q);
            assert_eq!(add(p, q), Some(from_affine(sum.to_affine())));
        }
    }
}

#[test]
fn outside_the_domain_is_nothing() {
    let [p, q] = [points()[0], points()[1]];
    let with = |mut point: Point, at: usize, coordinate: &U256| {
        point[at..at + 4].copy_from_slice(coordinate);
        point
    };
    let opposite = with(p, 4, &subtract(&[0; 4], &coordinates(&p)[1]));
    for (p, q) in [(p, p), (p, opposite), (with(p, 0, &PRIME), q), (p, with(q, 0, &[u64::MAX; 4]))] {
        assert_eq!(add(&p, &q), None);
    }
    for p in [with(p, 4, &[0; 4]), with(p, 4, &PRIME), with(p, 4, &[u64::MAX; 4])] {
        assert_eq!(double(&p), None);
    }
    // The other coordinates are taken modulo the prime.
    assert_eq!(add(&with(p, 4, &[u64::MAX; 4]), &q), add(&with(p, 4, &[FOLD_MINUS_ONE, 0, 0, 0]), &q));
    assert_eq!(double(&with(p, 0, &[u64::MAX; 4])), double(&with(p, 0, &[FOLD_MINUS_ONE, 0, 0, 0])));
}
