//! What verification costs, by step and size class: the tables of docs/figures.md.
//!
//! `cargo test -p hearth-stark-circuit --profile ci --test figures -- --nocapture`

use hearth_chips::boundary::Public;
use hearth_chips::tables::Accelerators;
use hearth_soundness::SizeClass;
use hearth_soundness::stark::StarkParams;
use hearth_stark_circuit::{Counts, record};
use hearth_stark_verifier::key::Key;

#[test]
fn operations_by_step() {
    for class in SizeClass::REAL {
        for accelerators in [Accelerators::None, Accelerators::All] {
            let key = Key::new(accelerators.tables(), Public::WIDTH, StarkParams::of(class)).unwrap();
            let circuit = record(&key).unwrap();
            let (steps, all) = circuit.counts();
            println!("\n{}, {accelerators:?}: {} bytes a proof\n", class.name(), 4 * circuit.words());
            let row = |name: &str, cells: Vec<String>| println!("| {name} | {} |", cells.join(" | "));
            let names: Vec<String> = all.figures().iter().map(|(name, _)| (*name).to_string()).collect();
            row("step", names.clone());
            println!("|---{}|", "|---".repeat(names.len()));
            let mut sum = Counts::default();
            for (step, counts) in steps {
                row(step.name(), counts.figures().iter().map(|(_, count)| count.to_string()).collect());
                sum += counts;
            }
            row("all", all.figures().iter().map(|(_, count)| count.to_string()).collect());
            assert_eq!(sum, all);
            assert_eq!(all.words, circuit.words());
            assert!(4 * circuit.words() <= class.max_proof_bytes());
            // The budget of a node of recursion, see docs/figures.md.
            assert!(all.permutations <= 20_000, "{} permutations", all.permutations);
        }
    }
}
