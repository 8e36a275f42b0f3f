//! Passkeys and security keys of users: public keys and counters, no secrets.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::time;
use super::{StoreError, Tx};

/// A passkey or security key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Its id with us.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// Its id with the browser.
    pub credential_id: Vec<u8>,
    /// What it is verified by, as JSON.
    pub credential: String,
    /// What its owner calls it.
    pub name: String,
    /// The host that it answers at, and nowhere else.
    pub host: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last signed in with.
    pub last_used_at: Option<Timestamp>,
}

record! {
    struct Row {
        id: Uuid,
        user_id: Uuid,
        credential_id: Vec<u8>,
        credential: String,
        name: String,
        host: String,
        created_at: i64,
        last_used_at: Option<i64>,
    }
}

impl Row {
    fn read(self) -> Passkey {
        Passkey {
            id: self.id,
            user: UserId(self.user_id),
            credential_id: self.credential_id,
            credential: self.credential,
            name: self.name,
            host: self.host,
            created_at: time(self.created_at),
            last_used_at: self.last_used_at.map(time),
        }
    }
}

/// Adds one.
///
/// # Errors
/// [`StoreError::Conflict`] if somebody in the tenant has it already.
pub async fn add(tx: &mut Tx<'_>, tenant: TenantId, new: &Passkey) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO passkeys (id, tenant_id, user_id, credential_id, credential, name, created_at, \
         last_used_at, host) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(new.id)
    .bind(tenant.0)
    .bind(new.user.0)
    .bind(new.credential_id.clone())
    .bind(new.credential.clone())
    .bind(new.name.clone())
    .bind(new.created_at.micros())
    .bind(new.last_used_at.map(Timestamp::micros))
    .bind(new.host.clone())
    .execute()
    .await?;
    Ok(())
}

/// The passkeys of a user, oldest first.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn of_user(tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<Vec<Passkey>, StoreError> {
    let rows: Vec<Row> = tx
        .query(
            "SELECT id, user_id, credential_id, credential, name, host, created_at, last_used_at FROM passkeys \
             WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_at, id",
        )
        .bind(tenant.0)
        .bind(user.0)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Row::read).collect())
}

/// A passkey that signed an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// Which.
    pub id: Uuid,
    /// Its credential as the answer was checked by.
    pub was: String,
    /// Its credential from now on.
    pub becomes: String,
}

/// Notes that a passkey was signed in with. False if it is gone, or if another answer moved its counter
/// since this one was checked: then this one is not to be believed.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn use_up(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    used: &Used,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE passkeys SET credential = $5, last_used_at = $6 \
             WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND credential = $4",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(used.id)
        .bind(used.was.clone())
        .bind(used.becomes.clone())
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Calls a passkey something else. False if the user has no such passkey.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn rename(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    id: Uuid,
    name: &str,
) -> Result<bool, StoreError> {
    let rows = tx
        .query("UPDATE passkeys SET name = $4 WHERE tenant_id = $1 AND user_id = $2 AND id = $3")
        .bind(tenant.0)
        .bind(user.0)
        .bind(id)
        .bind(name.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Removes a passkey; what it was called. None if the user has no such passkey.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn remove(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    id: Uuid,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = tx
        .query("DELETE FROM passkeys WHERE tenant_id = $1 AND user_id = $2 AND id = $3 RETURNING name")
        .bind(tenant.0)
        .bind(user.0)
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(row.map(|(name,)| name))
}
