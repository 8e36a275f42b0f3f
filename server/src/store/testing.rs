//! Databases for tests: each test gets its own, on both systems.

use std::cell::Cell;

use futures_util::future::BoxFuture;
use rusqlite::{Statement, StatementStatus};
use secrecy::SecretString;
use tempfile::TempDir;

use super::db::{Db, DbSettings};
use super::{StoreError, Tx};

/// A database that is gone when the test ends.
pub(crate) struct TestDb {
    pub(crate) db: Db,
    /// Which one it is, for the messages of failing assertions.
    pub(crate) name: &'static str,
    _directory: Option<TempDir>,
}

/// One empty database on SQLite and one on PostgreSQL.
pub(crate) async fn empty() -> [TestDb; 2] {
    [sqlite().await, postgres(&countersign_test_postgres::fresh_database()).await]
}

/// The same with the tables in place. PostgreSQL is migrated once a process, and copied.
pub(crate) async fn migrated() -> [TestDb; 2] {
    let sqlite = sqlite().await;
    sqlite.db.migrate().await.unwrap();
    let url = countersign_test_postgres::database_like("migrated", |url| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let template = postgres(url).await;
            template.db.migrate().await.unwrap();
            template.db.close().await;
        });
    });
    [sqlite, postgres(&url).await]
}

/// An empty SQLite file.
pub(crate) async fn sqlite() -> TestDb {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("test.db").display());
    let db = Db::open_or_create(&settings(&url)).await.unwrap();
    TestDb { db, name: "sqlite", _directory: Some(directory) }
}

/// The PostgreSQL database at `url`.
pub(crate) async fn postgres(url: &str) -> TestDb {
    TestDb { db: Db::open(&settings(url)).await.unwrap(), name: "postgres", _directory: None }
}

fn settings(url: &str) -> DbSettings {
    DbSettings { url: SecretString::from(url.to_owned()), max_connections: 8 }
}

thread_local! {
    static STEPS: Cell<i64> = const { Cell::new(0) };
}

/// Counts the steps that a statement took on SQLite, on this thread.
pub(crate) fn note_work(statement: &Statement<'_>) {
    let steps = statement.reset_status(StatementStatus::VmStep);
    STEPS.set(STEPS.get() + i64::from(steps));
}

/// What a read costs: on SQLite the steps of its machine, on PostgreSQL the rows that were looked at.
pub(crate) async fn cost<F>(on: &TestDb, unit: F) -> i64
where
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<(), StoreError>> + Send + 'static,
{
    let work = on.db.read(move |tx| {
        Box::pin(async move {
            let before = work_so_far(tx).await?;
            unit(tx).await?;
            Ok::<_, StoreError>(work_so_far(tx).await? - before)
        })
    });
    work.await.unwrap()
}

async fn work_so_far(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    if tx.is_sqlite() {
        return Ok(STEPS.get());
    }
    let sql = "SELECT COALESCE(SUM(seq_tup_read + COALESCE(idx_tup_fetch, 0)), 0)::BIGINT \
               FROM pg_stat_xact_user_tables";
    let (rows,): (i64,) = tx.query(sql).fetch_one().await?;
    Ok(rows)
}
