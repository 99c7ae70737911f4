//! A compiled circuit: its rows, and the tables that they make.

use hearth_soundness::stark::LOG_TILE;
use hearth_stark_circuit::Assignment;
use hearth_stark_verifier::field::F;
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use crate::compile::CompileError;
use crate::gate::arithmetic::Arithmetic;
use crate::gate::bits::Bits;
use crate::gate::climb::{self, Climb};
use crate::gate::dot::Dot;
use crate::gate::inner::Inner;
use crate::gate::interval::Interval;
use crate::gate::node::Node;
use crate::gate::pack::Pack;
use crate::gate::power::Power;
use crate::gate::product::Product;
use crate::gate::scalar::Scalar;
use crate::gate::sponge::Sponge;
use crate::gate::{Gate, for_each_gate};
use crate::table::Table;
use crate::values::{Extra, Link, Values};
use crate::wires::Addresses;

macro_rules! rows {
    ($($gate:ident $field:ident),*) => {
        /// The rows of a circuit, by their kind.
        #[derive(Clone, Debug, Default)]
        pub struct Rows {
            $(#[doc = concat!("Rows of ", stringify!($gate), ".")] pub $field: Vec<$gate>,)*
        }

        impl Rows {
            fn links(&self) -> impl Iterator<Item = Link> {
                core::iter::empty()$(.chain(self.$field.iter().flat_map(Gate::links)))*
            }

            fn chips(&self) -> Vec<Table> {
                vec![$(Table::$gate(padded(self.$field.len()))),*]
            }

            fn fixed(&self, addresses: &Addresses) -> Vec<RowMajorMatrix<F>> {
                vec![$(matrix(&self.$field, $gate::FIXED, |row, cells| row.fix(addresses, cells))),*]
            }

            fn main(&self, values: &Values<'_>) -> Vec<RowMajorMatrix<F>> {
                vec![$(matrix(&self.$field, $gate::WIDTH, |row, cells| row.fill(values, cells))),*]
            }

            /// Name, rows in use, main and preprocessed columns, and ports of each kind.
            pub fn figures(&self) -> Vec<(&'static str, usize, usize, usize)> {
                vec![$(($gate::NAME, self.$field.len(), $gate::WIDTH, $gate::FIXED)),*]
            }
        }
    };
}

for_each_gate!(rows);

/// Whole tiles, one at least.
fn padded(rows: usize) -> usize {
    rows.max(1).next_multiple_of(1 << LOG_TILE)
}

fn matrix<G>(rows: &[G], width: usize, fill: impl Fn(&G, &mut [F])) -> RowMajorMatrix<F> {
    let mut values = F::zero_vec(padded(rows.len()) * width);
    for (row, cells) in rows.iter().zip(values.chunks_exact_mut(width)) {
        fill(row, cells);
    }
    RowMajorMatrix::new(values, width)
}

/// A compiled circuit.
#[derive(Debug)]
pub struct Compiled {
    /// Its rows.
    pub rows: Rows,
    /// Wires that the recorded circuit has not.
    pub extra: Extra,
    addresses: Addresses,
}

impl Compiled {
    /// Connects rows; `caps` are the caps' numbers of nodes.
    ///
    /// # Errors
    /// A wire that is not provided once.
    pub(crate) fn new(rows: Rows, extra: Extra, caps: &[usize]) -> Result<Self, CompileError> {
        let addresses = Addresses::new(rows.links(), caps, extra.public.len())?;
        Ok(Self { rows, extra, addresses })
    }

    /// The chips of the circuit, the boundary last.
    pub fn chips(&self) -> Vec<Table> {
        let mut chips = self.rows.chips();
        chips.push(Table::Boundary);
        chips
    }

    /// The preprocessed columns of all chips but the boundary.
    pub fn preprocessed(&self) -> Vec<RowMajorMatrix<F>> {
        self.rows.fixed(&self.addresses)
    }

    /// The main columns for an assignment of the recorded circuit.
    pub fn trace(&self, assignment: &Assignment) -> Vec<RowMajorMatrix<F>> {
        let paths = self.rows.climbs.iter().filter_map(|climb| match climb.node {
            climb::Node::Cap(cap, high) => Some((cap, high)),
            climb::Node::Inner(_) => None,
        });
        self.rows.main(&Values::new(assignment, &self.extra, paths))
    }
}
