//! Sessions: what a browser holds after a completed login. Only the token's hash is kept.

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{DeviceId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use std::net::IpAddr;

use super::record::record;
use super::rows::{address, corrupt, time};
use super::{StoreError, Tx, rows, users};
use crate::domain::factor::Factor;
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
    /// The authentication methods (RFC 8176), separated by spaces.
    pub amr: String,
    /// Where the browser was; not known of sessions of old.
    pub address: Option<IpAddr>,
    /// The browser, by name.
    pub browser: String,
    /// The system that it runs on.
    pub system: String,
    /// When it began.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When the person last proved to be there.
    pub proved_at: Timestamp,
    /// By which factor; none is by the password.
    pub proved_by: Option<Factor>,
}

/// What a session's `factor` says where a browser is remembered.
const REMEMBERED: &str = "remembered";

/// Adds a session.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn add(tx: &mut Tx<'_>, tenant: TenantId, new: &Session) -> Result<(), StoreError> {
    let (device, number) = match new.proof {
        Proof::Device { device, number } => (Some(device.0), number),
        _ => (None, false),
    };
    let factor = match new.proof {
        Proof::Remembered => Some(REMEMBERED),
        proof => proof.factor().map(Factor::as_str),
    };
    tx.query(
        "INSERT INTO sessions (id, tenant_id, user_id, token_hash, device_id, number_typed, created_at, \
         expires_at, factor, amr, address, browser, system, proved_at, proved_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(new.id)
    .bind(tenant.0)
    .bind(new.user.0)
    .bind(new.token_hash.0.to_vec())
    .bind(device)
    .bind(number)
    .bind(new.created_at.micros())
    .bind(new.expires_at.micros())
    .bind(factor)
    .bind(new.amr.clone())
    .bind(new.address.map(|address| address.to_string()))
    .bind(new.browser.clone())
    .bind(new.system.clone())
    .bind(new.proved_at.micros())
    .bind(new.proved_by.map(Factor::as_str))
    .execute()
    .await?;
    Ok(())
}

record! {
    struct SessionRow {
        session_id: Uuid,
        session_user: Uuid,
        token_hash: Vec<u8>,
        device_id: Option<Uuid>,
        number_typed: bool,
        factor: Option<String>,
        amr: String,
        address: Option<String>,
        browser: String,
        system: String,
        created_at: i64,
        expires_at: i64,
        proved_at: i64,
        proved_by: Option<String>,
    }
}

record! {
    struct Row {
        #[record] session: SessionRow,
        #[record] user: users::Row,
    }
}

/// The columns of [`SessionRow`].
macro_rules! columns {
    () => {
        "s.id AS session_id, s.user_id AS session_user, s.token_hash, s.device_id, s.number_typed, s.factor, \
         s.amr, s.address, s.browser, s.system, s.created_at, s.expires_at, s.proved_at, s.proved_by"
    };
}

impl SessionRow {
    fn proof(&self) -> Result<Proof, StoreError> {
        match (self.factor.as_deref(), self.device_id) {
            (None, None) => Ok(Proof::PasswordAlone),
            (Some(REMEMBERED), None) => Ok(Proof::Remembered),
            (Some(factor), device) => match (Factor::parse(factor), device) {
                (Some(Factor::Push), Some(device)) => {
                    Ok(Proof::Device { device: DeviceId(device), number: self.number_typed })
                }
                (Some(factor), None) if factor != Factor::Push => Ok(Proof::Other(factor)),
                _ => Err(corrupt("sessions.factor")),
            },
            (None, Some(_)) => Err(corrupt("sessions.device_id")),
        }
    }

    fn read(self) -> Result<Session, StoreError> {
        let proved_by =
            self.proved_by.as_deref().map(|factor| Factor::parse(factor).ok_or("sessions.proved_by"));
        Ok(Session {
            id: self.session_id,
            user: UserId(self.session_user),
            token_hash: rows::bytes(&self.token_hash, "sessions.token_hash")?,
            proof: self.proof()?,
            amr: self.amr,
            address: self.address.map(|text| address(&text, "sessions.address")).transpose()?,
            browser: self.browser,
            system: self.system,
            created_at: time(self.created_at),
            expires_at: time(self.expires_at),
            proved_at: time(self.proved_at),
            proved_by: proved_by.transpose().map_err(corrupt)?,
        })
    }
}

/// The session with this token, if it is still good and its user not disabled, and whose it is.
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
        .query(concat!(
            "SELECT ",
            columns!(),
            ", u.id, u.email, u.name, u.role, u.password_hash, u.language, u.new_password_since, u.disabled_at, u.user_type, \
             u.chosen_since, u.created_at AS since \
             FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.tenant_id = $1 AND s.token_hash = $2 \
             AND s.expires_at > $3 AND u.disabled_at IS NULL"
        ))
        .bind(tenant.0)
        .bind(token_hash.0.to_vec())
        .bind(now.micros())
        .fetch_optional()
        .await?;
    let Some(Row { session, user }) = row else { return Ok(None) };
    Ok(Some((session.read()?, user.read()?.user)))
}

/// The sessions of a user that are still good, the newest first: at most 100.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn of_user(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<SessionRow> = tx
        .query(concat!(
            "SELECT ",
            columns!(),
            " FROM sessions s WHERE s.tenant_id = $1 AND s.user_id = $2 AND s.expires_at > $3 \
             ORDER BY s.created_at DESC, s.id LIMIT 100"
        ))
        .bind(tenant.0)
        .bind(user.0)
        .bind(now.micros())
        .fetch_all()
        .await?;
    rows.into_iter().map(SessionRow::read).collect()
}

/// Notes that the person proved again to be there, by `factor` or, without one, by the password. False if
/// the session is over.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn proved(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: Uuid,
    factor: Option<Factor>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE sessions SET proved_at = $3, proved_by = $4 \
             WHERE tenant_id = $1 AND id = $2 AND expires_at > $3",
        )
        .bind(tenant.0)
        .bind(id)
        .bind(now.micros())
        .bind(factor.map(Factor::as_str))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Ends one session of a user. False if there is none with this id.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn end_one(tx: &mut Tx<'_>, tenant: TenantId, user: UserId, id: Uuid) -> Result<bool, StoreError> {
    let rows = tx
        .query("DELETE FROM sessions WHERE tenant_id = $1 AND user_id = $2 AND id = $3")
        .bind(tenant.0)
        .bind(user.0)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
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

/// How many sessions of a user there are.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn count(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let (count,): (i64,) = tx
        .query("SELECT COUNT(*) FROM sessions WHERE tenant_id = $1 AND user_id = $2 AND expires_at > $3")
        .bind(tenant.0)
        .bind(user.0)
        .bind(now.micros())
        .fetch_one()
        .await?;
    Ok(u64::try_from(count).unwrap_or(0))
}
