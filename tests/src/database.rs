//! The two databases: every story is told on both.

use std::path::Path;

use countersign_server::store::{Db, DbSettings};
use secrecy::SecretString;

/// Which database a story is told on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// SQLite, in a folder that goes with the world.
    Sqlite,
    /// PostgreSQL, a database of its own in the throw-away cluster.
    Postgres,
}

impl On {
    /// The address of a new database with its tables. `folder` is where SQLite's file goes.
    ///
    /// # Panics
    /// When it cannot be had.
    pub async fn new_database(self, folder: &Path) -> String {
        match self {
            Self::Sqlite => {
                let url = format!("sqlite:{}", folder.join("world.db").display());
                let db = Db::open_or_create(&settings(&url)).await.unwrap();
                db.migrate().await.unwrap();
                db.close().await;
                url
            }
            // The copy is made by a program that is waited for: not on the runtime's own threads.
            Self::Postgres => tokio::task::spawn_blocking(copy_of_migrated).await.unwrap(),
        }
    }
}

/// PostgreSQL is migrated once a process, and copied.
fn copy_of_migrated() -> String {
    countersign_test_postgres::database_like("migrated", |url| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let db = Db::open(&settings(url)).await.unwrap();
            db.migrate().await.unwrap();
            db.close().await;
        });
    })
}

/// How a test opens the database at `url`.
#[must_use]
pub fn settings(url: &str) -> DbSettings {
    DbSettings { url: SecretString::from(url.to_owned()), max_connections: 8 }
}
