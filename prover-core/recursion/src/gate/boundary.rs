//! The public values: one virtual row that provides them, each once, at the addresses from 1 on. It is the same for all circuits
//! with so many public values.
//!
//! * **Guarantees** that the wires of the public values have the values that the verifier was given.
//! * **Cost.** A message for each of them, which the verifier evaluates.

use hearth_stark_verifier::field::F;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use crate::wiring::{Port, base_wire};

/// Provides each public value.
pub fn eval<B: InteractionBuilder<F = F>>(builder: &mut B) {
    let main = builder.main();
    let active: B::Expr = main.current_slice()[0].into();
    let public: Vec<B::Expr> = builder.public_values().iter().map(|&value| value.into()).collect();
    for (number, value) in public.into_iter().enumerate() {
        let port = Port { address: active.clone() * F::from_usize(number + 1), count: -active.clone() };
        base_wire(builder, port, value);
    }
}
