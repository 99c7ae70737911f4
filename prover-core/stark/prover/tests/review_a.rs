//! Review 4: forged proofs by a prover that is right in all but one place: it runs under a key of its own, with the
//! transcript of the verifier's. So every challenge, nonce and opening follows from what it sends. Each test shows which
//! checks refuse it, and that nothing else would.

mod attacker;

use attacker::crippled::stopped_by;
use attacker::mini::{
    Message, Mini, PARAMS, STEP_WIDTH, col, disguised, ends, felts, key, machine, message, num, range, ranges, step,
    table,
};
use hearth_soundness::stark::StarkParams;
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::prove;
use hearth_stark_verifier::chip::FixedColumn;
use hearth_stark_verifier::error::Check;
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::Key;
use p3_field::PrimeField32;
use p3_matrix::dense::RowMajorMatrix;

fn forge(attacker: &Key<Mini>, tables: &[RowMajorMatrix<F>], public: &[F]) -> Vec<u8> {
    prove::<Native, _>(attacker, tables, public).unwrap()
}

/// The machine accepts what is true: from 3 to 7 in a step, and from 3 to 3 in none.
#[test]
fn the_machine_works() {
    let key = machine();
    let run = [table(&[[1, 3, 7]]), ranges(128, &[(3, 1)])];
    assert_eq!(key.verify(&felts(&[3, 7]), &forge(&key, &run, &felts(&[3, 7]))), Ok(()));
    let none = [table::<STEP_WIDTH>(&[]), ranges(128, &[])];
    assert_eq!(key.verify(&felts(&[3, 3]), &forge(&key, &none, &felts(&[3, 3]))), Ok(()));
}

/// Condition 20: the run ends in 7, the public values say 8. They are absorbed, so that all challenges follow from them; what
/// refuses is that `verify` makes the boundary's fraction from them: `p b_1 + q b_0 = 0` in `fractions::verify`.
#[test]
fn public_values_of_another_run() {
    let (key, public) = (machine(), felts(&[3, 8]));
    let run = [table(&[[1, 3, 7]]), ranges(128, &[(3, 1)])];
    stopped_by(&key, &public, &forge(&key, &run, &public), &[Check::Balance]);
}

/// Condition 19: the table of numbers answers on the bus of the states: takes 3 and gives 8, without a step. Refused because
/// `draw_fingerprint` gives each bus its own multiple of a challenge, by which the slot's constant differs on all rows, so that
/// the leaves' claim is not that of `Challenges::draw`.
#[test]
fn a_table_answers_on_another_bus() {
    let (key, public) = (machine(), felts(&[3, 8]));
    let mut other = range();
    other.messages[0].bus = "state";
    let attacker = disguised(vec![step(), other, ends()], PARAMS, &key);
    let run = [table::<STEP_WIDTH>(&[]), ranges(128, &[(3, 1), (8, F::ORDER_U32 - 1)])];
    stopped_by(&key, &public, &forge(&attacker, &run, &public), &[Check::ZerocheckSkip]);
}

/// Fields have challenges of their own: a pair is sent as (1, 2) and received as (2, 1).
#[test]
fn fields_change_places() {
    let pair = |fields: [usize; 2], sign: i32| Message {
        bus: "pair",
        fields: fields.map(col).to_vec(),
        count: col(0) * sign,
        weight: 1,
    };
    let chip =
        |order| Mini { name: "pairs", width: 3, messages: vec![pair([1, 2], 1), pair(order, -1)], ..Mini::default() };
    let (key, public) = (key(vec![chip([2, 1]), ends()]), felts(&[5, 5]));
    let run = [table(&[[1, 1, 2]])];
    stopped_by(&key, &public, &forge(&key, &run, &public), &[Check::Balance]);
    let attacker = disguised(vec![chip([1, 2]), ends()], PARAMS, &key);
    stopped_by(&key, &public, &forge(&attacker, &run, &public), &[Check::ZerocheckEnd]);
}

/// 255 is no number below 128. The table claims to hold the triple of the row's number; the constant of its slot is right.
/// Refused where the verifier evaluates the fixed column itself: `RowPoint::fixed_column`.
#[test]
fn a_fixed_table_holds_other_numbers() {
    let (key, public) = (machine(), felts(&[255, 511]));
    let mut other = range();
    other.messages[0] = message("range", col(0) * 3, -col(1), 0);
    let attacker = disguised(vec![step(), other, ends()], PARAMS, &key);
    let run = [table(&[[1, 255, 511]]), ranges(128, &[(85, 1)])];
    stopped_by(&key, &public, &forge(&attacker, &run, &public), &[Check::ZerocheckEnd]);
}

/// Condition 17: the table of all numbers below 128 has 256 rows. The height is no part of the proof; refused by the factor
/// `beyond` of `RowPoint::fixed_column`, and by the opening, whose interval is of the key's height (`read_heights`).
#[test]
fn a_fixed_table_has_more_rows() {
    let (key, public) = (machine(), felts(&[255, 511]));
    let other = Mini { fixed_rows: Some(256), fixed: vec![FixedColumn { shift: 0, bits: 8 }], ..range() };
    let attacker = disguised(vec![step(), other, ends()], PARAMS, &key);
    let run = [table(&[[1, 255, 511]]), ranges(256, &[(255, 1)])];
    let proof = forge(&attacker, &run, &public);
    stopped_by(&key, &public, &proof, &[Check::ZerocheckEnd, Check::Opening]);
}

/// A step from 3 to 8: the constraint that says `y = 2 x + 1` is left out. Refused by the last line of `zerocheck::verify`,
/// which folds the verifier's constraints.
#[test]
fn a_constraint_is_left_out() {
    let (key, public) = (machine(), felts(&[3, 8]));
    let mut other = step();
    other.constraints[1] = vec![num(0)];
    let attacker = disguised(vec![other, range(), ends()], PARAMS, &key);
    let run = [table(&[[1, 3, 8]]), ranges(128, &[(3, 1)])];
    stopped_by(&key, &public, &forge(&attacker, &run, &public), &[Check::ZerocheckEnd]);
}

/// A step from 255: its look-up of a number below 128 counts 0 times. The numerator is the verifier's in the same line.
#[test]
fn a_look_up_is_not_paid() {
    let (key, public) = (machine(), felts(&[255, 511]));
    let mut other = step();
    other.messages[2].count = num(0);
    let attacker = disguised(vec![other, range(), ends()], PARAMS, &key);
    let run = [table(&[[1, 255, 511]]), ranges(128, &[])];
    stopped_by(&key, &public, &forge(&attacker, &run, &public), &[Check::ZerocheckEnd]);
}

/// One statement, two proofs: the five look-ups of a step are put into slots of 2 and 3 instead of 3 and 2. The sum of all
/// fractions is the same, so the tree is true; its leaves are not the key's.
#[test]
fn look_ups_are_grouped_otherwise() {
    let (key, public) = (machine(), felts(&[3, 7]));
    assert_eq!(key.shapes[0].slots, [0, 3, 5]);
    let mut attacker = machine();
    attacker.shapes[0].slots = vec![0, 2, 5];
    let run = [table(&[[1, 3, 7]]), ranges(128, &[(3, 1)])];
    let proof = forge(&attacker, &run, &public);
    stopped_by(&key, &public, &proof, &[Check::ZerocheckSkip, Check::ZerocheckEnd]);
}

/// FS-5: at each site of grinding, one bit is ground instead of the key's number; the challenges follow from that nonce.
/// Refused by `Transcript::grind` alone, at the site.
#[test]
fn nonces_that_are_not_ground() {
    let (key, public) = (machine(), felts(&[3, 7]));
    let run = [table(&[[1, 3, 7]]), ranges(128, &[(3, 1)])];
    for params in [
        StarkParams { bus_grinding: 1, ..PARAMS },
        StarkParams { constraint_grinding: 1, ..PARAMS },
        StarkParams { fold_grinding: 1, ..PARAMS },
        StarkParams { query_grinding: 1, ..PARAMS },
    ] {
        let attacker = disguised(vec![step(), range(), ends()], params, &key);
        stopped_by(&key, &public, &forge(&attacker, &run, &public), &[Check::Grinding]);
    }
}
