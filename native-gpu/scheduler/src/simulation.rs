//! A swarm of virtual workers in virtual time, the same for the same seed.
//!
//! Simulated figures show that the rules hold and compare one rule with another. They are no measurements.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::{Config, Kind, LeaseId, Millis, Refused, Scheduler, Verdict};

/// How long an idle worker waits before it asks again, and at random as long once more: the protocol's `IDLE_POLL_MS`.
const POLL: Millis = 250;
/// Cells of a shard, and its class.
const LOG_CELLS: u8 = 24;

/// A swarm and its work.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Seed of all chance.
    pub seed: u64,
    /// Workers at any time.
    pub workers: u32,
    /// Blocks to prove.
    pub blocks: u64,
    /// So many of them, the first ones, do not count: nobody is known yet.
    pub warm_up: u64,
    /// Shards of a block.
    pub shards: u32,
    /// Milliseconds from block to block.
    pub slot: Millis,
    /// Milliseconds that the execution of a block takes, its shards spread evenly over it.
    pub execution: Millis,
    /// Milliseconds that an honest worker needs for a shard: between these.
    pub speed: (Millis, Millis),
    /// Part of the leases for which a worker needs ten times as long, in 1/1000.
    pub stragglers: u64,
    /// Part of the leases during which a worker vanishes, in 1/1000. A new one comes.
    pub churn: u64,
    /// Part of the workers that send wrong proofs, in 1/1000. They come back under new names.
    pub liars: u64,
    /// Part of the workers that send nothing, in 1/1000.
    pub withholders: u64,
    /// Milliseconds that the native prover needs for a shard, if there is one.
    pub native: Option<Millis>,
    /// A block that takes longer ends the simulation without an outcome.
    pub patience: Millis,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            seed: 1,
            workers: 1_000,
            blocks: 20,
            warm_up: 0,
            shards: 600,
            slot: 12_000,
            execution: 1_000,
            speed: (1_500, 6_000),
            stragglers: 20,
            churn: 10,
            liars: 20,
            withholders: 30,
            native: Some(2_000),
            patience: 3_600_000,
        }
    }
}

/// What became of a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Milliseconds from block to last proof, ascending.
    pub times: Vec<Millis>,
    /// Leases granted.
    pub leases: u64,
    /// Proofs that came second.
    pub late: u64,
    /// Wrong proofs.
    pub rejected: u64,
    /// Proofs of leases that were gone.
    pub gone: u64,
    /// Shards that the native prover proved first.
    pub native: u64,
}

impl Outcome {
    /// The time within which `percent` of the blocks were proved.
    pub fn percentile(&self, percent: usize) -> Millis {
        let rank = (self.times.len() * percent).div_ceil(100);
        self.times.get(rank.saturating_sub(1)).copied().unwrap_or(0)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Block(u64),
    Shard(u64),
    Close(u64),
    Ask(u32),
    Return(u32, LeaseId, bool),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Character {
    Honest(Millis),
    Liar,
    Withholder,
    Native(Millis),
}

struct World<'a> {
    scenario: &'a Scenario,
    scheduler: Scheduler,
    chance: Chance,
    events: BinaryHeap<Reverse<(Millis, u64, Event)>>,
    count: u64,
    characters: Vec<Character>,
    open: std::collections::BTreeMap<u64, Millis>,
    outcome: Outcome,
}

impl Scenario {
    /// Runs until every block is proved, or `None` if that takes longer than the patience for one of them.
    pub fn run(&self) -> Option<Outcome> {
        let config = Config { initial_speed: 250.0, max_lease: 60_000, ..Config::default() };
        let mut world = World {
            scenario: self,
            scheduler: Scheduler::new(config),
            chance: Chance(self.seed),
            events: BinaryHeap::new(),
            count: 0,
            characters: Vec::new(),
            open: (0..self.blocks).map(|block| (block, block * self.slot)).collect(),
            outcome: Outcome::default(),
        };
        for block in 0..self.blocks {
            world.at(block * self.slot, Event::Block(block));
        }
        for _ in 0..self.workers {
            let start = world.chance.below(self.slot);
            world.arrive(start);
        }
        if let Some(speed) = self.native {
            world.characters.push(Character::Native(speed));
            world.at(0, Event::Ask(world.characters.len() as u32 - 1));
        }
        while let Some(Reverse((now, _, event))) = world.events.pop() {
            let counting = world.open.range(self.warm_up..).next();
            if counting.is_some_and(|(_, &start)| now > start + self.patience) {
                return None;
            }
            world.step(now, event);
            if world.open.is_empty() {
                world.outcome.times.sort_unstable();
                return Some(world.outcome);
            }
        }
        None
    }
}

impl World<'_> {
    fn at(&mut self, when: Millis, event: Event) {
        self.count += 1;
        self.events.push(Reverse((when, self.count, event)));
    }

    /// A new worker.
    fn arrive(&mut self, when: Millis) {
        let Scenario { liars, withholders, speed: (fast, slow), .. } = *self.scenario;
        let character = match self.chance.below(1000) {
            draw if draw < liars => Character::Liar,
            draw if draw < liars + withholders => Character::Withholder,
            _ => Character::Honest(fast + self.chance.below(slow - fast + 1)),
        };
        self.characters.push(character);
        self.at(when, Event::Ask(self.characters.len() as u32 - 1));
    }

    fn step(&mut self, now: Millis, event: Event) {
        match event {
            Event::Block(block) => {
                self.scheduler.add_run(block, LOG_CELLS, Some(now + self.scenario.slot), now);
                for shard in 0..u64::from(self.scenario.shards) {
                    let when = now + self.scenario.execution * shard / u64::from(self.scenario.shards);
                    self.at(when, Event::Shard(block));
                }
                self.at(now + self.scenario.execution, Event::Close(block));
            }
            Event::Shard(block) => {
                self.scheduler.add_shard(block, 1 << LOG_CELLS, now);
            }
            Event::Close(block) => self.scheduler.close_run(block),
            Event::Ask(worker) => self.ask(worker, now),
            Event::Return(worker, lease, valid) => self.give(worker, lease, valid, now),
        }
    }

    fn ask(&mut self, worker: u32, now: Millis) {
        let id = LeaseId(self.chance.next().into());
        let character = self.characters[worker as usize];
        let kind = if matches!(character, Character::Native(_)) { Kind::Native } else { Kind::Swarm };
        match self.scheduler.lease(id, &worker.to_string(), kind, LOG_CELLS, now) {
            Ok(_) => {
                self.outcome.leases += 1;
                self.work(worker, character, id, now);
            }
            Err(Refused::Quarantined(_)) => self.arrive(now + 10_000),
            Err(Refused::Busy(until)) => self.at(until.max(now + POLL), Event::Ask(worker)),
            Err(Refused::Nothing) => {
                let wait = POLL + self.chance.below(POLL);
                self.at(now + wait, Event::Ask(worker));
            }
        }
    }

    fn work(&mut self, worker: u32, character: Character, id: LeaseId, now: Millis) {
        match character {
            Character::Liar => self.at(now + 300, Event::Return(worker, id, false)),
            Character::Withholder => self.at(now + POLL, Event::Ask(worker)),
            Character::Native(speed) => self.at(now + speed, Event::Return(worker, id, true)),
            Character::Honest(speed) => {
                if self.chance.below(1000) < self.scenario.churn {
                    let pause = 1_000 + self.chance.below(4_000);
                    return self.arrive(now + pause);
                }
                let factor = if self.chance.below(1000) < self.scenario.stragglers { 10 } else { 1 };
                let jitter = self.chance.below(speed / 5 + 1);
                self.at(now + factor * speed + jitter, Event::Return(worker, id, true));
            }
        }
    }

    fn give(&mut self, worker: u32, lease: LeaseId, valid: bool, now: Millis) {
        self.at(now, Event::Ask(worker));
        let Ok(held) = self.scheduler.take(lease, now) else {
            self.outcome.gone += 1;
            return;
        };
        let block = held.shard().run;
        if !valid {
            self.outcome.rejected += 1;
            return self.scheduler.reject(held, now);
        }
        match self.scheduler.accept(held, now) {
            Verdict::Late => self.outcome.late += 1,
            Verdict::First => {
                self.outcome.native += u64::from(matches!(self.characters[worker as usize], Character::Native(_)));
            }
        }
        if self.scheduler.is_complete(block)
            && let Some(start) = self.open.remove(&block)
        {
            if block >= self.scenario.warm_up {
                self.outcome.times.push(now - start);
            }
            self.scheduler.remove_run(block);
        }
    }
}

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 if that is 0.
    fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }
}
