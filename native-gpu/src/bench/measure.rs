//! One guest from its ELF file to the last shard proof, with a clock on it.

use std::time::{Duration, Instant};

use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::Hasher;
use hearth_machine::package::Package;
use hearth_machine::program::Program;
use hearth_machine::rows::{Costs, PerTable, Rows, Table};
use hearth_machine::wire::Wire;
use hearth_shard::backend::BackendId;
use hearth_shard::costs::{COUNTED, costs, limits};
use hearth_shard::proof::ShardProof;
use hearth_shard::prover::{Cost, ShardProver};
use hearth_shard::verifier::ShardVerifier;
use hearth_soundness::SizeClass;
use pollster::block_on;

use super::guest::Guest;
use super::report::{Report, TableReport};
use super::system::{cpu_time, peak_memory};
use crate::failure::Failure;
use crate::interrupt;
use crate::proving::{cut_failure, shard_failure};

/// Proofs of the least shard that its cost is the mean of.
const FIXED_ROUNDS: u32 = 3;

/// How to measure.
pub struct Setting {
    pub class: SizeClass,
    pub backend: BackendId,
    pub threads: usize,
    /// A hundredth of the work.
    pub short: bool,
}

/// Sums over the shards of a run.
#[derive(Default)]
struct Sums {
    shards: u64,
    cells: u64,
    largest: u64,
    fractions: u64,
    rows: PerTable<u64>,
    heights: PerTable<u64>,
    package_bytes: u64,
    proof_bytes: u64,
}

impl Sums {
    fn add(&mut self, costs: &Costs, rows: &Rows, package: &Package, proof: &ShardProof, cost: Cost) {
        self.shards += 1;
        self.cells += cost.cells;
        self.largest = self.largest.max(cost.cells);
        self.fractions += costs.interactions(rows);
        for (sum, &rows) in self.rows.0.iter_mut().zip(&rows.0) {
            *sum += u64::from(rows);
        }
        for (sum, height) in self.heights.0.iter_mut().zip(costs.heights(rows).0) {
            *sum += height;
        }
        self.package_bytes += package.encode().len() as u64;
        self.proof_bytes += proof.bytes.len() as u64;
    }

    /// Every table, those of fixed height as one, which has no padding.
    fn tables(&self, costs: &Costs, steps: u64) -> Vec<TableReport> {
        let report = |table: &str, rows: u64, row_cells: u64, cells: u64| TableReport {
            table: table.into(),
            rows,
            row_cells,
            cells,
            cells_per_step: cells as f64 / steps as f64,
        };
        let counted = COUNTED.map(|(table, chip): (Table, _)| {
            let width = u64::from(costs.tables[table].width);
            report(chip.name(), self.rows[table], self.rows[table] * width, self.heights[table] * width)
        });
        let fixed = costs.fixed_cells * self.shards;
        counted.into_iter().chain([report("fixed", 0, fixed, fixed)]).collect()
    }
}

/// Proves a run of `guest` on threads of this process.
///
/// # Errors
///
/// An interruption, or a system that does not tell CPU time and memory.
pub fn measure(guest: Guest, setting: &Setting) -> Result<Report, Failure> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(setting.threads);
    threads.build_global().map_err(|error| Failure::Usage(error.to_string()))?;
    let input = guest.input(setting.short);
    let internal = |error: &dyn std::fmt::Display| Failure::Internal(error.to_string());
    let usage = |error: &dyn std::fmt::Display| Failure::Usage(error.to_string());

    let (start, cpu_start) = (Instant::now(), used()?);
    let hasher = Hasher::new();
    let program = Program::from_elf(&hasher, guest.elf()).map_err(|error| internal(&error))?;
    let prover = ShardProver::with_backend(setting.backend, setting.class).map_err(|error| usage(&error))?;
    let cut = |limits| Cutter::new(&hasher, &program, &input, limits).map_err(|error| internal(&error));
    let prove =
        |package: &Package| block_on(prover.prove(package, |_| interrupt::check().is_ok())).map_err(shard_failure);
    let mut cutter = cut(limits(setting.backend, setting.class))?;
    let costs = costs(setting.backend, setting.class);
    let mut sums = Sums::default();
    let mut last = None;
    while let Some(shard) = cutter.next_shard().map_err(cut_failure)? {
        let (proof, cost) = prove(&shard.package)?;
        sums.add(&costs, &shard.rows, &shard.package, &proof, cost);
        last = Some(proof);
    }
    let (seconds, cpu_seconds) = (start.elapsed(), used()? - cpu_start);
    let peak_memory = peak_memory().ok_or_else(unknown)?;

    let proof = last.ok_or_else(|| Failure::Internal("a run without shards".into()))?;
    let verifier = ShardVerifier::with_backend(setting.backend, setting.class).map_err(|error| usage(&error))?;
    let verifying = Instant::now();
    verifier.verify(&proof.statement, proof.key as u8, &proof.bytes).map_err(|error| internal(&error))?;
    let verify_seconds = verifying.elapsed().as_secs_f64();

    let least = cut(Limits::steps(1))?.next_shard().map_err(cut_failure)?;
    let least = least.ok_or_else(|| Failure::Internal("a run without steps".into()))?;
    let fixed_start = used()?;
    let mut fixed_cells = 0;
    for _ in 0..FIXED_ROUNDS {
        fixed_cells = prove(&least.package)?.1.cells;
    }
    let fixed = (used()? - fixed_start) / FIXED_ROUNDS;

    let steps = cutter.steps();
    let tables = sums.tables(&costs, steps);
    let row_cells: u64 = tables.iter().map(|table| table.row_cells).sum();
    let cpu = cpu_seconds.as_secs_f64();
    Ok(Report {
        guest: guest.name().into(),
        backend: setting.backend.to_string(),
        log_cells: setting.class.id(),
        threads: setting.threads,
        steps,
        shards: sums.shards,
        committed_cells: sums.cells,
        seconds: seconds.as_secs_f64(),
        cpu_seconds: cpu,
        steps_per_cpu_second: steps as f64 / cpu,
        cells_per_cpu_second: sums.cells as f64 / cpu,
        cells_per_step: sums.cells as f64 / steps as f64,
        fractions_per_step: sums.fractions as f64 / steps as f64,
        padding_share: 1.0 - row_cells as f64 / sums.cells as f64,
        peak_memory,
        bytes_per_cell: peak_memory as f64 / sums.largest as f64,
        fixed_cells,
        fixed_cpu_seconds: fixed.as_secs_f64(),
        package_bytes: sums.package_bytes / sums.shards,
        proof_bytes: sums.proof_bytes / sums.shards,
        verify_seconds,
        tables,
    })
}

fn used() -> Result<Duration, Failure> {
    cpu_time().ok_or_else(unknown)
}

fn unknown() -> Failure {
    Failure::Usage("this system does not tell CPU time and memory (/proc)".into())
}
