//! What can go wrong between us and the database.
//!
//! These texts reach the log. They hold no connection address, no password and no bound value: what
//! the driver says is cut down to its code and its first line.

use std::borrow::Cow;

use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;

/// Why the store could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database can't be reached, is locked, full or too slow: the same thing may work later.
    #[error("the database is unavailable: {0}")]
    Unavailable(Cow<'static, str>),
    /// Too many units wait to be written; nothing of this one was done.
    #[error("too many writes are waiting")]
    Busy,
    /// A row with the same key is there already.
    #[error("a row conflicts with {constraint}")]
    Conflict {
        /// The constraint's name as PostgreSQL names it by default: `users_pkey`,
        /// `users_tenant_email_key`. SQLite says only table and columns; the name is made from them.
        constraint: String,
    },
    /// What the database holds contradicts itself, or what this version of the program expects.
    #[error("the database contradicts itself: {what}")]
    Corrupt {
        /// What was read, and what is wrong with it; never the value itself.
        what: Cow<'static, str>,
    },
    /// The database refused a statement.
    #[error("the database refused: {0}")]
    Database(Cow<'static, str>),
}

impl StoreError {
    /// A row, or its absence, that must not be.
    pub fn corrupt(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Corrupt { what: what.into() }
    }

    /// A unit went on after one of its statements had failed. PostgreSQL would turn its COMMIT into a
    /// ROLLBACK without saying so; neither database may answer "done".
    pub(super) const fn went_on() -> Self {
        Self::Database(Cow::Borrowed("a unit went on after a failed statement; nothing of it was kept"))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match error {
            E::Database(refusal) => refused(refusal.as_ref()),
            // The text of a wrong address may repeat the address.
            E::Configuration(_) => Self::Unavailable("the address of the database is not valid".into()),
            E::Io(error) => Self::Unavailable(format!("connection: {}", error.kind()).into()),
            E::Tls(_) => Self::Unavailable("no TLS connection could be made".into()),
            E::PoolTimedOut => Self::Unavailable("no connection became free in time".into()),
            E::PoolClosed | E::WorkerCrashed => Self::Unavailable("the connection is closed".into()),
            E::BeginFailed => Self::Unavailable("no transaction could be begun".into()),
            E::RowNotFound => Self::corrupt("a row that must be there is missing"),
            E::ColumnDecode { index, source } => Self::corrupt(format!("column {index}: {source}")),
            E::ColumnNotFound(name) => Self::corrupt(format!("column {name} is missing")),
            E::Migrate(error) => (*error).into(),
            other => Self::Database(other.to_string().into()),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match error {
            E::SqliteFailure(code, message) => {
                refused_by_sqlite(code.extended_code, message.as_deref().unwrap_or_default())
            }
            E::QueryReturnedNoRows => Self::corrupt("a row that must be there is missing"),
            E::InvalidColumnName(name) => Self::corrupt(format!("column {name} is missing")),
            E::InvalidColumnType(_, name, is) => Self::corrupt(format!("column {name}: it is {is}")),
            E::FromSqlConversionFailure(index, ..) | E::IntegralValueOutOfRange(index, _) => {
                Self::corrupt(format!("column {index} cannot be read"))
            }
            E::InvalidPath(_) => Self::Unavailable("the path of the database is not valid".into()),
            other => Self::Database(first_line(&other.to_string()).to_owned().into()),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError as M;
        match error {
            M::Execute(error) => error.into(),
            M::ExecuteMigration(error, version) => match Self::from(error) {
                Self::Unavailable(why) => Self::Unavailable(why),
                why => Self::Database(format!("migration {version}: {why}").into()),
            },
            other => Self::Database(format!("migration: {other}").into()),
        }
    }
}

/// Whether the same unit, run again, may succeed: a serialization failure or a deadlock.
pub(super) fn is_retryable(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    matches!(code.as_deref(), Some("40001" | "40P01"))
}

fn refused(error: &dyn DatabaseError) -> StoreError {
    if let Some(refusal) = error.try_downcast_ref::<PgDatabaseError>() {
        return refused_by_postgres(refusal);
    }
    let code = error.code().unwrap_or_default().parse().unwrap_or_default();
    refused_by_sqlite(code, error.message())
}

fn refused_by_postgres(error: &PgDatabaseError) -> StoreError {
    let code = error.code();
    match code {
        "23505" => StoreError::Conflict { constraint: error.constraint().unwrap_or_default().to_owned() },
        // 08: connection; 53: resources; 57P: shut down; 57014 and 55P03: took too long;
        // 40: the retries are used up; 28: refused at the door; 3D000: no such database.
        "57014" | "55P03" | "3D000" => unavailable(code, error.message()),
        _ if ["08", "28", "40", "53", "57P"].iter().any(|class| code.starts_with(class)) => {
            unavailable(code, error.message())
        }
        "XX001" | "XX002" => StoreError::corrupt(format!("{code} {}", first_line(error.message()))),
        _ => StoreError::Database(format!("{code} {}", first_line(error.message())).into()),
    }
}

/// By SQLite's extended result code.
fn refused_by_sqlite(code: i32, message: &str) -> StoreError {
    let message = first_line(message);
    if let SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE = code {
        let primary = code == SQLITE_CONSTRAINT_PRIMARYKEY;
        return StoreError::Conflict { constraint: constraint_name(message, primary) };
    }
    // The low byte is the primary result code: BUSY, LOCKED, NOMEM, INTERRUPT, IOERR, FULL, CANTOPEN.
    match code & 0xff {
        5 | 6 | 7 | 9 | 10 | 13 | 14 => unavailable(&code.to_string(), message),
        11 | 26 => StoreError::corrupt(format!("{code} {message}")),
        _ => StoreError::Database(format!("{code} {message}").into()),
    }
}

fn unavailable(code: &str, message: &str) -> StoreError {
    StoreError::Unavailable(format!("{code} {}", first_line(message)).into())
}

/// "UNIQUE constraint failed: users.tenant, users.email" → "users_tenant_email_key".
fn constraint_name(message: &str, primary: bool) -> String {
    let Some((_, columns)) = message.split_once("failed: ") else { return String::new() };
    if let Some(index) = columns.strip_prefix("index ") {
        return index.trim_matches('\'').to_owned();
    }
    let table = columns.split('.').next().unwrap_or_default();
    if primary {
        return format!("{table}_pkey");
    }
    let names = columns.split(", ").filter_map(|column| column.split('.').nth(1));
    let mut name = table.to_owned();
    for column in names.chain(["key"]) {
        name.push('_');
        name.push_str(column);
    }
    name
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_conflicts_get_the_name_that_postgres_gives() {
        let unique = "UNIQUE constraint failed: users.tenant, users.email";
        assert_eq!(constraint_name(unique, false), "users_tenant_email_key");
        assert_eq!(constraint_name("UNIQUE constraint failed: users.id", true), "users_pkey");
        assert_eq!(constraint_name("UNIQUE constraint failed: index 'users_lower'", false), "users_lower");
    }

    #[test]
    fn a_wrong_address_is_not_repeated() {
        let source = "postgres://me:hunter2@host is wrong".into();
        let error = StoreError::from(sqlx::Error::Configuration(source));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
