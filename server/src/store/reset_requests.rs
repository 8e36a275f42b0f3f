//! Resets that one administrator asked for and another one carries out, or refuses. One waits for a user at a time.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::time;
use super::{StoreError, Tx};

/// A reset that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetRequest {
    /// Its id.
    pub id: Uuid,
    /// Whose factors.
    pub user: UserId,
    /// Who asked.
    pub asked_by: UserId,
    /// When.
    pub asked_at: Timestamp,
    /// Until when it can be carried out.
    pub expires_at: Timestamp,
}

record! {
    struct Row {
        id: Uuid,
        user_id: Uuid,
        asked_by: Uuid,
        asked_at: i64,
        expires_at: i64,
    }
}

impl Row {
    fn read(self) -> ResetRequest {
        ResetRequest {
            id: self.id,
            user: UserId(self.user_id),
            asked_by: UserId(self.asked_by),
            asked_at: time(self.asked_at),
            expires_at: time(self.expires_at),
        }
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, user_id, asked_by, asked_at, expires_at FROM reset_requests ",
            "WHERE tenant_id = $1 AND state = 'waiting' AND expires_at > $2 ",
            $tail
        )
    };
}

/// Whose requests, of all tenants, waited in vain, and of which nobody noted it yet.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn lapsed(
    tx: &mut Tx<'_>,
    now: Timestamp,
    at_most: i64,
) -> Result<Vec<(TenantId, UserId)>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = tx
        .query(
            "SELECT tenant_id, user_id FROM reset_requests \
             WHERE state = 'waiting' AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
        )
        .bind(now.micros())
        .bind(at_most)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(tenant, user)| (TenantId(tenant), UserId(user))).collect())
}

/// Waiting → lapsed, for a user. False if none waits in vain.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn lapse(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE reset_requests SET state = 'lapsed' WHERE tenant_id = $1 AND user_id = $2 \
             AND state = 'waiting' AND expires_at <= $3",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Adds one that waits, unless one does: one whose time is over is to [`lapse`] first.
///
/// # Errors
/// [`StoreError::Conflict`] if one waits already.
pub async fn add(tx: &mut Tx<'_>, tenant: TenantId, new: &ResetRequest) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO reset_requests (id, tenant_id, user_id, state, asked_by, asked_at, expires_at) \
         VALUES ($1, $2, $3, 'waiting', $4, $5, $6)",
    )
    .bind(new.id)
    .bind(tenant.0)
    .bind(new.user.0)
    .bind(new.asked_by.0)
    .bind(new.asked_at.micros())
    .bind(new.expires_at.micros())
    .execute()
    .await?;
    Ok(())
}

/// Decides one that waits: `done` or refused. False if it does not wait any more, or whoever decides asked for it, or is
/// the one it is about.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn decide(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: Uuid,
    done: bool,
    by: UserId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE reset_requests SET state = $3, decided_by = $5, decided_at = $4 \
             WHERE tenant_id = $1 AND id = $2 AND state = 'waiting' AND expires_at > $4 \
             AND asked_by <> $6 AND user_id <> $6",
        )
        .bind(tenant.0)
        .bind(id)
        .bind(if done { "done" } else { "refused" })
        .bind(now.micros())
        .bind(by.to_string())
        .bind(by.0)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The one that waits for a user.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn of_user(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<Option<ResetRequest>, StoreError> {
    let row: Option<Row> = tx
        .query(select!("AND user_id = $3"))
        .bind(tenant.0)
        .bind(now.micros())
        .bind(user.0)
        .fetch_optional()
        .await?;
    Ok(row.map(Row::read))
}

/// Those that wait, the oldest first: at most `at_most`.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn waiting(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    now: Timestamp,
    at_most: i64,
) -> Result<Vec<ResetRequest>, StoreError> {
    let rows: Vec<Row> = tx
        .query(select!("ORDER BY asked_at, id LIMIT $3"))
        .bind(tenant.0)
        .bind(now.micros())
        .bind(at_most)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Row::read).collect())
}
