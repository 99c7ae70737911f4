//! Every cell of every kind of row counts.

mod checker;
#[path = "../../stark/prover/tests/toy/mod.rs"]
mod toy;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hearth_recursion::{Compiled, compile};
use hearth_soundness::SizeClass;
use hearth_stark_circuit::record;
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::prove;
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::F;
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

struct Tables {
    compiled: Compiled,
    fixed: Vec<RowMajorMatrix<F>>,
    main: Vec<RowMajorMatrix<F>>,
}

/// The compiled verifier of a small machine, with an honest assignment.
static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let key = toy::key(SizeClass::Test18);
    let circuit = record(&key).unwrap();
    let compiled = compile(&circuit).unwrap();
    let (tables, public) = toy::trace(3, 700);
    let proof = prove::<Native, _>(&key, &tables, &public).unwrap();
    let words: Vec<F> = proof.as_chunks::<4>().0.iter().map(|word| F::from_u32(u32::from_le_bytes(*word))).collect();
    let assignment = circuit.assign(&public, &words).unwrap();
    Tables { fixed: compiled.preprocessed(), main: compiled.trace(&assignment), compiled }
});

fn row(table: &RowMajorMatrix<F>, row: usize) -> &[F] {
    &table.values[row * table.width..][..table.width]
}

/// Other values for a cell.
fn others(value: F) -> Vec<F> {
    let odd = value * F::from_u32(0x1234_5677) + F::from_u32(77);
    let values = [value + F::ONE, value + F::from_u32(1 << 16), -F::ONE, F::ZERO, F::ONE - value, odd];
    values.into_iter().filter(|&other| other != value).collect()
}

/// Bug classes 7 and 13: a row in use whose cell is changed breaks a constraint or says something else. The cells that may be
/// changed are operands that the row has not: without a wire and with coefficient 0, so that nothing depends on them.
#[test]
fn every_cell_of_rows_in_use() {
    let Tables { compiled, fixed, main } = &*TABLES;
    let chips = compiled.chips();
    let mut free: BTreeMap<&str, usize> = BTreeMap::new();
    for (table, (name, rows, width, _)) in compiled.rows.figures().into_iter().enumerate() {
        assert!(rows > 0, "{name}");
        for number in (0..rows).step_by(rows.div_ceil(12)).chain([rows - 1]) {
            let (main, fixed) = (row(&main[table], number), row(&fixed[table], number));
            let honest = checker::row(&chips[table], main, fixed, &[]);
            assert_eq!(honest.violations, []);
            for cell in 0..width {
                for other in others(main[cell]) {
                    let mut forged = main.to_vec();
                    forged[cell] = other;
                    let said = checker::row(&chips[table], &forged, fixed, &[]);
                    if said.violations.is_empty() && said.messages == honest.messages {
                        assert!(is_no_operand(name, fixed, cell), "{name}, row {number}, cell {cell}");
                        *free.entry(name).or_default() += 1;
                    }
                }
            }
        }
    }
    println!("{free:?}");
}

/// Whether the cell belongs to an operand that the row has not, by its port: five cells each.
fn is_no_operand(name: &str, fixed: &[F], cell: usize) -> bool {
    let port = match name {
        "arithmetic" | "product" | "inner" => cell / 5,
        // The values come before the weights, and always are there.
        "dot" => cell / 5,
        "scalar" => cell,
        _ => return false,
    };
    fixed[2 * port + 1] == F::ZERO
}

/// Bug class 6: rows that pad a table say nothing, whatever is in them, but for words that the prover is free to choose.
#[test]
fn rows_of_padding_say_nothing() {
    let Tables { compiled, main, .. } = &*TABLES;
    for (table, chip) in compiled.chips().iter().enumerate().filter(|(_, chip)| !chip.is_boundary()) {
        let (width, fixed) = (main[table].width, vec![F::ZERO; chip.preprocessed()]);
        for cell in 0..width {
            let mut cells = vec![F::ZERO; width];
            cells[cell] = F::from_u32(3);
            let said = checker::row(chip, &cells, &fixed, &[]);
            assert!(said.messages.is_empty(), "{}, cell {cell}", chip.name());
        }
    }
}

/// Whole tables: a wrong value that is wrong everywhere it is used is found where it comes from; one that is wrong in one
/// place unbalances its wire.
#[test]
fn wires_hold_tables_together() {
    let Tables { compiled, fixed, main } = &*TABLES;
    let (_, public) = toy::trace(3, 700);
    assert_eq!(checker::check(compiled, fixed, main, &public), checker::Report::default());
    for table in 0..main.len() {
        let mut forged = main.clone();
        let last = forged[table].width - 1;
        forged[table].values[last] += F::ONE;
        assert_ne!(checker::check(compiled, fixed, &forged, &public), checker::Report::default(), "table {table}");
    }
    // Public values are the verifier's.
    let mut other = public.clone();
    other[0] += F::ONE;
    assert!(checker::check(compiled, fixed, main, &other).unbalanced >= 2);
}
