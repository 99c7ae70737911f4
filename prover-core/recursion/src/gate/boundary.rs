//! The public values: one virtual row that provides them.
//!
//! * **Guarantees** that the wires of the public values have the values that the verifier was given.
//! * **Cost.** A message for each of them, which the verifier evaluates.

use hearth_stark_verifier::field::F;
use p3_air::WindowAccess;
use p3_lookup::InteractionBuilder;

use crate::wiring::{Port, base_wire};

/// Provides each public value through its port.
pub fn eval<B: InteractionBuilder<F = F>>(builder: &mut B, ports: &[Port<F>]) {
    let main = builder.main();
    let active: B::Expr = main.current_slice()[0].into();
    let public: Vec<B::Expr> = builder.public_values().iter().map(|&value| value.into()).collect();
    for (port, value) in ports.iter().zip(public) {
        let port = Port { address: active.clone() * port.address, count: active.clone() * port.count };
        base_wire(builder, port, value);
    }
}
