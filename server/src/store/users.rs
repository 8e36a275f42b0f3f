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

/// Adds a user. If a new password is needed, this one is an initial one.
///
/// # Errors
/// [`StoreError::Conflict`] if the tenant has that sign-in name already.
pub async fn add(tx: &mut Tx<'_>, new: &NewUser) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO users (id, tenant_id, email, email_key, name, role, user_type, chosen_since, \
         password_hash, created_at, search_key, new_password_since, password_initial) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
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

/// From now on, the user has to choose a new password after signing in, since somebody else knows this one. False if
/// that is so already.
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
pub async fn password_hash(
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
pub async fn set_password(
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

/// Disables a user, or enables one again. False if that is so already, there is no such user, or it is a super
/// administrator and `super_administrators`, as [`hold_super_administrators`] counted them, is not more than one.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_disabled(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    since: Option<Timestamp>,
    super_administrators: i64,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET disabled_at = $3 WHERE tenant_id = $1 AND id = $2 \
             AND (disabled_at IS NULL) = ($3 IS NOT NULL) \
             AND ($3 IS NULL OR role <> 'super-administrator' OR $4 > 1)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(since.map(Timestamp::micros))
        .bind(super_administrators)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Holds the super administrators of a tenant that are not disabled until the unit ends, and counts them: of two units
/// that each take one away, the second sees what the first did.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn hold_super_administrators(tx: &mut Tx<'_>, tenant: TenantId) -> Result<i64, StoreError> {
    // An UPDATE locks the rows on PostgreSQL, and looks again at those that it had to wait for.
    let rows = tx
        .query(
            "UPDATE users SET name = name WHERE tenant_id = $1 AND role = 'super-administrator' \
             AND disabled_at IS NULL",
        )
        .bind(tenant.0)
        .execute()
        .await?;
    Ok(i64::try_from(rows).unwrap_or(i64::MAX))
}

/// Gives a user another role, if it is `before` still. False if not, or if it is the last super administrator, of whom
/// there are `super_administrators`, as [`hold_super_administrators`] counted them.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_role(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    (before, after): (Role, Role),
    super_administrators: i64,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET role = $4 WHERE tenant_id = $1 AND id = $2 AND role = $3 \
             AND (role <> 'super-administrator' OR disabled_at IS NOT NULL OR $5 > 1)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(before.as_str())
        .bind(after.as_str())
        .bind(super_administrators)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Chooses a user for a second factor, or no more. False if that is so already.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_chosen(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    since: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET chosen_since = $3 WHERE tenant_id = $1 AND id = $2 \
             AND (chosen_since IS NULL) = ($3 IS NOT NULL)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(since.map(Timestamp::micros))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Gives a user a type, or none. False if it is that already.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_type(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    user_type: Option<&str>,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET user_type = $3 WHERE tenant_id = $1 AND id = $2 \
             AND user_type IS DISTINCT FROM $3",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(user_type.map(str::to_owned))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Gives a user a name. False if it is that already.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_name(tx: &mut Tx<'_>, tenant: TenantId, id: UserId, name: &str) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET name = $3, search_key = $4 || email_key WHERE tenant_id = $1 AND id = $2 \
             AND name <> $3",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(name.to_owned())
        .bind(search_key(name, ""))
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

/// Gives a user, who is called `name`, another e-mail address. False if there is no such user.
///
/// # Errors
/// [`StoreError::Conflict`] if another user of the tenant has it.
pub async fn set_email(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: UserId,
    (email, email_key): (&str, &str),
    name: &str,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE users SET email = $3, email_key = $4, search_key = $5 WHERE tenant_id = $1 AND id = $2",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(email.to_owned())
        .bind(email_key.to_owned())
        .bind(search_key(name, email_key))
        .execute()
        .await?;
    Ok(rows == 1)
}
