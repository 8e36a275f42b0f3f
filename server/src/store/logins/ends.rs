//! How a login goes on and ends: each time one conditional UPDATE, so that it ends in exactly one way.

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{DeviceId, LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::super::{StoreError, Tx};
use super::purpose_columns;
use crate::domain::factor::Factor;
use crate::domain::login::{LoginState, Purpose};

/// Pending → what a device of the login's user made of it. False if it was not pending any more, or
/// the device is not active any more.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn decide(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: LoginId,
    device: DeviceId,
    to: LoginState,
    now: Timestamp,
    lapses_at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE logins SET state = $4, decided_at = $5, decided_by = $3, lapses_at = $6, number = NULL \
             WHERE tenant_id = $1 AND id = $2 AND state = 'pending' AND ask_until > $5 AND lapses_at > $5 \
             AND EXISTS (SELECT 1 FROM devices d WHERE d.id = $3 AND d.user_id = logins.user_id AND d.state = 'active')",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(device.0)
        .bind(to.as_str())
        .bind(now.micros())
        .bind(lapses_at.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Approved → completed, for the browser that holds the login's secret, once, as long as the device
/// that approved is still active and the user not disabled. False if any of it does not hold.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn complete(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: LoginId,
    secret_hash: Digest,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE logins SET state = 'completed' \
             WHERE tenant_id = $1 AND id = $2 AND secret_hash = $3 AND state = 'approved' \
             AND lapses_at > $4 AND EXISTS (SELECT 1 FROM devices d \
             WHERE d.id = logins.decided_by AND d.user_id = logins.user_id AND d.state = 'active') \
             AND EXISTS (SELECT 1 FROM users u WHERE u.id = logins.user_id AND u.disabled_at IS NULL)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(secret_hash.0.to_vec())
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Pending → completed, for the browser that holds the login's secret, once: `factor` was proved in it, and
/// used up in the same unit; or, if a second factor had to be set up, that was done with this one. False if
/// the login does not wait any more, is for another purpose than it was when it was read, or the user is disabled.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn complete_by(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    (id, purpose): (LoginId, Purpose),
    secret_hash: Digest,
    factor: Factor,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (purpose, _) = purpose_columns(purpose);
    let rows = tx
        .query(
            "UPDATE logins SET state = 'completed', proved_by = $5, decided_at = $4, number = NULL \
             WHERE tenant_id = $1 AND id = $2 AND secret_hash = $3 AND state = 'pending' AND lapses_at > $4 \
             AND purpose = $6 \
             AND EXISTS (SELECT 1 FROM users u WHERE u.id = logins.user_id AND u.disabled_at IS NULL)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(secret_hash.0.to_vec())
        .bind(now.micros())
        .bind(factor.as_str())
        .bind(purpose)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Turns a login to sign in, pending or approved, into one that waits for a second factor to be set up, until
/// `lapses_at`, now that `factor` was proved. False if it does not wait any more.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_up_first(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: LoginId,
    secret_hash: Digest,
    factor: Factor,
    (now, lapses_at): (Timestamp, Timestamp),
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE logins SET state = 'pending', purpose = 'set-up', proved_by = $6, lapses_at = $5, ask_until = $4, \
             number = NULL, push = 'none', decided_by = NULL WHERE tenant_id = $1 AND id = $2 AND secret_hash = $3 \
             AND purpose = 'sign-in' AND state IN ('pending', 'approved') AND lapses_at > $4 \
             AND EXISTS (SELECT 1 FROM users u WHERE u.id = logins.user_id AND u.disabled_at IS NULL)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(secret_hash.0.to_vec())
        .bind(now.micros())
        .bind(lapses_at.micros())
        .bind(factor.as_str())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Lets a pending login wait until `lapses_at`, if that is later than it would. False if it does not wait
/// any more.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn prolong(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: LoginId,
    now: Timestamp,
    lapses_at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE logins SET lapses_at = CASE WHEN lapses_at < $4 THEN $4 ELSE lapses_at END \
             WHERE tenant_id = $1 AND id = $2 AND state = 'pending' AND lapses_at > $3",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(now.micros())
        .bind(lapses_at.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Pending or approved → replaced: the browser that holds the secret begins another login. Whose the
/// login was; none if there was nothing to replace.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn replace(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: LoginId,
    secret_hash: Digest,
) -> Result<Option<UserId>, StoreError> {
    let row: Option<(Uuid,)> = tx
        .query(
            "UPDATE logins SET state = 'replaced', number = NULL \
             WHERE tenant_id = $1 AND id = $2 AND secret_hash = $3 AND state IN ('pending', 'approved') \
             RETURNING user_id",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(secret_hash.0.to_vec())
        .fetch_optional()
        .await?;
    Ok(row.map(|(user,)| UserId(user)))
}

/// Pending or approved → reported or replaced: all of a user's logins, but one if one is named. Which they
/// were.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn end_all(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    but: Option<LoginId>,
    to: LoginState,
) -> Result<Vec<LoginId>, StoreError> {
    // No login has the nil id.
    let rows: Vec<(Uuid,)> = tx
        .query(
            "UPDATE logins SET state = $4, number = NULL WHERE tenant_id = $1 AND user_id = $2 \
             AND id <> $3 AND state IN ('pending', 'approved') RETURNING id",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(but.map(|login| login.0).unwrap_or_default())
        .bind(to.as_str())
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| LoginId(id)).collect())
}
