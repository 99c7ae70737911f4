//! `hearth version`.

use serde::Serialize;

use crate::failure::Failure;
use crate::report;

#[derive(clap::Args)]
pub struct Arguments {
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Version {
    version: &'static str,
    package_format: u32,
    proof_format: u16,
    target_cpu: Vec<&'static str>,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut target_cpu = Vec::new();
    for (feature, enabled) in [
        ("avx512f", cfg!(target_feature = "avx512f")),
        ("avx2", cfg!(target_feature = "avx2")),
        ("neon", cfg!(target_feature = "neon")),
    ] {
        if enabled {
            target_cpu.push(feature);
        }
    }
    let version = Version {
        version: env!("CARGO_PKG_VERSION"),
        package_format: hearth_machine::package::VERSION,
        proof_format: hearth_shard::chain::VERSION,
        target_cpu,
    };
    report::print(arguments.json, &version, || {
        format!(
            "hearth {} (package format {}, proof format {}; compiled for: {})",
            version.version,
            version.package_format,
            version.proof_format,
            if version.target_cpu.is_empty() { "any CPU".into() } else { version.target_cpu.join(", ") }
        )
    })
}
