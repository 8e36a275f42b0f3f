//! Recoveries: links that were mailed, and what became of them. Every change is bound to the address that the
//! link went to: should the user's address change, it is over.

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::{bytes, corrupt, time};
use super::{StoreError, Tx};
use crate::domain::recovery::{QUIET_AFTER_STOP, RecoveryState};

/// A recovery.
#[derive(Clone)]
pub struct Recovery {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// Its state as last written.
    pub state: RecoveryState,
    /// To which address the link went, in the form of [`crate::domain::user::email_key`].
    pub email_key: String,
    /// SHA-256 of the secret in the link.
    pub link_hash: Digest,
    /// SHA-256 of the secret in the cookie of the browser that asked.
    pub browser_hash: Digest,
    /// SHA-256 of the secret in the link that stops it, once it waits.
    pub stop_hash: Option<Digest>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the waiting time is over, once it waits.
    pub ripe_at: Option<Timestamp>,
    /// When it is of no use any more.
    pub expires_at: Timestamp,
}

record! {
    struct Row {
        id: Uuid,
        user_id: Uuid,
        state: String,
        email_key: String,
        link_hash: Vec<u8>,
        browser_hash: Vec<u8>,
        stop_hash: Option<Vec<u8>>,
        created_at: i64,
        ripe_at: Option<i64>,
        expires_at: i64,
    }
}

impl Row {
    fn read(self) -> Result<Recovery, StoreError> {
        let stop_hash = self.stop_hash.as_deref().map(|hash| bytes(hash, "recoveries.stop_hash"));
        Ok(Recovery {
            id: self.id,
            user: UserId(self.user_id),
            state: RecoveryState::parse(&self.state).ok_or(corrupt("recoveries.state"))?,
            email_key: self.email_key,
            link_hash: bytes(&self.link_hash, "recoveries.link_hash")?,
            browser_hash: bytes(&self.browser_hash, "recoveries.browser_hash")?,
            stop_hash: stop_hash.transpose()?,
            created_at: time(self.created_at),
            ripe_at: self.ripe_at.map(time),
            expires_at: time(self.expires_at),
        })
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, user_id, state, email_key, link_hash, browser_hash, stop_hash, created_at, ripe_at, ",
            "expires_at FROM recoveries ",
            $tail
        )
    };
}

/// What still holds of a recovery that goes on: its address is the user's, who is not disabled.
macro_rules! still {
    ($sql:literal) => {
        concat!(
            $sql,
            " AND EXISTS (SELECT 1 FROM users u WHERE u.id = recoveries.user_id \
             AND u.email_key = recoveries.email_key AND u.disabled_at IS NULL)"
        )
    };
}

/// Adds one, mailed. False if the user was sent as many since `since` as may be.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn add(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    new: &Recovery,
    at_most: i64,
    since: Timestamp,
) -> Result<bool, StoreError> {
    // Whoever asks beside this one waits here, and then counts this one.
    super::users::hold(tx, tenant, new.user).await?;
    let (sent,): (i64,) = tx
        .query("SELECT COUNT(*) FROM recoveries WHERE tenant_id = $1 AND user_id = $2 AND created_at > $3")
        .bind(tenant.0)
        .bind(new.user.0)
        .bind(since.micros())
        .fetch_one()
        .await?;
    if sent >= at_most {
        return Ok(false);
    }
    tx.query(
        "INSERT INTO recoveries (id, tenant_id, user_id, state, email_key, link_hash, browser_hash, \
         created_at, expires_at) VALUES ($1, $2, $3, 'mailed', $4, $5, $6, $7, $8)",
    )
    .bind(new.id)
    .bind(tenant.0)
    .bind(new.user.0)
    .bind(new.email_key.clone())
    .bind(new.link_hash.0.to_vec())
    .bind(new.browser_hash.0.to_vec())
    .bind(new.created_at.micros())
    .bind(new.expires_at.micros())
    .execute()
    .await?;
    Ok(true)
}

/// The recovery with this id.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn by_id(tx: &mut Tx<'_>, tenant: TenantId, id: Uuid) -> Result<Option<Recovery>, StoreError> {
    tx.query(select!("WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant.0)
        .bind(id)
        .fetch_optional::<Row>()
        .await?
        .map(Row::read)
        .transpose()
}

/// The recovery of a user that waits, or waits no longer and can be finished; none if there is none.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn waiting(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<Option<Recovery>, StoreError> {
    tx.query(select!(
        "WHERE tenant_id = $1 AND user_id = $2 AND state = 'waiting' AND expires_at > $3 \
         ORDER BY created_at LIMIT 1"
    ))
    .bind(tenant.0)
    .bind(user.0)
    .bind(now.micros())
    .fetch_optional::<Row>()
    .await?
    .map(Row::read)
    .transpose()
}

/// Mailed → opened, by the link, once. False if it was opened before, is over, or the address changed.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn open(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: Uuid,
    link_hash: Digest,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(still!(
            "UPDATE recoveries SET state = 'opened', expires_at = $5 WHERE tenant_id = $1 AND id = $2 \
             AND link_hash = $3 AND state = 'mailed' AND expires_at > $4"
        ))
        .bind(tenant.0)
        .bind(id)
        .bind(link_hash.0.to_vec())
        .bind(now.micros())
        .bind(expires_at.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// When a recovery that begins to wait is ripe, and of no use any more, and what stops it.
#[derive(Clone, Copy)]
pub struct Wait {
    /// SHA-256 of the secret in the link that stops it.
    pub stop_hash: Digest,
    /// When the waiting time is over.
    pub ripe_at: Timestamp,
    /// When it is of no use any more.
    pub expires_at: Timestamp,
}

/// Opened → waiting. False if it is over, the address changed, another one of the user waits already, or one
/// was stopped a short while ago.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn wait(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    recovery: &Recovery,
    wait: &Wait,
    now: Timestamp,
) -> Result<bool, StoreError> {
    super::users::hold(tx, tenant, recovery.user).await?;
    let rows = tx
        .query(still!(
            "UPDATE recoveries SET state = 'waiting', stop_hash = $3, ripe_at = $4, expires_at = $5 \
             WHERE tenant_id = $1 AND id = $2 AND state = 'opened' AND expires_at > $6 \
             AND NOT EXISTS (SELECT 1 FROM recoveries o WHERE o.tenant_id = $1 \
             AND o.user_id = recoveries.user_id AND o.id <> $2 AND o.expires_at > $6 \
             AND (o.state = 'waiting' OR (o.state = 'stopped' AND o.ripe_at IS NOT NULL)))"
        ))
        .bind(tenant.0)
        .bind(recovery.id)
        .bind(wait.stop_hash.0.to_vec())
        .bind(wait.ripe_at.micros())
        .bind(wait.expires_at.micros())
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Opened → proved: another factor was, in the same unit. False if it is over, or the address changed.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn prove(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: Uuid,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(still!(
            "UPDATE recoveries SET state = 'proved', expires_at = $4 \
             WHERE tenant_id = $1 AND id = $2 AND state = 'opened' AND expires_at > $3"
        ))
        .bind(tenant.0)
        .bind(id)
        .bind(now.micros())
        .bind(expires_at.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Proved, or waiting and ripe, → done. False if it is neither, or the address changed.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn finish(tx: &mut Tx<'_>, tenant: TenantId, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let rows = tx
        .query(still!(
            "UPDATE recoveries SET state = 'done' WHERE tenant_id = $1 AND id = $2 \
             AND expires_at > $3 AND (state = 'proved' OR (state = 'waiting' AND ripe_at <= $3))"
        ))
        .bind(tenant.0)
        .bind(id)
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Waiting → stopped. It is remembered for a while, so that the next does not begin to wait at once. How many
/// there were.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn stop_waiting(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.query(
        "UPDATE recoveries SET state = 'stopped', expires_at = $4 \
             WHERE tenant_id = $1 AND user_id = $2 AND state = 'waiting' AND expires_at > $3",
    )
    .bind(tenant.0)
    .bind(user.0)
    .bind(now.micros())
    .bind((now + QUIET_AFTER_STOP).micros())
    .execute()
    .await
}

/// Mailed, opened, proved or waiting → stopped: all of a user's, since what they began with is no more. Others may
/// begin to wait at once. How many there were that waited.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn stop_all(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let waiting = tx
        .query(
            "UPDATE recoveries SET state = 'stopped', expires_at = $3 \
             WHERE tenant_id = $1 AND user_id = $2 AND state = 'waiting' AND expires_at > $3",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(now.micros())
        .execute()
        .await?;
    tx.query(
        "UPDATE recoveries SET state = 'stopped' \
         WHERE tenant_id = $1 AND user_id = $2 AND state IN ('mailed', 'opened', 'proved')",
    )
    .bind(tenant.0)
    .bind(user.0)
    .execute()
    .await?;
    Ok(waiting)
}
