//! Users: found, added, held; what changes of them is in [`changes`](self::changes).

mod changes;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::{corrupt, time};
use super::{StoreError, Tx};
use crate::domain::user::{Role, User};

pub use self::changes::{
    hold_super_administrators, set_chosen, set_disabled, set_email, set_name, set_role, set_type, unwarn,
    warn,
};

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

/// Adds a user. If a new password is needed, this one is an initial one.
///
/// # Errors
/// [`StoreError::Conflict`] if the tenant has that sign-in name already.
pub async fn add(tx: &mut Tx<'_>, new: &NewUser) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO users (id, tenant_id, email, email_key, name, role, user_type, chosen_since, \
         password_hash, created_at, search_key, new_password_since, password_initial, \
         language) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
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
    .bind(search_key(&new.user.name, &new.email_key))
    .bind(new.user.needs_new_password.then_some(new.user.created_at.micros()))
    .bind(new.user.needs_new_password)
    .bind(new.user.language.clone())
    .execute()
    .await?;
    Ok(())
}

/// What a user is searched by: see [`super::directory`].
fn search_key(name: &str, email_key: &str) -> String {
    format!("{} {email_key}", name.to_lowercase())
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
