//! Steps per CPU second of the plain run, the cut run and replay: `speed PROGRAM.elf [INPUT]`.

use std::time::{Duration, Instant};

use hearth_machine::cut::{Assembler, Limits, Runner};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_machine::replay::replay;
use hearth_machine::run::Machine;
use hearth_machine::wire::Wire;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let elf = std::fs::read(arguments.next().ok_or("usage: speed PROGRAM.elf [INPUT]")?)?;
    let input = arguments.next().map(std::fs::read).transpose()?.unwrap_or_default();
    let hasher = Hasher::new();

    let start = Instant::now();
    let program = Program::from_elf(&hasher, &elf)?;
    println!("load     {:>10.1?}", start.elapsed());

    let mut machine = Machine::new(&program, &input)?;
    let start = Clock::now();
    machine.run(u64::MAX)?;
    rate("plain", machine.steps(), start.elapsed());
    println!("outcome  {:?}", machine.outcome());

    let start = Instant::now();
    let mut runner = Runner::new(&program, &input, Limits::steps(1 << 18))?;
    let mut assembler = Assembler::new(&hasher, &program, &input)?;
    println!("start    {:>10.1?}", start.elapsed());
    let (mut running, mut shards) = (Duration::ZERO, Vec::new());
    let start = Clock::now();
    loop {
        let lap = Clock::now();
        let section = runner.next_section()?;
        running += lap.elapsed();
        let Some(section) = section else { break };
        shards.push(assembler.assemble(section));
    }
    rate("cut", runner.steps(), start.elapsed());
    rate("  run", runner.steps(), running);
    println!("shards   {:>10}", shards.len());
    let bytes: usize = shards.iter().map(|shard| shard.package.encode().len()).sum();
    println!("package  {:>10} bytes in the mean", bytes / shards.len());

    let start = Clock::now();
    let some = &shards[..shards.len().min(16)];
    for shard in some {
        replay(&hasher, &shard.package)?;
    }
    let steps = some.iter().map(|shard| u64::from(shard.package.steps)).sum();
    rate("replay", steps, start.elapsed());
    Ok(())
}

fn rate(what: &str, steps: u64, time: Duration) {
    let seconds = time.as_secs_f64();
    println!("{what:<8} {:>10.1} M steps/s ({steps} steps)", steps as f64 / seconds / 1e6);
}

/// Time on the processor where the system tells it, else time on the wall.
struct Clock(Instant, Option<Duration>);

impl Clock {
    fn now() -> Self {
        Self(Instant::now(), on_processor())
    }

    fn elapsed(&self) -> Duration {
        match (self.1, on_processor()) {
            (Some(start), Some(now)) => now - start,
            _ => self.0.elapsed(),
        }
    }
}

fn on_processor() -> Option<Duration> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = statistics.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
