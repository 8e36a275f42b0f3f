//! Users.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::{corrupt, time};
use super::{StoreError, Tx};
use crate::domain::user::{Role, User};

/// A user with what the password check needs.
pub struct UserWithPassword {
    /// The user.
    pub user: User,
    /// A PHC string.
    pub password_hash: String,
}

record! {
    pub(super) struct Row {
        id: Uuid,
        email: String,
        name: String,
        role: String,
        password_hash: String,
        language: Option<String>,
        new_password_since: Option<i64>,
        disabled_at: Option<i64>,
        user_type: Option<String>,
        chosen_since: Option<i64>,
        since: i64,
    }
}

impl Row {
    pub(super) fn read(self) -> Result<UserWithPassword, StoreError> {
        let role = Role::parse(&self.role).ok_or(corrupt("users.role"))?;
        let user = User {
            id: UserId(self.id),
            email: self.email,
            name: self.name,
            role,
            language: self.language,
            needs_new_password: self.new_password_since.is_some(),
            disabled: self.disabled_at.is_some(),
            user_type: self.user_type,
            chosen_since: self.chosen_since.map(time),
            created_at: time(self.since),
        };
        Ok(UserWithPassword { user, password_hash: self.password_hash })
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, email, name, role, password_hash, language, new_password_since, disabled_at, user_type, ",
            "chosen_since, created_at AS since FROM users ",
            $tail
        )
    };
}

/// The user with this sign-in name, in the form of [`crate::domain::user::email_key`].
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn by_email_key(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    email_key: &str,
) -> Result<Option<UserWithPassword>, StoreError> {
    tx.query(select!("WHERE tenant_id = $1 AND email_key = $2"))
        .bind(tenant.0)
        .bind(email_key.to_owned())
        .fetch_optional::<Row>()
        .await?
        .map(Row::read)
        .transpose()
}

/// The user with this id.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn by_id(tx: &mut Tx<'_>, tenant: TenantId, id: UserId) -> Result<Option<User>, StoreError> {
    let row = tx
        .query(select!("WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant.0)
        .bind(id.0)
        .fetch_optional::<Row>()
        .await?;
    Ok(row.map(Row::read).transpose()?.map(|row| row.user))
}

/// A user to be added.
pub struct NewUser {
    /// In which tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: User,
    /// The sign-in name as it is compared.
    pub email_key: String,
    /// A PHC string.
    pub password_hash: String,
}

/// Adds a user.
///
/// # Errors
/// [`StoreError::Conflict`] if the tenant has that sign-in name already.
pub async fn add(tx: &mut Tx<'_>, new: &NewUser) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO users (id, tenant_id, email, email_key, name, role, user_type, chosen_since, \
         password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(new.user.id.0)
    .bind(new.tenant.0)
    .bind(new.user.email.clone())
    .bind(new.email_key.clone())
    .bind(new.user.name.clone())
    .bind(new.user.role.as_str())
    .bind(new.user.user_type.clone())
    .bind(new.user.chosen_since.map(Timestamp::micros))
    .bind(new.password_hash.clone())
    .bind(new.user.created_at.micros())
    .execute()
    .await?;
    Ok(())
}

/// Notes when a user signed in, and in which language, if that is another one: mail is written in it.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn signed_in(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    language: Option<&'static str>,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.query(
        "UPDATE users SET language = COALESCE($3, language), signed_in_at = $4 \
         WHERE tenant_id = $1 AND id = $2",
    )
    .bind(tenant.0)
    .bind(id.0)
    .bind(language.map(str::to_owned))
    .bind(at.micros())
    .execute()
    .await?;
    Ok(())
}

/// Holds a user until the unit ends: of two units that change what the user has one of, the second sees
/// what the first did. False if there is no such user.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn hold(tx: &mut Tx<'_>, tenant: TenantId, id: UserId) -> Result<bool, StoreError> {
    // An UPDATE locks the row on PostgreSQL; on SQLite, units follow each other anyway.
    let rows = tx
        .query("UPDATE users SET name = name WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.0)
        .bind(id.0)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Whether the user is not disabled and, if a hash is given, the password is still the one that was read. If so,
/// whoever changes either waits until this unit is over, and then finds what it wrote.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn still(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    password_hash: Option<&str>,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET name = name WHERE tenant_id = $1 AND id = $2 AND disabled_at IS NULL \
             AND password_hash = COALESCE($3, password_hash)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(password_hash.map(str::to_owned))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// From now on, the user has to choose a new password after signing in. False if that is so already.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn require_new_password(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET new_password_since = $3 \
             WHERE tenant_id = $1 AND id = $2 AND new_password_since IS NULL",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The user's password, as a PHC string.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn password_hash(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = tx
        .query("SELECT password_hash FROM users WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.0)
        .bind(id.0)
        .fetch_optional()
        .await?;
    Ok(row.map(|(hash,)| hash))
}

/// Sets a user's password, whatever it was. It need not be changed any more. False if there is no such
/// user.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_password(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    hash: &str,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET password_hash = $3, new_password_since = NULL \
             WHERE tenant_id = $1 AND id = $2",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(hash.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// As [`set_password`], if the password is still the one that was read, and the session in which the new
/// one was typed has not been ended meanwhile.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn replace_password(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    session: Uuid,
    old_hash: &str,
    new_hash: &str,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET password_hash = $5, new_password_since = NULL \
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

/// Disables a user, or enables one again. False if that is so already, or there is no such user.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_disabled(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    since: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET disabled_at = $3 WHERE tenant_id = $1 AND id = $2 \
             AND (disabled_at IS NULL) = ($3 IS NOT NULL)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(since.map(Timestamp::micros))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes that a user is told of wrong codes. False if that was done since `not_since`: nobody fills a mailbox.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn warn(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    now: Timestamp,
    not_since: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET warned_at = $3 WHERE tenant_id = $1 AND id = $2 \
             AND (warned_at IS NULL OR warned_at < $4)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(now.micros())
        .bind(not_since.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes back [`warn`]: the person succeeded before anything was sent.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn unwarn(tx: &mut Tx<'_>, tenant: TenantId, id: UserId) -> Result<(), StoreError> {
    tx.query("UPDATE users SET warned_at = NULL WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.0)
        .bind(id.0)
        .execute()
        .await?;
    Ok(())
}

/// Gives a user another e-mail address.
///
/// # Errors
/// [`StoreError::Conflict`] if another user of the tenant has it.
pub async fn set_email(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    email: &str,
    email_key: &str,
) -> Result<(), StoreError> {
    tx.query("UPDATE users SET email = $3, email_key = $4 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.0)
        .bind(id.0)
        .bind(email.to_owned())
        .bind(email_key.to_owned())
        .execute()
        .await?;
    Ok(())
}
