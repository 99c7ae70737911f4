//! Rates of one shard of a test class under the default backend. `cargo bench -p hearth-shard`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hearth_machine::cut::Cutter;
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_shard::backend::BackendId;
use hearth_shard::costs::limits;
use hearth_shard::prover::ShardProver;
use hearth_shard::verifier::ShardVerifier;
use hearth_soundness::SizeClass;
use pollster::block_on;

const CLASS: SizeClass = SizeClass::Test20;

fn shard(criterion: &mut Criterion) {
    let hasher = Hasher::new();
    let elf = include_bytes!("../../../guests/elf/fibonacci.elf");
    let program = Program::from_elf(&hasher, elf).expect("a valid guest");
    let limits = limits(BackendId::default(), CLASS);
    let mut cutter = Cutter::new(&hasher, &program, &100_000u64.to_le_bytes(), limits).expect("a short input");
    let shard = cutter.next_shard().expect("the guest does not fault").expect("a first shard");
    let prover = ShardProver::new(CLASS).expect("the tables fit");
    let verifier = ShardVerifier::new(CLASS).expect("the tables fit");
    let prove = || block_on(prover.prove(&shard.package, |_| true)).expect("an honest package");
    let (proof, cost) = prove();

    let mut group = criterion.benchmark_group("shard of 2^20 cells");
    group.sample_size(10).throughput(Throughput::Elements(cost.cells));
    group.bench_function("prove", |bencher| bencher.iter(|| black_box(prove())));
    group.bench_function("verify", |bencher| {
        bencher.iter(|| verifier.verify(&proof.statement, proof.key as u8, &proof.bytes).expect("an honest proof"));
    });
    group.finish();
}

criterion_group!(benches, shard);
criterion_main!(benches);
