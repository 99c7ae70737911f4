//! Tools of the review of steps 1 to 3 and of the transcript: chips as data, a verifier with checks left out, a prover that
//! lies from a chosen step on.
#![allow(dead_code)] // each test file uses its part

pub mod crippled;
pub mod liar;
pub mod mini;
