#![doc = include_str!("README.md")]

#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::borrow::Borrow;

use hearth_machine::hash::DIGEST;
use hearth_machine::layout::{CODE_DEPTH, MEMORY_DEPTH, START_TS};
use hearth_machine::trace::Statement;
use p3_air::{AirBuilder, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;
use p3_matrix::dense::RowMajorMatrix;

use crate::Felt;
use crate::bus::{BusBuilder, CodeNode, Node, State};
use crate::chip::Chip;
use crate::columns;

/// Columns whose next row the constraints read.
pub const NEXT_ROW_COLUMNS: &[usize] = &[0];

columns! {
    /// A row of the boundary chip.
    pub struct Boundary {
        /// 1 on the first row, 0 elsewhere.
        pub active: T,
    }
}

columns! {
    /// The public values of a shard proof.
    pub struct Public {
        /// Root of the code tree.
        pub program_root: [T; DIGEST],
        /// Memory root before.
        pub root_in: [T; DIGEST],
        /// pc before.
        pub pc_in: T,
        /// Memory root after.
        pub root_out: [T; DIGEST],
        /// pc after.
        pub pc_out: T,
        /// Time after the last instruction.
        pub ts_end: T,
    }
}

/// The public values of `statement`, [`Public::WIDTH`] elements in the order of [`Public`].
pub fn public_values(statement: &Statement) -> Vec<Felt> {
    let Statement { program_root, root_in, pc_in, root_out, pc_out, ts_end } = *statement;
    let [pc_in, pc_out, ts_end] = [pc_in, pc_out, ts_end].map(|value| [Felt::from_u32(value)]);
    [&program_root[..], &root_in, &pc_in, &root_out, &pc_out, &ts_end].concat()
}

/// The boundary chip. The only one that reads public values.
pub struct BoundaryChip;

impl BoundaryChip {
    /// The table, which does not depend on the shard.
    pub fn table(height: usize) -> RowMajorMatrix<Felt> {
        let mut values = alloc::vec![Felt::ZERO; height];
        values[0] = Felt::ONE;
        RowMajorMatrix::new(values, Boundary::WIDTH)
    }
}

impl Chip for BoundaryChip {
    const NAME: &'static str = "boundary";
    const WIDTH: usize = Boundary::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &Boundary<B::Var> = main.current_slice().borrow();
        let next: &Boundary<B::Var> = main.next_slice().borrow();
        let active: B::Expr = row.active.into();
        // Selectors gate and never enter a value: only the multilinear backend has them 0 or 1.
        builder.when_first_row().assert_one(active.clone());
        builder.when_transition().assert_zero(next.active);

        let values: Vec<B::Expr> = builder.public_values().iter().map(|&value| value.into()).collect();
        let public: &Public<B::Expr> = values.as_slice().borrow();
        builder.send(State { pc: public.pc_in.clone(), ts: B::Expr::from_u32(START_TS) }, active.clone());
        builder.receive(State { pc: public.pc_out.clone(), ts: public.ts_end.clone() }, active.clone());
        let root = |tree: B::Expr, digest: &[B::Expr; DIGEST]| Node {
            tree,
            level: B::Expr::from_u32(MEMORY_DEPTH),
            index: B::Expr::ZERO,
            digest: digest.clone(),
        };
        builder.send(root(B::Expr::ZERO, &public.root_in), active.clone());
        builder.receive(root(B::Expr::ONE, &public.root_out), active.clone());
        let program = CodeNode {
            level: B::Expr::from_u32(CODE_DEPTH),
            index: B::Expr::ZERO,
            digest: public.program_root.clone(),
        };
        builder.send(program, active);
    }
}
