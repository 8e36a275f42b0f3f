//! Recovery codes: a set for each user, of which only hashes are kept, each good once.

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;

use super::rows::time;
use super::{StoreError, Tx, users};

/// What is left of a user's set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetOfCodes {
    /// How many are not used yet.
    pub left: u32,
    /// When the set was made; none if there is none.
    pub made_at: Option<Timestamp>,
}

/// Gives a user a set, given as keyed hashes. What was left of the one before is good no more.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn replace(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    hashes: &[Digest],
    now: Timestamp,
) -> Result<(), StoreError> {
    // Of two sets made at once, one is left.
    users::hold(tx, tenant, user).await?;
    remove(tx, tenant, user).await?;
    for hash in hashes {
        tx.query(
            "INSERT INTO recovery_codes (user_id, code_hash, tenant_id, made_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(user.0)
        .bind(hash.0.to_vec())
        .bind(tenant.0)
        .bind(now.micros())
        .execute()
        .await?;
    }
    Ok(())
}

/// Uses a code up. False if the user has no such code, or it was used before.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn use_up(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    hash: Digest,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE recovery_codes SET used_at = $4 \
             WHERE tenant_id = $1 AND user_id = $2 AND code_hash = $3 AND used_at IS NULL",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(hash.0.to_vec())
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// What is left of a user's set.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn of_user(tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<SetOfCodes, StoreError> {
    let (codes, used, made_at): (i64, i64, Option<i64>) = tx
        .query(
            "SELECT COUNT(*), COUNT(used_at), MAX(made_at) FROM recovery_codes \
             WHERE tenant_id = $1 AND user_id = $2",
        )
        .bind(tenant.0)
        .bind(user.0)
        .fetch_one()
        .await?;
    Ok(SetOfCodes { left: u32::try_from(codes - used).unwrap_or(0), made_at: made_at.map(time) })
}

/// Removes a user's set.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn remove(tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<(), StoreError> {
    tx.query("DELETE FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2")
        .bind(tenant.0)
        .bind(user.0)
        .execute()
        .await?;
    Ok(())
}
