//! Pairings, while they are made.

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{DeviceId, PairingId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::{bytes, corrupt, time};
use super::{StoreError, Tx};
use crate::domain::pairing::{CODE_TRIES, PairingState};

/// A pairing.
#[derive(Clone, Debug)]
pub struct Pairing {
    /// Its id.
    pub id: PairingId,
    /// For whom.
    pub user: UserId,
    /// Where it stands.
    pub state: PairingState,
    /// SHA-256 of what the phone shows of the secret.
    pub claim_hash: Digest,
    /// SHA-256 of id and code, once claimed.
    pub code_hash: Option<Digest>,
    /// How many wrong codes are left.
    pub tries_left: i64,
    /// The phone that claimed it.
    pub device: Option<DeviceId>,
    /// When it ends.
    pub expires_at: Timestamp,
}

record! {
    struct Row {
        id: Uuid,
        user_id: Uuid,
        state: String,
        claim_hash: Vec<u8>,
        code_hash: Option<Vec<u8>>,
        tries_left: i64,
        device_id: Option<Uuid>,
        expires_at: i64,
    }
}

impl Row {
    fn read(self) -> Result<Pairing, StoreError> {
        let code_hash = self.code_hash.as_deref().map(|hash| bytes(hash, "pairings.code_hash"));
        Ok(Pairing {
            id: PairingId(self.id),
            user: UserId(self.user_id),
            state: PairingState::parse(&self.state).ok_or(corrupt("pairings.state"))?,
            claim_hash: bytes(&self.claim_hash, "pairings.claim_hash")?,
            code_hash: code_hash.transpose()?,
            tries_left: self.tries_left,
            device: self.device_id.map(DeviceId),
            expires_at: time(self.expires_at),
        })
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, user_id, state, claim_hash, code_hash, tries_left, device_id, expires_at ",
            "FROM pairings ",
            $tail
        )
    };
}

/// The pairing with this id.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn by_id(tx: &mut Tx<'_>, tenant: TenantId, id: PairingId) -> Result<Option<Pairing>, StoreError> {
    tx.query(select!("WHERE tenant_id = $1 AND id = $2"))
        .bind(tenant.0)
        .bind(id.0)
        .fetch_optional::<Row>()
        .await?
        .map(Row::read)
        .transpose()
}

/// The newest pairing of a user.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn newest_of_user(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<Pairing>, StoreError> {
    tx.query(select!("WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_at DESC, id DESC LIMIT 1"))
        .bind(tenant.0)
        .bind(user.0)
        .fetch_optional::<Row>()
        .await?
        .map(Row::read)
        .transpose()
}

/// Offers a pairing; the user's earlier open ones are over.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn offer(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    new: &Pairing,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.query(
        "UPDATE pairings SET state = 'over' \
         WHERE tenant_id = $1 AND user_id = $2 AND state IN ('offered', 'claimed')",
    )
    .bind(tenant.0)
    .bind(new.user.0)
    .execute()
    .await?;
    tx.query(
        "INSERT INTO pairings (id, tenant_id, user_id, state, claim_hash, tries_left, created_at, expires_at) \
         VALUES ($1, $2, $3, 'offered', $4, $5, $6, $7)",
    )
    .bind(new.id.0)
    .bind(tenant.0)
    .bind(new.user.0)
    .bind(new.claim_hash.0.to_vec())
    .bind(CODE_TRIES)
    .bind(now.micros())
    .bind(new.expires_at.micros())
    .execute()
    .await?;
    Ok(())
}

/// Offered → claimed, by whoever knows the secret. False if it was not to be had.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn claim(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: PairingId,
    device: DeviceId,
    code_hash: Digest,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE pairings SET state = 'claimed', device_id = $3, code_hash = $4 \
             WHERE tenant_id = $1 AND id = $2 AND state = 'offered' AND expires_at > $5",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(device.0)
        .bind(code_hash.0.to_vec())
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Ends a pairing that is not confirmed yet. False if there was nothing to end.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn end(tx: &mut Tx<'_>, tenant: TenantId, id: PairingId) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE pairings SET state = 'over' \
             WHERE tenant_id = $1 AND id = $2 AND state IN ('offered', 'claimed')",
        )
        .bind(tenant.0)
        .bind(id.0)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Counts a try at the code, before the code is looked at. None if there is no try left.
/// The answer is the pairing as it stands after the count.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn count_try(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: PairingId,
    now: Timestamp,
) -> Result<Option<Pairing>, StoreError> {
    let rows = tx
        .query(
            "UPDATE pairings SET tries_left = tries_left - 1 WHERE tenant_id = $1 AND id = $2 \
             AND state = 'claimed' AND tries_left > 0 AND expires_at > $3",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(now.micros())
        .execute()
        .await?;
    if rows == 1 { by_id(tx, tenant, id).await } else { Ok(None) }
}

/// Claimed → confirmed. False if it was not claimed.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn confirm(tx: &mut Tx<'_>, tenant: TenantId, id: PairingId) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE pairings SET state = 'confirmed' \
             WHERE tenant_id = $1 AND id = $2 AND state = 'claimed'",
        )
        .bind(tenant.0)
        .bind(id.0)
        .execute()
        .await?;
    Ok(rows == 1)
}
