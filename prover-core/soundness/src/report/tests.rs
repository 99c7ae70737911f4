use p3_security::SecurityAssumption::UniqueDecoding;
use p3_security::multilinear::column_batch_error;

use super::*;
use crate::SizeClass;

/// About those of the largest key.
const FACTS: Facts = Facts {
    fractions: 16_777_216.0,
    tree_variables: 29,
    constraints: 2000,
    chips: 28,
    blocks: 90,
    block_bits: 10,
    is_joint: false,
};

/// The field's order, and the design's figures for a key like the one of the notes.
#[test]
fn figures_of_the_design() {
    assert!((libm::log2(f64::from((1u32 << 31) - (1 << 24) + 1)) - LOG_P).abs() < 1e-12);
    let report = Report::new(&StarkParams::of(SizeClass::Real24), &FACTS);
    assert!((bits(&report, "queries", Some(0)) - 147.1).abs() < 0.1);
    assert!((bits(&report, "queries", Some(1)) - 147.5).abs() < 0.1);
    assert!((bits(&report, "queries", Some(2)) - 147.0).abs() < 0.1);
    assert!((bits(&report, "folds", Some(0)) - 145.4).abs() < 0.1);
    assert!((bits(&report, "fraction tree", None) - 145.2).abs() < 0.1);
    assert!(report.union_bits() > 142.0, "{}", report.union_bits());
}

fn bits(report: &Report, name: &str, oracle: Option<usize>) -> f64 {
    let found = report.terms.iter().find(|term| term.name == name && term.oracle == oracle);
    found.unwrap_or_else(|| panic!("no term {name}")).bits
}

/// Each constant counts: one more or one less changes a term. The cap's size is the only one that no term has: it moves
/// nothing but hashes, and is bound by the key's digest.
#[test]
fn every_constant_counts() {
    fn leaked(list: &[usize], place: usize, more: bool) -> &'static [usize] {
        let mut list = list.to_vec();
        list[place] = if more { list[place] + 1 } else { list[place] - 1 };
        list.leak()
    }
    let params = StarkParams::of(SizeClass::Real24);
    let terms =
        |params: &StarkParams| -> Vec<f64> { Report::new(params, &FACTS).terms.iter().map(|term| term.bits).collect() };
    let honest = terms(&params);
    // No field may be forgotten: this does not compile when there is another one.
    let StarkParams {
        log_cells,
        log_rows,
        folds,
        log_inv_rates,
        queries,
        log_cap,
        bus_grinding,
        constraint_grinding,
        fold_grinding,
        query_grinding,
    } = params;
    for more in [true, false] {
        let step = |value: usize| if more { value + 1 } else { value - 1 };
        let mut changed = alloc::vec![
            StarkParams { log_cells: step(log_cells), ..params },
            StarkParams { log_rows: step(log_rows), ..params },
            StarkParams { bus_grinding: step(bus_grinding), ..params },
            StarkParams { constraint_grinding: step(constraint_grinding), ..params },
            StarkParams { fold_grinding: step(fold_grinding), ..params },
            StarkParams { query_grinding: step(query_grinding), ..params },
        ];
        for k in 0..folds.len() {
            changed.push(StarkParams { folds: leaked(folds, k, more), ..params });
            changed.push(StarkParams { log_inv_rates: leaked(log_inv_rates, k, more), ..params });
            changed.push(StarkParams { queries: leaked(queries, k, more), ..params });
        }
        for params in changed {
            assert_ne!(terms(&params), honest, "{params:?}");
        }
        assert_eq!(terms(&StarkParams { log_cap: step(log_cap), ..params }), honest);
    }
    // Less grinding, fewer queries and a higher rate are weaker.
    let total = |params: StarkParams| Report::new(&params, &FACTS).union_bits();
    let full = total(params);
    assert!(total(StarkParams { bus_grinding: 15, ..params }) < full);
    assert!(total(StarkParams { constraint_grinding: 3, ..params }) < full);
    assert!(total(StarkParams { fold_grinding: 9, ..params }) < full);
    assert!(total(StarkParams { query_grinding: 17, ..params }) < full);
    for k in 0..queries.len() {
        assert!(total(StarkParams { queries: leaked(queries, k, false), ..params }) < full);
        assert!(total(StarkParams { log_inv_rates: leaked(log_inv_rates, k, false), ..params }) < full);
    }
}

/// PAR-2: grinding counts at its own site only, bit by bit.
#[test]
fn grinding_is_credited_to_its_site() {
    let params = StarkParams::of(SizeClass::Real24);
    let honest = Report::new(&params, &FACTS);
    for (name, less) in [
        ("fingerprints", StarkParams { bus_grinding: params.bus_grinding - 1, ..params }),
        ("constraint batching", StarkParams { constraint_grinding: params.constraint_grinding - 1, ..params }),
        ("folds", StarkParams { fold_grinding: params.fold_grinding - 1, ..params }),
        ("queries", StarkParams { query_grinding: params.query_grinding - 1, ..params }),
    ] {
        for (term, weaker) in honest.terms.iter().zip(Report::new(&less, &FACTS).terms) {
            let expected = if term.name == name { 1.0 } else { 0.0 };
            assert!((term.bits - weaker.bits - expected).abs() < 1e-9, "{name}: {}", term.name);
        }
    }
    assert!(honest.grinding.iter().all(|site| site.bits <= 24));
    let nonces: usize = honest.grinding.iter().map(|site| site.sites).sum();
    let folds: usize = params.folds.iter().sum();
    assert_eq!(nonces, 2 + folds + params.oracles());
    for site in &honest.grinding {
        let term = honest.terms.iter().find(|term| term.name == site.name && term.oracle == site.oracle);
        assert_eq!(term.map(|term| term.grinding), Some(site.bits), "{}", site.name);
    }
}

/// PAR-1: against p3-security, whose formulas are stated for whole bits of the field and, for the proximity gap in the unique
/// decoding regime, without the distance as a factor: ours may be better by what that is, and never by more.
#[test]
fn agrees_with_p3_security() {
    for class in SizeClass::REAL {
        let params = StarkParams::of(class);
        let report = Report::new(&params, &FACTS);
        let field = 154;
        let fraction = LOG_E - field as f64;
        for k in 0..params.oracles() {
            let (rate, queries) = (params.log_inv_rates[k], params.queries[k]);
            // The one bit more of zero among low bits is ours alone, and so is what the radius lacks to half the distance.
            let ours = bits(&report, "queries", Some(k)) - params.query_grinding as f64;
            let theirs = UniqueDecoding.queries_error(rate, queries);
            assert!(ours <= theirs && theirs - ours < 0.06, "{ours} {theirs}");

            let ours = bits(&report, "query batching", Some(k));
            let theirs = UniqueDecoding.queries_combination_error(field, params.variables(k), rate, 0, queries);
            assert!((ours - fraction - theirs - 1.0).abs() < 1e-9, "{ours} {theirs}");

            // One fold: the gap of a line, and a round of degree 2.
            let degree = params.variables(k) - params.folds[k];
            let gap = UniqueDecoding.prox_gaps_error(degree, rate, field, 2);
            let round = UniqueDecoding.fold_sumcheck_error(field, degree, rate);
            let sum = |terms: &[f64]| -libm::log2(terms.iter().map(|bits| libm::exp2(-bits)).sum());
            let ours = bits(&report, "folds", Some(k)) + libm::log2(params.folds[k] as f64)
                - params.fold_grinding as f64
                - fraction;
            let distance = (1.0 - libm::exp2(-(rate as f64))) / 2.0;
            let theirs = sum(&[gap - libm::log2(distance), round]);
            assert!((ours - theirs).abs() < 1e-3, "{ours} {theirs}");
        }
        let theirs = column_batch_error(1, FACTS.blocks + FACTS.block_bits, field).bits();
        assert!((bits(&report, "column batching", None) - fraction - theirs).abs() < 1e-9);
    }
}

/// PAR-1: against the formulas of soundcalc (commit 809896f), stated here anew: unique decoding, `gamma = (1 - rho) / 2`,
/// `err = (gamma n + 1) / F` (BCHKS25, theorem 1.3) for a fold, `2 / F` for its round, `(1 - gamma)^t` for queries, `t / F` for their
/// batch. Our radius is a little less than its gamma: more bits for folds, fewer for queries. Its total is the least of all terms, our (B); it charges GKR as `nm (3 nm + 1) / 2 F`, which has a factor of eq in
/// each round that our rounds have not.
#[test]
fn agrees_with_soundcalc() {
    let params = StarkParams::of(SizeClass::Real24);
    let report = Report::new(&params, &FACTS);
    let log_f = 5.0 * libm::log2(2_130_706_433.0);
    let mut least = f64::INFINITY;
    for k in 0..params.oracles() {
        let rho = 1.0 / f64::from(1u32 << params.log_inv_rates[k]);
        let left: usize = params.log_cells - params.folds[..=k].iter().sum::<usize>();
        let n = libm::exp2(left as f64) / rho;
        let gamma = (1.0 - rho) / 2.0;
        let fold = log_f - libm::log2(gamma * n + 1.0 + 2.0) + params.fold_grinding as f64;
        let queries = -(params.queries[k] as f64) * libm::log2(1.0 - gamma) + params.query_grinding as f64;
        let batch = log_f - libm::log2(params.queries[k] as f64);
        let ours = bits(&report, "folds", Some(k)) + libm::log2(params.folds[k] as f64);
        assert!((fold..fold + 0.01).contains(&ours), "{ours} {fold}");
        let ours = bits(&report, "queries", Some(k));
        assert!((queries - 0.06..queries).contains(&ours), "{ours} {queries}");
        assert!((bits(&report, "query batching", Some(k)) - batch).abs() < 1e-6);
        least = least.min(fold).min(queries).min(batch);
    }
    let nm = FACTS.tree_variables as f64;
    let gkr = log_f - libm::log2(nm * (3.0 * nm + 1.0) / 2.0);
    let ours = bits(&report, "fraction tree", None);
    assert!(ours >= gkr - 1e-9 && ours - gkr < libm::log2(1.5), "{ours} {gkr}");
    // The fold of ours is a union over its rounds; soundcalc takes each alone.
    let folds = params.folds.iter().map(|&fold| libm::log2(fold as f64)).fold(0.0, f64::max);
    assert!(report.worst_bits() <= least && report.worst_bits() >= least.min(gkr) - folds);
}
