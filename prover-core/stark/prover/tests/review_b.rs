//! Review 4: forged proofs without any witness, and forged trees of fractions. The prover is the test's own and keeps every
//! check before the one that is meant to stop it.

mod attacker;

use attacker::crippled::stopped_by;
use attacker::liar::{Layer, Plan, lie, truth};
use attacker::mini::{Mini, ends, felts, gift, key, step};
use hearth_soundness::stark::LOG_LANES;
use hearth_stark_verifier::error::Check;
use hearth_stark_verifier::field::E;
use hearth_stark_verifier::folder::Fingerprint;
use hearth_stark_verifier::key::Key;
use p3_field::PrimeCharacteristicRing;

/// Two chips, three slots of four.
fn machine() -> Key<Mini> {
    let key = key(vec![step(), gift(), ends()]);
    assert_eq!((key.log_slots, key.shapes[1].first_slot, key.shapes[1].slots()), (2, 2, 1));
    key
}

/// The liar tells the truth about a true statement: from 3 to 3 without a row.
#[test]
fn the_truth_is_accepted() {
    let (key, public) = (machine(), felts(&[3, 3]));
    let plan = Plan { layer: 0, leaves: &truth, skip: true, columns: true };
    assert_eq!(key.verify(&public, &lie(&key, &public, &plan)), Ok(()));
}

/// From 3 to 8 without a row, and the sum of all fractions is told as it is: refused by the balance.
#[test]
fn the_sum_is_true() {
    let (key, public) = (machine(), felts(&[3, 8]));
    let plan = Plan { layer: 0, leaves: &truth, skip: true, columns: true };
    stopped_by(&key, &public, &lie(&key, &public, &plan), &[Check::Balance]);
}

/// The sum is a lie that balances, and so is each layer of the tree down to the one that is told by the true leaves. Every
/// layer in turn: refused there, by `claim - sum` in `fractions::verify`.
#[test]
fn the_tree_is_true_from_a_layer_on() {
    let (key, public) = (machine(), felts(&[3, 8]));
    for layer in 1..=key.tree_variables() {
        let plan = Plan { layer, leaves: &truth, skip: true, columns: true };
        stopped_by(&key, &public, &lie(&key, &public, &plan), &[Check::FractionLayer]);
    }
}

/// The whole tree is a lie, consistent to its leaves; the first message of the zerocheck is of the true tables.
#[test]
fn the_zerocheck_is_true() {
    let (key, public) = (machine(), felts(&[3, 8]));
    let plan = Plan { layer: key.tree_variables() + 1, leaves: &truth, skip: true, columns: true };
    stopped_by(&key, &public, &lie(&key, &public, &plan), &[Check::ZerocheckSkip]);
}

/// The tree and the zerocheck are lies; the columns at its end are those that were committed.
#[test]
fn the_columns_are_true() {
    let (key, public) = (machine(), felts(&[3, 8]));
    let plan = Plan { layer: key.tree_variables() + 1, leaves: &truth, skip: false, columns: true };
    stopped_by(&key, &public, &lie(&key, &public, &plan), &[Check::ZerocheckEnd]);
}

/// All is a lie, the columns at the zerocheck's end too: they are solved for. What is left is the opening.
#[test]
fn nothing_is_true() {
    let (key, public) = (machine(), felts(&[3, 8]));
    let plan = Plan { layer: key.tree_variables() + 1, leaves: &truth, skip: false, columns: false };
    stopped_by(&key, &public, &lie(&key, &public, &plan), &[Check::Opening]);
}

/// The place of a leaf.
fn place(key: &Key<Mini>, row: usize, slot: usize, lane: usize) -> usize {
    let rows = key.params.log_rows - LOG_LANES;
    row | slot << rows | lane << (rows + key.log_slots)
}

/// A leaf that balances the public values.
fn balanced(mut leaves: Layer, place: usize, boundary: (E, E)) -> Layer {
    leaves.0[place] = -boundary.0;
    leaves.1[place] = boundary.1;
    leaves
}

/// A slot that no chip has, and a row beyond every height, send what the public values lack. The tree is true for these
/// leaves. Refused by `all` in `Challenges::draw`: unused slots are 0/1, and rows beyond the heights `0 / constant`, whatever
/// the prover says.
#[test]
fn a_leaf_that_no_row_has() {
    let (key, public) = (machine(), felts(&[3, 8]));
    let rows = 1 << (key.params.log_rows - LOG_LANES);
    for place in
        [place(&key, 0, 3, 0), place(&key, rows - 1, 3, 15), place(&key, 0, 0, 0), place(&key, rows - 1, 2, 15)]
    {
        let leaves = |_: &Fingerprint<E>, boundary: (E, E), leaves: Layer| balanced(leaves, place, boundary);
        let plan = Plan { layer: 0, leaves: &leaves, skip: true, columns: true };
        stopped_by(&key, &public, &lie(&key, &public, &plan), &[Check::ZerocheckSkip]);
    }
}

/// Two fractions `1/0` make the sum `0/0`, which balances everything. Only who knew the fingerprints before the tables
/// could have such leaves; the tree of them is true. Refused by `assert_nonzero` in `fractions::verify`.
#[test]
fn two_zero_denominators() {
    let (key, public) = (machine(), felts(&[3, 8]));
    let leaves = |_: &Fingerprint<E>, _: (E, E), mut leaves: Layer| {
        for place in [0, 1] {
            (leaves.0[place], leaves.1[place]) = (E::ONE, E::ZERO);
        }
        leaves
    };
    let plan = Plan { layer: 0, leaves: &leaves, skip: true, columns: true };
    stopped_by(&key, &public, &lie(&key, &public, &plan), &[Check::SumDenominator, Check::ZerocheckSkip]);
}

/// A root that is told as `0/0`, with a tree of nothing but zeros below it: each layer's check holds for it.
#[test]
fn a_tree_of_zeros() {
    let (key, public) = (machine(), felts(&[3, 8]));
    let leaves = |_: &Fingerprint<E>, _: (E, E), leaves: Layer| {
        let zeros = vec![E::ZERO; leaves.0.len()];
        (zeros.clone(), zeros)
    };
    let plan = Plan { layer: 0, leaves: &leaves, skip: true, columns: true };
    stopped_by(&key, &public, &lie(&key, &public, &plan), &[Check::SumDenominator, Check::ZerocheckSkip]);
}

/// One statement, two proofs: the leaves are those of the key in another order of slots, of lanes and slots, or of rows and
/// slots. The sum is the same, and the tree is true.
#[test]
fn leaves_change_places() {
    let (key, public) = (machine(), felts(&[3, 3]));
    let length = 1usize << key.tree_variables();
    let slots_reversed = |i: usize| i ^ place(&key, 0, 3, 0);
    let rotated = |by: usize| move |i: usize| (i << by | i >> (length.ilog2() as usize - by)) & (length - 1);
    let orders: [&dyn Fn(usize) -> usize; 3] = [&slots_reversed, &rotated(2), &rotated(LOG_LANES)];
    for order in orders {
        let leaves = |_: &Fingerprint<E>, _: (E, E), (p, q): Layer| {
            ((0..length).map(|i| p[order(i)]).collect(), (0..length).map(|i| q[order(i)]).collect())
        };
        let plan = Plan { layer: 0, leaves: &leaves, skip: true, columns: true };
        stopped_by(&key, &public, &lie(&key, &public, &plan), &[Check::ZerocheckSkip]);
    }
}
