//! What time ends: logins without an answer, rows that nobody can use any more.

use std::time::Duration;

use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::corrupt;
use super::{StoreError, Tx, authenticators};
use crate::domain::job;
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

record! {
    struct Row {
        tenant_id: Uuid,
        user_id: Uuid,
        id: Uuid,
        state: String,
    }
}

/// The logins whose time is over and of which nobody noted it yet, as they are to be noted.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn lapsed(tx: &mut Tx<'_>, now: Timestamp, at_most: i64) -> Result<Vec<Lapsed>, StoreError> {
    let rows: Vec<Row> = tx
        .query(
            "SELECT tenant_id, user_id, id, state FROM logins \
             WHERE state IN ('pending', 'approved') AND lapses_at <= $1 ORDER BY lapses_at LIMIT $2",
        )
        .bind(now.micros())
        .bind(at_most)
        .fetch_all()
        .await?;
    rows.into_iter()
        .map(|row| {
            let state = LoginState::parse(&row.state).ok_or(corrupt("logins.state"))?;
            Ok(Lapsed {
                tenant: TenantId(row.tenant_id),
                user: UserId(row.user_id),
                login: LoginId(row.id),
                state: state.at(now, now),
            })
        })
        .collect()
}

/// Pending → expired, or approved → not completed. False if something else ended it meanwhile.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn lapse(tx: &mut Tx<'_>, lapsed: &Lapsed, now: Timestamp) -> Result<bool, StoreError> {
    let from = match lapsed.state {
        LoginState::NotCompleted => LoginState::Approved,
        _ => LoginState::Pending,
    };
    let rows = tx
        .query(
            "UPDATE logins SET state = $4, number = NULL \
             WHERE tenant_id = $1 AND id = $2 AND state = $3 AND lapses_at <= $5",
        )
        .bind(lapsed.tenant.0)
        .bind(lapsed.login.0)
        .bind(from.as_str())
        .bind(lapsed.state.as_str())
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Removes what nobody can use any more: calls that are too old to be made again, sessions and
/// pairings past their end, phones whose code was never typed, secrets of authenticator apps that were
/// shown and not confirmed, ceremonies and recoveries that are over, jobs that ended long ago.
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
        "DELETE FROM reported_addresses WHERE expires_at <= $1",
        "DELETE FROM ceremonies WHERE expires_at <= $1",
    ] {
        rows += tx.query(sql).bind(now.micros()).execute().await?;
    }
    rows += authenticators::forget_offers(tx, now).await?;
    // Those of the last hour are counted.
    let before = now - Duration::from_hours(1);
    rows += tx
        .query("DELETE FROM recoveries WHERE expires_at <= $1 AND created_at <= $2")
        .bind(now.micros())
        .bind(before.micros())
        .execute()
        .await?;
    let before = now - job::REMEMBERED;
    rows += tx.query("DELETE FROM jobs WHERE ended_at <= $1").bind(before.micros()).execute().await?;
    // Those of the last quarter of an hour are counted.
    let before = now - Duration::from_mins(15);
    rows += tx.query("DELETE FROM email_codes WHERE sent_at <= $1").bind(before.micros()).execute().await?;
    rows += tx
        .query(
            "DELETE FROM devices WHERE state = 'unconfirmed' \
             AND NOT EXISTS (SELECT 1 FROM pairings p WHERE p.device_id = devices.id)",
        )
        .execute()
        .await?;
    Ok(rows)
}
