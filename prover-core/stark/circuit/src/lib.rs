//! The verifier of [`hearth_stark_verifier`] as a straight-line circuit.
//!
//! [`record`] runs the verifier's one source on wires instead of numbers. No proof is needed for that: the verifier never
//! branches on an element. The [`Circuit`] is filled in with a proof's words by [`Circuit::assign`], and
//! [`Circuit::check`] says whether an assignment, from wherever it comes, satisfies every gate. [`Counts`] are the
//! operations of each step of the protocol.

pub mod assignment;
pub mod circuit;
pub mod count;
pub mod element;
pub mod recorder;

pub use assignment::{Assignment, Unsatisfied, Wrong};
pub use circuit::Circuit;
pub use count::Counts;
pub use recorder::{Recorder, record, record_with};
