//! One SQL text for both databases.
//!
//! `$1` placeholders work in SQLite and PostgreSQL, and a [`Record`] is read from either. Where the two
//! truly differ, ask [`Tx::is_sqlite`] inside one function.
//!
//! A statement on SQLite is run where the unit runs, and is done before its future is first awaited: to
//! hand it to another thread would take longer than SQLite does.
//!
//! ```ignore
//! let won = tx
//!     .query("UPDATE logins SET state = 'approved' WHERE id = $1 AND state = 'pending'")
//!     .bind(id)
//!     .execute()
//!     .await?
//!     == 1;
//! ```

use rusqlite::ToSql;
use sqlx::error::BoxDynError;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, Encode, PgConnection, Postgres, Type};

use super::error::{StoreError, is_retryable};
use super::lite;
use super::record::Record;

/// A value that both databases can be given.
pub trait Value<'q>: ToSql + Encode<'q, Postgres> + Type<Postgres> {}

impl<'q, T> Value<'q> for T where T: ToSql + Encode<'q, Postgres> + Type<Postgres> {}

/// What a unit may do with its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Read and write, inside a transaction.
    Write,
    /// Read, inside a transaction: every statement sees the same state.
    Snapshot,
    /// Read by a single statement, without a transaction.
    Single,
}

/// What became of the statements so far.
#[derive(Debug)]
pub(super) struct Progress {
    mode: Mode,
    asked: bool,
    /// A statement failed. The transaction may be gone already: nothing more may run in it.
    pub(super) failed: bool,
    /// The failure was a serialization failure or a deadlock.
    pub(super) retryable: bool,
    /// Something may have been changed.
    pub(super) touched: bool,
}

/// A unit's hold on the database, for as long as the unit runs.
pub struct Tx<'c> {
    connection: Connection<'c>,
    pub(super) progress: Progress,
}

enum Connection<'c> {
    Sqlite(&'c mut rusqlite::Connection),
    Postgres(&'c mut PgConnection),
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Tx").field(&self.progress).finish()
    }
}

impl<'c> Tx<'c> {
    pub(super) const fn sqlite(connection: &'c mut rusqlite::Connection, mode: Mode) -> Self {
        Self { connection: Connection::Sqlite(connection), progress: Progress::new(mode) }
    }

    pub(super) const fn postgres(connection: &'c mut PgConnection, mode: Mode) -> Self {
        Self { connection: Connection::Postgres(connection), progress: Progress::new(mode) }
    }

    /// Whether this is SQLite; otherwise it is PostgreSQL.
    #[must_use]
    pub const fn is_sqlite(&self) -> bool {
        matches!(self.connection, Connection::Sqlite(_))
    }

    /// A statement, to be bound and run. Once one has failed, the unit is over: every further one
    /// fails too, and nothing of the unit is kept, as PostgreSQL has it.
    pub fn query(&mut self, sql: &'static str) -> Query<'_> {
        let arguments = match &mut self.connection {
            Connection::Sqlite(connection) => Bound::Sqlite(connection, lite::Values::default()),
            Connection::Postgres(connection) => Bound::Postgres(connection, PgArguments::default()),
        };
        Query { sql, bound: arguments, progress: &mut self.progress, refused: None }
    }
}

impl Progress {
    const fn new(mode: Mode) -> Self {
        Self { mode, asked: false, failed: false, retryable: false, touched: false }
    }

    /// Whether a statement may be run now.
    fn admit(&mut self, sql: &str) -> Result<(), StoreError> {
        if self.failed {
            return Err(StoreError::went_on());
        }
        let reads = starts_with_word(sql, "SELECT") || starts_with_word(sql, "WITH");
        if self.mode == Mode::Single && (self.asked || !reads) {
            self.failed = true;
            return Err(StoreError::Database("outside a transaction, one SELECT is all there is".into()));
        }
        self.asked = true;
        Ok(())
    }

    fn note<T>(&mut self, result: Result<T, Failure>) -> Result<T, StoreError> {
        result.map_err(|Failure { error, retryable }| {
            self.failed = true;
            self.retryable = retryable;
            error
        })
    }
}

/// A statement that failed.
struct Failure {
    error: StoreError,
    retryable: bool,
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self { retryable: is_retryable(&error), error: error.into() }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self { retryable: false, error: error.into() }
    }
}

/// A statement and the values bound to it.
#[must_use = "a query does nothing until it is executed or fetched"]
pub struct Query<'t> {
    sql: &'static str,
    bound: Bound<'t>,
    progress: &'t mut Progress,
    refused: Option<BoxDynError>,
}

enum Bound<'t> {
    Sqlite(&'t mut rusqlite::Connection, lite::Values),
    Postgres(&'t mut PgConnection, PgArguments),
}

impl std::fmt::Debug for Query<'_> {
    /// Bound values stay out of the log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Query").field(&self.sql).finish()
    }
}

/// Runs `$method` of the driver's own on the driver's own connection.
macro_rules! run {
    ($query:expr, $method:ident) => {{
        let Query { sql, bound, progress, refused } = $query;
        progress.admit(sql)?;
        if let Some(error) = refused {
            return progress.note(Err(sqlx::Error::Encode(error).into()));
        }
        let result = match bound {
            Bound::Sqlite(connection, values) => {
                lite::$method(connection, sql, &values).map_err(Failure::from)
            }
            Bound::Postgres(connection, arguments) => {
                sqlx::query_as_with(sql, arguments).$method(connection).await.map_err(Failure::from)
            }
        };
        progress.touched |= !starts_with_word(sql, "SELECT");
        progress.note(result)
    }};
}

impl Query<'_> {
    /// Binds the next placeholder.
    pub fn bind<'q, T: Value<'q>>(mut self, value: T) -> Self {
        let added = match &mut self.bound {
            Bound::Sqlite(_, values) => values.add(&value),
            Bound::Postgres(_, arguments) => Arguments::add(arguments, value),
        };
        if let Err(error) = added {
            self.refused.get_or_insert(error);
        }
        self
    }

    /// Runs the statement; the number of rows that it changed.
    pub async fn execute(self) -> Result<u64, StoreError> {
        let Query { sql, bound, progress, refused } = self;
        progress.admit(sql)?;
        if let Some(error) = refused {
            return progress.note(Err(sqlx::Error::Encode(error).into()));
        }
        let result = match bound {
            Bound::Sqlite(connection, values) => {
                lite::execute(connection, sql, &values).map_err(Failure::from)
            }
            Bound::Postgres(connection, arguments) => {
                let done = sqlx::query_with(sql, arguments).execute(connection).await;
                done.map(|done| done.rows_affected()).map_err(Failure::from)
            }
        };
        // A conditional UPDATE that found nothing has changed nothing, and needs no rollback.
        let changed_nothing = matches!(result, Ok(0)) && counts_changes(sql);
        progress.touched |= !changed_nothing;
        progress.note(result)
    }

    /// The first row, if there is one. For a statement that gives one row at most.
    pub async fn fetch_optional<R: Record>(self) -> Result<Option<R>, StoreError> {
        run!(self, fetch_optional)
    }

    /// The only row. That there is none is [`StoreError::Corrupt`].
    pub async fn fetch_one<R: Record>(self) -> Result<R, StoreError> {
        run!(self, fetch_one)
    }

    /// Every row. For a statement whose number of rows is bounded.
    pub async fn fetch_all<R: Record>(self) -> Result<Vec<R>, StoreError> {
        run!(self, fetch_all)
    }
}

/// Statements whose number of changed rows is their own, and not left over from the one before.
fn counts_changes(sql: &str) -> bool {
    ["UPDATE", "INSERT", "DELETE"].iter().any(|word| starts_with_word(sql, word))
}

fn starts_with_word(sql: &str, word: &str) -> bool {
    let start = sql.trim_start().as_bytes();
    start.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
}
