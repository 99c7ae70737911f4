//! Steps per second of the plain run, the cut run and replay: `speed PROGRAM.elf [INPUT]`.

use std::time::Instant;

use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_machine::replay::replay;
use hearth_machine::run::Machine;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let elf = std::fs::read(arguments.next().ok_or("usage: speed PROGRAM.elf [INPUT]")?)?;
    let input = arguments
        .next()
        .map(std::fs::read)
        .transpose()?
        .unwrap_or_default();
    let hasher = Hasher::new();

    let start = Instant::now();
    let program = Program::from_elf(&hasher, &elf)?;
    println!("load     {:>10.1?}", start.elapsed());

    let mut machine = Machine::new(&program, &input)?;
    let start = Instant::now();
    machine.run(u64::MAX)?;
    rate("plain", machine.steps(), start);
    println!("outcome  {:?}", machine.outcome());

    let start = Instant::now();
    let mut cutter = Cutter::new(&hasher, &program, &input, Limits::steps(1 << 18))?;
    println!("start    {:>10.1?}", start.elapsed());
    let start = Instant::now();
    let shards = (&mut cutter).collect::<Result<Vec<_>, _>>()?;
    rate("cut", cutter.steps(), start);
    println!("shards   {:>10}", shards.len());

    let start = Instant::now();
    let some = &shards[..shards.len().min(16)];
    for shard in some {
        replay(&hasher, &shard.package)?;
    }
    rate(
        "replay",
        some.iter()
            .map(|shard| u64::from(shard.package.steps))
            .sum(),
        start,
    );
    Ok(())
}

fn rate(what: &str, steps: u64, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{what:<8} {:>10.1} M steps/s ({steps} steps)",
        steps as f64 / seconds / 1e6
    );
}
