//! Section 6.4 of the acceptance tests: every assertion of the verifier is needed.
//!
//! For each assertion there is a proof that fails it alone: a verifier without it accepts, the verifier refuses. Those
//! few that no proof can fail alone follow from others, and are named here.

use std::collections::{BTreeMap, BTreeSet};

use hearth_stark_prover::forge::Forgery;
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::{prove, prove_forged};
use hearth_stark_verifier::error::{Check, Rejection};
use hearth_stark_verifier::field::{DEGREE, E, F, Quintic};
use hearth_stark_verifier::key::Key;
use hearth_stark_verifier::step::Step;
use p3_field::PrimeCharacteristicRing;

use crate::audit::{Assertion, assertions, failing, verify_without};
use crate::parts::of_kind;
use crate::small::{self, Small};

/// The assertions that forged proofs have failed alone.
struct Coverage {
    key: Key<Small>,
    all: Vec<Assertion>,
    alone: BTreeSet<usize>,
}

impl Coverage {
    fn new() -> Self {
        let key = small::key();
        let (tables, public) = small::trace(200);
        let proof = prove::<Native, _>(&key, &tables, &public).unwrap();
        assert_eq!(key.verify(&public, &proof), Ok(()));
        let all = assertions(&key, &public, &proof);
        assert!(failing(&all).is_empty());
        Self { key, all, alone: BTreeSet::new() }
    }

    /// Takes a forged proof: if it fails one assertion, the verifier without it accepts.
    fn take(&mut self, public: &[F], proof: &[u8]) -> BTreeSet<usize> {
        let failed = failing(&assertions(&self.key, public, proof));
        let first = *failed.first().expect("a forged proof fails");
        assert_eq!(self.key.verify(public, proof), Err(Rejection::Failed(self.all[first].check)));
        assert_eq!(verify_without(&self.key, public, proof, &failed), Ok(()));
        if failed.len() == 1 {
            self.alone.insert(first);
        }
        failed
    }

    fn forge(&mut self, ticks: usize, forgery: &Forgery) -> BTreeSet<usize> {
        let (tables, public) = small::trace(ticks);
        let (proof, _) = prove_forged::<Native, _>(&self.key, &tables, &public, forgery).unwrap();
        self.take(&public, &proof)
    }

    /// The numbers of all assertions of a check.
    fn numbers(&self, check: Check) -> Vec<usize> {
        (0..self.all.len()).filter(|&number| self.all[number].check == check).collect()
    }
}

fn element(words: &[F]) -> E {
    Quintic(core::array::from_fn(|i| words[i]))
}

/// Adds an extension element to the words from `first` on.
fn add(forgery: &mut Forgery, first: usize, difference: E) {
    forgery.words.extend((first..).zip(difference.0));
}

/// The words of a proof.
fn words(proof: &[u8]) -> Vec<F> {
    proof.as_chunks::<4>().0.iter().map(|word| F::from_u32(u32::from_le_bytes(*word))).collect()
}

#[test]
fn every_assertion_is_needed() {
    let mut coverage = Coverage::new();
    heights(&mut coverage);
    grinding(&mut coverage);
    fractions(&mut coverage);
    zerocheck(&mut coverage);
    paths(&mut coverage);
    let round = of_kind(&coverage.key, "fold round")[0].start;
    coverage.forge(200, &Forgery::of_words(round..round + 1));

    let heights = coverage.numbers(Check::Height);
    let areas = coverage.numbers(Check::Area);
    let mut implied: BTreeMap<usize, &str> = BTreeMap::new();
    implied.insert(heights[0], "a first height below 0 gives an area below 0 at the first block");
    implied.insert(areas[0], "an area below 0 is that of the last block, too");
    for &number in &areas[2..] {
        assert_eq!(coverage.all[number].step, Step::StackWeight);
        implied.insert(number, "partial sums of heights in their range are between 0 and the area");
    }
    for number in coverage.numbers(Check::SumDenominator) {
        implied
            .insert(number, "a product of denominators is 0 with probability 2 fractions / |E|, or the root is wrong");
    }
    for (number, assertion) in coverage.all.iter().enumerate() {
        assert_eq!(
            coverage.alone.contains(&number),
            !implied.contains_key(&number),
            "assertion {number}: {assertion:?}, {:?}",
            implied.get(&number)
        );
    }
}

/// Heights out of range. The stack is all zeros, so that nothing but the ranges is wrong.
fn heights(coverage: &mut Coverage) {
    let forge = |coverage: &mut Coverage, changes: &[(usize, F)]| {
        coverage.forge(0, &Forgery { words: changes.iter().copied().collect(), ..Forgery::default() })
    };
    // One tile more than a table may have, and than all may have.
    let (five, four) = (F::from_u8(5), F::from_u8(4));
    for changes in [vec![(0, five)], vec![(1, five)], vec![(0, four), (1, four)]] {
        assert_eq!(forge(coverage, &changes).len(), 1, "{changes:?}");
    }
    // A table that begins where the one before it has not ended.
    assert_eq!(forge(coverage, &[(0, F::TWO), (1, F::NEG_ONE)]).len(), 1);
    // The ranges together: a first table of less than no tiles.
    let failed = forge(coverage, &[(0, F::NEG_ONE)]);
    let checks: BTreeSet<Check> = failed.iter().map(|&number| coverage.all[number].check).collect();
    assert_eq!(checks, BTreeSet::from([Check::Height, Check::Area]));
}

/// Each bit of each nonce.
fn grinding(coverage: &mut Coverage) {
    let params = coverage.key.params;
    let folds = |k: usize| vec![params.fold_grinding; params.folds[k]];
    let mut sites = vec![params.bus_grinding, params.constraint_grinding];
    for k in 0..params.oracles() {
        sites.extend(folds(k));
        sites.push(params.query_grinding);
    }
    let mut forged = BTreeSet::new();
    for (site, &bits) in sites.iter().enumerate() {
        for bit in 0..bits {
            let failed = coverage.forge(200, &Forgery { nonce: Some((site, bit)), ..Forgery::default() });
            assert_eq!(failed.len(), 1, "site {site}, bit {bit}");
            forged.extend(failed);
        }
    }
    assert_eq!(forged, coverage.numbers(Check::Grinding).into_iter().collect());
}

/// The root and each layer of the tree of fractions.
fn fractions(coverage: &mut Coverage) {
    // A run that does not balance, proved honestly: a false statement that only the balance shows.
    let (tables, _) = small::trace(199);
    let (_, public) = small::trace(200);
    let proof = prove::<Native, _>(&coverage.key, &tables, &public).unwrap();
    let failed = coverage.take(&public, &proof);
    assert_eq!(failed.into_iter().collect::<Vec<_>>(), coverage.numbers(Check::Balance));
    // The same run with a root that balances: only the first layer shows it.
    let at = of_kind(&coverage.key, "sum")[0].clone();
    let balance = coverage.numbers(Check::Balance)[0];
    let value = |forgery: &Forgery| {
        let (proof, _) = prove_forged::<Native, _>(&coverage.key, &tables, &public, forgery).unwrap();
        assertions(&coverage.key, &public, &proof)[balance].value
    };
    let honest = value(&Forgery::default());
    let slope = value(&Forgery::of_words(at.start..at.start + 1)) - honest;
    let mut forgery = Forgery::default();
    add(&mut forgery, at.start, -honest * slope.try_inverse().unwrap());
    let (proof, _) = prove_forged::<Native, _>(&coverage.key, &tables, &public, &forgery).unwrap();
    let failed = coverage.take(&public, &proof);
    assert_eq!(failed.into_iter().collect::<Vec<_>>(), coverage.numbers(Check::FractionLayer)[..1]);
    // A wrong round of each later layer.
    for (layer, rounds) in of_kind(&coverage.key, "layer rounds").into_iter().enumerate() {
        let failed = coverage.forge(200, &Forgery::of_words(rounds.start..rounds.start + 1));
        assert_eq!(failed.into_iter().collect::<Vec<_>>(), [coverage.numbers(Check::FractionLayer)[layer + 1]]);
    }
}

/// Both checks of the zerocheck.
fn zerocheck(coverage: &mut Coverage) {
    // Wrong halves of the last layer with the right sum: a wrong claim on the leaves.
    let (tables, public) = small::trace(200);
    let honest = words(&prove::<Native, _>(&coverage.key, &tables, &public).unwrap());
    let halves = of_kind(&coverage.key, "layer halves").pop().unwrap();
    let [_, _, q0, q1] = core::array::from_fn(|i| element(&honest[halves.start + i * DEGREE..]));
    let mut forgery = Forgery::default();
    // p0 q1 + p1 q0 stays: p0 by q0, p1 by -q1.
    add(&mut forgery, halves.start, q0);
    add(&mut forgery, halves.start + DEGREE, -q1);
    let failed = coverage.forge(200, &forgery);
    assert_eq!(failed.into_iter().collect::<Vec<_>>(), coverage.numbers(Check::ZerocheckSkip));
    // A row that breaks a constraint, proved honestly: a false statement.
    let mut forged = tables.clone();
    forged[1].values[2] += F::ONE;
    let x = forged[1].values[1];
    forged[0].values.chunks_mut(small::TICK_WIDTH).filter(|row| row[2] == x).for_each(|row| row[3] += F::ONE);
    let proof = prove::<Native, _>(&coverage.key, &forged, &public).unwrap();
    let failed = coverage.take(&public, &proof);
    assert_eq!(failed.into_iter().collect::<Vec<_>>(), coverage.numbers(Check::ZerocheckEnd));
}

/// Each element of each query's path: a cap with one wrong element, and one query under it.
fn paths(coverage: &mut Coverage) {
    let all: BTreeSet<usize> = coverage.numbers(Check::Path).into_iter().collect();
    let caps = [of_kind(&coverage.key, "cap"), of_kind(&coverage.key, "next cap")].concat();
    for difference in 1..200u32 {
        for cap in &caps {
            for word in cap.clone() {
                let forgery = Forgery { words: [(word, F::from_u32(difference))].into(), ..Forgery::default() };
                let (tables, public) = small::trace(200);
                let (proof, _) = prove_forged::<Native, _>(&coverage.key, &tables, &public, &forgery).unwrap();
                // No query may be under it: a node of the cap that nobody opens is not looked at.
                if coverage.key.verify(&public, &proof).is_err() {
                    let failed = coverage.take(&public, &proof);
                    assert!(failed.is_subset(&all));
                }
            }
        }
        if all.is_subset(&coverage.alone) {
            return;
        }
    }
    panic!("a query's path was never wrong alone");
}
