//! One test per rule.

use crate::simulation::Scenario;
use crate::*;

const MCELL: u64 = 1 << 20;

/// A scheduler whose shards have 2^20 cells, with one second as the first guess for each.
struct Bench {
    scheduler: Scheduler,
    names: u128,
}

impl Bench {
    fn new(shards: usize) -> Self {
        let config = Config { initial_speed: 1_000.0, ..Config::default() };
        let mut bench = Self { scheduler: Scheduler::new(config), names: 0 };
        bench.run(0, shards, None);
        bench
    }

    fn run(&mut self, run: u64, shards: usize, deadline: Option<Millis>) {
        self.scheduler.add_run(run, 20, deadline, 0);
        for _ in 0..shards {
            assert!(self.scheduler.add_shard(run, MCELL, 0).is_some());
        }
        self.scheduler.close_run(run);
    }

    fn ask(&mut self, worker: &str, now: Millis) -> Result<(LeaseId, Grant), Refused> {
        self.ask_as(worker, Kind::Swarm, now)
    }

    fn ask_as(&mut self, worker: &str, kind: Kind, now: Millis) -> Result<(LeaseId, Grant), Refused> {
        self.names += 1;
        let id = LeaseId(self.names);
        self.scheduler.lease(id, worker, kind, 24, now).map(|grant| (id, grant))
    }

    fn granted(&mut self, worker: &str, now: Millis) -> (LeaseId, u64, u32) {
        let (id, grant) = self.ask(worker, now).expect("a lease");
        (id, grant.shard.run, grant.shard.index)
    }

    fn give(&mut self, lease: LeaseId, now: Millis) -> Result<Verdict, Gone> {
        let held = self.scheduler.take(lease, now)?;
        Ok(self.scheduler.accept(held, now))
    }

    fn lie(&mut self, lease: LeaseId, now: Millis) {
        let held = self.scheduler.take(lease, now).expect("a lease");
        self.scheduler.reject(held, now);
    }

    fn worker(&self, name: &str) -> WorkerView {
        self.scheduler.workers().find(|worker| worker.name == name).expect("a worker")
    }

    fn state(&self, index: u32) -> ShardState {
        self.scheduler.shard(ShardId { run: 0, index }).expect("a shard").state
    }
}

#[test]
fn shards_go_out_in_order_and_come_back_once() {
    let mut bench = Bench::new(2);
    let (a, _, first) = bench.granted("a", 0);
    let (b, _, second) = bench.granted("b", 0);
    assert_eq!((first, second), (0, 1));
    assert_eq!(bench.state(0), ShardState::Leased(1));
    assert_eq!(bench.give(a, 500), Ok(Verdict::First));
    assert_eq!(bench.state(0), ShardState::Done);
    assert_eq!(bench.give(a, 501), Err(Gone), "a lease is used once");
    assert!(!bench.scheduler.is_complete(0));
    assert_eq!(bench.give(b, 600), Ok(Verdict::First));
    assert!(bench.scheduler.is_complete(0));
}

#[test]
fn least_slack_goes_first_then_age_and_lost_causes_last() {
    let mut bench = Bench::new(1);
    bench.run(1, 1, Some(9_000));
    bench.run(2, 1, Some(5_000));
    bench.run(3, 1, Some(5_000));
    bench.run(4, 1, Some(500));
    let order: Vec<u64> = (0..5).map(|i| bench.granted(&format!("w{i}"), 0).1).collect();
    assert_eq!(order, [2, 3, 1, 0, 4]);
}

#[test]
fn a_class_that_the_worker_cannot_prove_is_not_given_to_it() {
    let mut bench = Bench::new(1);
    let refused = bench.scheduler.lease(LeaseId(9), "small", Kind::Swarm, 19, 0);
    assert_eq!(refused, Err(Refused::Nothing));
}

#[test]
fn a_lease_that_passes_frees_its_shard_and_still_accepts_a_late_proof() {
    let mut bench = Bench::new(1);
    let (slow, grant) = bench.ask("slow", 0).expect("a lease");
    assert_eq!(grant.deadline, 4_000, "three times the first guess, and the transfers");
    bench.scheduler.advance(4_000);
    assert_eq!(bench.state(0), ShardState::Ready);
    assert_eq!(bench.worker("slow").expired, 1);
    let (other, _, index) = bench.granted("other", 4_100);
    assert_eq!(index, 0);
    assert_eq!(bench.give(slow, 4_500), Ok(Verdict::First));
    assert_eq!(bench.give(other, 4_600), Ok(Verdict::Late));
}

#[test]
fn a_lease_ends_for_good_after_twice_its_time() {
    let mut bench = Bench::new(1);
    let (lease, grant) = bench.ask("a", 0).expect("a lease");
    assert_eq!(bench.give(lease, 2 * grant.deadline + 1), Err(Gone));
    assert_eq!(bench.give(LeaseId(77), 0), Err(Gone), "never issued");
}

#[test]
fn speed_is_measured_and_sets_the_deadline() {
    let mut bench = Bench::new(9);
    let (lease, ..) = bench.granted("a", 0);
    assert_eq!(bench.give(lease, 2_000), Ok(Verdict::First));
    assert_eq!(bench.worker("a").speed, Some(2_000.0));
    let (lease, grant) = bench.ask("a", 2_000).expect("a lease");
    assert_eq!(grant.deadline, 2_000 + 3_000 + 1_000);
    assert_eq!(bench.give(lease, 3_000), Ok(Verdict::First));
    assert_eq!(bench.worker("a").speed, Some(1_700.0), "a moving average");
}

#[test]
fn a_missed_deadline_is_a_measurement() {
    let mut bench = Bench::new(2);
    let (_, grant) = bench.ask("a", 0).expect("a lease");
    let (_, second) = bench.ask("a", 60_000).expect("a lease");
    assert!(second.deadline - 60_000 > grant.deadline, "it gets more time");
}

#[test]
fn a_worker_is_trusted_with_two_leases_after_its_first_proof() {
    let mut bench = Bench::new(9);
    let (lease, ..) = bench.granted("a", 0);
    assert!(matches!(bench.ask("a", 10), Err(Refused::Busy(_))));
    assert_eq!(bench.give(lease, 1_000), Ok(Verdict::First));
    bench.granted("a", 1_000);
    let (_, prefetched) = bench.ask("a", 1_000).expect("a lease");
    assert_eq!(prefetched.deadline, 1_000 + 3_000 + 1_000, "it begins after the first");
    assert!(matches!(bench.ask("a", 1_000), Err(Refused::Busy(_))));
}

#[test]
fn the_tail_is_duplicated_to_a_faster_worker() {
    let mut bench = Bench::new(3);
    for (name, time) in [("fast", 100), ("slow", 4_000)] {
        let (lease, ..) = bench.granted(name, 0);
        assert!(bench.give(lease, time).is_ok());
    }
    let (slow, _, index) = bench.granted("slow", 5_000);
    let (fast, _, copy) = bench.granted("fast", 5_100);
    assert_eq!((index, copy), (2, 2));
    assert_eq!(bench.state(2), ShardState::Leased(2));
    assert_eq!(bench.ask("third", 5_100), Err(Refused::Nothing), "two copies in the swarm");
    assert!(bench.ask_as("native", Kind::Native, 5_100).is_err(), "not expected to be faster");
    assert_eq!(bench.give(fast, 5_300), Ok(Verdict::First));
    assert_eq!(bench.give(slow, 6_000), Ok(Verdict::Late));
    assert_eq!(bench.worker("slow").expired, 1, "the first lease alone: who lost the race missed nothing");
}

#[test]
fn a_shard_whose_holders_should_be_done_goes_to_others_until_there_are_too_many() {
    let mut bench = Bench::new(1);
    let (first, ..) = bench.granted("gone-1", 0);
    bench.granted("gone-2", 1_000);
    assert_eq!(bench.ask("third", 1_999), Err(Refused::Nothing), "the second is expected to be done soon");
    bench.granted("gone-3", 2_000);
    bench.granted("gone-4", 3_000);
    assert_eq!(bench.state(0), ShardState::Leased(4));
    assert_eq!(bench.ask("fifth", 3_900), Err(Refused::Nothing), "four are enough until the first lease ends");
    assert_eq!(bench.give(first, 3_950), Ok(Verdict::First));
}

#[test]
fn nobody_gets_two_copies_of_a_shard() {
    let mut bench = Bench::new(2);
    let (lease, ..) = bench.granted("a", 0);
    assert!(bench.give(lease, 100).is_ok());
    bench.granted("a", 100);
    assert_eq!(bench.ask("a", 100), Err(Refused::Nothing));
}

#[test]
fn a_wrong_proof_means_quarantine_and_a_second_one_the_end() {
    let mut bench = Bench::new(3);
    let (lease, ..) = bench.granted("liar", 0);
    bench.lie(lease, 100);
    assert_eq!(bench.state(0), ShardState::Ready);
    assert_eq!(bench.ask("liar", 200), Err(Refused::Quarantined(600_100)));
    let (lease, ..) = bench.granted("liar", 600_200);
    bench.lie(lease, 600_300);
    assert_eq!(bench.ask("liar", 1 << 50), Err(Refused::Quarantined(Millis::MAX)));
    assert_eq!(bench.worker("liar").rejected, 2);
}

#[test]
fn a_liar_loses_its_other_leases() {
    let mut bench = Bench::new(3);
    let (lease, ..) = bench.granted("a", 0);
    assert!(bench.give(lease, 100).is_ok());
    let (one, ..) = bench.granted("a", 100);
    let (two, ..) = bench.granted("a", 100);
    bench.lie(one, 200);
    assert_eq!(bench.give(two, 300), Err(Gone));
    assert_eq!((bench.state(1), bench.state(2)), (ShardState::Ready, ShardState::Ready));
}

#[test]
fn withholders_wait_longer_each_time() {
    let mut bench = Bench::new(9);
    let mut now = 0;
    let mut pauses = Vec::new();
    for _ in 0..3 {
        let (_, grant) = bench.ask("w", now).expect("a lease");
        let Err(Refused::Busy(until)) = bench.ask("w", grant.deadline) else { panic!("no pause") };
        pauses.push(until - grant.deadline);
        now = until;
    }
    assert_eq!(pauses, [1_000, 2_000, 4_000]);
}

#[test]
fn the_native_prover_takes_what_the_swarm_leaves() {
    let mut bench = Bench::new(3);
    assert!(bench.ask_as("native", Kind::Native, 0).is_ok(), "no swarm: at once");
    let mut bench = Bench::new(3);
    bench.granted("tab", 10);
    assert!(bench.ask_as("native", Kind::Native, 500).is_err(), "the swarm has its chance");
    assert!(bench.ask_as("native", Kind::Native, 1_000).is_ok());
}

#[test]
fn the_native_prover_leaves_to_the_swarm_what_the_swarm_can_do_in_its_time() {
    let config = Config { initial_speed: 10_000.0, swarm_time: 25_000, ..Config::default() };
    let mut bench = Bench { scheduler: Scheduler::new(config), names: 0 };
    bench.run(0, 6, None);
    bench.granted("tab", 0);
    bench.granted("other", 0);
    // Each has time for a second shard, so of the four that are left two are for the native prover.
    let mut native = Vec::new();
    for now in [1_000, 1_100, 1_200] {
        native.extend(bench.ask_as("native", Kind::Native, now).map(|(lease, _)| bench.give(lease, now + 50)));
    }
    assert_eq!(native, [Ok(Verdict::First); 2]);
    assert_eq!(bench.scheduler.ready(), 2);
    // A tab that works is there, however long it is silent. Once there is no time for another shard, the rest is for all.
    assert_eq!(bench.ask_as("native", Kind::Native, 15_000), Err(Refused::Nothing));
    assert!(bench.ask_as("native", Kind::Native, 15_100).is_ok());
}

#[test]
fn the_native_speed_is_no_measure_for_a_tab() {
    let mut bench = Bench::new(9);
    for now in 0..8 {
        let (lease, _) = bench.ask_as("native", Kind::Native, now).expect("a lease");
        assert_eq!(bench.give(lease, now + 1), Ok(Verdict::First));
    }
    let (_, grant) = bench.ask("tab", 10).expect("a lease");
    assert_eq!(grant.deadline, 10 + 4_000);
    let (_, grant) = bench.ask_as("native", Kind::Native, 30_000).expect("a lease");
    assert_eq!(grant.deadline, 30_000 + 600_000, "nobody gives up on it");
}

#[test]
fn a_proof_on_the_verifiers_table_keeps_its_shard_from_others() {
    let mut bench = Bench::new(1);
    let (lease, ..) = bench.granted("a", 0);
    let held = bench.scheduler.take(lease, 100).expect("a lease");
    assert_eq!(bench.ask("b", 90_000), Err(Refused::Nothing));
    assert!(bench.scheduler.take(lease, 100).is_err(), "taken once");
    bench.scheduler.release(held, 90_000);
    assert!(bench.ask("b", 90_000).is_ok(), "released without blame");
    assert_eq!(bench.worker("a").rejected, 0);
}

#[test]
fn a_clock_that_steps_back_changes_nothing() {
    let mut bench = Bench::new(1);
    let (lease, grant) = bench.ask("a", 50_000).expect("a lease");
    bench.scheduler.advance(grant.deadline);
    bench.scheduler.advance(0);
    assert_eq!(bench.state(0), ShardState::Ready);
    assert_eq!(bench.give(lease, 0), Ok(Verdict::First));
}

#[test]
fn proofs_from_disk_are_done_and_a_removed_run_is_gone() {
    let mut bench = Bench::new(2);
    bench.scheduler.set_done(ShardId { run: 0, index: 0 }, "disk", 5);
    let (lease, _, index) = bench.granted("a", 10);
    assert_eq!((index, bench.scheduler.done(0)), (1, 1));
    bench.scheduler.remove_run(0);
    assert_eq!(bench.give(lease, 20), Err(Gone));
    assert_eq!((bench.scheduler.leases(), bench.scheduler.ready()), (0, 0));
}

#[test]
fn strangers_cannot_fill_the_memory() {
    let config = Config { max_workers: 2, ..Config::default() };
    let mut scheduler = Scheduler::new(config);
    for (i, now) in [(0, 0), (1, 0), (2, 1), (3, 400_000)] {
        let _ = scheduler.lease(LeaseId(i), &i.to_string(), Kind::Swarm, 24, now);
    }
    let names: Vec<String> = scheduler.workers().map(|worker| worker.name).collect();
    assert_eq!(names, ["3"]);
}

/// A thousand workers with stragglers, churn, liars and withholders.
#[test]
fn a_hostile_swarm_proves_every_block() {
    for seed in 1..=2 {
        let scenario = Scenario { seed, blocks: 5, ..Scenario::default() };
        let outcome = scenario.run().expect("every block is proved");
        println!("simulated: seed {seed}, p50 {} ms, p99 {} ms", outcome.percentile(50), outcome.percentile(99));
        assert_eq!(outcome.times.len(), 5);
        assert!(outcome.rejected > 0);
        assert!(outcome.percentile(99) < 60_000);
    }
}

#[test]
fn the_seed_decides_everything() {
    let scenario = Scenario { workers: 50, blocks: 3, shards: 40, ..Scenario::default() };
    let outcome = scenario.run().expect("every block is proved");
    assert_eq!(scenario.run().as_ref(), Some(&outcome));
    assert_ne!(Scenario { seed: 2, ..scenario }.run(), Some(outcome));
}

/// Half of the swarm is hostile, the rest slow and fleeting, and there is no native prover.
#[test]
fn a_mostly_hostile_swarm_proves_every_block() {
    let scenario = Scenario {
        blocks: 2,
        shards: 200,
        liars: 250,
        withholders: 250,
        churn: 200,
        stragglers: 100,
        native: None,
        ..Scenario::default()
    };
    let outcome = scenario.run().expect("every block is proved");
    println!("simulated: p50 {} ms, p99 {} ms", outcome.percentile(50), outcome.percentile(99));
}
