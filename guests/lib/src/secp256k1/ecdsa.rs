//! Signatures (SEC 1, sections 4.1.4 and 4.1.6).

use super::multiply::multiply_sum;
use super::{Point, U256, add_words, field, from_bytes, inverse, scalar, to_bytes};

/// The halves `r` and `s` of a signature, both below the order and not 0.
fn signature(bytes: &[u8; 64]) -> Option<[U256; 2]> {
    let (halves, _) = bytes.as_chunks::<32>();
    let halves = [from_bytes(&halves[0]), from_bytes(&halves[1])];
    halves.iter().all(|half| *half != [0; 4] && scalar::is_canonical(half)).then_some(halves)
}

/// x of the point that a signature comes from: r, or for an id with bit 1 r plus the order. Ids are below 4.
fn point_x(r: &U256, id: u8) -> Option<U256> {
    match id {
        0 | 1 => Some(*r),
        2 | 3 => match add_words(r, &scalar::ORDER) {
            (x, false) if field::is_canonical(&x) => Some(x),
            _ => None,
        },
        _ => None,
    }
}

/// The key, x then y, that made the signature `r`, `s` of a message with this hash. Bit 0 of `id` is the parity of the
/// y of the signature's point, bit 1 says that its x was not below the order. High `s` is accepted.
pub fn recover(hash: &[u8; 32], bytes: &[u8; 64], id: u8) -> Option<[u8; 64]> {
    let [r, s] = signature(bytes)?;
    let x = point_x(&r, id)?;
    let mut point = Point { x, y: field::square_root(&field::curve(&x))? };
    if point.y[0] & 1 != u64::from(id & 1) {
        point = point.negate();
    }
    // (s R - z G) / r.
    let inverse = inverse::invert(&r);
    let z = scalar::reduce(&from_bytes(hash));
    let u = scalar::negate(&scalar::multiply(&z, &inverse));
    let key = multiply_sum(&u, &scalar::multiply(&s, &inverse), &point)?;
    Some(to_key(&key))
}

/// The point `z / s G + r / s key` that a signature by this key comes from; nothing if the key is no point of the
/// curve.
fn signature_point(hash: &[u8; 32], [r, s]: &[U256; 2], key: &[u8; 64]) -> Option<Point> {
    let (coordinates, _) = key.as_chunks::<32>();
    let key = Point { x: from_bytes(&coordinates[0]), y: from_bytes(&coordinates[1]) };
    if !key.is_on_curve() {
        return None;
    }
    let inverse = inverse::invert(s);
    let z = scalar::reduce(&from_bytes(hash));
    multiply_sum(&scalar::multiply(&z, &inverse), &scalar::multiply(r, &inverse), &key)
}

/// Whether `r`, `s` is a signature of a message with this hash by this key, x then y. High `s` is accepted.
pub fn verify(hash: &[u8; 32], bytes: &[u8; 64], key: &[u8; 64]) -> bool {
    let Some(signature) = signature(bytes) else { return false };
    signature_point(hash, &signature, key).is_some_and(|point| scalar::reduce(&point.x) == signature[0])
}

/// Whether [`recover`] would yield this key: for whoever is told the key, without the square root.
pub fn recovers_to(hash: &[u8; 32], bytes: &[u8; 64], id: u8, key: &[u8; 64]) -> bool {
    let Some(signature) = signature(bytes) else { return false };
    let Some(x) = point_x(&signature[0], id) else { return false };
    signature_point(hash, &signature, key).is_some_and(|point| point.x == x && point.y[0] & 1 == u64::from(id & 1))
}

fn to_key(point: &Point) -> [u8; 64] {
    let mut key = [0; 64];
    key[..32].copy_from_slice(&to_bytes(&point.x));
    key[32..].copy_from_slice(&to_bytes(&point.y));
    key
}
