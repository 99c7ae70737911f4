//! Rounds of sumchecks.

use alloc::vec::Vec;

use p3_field::PrimeCharacteristicRing;

use crate::context::Context;
use crate::error::Rejection;
use crate::poly::horner;
use crate::transcript::Transcript;

/// A round of `sum_x eq(z, x) g(x) = claim` with `g` of the given degree in the variable whose coordinate of `z` is `z`.
///
/// The prover sends `t(X) = sum over the rest of eq g(X, ..)` without its constant, which follows from
/// `(1 - z) t(0) + z t(1) = claim`. The new claim is `t(r)`, the factor `eq(z, r)` left out.
/// A false claim becomes a true one with probability at most `degree / |E|`.
///
/// # Errors
/// Those of [`Context::read`].
pub fn eq_round<C: Context>(
    context: &mut C,
    transcript: &mut Transcript<C>,
    degree: usize,
    z: C::Ext,
    claim: C::Ext,
) -> Result<(C::Ext, C::Ext), Rejection> {
    let mut t: Vec<C::Ext> = Vec::with_capacity(degree + 1);
    t.push(C::Ext::ZERO);
    t.extend(transcript.read_exts(context, degree)?);
    let rest: C::Ext = t.iter().copied().sum();
    t[0] = claim - z * rest;
    let r = transcript.challenge(context);
    Ok((horner(&t, r), r))
}

/// A round of `sum_x f(x) w(x) = claim`: the prover sends the constant and the square coefficient of the sum over the
/// rest, the linear one follows. Error `2 / |E|`. `grinding` bits are ground before the challenge.
///
/// # Errors
/// Those of [`Context::read`] and [`Transcript::grind`].
pub fn product_round<C: Context>(
    context: &mut C,
    transcript: &mut Transcript<C>,
    claim: C::Ext,
    grinding: usize,
) -> Result<(C::Ext, C::Ext), Rejection> {
    let c0 = transcript.read_ext(context)?;
    let c2 = transcript.read_ext(context)?;
    let c1 = claim - c0 - c0 - c2;
    transcript.grind(context, grinding)?;
    let r = transcript.challenge(context);
    Ok((horner(&[c0, c1, c2], r), r))
}
