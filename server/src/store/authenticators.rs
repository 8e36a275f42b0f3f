//! Authenticator apps: secrets that were offered, and the one that is active. Secrets are sealed.

use std::time::Duration;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::{corrupt, time};
use super::{StoreError, Tx, users};
use crate::domain::factor::TotpAlgorithm;
use crate::domain::totp::{Miss, OFFER_SECONDS, OFFER_TRIES, Standing};

/// A secret to be offered.
#[derive(Clone)]
pub struct NewAuthenticator {
    /// Its id.
    pub id: Uuid,
    /// For whom.
    pub user: UserId,
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// The hash that goes with it.
    pub algorithm: TotpAlgorithm,
    /// The session or login in which it is shown.
    pub offered_to: Uuid,
    /// When.
    pub at: Timestamp,
}

/// An authenticator.
#[derive(Clone)]
pub struct Authenticator {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// The hash that goes with it.
    pub algorithm: TotpAlgorithm,
    /// What is known of it when a code is typed.
    pub standing: Standing,
    /// When it was offered.
    pub created_at: Timestamp,
    /// When a code of it was last used to sign in; none before.
    pub last_used_at: Option<Timestamp>,
}

record! {
    struct Row {
        id: Uuid,
        user_id: Uuid,
        sealed: Vec<u8>,
        algorithm: String,
        last_step: Option<i64>,
        off_by: Option<i64>,
        off_step: Option<i64>,
        created_at: i64,
        last_used_at: Option<i64>,
    }
}

impl Row {
    fn read(self) -> Result<Authenticator, StoreError> {
        let miss = match (self.off_by, self.off_step) {
            (Some(off_by), Some(step)) => Some(Miss { off_by, step }),
            (None, None) => None,
            _ => return Err(corrupt("authenticators.off_by")),
        };
        Ok(Authenticator {
            id: self.id,
            user: UserId(self.user_id),
            sealed: self.sealed,
            algorithm: TotpAlgorithm::parse(&self.algorithm).ok_or(corrupt("authenticators.algorithm"))?,
            standing: Standing { last_step: self.last_step, miss },
            created_at: time(self.created_at),
            last_used_at: self.last_used_at.map(time),
        })
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, user_id, sealed, algorithm, last_step, off_by, off_step, created_at, last_used_at ",
            "FROM authenticators ",
            $tail
        )
    };
}

/// Since when an offer must have been made to be good at `now`.
fn offered_since(now: Timestamp) -> i64 {
    (now - Duration::from_secs(OFFER_SECONDS)).micros()
}

/// What was offered to a session or login and can still be confirmed. None if the user was offered
/// nothing there, or its time or tries are up.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn offered(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    offered_to: Uuid,
    now: Timestamp,
) -> Result<Option<Authenticator>, StoreError> {
    tx.query(select!(
        "WHERE tenant_id = $1 AND user_id = $2 AND offered_to = $3 AND state = 'offered' \
         AND created_at > $4 AND tries < $5"
    ))
    .bind(tenant.0)
    .bind(user.0)
    .bind(offered_to)
    .bind(offered_since(now))
    .bind(OFFER_TRIES)
    .fetch_optional::<Row>()
    .await?
    .map(Row::read)
    .transpose()
}

/// Offers a secret, in place of what was offered to the same session or login before.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn offer(tx: &mut Tx<'_>, tenant: TenantId, new: &NewAuthenticator) -> Result<(), StoreError> {
    // Of two tabs at once, the later one's is good, and no other.
    users::hold(tx, tenant, new.user).await?;
    tx.query(
        "DELETE FROM authenticators \
         WHERE tenant_id = $1 AND user_id = $2 AND offered_to = $3 AND state = 'offered'",
    )
    .bind(tenant.0)
    .bind(new.user.0)
    .bind(new.offered_to)
    .execute()
    .await?;
    tx.query(
        "INSERT INTO authenticators (id, tenant_id, user_id, state, sealed, algorithm, offered_to, created_at) \
         VALUES ($1, $2, $3, 'offered', $4, $5, $6, $7)",
    )
    .bind(new.id)
    .bind(tenant.0)
    .bind(new.user.0)
    .bind(new.sealed.clone())
    .bind(new.algorithm.as_str())
    .bind(new.offered_to)
    .bind(new.at.micros())
    .execute()
    .await?;
    Ok(())
}

/// Counts a try to confirm what was offered, before the code is looked at. None if there is nothing to
/// confirm; otherwise the offer as it stands after the count.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn count_try(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    offered_to: Uuid,
    now: Timestamp,
) -> Result<Option<Authenticator>, StoreError> {
    let Some(offer) = offered(tx, tenant, user, offered_to, now).await? else { return Ok(None) };
    let rows = tx
        .query(
            "UPDATE authenticators SET tries = tries + 1 \
             WHERE tenant_id = $1 AND id = $2 AND state = 'offered' AND created_at > $3 AND tries < $4",
        )
        .bind(tenant.0)
        .bind(offer.id)
        .bind(offered_since(now))
        .bind(OFFER_TRIES)
        .execute()
        .await?;
    Ok((rows == 1).then_some(offer))
}

/// Offered → active, by the code of `step`, which is used up by it. The user's active one before is
/// removed. False if it was not to be confirmed any more; then nothing is changed.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn confirm(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    id: Uuid,
    step: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // Of two confirmations at once, the second finds what the first made active.
    users::hold(tx, tenant, user).await?;
    tx.query(
        "DELETE FROM authenticators WHERE tenant_id = $1 AND user_id = $2 AND state = 'active' \
         AND EXISTS (SELECT 1 FROM authenticators o WHERE o.tenant_id = $1 AND o.user_id = $2 \
         AND o.id = $3 AND o.state = 'offered' AND o.created_at > $4)",
    )
    .bind(tenant.0)
    .bind(user.0)
    .bind(id)
    .bind(offered_since(now))
    .execute()
    .await?;
    let rows = tx
        .query(
            "UPDATE authenticators SET state = 'active', last_step = $5, off_by = NULL, off_step = NULL \
             WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND state = 'offered' AND created_at > $4",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(id)
        .bind(offered_since(now))
        .bind(step)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The active one of a user.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn active_of_user(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<Authenticator>, StoreError> {
    tx.query(select!("WHERE tenant_id = $1 AND user_id = $2 AND state = 'active'"))
        .bind(tenant.0)
        .bind(user.0)
        .fetch_optional::<Row>()
        .await?
        .map(Row::read)
        .transpose()
}

/// Uses up the code of a step, and all before it. False if it is used up already, or the authenticator is
/// not active any more.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn use_step(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: Uuid,
    step: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE authenticators SET last_step = $3, last_used_at = $4, off_by = NULL, off_step = NULL \
             WHERE tenant_id = $1 AND id = $2 AND state = 'active' AND (last_step IS NULL OR last_step < $3)",
        )
        .bind(tenant.0)
        .bind(id)
        .bind(step)
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes of a wrong code how far off it was, in place of what was noted before; none clears it.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn note_miss(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: Uuid,
    miss: Option<Miss>,
) -> Result<(), StoreError> {
    tx.query("UPDATE authenticators SET off_by = $3, off_step = $4 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.0)
        .bind(id)
        .bind(miss.map(|miss| miss.off_by))
        .bind(miss.map(|miss| miss.step))
        .execute()
        .await?;
    Ok(())
}

/// Removes the active one of a user, and whatever was offered. False if none was active.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn remove(tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<bool, StoreError> {
    users::hold(tx, tenant, user).await?;
    tx.query("DELETE FROM authenticators WHERE tenant_id = $1 AND user_id = $2 AND state = 'offered'")
        .bind(tenant.0)
        .bind(user.0)
        .execute()
        .await?;
    let rows = tx
        .query("DELETE FROM authenticators WHERE tenant_id = $1 AND user_id = $2 AND state = 'active'")
        .bind(tenant.0)
        .bind(user.0)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Removes the offers that nobody can confirm any more. How many there were.
///
/// # Errors
/// [`StoreError`] from the database.
pub(super) async fn forget_offers(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, StoreError> {
    tx.query("DELETE FROM authenticators WHERE state = 'offered' AND created_at <= $1")
        .bind(offered_since(now))
        .execute()
        .await
}
