//! What outlives the process: finished proofs as files named by their SHA-256, and records of them in one redb file.
//!
//! A file is on disk before its record is, and a record is on disk before anyone is told; so a record always finds its file, and
//! a proof that was acknowledged is never lost. Shards, leases and packages are not kept: they are cut again.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use hearth_protocol::Block;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::node::records::Records;

/// SHA-256 in hexadecimal: the name of a file.
pub fn name_of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Why something is not on disk.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The records.
    #[error("records: {0}")]
    Records(Box<redb::Error>),
    /// A record that does not decode.
    #[error("a record is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
    /// A file whose content is not what its name says.
    #[error("{0}: the content is not that of the name")]
    Content(PathBuf),
}

impl From<redb::Error> for StoreError {
    fn from(error: redb::Error) -> Self {
        Self::Records(Box::new(error))
    }
}

/// A proved shard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardRecord {
    /// Name of the proof's file.
    pub proof: String,
    /// Who proved it.
    pub worker: String,
}

/// A proved run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// What the node says of it.
    pub block: Block,
    /// Name of the file of its program's key.
    pub key: String,
    /// Name of the proof's file.
    pub proof: String,
    /// When it was proved, in milliseconds since 1970.
    pub finished_unix_ms: u64,
}

/// The data folder.
pub struct Store {
    objects: PathBuf,
    records: Records,
}

impl Store {
    /// Opens or makes the folder.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let objects = folder.join("objects");
        fs::create_dir_all(&objects).map_err(|source| StoreError::File { path: objects.clone(), source })?;
        Ok(Self { objects, records: Records::open(folder.join("records.redb"))? })
    }

    /// The file of this name, if its content is right.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        let path = self.objects.join(name);
        let bytes = fs::read(&path).map_err(|source| StoreError::File { path: path.clone(), source })?;
        if name_of(&bytes) == name { Ok(bytes) } else { Err(StoreError::Content(path)) }
    }

    /// Writes a file whole or not at all, and returns its name.
    fn write(&self, bytes: &[u8]) -> Result<String, StoreError> {
        let name = name_of(bytes);
        let path = self.objects.join(&name);
        // Two workers may bring the same bytes at once: each writes its own neighbour file.
        let part = self.objects.join(format!("{name}.{:x}.part", rand::random::<u64>()));
        let write = || {
            let mut file = File::create(&part)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&part, &path)?;
            File::open(&self.objects)?.sync_all()
        };
        write().map_err(|source| {
            // What is left of a failed attempt is of no use; that it cannot be removed adds nothing to the report.
            let _ = fs::remove_file(&part);
            StoreError::File { path: path.clone(), source }
        })?;
        Ok(name)
    }

    /// Keeps the proof of a shard.
    pub fn put_shard(&self, run: &str, shard: u32, worker: &str, proof: &[u8]) -> Result<(), StoreError> {
        let record = ShardRecord { proof: self.write(proof)?, worker: worker.to_owned() };
        Ok(self.records.put_shard(run, shard, &serde_json::to_vec(&record)?)?)
    }

    /// The proof of a shard, if there is one, and who made it.
    pub fn shard(&self, run: &str, shard: u32) -> Result<Option<(Vec<u8>, String)>, StoreError> {
        let Some(record) = self.records.shard(run, shard)? else { return Ok(None) };
        let record: ShardRecord = serde_json::from_slice(&record)?;
        Ok(Some((self.read(&record.proof)?, record.worker)))
    }

    /// Keeps the proof of a run, which holds those of its shards: they go.
    pub fn finish_run(
        &self,
        block: Block,
        key: &[u8],
        proof: &[u8],
        finished_unix_ms: u64,
    ) -> Result<RunRecord, StoreError> {
        let record = RunRecord { key: self.write(key)?, proof: self.write(proof)?, block, finished_unix_ms };
        for shard in self.records.finish_run(&record.block.id, &serde_json::to_vec(&record)?)? {
            let file = serde_json::from_slice::<ShardRecord>(&shard)?.proof;
            if let Err(error) = fs::remove_file(self.objects.join(&file)) {
                tracing::debug!("{file} stays: {error}");
            }
        }
        Ok(record)
    }

    /// All proved runs, oldest first.
    pub fn runs(&self) -> Result<Vec<RunRecord>, StoreError> {
        let records = self.records.runs()?;
        let mut runs = records.iter().map(|run| serde_json::from_slice(run)).collect::<Result<Vec<RunRecord>, _>>()?;
        runs.sort_by_key(|run| run.finished_unix_ms);
        Ok(runs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_protocol::RunState;

    /// A folder that goes with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            Self(std::env::temp_dir().join(format!("hearth-store-{name}-{}", std::process::id())))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn block(id: &str) -> Block {
        Block {
            id: id.into(),
            name: "b".into(),
            number: Some(7),
            hash: None,
            state: RunState::Done,
            error: None,
            fix: None,
            shards_total: 2,
            shards_done: 2,
            proof_url: None,
            proof_bytes: Some(3),
            key_url: None,
            seconds: Some(1.5),
            exit_code: Some(0),
            output: None,
            gas: None,
            phases: None,
            slot_ms: None,
        }
    }

    #[test]
    fn what_was_kept_is_there_after_a_restart() -> Result<(), StoreError> {
        let folder = Folder::new("restart");
        Store::open(&folder.0)?.put_shard("run", 3, "w", b"proof")?;
        let store = Store::open(&folder.0)?;
        assert_eq!(store.shard("run", 3)?, Some((b"proof".to_vec(), "w".into())));
        assert_eq!(store.shard("run", 2)?, None);
        assert_eq!(store.shard("other", 3)?, None);
        Ok(())
    }

    #[test]
    fn a_finished_run_replaces_its_shards() -> Result<(), StoreError> {
        let folder = Folder::new("finish");
        let store = Store::open(&folder.0)?;
        store.put_shard("run", 0, "w", b"one")?;
        store.put_shard("run", 1, "w", b"two")?;
        store.put_shard("runner", 0, "w", b"other")?;
        let record = store.finish_run(block("run"), b"key", b"all", 5)?;
        assert_eq!(store.read(&record.proof)?, b"all");
        assert_eq!(store.read(&record.key)?, b"key");
        assert_eq!(store.shard("run", 0)?, None);
        assert!(store.shard("runner", 0)?.is_some());
        assert!(store.read(&name_of(b"one")).is_err());
        assert_eq!(store.runs()?, [record]);
        Ok(())
    }

    #[test]
    fn a_damaged_file_is_not_returned() -> Result<(), StoreError> {
        let folder = Folder::new("damage");
        let store = Store::open(&folder.0)?;
        store.put_shard("run", 0, "w", b"proof")?;
        let path = store.objects.join(name_of(b"proof"));
        fs::write(&path, b"prooF").map_err(|source| StoreError::File { path, source })?;
        assert!(matches!(store.shard("run", 0), Err(StoreError::Content(_))));
        Ok(())
    }
}
