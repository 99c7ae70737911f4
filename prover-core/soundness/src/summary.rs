//! The security of a chain of shard proofs, from the reports of all keys that a verifier admits.

use alloc::string::String;
use alloc::vec::Vec;

use crate::report::{COLLISION_BITS, Report};
use crate::{Regime, STARK_CLAIM};

/// Least bits of one proof (A).
pub const CIRCUIT_GATE: f64 = 142.0;
/// Least bits of a chain (A).
pub const TOTAL_GATE: f64 = 128.0;

/// A key: one kind of proof that a chain may hold.
#[derive(Clone, Debug)]
pub struct Circuit {
    /// Name: its size class and its tables.
    pub name: String,
    /// Its error terms.
    pub report: Report,
}

/// Every key, and what they give together.
#[derive(Clone, Debug)]
pub struct Summary {
    /// All keys.
    pub circuits: Vec<Circuit>,
    /// The greatest number of proofs in a chain that a verifier admits.
    pub proofs: usize,
}

impl Summary {
    /// (A) the union over all terms of all proofs of a chain, whichever keys they are of: as many as a chain may hold of the
    /// weakest. Collisions of the hash are no probability per challenge, and not in it.
    #[must_use]
    pub fn union_bits(&self) -> f64 {
        self.circuits.iter().map(|circuit| circuit.report.union_bits_of(self.proofs)).fold(f64::INFINITY, f64::min)
    }

    /// (B) the random-oracle bound: the worst term of all, however many proofs there are.
    #[must_use]
    pub fn random_oracle_bits(&self) -> f64 {
        self.circuits.iter().map(|circuit| circuit.report.worst_bits()).fold(f64::INFINITY, f64::min)
    }

    /// Generic collisions of the digests.
    #[must_use]
    pub const fn collision_bits(&self) -> f64 {
        COLLISION_BITS
    }

    /// What is claimed of the hash: the design of its rounds.
    #[must_use]
    pub const fn hash_claim_bits(&self) -> u32 {
        STARK_CLAIM.bits
    }

    /// The regime of every term.
    #[must_use]
    pub const fn regime(&self) -> Regime {
        Regime::UniqueDecoding
    }

    /// The names of what is below its gate.
    #[must_use]
    pub fn below_gates(&self) -> Vec<&str> {
        let weak = self.circuits.iter().filter(|circuit| circuit.report.union_bits() < CIRCUIT_GATE);
        let mut below: Vec<&str> = weak.map(|circuit| circuit.name.as_str()).collect();
        if self.union_bits() < TOTAL_GATE {
            below.push("total");
        }
        below
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SizeClass;
    use crate::report::Facts;
    use crate::stark::StarkParams;

    const FACTS: Facts = Facts {
        fractions: 16_777_216.0,
        tree_variables: 29,
        constraints: 2000,
        chips: 28,
        blocks: 90,
        block_bits: 10,
        is_joint: false,
    };

    fn circuit(name: &str, params: &StarkParams) -> Circuit {
        Circuit { name: name.into(), report: Report::new(params, &FACTS) }
    }

    #[test]
    fn the_weakest_key_decides() {
        let params = StarkParams::of(SizeClass::Real24);
        let strong = Summary { circuits: alloc::vec![circuit("strong", &params)], proofs: 1 << 13 };
        assert!(strong.below_gates().is_empty());
        assert!((strong.circuits[0].report.union_bits() - 13.0 - strong.union_bits()).abs() < 1e-9);
        assert!(strong.random_oracle_bits() > strong.circuits[0].report.union_bits());
        let weak = StarkParams { query_grinding: params.query_grinding - 8, ..params };
        let both = Summary { circuits: alloc::vec![circuit("strong", &params), circuit("weak", &weak)], ..strong };
        assert_eq!(both.below_gates(), ["weak", "total"]);
    }
}
