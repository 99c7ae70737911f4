//! `hearth soundness`: the security of our own protocol, term by term.

use std::fmt::Write;

use hearth_soundness::report::{Grinding, Term};
use hearth_soundness::summary::{CIRCUIT_GATE, Circuit, Summary, TOTAL_GATE};
use hearth_soundness::{EXTENSION, STARK_HASH};
use serde::Serialize;

use crate::failure::Failure;
use crate::report;

#[derive(clap::Args)]
pub struct Arguments {
    /// Print one line of JSON.
    #[arg(long, conflicts_with = "toml")]
    json: bool,
    /// Print TOML.
    #[arg(long)]
    toml: bool,
}

/// What is printed. Bits are -log2 of a probability of success.
#[derive(Serialize)]
struct Printed {
    version: u32,
    challenges: &'static str,
    regime: String,
    /// (A) the union over all terms of as many proofs as a chain may have, of the weakest key.
    total_bits: f64,
    total_gate: f64,
    circuit_gate: f64,
    proofs: usize,
    /// (B) the random-oracle bound: the worst term.
    random_oracle_bits: f64,
    hash: Hash,
    circuits: Vec<PrintedCircuit>,
}

/// Collisions cost work and are no probability of a challenge, so they are in no union.
#[derive(Serialize)]
struct Hash {
    name: &'static str,
    generic_collision_bits: f64,
    claimed_bits: u32,
}

#[derive(Serialize)]
struct PrintedCircuit {
    name: String,
    total_bits: f64,
    worst_bits: f64,
    ground_permutations: f64,
    terms: Vec<PrintedTerm>,
    grinding: Vec<PrintedGrinding>,
}

#[derive(Serialize)]
struct PrintedTerm {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    oracle: Option<usize>,
    bits: f64,
    grinding: usize,
}

#[derive(Serialize)]
struct PrintedGrinding {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    oracle: Option<usize>,
    sites: usize,
    bits: usize,
}

impl Printed {
    fn new(summary: &Summary) -> Self {
        Self {
            version: 1,
            challenges: EXTENSION,
            regime: summary.regime().to_string(),
            total_bits: rounded(summary.union_bits()),
            total_gate: TOTAL_GATE,
            circuit_gate: CIRCUIT_GATE,
            proofs: summary.proofs,
            random_oracle_bits: rounded(summary.random_oracle_bits()),
            hash: Hash {
                name: STARK_HASH,
                generic_collision_bits: rounded(summary.collision_bits()),
                claimed_bits: summary.hash_claim_bits(),
            },
            circuits: summary.circuits.iter().map(PrintedCircuit::new).collect(),
        }
    }

    fn human(&self) -> String {
        let mut text = format!(
            "{:.2} bits (A): union of all terms of {} proofs of the weakest key; gate {}\n\
             {:.2} bits (B): the worst term, whatever the number of proofs\n\
             {}; challenges in {}\n\
             {}: {:.1} bits against generic collisions, {} claimed\n",
            self.total_bits,
            self.proofs,
            self.total_gate,
            self.random_oracle_bits,
            self.regime,
            self.challenges,
            self.hash.name,
            self.hash.generic_collision_bits,
            self.hash.claimed_bits,
        );
        for circuit in &self.circuits {
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "\n{}: {:.2} bits, gate {}; {:.0} permutations of grinding",
                circuit.name, circuit.total_bits, self.circuit_gate, circuit.ground_permutations
            );
            for term in &circuit.terms {
                let name = match term.oracle {
                    Some(oracle) => format!("{} of oracle {oracle}", term.name),
                    None => term.name.to_owned(),
                };
                let _ = writeln!(text, "  {name:28} {:8.2}  grinding {:2}", term.bits, term.grinding);
            }
        }
        text.trim_end().to_owned()
    }
}

impl PrintedCircuit {
    fn new(circuit: &Circuit) -> Self {
        let report = &circuit.report;
        let term = |term: &Term| PrintedTerm {
            name: term.name,
            oracle: term.oracle,
            bits: rounded(term.bits),
            grinding: term.grinding,
        };
        let grinding = |site: &Grinding| PrintedGrinding {
            name: site.name,
            oracle: site.oracle,
            sites: site.sites,
            bits: site.bits,
        };
        Self {
            name: circuit.name.clone(),
            total_bits: rounded(report.union_bits()),
            worst_bits: rounded(report.worst_bits()),
            ground_permutations: report.ground_permutations(),
            terms: report.terms.iter().map(term).collect(),
            grinding: report.grinding.iter().map(grinding).collect(),
        }
    }
}

/// Rounded down to a thousandth of a bit.
fn rounded(bits: f64) -> f64 {
    (bits * 1000.0).floor() / 1000.0
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let summary = hearth_shard::soundness::summary().map_err(|error| Failure::Internal(error.to_string()))?;
    let printed = Printed::new(&summary);
    if arguments.toml {
        let text = toml::to_string(&printed).map_err(|error| Failure::Internal(error.to_string()))?;
        report::line(text.trim_end())?;
    } else {
        report::print(arguments.json, &printed, || printed.human())?;
    }
    let below = summary.below_gates();
    if below.is_empty() { Ok(()) } else { Err(Failure::Internal(format!("below its gate: {}", below.join(", ")))) }
}
