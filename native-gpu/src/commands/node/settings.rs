//! Settings of a node: options before the environment before a TOML file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::Deserialize;

use crate::failure::{self, Failure};

/// Most bytes of a settings file.
const MAX_FILE: u64 = 1 << 20;

/// What a node can be told in a file, in the environment or by options. A key of the file is the option's long name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, clap::Args)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// Address to listen on; with port 0 a free one is taken and printed. 127.0.0.1:0 unless given.
    #[arg(long, value_name = "ADDRESS", env = "HEARTH_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// Block file, or folder of block files, to prove.
    #[arg(long, value_name = "PATH", env = "HEARTH_REPLAY")]
    pub replay: Option<PathBuf>,
    /// Execution client whose new blocks to prove: ws://HOST:PORT or http://HOST:PORT.
    #[arg(long, value_name = "URL", env = "HEARTH_FOLLOW")]
    pub follow: Option<String>,
    /// Rules of the client's chain where it is no public network: a fork's name, like Cancun.
    #[arg(long, value_name = "NAME", env = "HEARTH_CHAIN_RULES")]
    pub chain_rules: Option<String>,
    /// Largest shard: 2^N cells. 24, unless given, to 26; 20 and 22 make proofs that no verifier accepts outside tests.
    #[arg(long, value_name = "N", env = "HEARTH_LOG_CELLS")]
    pub log_cells: Option<u8>,
    /// Whether the node proves what nobody takes. On unless given.
    #[arg(long, value_name = "WHETHER", env = "HEARTH_LOCAL_PROVER")]
    pub local_prover: Option<Switch>,
    /// For so many seconds from a run's start, leave to others what they can prove within that time. 0 unless given.
    #[arg(long, value_name = "SECONDS", env = "HEARTH_SWARM_TIME")]
    pub swarm_time: Option<u64>,
    /// Seconds from a block to its proof after which the proof is late. 12 unless given.
    #[arg(long, value_name = "SECONDS", env = "HEARTH_SLOT")]
    pub slot: Option<u64>,
    /// Whether to prove blocks that are not expected to be proved in a slot. On unless given.
    #[arg(long, value_name = "WHETHER", env = "HEARTH_LATE_BLOCKS")]
    pub late_blocks: Option<Switch>,
    /// Folder for what outlives the process. hearth-data unless given.
    #[arg(long, value_name = "FOLDER", env = "HEARTH_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Folder of the page to serve.
    #[arg(long, value_name = "FOLDER", env = "HEARTH_APP")]
    pub app: Option<PathBuf>,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// Yes.
    On,
    /// No.
    Off,
}

impl Settings {
    /// These, and what they leave open as the file says.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is no TOML, or has a key that no setting has.
    pub fn over(self, file: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = file else { return Ok(self) };
        let bytes = failure::read(path, MAX_FILE)?;
        let text = String::from_utf8(bytes).map_err(|error| Failure::bad_input(path, error))?;
        let below: Self = toml::from_str(&text).map_err(|error| Failure::bad_input(path, error))?;
        Ok(Self {
            listen: self.listen.or(below.listen),
            replay: self.replay.or(below.replay),
            follow: self.follow.or(below.follow),
            chain_rules: self.chain_rules.or(below.chain_rules),
            log_cells: self.log_cells.or(below.log_cells),
            local_prover: self.local_prover.or(below.local_prover),
            swarm_time: self.swarm_time.or(below.swarm_time),
            slot: self.slot.or(below.slot),
            late_blocks: self.late_blocks.or(below.late_blocks),
            data_dir: self.data_dir.or(below.data_dir),
            app: self.app.or(below.app),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("hearth-settings-{name}-{}", std::process::id()));
        std::fs::write(&path, text).expect("a file");
        path
    }

    #[test]
    fn what_is_given_goes_before_the_file() {
        let path = file("order", "slot = 6\nlog-cells = 20\nlocal-prover = \"off\"\nlisten = \"127.0.0.1:7300\"\n");
        let given = Settings { slot: Some(3), ..Settings::default() };
        let settings = given.over(Some(&path)).expect("settings");
        assert_eq!((settings.slot, settings.log_cells, settings.local_prover), (Some(3), Some(20), Some(Switch::Off)));
        assert_eq!(settings.listen, Some(SocketAddr::from(([127, 0, 0, 1], 7300))));
        std::fs::remove_file(path).expect("removed");
    }

    #[test]
    fn the_file_beside_the_systemd_unit_is_one() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/node.toml");
        let settings = Settings::default().over(Some(&path)).expect("settings");
        assert!(settings.follow.is_some() && settings.listen.is_some_and(|address| address.ip().is_loopback()));
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let path = file("unknown", "slots = 6\n");
        let error = Settings::default().over(Some(&path)).expect_err("refused").to_string();
        assert!(error.contains("slots"), "{error}");
        std::fs::remove_file(path).expect("removed");
    }
}
