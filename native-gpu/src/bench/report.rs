//! The figures of one guest, and how people read them.

use serde::{Deserialize, Serialize};

use crate::report::grouped;

/// What a guest costs to prove.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    pub guest: String,
    pub backend: String,
    /// Largest shard: 2^N cells.
    pub log_cells: u8,
    pub threads: usize,
    pub steps: u64,
    pub shards: u64,
    /// Cells of all shards, padding included.
    pub committed_cells: u64,
    /// Wall time from the ELF file to the last proof, keys included.
    pub seconds: f64,
    /// User and system time of the same.
    pub cpu_seconds: f64,
    pub steps_per_cpu_second: f64,
    pub cells_per_cpu_second: f64,
    pub cells_per_step: f64,
    /// Messages, those of padding rows included.
    pub fractions_per_step: f64,
    /// Share of the cells that is padding of heights to powers of two and to their least.
    pub padding_share: f64,
    /// Greatest resident memory, in bytes.
    pub peak_memory: u64,
    /// The same over the cells of the largest shard.
    pub bytes_per_cell: f64,
    /// Cells of a shard of one step.
    pub fixed_cells: u64,
    /// User and system time of a shard of one step.
    pub fixed_cpu_seconds: f64,
    /// Mean over the shards.
    pub package_bytes: u64,
    /// Mean over the shards.
    pub proof_bytes: u64,
    /// Wall time to verify one shard proof, keys not included.
    pub verify_seconds: f64,
    pub tables: Vec<TableReport>,
}

/// What a table costs over all shards.
#[derive(Debug, Serialize, Deserialize)]
pub struct TableReport {
    pub table: String,
    /// Rows in use.
    pub rows: u64,
    /// Cells of these rows.
    pub row_cells: u64,
    /// Cells, padding included.
    pub cells: u64,
    pub cells_per_step: f64,
}

impl Report {
    /// The tables for people, dearest first.
    pub fn chips(&self) -> String {
        let mut tables: Vec<&TableReport> = self.tables.iter().filter(|table| table.cells != 0).collect();
        tables.sort_by_key(|table| core::cmp::Reverse(table.cells));
        let lines = tables.iter().map(|table| {
            let padding = 100.0 * (1.0 - table.row_cells as f64 / table.cells as f64);
            format!(
                "  {:<18} {:>8.2} cells per step  {:>14} rows  {padding:>5.1} % padding\n",
                table.table,
                table.cells_per_step,
                grouped(table.rows)
            )
        });
        format!("{}\n{}", self.guest, lines.collect::<String>())
    }
}

/// One line of the table below: a caption and how to read the figure off a report.
type Line = (&'static str, fn(&Report) -> String);

const LINES: &[Line] = &[
    ("steps", |r| grouped(r.steps)),
    ("shards", |r| r.shards.to_string()),
    ("cells", |r| grouped(r.committed_cells)),
    ("cells per step", |r| format!("{:.1}", r.cells_per_step)),
    ("fractions per step", |r| format!("{:.1}", r.fractions_per_step)),
    ("padding share", |r| format!("{:.1} %", 100.0 * r.padding_share)),
    ("wall s", |r| format!("{:.2}", r.seconds)),
    ("CPU s", |r| format!("{:.2}", r.cpu_seconds)),
    ("k steps per CPU s", |r| format!("{:.1}", r.steps_per_cpu_second / 1e3)),
    ("M cells per CPU s", |r| format!("{:.2}", r.cells_per_cpu_second / 1e6)),
    ("peak memory, MB", |r| format!("{:.0}", r.peak_memory as f64 / 1e6)),
    ("bytes per cell", |r| format!("{:.1}", r.bytes_per_cell)),
    ("fixed cost, CPU s", |r| format!("{:.2}", r.fixed_cpu_seconds)),
    ("fixed cost, cells", |r| grouped(r.fixed_cells)),
    ("package, bytes", |r| grouped(r.package_bytes)),
    ("proof, bytes", |r| grouped(r.proof_bytes)),
    ("verify, ms", |r| format!("{:.1}", 1e3 * r.verify_seconds)),
];

/// All reports side by side, then the tables of each.
pub fn table(reports: &[Report]) -> String {
    let row = |caption: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("{cell:>16}")).collect();
        format!("{caption:<20}{cells}\n")
    };
    let mut text = row("", reports.iter().map(|report| report.guest.clone()).collect());
    for (caption, figure) in LINES {
        text += &row(caption, reports.iter().map(figure).collect());
    }
    let chips: Vec<String> = reports.iter().map(Report::chips).collect();
    format!("{text}\n{}", chips.join("\n").trim_end())
}
