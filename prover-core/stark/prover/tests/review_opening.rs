//! Review 5: forging attempts against steps 4 to 6. Each is a prover that goes on consistently from its lie, with all
//! challenges and nonces that follow from it; a verifier that overlooks the one check that is named accepts.

mod forgery;

use forgery::{
    COLUMNS, Lie, Mini, NUMBERS, Overlooking, PARAMS, cheats_key, forge, key, refused_by, stack, statement, tables,
};
use hearth_soundness::stark::StarkParams;
use hearth_stark_prover::cheat::Cheat;
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{E, F};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::poly::eq_table;
use hearth_stark_verifier::verify::verify;
use p3_field::PrimeCharacteristicRing;

/// The last column of the table of cubes and of that of doubles. The summand is linear in it.
const LAST: [usize; 2] = [COLUMNS - 1, 2 * COLUMNS - 1];

/// The harness itself: the honest prover as a cheat without a lie, and what a proof does not fix. Cells beyond the tables
/// have no weight, so that proofs of a statement are not unique; nothing may take a proof's bytes for its statement.
#[test]
fn honest_proofs_are_accepted() {
    let key = key(PARAMS);
    let mut stack = stack(&key, &tables(&[(3, 27, 0)], &[(5, 10, 0)], [1, 1], NUMBERS));
    let public = statement((3, 27), (5, 10));
    let proof = forge(&key, Cheat::new(&key, &stack), &public);
    assert_eq!(key.verify(&public, &proof), Ok(()));
    *stack.cells.last_mut().unwrap() = F::ONE;
    let other = forge(&key, Cheat::new(&key, &stack), &public);
    assert_eq!(key.verify(&public, &other), Ok(()));
    assert_ne!(proof, other);
}

/// The cube of 3 is 28. The cheat's chip lacks the constraint, everything else fits. Stopped by the constraints at the
/// zerocheck's point, which the verifier evaluates itself: the last assertion of `zerocheck::verify`.
#[test]
fn constraint_left_out() {
    let key = key(PARAMS);
    let cheats = cheats_key(&key, Lie::AnyCube, PARAMS);
    let stack = stack(&cheats, &tables(&[(3, 28, 0)], &[(5, 10, 0)], [1, 1], NUMBERS));
    let public = statement((3, 28), (5, 10));
    let proof = forge(&cheats, Cheat::new(&cheats, &stack), &public);
    refused_by(&key, &public, &proof, Check::ZerocheckEnd);
}

/// Two broken constraints whose sum is 0: of two tables (stopped by the powers of gamma), of one row (by the powers of
/// alpha), of two rows that the first message binds together (by the weights at the leaf claim's point).
#[test]
fn broken_constraints_that_cancel() {
    let key = key(PARAMS);
    let two_tables = (tables(&[(3, 28, 0)], &[(5, 9, 0)], [1, 1], NUMBERS), statement((3, 28), (5, 9)));
    let one_row = (tables(&[(3, 28, 1)], &[(5, 10, 0)], [1, 1], NUMBERS), statement((3, 28), (5, 10)));
    let mut two_rows = (tables(&[(3, 28, 0)], &[(5, 10, 0)], [1, 1], NUMBERS), statement((3, 28), (5, 10)));
    two_rows.0[0].values[16 * COLUMNS + 2] = F::NEG_ONE;
    for (tables, public) in [two_tables, one_row, two_rows] {
        let stack = stack(&key, &tables);
        let proof = forge(&key, Cheat::new(&key, &stack), &public);
        refused_by(&key, &public, &proof, Check::ZerocheckEnd);
    }
}

/// The messages of one trace balance, the rows of another satisfy the constraints, and no trace does both. Stopped by the
/// sum over the first eight nodes of the first message, which must be the leaves' claim.
#[test]
fn balance_of_other_rows() {
    let key = key(PARAMS);
    let wrong = stack(&key, &tables(&[(3, 28, 0)], &[(5, 10, 0)], [1, 1], NUMBERS));
    let right = stack(&key, &tables(&[(3, 27, 0)], &[(5, 10, 0)], [1, 1], NUMBERS));
    let public = statement((3, 28), (5, 10));
    let proof = forge(&key, Cheat { balanced: &wrong, ..Cheat::new(&key, &right) }, &public);
    refused_by(&key, &public, &proof, Check::ZerocheckSkip);

    // The first eight values from the trace that balances, as its leaves give them, the others from the one that is right.
    let proof = forge(&key, Cheat { balanced: &wrong, reused: &wrong, ..Cheat::new(&key, &right) }, &public);
    refused_by(&key, &public, &proof, Check::ZerocheckEnd);
}

/// A proof that the cube of 3 is 28, with lies about the last columns of both tables that make the end of the zerocheck
/// right; how they are split over the two is up to `split`, which is given the batching challenges of the proof without.
///
/// `repair` and `fitting_leaves` are what the cheat does in the opening.
fn columns_that_fit(
    key: &Key<Mini>,
    (repair, fitting_leaves): (Option<usize>, bool),
    split: impl Fn(&[E], [E; 2]) -> [E; 2],
) -> Vec<u8> {
    let public = statement((3, 28), (5, 10));
    let cheats = cheats_key(key, Lie::AnyCube, key.params);
    let stack = stack(&cheats, &tables(&[(3, 28, 0)], &[(5, 10, 0)], [1, 1], NUMBERS));
    let prove = |lies: Vec<(usize, E)>| {
        forge(&cheats, Cheat { columns: lies, repair, fitting_leaves, ..Cheat::new(&cheats, &stack) }, &public)
    };
    let found = |proof: &[u8]| {
        let mut context = Overlooking::new(proof, vec![Check::ZerocheckEnd, Check::Path, Check::Opening]);
        verify(key, &mut context, &public).unwrap();
        context.found(Check::ZerocheckEnd)
    };
    let (wrong, challenges) = found(&prove(Vec::new()));
    let slopes = LAST.map(|column| wrong - found(&prove(vec![(column, E::ONE)])).0);
    let shares = split(&challenges, slopes.map(|slope| slope * wrong.try_inverse().unwrap()));
    prove(LAST.into_iter().zip(shares).collect())
}

/// All of the lie on one column.
fn on_one(_: &[E], [slope, _]: [E; 2]) -> [E; 2] {
    [slope.try_inverse().unwrap(), E::ZERO]
}

/// The columns' values are solved for, so that the end of the zerocheck is right. Stopped by the opening: the values are
/// part of the claim on the stack.
#[test]
fn columns_that_fit_the_end() {
    let key = key(PARAMS);
    let proof = columns_that_fit(&key, (None, false), on_one);
    refused_by(&key, &statement((3, 28), (5, 10)), &proof, Check::Opening);
}

/// The same, with two lies that cancel in the claim on the stack under the batching challenges of a proof without lies.
/// Stopped because tau and mu are drawn after the columns are absorbed: `read_exts` of step 4.4.
#[test]
fn columns_for_known_batching() {
    let key = key(PARAMS);
    let split = |challenges: &[E], [s0, s1]: [E; 2]| {
        // The last columns have the weights mu^0 eq(tau, 3) and mu^1 eq(tau, 3).
        let (tau, mu) = (&challenges[..2], challenges[2]);
        let weights = [E::ONE, mu].map(|mu| mu * eq_table(tau, E::ONE)[3]);
        let determinant = s0 * weights[1] - s1 * weights[0];
        [weights[1], -weights[0]].map(|lie| lie * determinant.try_inverse().unwrap())
    };
    let proof = columns_that_fit(&key, (None, false), split);
    refused_by(&key, &statement((3, 28), (5, 10)), &proof, Check::Opening);
}

/// The same lie, and before the queries of an oracle the polynomial is changed in the least number of places that makes the
/// false claim true: all that comes after is honest. Stopped by the queries of that oracle alone.
#[test]
fn claim_repaired_before_the_queries() {
    let key = key(PARAMS);
    for oracle in 0..PARAMS.oracles() {
        let proof = columns_that_fit(&key, (Some(oracle), false), on_one);
        refused_by(&key, &statement((3, 28), (5, 10)), &proof, Check::Opening);
    }
}

/// The same, and each leaf that is asked for is made up so that it folds to the changed polynomial's value. Stopped by the
/// comparison with the cap in `merkle::open`.
#[test]
fn leaves_that_fit() {
    let key = key(PARAMS);
    for oracle in 1..PARAMS.oracles() {
        let proof = columns_that_fit(&key, (Some(oracle), true), on_one);
        refused_by(&key, &statement((3, 28), (5, 10)), &proof, Check::Path);
    }
}

/// With few queries that forgery succeeds, and as often as it should: with the probability that all queries of the oracle
/// meet places where the change is 0, a fraction `rate - 1 / leaves` of them. So positions are as good as uniform.
/// `HEARTH_FULL=1` makes twenty times as many proofs.
#[test]
fn forgery_succeeds_as_often_as_computed() {
    const GROUND: StarkParams =
        StarkParams { bus_grinding: 1, constraint_grinding: 1, fold_grinding: 1, query_grinding: 1, ..PARAMS };
    let times = if std::env::var_os("HEARTH_FULL").is_some() { 20 } else { 1 };
    let queries: [&[usize]; 3] = [&[3, 4, 4], &[4, 2, 4], &[4, 4, 1]];
    for (oracle, (queries, proofs)) in queries.into_iter().zip([160, 200, 300]).enumerate() {
        let proofs = times * proofs;
        let key = key(StarkParams { queries, ..GROUND });
        let accepted = (0..proofs).filter(|&u| {
            let stack = stack(&key, &tables(&[(3, 27, 0)], &[(u, 2 * i64::from(u), 0)], [1, 1], NUMBERS));
            let lie = vec![(LAST[0], E::ONE)];
            let public = statement((3, 27), (u, 2 * i64::from(u)));
            let cheat = Cheat { columns: lie, repair: Some(oracle), ..Cheat::new(&key, &stack) };
            let proof = forge(&key, cheat, &public);
            // The lie is arbitrary here; that it can be made to fit the end is shown above and below.
            verify(&key, &mut Overlooking::new(&proof, vec![Check::ZerocheckEnd]), &public).is_ok()
        });
        let found = accepted.count() as f64;
        let places = f64::from((1u32 << key.params.variables(oracle + 1)) - 1);
        let hit = places / f64::from(1u32 << key.params.log_domain(oracle));
        let expected = f64::from(proofs) * hit.powi(queries[oracle] as i32);
        println!("oracle {oracle}: {found} of {proofs} accepted, {expected:.1} expected");
        assert!((found - expected).abs() < 4.0 * expected.sqrt(), "oracle {oracle}: {found} and not {expected}");
    }
}

/// With one query an oracle the whole forgery is a matter of some attempts, each with other nonces to begin with: what stands
/// against it is the number of queries and nothing else.
#[test]
fn one_query_is_not_enough() {
    let forged = (1..40).any(|bus_grinding| {
        let key = key(StarkParams { queries: &[1, 1, 1], bus_grinding: 1 + bus_grinding % 8, ..PARAMS });
        let proof = columns_that_fit(&key, (Some(0), false), on_one);
        key.verify(&statement((3, 28), (5, 10)), &proof) == Ok(())
    });
    assert!(forged);
}

/// A true statement about rows that are not those committed to. Stopped by the queries: the folded leaves are claims on the
/// next polynomial.
#[test]
fn other_rows_than_committed() {
    let key = key(PARAMS);
    let rows = stack(&key, &tables(&[(3, 27, 0)], &[(5, 10, 0)], [1, 1], NUMBERS));
    let other = stack(&key, &tables(&[(4, 64, 0)], &[(5, 10, 0)], [1, 1], NUMBERS));
    let public = statement((3, 27), (5, 10));
    let proof = forge(&key, Cheat { committed: &other, ..Cheat::new(&key, &rows) }, &public);
    refused_by(&key, &public, &proof, Check::Opening);
}

/// The heights that are stated are not those of the argument: a table that is not there, rows beyond a table's height, a
/// table over the next one's cells. Stopped by the weight's intervals, `opening::evaluate_weight`.
#[test]
fn other_heights_than_stated() {
    let key = key(PARAMS);
    let rows = stack(&key, &tables(&[(3, 27, 0)], &[(5, 10, 0)], [1, 2], NUMBERS));
    let public = statement((3, 27), (5, 10));
    for heights in [[0, 2], [1, 0], [1, 1], [2, 2], [1, 3], [2, 1], [0, 3]] {
        let proof = forge(&key, Cheat { heights: heights.to_vec(), ..Cheat::new(&key, &rows) }, &public);
        refused_by(&key, &public, &proof, Check::Opening);
    }
}

/// 200 is no number of the table; the cheat's table has twice its numbers. Stopped by the verifier's own formula of the
/// column, `RowPoint::fixed_column`, by way of the end of the zerocheck.
#[test]
fn other_numbers_in_the_fixed_table() {
    let key = key(PARAMS);
    let cheats = cheats_key(&key, Lie::OtherNumbers, PARAMS);
    let mut tables = tables(&[(200, 8_000_000, 0)], &[(5, 10, 0)], [1, 1], NUMBERS);
    tables[2].values[2 * 100 + 1] = F::ONE;
    let stack = stack(&cheats, &tables);
    let public = statement((200, 8_000_000), (5, 10));
    let proof = forge(&cheats, Cheat::new(&cheats, &stack), &public);
    refused_by(&key, &public, &proof, Check::ZerocheckEnd);
}

/// The cheat's table goes on to 255. Stopped twice: by the factor of [`RowPoint::fixed_column`] that is 0 beyond the
/// key's height, and by the interval of that height.
///
/// [`RowPoint::fixed_column`]: hearth_stark_verifier::zerocheck::RowPoint
#[test]
fn more_numbers_in_the_fixed_table() {
    let key = key(PARAMS);
    let cheats = cheats_key(&key, Lie::MoreNumbers, PARAMS);
    let stack = stack(&cheats, &tables(&[(200, 8_000_000, 0)], &[(5, 10, 0)], [1, 1], 2 * NUMBERS));
    let public = statement((200, 8_000_000), (5, 10));
    let proof = forge(&cheats, Cheat::new(&cheats, &stack), &public);
    assert_eq!(key.verify(&public, &proof), Err(Rejection::Failed(Check::ZerocheckEnd)));
    let overlooking = |checks: &[Check]| verify(&key, &mut Overlooking::new(&proof, checks.to_vec()), &public);
    assert_eq!(overlooking(&[Check::ZerocheckEnd]), Err(Rejection::Failed(Check::Opening)));
    assert_eq!(overlooking(&[Check::ZerocheckEnd, Check::Opening]), Ok(()));
}

/// Nonces that are ground to one bit, at each of the four sites. Stopped by `Transcript::grind` there: the number of bits is
/// the key's.
#[test]
fn too_little_grinding() {
    let sites = [
        StarkParams { bus_grinding: 16, ..PARAMS },
        StarkParams { constraint_grinding: 16, ..PARAMS },
        StarkParams { fold_grinding: 16, ..PARAMS },
        StarkParams { query_grinding: 16, ..PARAMS },
    ];
    let few = |bits: usize| if bits == 16 { 1 } else { bits };
    for params in sites {
        let key = key(params);
        let lazy = StarkParams {
            bus_grinding: few(params.bus_grinding),
            constraint_grinding: few(params.constraint_grinding),
            fold_grinding: few(params.fold_grinding),
            query_grinding: few(params.query_grinding),
            ..params
        };
        let cheats = cheats_key(&key, Lie::None, lazy);
        let stack = stack(&cheats, &tables(&[(3, 27, 0)], &[(5, 10, 0)], [1, 1], NUMBERS));
        let public = statement((3, 27), (5, 10));
        let proof = forge(&cheats, Cheat::new(&cheats, &stack), &public);
        refused_by(&key, &public, &proof, Check::Grinding);
    }
}
