//! Trusted browsers: each known by a token that changes with every login. Only its hash is kept.

use std::net::IpAddr;

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::{StoreError, Tx};

/// A browser that a user completed a login in.
#[derive(Clone, Debug)]
pub struct TrustedBrowser {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// SHA-256 of the token in its cookie.
    pub token_hash: Digest,
    /// Where it last was.
    pub address: IpAddr,
    /// When it last completed a login.
    pub used_at: Timestamp,
}

/// Replaces a browser's token by a new one and notes where it is. False if no browser of this user has
/// the old token.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn rotate(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    old: Digest,
    new: &TrustedBrowser,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE trusted_browsers SET token_hash = $4, address = $5, last_used_at = $6 \
             WHERE tenant_id = $1 AND user_id = $2 AND token_hash = $3",
        )
        .bind(tenant.0)
        .bind(new.user.0)
        .bind(old.0.to_vec())
        .bind(new.token_hash.0.to_vec())
        .bind(new.address.to_string())
        .bind(new.used_at.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Adds a browser.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn add(tx: &mut Tx<'_>, tenant: TenantId, new: &TrustedBrowser) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO trusted_browsers (id, tenant_id, user_id, token_hash, address, created_at, last_used_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $6)",
    )
    .bind(new.id)
    .bind(tenant.0)
    .bind(new.user.0)
    .bind(new.token_hash.0.to_vec())
    .bind(new.address.to_string())
    .bind(new.used_at.micros())
    .execute()
    .await?;
    Ok(())
}
