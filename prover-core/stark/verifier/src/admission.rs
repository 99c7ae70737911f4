//! What a chip must not do, because no step of the protocol would see it: a key of such a chip would prove less than the
//! chip says. Polynomials are compared at a pseudo-random row.

use alloc::string::ToString;
use alloc::vec::Vec;

use hearth_machine::hash::{Hasher, Tag};
use hearth_soundness::stark::{LOG_LANES, LOG_TILE};
use p3_field::PrimeCharacteristicRing;

use crate::chip::{Chip, FixedColumn};
use crate::field::F;
use crate::key::{KeyError, Probe};

/// Refuses chips
/// * whose tables read the next row, a selector or the public values: the folder has none of them;
/// * with fixed columns but heights of the proof's choice, or with fixed columns that the verifier's formula does not give;
/// * whose constraints are left out, because of fixed columns or a boundary, and are about more than those columns.
///
/// # Errors
/// [`KeyError::Unseen`].
pub fn check<A: Chip>(chip: &A, public_values: usize) -> Result<(), KeyError> {
    let unseen = |what| Err(KeyError::Unseen { chip: chip.name().to_string(), what });
    let fixed = chip.fixed_columns();
    match chip.fixed_rows() {
        None if !fixed.is_empty() => return unseen("fixed columns without a fixed number of rows"),
        Some(rows) if !fixed.iter().all(|&column| is_a_formula(column, rows)) => {
            return unseen("a fixed column of bits that are not those of a row's number, or of some of the skip bits");
        }
        _ => {}
    }

    let width = chip.width();
    let [row, next, other] = [0, 1, 2].map(|seed| pseudo_random(seed, width));
    let [public, other_public] = [3, 4].map(|seed| pseudo_random(seed, public_values));
    let here = Probe::among(chip, &row, &row, F::ZERO, &public);
    let around = Probe::among(chip, &row, &next, F::TWO, &public);
    let elsewhere = Probe::among(chip, &row, &row, F::ZERO, &other_public);
    if around.messages != here.messages {
        return unseen("messages that depend on the next row or a selector");
    }
    if !chip.is_boundary() && elsewhere.messages != here.messages {
        return unseen("messages that depend on the public values");
    }
    if elsewhere.constraints != here.constraints {
        return unseen("constraints on the public values");
    }
    if fixed.is_empty() && !chip.is_boundary() && around.constraints != here.constraints {
        return unseen("constraints on the next row, or with a selector");
    }
    if !fixed.is_empty() {
        let mixed = [&row[..fixed.len()], &other[fixed.len()..]].concat();
        let mixed_next = [&next[..fixed.len()], &other[fixed.len()..]].concat();
        if Probe::among(chip, &mixed, &mixed_next, F::TWO, &public).constraints != around.constraints {
            return unseen("constraints on columns that are committed beside fixed ones");
        }
    }
    Ok(())
}

/// Whether [`crate::zerocheck::RowPoint`] can evaluate the column: the skip bits are one variable there, and bits beyond the
/// number of rows would not be multilinear.
fn is_a_formula(column: FixedColumn, rows: usize) -> bool {
    let (shift, end) = (column.shift, column.shift + column.bits);
    let skip_bits_together = end <= LOG_LANES || LOG_TILE <= shift || (shift <= LOG_LANES && LOG_TILE <= end);
    skip_bits_together && rows.checked_shr(end as u32).is_some_and(|rest| rest >= 1)
}

fn pseudo_random(seed: usize, length: usize) -> Vec<F> {
    let hasher = Hasher::new();
    let block = |i: usize| hasher.sponge(Tag::Key, &[F::from_usize(seed), F::from_usize(i), F::ONE]);
    (0..).flat_map(block).take(length).collect()
}
