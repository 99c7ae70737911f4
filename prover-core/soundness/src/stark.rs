//! Parameters of our own shard protocol.

use crate::SizeClass;

/// Rows of a tile: heights are multiples of it, and a tile's cells of one column lie side by side.
pub const LOG_TILE: usize = 7;
/// In-tile row variables that the first message of the zerocheck binds at once (univariate skip).
pub const LOG_SKIP: usize = 3;
/// In-tile row variables that are bound last; they are the lanes of a vector register.
pub const LOG_LANES: usize = LOG_TILE - LOG_SKIP;
/// Look-ups that share one fraction, at most.
pub const LOOKUPS_PER_SLOT: usize = 3;
/// Highest degree of constraints, and of the numerators and denominators of fractions.
pub const MAX_DEGREE: usize = 3;

/// Parameters of the protocol for one size class.
///
/// Oracle 0 is the stack of all columns; oracle `k + 1` is what is left after `folds[k]` more variables are bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StarkParams {
    /// Log2 of the cells of the stack.
    pub log_cells: usize,
    /// Log2 of the greatest number of rows of a table.
    pub log_rows: usize,
    /// Variables bound before each next oracle.
    pub folds: &'static [usize],
    /// Log2 of the inverse rate of each oracle.
    pub log_inv_rates: &'static [usize],
    /// Queries of each oracle.
    pub queries: &'static [usize],
    /// Log2 of the nodes of an oracle tree's cap.
    pub log_cap: usize,
    /// Grinding before the fingerprint challenges, in bits.
    pub bus_grinding: usize,
    /// Grinding before the constraints' challenges, in bits.
    pub constraint_grinding: usize,
    /// Grinding before each folding challenge, in bits.
    pub fold_grinding: usize,
    /// Grinding before the queries of each oracle, in bits.
    pub query_grinding: usize,
}

impl StarkParams {
    /// The parameters of a class.
    #[must_use]
    pub const fn of(class: SizeClass) -> Self {
        let log_cells = class.log_cells();
        let folds: &'static [usize] = match class {
            SizeClass::Test18 | SizeClass::Test20 => &[6, 5],
            SizeClass::Test22 | SizeClass::Real24 | SizeClass::Real25 => &[6, 4, 4],
            SizeClass::Real26 => &[6, 4, 5],
            SizeClass::Real27 => &[6, 5, 5],
        };
        // The table of all 16-bit numbers must fit.
        let log_rows = if log_cells < 20 { 16 } else { log_cells - 4 };
        Self {
            log_cells,
            log_rows,
            folds,
            log_inv_rates: &[1, 2, 5],
            queries: &[311, 191, 135],
            log_cap: 8,
            bus_grinding: match class {
                SizeClass::Real27 => 19,
                SizeClass::Real26 => 18,
                SizeClass::Real25 => 17,
                _ => 16,
            },
            constraint_grinding: 4,
            fold_grinding: if log_cells > 26 { 12 } else { 10 },
            query_grinding: 18,
        }
    }

    /// Number of oracles.
    #[must_use]
    pub const fn oracles(&self) -> usize {
        self.folds.len()
    }

    /// Variables left before oracle `k` is folded; after the last fold for `k = oracles()`.
    #[must_use]
    pub fn variables(&self, k: usize) -> usize {
        self.log_cells - self.folds[..k].iter().sum::<usize>()
    }

    /// Log2 of the length of the codewords of oracle `k`: of the leaves of its tree.
    #[must_use]
    pub fn log_domain(&self, k: usize) -> usize {
        self.variables(k) - self.folds[k] + self.log_inv_rates[k]
    }

    /// Log2 of the nodes of the cap of oracle `k`.
    #[must_use]
    pub fn log_cap(&self, k: usize) -> usize {
        self.log_cap.min(self.log_domain(k))
    }
}
