//! PostgreSQL: a pool; a unit is one transaction, run again where PostgreSQL asks for it.

use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgPool};

use super::db::{PATIENCE, STATEMENTS};
use super::error::StoreError;
use super::query::{Mode, Tx};
use super::writer::Unit;

/// How often a unit is run again after a serialization failure or a deadlock.
const RETRIES: u32 = 3;
/// A connection that idled this long is tested before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// PostgreSQL: a pool.
#[derive(Clone)]
pub struct PostgresDb {
    pub(super) options: PgConnectOptions,
    pub(super) pool: PgPool,
}

impl PostgresDb {
    pub(super) async fn open(url: &str, max_connections: u32) -> Result<Self, StoreError> {
        let patience = PATIENCE.as_millis().to_string();
        let options = url
            .parse::<PgConnectOptions>()
            .map_err(StoreError::from)?
            .application_name("countersign")
            .options([
                ("statement_timeout", patience.as_str()),
                // A node that hangs inside a transaction must not hold its rows for ever.
                ("idle_in_transaction_session_timeout", "10000"),
            ])
            .statement_cache_capacity(STATEMENTS);
        let pool = PgPoolOptions::new()
            .max_connections(max_connections.max(1))
            .min_connections(max_connections.clamp(1, 4))
            .acquire_timeout(PATIENCE)
            // A test before each use is a round trip; only a connection that idled may be stale.
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move { Ok(meta.idle_for < TRUSTED_IDLE || connection.ping().await.is_ok()) })
            })
            .connect_with(options.clone())
            .await?;
        Ok(Self { options, pool })
    }

    pub(super) async fn write<T, E>(&self, unit: impl Unit<T, E>) -> Result<T, E>
    where
        T: Send,
        E: From<StoreError> + Send,
    {
        let mut retries = 0;
        loop {
            match self.attempt(&unit).await {
                Attempt::Over(result) => return result,
                Attempt::Retry(error) if retries >= RETRIES => return Err(error),
                Attempt::Retry(_) => retries += 1,
            }
            tokio::time::sleep(Duration::from_millis(2 << retries)).await;
        }
    }

    /// Runs a unit that only reads, on one snapshot.
    pub(super) async fn read<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send,
        T: Send,
        E: From<StoreError> + Send,
    {
        let begin = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        let mut transaction = begin.await.map_err(StoreError::from)?;
        let result = unit(&mut Tx::postgres(&mut transaction, Mode::Snapshot)).await;
        transaction.rollback().await.map_err(StoreError::from)?;
        result
    }

    /// Runs a unit of one SELECT, without a transaction around it.
    pub(super) async fn read_one<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send,
        T: Send,
        E: From<StoreError> + Send,
    {
        let mut reader = self.pool.acquire().await.map_err(StoreError::from)?;
        unit(&mut Tx::postgres(&mut reader, Mode::Single)).await
    }

    async fn attempt<T, E: From<StoreError>>(&self, unit: &impl Unit<T, E>) -> Attempt<T, E> {
        let mut transaction = match self.pool.begin().await {
            Ok(transaction) => transaction,
            // Nothing was run yet, so a connection that turned out dead may be replaced.
            Err(error @ sqlx::Error::Io(_)) => return Attempt::Retry(StoreError::from(error).into()),
            Err(error) => return Attempt::Over(Err(StoreError::from(error).into())),
        };
        let mut tx = Tx::postgres(&mut transaction, Mode::Write);
        let result = unit.run(&mut tx).await;
        let (failed, retryable) = (tx.progress.failed, tx.progress.retryable);
        let value = match result {
            Ok(value) if !failed => value,
            result => {
                // If this fails the connection is gone, and the server rolls back.
                let _undone = transaction.rollback().await;
                let error = result.err().unwrap_or_else(|| StoreError::went_on().into());
                return if retryable { Attempt::Retry(error) } else { Attempt::Over(Err(error)) };
            }
        };
        match transaction.commit().await {
            Ok(()) => Attempt::Over(Ok(value)),
            Err(error) if super::error::is_retryable(&error) => {
                Attempt::Retry(StoreError::from(error).into())
            }
            Err(error) => Attempt::Over(Err(StoreError::from(error).into())),
        }
    }
}

enum Attempt<T, E> {
    Over(Result<T, E>),
    Retry(E),
}
