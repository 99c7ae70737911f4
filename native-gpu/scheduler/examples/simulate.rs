//! Simulated times to proof of a swarm: `simulate [WORKERS [SHARDS [SLOT_MS [SEED]]]]`.

use hearth_scheduler::simulation::Scenario;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = std::env::args().skip(1).map(|argument| argument.parse()).collect::<Result<Vec<u64>, _>>()?;
    let default = Scenario::default();
    let scenario = Scenario {
        workers: arguments.first().map_or(Ok(default.workers), |&n| n.try_into())?,
        shards: arguments.get(1).map_or(Ok(default.shards), |&n| n.try_into())?,
        slot: arguments.get(2).copied().unwrap_or(default.slot),
        seed: arguments.get(3).copied().unwrap_or(default.seed),
        ..default
    };
    println!("{scenario:?}");
    let outcome = scenario.run().ok_or("some block was never proved")?;
    println!(
        "blocks {}, p50 {} ms, p99 {} ms, worst {} ms",
        outcome.times.len(),
        outcome.percentile(50),
        outcome.percentile(99),
        outcome.percentile(100)
    );
    println!(
        "leases {}, late {}, wrong {}, gone {}, native {}",
        outcome.leases, outcome.late, outcome.rejected, outcome.gone, outcome.native
    );
    Ok(())
}
