//! A pairing is offered to a user who is signed in, or on the command line, and shown as a link. A phone claims it in
//! [`super::claim_pairing`].

use std::net::IpAddr;
use std::time::Duration;

use countersign_protocol::bytes::{Bytes, sha256};
use countersign_protocol::ids::{PairingId, UserId};
use countersign_protocol::pairing::PairingLink;
use countersign_protocol::random;
use countersign_protocol::statement::Signer as _;
use serde_json::json;
use subtle::ConstantTimeEq;

use super::cookies::PairingCookie;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::pairing::{CODE_TRIES, PAIRING_SECONDS, PairingState};
use crate::store::audit;
use crate::store::pairings::{self, Pairing};

/// What the pairing page shows.
#[derive(Debug)]
pub enum PairingView {
    /// Nothing was offered to this browser, or it is over.
    Over,
    /// The link to show, and for how long.
    Offered {
        /// The link.
        link: Box<PairingLink>,
        /// How long it is good.
        left: Duration,
    },
    /// Done.
    Confirmed,
}

impl App {
    /// Offers a pairing to a user on the command line. Earlier ones of this user are over.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn offer_pairing(&self, at: &TenantHandle, user: UserId) -> Result<PairingLink, AppError> {
        self.offer_pairing_to(at, user, None).await
    }

    /// As [`App::offer_pairing`], to the user's browser at `address`, if it is one.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn offer_pairing_to(
        &self,
        at: &TenantHandle,
        user: UserId,
        address: Option<IpAddr>,
    ) -> Result<PairingLink, AppError> {
        let now = self.now();
        let link = PairingLink {
            origin: at.origin.to_string(),
            id: PairingId::new(now, self.random()),
            secret: Bytes(random::bytes(self.random())),
            server_key: at.signing_key.kid(),
        };
        let pairing = Pairing {
            id: link.id,
            user,
            state: PairingState::Offered,
            claim_hash: sha256(link.secret_hash()),
            code_hash: None,
            tries_left: CODE_TRIES,
            device: None,
            expires_at: now + Duration::from_secs(PAIRING_SECONDS),
        };
        let tenant = at.tenant.id;
        let line = self.audit(tenant, Some(user), "pairing.offered", json!({ "pairing": link.id }));
        let line = line.at_browser_or_command_line(address);
        self.parts
            .db
            .write_with((pairing, line), move |(pairing, line), tx| {
                Box::pin(async move {
                    pairings::offer(tx, tenant, pairing, now).await?;
                    audit::append(tx, line).await
                })
            })
            .await?;
        Ok(link)
    }

    /// What to show in the browser that was offered a pairing.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn view_pairing(
        &self,
        at: &TenantHandle,
        user: UserId,
        cookie: &PairingCookie,
    ) -> Result<PairingView, AppError> {
        let (tenant, id, now) = (at.tenant.id, cookie.pairing, self.now());
        let found = self.parts.db.read(move |tx| Box::pin(pairings::by_id(tx, tenant, id))).await?;
        let Some(pairing) = found.filter(|pairing| pairing.user == user) else {
            return Ok(PairingView::Over);
        };
        let link = PairingLink {
            origin: at.origin.to_string(),
            id,
            secret: cookie.secret,
            server_key: at.signing_key.kid(),
        };
        let known = sha256(link.secret_hash()).0.ct_eq(&pairing.claim_hash.0).into();
        Ok(match pairing.state {
            PairingState::Confirmed => PairingView::Confirmed,
            PairingState::Offered | PairingState::Claimed if known && now < pairing.expires_at => {
                PairingView::Offered { link: Box::new(link), left: now.until(pairing.expires_at) }
            }
            _ => PairingView::Over,
        })
    }
}
