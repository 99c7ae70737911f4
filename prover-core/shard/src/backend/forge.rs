//! A prover with its own checks off, for tests of verifiers.
//!
//! p3's prover panics when a bus does not balance, so a wrong trace alone never becomes a proof. A
//! cheater has no such scruples: this prover runs on chips whose messages on some buses count zero
//! times. Those buses balance, the proof comes out, and everything in it but the truth is as the
//! verifier expects. A sound verifier, which holds the real chips, refuses it. It can also take two
//! buses for one, and traces of heights that the key does not allow.

use alloc::vec::Vec;

use p3_air::{Air, AirBuilder, BaseAir};
use p3_lookup::{Count, InteractionBuilder};
use p3_matrix::dense::RowMajorMatrix;
use p3_multi_stark::folder::{ProverAir, VerifierAir};

use super::BackendId;
use super::chips::HeightRule;
use super::envelope::split;
use super::error::{ProveError, VerifyError};
use super::field::{Challenge, F};
#[cfg(feature = "fri")]
pub use super::fri::Proof as FriProof;
#[cfg(feature = "fri")]
use super::fri::{FriAir, FriKey};
use super::p3::{decode, encode};
pub use super::whir::Proof;
use super::whir::WhirKey;

/// In what a cheating prover differs from an honest one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Forgery {
    /// Messages on these buses count zero times.
    pub muted: &'static [&'static str],
    /// Messages on the first bus travel on the second.
    pub merged: Option<(&'static str, &'static str)>,
    /// Heights that traces may have, instead of the rules of the key.
    pub heights: Option<HeightRule>,
}

/// A chip as a cheating prover has it.
#[derive(Clone, Debug)]
pub struct Forged<A> {
    air: A,
    forgery: Forgery,
}

impl<A: BaseAir<F>> BaseAir<F> for Forged<A> {
    fn width(&self) -> usize {
        self.air.width()
    }

    fn num_public_values(&self) -> usize {
        self.air.num_public_values()
    }

    fn main_next_row_columns(&self) -> Vec<usize> {
        self.air.main_next_row_columns()
    }
}

impl<AB, A> Air<AB> for Forged<A>
where
    AB: AirBuilder<F = F> + InteractionBuilder,
    A: BaseAir<F> + for<'a> Air<ForgingBuilder<'a, AB>>,
{
    fn eval(&self, builder: &mut AB) {
        self.air.eval(&mut ForgingBuilder { inner: builder, forgery: self.forgery });
    }
}

/// Passes everything on, with the counts of muted buses made zero and one bus in place of another.
pub struct ForgingBuilder<'a, AB> {
    inner: &'a mut AB,
    forgery: Forgery,
}

impl<AB: AirBuilder> AirBuilder for ForgingBuilder<'_, AB> {
    type F = AB::F;
    type Expr = AB::Expr;
    type Var = AB::Var;
    type PreprocessedWindow = AB::PreprocessedWindow;
    type MainWindow = AB::MainWindow;
    type PublicVar = AB::PublicVar;
    type PeriodicVar = AB::PeriodicVar;

    fn main(&self) -> Self::MainWindow {
        self.inner.main()
    }

    fn preprocessed(&self) -> &Self::PreprocessedWindow {
        self.inner.preprocessed()
    }

    fn is_first_row(&self) -> Self::Expr {
        self.inner.is_first_row()
    }

    fn is_last_row(&self) -> Self::Expr {
        self.inner.is_last_row()
    }

    fn is_transition(&self) -> Self::Expr {
        self.inner.is_transition()
    }

    fn assert_zero<I: Into<Self::Expr>>(&mut self, x: I) {
        self.inner.assert_zero(x);
    }

    fn public_values(&self) -> &[Self::PublicVar] {
        self.inner.public_values()
    }

    fn periodic_values(&self) -> &[Self::PeriodicVar] {
        self.inner.periodic_values()
    }
}

impl<AB: AirBuilder + InteractionBuilder> InteractionBuilder for ForgingBuilder<'_, AB> {
    fn push_interaction<E: Into<Self::Expr>>(
        &mut self,
        bus_name: &str,
        fields: impl IntoIterator<Item = E>,
        count: impl Into<Count<Self::Expr>>,
    ) {
        let (mut expression, weight) = count.into().into_parts();
        if self.forgery.muted.contains(&bus_name) {
            // A difference keeps the degree, so that the proof has the shape that the verifier expects.
            expression = expression.clone() - expression;
        }
        let bus_name = match self.forgery.merged {
            Some((bus, other)) if bus == bus_name => other,
            _ => bus_name,
        };
        self.inner.push_interaction(bus_name, fields, Count::bounded(expression, weight));
    }

    fn push_local_interaction(&mut self, tuples: impl IntoIterator<Item = (Vec<Self::Expr>, Count<Self::Expr>)>) {
        self.inner.push_local_interaction(tuples);
    }
}

impl<A> WhirKey<A>
where
    A: Clone + ProverAir<F, Challenge> + VerifierAir<F, Challenge>,
    Forged<A>: ProverAir<F, Challenge>,
{
    /// Proves these traces as if the named buses carried no messages.
    ///
    /// The result has the envelope and the transcript of an honest proof under this key.
    ///
    /// # Errors
    ///
    /// As [`WhirKey::prove`].
    ///
    /// # Panics
    ///
    /// If one of the other buses does not balance.
    pub fn prove_muted(
        &self,
        buses: &'static [&'static str],
        traces: Vec<RowMajorMatrix<F>>,
        public_values: &[F],
    ) -> Result<Vec<u8>, ProveError> {
        self.prove_forged(Forgery { muted: buses, ..Forgery::default() }, traces, public_values)
    }

    /// Proves these traces in a cheating way.
    ///
    /// The result has the envelope and the transcript of a proof under this key.
    ///
    /// # Errors
    ///
    /// As [`WhirKey::prove`].
    ///
    /// # Panics
    ///
    /// If a bus does not balance as the forgery has it.
    pub fn prove_forged(
        &self,
        forgery: Forgery,
        traces: Vec<RowMajorMatrix<F>>,
        public_values: &[F],
    ) -> Result<Vec<u8>, ProveError> {
        self.with_airs(|air| Forged { air: air.clone(), forgery }, forgery.heights)
            .map_err(|error| ProveError::ProofSystem(alloc::format!("{error}")))?
            .prove(traces, public_values)
    }
}

#[cfg(feature = "fri")]
impl<A: FriAir> FriKey<A>
where
    Forged<A>: FriAir,
{
    /// As [`WhirKey::prove_muted`].
    ///
    /// # Errors
    ///
    /// As [`FriKey::prove`].
    pub fn prove_muted(
        &self,
        buses: &'static [&'static str],
        traces: &[RowMajorMatrix<F>],
        public_values: &[F],
    ) -> Result<Vec<u8>, ProveError> {
        let forgery = Forgery { muted: buses, ..Forgery::default() };
        self.with_airs(|air| Forged { air: air.clone(), forgery })
            .map_err(|error| ProveError::ProofSystem(alloc::format!("{error}")))?
            .prove(traces, public_values)
    }
}

#[cfg(feature = "fri")]
impl<A: FriAir> FriKey<A> {
    /// As [`WhirKey::tampered`].
    ///
    /// # Errors
    ///
    /// Bytes that are no well-formed proof of this key's class.
    pub fn tampered(&self, bytes: &[u8], change: impl FnOnce(&mut super::fri::Proof)) -> Result<Vec<u8>, VerifyError> {
        let class = self.chips().class();
        let (log_heights, body) = split(BackendId::Fri, class, bytes)?;
        let mut proof = decode(body)?;
        change(&mut proof);
        encode(BackendId::Fri, class, log_heights, &proof).ok_or(VerifyError::Shape("the changed proof"))
    }
}

impl<A: VerifierAir<F, Challenge>> WhirKey<A> {
    /// Decodes a proof, lets `change` loose on it, and encodes it again under the same header.
    ///
    /// # Errors
    ///
    /// Bytes that are no well-formed proof of this key's class.
    pub fn tampered(&self, bytes: &[u8], change: impl FnOnce(&mut Proof)) -> Result<Vec<u8>, VerifyError> {
        let class = self.chips().class();
        let (log_heights, body) = split(BackendId::Whir, class, bytes)?;
        let mut proof: Proof = decode(body)?;
        change(&mut proof);
        encode(BackendId::Whir, class, log_heights, &proof).ok_or(VerifyError::Shape("the changed proof"))
    }
}
