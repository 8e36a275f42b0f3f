//! SQLite itself: connections, and statements that are done when the function returns.

use std::path::Path;

use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{CachedStatement, Connection, Error, OpenFlags, Result, ToSql};
use sqlx::error::BoxDynError;

use super::db::{PATIENCE, STATEMENTS};
use super::error::StoreError;
use super::record::FromSqlite;

/// The values of a statement's placeholders, `$1` first.
#[derive(Default)]
pub(super) struct Values(Vec<Value>);

impl Values {
    /// Adds the next one.
    pub(super) fn add(&mut self, value: &impl ToSql) -> std::result::Result<(), BoxDynError> {
        let value = match value.to_sql()? {
            ToSqlOutput::Owned(value) => value,
            ToSqlOutput::Borrowed(borrowed) => Value::try_from(borrowed)?,
            _ => return Err("a value that no column can hold".into()),
        };
        self.0.push(value);
        Ok(())
    }
}

/// A connection that writes durably.
pub(super) fn open_to_write(file: &Path) -> std::result::Result<Connection, StoreError> {
    Ok(open(file)?)
}

/// A connection that cannot write.
pub(super) fn open_to_read(file: &Path) -> std::result::Result<Connection, StoreError> {
    let connection = open(file)?;
    connection.pragma_update(None, "query_only", true)?;
    // Half a MiB: what is read is small, and behind it is the kernel's own cache.
    connection.pragma_update(None, "cache_size", -512)?;
    Ok(connection)
}

fn open(file: &Path) -> Result<Connection> {
    // No mutex: a connection is only ever used by whoever holds it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Runs a transaction's own statement.
pub(super) fn control(connection: &Connection, sql: &'static str) -> std::result::Result<(), StoreError> {
    connection.prepare_cached(sql)?.raw_execute()?;
    Ok(())
}

/// Runs a statement; the number of rows that it changed.
pub(super) fn execute(connection: &Connection, sql: &str, values: &Values) -> Result<u64> {
    let changed = prepare(connection, sql, values)?.raw_execute()?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

/// The first row, if there is one.
pub(super) fn fetch_optional<R: FromSqlite>(
    connection: &Connection,
    sql: &str,
    values: &Values,
) -> Result<Option<R>> {
    let mut statement = prepare(connection, sql, values)?;
    let row = statement.raw_query().next()?.map(R::from_sqlite).transpose();
    #[cfg(test)]
    super::testing::note_work(&statement);
    row
}

/// The first row, which must be there.
pub(super) fn fetch_one<R: FromSqlite>(connection: &Connection, sql: &str, values: &Values) -> Result<R> {
    fetch_optional(connection, sql, values)?.ok_or(Error::QueryReturnedNoRows)
}

/// Every row.
pub(super) fn fetch_all<R: FromSqlite>(
    connection: &Connection,
    sql: &str,
    values: &Values,
) -> Result<Vec<R>> {
    let mut statement = prepare(connection, sql, values)?;
    let mut rows = statement.raw_query();
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(R::from_sqlite(row)?);
    }
    drop(rows);
    #[cfg(test)]
    super::testing::note_work(&statement);
    Ok(all)
}

/// SQLite numbers placeholders in the order in which they stand in the text; `$2` is to be the second value
/// wherever it stands.
fn prepare<'c>(connection: &'c Connection, sql: &str, values: &Values) -> Result<CachedStatement<'c>> {
    let mut statement = connection.prepare_cached(sql)?;
    for place in 1..=statement.parameter_count() {
        let name = statement.parameter_name(place).and_then(|name| name.get(1..));
        let number: Option<usize> = name.and_then(|number| number.parse().ok());
        let value = number.and_then(|number| values.0.get(number.checked_sub(1)?));
        let value = value.ok_or(Error::InvalidParameterCount(values.0.len(), place))?;
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(statement)
}
