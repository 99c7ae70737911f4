//! What it costs to verify a shard inside a proof: the tables of docs/recursion.md.
//!
//! `cargo test -p hearth-recursion --profile ci --test figures -- --nocapture`

use hearth_chips::boundary::Public;
use hearth_chips::tables::Accelerators;
use hearth_recursion::compile;
use hearth_soundness::SizeClass;
use hearth_soundness::stark::StarkParams;
use hearth_stark_circuit::record;
use hearth_stark_verifier::key::Key;

/// Area of a message in cells.
const MESSAGE: f64 = 1.8;
/// Messages for each cell of the shards of docs/figures.md: 0.45 to 0.55.
const MESSAGES_PER_CELL: f64 = 0.49;

#[test]
fn area_of_a_verified_shard() {
    for class in SizeClass::REAL {
        for accelerators in [Accelerators::None, Accelerators::All] {
            let params = StarkParams::of(class);
            let key = Key::new(accelerators.tables(), Public::WIDTH, params).unwrap();
            let compiled = compile(&record(&key).unwrap()).unwrap();
            let node = Key::new(compiled.chips(), Public::WIDTH, StarkParams::of(SizeClass::Real25)).unwrap();
            println!("\n{}, {accelerators:?}\n", class.name());
            println!("| rows of | number | cells | messages | preprocessed cells | area |\n|---|---|---|---|---|---|");
            let (mut cells, mut messages, mut area, mut fixed) = (0, 0, 0.0, 0);
            for ((name, rows, width, preprocessed), shape) in compiled.rows.figures().into_iter().zip(&node.shapes) {
                let lookups = rows * shape.lookups.len();
                let of_gate = (rows * width) as f64 + MESSAGE * lookups as f64;
                println!("| {name} | {rows} | {} | {lookups} | {} | {of_gate:.0} |", rows * width, rows * preprocessed);
                cells += rows * width;
                messages += lookups;
                fixed += rows * preprocessed;
                area += of_gate;
            }
            println!("| all | | {cells} | {messages} | {fixed} | {area:.0} |");
            let shard = (1u64 << class.log_cells()) as f64 * (1.0 + MESSAGE * MESSAGES_PER_CELL);
            println!("\n{:.1} % of the area of a full shard", 100.0 * area / shard);
        }
    }
}
