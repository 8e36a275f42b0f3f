//! The connections that read SQLite.
//!
//! Not sqlx's pool: it pings each connection that is given back, on a task of its own, which costs more
//! than the read did. A connection that was not given back, because its read was dropped or failed, is
//! closed, and another one opened when it is needed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::db::PATIENCE;
use super::error::StoreError;

/// The connections that read; clones share them.
#[derive(Clone)]
pub(super) struct Readers {
    shared: Arc<Shared>,
}

struct Shared {
    options: SqliteConnectOptions,
    idle: Mutex<Vec<SqliteConnection>>,
    places: Arc<Semaphore>,
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Readers {
    /// At most `most` connections, none of which can write. The first is opened at once.
    pub(super) async fn open(options: SqliteConnectOptions, most: usize) -> Result<Self, StoreError> {
        // Half a MiB each: what they read is small, and behind them is the kernel's own cache.
        let options = options.pragma("query_only", "ON").pragma("cache_size", "-512");
        let first = options.connect().await.map_err(StoreError::from)?;
        let (idle, places) = (Mutex::new(vec![first]), Arc::new(Semaphore::new(most)));
        Ok(Self { shared: Arc::new(Shared { options, idle, places }) })
    }

    /// A connection, as soon as one is free.
    pub(super) async fn take(&self) -> Result<Reader, StoreError> {
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.shared.places).acquire_owned()).await;
        let place = place
            .map_err(|_| StoreError::Unavailable("no connection became free in time".into()))?
            .map_err(|_| StoreError::Unavailable("the database is closed".into()))?;
        let idle = self.shared.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.shared.options.connect().await.map_err(StoreError::from)?,
        };
        Ok(Reader { connection, home: Arc::clone(&self.shared), _place: place })
    }

    /// Closes the idle connections; one that is in use is closed when its read ends.
    pub(super) async fn close(&self) {
        self.shared.places.close();
        let idle = std::mem::take(&mut *self.shared.idle());
        for connection in idle {
            // What was read is answered; there is nothing to lose.
            let _closed = connection.close().await;
        }
    }
}

/// A connection that is in use.
pub(super) struct Reader {
    pub(super) connection: SqliteConnection,
    home: Arc<Shared>,
    _place: OwnedSemaphorePermit,
}

impl Reader {
    /// Gives the connection back, after a read that came to its end.
    pub(super) fn give_back(self) {
        if !self.home.places.is_closed() {
            self.home.idle().push(self.connection);
        }
    }
}
