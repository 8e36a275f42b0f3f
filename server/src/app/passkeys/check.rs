//! Proving by a passkey: options for the browser, then its answer, once and within five minutes. What it is
//! proved for, such as a login, owns the question.

use std::net::IpAddr;

use countersign_protocol::ids::UserId;
use serde_json::json;
use uuid::Uuid;

use super::relying_party;
use crate::app::cookies::LoginCookie;
use crate::app::tenants::TenantHandle;
use crate::app::{App, AppError};
use crate::domain::factor::Factor;
use crate::passkeys::{CEREMONY, CheckRefused, RelyingParty};
use crate::store::ceremonies::{self, Ceremony, CeremonyKind};
use crate::store::passkeys::Used;

impl App {
    /// Asks the browser that holds `cookie` for one of its user's passkeys: JSON with one member,
    /// `publicKey`. None if a passkey is not among the ways that its login can be proved in now.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn passkey_options(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
    ) -> Result<Option<String>, AppError> {
        let Some(login) = self.login_of(at, cookie).await? else { return Ok(None) };
        let offered = self.other_ways(at, &login).await?.ways;
        if !offered.iter().any(|way| way.factor == Factor::Passkey && way.suspended.is_none()) {
            return Ok(None);
        }
        self.ask_for_passkey(at, login.user, login.id.0).await
    }

    /// Asks for one of a user's passkeys, on behalf of `owner`. None if there is none.
    pub(in crate::app) async fn ask_for_passkey(
        &self,
        at: &TenantHandle,
        user: UserId,
        owner: Uuid,
    ) -> Result<Option<String>, AppError> {
        let Ok(party) = relying_party(at) else { return Ok(None) };
        let held = self.passkeys_here(at, user).await?;
        if held.is_empty() {
            return Ok(None);
        }
        let begun = party.begin_check(held.iter().map(|passkey| passkey.credential.as_str()))?;
        let (tenant, now) = (at.tenant.id, self.now());
        let ceremony = Ceremony {
            id: self.row_id(now),
            user,
            belongs_to: owner,
            kind: CeremonyKind::Check,
            state: begun.state,
            expires_at: now + CEREMONY,
        };
        self.parts
            .db
            .write_with(ceremony, move |new, tx| Box::pin(ceremonies::begin(tx, tenant, new)))
            .await?;
        Ok(Some(begun.options))
    }

    /// Checks the browser's answer, a JSON text, to what `owner` asked. Whatever comes of it, what was asked
    /// takes no further answer. None if it proves nothing. To be believed only once it is used up, by
    /// [`crate::store::passkeys::use_up`]. The check must be counted, and that committed, before.
    pub(in crate::app) async fn check_passkey(
        &self,
        at: &TenantHandle,
        user: UserId,
        owner: Uuid,
        answer: &str,
        address: IpAddr,
    ) -> Result<Option<Used>, AppError> {
        let Ok(party) = relying_party(at) else { return Ok(None) };
        let (tenant, kind, now, db) = (at.tenant.id, CeremonyKind::Check, self.now(), &self.parts.db);
        let taken =
            db.write(move |tx| Box::pin(ceremonies::take(tx, tenant, user, owner, kind, now))).await?;
        let (Some(state), Some(credential_id)) = (taken, RelyingParty::answered_by(answer)) else {
            return Ok(None);
        };
        // As it is now: it may have been removed, or used elsewhere, since it was asked for.
        let held = self.passkeys_here(at, user).await?;
        let Some(passkey) = held.into_iter().find(|passkey| passkey.credential_id == credential_id) else {
            return Ok(None);
        };
        match party.finish_check(&state, answer, &passkey.credential) {
            Ok(check) => {
                Ok(Some(Used { id: passkey.id, was: passkey.credential, becomes: check.credential }))
            }
            Err(CheckRefused::Unreadable(error)) => Err(error.into()),
            Err(CheckRefused::Wrong(why)) => {
                let detail = json!({ "passkey": passkey.id, "why": why });
                let line = self.audit(tenant, Some(user), "passkey.refused", detail);
                self.write_line(line.from_address(Some(address))).await?;
                Ok(None)
            }
        }
    }
}
