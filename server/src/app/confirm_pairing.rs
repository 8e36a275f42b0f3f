//! The last step of a pairing: the code that the phone shows, typed into the browser that was offered it.
//! A try is counted before the code is looked at.

use std::net::IpAddr;

use countersign_protocol::ids::{DeviceId, PairingId, TenantId, UserId};
use countersign_protocol::pairing::KeyProtection;
use countersign_protocol::time::Timestamp;
use serde_json::json;
use subtle::ConstantTimeEq;

use super::claim_pairing::hash_code;
use super::mails::Draft;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::pairing::PairingState;
use crate::mail::Mail;
use crate::store::audit::{self, AuditLine};
use crate::store::devices::Device;
use crate::store::pairings::{self, Pairing};
use crate::store::{StoreError, Tx, devices, mails};

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
    /// The code that the phone shows was typed in the browser that was offered the pairing, at `address`,
    /// if it was a browser. The user is told of the new device by mail.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn confirm_pairing(
        &self,
        at: &TenantHandle,
        user: UserId,
        id: PairingId,
        code: &str,
        address: Option<IpAddr>,
    ) -> Result<Confirmed, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let code_hash = hash_code(id, code.trim());
        let confirmed = self
            .audit(tenant, Some(user), "device.added", json!({ "pairing": id }))
            .at_browser_or_command_line(address);
        let refused = self
            .audit(tenant, Some(user), "pairing.wrong_code", json!({ "pairing": id }))
            .at_browser_or_command_line(address);
        let news = self.draft(at).map(|draft| News { draft, address });
        let outcome = self
            .parts
            .db
            .write_with((confirmed, refused, news), move |(confirmed, refused, news), tx| {
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
                        return activate(tx, tenant, &counted, now, confirmed, news.as_ref()).await;
                    }
                    wrong_code(tx, tenant, &counted, refused).await
                })
            })
            .await?;
        if matches!(outcome, Confirmed::Active(_)) {
            self.mail_was_added();
        }
        Ok(outcome)
    }

    /// As [`App::confirm_pairing`], but a right code is yet to be written: for whoever has more to write with it. A
    /// wrong one is never [`Confirmed::Active`].
    pub(super) async fn check_pairing_code(
        &self,
        at: &TenantHandle,
        user: UserId,
        id: PairingId,
        code: &str,
        address: IpAddr,
    ) -> Result<Result<NewPhone, Confirmed>, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let code_hash = hash_code(id, code.trim());
        let refused = self
            .audit(tenant, Some(user), "pairing.wrong_code", json!({ "pairing": id }))
            .from_address(Some(address));
        let unit = self.parts.db.write_with(refused, move |refused, tx| {
            Box::pin(async move {
                let found = pairings::by_id(tx, tenant, id).await?;
                let known = found.filter(|pairing| pairing.user == user && now < pairing.expires_at);
                match known.map(|pairing| pairing.state) {
                    Some(PairingState::Claimed) => {}
                    Some(PairingState::Offered) => return Ok(Err(Confirmed::NotClaimed)),
                    _ => return Ok(Err(Confirmed::Over)),
                }
                let Some(counted) = pairings::count_try(tx, tenant, id, now).await? else {
                    return Ok(Err(Confirmed::Over));
                };
                if !counted.code_hash.is_some_and(|hash| hash.0.ct_eq(&code_hash.0).into()) {
                    return wrong_code(tx, tenant, &counted, refused).await.map(Err);
                }
                let Some(device) = counted.device else { return Ok(Err(Confirmed::Over)) };
                let device = devices::by_id(tx, tenant, device).await?;
                Ok::<_, StoreError>(device.map(|device| (counted, device)).ok_or(Confirmed::Over))
            })
        });
        let (pairing, device) = match unit.await? {
            Ok(right) => right,
            Err(why) => return Ok(Err(why)),
        };
        let line =
            self.audit(tenant, Some(user), "device.added", json!({ "pairing": id, "address": address }));
        let news = self.draft(at).map(|draft| News { draft, address: Some(address) });
        Ok(Ok(NewPhone { pairing, device, line, news, now }))
    }

    /// As [`App::confirm_pairing`] without a browser, for the pairing that was offered to the user last.
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
            Some(pairing) => self.confirm_pairing(at, user, pairing.id, code, None).await,
            None => Ok(Confirmed::Over),
        }
    }
}

/// A phone whose code was right, to be made active in a unit of work.
pub(super) struct NewPhone {
    pairing: Pairing,
    device: Device,
    line: AuditLine,
    news: Option<News>,
    now: Timestamp,
}

impl NewPhone {
    /// Which.
    pub(super) const fn device(&self) -> DeviceId {
        self.device.id
    }

    /// Whether it can be relied on that nobody copies its keys.
    pub(super) fn keeps_keys_in_hardware(&self) -> bool {
        self.device.protection != KeyProtection::Software
    }

    /// Makes the phone active. False if it is not to be confirmed any more.
    pub(super) async fn write(&self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<bool, StoreError> {
        let made = activate(tx, tenant, &self.pairing, self.now, &self.line, self.news.as_ref()).await?;
        Ok(matches!(made, Confirmed::Active(_)))
    }
}

/// What the user is told of the new device.
struct News {
    draft: Draft,
    address: Option<IpAddr>,
}

async fn activate(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    pairing: &Pairing,
    now: Timestamp,
    line: &AuditLine,
    news: Option<&News>,
) -> Result<Confirmed, StoreError> {
    let Some(device) = pairing.device else { return Ok(Confirmed::Over) };
    let won = pairings::confirm(tx, tenant, pairing.id).await?
        && devices::activate(tx, tenant, device, now).await?;
    if !won {
        return Ok(Confirmed::Over);
    }
    audit::append(tx, line).await?;
    let active = devices::active_of_user(tx, tenant, pairing.user).await?;
    let found = active.into_iter().find(|active| active.id == device);
    let Some(name) = found.map(|active| active.name) else { return Ok(Confirmed::Over) };
    if let Some(news) = news {
        tell(tx, tenant, pairing.user, &name, now, news).await?;
    }
    Ok(Confirmed::Active(name))
}

/// Puts the mail about a new device into the outbox.
async fn tell(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    device: &str,
    now: Timestamp,
    news: &News,
) -> Result<(), StoreError> {
    let Some(recipient) = mails::recipient(tx, tenant, user).await? else { return Ok(()) };
    let mail = Mail::DeviceAdded { device: device.to_owned(), address: news.address, at: now.into() };
    match news.draft.to(&recipient, mail) {
        Some(mail) => mails::add(tx, &mail).await,
        None => Ok(()),
    }
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
