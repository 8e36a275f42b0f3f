//! Adding a passkey: options for the browser, then its answer, once and within five minutes.

use std::net::IpAddr;

use countersign_protocol::ids::TenantId;
use serde_json::json;
use uuid::Uuid;

use super::{relying_party, tidy_name};
use crate::app::tenants::TenantHandle;
use crate::app::{App, AppError};
use crate::domain::user::User;
use crate::mail::{FactorChange, Mail};
use crate::passkeys::{CEREMONY, Kind, NewCredential, Permitted, Person, RegistrationRefused};
use crate::store::audit::AuditLine;
use crate::store::ceremonies::{self, Ceremony, CeremonyKind};
use crate::store::mails::NewMail;
use crate::store::passkeys::{self, Passkey};
use crate::store::{StoreError, Tx, audit, mails, users};

/// How many passkeys a user may have: each is sent along whenever one is asked for.
const MOST: usize = 20;

/// What came of asking for a new passkey.
#[derive(Debug)]
pub enum PasskeyAsked {
    /// For the browser: JSON with one member, `publicKey`.
    Options(String),
    /// The user has as many as can be.
    TooMany,
    /// Passkeys need a host name, and this tenant is reached at a network address.
    NotHere,
}

/// What the browser answered.
#[derive(Clone, Copy)]
pub struct PasskeyAnswer<'a> {
    /// The new credential, as JSON.
    pub credential: &'a str,
    /// What it is called if its model is not a well-known one.
    pub unnamed: &'a str,
    /// Where the browser is.
    pub address: Option<IpAddr>,
}

/// What came of the browser's answer.
#[derive(Debug)]
pub enum PasskeyAdded {
    /// It can be signed in with from now on.
    Added(Box<Passkey>),
    /// The tenant permits certain authenticators, and this is none of them.
    NotPermitted,
    /// Somebody in the tenant has it already.
    Known,
    /// Nothing was asked for, or too long ago, or something else since.
    TooLate,
    /// The user has as many as can be.
    TooMany,
    /// Not an answer to what was asked.
    Refused,
}

impl App {
    /// Asks for a new passkey of `user`. The answer is taken once, for the same `owner`: the session or
    /// the login in which it was asked for.
    ///
    /// # Errors
    /// [`AppError`] from the database, or if the tenant's list of permitted authenticators cannot be read.
    pub async fn begin_passkey_registration(
        &self,
        at: &TenantHandle,
        user: &User,
        owner: Uuid,
        kind: Kind,
    ) -> Result<PasskeyAsked, AppError> {
        let Ok(party) = relying_party(at) else { return Ok(PasskeyAsked::NotHere) };
        let held: Vec<_> =
            self.passkeys_of(at, user.id).await?.into_iter().map(|passkey| passkey.credential_id).collect();
        if held.len() >= MOST {
            return Ok(PasskeyAsked::TooMany);
        }
        let person = Person { id: user.id.0, email: &user.email, name: &user.name };
        let permitted = at.passkey_models.as_deref().map(Permitted::from_json).transpose()?;
        let begun = party.begin_registration(person, kind, held, permitted)?;
        let (tenant, now) = (at.tenant.id, self.now());
        let ceremony = Ceremony {
            id: self.row_id(now),
            user: user.id,
            belongs_to: owner,
            kind: CeremonyKind::Register,
            state: begun.state,
            expires_at: now + CEREMONY,
        };
        self.parts
            .db
            .write_with(ceremony, move |new, tx| Box::pin(ceremonies::begin(tx, tenant, new)))
            .await?;
        Ok(PasskeyAsked::Options(begun.options))
    }

    /// Takes the browser's answer to [`App::begin_passkey_registration`]. The user is told by mail.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn finish_passkey_registration(
        &self,
        at: &TenantHandle,
        user: &User,
        owner: Uuid,
        answer: PasskeyAnswer<'_>,
    ) -> Result<PasskeyAdded, AppError> {
        let new = match self.check_new_passkey(at, user, owner, answer).await? {
            Ok(new) => new,
            Err(why) => return Ok(why),
        };
        let (tenant, passkey) = (at.tenant.id, new.passkey.clone());
        let unit = self
            .parts
            .db
            .write_with(new, move |new, tx| Box::pin(async move { new.write(tx, tenant).await }));
        match unit.await {
            Ok(true) => {
                self.mail_was_added();
                Ok(PasskeyAdded::Added(Box::new(passkey)))
            }
            Ok(false) => Ok(PasskeyAdded::TooMany),
            Err(StoreError::Conflict { .. }) => Ok(PasskeyAdded::Known),
            Err(error) => Err(error.into()),
        }
    }

    /// As [`App::finish_passkey_registration`], but a good answer is yet to be written: for whoever has more to write
    /// with it. What is not is never [`PasskeyAdded::Added`].
    pub(in crate::app) async fn check_new_passkey(
        &self,
        at: &TenantHandle,
        user: &User,
        owner: Uuid,
        answer: PasskeyAnswer<'_>,
    ) -> Result<Result<NewPasskey, PasskeyAdded>, AppError> {
        let Ok(party) = relying_party(at) else { return Ok(Err(PasskeyAdded::Refused)) };
        let (tenant, id, now) = (at.tenant.id, user.id, self.now());
        let kind = CeremonyKind::Register;
        let db = &self.parts.db;
        let taken = db.write(move |tx| Box::pin(ceremonies::take(tx, tenant, id, owner, kind, now))).await?;
        let Some(state) = taken else { return Ok(Err(PasskeyAdded::TooLate)) };
        let refused = match party.finish_registration(&state, answer.credential) {
            Ok(new) => return Ok(Ok(self.new_passkey(at, user, new, answer).await?)),
            Err(RegistrationRefused::Unreadable(error)) => return Err(error.into()),
            Err(refused) => refused,
        };
        let line = self.audit(tenant, Some(id), "passkey.refused", json!({ "why": refused.to_string() }));
        self.write_line(line.from_address(answer.address)).await?;
        Ok(Err(match refused {
            RegistrationRefused::NotPermitted(_) => PasskeyAdded::NotPermitted,
            RegistrationRefused::Known => PasskeyAdded::Known,
            _ => PasskeyAdded::Refused,
        }))
    }

    async fn new_passkey(
        &self,
        at: &TenantHandle,
        user: &User,
        new: NewCredential,
        answer: PasskeyAnswer<'_>,
    ) -> Result<NewPasskey, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let name = new.model.and_then(|model| model.name()).unwrap_or(answer.unnamed);
        let passkey = Passkey {
            id: self.row_id(now),
            user: user.id,
            credential_id: new.id,
            credential: new.credential,
            name: tidy_name(name).unwrap_or_else(|| "Passkey".to_owned()),
            host: at.origin.host().to_owned(),
            created_at: now,
            last_used_at: None,
        };
        let detail = json!({ "passkey": passkey.id, "model": new.model.map(|model| model.to_string()) });
        let line = self.audit(tenant, Some(user.id), "passkey.added", detail).from_address(answer.address);
        let mail = Mail::FactorChanged {
            change: FactorChange::PasskeyAdded,
            name: Some(passkey.name.clone()),
            address: answer.address,
            at: now.into(),
        };
        let mail = self.mail_to_user(at, user.id, mail).await?;
        Ok(NewPasskey { passkey, line, mail })
    }
}

/// A passkey to be written in a unit of work.
pub(in crate::app) struct NewPasskey {
    passkey: Passkey,
    line: AuditLine,
    mail: Option<NewMail>,
}

impl NewPasskey {
    /// False if the user has as many as can be.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if somebody in the tenant has it already.
    pub(in crate::app) async fn write(&self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<bool, StoreError> {
        let passkey = &self.passkey;
        // Of two that are added at once, the second counts the first.
        users::hold(tx, tenant, passkey.user).await?;
        if passkeys::of_user(tx, tenant, passkey.user).await?.len() >= MOST {
            return Ok(false);
        }
        passkeys::add(tx, tenant, passkey).await?;
        audit::append(tx, &self.line).await?;
        if let Some(mail) = &self.mail {
            mails::add(tx, mail).await?;
        }
        Ok(true)
    }
}
