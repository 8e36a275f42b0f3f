//! The wake outbox. A wake is a row until its push service took it, or it is of no use any more.
//!
//! A row that is being sent is not locked: its `due_at` is moved on by a lease, so that another node,
//! or this one after a crash, takes it up again.

use countersign_protocol::ids::{DeviceId, LoginId, TenantId};
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::{corrupt, time};
use super::{StoreError, Tx};

/// What a wake is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A login waits for an answer: of no use once it does not.
    Ask,
    /// A popup is put away.
    Withdraw,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Withdraw => "withdraw",
        }
    }
}

/// A wake to be sent.
#[derive(Clone, Debug)]
pub struct QueuedWake {
    /// Its id.
    pub id: Uuid,
    /// Whose tenant.
    pub tenant: TenantId,
    /// For which login.
    pub login: LoginId,
    /// To which device.
    pub device: DeviceId,
    /// What for.
    pub purpose: Purpose,
    /// Where that device's wakes go.
    pub push: PushEndpoint,
    /// How often it was tried.
    pub attempts: i64,
    /// Until when it is this node's to send.
    pub leased_until: Timestamp,
    /// After when it is of no use.
    pub expires_at: Timestamp,
}

/// Adds a wake that this node sends at once: it is due again when the lease ends.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn add_leased(tx: &mut Tx<'_>, wake: &QueuedWake) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO wakes (id, tenant_id, login_id, device_id, kind, attempts, due_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7)",
    )
    .bind(wake.id)
    .bind(wake.tenant.0)
    .bind(wake.login.0)
    .bind(wake.device.0)
    .bind(wake.purpose.as_str())
    .bind(wake.leased_until.micros())
    .bind(wake.expires_at.micros())
    .execute()
    .await?;
    Ok(())
}

record! {
    struct Row {
        id: Uuid,
        tenant_id: Uuid,
        login_id: Uuid,
        device_id: Uuid,
        kind: String,
        push: String,
        attempts: i64,
        due_at: i64,
        expires_at: i64,
    }
}

impl Row {
    fn read(self) -> Result<QueuedWake, StoreError> {
        let purposes = [Purpose::Ask, Purpose::Withdraw];
        let purpose = purposes.into_iter().find(|purpose| purpose.as_str() == self.kind);
        Ok(QueuedWake {
            id: self.id,
            tenant: TenantId(self.tenant_id),
            login: LoginId(self.login_id),
            device: DeviceId(self.device_id),
            purpose: purpose.ok_or(corrupt("wakes.kind"))?,
            push: serde_json::from_str(&self.push).map_err(|_| corrupt("devices.push"))?,
            attempts: self.attempts,
            leased_until: time(self.due_at),
            expires_at: time(self.expires_at),
        })
    }
}

/// The wakes that are due now, without those that ask for the answer to a login that takes none any
/// more. Nothing is changed.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn due(tx: &mut Tx<'_>, now: Timestamp, at_most: i64) -> Result<Vec<QueuedWake>, StoreError> {
    let rows: Vec<Row> = tx
        .query(
            "SELECT w.id, w.tenant_id, w.login_id, w.device_id, w.kind, d.push, w.attempts, w.due_at, \
             w.expires_at \
             FROM wakes w JOIN devices d ON d.id = w.device_id JOIN logins l ON l.id = w.login_id \
             WHERE w.due_at <= $1 AND w.expires_at > $1 AND d.push IS NOT NULL AND d.state = 'active' \
             AND (l.state = 'pending' OR w.kind = 'withdraw') ORDER BY w.due_at LIMIT $2",
        )
        .bind(now.micros())
        .bind(at_most)
        .fetch_all()
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// Takes a due wake for this node until `wake.leased_until`. False if another node was first.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn lease(tx: &mut Tx<'_>, wake: &QueuedWake, now: Timestamp) -> Result<bool, StoreError> {
    let rows = tx
        .query("UPDATE wakes SET due_at = $3 WHERE id = $1 AND due_at <= $2")
        .bind(wake.id)
        .bind(now.micros())
        .bind(wake.leased_until.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Puts a wake off after a failed try.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn put_off(tx: &mut Tx<'_>, id: Uuid, due_at: Timestamp) -> Result<(), StoreError> {
    tx.query("UPDATE wakes SET attempts = attempts + 1, due_at = $2 WHERE id = $1")
        .bind(id)
        .bind(due_at.micros())
        .execute()
        .await?;
    Ok(())
}

/// Removes a wake: it was sent, or never can be.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn remove(tx: &mut Tx<'_>, id: Uuid) -> Result<(), StoreError> {
    tx.query("DELETE FROM wakes WHERE id = $1").bind(id).execute().await?;
    Ok(())
}

/// Whether a wake that asks for this login's answer is still to be sent, or under way.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn may_still_ring(tx: &mut Tx<'_>, tenant: TenantId, login: LoginId) -> Result<bool, StoreError> {
    // Holds the login, so that of two phones that are lost at once the second sees that the first is.
    tx.query("UPDATE logins SET push = push WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.0)
        .bind(login.0)
        .execute()
        .await?;
    let row: (bool,) = tx
        .query(
            "SELECT EXISTS (SELECT 1 FROM wakes w JOIN devices d ON d.id = w.device_id \
             WHERE w.tenant_id = $1 AND w.login_id = $2 AND w.kind = 'ask' AND d.push IS NOT NULL \
             AND d.state = 'active')",
        )
        .bind(tenant.0)
        .bind(login.0)
        .fetch_one()
        .await?;
    Ok(row.0)
}
