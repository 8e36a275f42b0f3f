//! The database: SQLite in a file, or PostgreSQL.
//!
//! A use case hands over one **unit** of work and gets its result once the commit is durable:
//!
//! ```ignore
//! let won: bool = db
//!     .write_with((id, now), |(id, now), tx| {
//!         Box::pin(async move {
//!             let changed = tx
//!                 .query("UPDATE logins SET state = 'approved' WHERE id = $1 AND expires_at > $2")
//!                 .bind(id)
//!                 .bind(now)
//!                 .execute()
//!                 .await?;
//!             Ok::<_, StoreError>(changed == 1)
//!         })
//!     })
//!     .await?;
//! ```
//!
//! [`Db::write_with`] lends the unit its input, so nothing is cloned; [`Db::write`] takes a closure that
//! clones what it captured. Both may run the unit **more than once** (a group of commits that is taken
//! apart on SQLite, a serialization failure on PostgreSQL): a unit awaits nothing but its statements
//! and has no other effects. `Err` and a panic roll back. A failed statement ends the unit, even if it
//! goes on and returns `Ok`.
//!
//! A caller that is dropped while it waits: on SQLite its unit runs all the same, on PostgreSQL it is
//! rolled back unless its COMMIT was sent.

use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};
use sqlx::migrate::Migrator;
use sqlx::{ConnectOptions, Connection};

use super::error::StoreError;
use super::postgres::PostgresDb;
use super::query::Tx;
use super::sqlite::SqliteDb;
use super::writer::{Unit, With};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a statement, or the wait for a lock or a connection, may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Prepared statements kept for each connection: more than there are statements.
pub(super) const STATEMENTS: usize = 512;

/// Where the database is.
#[derive(Clone, Debug)]
pub struct DbSettings {
    /// `sqlite:PATH` or `postgres://…`; it may hold a password.
    pub url: SecretString,
    /// Connections to PostgreSQL at most; on SQLite, connections that read, of which there are four at most.
    pub max_connections: u32,
}

/// A handle on the database; clones share it.
#[derive(Clone)]
pub enum Db {
    /// SQLite, in a file.
    Sqlite(SqliteDb),
    /// PostgreSQL.
    Postgres(PostgresDb),
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_sqlite() { "Db::Sqlite" } else { "Db::Postgres" })
    }
}

impl Db {
    /// Opens a database that is there.
    pub async fn open(settings: &DbSettings) -> Result<Self, StoreError> {
        Self::connect(settings, false).await
    }

    /// Opens a database; an SQLite file that is missing is created, for its owner alone.
    pub async fn open_or_create(settings: &DbSettings) -> Result<Self, StoreError> {
        Self::connect(settings, true).await
    }

    async fn connect(settings: &DbSettings, create: bool) -> Result<Self, StoreError> {
        let url = settings.url.expose_secret();
        if url.starts_with("sqlite:") {
            SqliteDb::open(url, settings.max_connections, create).map(Self::Sqlite)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            PostgresDb::open(url, settings.max_connections).await.map(Self::Postgres)
        } else {
            Err(StoreError::Unavailable("the address must begin with sqlite: or postgres:".into()))
        }
    }

    /// Whether this is SQLite; otherwise it is PostgreSQL.
    #[must_use]
    pub const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Brings the tables up to what this version of the program expects. Two at once do not collide.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => {
                let mut connection = db.options.connect().await?;
                // The driver takes no lock on SQLite; this transaction is one, and all-or-nothing.
                let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
                SQLITE_MIGRATIONS.run(&mut *tx).await?;
                tx.commit().await?;
                Ok(connection.close().await?)
            }
            Self::Postgres(db) => {
                // A migration may take longer than a statement of every day.
                let options = db.options.clone().options([("statement_timeout", "0")]);
                let mut connection = options.connect().await?;
                POSTGRES_MIGRATIONS.run(&mut connection).await?;
                Ok(connection.close().await?)
            }
        }
    }

    /// Whether [`migrate`](Self::migrate) would have something to do.
    pub async fn pending_migrations(&self) -> Result<bool, StoreError> {
        let known = if self.is_sqlite() { &SQLITE_MIGRATIONS } else { &POSTGRES_MIGRATIONS };
        let applied = self.read(|tx| Box::pin(applied_migrations(tx))).await?;
        let mut up = known.iter().filter(|migration| !migration.migration_type.is_down_migration());
        Ok(up.any(|migration| !applied.contains(&migration.version)))
    }

    /// Runs a unit in a transaction; returns once its commit is durable.
    pub async fn write<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: for<'t, 'c> Fn(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.run(unit).await
    }

    /// Like [`write`](Self::write), for a unit that borrows `input` instead of cloning captures.
    pub async fn write_with<I, T, E, F>(&self, input: I, unit: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        F: for<'t, 'c> Fn(&'t I, &'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.run(With { input, unit }).await
    }

    async fn run<T, E>(&self, unit: impl Unit<T, E>) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match self {
            Self::Sqlite(db) => db.writer.write(unit).await,
            // Boxed, here and below: to wait in sqlx's pool takes 4 KiB, which requests on SQLite need not
            // carry along.
            Self::Postgres(db) => Box::pin(db.write(unit)).await,
        }
    }

    /// Runs a unit that only reads; all its statements see the same state.
    pub async fn read<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send,
        T: Send,
        E: From<StoreError> + Send,
    {
        match self {
            Self::Sqlite(db) => db.read(unit).await,
            Self::Postgres(db) => Box::pin(db.read(unit)).await,
        }
    }

    /// Runs a unit of one `SELECT`, without a transaction around it: the cheap way to read.
    pub async fn read_one<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send,
        T: Send,
        E: From<StoreError> + Send,
    {
        match self {
            Self::Sqlite(db) => db.read_one(unit).await,
            Self::Postgres(db) => Box::pin(db.read_one(unit)).await,
        }
    }

    /// Lets what is queued finish, and closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(db) => {
                // The writer last: the last connection to go tidies the file up.
                db.readers.close();
                db.writer.close().await;
            }
            Self::Postgres(db) => db.pool.close().await,
        }
    }
}

async fn applied_migrations(tx: &mut Tx<'_>) -> Result<Vec<i64>, StoreError> {
    let is_there = if tx.is_sqlite() {
        "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'"
    } else {
        "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')"
    };
    let (tables,) = tx.query(is_there).fetch_one::<(i64,)>().await?;
    if tables == 0 {
        return Ok(Vec::new());
    }
    let rows = tx.query("SELECT version FROM _sqlx_migrations WHERE success").fetch_all::<(i64,)>().await?;
    Ok(rows.into_iter().map(|(version,)| version).collect())
}

#[cfg(test)]
mod tests;
