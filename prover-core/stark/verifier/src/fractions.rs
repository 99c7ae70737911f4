//! Step 3: the sum of all fractions, by the GKR protocol on a tree of additions.
//!
//! The leaves are `p(x) / q(x)` for `x` = (skip, tile, slot, lane), the variables in the order in which the tree folds
//! them: layer `k` has the variables from the `k`-th on. Rows beyond a table's height are zero rows, whose fractions are
//! `0 / constant`; slots that no chip has are `0 / 1`. So the tree has one shape for all heights.

use alloc::vec::Vec;

use crate::context::Context;
use crate::error::{Check, Rejection};
use crate::sumcheck::eq_round;
use crate::transcript::Transcript;

/// Degree of a layer's summand without `eq`.
pub const LAYER_DEGREE: usize = 2;

/// What is left to be shown: the leaves' polynomials at a point.
pub struct LeafClaim<X> {
    /// Numerator.
    pub p: X,
    /// Denominator.
    pub q: X,
    /// Skip, tile, slot and lane variables, in this order.
    pub point: Vec<X>,
}

/// Verifies that the fractions sum up to `-boundary.0 / boundary.1`.
///
/// A wrong sum becomes a true claim with probability at most the sum over all layers of
/// `(2 rounds + 2) / |E|`: each round of degree 2, one challenge to batch and one to fold the two halves.
///
/// # Errors
/// A [`Rejection`].
pub fn verify<C: Context>(
    context: &mut C,
    transcript: &mut Transcript<C>,
    variables: usize,
    boundary: (C::Ext, C::Ext),
) -> Result<LeafClaim<C::Ext>, Rejection> {
    let mut p = transcript.read_ext(context)?;
    let mut q = transcript.read_ext(context)?;
    context.assert_nonzero(Check::SumDenominator, q * boundary.1)?;
    context.assert_zero(Check::Balance, p * boundary.1 + q * boundary.0)?;

    let mut point: Vec<C::Ext> = Vec::with_capacity(variables);
    for _ in 0..variables {
        // 3.1 Batch numerator and denominator.
        let lambda = transcript.challenge(context);
        let mut claim = p + lambda * q;
        // 3.2 Sumcheck over the layer's variables.
        let mut next = Vec::with_capacity(variables);
        for &z in &point {
            let (reduced, r) = eq_round(context, transcript, LAYER_DEGREE, z, claim)?;
            claim = reduced;
            next.push(r);
        }
        // 3.3 The two halves of the layer below.
        let [p0, p1, q0, q1] = [0; 4].map(|_| transcript.read_ext(context));
        let (p0, p1, q0, q1) = (p0?, p1?, q0?, q1?);
        let sum = p0 * q1 + p1 * q0 + lambda * q0 * q1;
        context.assert_zero(Check::FractionLayer, claim - sum)?;
        // 3.4 Fold the halves.
        let r = transcript.challenge(context);
        p = p0 + r * (p1 - p0);
        q = q0 + r * (q1 - q0);
        next.insert(0, r);
        point = next;
    }
    Ok(LeafClaim { p, q, point })
}
