//! E-mailed codes: the latest of a login is live, all others are not. Only a keyed hash is kept.

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::{StoreError, Tx};

/// A code to be sent.
#[derive(Clone, Debug)]
pub struct NewCode {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// For which login alone.
    pub login: LoginId,
    /// To which address, in the form of [`crate::domain::user::email_key`]: should it change, the code is void.
    pub email_key: String,
    /// The keyed hash of the code.
    pub hash: Digest,
    /// When.
    pub sent_at: Timestamp,
    /// Until when it is valid.
    pub expires_at: Timestamp,
}

/// Adds a code, in the place of the login's last one.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn add(tx: &mut Tx<'_>, tenant: TenantId, new: &NewCode) -> Result<(), StoreError> {
    tx.query(
        "UPDATE email_codes SET state = 'replaced' WHERE tenant_id = $1 AND login_id = $2 AND state = 'live'",
    )
    .bind(tenant.0)
    .bind(new.login.0)
    .execute()
    .await?;
    tx.query(
        "INSERT INTO email_codes (id, tenant_id, user_id, login_id, email_key, code_hash, state, sent_at, \
         expires_at) VALUES ($1, $2, $3, $4, $5, $6, 'live', $7, $8)",
    )
    .bind(new.id)
    .bind(tenant.0)
    .bind(new.user.0)
    .bind(new.login.0)
    .bind(new.email_key.clone())
    .bind(new.hash.0.to_vec())
    .bind(new.sent_at.micros())
    .bind(new.expires_at.micros())
    .execute()
    .await?;
    Ok(())
}

/// When the codes were sent that a user got after `since`, oldest first.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn sent_since(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    since: Timestamp,
) -> Result<Vec<Timestamp>, StoreError> {
    let rows: Vec<(i64,)> = tx
        .query(
            "SELECT sent_at FROM email_codes WHERE tenant_id = $1 AND user_id = $2 AND sent_at > $3 \
             ORDER BY sent_at",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(since.micros())
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(at,)| Timestamp::from_micros(at)).collect())
}

/// Which the login's last code is, unless it was used, and until when it is valid.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn latest(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    login: LoginId,
) -> Result<Option<(Uuid, Timestamp)>, StoreError> {
    let row: Option<(Uuid, i64)> = tx
        .query(
            "SELECT id, expires_at FROM email_codes \
             WHERE tenant_id = $1 AND login_id = $2 AND state = 'live'",
        )
        .bind(tenant.0)
        .bind(login.0)
        .fetch_optional()
        .await?;
    Ok(row.map(|(id, until)| (id, Timestamp::from_micros(until))))
}

/// Live → used, if the code with this id is the one with this hash, is still valid, and was sent to the address
/// that the user still has. False if any of it does not hold.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn use_up(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    id: Uuid,
    hash: Digest,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE email_codes SET state = 'used' WHERE tenant_id = $1 AND user_id = $2 AND id = $3 \
             AND code_hash = $4 AND state = 'live' AND expires_at > $5 AND EXISTS (SELECT 1 FROM users u \
             WHERE u.id = email_codes.user_id AND u.email_key = email_codes.email_key)",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(id)
        .bind(hash.0.to_vec())
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}
