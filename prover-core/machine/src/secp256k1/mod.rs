//! Points of secp256k1 on plain words: what its accelerator calls compute.
//!
//! The formulas are the affine chord and tangent ones, so that a proof needs one division only. They do not ask
//! whether a point lies on the curve: neither formula has the constant 7 in it.

mod field;
mod inverse;

pub use self::field::{PRIME, U256, is_canonical, multiply, multiply_add, reduce, subtract};
pub use self::inverse::invert;

/// x, then y, each of four words, least significant first.
pub type Point = [u64; 8];

/// The two coordinates.
pub fn coordinates(point: &Point) -> [U256; 2] {
    let (halves, _) = point.as_chunks::<4>();
    [halves[0], halves[1]]
}

/// Slope of the chord through two points.
///
/// `None` unless both x coordinates are below the prime and different.
pub fn chord(p: &Point, q: &Point) -> Option<U256> {
    let ([px, py], [qx, qy]) = (coordinates(p), coordinates(q));
    if !is_canonical(&px) || !is_canonical(&qx) || px == qx {
        return None;
    }
    Some(multiply(&subtract(&reduce(&qy), &reduce(&py)), &invert(&subtract(&qx, &px))))
}

/// Slope of the tangent in a point.
///
/// `None` unless y is below the prime and not 0.
pub fn tangent(p: &Point) -> Option<U256> {
    let [x, y] = coordinates(p);
    if !is_canonical(&y) || y == [0; 4] {
        return None;
    }
    let three_x = multiply(&reduce(&x), &[3, 0, 0, 0]);
    let two_y = multiply(&y, &[2, 0, 0, 0]);
    Some(multiply(&multiply(&three_x, &x), &invert(&two_y)))
}

/// The point with both coordinates below the prime that a line of slope `slope` through `p` leads to, when it meets the
/// curve in `other_x` too.
pub fn third(slope: &U256, p: &Point, other_x: &U256) -> Point {
    let [x, y] = coordinates(p);
    let third_x = subtract(&subtract(&multiply(slope, slope), &reduce(&x)), &reduce(other_x));
    let third_y = subtract(&multiply(slope, &subtract(&reduce(&x), &third_x)), &reduce(&y));
    let mut point = [0; 8];
    point[..4].copy_from_slice(&third_x);
    point[4..].copy_from_slice(&third_y);
    point
}

/// `p + q`, where [`chord`] is defined.
pub fn add(p: &Point, q: &Point) -> Option<Point> {
    Some(third(&chord(p, q)?, p, &coordinates(q)[0]))
}

/// `2 p`, where [`tangent`] is defined.
pub fn double(p: &Point) -> Option<Point> {
    Some(third(&tangent(p)?, p, &coordinates(p)[0]))
}

#[cfg(test)]
mod tests;
