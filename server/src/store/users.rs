//! Users.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::rows::corrupt;
use super::{StoreError, Tx};
use crate::domain::user::{Role, User};

/// A user with what the password check needs.
pub struct UserWithPassword {
    /// The user.
    pub user: User,
    /// A PHC string.
    pub password_hash: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    password_hash: String,
}

impl Row {
    fn read(self) -> Result<UserWithPassword, StoreError> {
        let role = Role::parse(&self.role).ok_or(corrupt("users.role"))?;
        let user = User { id: UserId(self.id), email: self.email, name: self.name, role };
        Ok(UserWithPassword { user, password_hash: self.password_hash })
    }
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
    tx.query("SELECT id, email, name, role, password_hash FROM users WHERE tenant_id = $1 AND email_key = $2")
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
        .query("SELECT id, email, name, role, password_hash FROM users WHERE tenant_id = $1 AND id = $2")
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
    /// When.
    pub at: Timestamp,
}

/// Adds a user.
///
/// # Errors
/// [`StoreError::Conflict`] if the tenant has that sign-in name already.
pub async fn add(tx: &mut Tx<'_>, new: &NewUser) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO users (id, tenant_id, email, email_key, name, role, password_hash, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.user.id.0)
    .bind(new.tenant.0)
    .bind(new.user.email.clone())
    .bind(new.email_key.clone())
    .bind(new.user.name.clone())
    .bind(new.user.role.as_str())
    .bind(new.password_hash.clone())
    .bind(new.at.micros())
    .execute()
    .await?;
    Ok(())
}
