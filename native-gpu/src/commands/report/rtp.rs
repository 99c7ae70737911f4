//! `hearth report rtp`: how close to real time a node proves.

use hearth_protocol::{Block, Phases, RunState, Status};
use serde::Serialize;

use crate::client::Client;
use crate::failure::Failure;

/// What counts as real time, as the public tables have it.
const REAL_TIME_MS: u64 = 10_000;
/// Left for a proof to travel before the end of its slot.
const PROPAGATION_MS: u64 = 2_000;
/// Speeds of a reader's line, in megabits per second.
const LINES: [u64; 2] = [10, 50];

#[derive(clap::Args)]
pub struct Arguments {
    /// The node: http://HOST:PORT.
    #[arg(long, value_name = "URL", env = "HEARTH_NODE")]
    node: String,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

/// Median and 99th percentile.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    p50: f64,
    p99: f64,
}

impl Spread {
    /// Of these values; `None` without any.
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let at = |percent: usize| values.get((values.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Self { p50: at(50)?, p99: at(99)? })
    }
}

/// The report. A late proof counts as late, whatever became of it later.
#[derive(Debug, Serialize)]
struct Report {
    slot_seconds: f64,
    runs: usize,
    /// Published within the slot.
    on_time: usize,
    /// Published after it.
    late: usize,
    /// Not published: failed, or still open after the slot.
    missing: usize,
    /// Still open within the slot.
    open: usize,
    /// Part of the runs that were published within ten seconds.
    real_time_share: f64,
    phases: Vec<(&'static str, Option<Spread>)>,
    /// Part of the runs that were proved no later than a tenth after what was predicted after the execution.
    prediction_kept: Option<f64>,
    /// Seconds that a reader needs for a proof, by megabits per second.
    download: Vec<(u64, Option<Spread>)>,
    /// Run with the most milliseconds per million gas.
    #[serde(skip_serializing_if = "Option::is_none")]
    worst: Option<(String, f64)>,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = Client::new(&arguments.node);
    let failed = |reason| Failure::Internal(format!("{}: {reason}", arguments.node));
    let status: Status = client.json("/v1/status").map_err(failed)?;
    let blocks: Vec<Block> = client.json("/v1/blocks").map_err(failed)?;
    let report = report(&status, &blocks);
    crate::report::print(arguments.json, &report, || human(&report))
}

fn report(status: &Status, blocks: &[Block]) -> Report {
    let slot = status.slot_ms;
    let done: Vec<(&Block, Phases)> = blocks.iter().filter_map(|block| Some((block, block.phases?))).collect();
    let on_time = done.iter().filter(|(_, phases)| phases.total_ms() <= slot).count();
    // Blocks that are known without phases are of a node that did not measure them.
    let unproved = blocks.iter().filter(|block| block.state != RunState::Done);
    let started = |block: &Block| status.runs.iter().find(|run| run.id == block.id).and_then(|run| run.start_ms);
    let within = |block: &&Block| {
        block.state != RunState::Failed && started(block).is_none_or(|start| start + slot >= status.now_ms)
    };
    let (open, missing): (Vec<_>, Vec<_>) = unproved.partition(within);
    let runs = done.len() + open.len() + missing.len();
    let seconds = |of: fn(&Phases) -> u64| Spread::of(done.iter().map(|(_, phases)| of(phases) as f64 / 1e3).collect());
    let all = seconds(Phases::total_ms);
    let left = |total: f64| (slot as f64 - PROPAGATION_MS as f64) / 1e3 - total;
    let predicted: Vec<bool> = done
        .iter()
        .filter_map(|(_, phases)| Some(10 * (phases.execute_ms + phases.prove_ms) <= 11 * phases.predicted_ms?))
        .collect();
    let transfer = |line: u64| {
        let bytes = done.iter().filter_map(|(block, _)| block.proof_bytes);
        Spread::of(bytes.map(|bytes| bytes as f64 * 8.0 / (line as f64 * 1e6)).collect())
    };
    let per_mgas = |(block, phases): &(&Block, Phases)| {
        let gas = block.gas.filter(|&gas| gas > 0)?;
        Some((block.name.clone(), phases.total_ms() as f64 * 1e6 / gas as f64))
    };
    let real_time = done.iter().filter(|(_, phases)| phases.total_ms() <= REAL_TIME_MS).count();
    Report {
        slot_seconds: slot as f64 / 1e3,
        runs,
        on_time,
        late: done.len() - on_time,
        missing: missing.len(),
        open: open.len(),
        real_time_share: if runs == 0 { 0.0 } else { real_time as f64 / runs as f64 },
        phases: vec![
            ("execute", seconds(|phases| phases.execute_ms)),
            ("prove", seconds(|phases| phases.prove_ms)),
            ("publish", seconds(|phases| phases.publish_ms)),
            ("all", all),
            // That which 99 of 100 runs have left at least.
            ("slack", all.map(|Spread { p50, p99 }| Spread { p50: left(p50), p99: left(p99) })),
        ],
        prediction_kept: (!predicted.is_empty())
            .then(|| predicted.iter().filter(|kept| **kept).count() as f64 / predicted.len() as f64),
        download: LINES.map(|line| (line, transfer(line))).into(),
        worst: done.iter().filter_map(per_mgas).max_by(|a, b| a.1.total_cmp(&b.1)),
    }
}

fn human(report: &Report) -> String {
    let spread = |spread: &Option<Spread>| match spread {
        Some(Spread { p50, p99 }) => format!("{p50:>10.1}{p99:>10.1}"),
        None => format!("{:>10}{:>10}", "-", "-"),
    };
    let mut lines = vec![
        format!(
            "{} runs, slots of {} s: {} on time, {} late, {} missing, {} open",
            report.runs, report.slot_seconds, report.on_time, report.late, report.missing, report.open
        ),
        format!("published within 10 s: {:.1} %", 100.0 * report.real_time_share),
        String::new(),
        format!("{:<24}{:>10}{:>10}", "seconds", "p50", "p99"),
    ];
    for (name, value) in &report.phases {
        let name = if *name == "slack" { "slack after 2 s" } else { name };
        lines.push(format!("{name:<24}{}", spread(value)));
    }
    for (line, value) in &report.download {
        lines.push(format!("{:<24}{}", format!("download at {line} Mbit/s"), spread(value)));
    }
    lines.push(String::new());
    if let Some(kept) = report.prediction_kept {
        lines.push(format!("as predicted after the execution, or up to a tenth later: {:.1} %", 100.0 * kept));
    }
    if let Some((name, ms)) = &report.worst {
        lines.push(format!("most time per gas: {name}, {:.1} s per million gas", ms / 1e3));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(id: &str, state: RunState, total: Option<u64>) -> Block {
        Block {
            id: id.into(),
            name: id.into(),
            number: Some(1),
            hash: None,
            state,
            error: None,
            fix: None,
            shards_total: 1,
            shards_done: 1,
            proof_url: None,
            proof_bytes: Some(1_250_000),
            key_url: None,
            seconds: None,
            exit_code: None,
            output: None,
            gas: Some(2_000_000),
            phases: total.map(|total| Phases {
                received_unix_ms: 0,
                execute_ms: 1_000,
                prove_ms: total - 1_500,
                publish_ms: 500,
                predicted_ms: Some(8_000),
                cells: 1,
            }),
            slot_ms: None,
        }
    }

    #[test]
    fn a_late_proof_is_never_on_time() {
        let status = Status {
            protocol: 1,
            version: String::new(),
            started_unix_ms: 0,
            now_ms: 100_000,
            log_cells: 24,
            local_prover: true,
            slot_ms: 12_000,
            runs: Vec::new(),
            workers: Vec::new(),
        };
        let blocks = [
            block("a", RunState::Done, Some(8_000)),
            block("b", RunState::Done, Some(12_000)),
            block("c", RunState::Done, Some(12_001)),
            block("d", RunState::Failed, None),
        ];
        let report = report(&status, &blocks);
        assert_eq!((report.runs, report.on_time, report.late, report.missing, report.open), (4, 2, 1, 1, 0));
        assert_eq!(report.real_time_share, 0.25);
        assert_eq!(report.phases[3], ("all", Some(Spread { p50: 12.0, p99: 12.001 })));
        assert_eq!(report.phases[4].1.map(|slack| slack.p50), Some(-2.0));
        assert_eq!(report.prediction_kept, Some(1.0 / 3.0));
        assert_eq!(report.download[0].1, Some(Spread { p50: 1.0, p99: 1.0 }));
        assert_eq!(report.worst.as_ref().map(|(name, _)| name.as_str()), Some("c"));
        assert!(human(&report).contains("2 on time, 1 late, 1 missing"));
    }

    #[test]
    fn percentiles_are_values_that_occur() {
        assert_eq!(Spread::of(Vec::new()), None);
        assert_eq!(Spread::of(vec![3.0, 1.0, 2.0]), Some(Spread { p50: 2.0, p99: 3.0 }));
    }
}
