//! Keeps a growing shard within its budget of cells.
//!
//! Each table has a height, and room below it for what one more instruction can add. Only when a count takes that
//! room, which is when the height doubles, is the area summed again. So the budget is never passed, and an
//! instruction costs one comparison.

use crate::rows::{Costs, PerTable, Rows, Table};

/// Most rows that `leaves` data leaves add, with their paths below the root.
pub const fn opened(leaves: u32) -> [(Table, u32); 4] {
    let nodes = 26 * leaves;
    [(Table::Leaf, leaves), (Table::Node, nodes), (Table::Uncle, nodes), (Table::Poseidon2, 2 * (leaves + nodes))]
}

/// Most rows that one instruction adds to a table: five data leaves with their paths (a call of keccak-f touches 25
/// words), one code leaf with its path, eight pairs of bytes. A call that touches more leaves asks [`Budget::admits`]
/// first. So does whoever adds to optional tables, which keep no room.
fn slack() -> Rows {
    let code_nodes = 24;
    let mut slack = PerTable(core::array::from_fn(|table| u32::from(!Table::is_optional(table))));
    for (table, rows) in opened(5) {
        slack[table] = rows;
    }
    slack[Table::CodeNode] = code_nodes;
    slack[Table::And] = 8;
    slack[Table::Poseidon2] += 1 + code_nodes;
    slack
}

/// Heights and counts of the shard that grows.
#[derive(Clone, Debug)]
pub struct Budget {
    costs: Costs,
    /// Most cells.
    cells: u64,
    /// Most messages.
    messages: u64,
    /// Rows so far, or bounds for them.
    rows: Rows,
    /// A count up to this leaves room for one more instruction.
    room: Rows,
    heights: Rows,
    slack: Rows,
    is_full: bool,
}

impl Budget {
    /// A budget of `cells` cells and `messages` messages.
    pub fn new(costs: Costs, cells: u64, messages: u64) -> Self {
        Self {
            costs,
            cells,
            messages,
            rows: Rows::default(),
            room: Rows::default(),
            heights: Rows::default(),
            slack: slack(),
            is_full: false,
        }
    }

    /// Starts a shard that has `rows` from the beginning. Says whether there is room for an instruction.
    pub fn start(&mut self, rows: Rows) -> bool {
        self.rows = rows;
        for table in 0..Table::COUNT {
            self.fit(table);
        }
        self.is_full = !self.holds(&self.heights);
        !self.is_full
    }

    /// Adds to a count.
    #[inline(always)]
    pub fn add(&mut self, table: Table, rows: u32) {
        self.set(table, self.rows[table] + rows);
    }

    /// Sets a count.
    #[inline(always)]
    pub fn set(&mut self, table: Table, rows: u32) {
        self.rows[table] = rows;
        if rows > self.room[table] {
            self.grow(table.index());
        }
    }

    /// Counts so far.
    pub const fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Whether one more instruction might pass the budget.
    #[inline(always)]
    pub const fn is_full(&self) -> bool {
        self.is_full
    }

    /// Whether rows can be added to these tables without passing the budget.
    pub fn admits(&self, added: &[(Table, u32)]) -> bool {
        let mut heights = self.heights;
        for &(table, rows) in added {
            heights[table] = heights[table].max(self.costs.height(self.rows[table] + rows) as u32);
        }
        self.holds(&heights)
    }

    /// Whether tables of these heights are within the budget.
    fn holds(&self, heights: &Rows) -> bool {
        self.costs.cells(heights) <= self.cells && self.costs.interactions(heights) <= self.messages
    }

    #[cold]
    fn grow(&mut self, table: usize) {
        self.fit(table);
        self.is_full |= !self.holds(&self.heights);
    }

    /// Sets the least height with room for one more instruction; an empty optional table has none.
    fn fit(&mut self, table: usize) {
        let rows = self.rows.0[table] + self.slack.0[table];
        let height = if rows == 0 { 0 } else { self.costs.height(rows) as u32 };
        self.heights.0[table] = height;
        self.room.0[table] = height - self.slack.0[table];
    }
}
