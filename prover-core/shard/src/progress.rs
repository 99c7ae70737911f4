//! Who hears how far a shard's proof is.

use alloc::boxed::Box;
use core::future::Future;
use core::pin::Pin;

use hearth_stark_prover::Progress;
pub use hearth_stark_verifier::step::Step;

use crate::backend::ProveError;

/// Whether to go on, as soon as that is known.
pub type GoOn = Pin<Box<dyn Future<Output = bool>>>;

/// Hears of the steps of a proof. It is no type parameter, so that the prover is compiled once for all who listen.
pub struct Steps<'a>(pub &'a mut dyn FnMut(Step) -> GoOn);

impl Progress for Steps<'_> {
    type Stop = ProveError;

    async fn enter(&mut self, step: Step) -> Result<(), ProveError> {
        if (self.0)(step).await { Ok(()) } else { Err(ProveError::Cancelled) }
    }
}
