//! Wires: how a value that one row makes reaches the rows that use it.
//!
//! Every wire has an address. The row that makes its value *provides* the message (address, value) as often as it is
//! used, each row that uses it *reads* that message once. Addresses and counts are preprocessed: the circuit's, not the
//! prover's.
//!
//! **Why a cheater fails.** No address is provided by two rows ([`crate::compile`] refuses such a circuit), so that under an
//! address there is one value. A reader of another value sends a message that nobody provides; it is there at most as often as
//! there are reads, fewer than the field's order, so that the bus does not balance (the key refuses chips for which counts could
//! wrap). Providing a value nobody reads, or less often, unbalances it too. Only the nodes of caps are provided as often as
//! the prover says: that count can do no more than balance, for their addresses are the circuit's too.

use hearth_machine::hash::DIGEST;
use hearth_stark_verifier::field::{DEGREE, F};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::{Count, InteractionBuilder};

/// Values of the challenge field, of the base field (as constants of the former), and five values of the base field at once.
const WIRE: &str = "wire";
/// Digests and capacities of the sponge.
const DIGEST_WIRE: &str = "digest";

/// Where a row is connected, and how often: 1 where it reads, minus the number of uses where it provides, 0 where it is not.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Port<T> {
    /// Address.
    pub address: T,
    /// Count.
    pub count: T,
}

/// Connects a row to a wire.
pub fn wire<B: InteractionBuilder<F = F>>(builder: &mut B, port: Port<impl Into<B::Expr>>, value: [B::Expr; DEGREE]) {
    let fields = core::iter::once(port.address.into()).chain(value);
    builder.push_interaction(WIRE, fields, Count::bounded(port.count.into(), 1));
}

/// Connects a row to a wire of the base field.
pub fn base_wire<B: InteractionBuilder<F = F>>(builder: &mut B, port: Port<impl Into<B::Expr>>, value: B::Expr) {
    let [a, b, c, d] = core::array::from_fn(|_| B::Expr::ZERO);
    wire(builder, port, [value, a, b, c, d]);
}

/// Connects a row to a digest.
pub fn digest<B: InteractionBuilder<F = F>>(builder: &mut B, port: Port<impl Into<B::Expr>>, value: [B::Expr; DIGEST]) {
    let fields = core::iter::once(port.address.into()).chain(value);
    builder.push_interaction(DIGEST_WIRE, fields, Count::bounded(port.count.into(), 1));
}

/// Provides a digest to any number of rows that find it by its address.
pub fn provide_digest<B: InteractionBuilder<F = F>>(
    builder: &mut B,
    address: B::Expr,
    uses: B::Expr,
    value: [B::Expr; DIGEST],
) {
    let fields = core::iter::once(address).chain(value);
    builder.push_interaction(DIGEST_WIRE, fields, Count::provided(-uses));
}
