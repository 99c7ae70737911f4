//! Times the WHIR backend on the toy machine.
//!
//! `cargo run --release --example toy_bench -- LOG_CELLS [REPEATS]` proves about 15/16 of
//! `2^LOG_CELLS` cells (rows of 30 columns and 18 messages) and prints CPU seconds per proof.

#[path = "../tests/backend/toy.rs"]
mod toy;

use std::error::Error;
use std::time::{Duration, Instant};

use hearth_shard::backend::WhirKey;
use hearth_soundness::SizeClass;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u8>());
    let log_cells = arguments.next().transpose()?.unwrap_or(20);
    let repeats = arguments.next().transpose()?.unwrap_or(3);
    let class = SizeClass::ALL
        .into_iter()
        .find(|class| class.log_cells() >= usize::from(log_cells))
        .ok_or("no size class is as large")?;
    let log_height = log_cells - 5;
    // The steps take 15/16 of the cells; the range table must fit in the rest.
    let bits = 16.min(log_cells - 6);
    let key = WhirKey::setup(toy::chips(bits), class)?;
    for _ in 0..repeats {
        let run = toy::run(1 << log_height, log_height, bits);
        let cells: usize = run.traces.iter().map(|trace| trace.values.len()).sum();
        let (wall, cpu) = (Instant::now(), cpu_time());
        let bytes = key.prove(run.traces, &run.public_values)?;
        let (wall, cpu) = (wall.elapsed(), cpu_time().saturating_sub(cpu));
        let checking = Instant::now();
        key.verify(&run.public_values, &bytes)?;
        println!(
            "{} {:.2} M cells: {:.2} s CPU, {:.2} s wall, {:.2} M cells/CPU s, proof {} bytes, verify {:.1} ms, {} MiB",
            class.name(),
            cells as f64 / 1e6,
            cpu.as_secs_f64(),
            wall.as_secs_f64(),
            cells as f64 / 1e6 / cpu.as_secs_f64(),
            bytes.len(),
            checking.elapsed().as_secs_f64() * 1e3,
            peak_memory() >> 20,
        );
    }
    Ok(())
}

/// User and system time of this process so far, all threads.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields 14 and 15 count clock ticks, of which Linux makes 100 a second; the name in field 2 may hold blanks.
    let ticks: u64 = stat
        .rsplit(')')
        .next()
        .into_iter()
        .flat_map(|rest| rest.split_whitespace().skip(11).take(2))
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Duration::from_millis(10 * ticks)
}

/// Greatest resident memory of this process so far, in bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) << 10
}
