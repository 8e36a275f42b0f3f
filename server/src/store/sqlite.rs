//! SQLite: WAL, durable commits, one connection that writes and a few that read.

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::db::{PATIENCE, STATEMENTS};
use super::error::StoreError;
use super::writer::Writer;

/// SQLite: one connection that writes, a few that read.
#[derive(Clone)]
pub struct SqliteDb {
    pub(super) options: SqliteConnectOptions,
    pub(super) writer: Writer,
    pub(super) readers: SqlitePool,
}

impl SqliteDb {
    pub(super) async fn open(url: &str, readers: u32, create: bool) -> Result<Self, StoreError> {
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
            .busy_timeout(PATIENCE)
            .statement_cache_capacity(STATEMENTS);
        let writer = Writer::start(options.clone()).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(readers.max(1))
            .min_connections(1)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone().pragma("query_only", "ON"))
            .await?;
        Ok(Self { options, writer, readers })
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
