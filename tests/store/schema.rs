//! Both migration folders hold the same names, and give the same tables.

use std::collections::BTreeSet;
use std::path::Path;

use countersign_server::store::Db;
use countersign_tests::On;
use countersign_tests::database::settings;

fn names(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/migrations").join(folder);
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn both_folders_hold_the_same_names() {
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

/// Table, column, and whether it must have a value.
type Column = (String, String, bool);

const SQLITE_COLUMNS: &str = "SELECT m.name, c.name, c.\"notnull\" = 1 OR c.pk > 0 FROM sqlite_master m \
    JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE '\\_%' ESCAPE '\\' \
    AND m.name NOT LIKE 'sqlite%'";
const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text, is_nullable = 'NO' \
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'";

const SQLITE_INDEXES: &str = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";
/// Those that stand for a constraint have no name of their own on SQLite.
const POSTGRES_INDEXES: &str = "SELECT i.relname::text FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
    JOIN pg_namespace n ON n.oid = i.relnamespace WHERE n.nspname = 'public' \
    AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid)";

async fn open(on: On) -> (Db, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    (Db::open(&settings(&on.new_database(home.path()).await)).await.unwrap(), home)
}

async fn columns(on: On, sql: &'static str) -> BTreeSet<Column> {
    let (db, _home) = open(on).await;
    let rows = db.read(move |tx| Box::pin(tx.query(sql).fetch_all::<Column>())).await;
    rows.unwrap().into_iter().collect()
}

async fn indexes(on: On, sql: &'static str) -> BTreeSet<String> {
    let (db, _home) = open(on).await;
    let rows = db.read(move |tx| Box::pin(tx.query(sql).fetch_all::<(String,)>())).await;
    rows.unwrap().into_iter().map(|(name,)| name).collect()
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let (sqlite, postgres) =
        (columns(On::Sqlite, SQLITE_COLUMNS).await, columns(On::Postgres, POSTGRES_COLUMNS).await);
    assert!(sqlite.len() > 50, "{sqlite:?}");
    assert_eq!(sqlite.difference(&postgres).collect::<Vec<_>>(), Vec::<&Column>::new(), "only on SQLite");
    assert_eq!(postgres.difference(&sqlite).collect::<Vec<_>>(), Vec::<&Column>::new(), "only on PostgreSQL");
}

#[tokio::test]
async fn both_databases_have_the_same_indexes() {
    let (sqlite, postgres) =
        (indexes(On::Sqlite, SQLITE_INDEXES).await, indexes(On::Postgres, POSTGRES_INDEXES).await);
    assert!(sqlite.contains("logins_open"), "{sqlite:?}");
    assert_eq!(sqlite, postgres);
}
