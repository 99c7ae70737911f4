//! The gates as chips of the shard protocol.

use hearth_soundness::stark::LOG_TILE;
use hearth_stark_verifier::chip::{Chip, FixedColumn};
use hearth_stark_verifier::field::F;
use p3_lookup::InteractionBuilder;

use crate::gate::arithmetic::Arithmetic;
use crate::gate::bits::Bits;
use crate::gate::climb::Climb;
use crate::gate::dot::Dot;
use crate::gate::inner::Inner;
use crate::gate::interval::Interval;
use crate::gate::node::Node;
use crate::gate::pack::Pack;
use crate::gate::power::Power;
use crate::gate::product::Product;
use crate::gate::scalar::Scalar;
use crate::gate::sponge::Sponge;
use crate::gate::{Gate, boundary, for_each_gate};

macro_rules! tables {
    ($($gate:ident $field:ident),*) => {
        /// A table of a circuit: rows of one kind, as many as the circuit has.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Table {
            $(#[doc = concat!("Rows of ", stringify!($gate), ".")] $gate(usize),)*
            /// The public values.
            Boundary,
        }

        impl Table {
            /// All tables, with these numbers of rows in their order; where one is missing it is the least one.
            pub fn all(rows: &[usize]) -> Vec<Self> {
                let mut rows = rows.iter().copied();
                let mut next = || rows.next().unwrap_or(1 << LOG_TILE);
                vec![$(Self::$gate(next()),)* Self::Boundary]
            }
        }

        impl Chip for Table {
            fn name(&self) -> &str {
                match self {
                    $(Self::$gate(_) => $gate::NAME,)*
                    Self::Boundary => "boundary",
                }
            }

            fn width(&self) -> usize {
                match self {
                    $(Self::$gate(_) => $gate::WIDTH,)*
                    Self::Boundary => 1,
                }
            }

            fn preprocessed(&self) -> usize {
                match self {
                    $(Self::$gate(_) => $gate::FIXED,)*
                    Self::Boundary => 0,
                }
            }

            fn is_boundary(&self) -> bool {
                matches!(self, Self::Boundary)
            }

            fn fixed_rows(&self) -> Option<usize> {
                match self {
                    $(Self::$gate(rows) => Some(*rows),)*
                    Self::Boundary => None,
                }
            }

            fn fixed_columns(&self) -> &[FixedColumn] {
                &[]
            }

            fn eval<B: InteractionBuilder<F = F>>(&self, builder: &mut B) {
                match self {
                    $(Self::$gate(_) => $gate::eval(builder),)*
                    Self::Boundary => boundary::eval(builder),
                }
            }
        }
    };
}

for_each_gate!(tables);
