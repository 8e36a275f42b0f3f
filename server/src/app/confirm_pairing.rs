//! The last step of a pairing: the code that the phone shows, typed into the browser that was offered it.
//! A try is counted before the code is looked at.

use countersign_protocol::ids::{PairingId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;
use subtle::ConstantTimeEq;

use super::pairing::hash_code;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::pairing::PairingState;
use crate::store::audit::{self, AuditLine};
use crate::store::pairings::{self, Pairing};
use crate::store::{StoreError, Tx, devices};

/// What came of typing a code.
#[derive(Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// The device is active; this is its name.
    Active(String),
    /// Not that code.
    WrongCode {
        /// How many tries are left.
        tries_left: i64,
    },
    /// No phone has claimed the pairing yet.
    NotClaimed,
    /// The pairing is over.
    Over,
}

impl App {
    /// The code that the phone shows was typed in the browser that was offered the pairing.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn confirm_pairing(
        &self,
        at: &TenantHandle,
        user: UserId,
        id: PairingId,
        code: &str,
    ) -> Result<Confirmed, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let code_hash = hash_code(id, code.trim());
        let confirmed = self.audit(tenant, Some(user), "device.added", json!({ "pairing": id }));
        let refused = self.audit(tenant, Some(user), "pairing.wrong_code", json!({ "pairing": id }));
        let outcome = self
            .parts
            .db
            .write_with((confirmed, refused), move |(confirmed, refused), tx| {
                Box::pin(async move {
                    let found = pairings::by_id(tx, tenant, id).await?;
                    let known = found.filter(|pairing| pairing.user == user && now < pairing.expires_at);
                    match known.map(|pairing| pairing.state) {
                        Some(PairingState::Claimed) => {}
                        Some(PairingState::Offered) => return Ok(Confirmed::NotClaimed),
                        _ => return Ok(Confirmed::Over),
                    }
                    let Some(counted) = pairings::count_try(tx, tenant, id, now).await? else {
                        return Ok(Confirmed::Over);
                    };
                    let right: bool = counted.code_hash.is_some_and(|hash| hash.0.ct_eq(&code_hash.0).into());
                    if right {
                        return activate(tx, tenant, &counted, now, confirmed).await;
                    }
                    wrong_code(tx, tenant, &counted, refused).await
                })
            })
            .await?;
        Ok(outcome)
    }

    /// As [`App::confirm_pairing`], for the pairing that was offered to the user last.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn confirm_newest_pairing(
        &self,
        at: &TenantHandle,
        user: UserId,
        code: &str,
    ) -> Result<Confirmed, AppError> {
        let tenant = at.tenant.id;
        let newest =
            self.parts.db.read(move |tx| Box::pin(pairings::newest_of_user(tx, tenant, user))).await?;
        match newest {
            Some(pairing) => self.confirm_pairing(at, user, pairing.id, code).await,
            None => Ok(Confirmed::Over),
        }
    }
}

async fn activate(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    pairing: &Pairing,
    now: Timestamp,
    line: &AuditLine,
) -> Result<Confirmed, StoreError> {
    let Some(device) = pairing.device else { return Ok(Confirmed::Over) };
    let won = pairings::confirm(tx, tenant, pairing.id).await?
        && devices::activate(tx, tenant, device, now).await?;
    if !won {
        return Ok(Confirmed::Over);
    }
    audit::append(tx, line).await?;
    let active = devices::active_of_user(tx, tenant, pairing.user).await?;
    let name = active.into_iter().find(|active| active.id == device).map(|active| active.name);
    Ok(name.map_or(Confirmed::Over, Confirmed::Active))
}

async fn wrong_code(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    pairing: &Pairing,
    line: &AuditLine,
) -> Result<Confirmed, StoreError> {
    audit::append(tx, line).await?;
    if pairing.tries_left > 0 {
        return Ok(Confirmed::WrongCode { tries_left: pairing.tries_left });
    }
    pairings::end(tx, tenant, pairing.id).await?;
    Ok(Confirmed::Over)
}
