//! SQLite: WAL, durable commits, one connection that writes and a few that read.
//!
//! A unit that reads runs where it is asked for, on a thread of the runtime. It is over in tens of
//! microseconds, and in WAL mode it waits for no writer.

use futures_util::future::BoxFuture;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use super::db::PATIENCE;
use super::error::StoreError;
use super::lite;
use super::query::{Mode, Tx};
use super::readers::Readers;
use super::writer::Writer;

/// Connections that read at most. Each keeps a cache and a thread; more than processors only wait for them.
const READERS: usize = 4;

/// SQLite: one connection that writes, a few that read.
#[derive(Clone)]
pub struct SqliteDb {
    /// For migrations, which are the driver's of PostgreSQL.
    pub(super) options: SqliteConnectOptions,
    pub(super) writer: Writer,
    pub(super) readers: Readers,
}

impl SqliteDb {
    pub(super) fn open(url: &str, readers: u32, create: bool) -> Result<Self, StoreError> {
        let options: SqliteConnectOptions = url.parse().map_err(StoreError::from)?;
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(StoreError::Unavailable("a database in memory would not be durable".into()));
        }
        if create {
            create_private(options.get_filename())?;
        }
        let options = options
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        let file = options.get_filename().to_owned();
        let writer = Writer::start(file.clone())?;
        let most = usize::try_from(readers).unwrap_or(READERS).clamp(1, READERS);
        let readers = Readers::open(file, most)?;
        Ok(Self { options, writer, readers })
    }

    /// Runs a unit that only reads, on one snapshot.
    pub(super) async fn read<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send,
        T: Send,
        E: From<StoreError> + Send,
    {
        let mut reader = self.readers.take().await?;
        lite::control(&reader.connection, "BEGIN")?;
        let result = unit(&mut Tx::sqlite(&mut reader.connection, Mode::Snapshot)).await;
        lite::control(&reader.connection, "ROLLBACK")?;
        reader.give_back();
        result
    }

    /// Runs a unit of one SELECT, without a transaction around it.
    pub(super) async fn read_one<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send,
        T: Send,
        E: From<StoreError> + Send,
    {
        let mut reader = self.readers.take().await?;
        let mut tx = Tx::sqlite(&mut reader.connection, Mode::Single);
        let result = unit(&mut tx).await;
        if !tx.progress.failed {
            reader.give_back();
        }
        result
    }
}

/// Creates the file if it is missing, so that nobody but its owner can ever read it.
fn create_private(path: &std::path::Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::Unavailable(format!("creating the file: {}", error.kind()).into())),
    }
}
