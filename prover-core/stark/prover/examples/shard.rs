//! Proves the shards of a guest's run with our own protocol: `shard GUEST.elf [INPUT] [LOG_CELLS]`.

use std::time::Instant;

use hearth_chips::tables::{Accelerators, Table, Tables};
use hearth_machine::cut::{Cutter, Limits};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_machine::replay::replay;
use hearth_soundness::SizeClass;
use hearth_soundness::stark::StarkParams;
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::{CpuDevice, prove};
use hearth_stark_verifier::key::Key;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let elf = std::fs::read(arguments.next().expect("an ELF")).unwrap();
    let input = arguments.next().map(|path| std::fs::read(path).unwrap()).unwrap_or_default();
    let steps: u32 = arguments.next().map_or(200_000, |n| n.parse().unwrap());
    let class = SizeClass::Real24;
    let hasher = Hasher::new();
    let program = Program::from_elf(&hasher, &elf).unwrap();
    let mut cutter = Cutter::new(&hasher, &program, &input, Limits::steps(steps)).unwrap();
    let tables = Accelerators::None.tables();
    let key: Key<Table> = Key::new(tables, 30, StarkParams::of(class)).unwrap();
    println!("{} columns, {} slots, message width {}", key.columns(), 1 << key.log_slots, key.message_width);
    let bound = CpuDevice::<Native>::memory_bound(&key);
    println!("at most {:.1} bytes of memory per cell", bound as f64 / (1u64 << class.log_cells()) as f64);
    tracing_subscriber::fmt()
        .with_env_filter("info")
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .init();
    while let Some(shard) = cutter.next_shard().unwrap() {
        let trace = replay(&hasher, &shard.package).unwrap();
        let mut filled = Tables::unpadded(&trace).unwrap();
        let boundary = filled.tables.iter().position(|&table| table == Table::Boundary).unwrap();
        filled.matrices.remove(boundary);
        let cells = filled.cells();
        let start = Instant::now();
        let proof = prove::<Native, _>(&key, &filled.matrices, &filled.public_values).unwrap();
        let seconds = start.elapsed().as_secs_f64();
        let verify = Instant::now();
        let verdict = key.verify(&filled.public_values, &proof);
        println!(
            "{} steps, {cells} cells, {seconds:.2} s, {:.2} M cells/s, {} bytes, {verdict:?} in {:.1} ms",
            shard.package.steps,
            cells as f64 / seconds / 1e6,
            proof.len(),
            verify.elapsed().as_secs_f64() * 1e3,
        );
    }
}
