//! How many laptops a chain takes: simulated times to proof against their number and kind, with money and power.
//!
//! A chain brings the same gas in every second, so a shorter slot holds a smaller block. The speed of a laptop is given; where it
//! comes from is said beside it, as a simulation is worth no more than that.

use crate::Millis;
use crate::simulation::Scenario;

/// The most that a home may spend on it, in US dollars.
pub const MAX_USD: u32 = 100_000;
/// The most power that a home has for it, in watts.
pub const MAX_WATTS: u32 = 10_000;
/// Slots for which the question is asked, in milliseconds.
pub const SLOTS: [Millis; 4] = [12_000, 6_000, 3_000, 1_000];
/// A block that takes so many slots is one of too few laptops, and ends the simulation.
const PATIENCE: Millis = 8;
/// More laptops are never asked about.
const MAX_LAPTOPS: u32 = 4_096;
/// What happens before is not counted: a chain goes on for years, and only in its first minute is nobody known.
const WARM_UP: Millis = 60_000;

/// A kind of laptop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Laptop {
    /// What it is.
    pub name: &'static str,
    /// Milliseconds for a shard of 2^24 cells: between these.
    pub shard: (Millis, Millis),
    /// Whether these were measured; else they are estimates.
    pub is_measured: bool,
    /// Price in US dollars.
    pub usd: u32,
    /// Power at work in watts.
    pub watts: u32,
}

/// Kinds of laptops. Speeds of GPUs are the design's estimates for a WebGPU prover that does not exist yet, with its margin of half as
/// much again; prices are those of the sale's start or of the magazine named, and power is what the adapter or the GPU's maker
/// allows. `docs/capacity.md` names the sources.
pub const LAPTOPS: [Laptop; 4] = [
    Laptop { name: "MacBook Air M1, GPU", shard: (1_000, 1_200), is_measured: false, usd: 999, watts: 30 },
    Laptop { name: "MacBook Air M3, GPU", shard: (500, 600), is_measured: false, usd: 1_099, watts: 30 },
    Laptop { name: "RTX 4060 laptop, GPU", shard: (300, 400), is_measured: false, usd: 1_500, watts: 160 },
    // The CPU of a MacBook was not measured: this is one core of the machine of docs/browser.md, in a tab.
    Laptop { name: "a tab on one CPU core", shard: (7_300, 9_700), is_measured: true, usd: 999, watts: 30 },
];

/// What a chain asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chain {
    /// Gas in a second.
    pub gas_per_second: f64,
    /// Committed cells for a unit of gas.
    pub cells_per_gas: f64,
    /// Milliseconds from one shard to the next while a block is executed and cut.
    pub cut: f64,
    /// Milliseconds for package and proof of a shard on the network.
    pub transfer: Millis,
    /// Blocks of one simulation.
    pub blocks: u64,
}

impl Default for Chain {
    /// Blocks of 30.7 million gas in 12 s, the mean of a thousand blocks of mainnet; cells and cutting as measured on blocks of it.
    fn default() -> Self {
        Self { gas_per_second: 30.7e6 / 12.0, cells_per_gas: 423.0, cut: 3.0, transfer: 44, blocks: 100 }
    }
}

impl Chain {
    /// Shards of a block.
    pub fn shards(&self, slot: Millis) -> u32 {
        let gas = self.gas_per_second * slot as f64 / 1e3;
        (gas * self.cells_per_gas / f64::from(1 << 24)).ceil() as u32
    }

    /// Simulates `laptops` of a kind; `None` if some block takes very long.
    pub fn simulate(&self, laptop: &Laptop, laptops: u32, slot: Millis, seed: u64) -> Option<Times> {
        let shards = self.shards(slot);
        let (fast, slow) = laptop.shard;
        let outcome = Scenario {
            seed,
            workers: laptops,
            blocks: self.blocks + WARM_UP / slot,
            warm_up: WARM_UP / slot,
            shards,
            slot,
            execution: (f64::from(shards) * self.cut) as Millis,
            speed: (fast + self.transfer, slow + self.transfer),
            native: None,
            patience: PATIENCE * slot,
            ..Scenario::default()
        }
        .run()?;
        Some(Times { p50: outcome.percentile(50), p99: outcome.percentile(99) })
    }

    /// The least number of a kind that proves 99 of 100 blocks within their slot, to a twentieth; `None` if no number does.
    pub fn least(&self, laptop: &Laptop, slot: Millis, seed: u64) -> Option<Configuration> {
        if laptop.shard.0 > slot {
            return None;
        }
        let times = |laptops| self.simulate(laptop, laptops, slot, seed).filter(|times| times.p99 <= slot);
        // Fewer than these have not the time, whatever the rules.
        let busy = u64::from(self.shards(slot)) * laptop.shard.0;
        let mut few = u32::try_from(busy / slot).ok()?.max(1) - 1;
        let mut many = few + 1;
        let mut found = loop {
            if many > MAX_LAPTOPS {
                return None;
            }
            match times(many) {
                Some(times) => break times,
                None => (few, many) = (many, many * 2),
            }
        };
        while many - few > (many / 20).max(1) {
            let middle = few + (many - few) / 2;
            match times(middle) {
                Some(times) => (many, found) = (middle, times),
                None => few = middle,
            }
        }
        Some(Configuration { laptops: many, times: found, usd: many * laptop.usd, watts: many * laptop.watts })
    }
}

/// Simulated milliseconds from a block to its last proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// Of every other block.
    pub p50: Millis,
    /// Of 99 in 100.
    pub p99: Millis,
}

/// So many laptops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// How many.
    pub laptops: u32,
    /// What they do, simulated.
    pub times: Times,
    /// What they cost.
    pub usd: u32,
    /// What they draw while all work.
    pub watts: u32,
}

impl Configuration {
    /// Whether a home has the money and the power.
    pub const fn fits(&self) -> bool {
        self.usd <= MAX_USD && self.watts <= MAX_WATTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: Chain = Chain { gas_per_second: 30.7e6 / 12.0, cells_per_gas: 407.0, cut: 3.0, transfer: 44, blocks: 5 };

    #[test]
    fn a_shorter_slot_holds_a_smaller_block() {
        assert_eq!(SLOTS.map(|slot| FEW.shards(slot)), [745, 373, 187, 63]);
    }

    #[test]
    fn the_least_number_is_in_time_and_a_smaller_one_is_not() {
        let [laptop, ..] = LAPTOPS;
        let found = FEW.least(&laptop, 12_000, 1).expect("some number is enough");
        assert!(found.times.p50 <= found.times.p99 && found.times.p99 <= 12_000);
        let fewer = FEW.simulate(&laptop, found.laptops * 4 / 5, 12_000, 1);
        assert!(fewer.is_none_or(|times| times.p99 > 12_000), "{fewer:?}");
        assert_eq!((found.usd, found.watts), (found.laptops * laptop.usd, found.laptops * laptop.watts));
    }

    #[test]
    fn no_number_is_enough_where_one_shard_takes_longer_than_a_slot() {
        let [.., tab] = LAPTOPS;
        assert_eq!(FEW.least(&tab, 6_000, 1), None);
    }

    #[test]
    fn a_home_has_a_budget_of_money_and_of_power() {
        let times = Times { p50: 0, p99: 0 };
        let fits = |usd, watts| Configuration { laptops: 1, times, usd, watts }.fits();
        assert!(fits(MAX_USD, MAX_WATTS));
        assert!(!fits(MAX_USD + 1, 0) && !fits(0, MAX_WATTS + 1));
    }
}
