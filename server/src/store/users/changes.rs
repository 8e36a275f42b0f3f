//! What changes of a user: state, role, type, name, addresses. Each time one conditional UPDATE.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;

use super::super::{StoreError, Tx};
use super::search_key;
use crate::domain::user::Role;

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
