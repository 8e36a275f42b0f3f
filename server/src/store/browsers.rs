//! Trusted browsers: each known by a token that changes with every login. Only its hash is kept, and that of
//! the token before: whoever shows that one holds a copy.

use std::net::IpAddr;

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::{StoreError, Tx, rows};

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
    /// What it is, by name.
    pub browser: String,
    /// The system that it runs on.
    pub system: String,
    /// When it last completed a login.
    pub used_at: Timestamp,
    /// Until when nothing but the password is asked in it, if the person chose so.
    pub remembered_until: Option<Timestamp>,
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
            "UPDATE trusted_browsers SET token_hash = $4, previous_hash = $3, address = $5, last_used_at = $6, \
             remembered_until = COALESCE($7, remembered_until), browser = $8, system = $9 \
             WHERE tenant_id = $1 AND user_id = $2 AND token_hash = $3",
        )
        .bind(tenant.0)
        .bind(new.user.0)
        .bind(old.0.to_vec())
        .bind(new.token_hash.0.to_vec())
        .bind(new.address.to_string())
        .bind(new.used_at.micros())
        .bind(new.remembered_until.map(Timestamp::micros))
        .bind(new.browser.clone())
        .bind(new.system.clone())
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
        "INSERT INTO trusted_browsers (id, tenant_id, user_id, token_hash, address, created_at, last_used_at, \
         remembered_until, browser, system) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)",
    )
    .bind(new.id)
    .bind(tenant.0)
    .bind(new.user.0)
    .bind(new.token_hash.0.to_vec())
    .bind(new.address.to_string())
    .bind(new.used_at.micros())
    .bind(new.remembered_until.map(Timestamp::micros))
    .bind(new.browser.clone())
    .bind(new.system.clone())
    .execute()
    .await?;
    Ok(())
}

record! {
    struct Row {
        id: Uuid,
        token_hash: Vec<u8>,
        address: String,
        browser: String,
        system: String,
        last_used_at: i64,
        remembered_until: Option<i64>,
    }
}

/// The trusted browsers of a user, the last used first: at most 100.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn of_user(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
) -> Result<Vec<TrustedBrowser>, StoreError> {
    let rows: Vec<Row> = tx
        .query(
            "SELECT id, token_hash, address, browser, system, last_used_at, remembered_until \
             FROM trusted_browsers WHERE tenant_id = $1 AND user_id = $2 \
             ORDER BY last_used_at DESC, id LIMIT 100",
        )
        .bind(tenant.0)
        .bind(user.0)
        .fetch_all()
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(TrustedBrowser {
                id: row.id,
                user,
                token_hash: rows::bytes(&row.token_hash, "trusted_browsers.token_hash")?,
                address: rows::address(&row.address, "trusted_browsers.address")?,
                browser: row.browser,
                system: row.system,
                used_at: rows::time(row.last_used_at),
                remembered_until: row.remembered_until.map(rows::time),
            })
        })
        .collect()
}

/// Forgets one of a user's trusted browsers. False if there is none with this id.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn forget(tx: &mut Tx<'_>, tenant: TenantId, user: UserId, id: Uuid) -> Result<bool, StoreError> {
    let rows = tx
        .query("DELETE FROM trusted_browsers WHERE tenant_id = $1 AND user_id = $2 AND id = $3")
        .bind(tenant.0)
        .bind(user.0)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Forgets all of a user's trusted browsers.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn forget_all(tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<u64, StoreError> {
    tx.query("DELETE FROM trusted_browsers WHERE tenant_id = $1 AND user_id = $2")
        .bind(tenant.0)
        .bind(user.0)
        .execute()
        .await
}

/// Ends what is remembered in a tenant's browsers for longer than until `most`.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn remember_until_at_most(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    most: Timestamp,
) -> Result<u64, StoreError> {
    tx.query(
        "UPDATE trusted_browsers SET remembered_until = NULL WHERE tenant_id = $1 AND remembered_until > $2",
    )
    .bind(tenant.0)
    .bind(most.micros())
    .execute()
    .await
}
