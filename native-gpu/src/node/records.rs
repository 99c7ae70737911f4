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
    open: Opener,
    /// `None` while it could not be opened anew.
    database: RwLock<Option<Database>>,
}

/// Opens the file, or makes it.
type Opener = fn(&Path) -> Result<Database, Error>;

/// With its tables.
fn open_with(open: Opener, path: &Path) -> Result<Database, Error> {
    let database = open(path)?;
    let start = database.begin_write()?;
    start.open_table(SHARDS)?;
    start.open_table(RUNS)?;
    start.commit()?;
    Ok(database)
}

impl Records {
    /// Opens the file, or makes it.
    pub fn open(path: PathBuf) -> Result<Self, Error> {
        Self::with_opener(path, |path| Ok(Database::create(path)?))
    }

    fn with_opener(path: PathBuf, open: Opener) -> Result<Self, Error> {
        let database = open_with(open, &path)?;
        Ok(Self { path, open, database: RwLock::new(Some(database)) })
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
            match open_with(self.open, &self.path) {
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

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::io;
    use std::sync::atomic::{AtomicBool, Ordering};

    use redb::StorageBackend;
    use redb::backends::FileBackend;

    use super::*;

    /// Whether the disk is full.
    static FULL: AtomicBool = AtomicBool::new(false);

    /// A file on a disk that can be full.
    #[derive(Debug)]
    struct Disk(FileBackend);

    impl Disk {
        fn room() -> io::Result<()> {
            if FULL.load(Ordering::Relaxed) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }
    }

    impl StorageBackend for Disk {
        fn len(&self) -> io::Result<u64> {
            self.0.len()
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.0.read(offset, out)
        }

        fn set_len(&self, len: u64) -> io::Result<()> {
            Self::room().and_then(|()| self.0.set_len(len))
        }

        fn sync_data(&self) -> io::Result<()> {
            Self::room().and_then(|()| self.0.sync_data())
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            Self::room().and_then(|()| self.0.write(offset, data))
        }

        fn close(&self) -> io::Result<()> {
            self.0.close()
        }
    }

    fn on_disk(path: &Path) -> Result<Database, Error> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        Ok(Database::builder().create_with_backend(Disk(FileBackend::new(file)?))?)
    }

    #[test]
    fn a_disk_that_was_full_costs_nothing_but_what_was_not_written() -> Result<(), Error> {
        let path = std::env::temp_dir().join(format!("hearth-records-{}", std::process::id()));
        let records = Records::with_opener(path.clone(), on_disk)?;
        records.put_shard("run", 0, b"kept")?;
        FULL.store(true, Ordering::Relaxed);
        assert!(records.put_shard("run", 1, b"lost").is_err());
        assert!(records.put_shard("run", 1, b"lost").is_err());
        FULL.store(false, Ordering::Relaxed);
        // The first call after it may be the one that opens the file anew.
        let _ = records.shard("run", 0);
        assert_eq!(records.shard("run", 0)?.as_deref(), Some(&b"kept"[..]));
        assert_eq!(records.shard("run", 1)?, None);
        records.put_shard("run", 1, b"later")?;
        assert_eq!(records.shard("run", 1)?.as_deref(), Some(&b"later"[..]));
        drop(records);
        Ok(std::fs::remove_file(path)?)
    }
}
