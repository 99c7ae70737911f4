//! Rates of the executor: the plain run, the cut run with packages and roots, and replay. `cargo bench -p hearth-machine`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hearth_machine::cut::{Cutter, Limits, Shard};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_machine::replay::replay;
use hearth_machine::run::Machine;

/// Steps of a shard.
const SHARD: u32 = 1 << 18;

/// Committed guests with inputs for about a million steps.
fn guests() -> [(&'static str, &'static [u8], Vec<u8>); 2] {
    let two = |a: u64, b: u64| [a.to_le_bytes(), b.to_le_bytes()].concat();
    [
        ("fibonacci", include_bytes!("../../../guests/elf/fibonacci.elf"), 200_000u64.to_le_bytes().to_vec()),
        ("sort", include_bytes!("../../../guests/elf/sort.elf"), two(7_000, 1)),
    ]
}

fn cut(hasher: &Hasher, program: &Program, input: &[u8]) -> Vec<Shard> {
    let cutter = Cutter::new(hasher, program, input, Limits::steps(SHARD)).expect("a short input");
    cutter.collect::<Result<_, _>>().expect("the guest does not fault")
}

fn executor(criterion: &mut Criterion) {
    let hasher = Hasher::new();
    for (name, elf, input) in guests() {
        let program = Program::from_elf(&hasher, elf).expect("a valid guest");
        let shards = cut(&hasher, &program, &input);
        let steps = shards.iter().map(|shard| u64::from(shard.package.steps)).sum();
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10).throughput(Throughput::Elements(steps));
        group.bench_function("plain", |bencher| {
            bencher.iter(|| {
                let mut machine = Machine::new(&program, &input).expect("a short input");
                machine.run(u64::MAX).expect("the guest does not fault")
            });
        });
        group.bench_function("cut", |bencher| bencher.iter(|| black_box(cut(&hasher, &program, &input))));
        group.bench_function("replay", |bencher| {
            bencher.iter(|| {
                for shard in &shards {
                    black_box(replay(&hasher, &shard.package).expect("an honest package"));
                }
            });
        });
        group.finish();
    }
}

criterion_group!(benches, executor);
criterion_main!(benches);
