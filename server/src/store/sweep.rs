//! What time ends: logins without an answer, rows that nobody can use any more.

use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::rows::corrupt;
use super::{StoreError, Tx};
use crate::domain::login::LoginState;

/// A login that time ended.
#[derive(Clone, Debug)]
pub struct Lapsed {
    /// Its tenant.
    pub tenant: TenantId,
    /// Whose it was.
    pub user: UserId,
    /// The login.
    pub login: LoginId,
    /// How it ended: expired, or not completed.
    pub state: LoginState,
}

#[derive(sqlx::FromRow)]
struct Row {
    tenant_id: Uuid,
    user_id: Uuid,
    id: Uuid,
    state: String,
}

/// Whether there is a login that time ended and nobody noted.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn any_lapsed(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let row: Option<(i64,)> = tx
        .query(
            "SELECT lapses_at FROM logins WHERE state IN ('pending', 'approved') AND lapses_at <= $1 LIMIT 1",
        )
        .bind(now.micros())
        .fetch_optional()
        .await?;
    Ok(row.is_some())
}

/// Pending → expired and approved → not completed, where the time is over.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn lapse(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Lapsed>, StoreError> {
    let rows: Vec<Row> = tx
        .query(
            "UPDATE logins SET number = NULL, \
             state = CASE state WHEN 'pending' THEN 'expired' ELSE 'not_completed' END \
             WHERE state IN ('pending', 'approved') AND lapses_at <= $1 \
             RETURNING tenant_id, user_id, id, state",
        )
        .bind(now.micros())
        .fetch_all()
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Lapsed {
                tenant: TenantId(row.tenant_id),
                user: UserId(row.user_id),
                login: LoginId(row.id),
                state: LoginState::parse(&row.state).ok_or(corrupt("logins.state"))?,
            })
        })
        .collect()
}

/// Removes what nobody can use any more: calls that are too old to be made again, sessions and
/// pairings past their end, phones whose code was never typed.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let mut rows = 0;
    for sql in [
        "DELETE FROM calls_seen WHERE forget_at <= $1",
        "DELETE FROM sessions WHERE expires_at <= $1",
        "DELETE FROM wakes WHERE expires_at <= $1",
        "DELETE FROM pairings WHERE expires_at <= $1",
    ] {
        rows += tx.query(sql).bind(now.micros()).execute().await?;
    }
    rows += tx
        .query(
            "DELETE FROM devices WHERE state = 'unconfirmed' \
             AND NOT EXISTS (SELECT 1 FROM pairings p WHERE p.device_id = devices.id)",
        )
        .execute()
        .await?;
    Ok(rows)
}
