//! One SQL text for both databases.
//!
//! `$1` placeholders work in SQLite and PostgreSQL, and `#[derive(sqlx::FromRow)]` serves both. Where
//! the two truly differ, ask [`Tx::is_sqlite`] inside one function.
//!
//! ```ignore
//! let won = tx
//!     .query("UPDATE logins SET state = 'approved' WHERE id = $1 AND state = 'pending'")
//!     .bind(id)
//!     .execute()
//!     .await?
//!     == 1;
//! ```

use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::{Query as SqlxQuery, QueryAs};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, Encode, FromRow, PgConnection, Postgres, Sqlite, SqliteConnection, Type};

use super::error::{StoreError, is_retryable};

/// A value that both databases can be given.
pub trait Value<'q>: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}

impl<'q, T> Value<'q> for T where T: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}

/// What a row of either database can be read into.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<R> Record for R where R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

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
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Tx").field(&self.progress).finish()
    }
}

impl<'c> Tx<'c> {
    pub(super) const fn sqlite(connection: &'c mut SqliteConnection, mode: Mode) -> Self {
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
            Connection::Sqlite(connection) => Bound::Sqlite(connection, SqliteArguments::default()),
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

    fn note<T>(&mut self, result: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        result.map_err(|error| {
            self.failed = true;
            self.retryable = is_retryable(&error);
            error.into()
        })
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
    Sqlite(&'t mut SqliteConnection, SqliteArguments),
    Postgres(&'t mut PgConnection, PgArguments),
}

impl std::fmt::Debug for Query<'_> {
    /// Bound values stay out of the log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Query").field(&self.sql).finish()
    }
}

/// Runs `$method` of the driver's own query on the driver's own connection.
macro_rules! run {
    ($query:expr, $as_driver:path, $method:ident) => {{
        let Query { sql, bound, progress, refused } = $query;
        progress.admit(sql)?;
        if let Some(error) = refused {
            return progress.note(Err(sqlx::Error::Encode(error)));
        }
        let result = match bound {
            Bound::Sqlite(connection, arguments) => $as_driver(sql, arguments).$method(connection).await,
            Bound::Postgres(connection, arguments) => $as_driver(sql, arguments).$method(connection).await,
        };
        progress.touched |= !starts_with_word(sql, "SELECT");
        progress.note(result)
    }};
}

impl Query<'_> {
    /// Binds the next placeholder.
    pub fn bind<'q, T: Value<'q>>(mut self, value: T) -> Self {
        let added = match &mut self.bound {
            Bound::Sqlite(_, arguments) => Arguments::add(arguments, value),
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
            return progress.note(Err(sqlx::Error::Encode(error)));
        }
        let result = match bound {
            Bound::Sqlite(connection, arguments) => {
                let done = plain::<Sqlite, _>(sql, arguments).execute(connection).await;
                done.map(|done| done.rows_affected())
            }
            Bound::Postgres(connection, arguments) => {
                let done = plain::<Postgres, _>(sql, arguments).execute(connection).await;
                done.map(|done| done.rows_affected())
            }
        };
        // A conditional UPDATE that found nothing has changed nothing, and needs no rollback.
        let changed_nothing = matches!(result, Ok(0)) && counts_changes(sql);
        progress.touched |= !changed_nothing;
        progress.note(result)
    }

    /// The first row, if there is one. For a statement that gives one row at most.
    pub async fn fetch_optional<R: Record>(self) -> Result<Option<R>, StoreError> {
        run!(self, rows_as::<_, R, _>, fetch_optional)
    }

    /// The only row. That there is none is [`StoreError::Corrupt`].
    pub async fn fetch_one<R: Record>(self) -> Result<R, StoreError> {
        run!(self, rows_as::<_, R, _>, fetch_one)
    }

    /// Every row. For a statement whose number of rows is bounded.
    pub async fn fetch_all<R: Record>(self) -> Result<Vec<R>, StoreError> {
        run!(self, rows_as::<_, R, _>, fetch_all)
    }
}

fn plain<'q, DB, A>(sql: &'static str, arguments: A) -> SqlxQuery<'q, DB, A>
where
    DB: sqlx::Database,
    A: sqlx::IntoArguments<DB> + 'q,
{
    sqlx::query_with(sql, arguments)
}

fn rows_as<'q, DB, R, A>(sql: &'static str, arguments: A) -> QueryAs<'q, DB, R, A>
where
    DB: sqlx::Database,
    R: for<'r> FromRow<'r, DB::Row>,
    A: sqlx::IntoArguments<DB> + 'q,
{
    sqlx::query_as_with(sql, arguments)
}

/// Statements whose number of changed rows is their own, and not left over from the one before.
fn counts_changes(sql: &str) -> bool {
    ["UPDATE", "INSERT", "DELETE"].iter().any(|word| starts_with_word(sql, word))
}

fn starts_with_word(sql: &str, word: &str) -> bool {
    let start = sql.trim_start().as_bytes();
    start.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
}
