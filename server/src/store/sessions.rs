//! Sessions: what a browser holds after a completed login. Only the token's hash is kept.

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{DeviceId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::time;
use super::{StoreError, Tx, users};
use crate::domain::session::Proof;
use crate::domain::user::User;

/// A session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// SHA-256 of the token in the cookie.
    pub token_hash: Digest,
    /// How the person proved who they are.
    pub proof: Proof,
    /// When.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// Adds a session.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn add(tx: &mut Tx<'_>, tenant: TenantId, new: &Session) -> Result<(), StoreError> {
    let (device, number) = match new.proof {
        Proof::PasswordAlone => (None, false),
        Proof::Device { device, number } => (Some(device.0), number),
    };
    tx.query(
        "INSERT INTO sessions (id, tenant_id, user_id, token_hash, device_id, number_typed, created_at, \
         expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.id)
    .bind(tenant.0)
    .bind(new.user.0)
    .bind(new.token_hash.0.to_vec())
    .bind(device)
    .bind(number)
    .bind(new.created_at.micros())
    .bind(new.expires_at.micros())
    .execute()
    .await?;
    Ok(())
}

record! {
    struct Row {
        session_id: Uuid,
        device_id: Option<Uuid>,
        number_typed: bool,
        created_at: i64,
        expires_at: i64,
        #[record] user: users::Row,
    }
}

/// The session with this token, if it is still good, and whose it is.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn by_token_hash(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    token_hash: Digest,
    now: Timestamp,
) -> Result<Option<(Session, User)>, StoreError> {
    let row: Option<Row> = tx
        .query(
            "SELECT s.id AS session_id, s.device_id, s.number_typed, s.created_at, s.expires_at, \
             u.id, u.email, u.name, u.role, u.password_hash, u.language, u.new_password_since \
             FROM sessions s JOIN users u ON u.id = s.user_id \
             WHERE s.tenant_id = $1 AND s.token_hash = $2 AND s.expires_at > $3",
        )
        .bind(tenant.0)
        .bind(token_hash.0.to_vec())
        .bind(now.micros())
        .fetch_optional()
        .await?;
    let Some(row) = row else { return Ok(None) };
    let user = row.user.read()?.user;
    let session = Session {
        id: row.session_id,
        user: user.id,
        token_hash,
        proof: row.device_id.map_or(Proof::PasswordAlone, |device| Proof::Device {
            device: DeviceId(device),
            number: row.number_typed,
        }),
        created_at: time(row.created_at),
        expires_at: time(row.expires_at),
    };
    Ok(Some((session, user)))
}

/// Ends a session.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn end(tx: &mut Tx<'_>, tenant: TenantId, token_hash: Digest) -> Result<bool, StoreError> {
    let rows = tx
        .query("DELETE FROM sessions WHERE tenant_id = $1 AND token_hash = $2")
        .bind(tenant.0)
        .bind(token_hash.0.to_vec())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Ends all sessions of a user but one, if one is named.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn end_all(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    but: Option<Uuid>,
) -> Result<u64, StoreError> {
    // No session has the nil id.
    tx.query("DELETE FROM sessions WHERE tenant_id = $1 AND user_id = $2 AND id <> $3")
        .bind(tenant.0)
        .bind(user.0)
        .bind(but.unwrap_or_default())
        .execute()
        .await
}
