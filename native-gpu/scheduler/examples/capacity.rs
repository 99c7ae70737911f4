//! The table of docs/capacity.md: how many laptops prove every slot of a chain, simulated: `capacity [SEED]`.

use hearth_scheduler::capacity::{Chain, LAPTOPS, SLOTS};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seed = std::env::args().nth(1).map_or(Ok(1), |seed| seed.parse())?;
    let chain = Chain::default();
    println!(
        "| kind | s per shard, estimated | s per shard, measured | slot | shards of a block | least number, simulated | USD | kW | within 100,000 USD, 10 kW | p50, simulated | p99, simulated |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for laptop in &LAPTOPS {
        let (fast, slow) = laptop.shard;
        for slot in SLOTS {
            let speed = format!("{:.1} to {:.1}", fast as f64 / 1e3, slow as f64 / 1e3);
            let (estimated, measured) = if laptop.is_measured { ("", &speed[..]) } else { (&speed[..], "") };
            let kind =
                format!("| {} | {estimated} | {measured} | {} s | {} |", laptop.name, slot / 1000, chain.shards(slot));
            match chain.least(laptop, slot, seed) {
                None => println!("{kind} no number | | | no | | |"),
                Some(found) => println!(
                    "{kind} {} | {} | {:.1} | {} | {:.2} s | {:.2} s |",
                    found.laptops,
                    found.usd,
                    f64::from(found.watts) / 1e3,
                    if found.fits() { "yes" } else { "no" },
                    found.times.p50 as f64 / 1e3,
                    found.times.p99 as f64 / 1e3
                ),
            }
        }
    }
    Ok(())
}
