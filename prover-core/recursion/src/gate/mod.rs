//! The gates: what rows of a table do. One file each with its columns, its constraints and the reason why they suffice.
//!
//! A row has *preprocessed* cells (connections and constants: the circuit's) and *main* cells (values: the prover's). All
//! constraints are of degree 3 at most, none reads the next row, and a row of zeros in both satisfies them and says
//! nothing, so that a table is padded with such rows.

pub mod arithmetic;
pub mod bits;
pub mod boundary;
pub mod climb;
pub mod dot;
pub mod inner;
pub mod interval;
pub mod node;
pub mod pack;
pub mod permutation;
pub mod power;
pub mod product;
pub mod scalar;
pub mod sponge;

use hearth_stark_verifier::field::F;
use p3_lookup::InteractionBuilder;

use crate::values::{Link, Values};
use crate::wires::Addresses;

/// A kind of row.
pub trait Gate {
    /// Name in keys and reports.
    const NAME: &'static str;
    /// Main columns.
    const WIDTH: usize;
    /// Preprocessed columns.
    const FIXED: usize;

    /// Asserts the constraints of a row and connects it.
    fn eval<B: InteractionBuilder<F = F>>(builder: &mut B);

    /// What it is connected to, in the order of its ports.
    fn links(&self) -> Vec<Link>;

    /// Fills in the preprocessed cells of a row of zeros.
    fn fix(&self, addresses: &Addresses, cells: &mut [F]);

    /// Fills in the main cells of a row of zeros.
    fn fill(&self, values: &Values<'_>, cells: &mut [F]);
}

/// Calls a macro with each kind of gate, in the order of the key, and the name of its rows.
macro_rules! for_each_gate {
    ($call:ident) => {
        $call! {
            Sponge sponges, Climb climbs, Arithmetic arithmetic, Product products, Inner inners, Dot dots, Interval intervals,
            Power powers, Scalar scalars, Pack packs, Bits bits, Node nodes
        }
    };
}
pub(crate) use for_each_gate;
