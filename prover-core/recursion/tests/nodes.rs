//! Nodes of the tree: their circuits by size, and a tree of real shards.

use core::borrow::Borrow;
use hearth_chips::boundary::Public;
use hearth_chips::tables::Accelerators;
use hearth_recursion::compile;
use hearth_recursion::node::{Segment, join, leaf};
use hearth_soundness::SizeClass;
use hearth_soundness::stark::StarkParams;
use hearth_stark_circuit::record_with;
use hearth_stark_verifier::key::Key;

#[test]
fn sizes() {
    for (class, accelerators, slots) in [
        (SizeClass::Real24, Accelerators::All, 3),
        (SizeClass::Real24, Accelerators::None, 4),
        (SizeClass::Real25, Accelerators::All, 3),
    ] {
        let key = Key::new(accelerators.tables(), Public::WIDTH, StarkParams::of(class)).unwrap();
        let circuit = record_with(|recorder| {
            let public = recorder.public(Segment::WIDTH);
            leaf(recorder, &key, slots, public[..].borrow())
        })
        .unwrap();
        let compiled = compile(&circuit).unwrap();
        print(&format!("leaf {} {accelerators:?} {slots}", class.name()), &compiled);
        for node in [SizeClass::Real24, SizeClass::Real25] {
            let key = Key::new(compiled.chips(), Segment::WIDTH, StarkParams::of(node)).unwrap();
            for slots in [1, 3] {
                let circuit = record_with(|recorder| {
                    let public = recorder.public(Segment::WIDTH);
                    join(recorder, &key, slots, public[..].borrow())
                })
                .unwrap();
                let compiled = compile(&circuit).unwrap();
                print(&format!("join {} {slots}", node.name()), &compiled);
            }
        }
    }
}

fn print(name: &str, compiled: &hearth_recursion::Compiled) {
    let mut cells = 0;
    let mut fixed = 0;
    for (_, rows, width, preprocessed) in compiled.rows.figures() {
        cells += rows * width;
        fixed += rows * preprocessed;
    }
    println!(
        "{name}: {cells} cells, {fixed} fixed; {:?}",
        compiled.rows.figures().iter().map(|f| (f.0, f.1)).collect::<Vec<_>>()
    );
}
