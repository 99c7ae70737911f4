//! Records as bytes, in one redb file.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use redb::{Database, Error, ReadableDatabase, ReadableTable, TableDefinition};

/// (run, shard) to the record of a shard's proof.
const SHARDS: TableDefinition<'_, (&str, u32), &[u8]> = TableDefinition::new("shards-1");
/// Run to the record of its proof.
const RUNS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("runs-1");

/// The file. After a failed write redb wants it to be opened anew; that is done here, so that a disk which was full costs nothing but
/// what was not written.
pub struct Records {
    path: PathBuf,
    /// `None` while it could not be opened anew.
    database: RwLock<Option<Database>>,
}

/// Opens the file, or makes it.
fn open(path: &Path) -> Result<Database, Error> {
    let database = Database::create(path)?;
    let start = database.begin_write()?;
    start.open_table(SHARDS)?;
    start.open_table(RUNS)?;
    start.commit()?;
    Ok(database)
}

impl Records {
    /// Opens the file, or makes it.
    pub fn open(path: PathBuf) -> Result<Self, Error> {
        let database = open(&path)?;
        Ok(Self { path, database: RwLock::new(Some(database)) })
    }

    /// Does something with the file. If the disk failed, the next call finds it opened anew.
    fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, Error>) -> Result<T, Error> {
        let result = match &*self.database.read().unwrap_or_else(PoisonError::into_inner) {
            Some(database) => work(database),
            None => Err(Error::PreviousIo),
        };
        if matches!(result, Err(Error::Io(_) | Error::PreviousIo)) {
            let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
            // The old one holds the file's lock until it goes.
            *database = None;
            match open(&self.path) {
                Ok(opened) => *database = Some(opened),
                Err(error) => tracing::warn!("{}: {error}", self.path.display()),
            }
        }
        result
    }

    /// Keeps the record of a shard.
    pub fn put_shard(&self, run: &str, shard: u32, record: &[u8]) -> Result<(), Error> {
        self.with(|database| {
            let transaction = database.begin_write()?;
            transaction.open_table(SHARDS)?.insert((run, shard), record)?;
            Ok(transaction.commit()?)
        })
    }

    /// The record of a shard.
    pub fn shard(&self, run: &str, shard: u32) -> Result<Option<Vec<u8>>, Error> {
        self.with(|database| {
            let table = database.begin_read()?.open_table(SHARDS)?;
            Ok(table.get((run, shard))?.map(|record| record.value().to_vec()))
        })
    }

    /// Puts the record of a run in the place of those of its shards, which it returns.
    pub fn finish_run(&self, run: &str, record: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
        self.with(|database| {
            let transaction = database.begin_write()?;
            let mut removed = Vec::new();
            {
                let mut shards = transaction.open_table(SHARDS)?;
                for shard in shards.extract_from_if((run, 0)..=(run, u32::MAX), |_, _| true)? {
                    removed.push(shard?.1.value().to_vec());
                }
                transaction.open_table(RUNS)?.insert(run, record)?;
            }
            transaction.commit()?;
            Ok(removed)
        })
    }

    /// The records of all runs.
    pub fn runs(&self) -> Result<Vec<Vec<u8>>, Error> {
        self.with(|database| {
            let table = database.begin_read()?.open_table(RUNS)?;
            table.iter()?.map(|entry| Ok(entry?.1.value().to_vec())).collect()
        })
    }
}
