//! Passwords of users.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::{StoreError, Tx};

/// From now on, the user has to choose a new password after signing in, since somebody else knows this one. False if
/// that is so already.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn require_new(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET new_password_since = $3, password_initial = FALSE \
             WHERE tenant_id = $1 AND id = $2 AND (new_password_since IS NULL OR password_initial)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The user's password, as a PHC string, and whether it is an initial one, which whoever knows it may replace.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn hash_of(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
) -> Result<Option<(String, bool)>, StoreError> {
    tx.query("SELECT password_hash, password_initial FROM users WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.0)
        .bind(id.0)
        .fetch_optional()
        .await
}

/// Sets a user's password, whatever it was. It need not be changed, unless it is to be replaced after the next sign-in,
/// since whoever set it knows it: then `replace_since` says since when. False if there is no such user.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    hash: &str,
    replace_since: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET password_hash = $3, new_password_since = $4, \
             password_initial = ($4 IS NOT NULL) WHERE tenant_id = $1 AND id = $2",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(hash.to_owned())
        .bind(replace_since.map(Timestamp::micros))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// As [`set`], if the password is still the one that was read, and the session in which the new
/// one was typed has not been ended meanwhile.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn replace(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    session: Uuid,
    old_hash: &str,
    new_hash: &str,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET password_hash = $5, new_password_since = NULL, password_initial = FALSE \
             WHERE tenant_id = $1 AND id = $2 AND password_hash = $4 \
             AND EXISTS (SELECT 1 FROM sessions s WHERE s.id = $3 AND s.user_id = users.id)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(session)
        .bind(old_hash.to_owned())
        .bind(new_hash.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}
