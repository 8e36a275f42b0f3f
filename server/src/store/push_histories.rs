//! What was pushed to a user's phones without being approved, one row a user.
//!
//! Whether to push is decided by what was read, so a change names the revision that it read: of two at
//! once, on whatever node, one changes no row, and does not push.

use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;

use super::record::record;
use super::rows::{corrupt, time};
use super::{StoreError, Tx};
use crate::domain::push_limits::{Hold, HoldReason, PushHistory};

/// A history as it was read.
#[derive(Clone, Debug)]
pub struct ReadHistory {
    /// The history.
    pub history: PushHistory,
    /// Whether another login of the user was pushed and waits for its answer.
    pub another: bool,
    revision: Option<i64>,
}

record! {
    struct Row {
        revision: Option<i64>,
        pushes: Option<String>,
        held_until: Option<i64>,
        held_for: Option<String>,
        another: bool,
    }
}

/// The history of a user, and whether a login other than `login` is being pushed.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn read(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    login: LoginId,
    now: Timestamp,
) -> Result<ReadHistory, StoreError> {
    let row: Option<Row> = tx
        .query(
            "SELECT h.revision, h.pushes, h.held_until, h.held_for, EXISTS (SELECT 1 FROM logins l \
             WHERE l.tenant_id = $1 AND l.user_id = $2 AND l.id <> $3 AND l.state IN ('pending', 'approved') AND l.state = 'pending' \
             AND l.ask_until > $4 AND l.lapses_at > $4 AND l.push IN ('sending', 'sent', 'trouble')) AS another \
             FROM users u LEFT JOIN push_histories h ON h.user_id = u.id WHERE u.id = $2",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(login.0)
        .bind(now.micros())
        .fetch_optional()
        .await?;
    let row = row.ok_or(corrupt("push_histories.user_id"))?;
    Ok(ReadHistory { history: history(&row)?, another: row.another, revision: row.revision })
}

fn history(row: &Row) -> Result<PushHistory, StoreError> {
    let pushes: Vec<i64> = match &row.pushes {
        Some(pushes) => serde_json::from_str(pushes).map_err(|_| corrupt("push_histories.pushes"))?,
        None => Vec::new(),
    };
    let hold = match (row.held_until, row.held_for.as_deref().map(HoldReason::parse)) {
        (Some(until), Some(Some(why))) => Some(Hold { until: time(until), why }),
        (None, None) => None,
        _ => return Err(corrupt("push_histories.held_for")),
    };
    Ok(PushHistory { pushes: pushes.into_iter().map(time).collect(), hold })
}

/// Notes what is pushed now. False if the history changed since it was read: whoever changed it pushes.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn note(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    read: &ReadHistory,
    pushed: &PushHistory,
) -> Result<bool, StoreError> {
    let pushes: Vec<i64> = pushed.pushes.iter().map(|push| push.micros()).collect();
    let pushes = serde_json::to_string(&pushes).map_err(|_| corrupt("push_histories.pushes"))?;
    let query = match read.revision {
        Some(revision) => tx
            .query(
                "UPDATE push_histories SET pushes = $3, revision = revision + 1 \
                 WHERE user_id = $1 AND tenant_id = $2 AND revision = $4",
            )
            .bind(user.0)
            .bind(tenant.0)
            .bind(pushes)
            .bind(revision),
        None => tx
            .query(
                "INSERT INTO push_histories (user_id, tenant_id, revision, pushes) \
                 VALUES ($1, $2, 0, $3) ON CONFLICT (user_id) DO NOTHING",
            )
            .bind(user.0)
            .bind(tenant.0)
            .bind(pushes),
    };
    Ok(query.execute().await? == 1)
}

/// Forgets the pushes: one was approved. A hold stays.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn approved(tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<(), StoreError> {
    tx.query(
        "UPDATE push_histories SET pushes = '[]', revision = revision + 1 \
         WHERE user_id = $1 AND tenant_id = $2 AND pushes <> '[]'",
    )
    .bind(user.0)
    .bind(tenant.0)
    .execute()
    .await?;
    Ok(())
}

/// Begins a hold, unless there is one that lasts longer.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn hold(tx: &mut Tx<'_>, tenant: TenantId, user: UserId, hold: Hold) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO push_histories (user_id, tenant_id, revision, pushes, held_until, held_for) \
         VALUES ($1, $2, 0, '[]', $3, $4) ON CONFLICT (user_id) DO UPDATE \
         SET held_until = $3, held_for = $4, revision = push_histories.revision + 1 \
         WHERE push_histories.held_until IS NULL OR push_histories.held_until < $3",
    )
    .bind(user.0)
    .bind(tenant.0)
    .bind(hold.until.micros())
    .bind(hold.why.as_str())
    .execute()
    .await?;
    Ok(())
}
