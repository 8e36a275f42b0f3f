//! Devices: paired phones, of which only public keys are kept.

use countersign_protocol::api::DeviceState;
use countersign_protocol::ids::{DeviceId, TenantId, UserId};
use countersign_protocol::key::{KeyId, PublicKey};
use countersign_protocol::pairing::{KeyProtection, PushEndpoint};
use countersign_protocol::time::{NumericDate, Timestamp};
use uuid::Uuid;

use super::record::record;
use super::rows::{corrupt, key, time};
use super::{StoreError, Tx};
use crate::domain::attestation::Finding;

/// A device.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Whose tenant.
    pub tenant: TenantId,
    /// Whose it is.
    pub user: UserId,
    /// Whether its approvals count.
    pub state: DeviceState,
    /// Its name, for people.
    pub name: String,
    /// Its system.
    pub platform: String,
    /// Where its keys live.
    pub protection: KeyProtection,
    /// Authenticates its calls.
    pub device_key: PublicKey,
    /// Signs its approvals.
    pub approval_key: PublicKey,
    /// Where its wakes go.
    pub push: Option<PushEndpoint>,
    /// The address that it was paired at, and calls: scheme and authority. What it is sent names it.
    pub origin: String,
    /// When its push service said that there is no such endpoint any more, if the phone named no other
    /// since.
    pub push_lost_at: Option<Timestamp>,
    /// When it was paired.
    pub created_at: Timestamp,
    /// When it last decided.
    pub last_used_at: Option<Timestamp>,
    /// What it proved of its keys when it was paired; none where its tenant did not ask.
    pub attestation: Option<Finding>,
}

record! {
    struct Row {
        id: Uuid,
        tenant_id: Uuid,
        user_id: Uuid,
        state: String,
        name: String,
        platform: String,
        protection: String,
        device_key: Vec<u8>,
        approval_key: Vec<u8>,
        push: Option<String>,
        origin: String,
        push_lost_at: Option<i64>,
        created_at: i64,
        last_used_at: Option<i64>,
        attestation: Option<String>,
    }
}

impl Row {
    fn read(self) -> Result<Device, StoreError> {
        let push = self.push.as_deref().map(serde_json::from_str).transpose();
        Ok(Device {
            id: DeviceId(self.id),
            tenant: TenantId(self.tenant_id),
            user: UserId(self.user_id),
            state: match self.state.as_str() {
                "unconfirmed" => DeviceState::Unconfirmed,
                "active" => DeviceState::Active,
                // Removed: whoever asks for it by a key does not find it.
                _ => return Err(corrupt("devices.state")),
            },
            name: self.name,
            platform: self.platform,
            protection: match self.protection.as_str() {
                "hardware" => KeyProtection::Hardware,
                "software" => KeyProtection::Software,
                _ => return Err(corrupt("devices.protection")),
            },
            device_key: key(&self.device_key, "devices.device_key")?,
            approval_key: key(&self.approval_key, "devices.approval_key")?,
            push: push.map_err(|_| corrupt("devices.push"))?,
            origin: self.origin,
            push_lost_at: self.push_lost_at.map(time),
            created_at: time(self.created_at),
            last_used_at: self.last_used_at.map(time),
            // Shown, and never gone by again: what a later version wrote there keeps nobody from signing in.
            attestation: self.attestation.and_then(|text| serde_json::from_str(&text).ok()),
        })
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, tenant_id, user_id, state, name, platform, protection, device_key, approval_key, ",
            "push, origin, push_lost_at, created_at, last_used_at, attestation FROM devices ",
            $tail
        )
    };
}

/// The device whose device key has this id.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn by_device_kid(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    kid: KeyId,
) -> Result<Option<Device>, StoreError> {
    tx.query(select!("WHERE tenant_id = $1 AND device_kid = $2 AND state <> 'removed'"))
        .bind(tenant.0)
        .bind(kid.0.to_vec())
        .fetch_optional::<Row>()
        .await?
        .map(Row::read)
        .transpose()
}

/// The device with this id, unless it was removed.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn by_id(tx: &mut Tx<'_>, tenant: TenantId, id: DeviceId) -> Result<Option<Device>, StoreError> {
    tx.query(select!("WHERE tenant_id = $1 AND id = $2 AND state <> 'removed'"))
        .bind(tenant.0)
        .bind(id.0)
        .fetch_optional::<Row>()
        .await?
        .map(Row::read)
        .transpose()
}

/// As [`by_id`], whosever it is: for the operator's command line, which stands above tenants.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn of_any_tenant(tx: &mut Tx<'_>, id: DeviceId) -> Result<Option<Device>, StoreError> {
    tx.query(select!("WHERE id = $1 AND state <> 'removed'"))
        .bind(id.0)
        .fetch_optional::<Row>()
        .await?
        .map(Row::read)
        .transpose()
}

/// A user's active devices, the last used first.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn active_of_user(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
) -> Result<Vec<Device>, StoreError> {
    tx.query(select!(
        "WHERE tenant_id = $1 AND user_id = $2 AND state = 'active' \
         ORDER BY COALESCE(last_used_at, created_at) DESC, id"
    ))
    .bind(tenant.0)
    .bind(user.0)
    .fetch_all::<Row>()
    .await?
    .into_iter()
    .map(Row::read)
    .collect()
}

/// Adds a device as it was claimed: unconfirmed.
///
/// # Errors
/// [`StoreError::Conflict`] if one of its keys is known already.
pub async fn add_unconfirmed(tx: &mut Tx<'_>, new: &Device) -> Result<(), StoreError> {
    let protection = match new.protection {
        KeyProtection::Hardware => "hardware",
        KeyProtection::Software => "software",
    };
    let attestation = new.attestation.as_ref().map(serde_json::to_string);
    tx.query(
        "INSERT INTO devices (id, tenant_id, user_id, state, name, platform, protection, device_kid, \
         device_key, approval_kid, approval_key, push, created_at, origin, attestation) \
         VALUES ($1, $2, $3, 'unconfirmed', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(new.id.0)
    .bind(new.tenant.0)
    .bind(new.user.0)
    .bind(new.name.clone())
    .bind(new.platform.clone())
    .bind(protection)
    .bind(new.device_key.id().0.to_vec())
    .bind(new.device_key.sec1().to_vec())
    .bind(new.approval_key.id().0.to_vec())
    .bind(new.approval_key.sec1().to_vec())
    .bind(new.push.as_ref().map(as_text).transpose()?)
    .bind(new.created_at.micros())
    .bind(new.origin.clone())
    .bind(attestation.transpose().map_err(|_| corrupt("devices.attestation"))?)
    .execute()
    .await?;
    Ok(())
}

/// Makes a claimed device active. False if it was not unconfirmed.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn activate(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: DeviceId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE devices SET state = 'active', confirmed_at = $3 \
             WHERE tenant_id = $1 AND id = $2 AND state = 'unconfirmed'",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Removes an active device of a user: it can neither be asked nor answer any more, and its keys are never taken
/// again. Its name; none if it was not active, or not this user's.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn remove(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    id: DeviceId,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = tx
        .query(
            "UPDATE devices SET state = 'removed', push = NULL \
             WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND state = 'active' RETURNING name",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(id.0)
        .fetch_optional()
        .await?;
    if row.is_some() {
        tx.query("DELETE FROM wakes WHERE device_id = $1").bind(id.0).execute().await?;
    }
    Ok(row.map(|(name,)| name))
}

/// Gives an active device another name. False if it is not active any more.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn rename(tx: &mut Tx<'_>, tenant: TenantId, id: DeviceId, name: &str) -> Result<bool, StoreError> {
    let rows = tx
        .query("UPDATE devices SET name = $3 WHERE tenant_id = $1 AND id = $2 AND state = 'active'")
        .bind(tenant.0)
        .bind(id.0)
        .bind(name.to_owned())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes that a device decided.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn used(tx: &mut Tx<'_>, tenant: TenantId, id: DeviceId, now: Timestamp) -> Result<(), StoreError> {
    tx.query("UPDATE devices SET last_used_at = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.0)
        .bind(id.0)
        .bind(now.micros())
        .execute()
        .await?;
    Ok(())
}

/// Forgets where a device's wakes go, if they still go there: its push service says that the endpoint is
/// no more, and the phone may have named another one meanwhile. False if it has.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn lose_push(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: DeviceId,
    push: &PushEndpoint,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE devices SET push = NULL, push_lost_at = $4 \
             WHERE tenant_id = $1 AND id = $2 AND push = $3",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(as_text(push)?)
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes where a device's wakes go from now on, unless what is known was signed later.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_push(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: DeviceId,
    push: Option<&PushEndpoint>,
    signed_at: NumericDate,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE devices SET push = $3, push_signed_at = $4, push_lost_at = NULL \
             WHERE tenant_id = $1 AND id = $2 AND push_signed_at <= $4",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(push.map(as_text).transpose()?)
        .bind(signed_at.0)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// As the column holds it: the same endpoint is always the same text.
fn as_text(push: &PushEndpoint) -> Result<String, StoreError> {
    serde_json::to_string(push).map_err(|_| corrupt("devices.push"))
}
