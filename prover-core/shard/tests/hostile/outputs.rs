//! Every word that an accelerator writes, in turn another one, with a memory that holds it from then on: tree and leaves fit
//! the lie, so that nothing but the accelerator's own chips can refuse it. A prover that does not judge makes the proof;
//! the verifier refuses it.

use hearth_machine::trace::{Access, ShardTrace};
use hearth_shard::backend;
use hearth_shard::verifier::VerifyError;

use crate::audit::{Audit, BENCH, key_of, tables};
use crate::calls::{program, run};
use crate::executor::refold;

/// Calls, the last of which is lied about; the words that it writes; what the lie breaks: chips and buses.
struct Accelerator {
    calls: &'static [u64],
    words: usize,
    output: fn(&mut ShardTrace, usize) -> &mut Access,
    violated: &'static [&'static str],
    unbalanced: &'static [&'static str],
}

const KECCAK_F: Accelerator = Accelerator {
    calls: &[0x1000],
    words: 25,
    output: |trace, word| &mut trace.keccaks[0].words[word],
    violated: &[],
    unbalanced: &["keccak"],
};

const SHA256: Accelerator = Accelerator {
    calls: &[0x1003],
    words: 4,
    output: |trace, word| &mut trace.sha256s[0].state[word],
    violated: &["sha256_call"],
    unbalanced: &[],
};

const SECP256K1_ADD: Accelerator = Accelerator {
    calls: &[0x1002, 0x1001],
    words: 8,
    output: |trace, word| &mut trace.secp256k1_adds[0].p[word],
    violated: &["secp256k1_add"],
    unbalanced: &[],
};

const SECP256K1_DOUBLE: Accelerator = Accelerator {
    calls: &[0x1002],
    words: 8,
    output: |trace, word| &mut trace.secp256k1_doubles[0].p[word],
    violated: &["secp256k1_double"],
    unbalanced: &[],
};

const MODULAR_256: Accelerator = Accelerator {
    calls: &[0x1004],
    words: 4,
    output: |trace, word| &mut trace.modular_256[0].result[word],
    violated: &["modular_256"],
    unbalanced: &[],
};

const MODULAR_384: Accelerator = Accelerator {
    calls: &[0x1005],
    words: 6,
    output: |trace, word| &mut trace.modular_384[0].result[word],
    violated: &["modular_384"],
    unbalanced: &[],
};

impl Accelerator {
    /// The honest run is accepted; with any word of the result another one it is refused.
    fn is_bound(&self) {
        let program = program(self.calls);
        let tree = program.initial_tree(&BENCH.hasher, &[]).expect("no input");
        let honest = run(&program);
        assert_eq!(verdict(&honest), Ok(()));
        for word in 0..self.words {
            let mut trace = honest.clone();
            let access = (self.output)(&mut trace, word);
            access.next ^= 1 << (word * 7 % 64);
            let (place, value) = (access.word, access.next);
            let leaf = trace.leaves.iter_mut().find(|leaf| leaf.index == place / 8).expect("it is opened");
            leaf.last[place as usize % 8] = value;
            leaf.new = BENCH.hasher.memory_leaf(&leaf.last);
            refold(&BENCH.hasher, &tree, &tree, &mut trace);
            let audit = Audit::of(&tables(&trace));
            let found: Vec<&str> = audit.violated.iter().copied().collect();
            let buses: Vec<&str> = audit.unbalanced().into_iter().collect();
            assert_eq!((&found[..], &buses[..]), (self.violated, self.unbalanced), "word {word}: what the lie breaks");
            let answer = verdict(&trace);
            assert!(
                matches!(answer, Err(VerifyError::Proof(backend::VerifyError::Invalid(_)))),
                "word {word}: {answer:?}"
            );
        }
    }
}

/// The verifier's answer to the proof of our own protocol of a trace, honest or not.
fn verdict(trace: &ShardTrace) -> Result<(), VerifyError> {
    let tables = tables(trace);
    BENCH.verify_stark(&trace.statement, key_of(&tables), &BENCH.prove_stark(&tables))
}

#[test]
fn keccak_f() {
    KECCAK_F.is_bound();
}

#[test]
fn sha256() {
    SHA256.is_bound();
}

#[test]
fn secp256k1_add() {
    SECP256K1_ADD.is_bound();
}

#[test]
fn secp256k1_double() {
    SECP256K1_DOUBLE.is_bound();
}

#[test]
fn modular_256() {
    MODULAR_256.is_bound();
}

#[test]
fn modular_384() {
    MODULAR_384.is_bound();
}
