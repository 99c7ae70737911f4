//! Who hears how far a proof is, and why none was made.

use core::convert::Infallible;

use hearth_stark_verifier::step::Step;
use thiserror::Error;

use crate::device::Device;
use crate::stack::TraceError;

/// Hears of each step. It may wait, so that others have their turn, and it may stop the work.
#[allow(async_fn_in_trait)] // as for `Device`
pub trait Progress {
    /// Why the work is stopped.
    type Stop;

    /// The prover begins a step, or goes on with it. Steps are those of the verifier, and in its order.
    ///
    /// # Errors
    /// Whatever shall end the work.
    async fn enter(&mut self, step: Step) -> Result<(), Self::Stop>;
}

/// Nobody: the work is never stopped.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Progress for Unwatched {
    type Stop = Infallible;

    async fn enter(&mut self, _: Step) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Why no proof was made, on a device that fails with `E` and watched by somebody who stops with `S`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProveError<E, S> {
    /// The trace has not the shape of the key.
    #[error("{0}")]
    Trace(TraceError),
    /// The device failed.
    #[error("{0}")]
    Device(#[from] E),
    /// The work was stopped.
    #[error("cancelled")]
    Cancelled(S),
}

/// Why a step was not finished.
pub(crate) type Failure<D, W> = ProveError<<D as Device>::Error, <W as Progress>::Stop>;
