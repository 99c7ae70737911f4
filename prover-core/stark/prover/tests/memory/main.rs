//! A proof takes no more memory than its key says.

mod allocator;
// Their other keys are for other tests.
#[allow(dead_code)]
#[path = "../toy/circuit.rs"]
mod circuit;
#[allow(dead_code)]
#[path = "../toy/mod.rs"]
mod toy;

use std::sync::Arc;

use hearth_soundness::SizeClass;
use hearth_soundness::stark::StarkParams;
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::{CpuDevice, Preprocessed, Stack, prove_stack};
use hearth_stark_verifier::key::Key;
use p3_matrix::dense::RowMajorMatrix;

/// What grinds is left out: it takes time and no memory.
fn params(class: SizeClass) -> StarkParams {
    let grinding = 2;
    StarkParams {
        bus_grinding: grinding,
        constraint_grinding: grinding,
        fold_grinding: grinding,
        query_grinding: grinding,
        ..StarkParams::of(class)
    }
}

/// What each thread works on at a time.
fn threads() -> u64 {
    std::thread::available_parallelism().map_or(1, usize::from) as u64 * (1 << 20)
}

// One test: what others allocate meanwhile would count.
#[test]
fn a_proof_takes_no_more_memory_than_its_key_says() {
    for class in [SizeClass::Test18, SizeClass::Test20] {
        let before = allocator::held();
        let chips = vec![toy::Toy::Step, toy::Toy::Cube, toy::Toy::Range, toy::Toy::Ends];
        let key = Key::new(chips, 4, params(class)).expect("a key");
        // As many steps as fit: each has 7 cells and 3 of a cube, beside the table of 2^16 numbers.
        let most = (((1 << class.log_cells()) - (1 << 16)) / 10 - 128).min(1 << key.params.log_rows);
        for steps in [1, most] {
            let (tables, public) = toy::trace(3, steps);
            let tables_bytes: usize = tables.iter().map(|table| table.values.len() * 4).sum();
            let (proof, peak) = allocator::peak(|| {
                let stack = Stack::new(&key, &tables).expect("a trace of the key");
                prove_stack::<Native, _>(&key, &stack, &public).expect("a proof")
            });
            key.verify(&public, &proof).expect("accepted");
            drop(tables);
            check(&format!("{class:?}, {steps} steps"), peak - before - tables_bytes, &key, steps == most);
        }
    }

    let before = allocator::held();
    let (columns, values) = circuit::wires();
    let (tables, public) = circuit::trace(values);
    let tables_bytes: usize = tables.iter().map(|table| table.values.len() * 4).sum();
    let empty = || RowMajorMatrix::new(Vec::new(), 0);
    let chips = circuit::chips();
    let ((key, proof), peak) = allocator::peak(|| {
        let columns = [empty(), columns, empty(), empty()];
        let (key, preprocessed) =
            Preprocessed::setup::<Native, _>(chips, 4, params(circuit::CLASS), &columns).expect("a key");
        let stack = Stack::with_preprocessed(&key, &Arc::new(preprocessed), &tables).expect("a trace of the key");
        let proof = prove_stack::<Native, _>(&key, &stack, &public).expect("a proof");
        (key, proof)
    });
    key.verify(&public, &proof).expect("accepted");
    check("with preprocessed columns", peak - before - tables_bytes, &key, false);
}

/// Compares a peak with the key's bound, which is no more than half as much again where the trace is full.
fn check<A: hearth_stark_verifier::chip::Chip>(name: &str, peak: usize, key: &Key<A>, is_full: bool) {
    let bound = CpuDevice::<Native>::memory_bound(key);
    let cells = (1u64 << key.params.log_cells) as f64;
    println!("{name}: {:.1} bytes per cell, at most {:.1}", peak as f64 / cells, bound as f64 / cells);
    assert!(peak as u64 <= bound + threads(), "{name}: {peak} bytes, and the bound is {bound}");
    assert!(!is_full || bound <= peak as u64 * 3 / 2, "{name}: {peak} bytes, and the bound is as much as {bound}");
}
