//! The gates as chips of the shard protocol.

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
use crate::wiring::Port;

macro_rules! tables {
    ($($gate:ident $field:ident),*) => {
        /// A table of a circuit: rows of one kind, as many as the circuit has.
        #[derive(Clone, Debug)]
        pub enum Table {
            $(#[doc = concat!("Rows of ", stringify!($gate), ".")] $gate(usize),)*
            /// The public values.
            Boundary(Vec<Port<F>>),
        }

        impl Chip for Table {
            fn name(&self) -> &str {
                match self {
                    $(Self::$gate(_) => $gate::NAME,)*
                    Self::Boundary(_) => "boundary",
                }
            }

            fn width(&self) -> usize {
                match self {
                    $(Self::$gate(_) => $gate::WIDTH,)*
                    Self::Boundary(_) => 1,
                }
            }

            fn preprocessed(&self) -> usize {
                match self {
                    $(Self::$gate(_) => $gate::FIXED,)*
                    Self::Boundary(_) => 0,
                }
            }

            fn is_boundary(&self) -> bool {
                matches!(self, Self::Boundary(_))
            }

            fn fixed_rows(&self) -> Option<usize> {
                match self {
                    $(Self::$gate(rows) => Some(*rows),)*
                    Self::Boundary(_) => None,
                }
            }

            fn fixed_columns(&self) -> &[FixedColumn] {
                &[]
            }

            fn eval<B: InteractionBuilder<F = F>>(&self, builder: &mut B) {
                match self {
                    $(Self::$gate(_) => $gate::eval(builder),)*
                    Self::Boundary(ports) => boundary::eval(builder, ports),
                }
            }
        }
    };
}

for_each_gate!(tables);
