//! `--profile`: where a guest's steps go, and what proving them would cost.

use std::fmt::Write as _;
use std::path::PathBuf;

use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_machine::rows::{PerTable, Table};
use hearth_profile::{Cost, Counts, Error, Profile, Symbols, Weights};
use hearth_shard::costs::tables;
use serde::Serialize;

use crate::backend::Backend;
use crate::failure::{self, Failure};
use crate::interrupt;
use crate::program::MAX_FILE;
use crate::proving::{Shape, cut_failure};
use crate::report::grouped;

/// Functions that people get to see, and scripts.
const FUNCTIONS: [usize; 2] = [25, 500];
/// Call paths.
const PATHS: usize = 10;

#[derive(clap::Args)]
pub struct Profiling {
    /// Tell where the steps go: by function, kind of instruction, call path and table, and what a proof would cost.
    #[arg(long)]
    profile: bool,
    /// The same program with its symbols; without them functions are named by their addresses.
    #[arg(long, value_name = "ELF", requires = "profile")]
    symbols: Option<PathBuf>,
    /// Predict the time of a proof at this speed.
    #[arg(long, value_name = "N", requires = "profile", value_parser = clap::value_parser!(u64).range(1..))]
    cells_per_second: Option<u64>,
    #[command(flatten)]
    shape: Shape,
    #[command(flatten)]
    backend: Backend,
}

/// A profile, and the tables of the shards that would be proved.
#[derive(Serialize)]
pub struct Report {
    #[serde(flatten)]
    profile: Profile,
    /// By table, dearest first.
    tables: Vec<TableReport>,
    shards: usize,
    /// Committed cells, padding included.
    committed_cells: u64,
    /// Messages, those of padding included.
    messages: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    predicted_seconds: Option<f64>,
}

/// A table over all shards.
#[derive(Serialize)]
struct TableReport {
    name: &'static str,
    rows: u64,
    /// Padding included.
    committed_cells: u64,
}

impl Profiling {
    /// The profile of a run that is known to end well, if it is asked for.
    pub fn run(&self, program: &Program, elf: &[u8], input: &[u8]) -> Result<Option<Report>, Failure> {
        if !self.profile {
            return Ok(None);
        }
        let limits = self.shape.limits(self.backend.id())?;
        let symbols = self.symbols(program, elf)?;
        let counts = Counts { functions: FUNCTIONS[1], paths: PATHS };
        let weights = Weights::new(&limits.costs);
        let goes_on = |_| interrupt::check().is_ok();
        let profile = hearth_profile::profile(program, input, &symbols, &weights, counts, goes_on);
        let profile = profile.map_err(|error| match error {
            Error::Stopped => Failure::Interrupted,
            Error::Input(error) => Failure::Usage(error.to_string()),
            Error::Fault(fault) => Failure::Guest(fault.to_string()),
        })?;
        let mut report = cut(program, input, limits, profile)?;
        report.predicted_seconds = self.cells_per_second.map(|speed| report.committed_cells as f64 / speed as f64);
        Ok(Some(report))
    }

    fn symbols(&self, program: &Program, elf: &[u8]) -> Result<Symbols, Failure> {
        let Some(path) = &self.symbols else {
            return Ok(Symbols::from_elf(elf).unwrap_or_else(|_| Symbols::from_calls(program)));
        };
        let file = failure::read(path, MAX_FILE)?;
        let named = Program::from_elf(&Hasher::new(), &file).map_err(|error| Failure::bad_input(path, error))?;
        if named.key() != program.key() {
            return Err(Failure::Usage(format!("{} is another program than the one that runs", path.display())));
        }
        Symbols::from_elf(&file).map_err(|error| Failure::bad_input(path, error))
    }
}

/// Cuts the run as a prover would and sums up its tables.
fn cut(program: &Program, input: &[u8], limits: Limits, profile: Profile) -> Result<Report, Failure> {
    let hasher = Hasher::new();
    let mut cutter = Cutter::new(&hasher, program, input, limits).map_err(|error| Failure::Usage(error.to_string()))?;
    let costs = limits.costs;
    let mut rows = PerTable([0u64; Table::COUNT]);
    let mut cells = rows;
    let mut report =
        Report { profile, tables: Vec::new(), shards: 0, committed_cells: 0, messages: 0, predicted_seconds: None };
    while let Some(shard) = cutter.next_shard().map_err(cut_failure)? {
        interrupt::check()?;
        report.shards += 1;
        report.committed_cells += costs.cells(&shard.rows);
        report.messages += costs.interactions(&shard.rows);
        let by_table = costs.cells_by_table(&shard.rows);
        for table in 0..Table::COUNT {
            rows.0[table] += u64::from(shard.rows.0[table]);
            cells.0[table] += by_table.0[table];
        }
    }
    let known = tables().map(|(table, name)| TableReport { name, rows: rows[table], committed_cells: cells[table] });
    report.tables = known.filter(|table| table.committed_cells != 0).collect();
    let fixed = costs.fixed_cells * report.shards as u64;
    report.tables.push(TableReport { name: "fixed", rows: 0, committed_cells: fixed });
    report.tables.sort_by_key(|table| core::cmp::Reverse(table.committed_cells));
    Ok(report)
}

impl Report {
    /// Lines for people.
    pub fn human(&self) -> String {
        let mut text = String::new();
        let cost = self.profile.cost;
        let share = |part: u64, whole: u64| 100.0 * part as f64 / whole.max(1) as f64;
        let line = |own: Cost, name: &str| {
            let (steps, area) = (share(own.steps, cost.steps), share(own.area, cost.area));
            format!("{:>15} {steps:5.1} %{:>17} {area:5.1} %  {name}\n", grouped(own.steps), grouped(own.area))
        };
        text.push_str("\narea: cells of an instruction's row, and 1.8 for each of its messages\n");
        text.push_str("\n          steps                      area          kind\n");
        for kind in &self.profile.kinds {
            text.push_str(&line(kind.cost, kind.name));
        }
        text.push_str("\n      own steps                  own area          function (with all that it calls)\n");
        for function in self.profile.functions.iter().take(FUNCTIONS[0]) {
            let total = share(function.total.area, cost.area);
            text.push_str(&line(function.own, &format!("{} ({total:.1} %)", function.name)));
        }
        text.push_str("\n      own steps                  own area          call path\n");
        for path in &self.profile.paths {
            text.push_str(&line(path.own, &path.functions.join(" > ")));
        }
        text.push_str("\n           rows                     cells          table\n");
        for table in &self.tables {
            let part = share(table.committed_cells, self.committed_cells);
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "{:>15}        {:>17} {part:5.1} %  {}",
                grouped(table.rows),
                grouped(table.committed_cells),
                table.name
            );
        }
        let _ = write!(
            text,
            "\nto prove     {} shards, {} cells, {} messages",
            self.shards,
            grouped(self.committed_cells),
            grouped(self.messages)
        );
        if let Some(seconds) = self.predicted_seconds {
            let _ = write!(text, ", {seconds:.1} s");
        }
        text
    }
}
