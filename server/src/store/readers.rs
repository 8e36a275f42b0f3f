//! The connections that read SQLite.
//!
//! A connection that was not given back, because its read was dropped or failed, is closed, and another one
//! opened when it is needed.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::db::PATIENCE;
use super::error::StoreError;
use super::lite;

/// The connections that read; clones share them.
#[derive(Clone)]
pub(super) struct Readers {
    shared: Arc<Shared>,
}

struct Shared {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
    places: Arc<Semaphore>,
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Readers {
    /// At most `most` connections, none of which can write. The first is opened at once.
    pub(super) fn open(file: PathBuf, most: usize) -> Result<Self, StoreError> {
        let first = lite::open_to_read(&file)?;
        let (idle, places) = (Mutex::new(vec![first]), Arc::new(Semaphore::new(most)));
        Ok(Self { shared: Arc::new(Shared { file, idle, places }) })
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
            None => lite::open_to_read(&self.shared.file)?,
        };
        Ok(Reader { connection, home: Arc::clone(&self.shared), _place: place })
    }

    /// Closes the idle connections; one that is in use is closed when its read ends.
    pub(super) fn close(&self) {
        self.shared.places.close();
        self.shared.idle().clear();
    }
}

/// A connection that is in use.
pub(super) struct Reader {
    pub(super) connection: Connection,
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
