//! What a chip's constraints and messages may read.
//!
//! A row is all that there is, with its preprocessed cells: no next row, no selector. Constraints of fixed tables and of the boundary are left out,
//! because the verifier computes what they speak of. So a chip that reads more, or whose left-out constraints speak of
//! something that a prover commits to, would be proved to be less than it says: it gets no key.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;

use hearth_soundness::stark::{LOG_LANES, LOG_TILE};
use p3_air::symbolic::{BaseEntry, BaseLeaf, SymbolicExpr, SymbolicExpression};
use p3_lookup::InteractionSymbolicBuilder;

use crate::chip::{Chip, FixedColumn};
use crate::field::F;

/// The three kinds of chips.
pub(crate) enum Reads {
    /// Constraints and messages of a row.
    Row,
    /// Messages of a row; constraints of its leading columns only, which are functions of the row number.
    Fixed(usize),
    /// Messages of the public values; constraints of its one row of ones only.
    Boundary,
}

impl Reads {
    /// The kind of a chip.
    pub(crate) fn of<A: Chip>(chip: &A) -> Self {
        match chip.fixed_columns().len() {
            _ if chip.is_boundary() => Self::Boundary,
            0 => Self::Row,
            columns => Self::Fixed(columns),
        }
    }

    /// What an expression of the chip reads that it may not, if it does.
    pub(crate) fn refuse(&self, chip: &InteractionSymbolicBuilder<F>) -> Option<&'static str> {
        let mut seen = BTreeSet::new();
        let messages = chip.global_interactions();
        let messages = messages.iter().flat_map(|message| message.fields.iter().chain([&message.count]));
        let in_message = |leaf: &BaseLeaf<F>| self.in_message(leaf);
        messages.into_iter().find_map(|expression| find(expression, &mut seen, &in_message)).or_else(|| {
            let mut seen = BTreeSet::new();
            let in_constraint = |leaf: &BaseLeaf<F>| self.in_constraint(leaf);
            chip.base_constraints().iter().find_map(|expression| find(expression, &mut seen, &in_constraint))
        })
    }

    fn in_message(&self, leaf: &BaseLeaf<F>) -> Option<&'static str> {
        match leaf {
            BaseLeaf::Constant(_) => None,
            BaseLeaf::Variable(variable) => match (variable.entry, self) {
                (BaseEntry::Main { offset: 0 }, _)
                | (BaseEntry::Preprocessed { offset: 0 }, Self::Row)
                | (BaseEntry::Public, Self::Boundary) => None,
                (BaseEntry::Main { .. } | BaseEntry::Preprocessed { .. }, Self::Row) => {
                    Some("a message reads the next row")
                }
                (BaseEntry::Main { .. }, _) => Some("a message reads the next row"),
                (BaseEntry::Public, _) => Some("a message reads the public values: only the boundary's may"),
                _ => Some("a message reads a preprocessed or periodic column"),
            },
            _ => Some("a message reads a selector"),
        }
    }

    fn in_constraint(&self, leaf: &BaseLeaf<F>) -> Option<&'static str> {
        match (leaf, self) {
            (BaseLeaf::Constant(_), _) => None,
            (BaseLeaf::Variable(variable), _) => match (variable.entry, self) {
                (BaseEntry::Main { offset: 0 } | BaseEntry::Preprocessed { offset: 0 }, Self::Row)
                | (BaseEntry::Main { .. }, Self::Boundary) => None,
                (BaseEntry::Main { .. } | BaseEntry::Preprocessed { .. }, Self::Row) => {
                    Some("a constraint reads the next row")
                }
                (BaseEntry::Main { .. }, &Self::Fixed(columns)) if variable.index < columns => None,
                (BaseEntry::Main { .. }, Self::Fixed(_)) => {
                    Some("a constraint of a fixed table reads a committed column")
                }
                (BaseEntry::Public, _) => Some("a constraint reads the public values"),
                _ => Some("a constraint reads a preprocessed or periodic column"),
            },
            (_, Self::Row) => Some("a constraint reads a selector"),
            (_, Self::Fixed(_) | Self::Boundary) => None,
        }
    }
}

/// Whether the verifier has a fixed column of this many rows: the skip variables are one to it, so it has their bits together;
/// a bit that no row has would be multiplied by what says that there is none, and no more be multilinear; and the rows beyond
/// a height that the prover chooses would not be zero rows.
pub(crate) fn is_evaluable(column: FixedColumn, rows: Option<usize>) -> bool {
    let (start, end) = (column.shift, column.shift + column.bits);
    let whole = end <= LOG_LANES || LOG_TILE <= start || (start <= LOG_LANES && LOG_TILE <= end);
    whole && rows.is_some_and(|rows| end <= rows.ilog2() as usize)
}

/// The first complaint about a leaf of `expression`. Shared parts are looked at once: without that, the time may be
/// exponential in the expression's depth.
fn find(
    expression: &SymbolicExpression<F>,
    seen: &mut BTreeSet<*const SymbolicExpression<F>>,
    complaint: &impl Fn(&BaseLeaf<F>) -> Option<&'static str>,
) -> Option<&'static str> {
    let mut part = |x: &Arc<SymbolicExpression<F>>| {
        let known = Arc::strong_count(x) > 1 && !seen.insert(Arc::as_ptr(x));
        if known { None } else { find(x, seen, complaint) }
    };
    match expression {
        SymbolicExpr::Leaf(leaf) => complaint(leaf),
        SymbolicExpr::Neg { x, .. } => part(x),
        SymbolicExpr::Add { x, y, .. } | SymbolicExpr::Sub { x, y, .. } | SymbolicExpr::Mul { x, y, .. } => {
            part(x).or_else(|| part(y))
        }
    }
}
