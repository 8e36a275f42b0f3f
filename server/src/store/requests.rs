//! Approval requests, one for each device asked, and the receipts of their decisions.

use countersign_protocol::bytes::Nonce;
use countersign_protocol::ids::{DeviceId, LoginId, TenantId};
use countersign_protocol::key::PublicKey;
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::time::Timestamp;

use super::logins::{self, Login};
use super::record::record;
use super::rows::{bytes, corrupt, key};
use super::{StoreError, Tx};

/// An approval request as the server signed it.
#[derive(Clone, Debug)]
pub struct StoredRequest {
    /// For which login.
    pub login: LoginId,
    /// Of which device.
    pub device: DeviceId,
    /// Its nonce.
    pub nonce: Nonce,
    /// The compact JWS.
    pub request: String,
}

/// Adds a request.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn add(tx: &mut Tx<'_>, tenant: TenantId, new: &StoredRequest) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO approval_requests (login_id, device_id, tenant_id, nonce, request) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(new.login.0)
    .bind(new.device.0)
    .bind(tenant.0)
    .bind(new.nonce.0.to_vec())
    .bind(new.request.clone())
    .execute()
    .await?;
    Ok(())
}

record! {
    struct Row {
        nonce: Vec<u8>,
        request: String,
        asked: i64,
        #[record] login: logins::Row,
    }
}

/// The request that this device was sent for this login, the login, and how many devices were asked.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn with_login(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    login: LoginId,
    device: DeviceId,
) -> Result<Option<(StoredRequest, Login, i64)>, StoreError> {
    let row: Option<Row> = tx
        .query(
            "SELECT r.nonce, r.request, (SELECT COUNT(*) FROM approval_requests o \
             WHERE o.login_id = r.login_id) AS asked, l.id, l.user_id, l.purpose, l.session_id, l.state, l.secret_hash, \
             l.number_digits, l.number, l.address, l.created_at, l.lapses_at, l.ask_until, l.asked_at, l.trusted, \
             l.push, l.delivered_at, l.seen_at, l.decided_by, l.proved_by \
             FROM approval_requests r JOIN logins l ON l.id = r.login_id \
             WHERE r.tenant_id = $1 AND r.login_id = $2 AND r.device_id = $3",
        )
        .bind(tenant.0)
        .bind(login.0)
        .bind(device.0)
        .fetch_optional()
        .await?;
    let Some(Row { nonce, request, asked, login: row }) = row else { return Ok(None) };
    let nonce = bytes(&nonce, "approval_requests.nonce")?;
    Ok(Some((StoredRequest { login, device, nonce, request }, row.read()?, asked)))
}

/// A request that waits for an answer.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The login.
    pub login: LoginId,
    /// The compact JWS.
    pub request: String,
    /// Whether a phone had it before.
    pub delivered: bool,
}

/// The requests that wait for this device's answer, newest first: at most 20. Where there are more, those
/// of trusted browsers come before others, and the newest of each address before its older ones, so that
/// whoever begins logins by the dozen hides nobody's but their own.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn pending(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    device: DeviceId,
    now: Timestamp,
) -> Result<Vec<Waiting>, StoreError> {
    let rows: Vec<(uuid::Uuid, String, bool)> = tx
        .query(
            "SELECT id, request, delivered FROM (SELECT l.id, r.request, l.created_at, \
             l.delivered_at IS NOT NULL AS delivered, l.trusted, \
             ROW_NUMBER() OVER (PARTITION BY l.address ORDER BY l.created_at DESC, l.id DESC) AS place \
             FROM approval_requests r JOIN logins l ON l.id = r.login_id \
             WHERE r.tenant_id = $1 AND r.device_id = $2 AND l.state = 'pending' \
             AND l.ask_until > $3 AND l.lapses_at > $3) found \
             ORDER BY trusted DESC, place, created_at DESC, id DESC LIMIT 20",
        )
        .bind(tenant.0)
        .bind(device.0)
        .bind(now.micros())
        .fetch_all()
        .await?;
    let waiting = |(login, request, delivered)| Waiting { login: LoginId(login), request, delivered };
    let mut waiting: Vec<Waiting> = rows.into_iter().map(waiting).collect();
    // Ids begin with the time.
    waiting.sort_unstable_by_key(|waiting| std::cmp::Reverse(waiting.login));
    Ok(waiting)
}

/// The devices that were asked, other than one if one is named, and where their wakes go.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn others_asked(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    login: LoginId,
    but: Option<DeviceId>,
) -> Result<Vec<(DeviceId, PushEndpoint)>, StoreError> {
    // No device has the nil id.
    let rows: Vec<(uuid::Uuid, String)> = tx
        .query(
            "SELECT d.id, d.push FROM approval_requests r JOIN devices d ON d.id = r.device_id \
             WHERE r.tenant_id = $1 AND r.login_id = $2 AND d.id <> $3 AND d.state = 'active' \
             AND d.push IS NOT NULL",
        )
        .bind(tenant.0)
        .bind(login.0)
        .bind(but.map(|device| device.0).unwrap_or_default())
        .fetch_all()
        .await?;
    rows.into_iter()
        .map(|(device, push)| {
            let push = serde_json::from_str(&push).map_err(|_| corrupt("devices.push"))?;
            Ok((DeviceId(device), push))
        })
        .collect()
}

/// The stored request and decision of one login: anyone who has the public keys can verify them.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Of which login.
    pub login: LoginId,
    /// Which device decided.
    pub device: DeviceId,
    /// The request, a compact JWS.
    pub request: String,
    /// The decision, a compact JWS.
    pub decision: String,
    /// When it was decided.
    pub decided_at: Timestamp,
}

/// Keeps a receipt.
///
/// # Errors
/// [`StoreError::Conflict`] if the login has one: it was decided before.
pub async fn keep_receipt(tx: &mut Tx<'_>, tenant: TenantId, new: &Receipt) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO receipts (login_id, tenant_id, device_id, request, decision, decided_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(new.login.0)
    .bind(tenant.0)
    .bind(new.device.0)
    .bind(new.request.clone())
    .bind(new.decision.clone())
    .bind(new.decided_at.micros())
    .execute()
    .await?;
    Ok(())
}

/// The receipt of a login.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn receipt(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    login: LoginId,
) -> Result<Option<Receipt>, StoreError> {
    let row: Option<(uuid::Uuid, String, String, i64)> = tx
        .query(
            "SELECT device_id, request, decision, decided_at FROM receipts \
             WHERE tenant_id = $1 AND login_id = $2",
        )
        .bind(tenant.0)
        .bind(login.0)
        .fetch_optional()
        .await?;
    Ok(row.map(|(device, request, decision, decided_at)| Receipt {
        login,
        device: DeviceId(device),
        request,
        decision,
        decided_at: Timestamp::from_micros(decided_at),
    }))
}

/// The approval key and the device key of a device, also of one that was removed: receipts outlive phones.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn signing_keys(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    device: DeviceId,
) -> Result<Option<[PublicKey; 2]>, StoreError> {
    let row: Option<(Vec<u8>, Vec<u8>)> = tx
        .query("SELECT approval_key, device_key FROM devices WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.0)
        .bind(device.0)
        .fetch_optional()
        .await?;
    row.map(|(approval, device)| {
        Ok([key(&approval, "devices.approval_key")?, key(&device, "devices.device_key")?])
    })
    .transpose()
}
