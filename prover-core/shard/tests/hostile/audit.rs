//! What is wrong with a forged shard, and the verifier's answer to its proof.
//!
//! [`refused`] first asks the chips themselves what a forgery breaks, so that a test fails if something else than the
//! condition it is about stops the attack. Then provers with their own checks off make proofs under both backends, those
//! buses muted that do not balance, and the honest verifiers must refuse them: each backend is the other's oracle.

use std::collections::{BTreeSet, HashMap};
use std::future::ready;
use std::sync::LazyLock;

use hearth_chips::Felt;
use hearth_chips::bus::BUSES;
use hearth_chips::bytes::Bytes;
use hearth_chips::evaluate::{Evaluator, Sink};
use hearth_chips::tables::{Table, Tables};
use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_machine::trace::{ShardTrace, Statement};
use hearth_machine::tree::Tree;
use hearth_shard::backend::forge::Forgery;
use hearth_shard::backend::{self, BackendId};
use hearth_shard::keys::{KeyId, Keys};
use hearth_shard::progress::{GoOn, Steps};
use hearth_shard::verifier::{ShardVerifier, VerifyError};
use hearth_soundness::SizeClass;
use p3_air::Air;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use pollster::block_on;

use crate::executor::{Lie, execute};
use crate::victim::victim;

/// What all attacks share.
pub struct Bench {
    pub hasher: Hasher,
    pub program: Program,
    /// Memory tree at the start of the program.
    pub tree: Tree,
    keys: Keys,
    verifier: ShardVerifier,
    fri_keys: Keys,
    fri_verifier: ShardVerifier,
    stark_keys: Keys,
    stark_verifier: ShardVerifier,
}

/// The smallest class that holds all tables.
pub const CLASS: SizeClass = SizeClass::Test20;

/// The victim program and the keys.
pub static BENCH: LazyLock<Bench> = LazyLock::new(|| {
    let hasher = Hasher::new();
    let program = victim(&hasher);
    let tree = program.initial_tree(&hasher, &[]).expect("no input");
    let keys = |backend| Keys::with_backend(backend, CLASS).expect("the tables fit");
    let verifier = |backend| ShardVerifier::with_backend(backend, CLASS).expect("the tables fit");
    Bench {
        hasher,
        program,
        tree,
        keys: keys(BackendId::Whir),
        verifier: verifier(BackendId::Whir),
        fri_keys: keys(BackendId::Fri),
        fri_verifier: verifier(BackendId::Fri),
        stark_keys: keys(BackendId::Stark),
        stark_verifier: verifier(BackendId::Stark),
    }
});

impl Bench {
    /// A run of the victim with this lie.
    pub fn run(&self, lie: Lie) -> ShardTrace {
        execute(&self.hasher, &self.program, u64::MAX, lie)
    }

    /// Verifies under a key of the first backend.
    pub fn verify(&self, statement: &Statement, key: KeyId, proof: &[u8]) -> Result<(), VerifyError> {
        self.verifier.verify(statement, key as u8, proof)
    }

    /// Verifies under a key of the second backend.
    pub fn verify_fri(&self, statement: &Statement, key: KeyId, proof: &[u8]) -> Result<(), VerifyError> {
        self.fri_verifier.verify(statement, key as u8, proof)
    }

    /// Verifies under a key of our own protocol.
    pub fn verify_stark(&self, statement: &Statement, key: KeyId, proof: &[u8]) -> Result<(), VerifyError> {
        self.stark_verifier.verify(statement, key as u8, proof)
    }

    /// A proof by our own protocol of these tables, whose prover does not judge.
    pub fn prove_stark(&self, tables: &Tables) -> Vec<u8> {
        let matrices = tables.matrices.clone();
        let mut go_on = |_| -> GoOn { Box::pin(ready(true)) };
        let proof = self.stark_keys.prove(key_of(tables), matrices, &tables.public_values, Steps(&mut go_on));
        block_on(proof).expect("a proof comes out")
    }

    /// A proof by the first backend of these tables, in which the muted buses carry nothing.
    pub fn prove(&self, tables: Tables, muted: &[&'static str]) -> Vec<u8> {
        let key = self.keys.whir(key_of(&tables)).expect("keys of this backend");
        let muted = muted.to_vec().leak();
        key.prove_muted(muted, tables.matrices, &tables.public_values).expect("a proof comes out")
    }

    /// The same by the second backend.
    pub fn prove_fri(&self, tables: &Tables, muted: &[&'static str]) -> Vec<u8> {
        let key = self.fri_keys.fri(key_of(tables)).expect("keys of this backend");
        let muted = muted.to_vec().leak();
        key.prove_muted(muted, &tables.matrices, &tables.public_values).expect("a proof comes out")
    }

    /// Proves these tables in a cheating way, by the first backend.
    pub fn prove_forged(&self, tables: Tables, forgery: Forgery) -> Vec<u8> {
        let key = self.keys.whir(key_of(&tables)).expect("keys of this backend");
        key.prove_forged(forgery, tables.matrices, &tables.public_values).expect("a proof comes out")
    }
}

/// The key that has these tables.
pub fn key_of(tables: &Tables) -> KeyId {
    KeyId::of(tables.accelerators)
}

/// The tables of a trace.
pub fn tables(trace: &ShardTrace) -> Tables {
    Tables::generate(trace, CLASS.min_log_height().into()).expect("every look-up is in a table")
}

/// What breaks in a set of tables.
#[derive(Default)]
pub struct Audit {
    /// Chips with a violated constraint.
    pub violated: BTreeSet<&'static str>,
    /// What is left of all messages.
    net: HashMap<(&'static str, Vec<u32>), Felt>,
    chip: &'static str,
}

impl Sink for Audit {
    fn constraint(&mut self, _: usize, value: Felt) {
        if value != Felt::ZERO {
            self.violated.insert(self.chip);
        }
    }

    fn message(&mut self, bus: &str, fields: impl Iterator<Item = Felt>, count: Felt, _: u32) {
        if count != Felt::ZERO {
            let bus = BUSES.iter().find(|known| known.0 == bus).expect("a known bus").0;
            *self.net.entry((bus, fields.map(|field| field.as_canonical_u32()).collect())).or_default() += count;
        }
    }
}

impl Audit {
    /// Evaluates every row of every table.
    pub fn of(tables: &Tables) -> Self {
        let mut audit = Self::default();
        for (&table, matrix) in tables.tables.iter().zip(&tables.matrices) {
            audit.chip = table.name();
            let public = if table == Table::Boundary { &tables.public_values[..] } else { &[] };
            for row in 0..matrix.values.len() / matrix.width {
                table.eval(&mut Evaluator::new(matrix, row, public, &mut audit));
            }
        }
        audit.net.retain(|_, count| *count != Felt::ZERO);
        audit
    }

    /// Buses that do not balance.
    pub fn unbalanced(&self) -> BTreeSet<&'static str> {
        self.net.keys().map(|message| message.0).collect()
    }
}

/// Column of a table, `size` cells from `offset` on, of one row.
pub fn cells(tables: &mut Tables, table: Table, row: usize) -> &mut [Felt] {
    let at = tables.tables.iter().position(|&other| other == table).expect("the table is there");
    let width = tables.matrices[at].width;
    &mut tables.matrices[at].values[row * width..][..width]
}

/// Gives the range and byte tables the multiplicities that the other tables now ask for, as a cheater would.
pub fn recount(tables: &mut Tables) {
    let rows = (tables.matrices.last().expect("the bytes are the last table").values.len() / Bytes::WIDTH) as u32;
    for ((bus, fields), count) in Audit::of(tables).net {
        let (row, column) = match (bus, &fields[..]) {
            ("range16", &[value]) if value < rows => (value, 2),
            ("bytes", &[a, b]) if a < 256 && b < 256 => (a + 256 * b, 3),
            _ => continue,
        };
        cells(tables, Table::Bytes, row as usize)[column] += count;
    }
}

/// The tables violate constraints of exactly the chips `violated` and unbalance exactly the buses `unbalanced`, and the
/// verifiers of all backends refuse their proofs. Our own protocol commits neither to the boundary nor to the numbers of
/// the byte table: a forgery of those alone does not exist in it.
pub fn refused(tables: Tables, statement: &Statement, violated: &[&str], unbalanced: &[&str]) {
    let audit = Audit::of(&tables);
    let found: Vec<&str> = audit.violated.iter().copied().collect();
    let buses: Vec<&'static str> = audit.unbalanced().into_iter().collect();
    assert_eq!((&found[..], &buses[..]), (violated, unbalanced), "what the forgery breaks");
    let key = key_of(&tables);
    let committed = violated.iter().any(|chip| !["boundary", "bytes"].contains(chip));
    if committed || (violated.is_empty() && !unbalanced.is_empty()) {
        let third = BENCH.verify_stark(statement, key, &BENCH.prove_stark(&tables));
        assert!(matches!(third, Err(VerifyError::Proof(backend::VerifyError::Invalid(_)))), "{third:?}");
    }
    let second = BENCH.verify_fri(statement, key, &BENCH.prove_fri(&tables, &buses));
    let first = BENCH.verify(statement, key, &BENCH.prove(tables, &buses));
    for answer in [first, second] {
        assert!(matches!(answer, Err(VerifyError::Proof(backend::VerifyError::Invalid(_)))), "{answer:?}");
    }
}

/// [`refused`] for a trace.
pub fn trace_refused(trace: &ShardTrace, violated: &[&str], unbalanced: &[&str]) {
    refused(tables(trace), &trace.statement, violated, unbalanced);
}

/// The control of all attacks: the same executor without a lie, through the same prover, is accepted.
#[test]
fn honest_run_is_accepted() {
    let trace = BENCH.run(Lie::None);
    let tables = tables(&trace);
    let audit = Audit::of(&tables);
    assert!(audit.violated.is_empty() && audit.unbalanced().is_empty(), "{:?} {:?}", audit.violated, audit.net);
    let fri = BENCH.prove_fri(&tables, &[]);
    let stark = BENCH.prove_stark(&tables);
    let proof = BENCH.prove(tables, &[]);
    assert_eq!(BENCH.verify(&trace.statement, KeyId::Base, &proof), Ok(()));
    statement_is_bound(&trace.statement, &proof);

    assert_eq!(BENCH.verify_fri(&trace.statement, KeyId::Base, &fri), Ok(()));
    fri_is_bound(&trace.statement, &fri);
    assert_eq!(BENCH.verify_stark(&trace.statement, KeyId::Base, &stark), Ok(()));
    // Each backend refuses the other's proof, and one with the other's label.
    let label = |id| Err(VerifyError::Proof(backend::VerifyError::Backend(id)));
    assert_eq!(BENCH.verify(&trace.statement, KeyId::Base, &fri), label(2));
    assert_eq!(BENCH.verify_fri(&trace.statement, KeyId::Base, &proof), label(1));
    let relabelled = |proof: &[u8], id: BackendId| {
        let mut proof = proof.to_vec();
        assert_ne!(proof[4], id as u8);
        proof[4] = id as u8;
        assert_eq!(BackendId::named_by(&proof), Some(id));
        proof
    };
    let answers = [
        BENCH.verify(&trace.statement, KeyId::Base, &relabelled(&fri, BackendId::Whir)),
        BENCH.verify_fri(&trace.statement, KeyId::Base, &relabelled(&proof, BackendId::Fri)),
    ];
    for answer in answers {
        assert!(matches!(answer, Err(VerifyError::Proof(_))), "{answer:?}");
    }
}

/// Condition 20 in the second backend, and damaged proofs of it: an error, no panic.
fn fri_is_bound(statement: &Statement, proof: &[u8]) {
    let changes: [fn(&mut Statement); 6] = [
        |other| other.program_root[0] += Felt::ONE,
        |other| other.root_in[8] += Felt::ONE,
        |other| other.root_out[4] += Felt::ONE,
        |other| other.pc_in += 4,
        |other| other.pc_out += 4,
        |other| other.ts_end += 4,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut other = *statement;
        change(&mut other);
        assert!(BENCH.verify_fri(&other, KeyId::Base, proof).is_err(), "change {number}");
    }
    for other in [KeyId::Keccak, KeyId::All] {
        assert!(BENCH.verify_fri(statement, other, proof).is_err(), "{other:?}: another key of the set");
    }
    // The envelope, the lists of openings, and some of everything after.
    for position in (0..40).chain((40..proof.len()).step_by(proof.len() / 24)) {
        let mut changed = proof.to_vec();
        changed[position] ^= 1;
        assert!(BENCH.verify_fri(statement, KeyId::Base, &changed).is_err(), "byte {position}");
        assert!(BENCH.verify_fri(statement, KeyId::Base, &proof[..position]).is_err(), "length {position}");
    }
}

/// Condition 20, class 1: the proof is of its statement alone. One change of each number of it, and numbers that are no
/// field elements.
fn statement_is_bound(statement: &Statement, proof: &[u8]) {
    let refused = |what: &str, change: &dyn Fn(&mut Statement)| {
        let mut other = *statement;
        change(&mut other);
        assert!(BENCH.verify(&other, KeyId::Base, proof).is_err(), "{what}");
    };
    for element in 0..9 {
        refused("program root", &|other| other.program_root[element] += Felt::ONE);
        refused("root before", &|other| other.root_in[element] += Felt::ONE);
        refused("root after", &|other| other.root_out[element] += Felt::ONE);
    }
    refused("pc before", &|other| other.pc_in += 4);
    refused("pc after", &|other| other.pc_out += 4);
    refused("time", &|other| other.ts_end += 4);
    refused("swapped roots", &|other| (other.root_in, other.root_out) = (other.root_out, other.root_in));
    let p = Felt::ORDER_U32;
    let changes: [fn(&mut Statement); 3] = [
        |other| other.pc_in += Felt::ORDER_U32,
        |other| other.pc_out += Felt::ORDER_U32,
        |other| other.ts_end += Felt::ORDER_U32,
    ];
    for change in changes {
        let mut other = *statement;
        change(&mut other);
        assert_eq!(BENCH.verify(&other, KeyId::Base, proof), Err(VerifyError::Statement), "a number of at least {p}");
    }
    for key in KeyId::ALL.len() as u8..=u8::MAX {
        assert_eq!(BENCH.verifier.verify(statement, key, proof), Err(VerifyError::Key(key)));
    }
    for other in KeyId::ALL.into_iter().filter(|&other| other != KeyId::Base) {
        assert!(BENCH.verifier.verify(statement, other as u8, proof).is_err(), "{other:?}: another key of the set");
    }
}
