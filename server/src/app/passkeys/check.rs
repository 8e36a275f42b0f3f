//! Proving a login by a passkey: options for the browser that holds the login cookie, then its answer.

use countersign_protocol::ids::UserId;
use serde_json::json;
use uuid::Uuid;

use super::relying_party;
use crate::app::cookies::LoginCookie;
use crate::app::tenants::TenantHandle;
use crate::app::{App, AppError};
use crate::domain::login::LoginState;
use crate::passkeys::{CEREMONY, CheckRefused, RelyingParty};
use crate::store::audit;
use crate::store::ceremonies::{self, Ceremony, CeremonyKind};
use crate::store::logins::Login;
use crate::store::passkeys::Used;

/// This passkey of this user signed what was asked for this login. To be used up in the unit of work that
/// it leads to, by [`crate::store::passkeys::use_up`]: only then is it believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) struct PasskeyEvidence {
    /// Whose login it proves.
    pub user: UserId,
    /// The passkey, before and after.
    pub used: Used,
}

impl App {
    /// Asks the browser that holds `cookie` for one of its user's passkeys: JSON with one member,
    /// `publicKey`. None if no login waits there, or its user has no passkey.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn passkey_options(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
    ) -> Result<Option<String>, AppError> {
        let Ok(party) = relying_party(at) else { return Ok(None) };
        let Some(login) = self.waiting_login(at, cookie).await? else { return Ok(None) };
        let held = self.passkeys_of(at, login.user).await?;
        if held.is_empty() {
            return Ok(None);
        }
        let begun = party.begin_check(held.iter().map(|passkey| passkey.credential.as_str()))?;
        let (tenant, now) = (at.tenant.id, self.now());
        let ceremony = Ceremony {
            id: self.row_id(now),
            user: login.user,
            belongs_to: login.id.0,
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

    /// Checks the browser's answer to [`App::passkey_options`], a JSON text, for a login of this user that waits.
    /// The check must be counted, and that committed, before. Whatever comes of it, what was
    /// asked takes no further answer. None if it proves nothing.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub(in crate::app) async fn check_passkey(
        &self,
        at: &TenantHandle,
        user: UserId,
        owner: Uuid,
        answer: &str,
    ) -> Result<Option<PasskeyEvidence>, AppError> {
        let Ok(party) = relying_party(at) else { return Ok(None) };
        let (tenant, now) = (at.tenant.id, self.now());
        let kind = CeremonyKind::Check;
        let db = &self.parts.db;
        let taken =
            db.write(move |tx| Box::pin(ceremonies::take(tx, tenant, user, owner, kind, now))).await?;
        let (Some(state), Some(credential_id)) = (taken, RelyingParty::answered_by(answer)) else {
            return Ok(None);
        };
        // As it is now: it may have been removed, or used elsewhere, since it was asked for.
        let held = self.passkeys_of(at, user).await?;
        let Some(passkey) = held.into_iter().find(|passkey| passkey.credential_id == credential_id) else {
            return Ok(None);
        };
        match party.finish_check(&state, answer, &passkey.credential) {
            Ok(check) => {
                let used = Used { id: passkey.id, was: passkey.credential, becomes: check.credential };
                Ok(Some(PasskeyEvidence { user, used }))
            }
            Err(CheckRefused::Unreadable(error)) => Err(error.into()),
            Err(CheckRefused::Wrong(why)) => {
                let detail = json!({ "passkey": passkey.id, "why": why });
                let line = self.audit(tenant, Some(user), "passkey.refused", detail);
                db.write_with(line, |line, tx| Box::pin(audit::append(tx, line))).await?;
                Ok(None)
            }
        }
    }

    async fn waiting_login(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
    ) -> Result<Option<Login>, AppError> {
        let now = self.now();
        let login = self.login_of(at, cookie).await?;
        Ok(login.filter(|login| login.standing(now) == LoginState::Pending))
    }
}
