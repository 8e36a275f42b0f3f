//! Authenticator apps: a secret is offered to a session or a login, and confirmed by its first code.
//! Signing in with one is in [`super::totp`].

use std::net::IpAddr;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::random;
use countersign_protocol::time::Timestamp;
use serde_json::json;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::own_policy::{OwnRemoval, check_left};
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::factor::TotpAlgorithm;
use crate::domain::seal::belonging;
use crate::domain::totp::{self, ClockOff, Judgement, Miss, Secret};
use crate::domain::user::User;
use crate::mail::{FactorChange, Mail};
use crate::store::audit::{self, AuditLine};
use crate::store::authenticators::{self, Authenticator, NewAuthenticator};
use crate::store::mails::{self, NewMail};
use crate::store::{StoreError, Tx, users};

/// A secret as it is shown to the person whose it is. Never to be logged.
pub struct OfferedAuthenticator {
    /// The `otpauth` address, for a link and a QR code.
    pub uri: Zeroizing<String>,
    /// The secret in groups of four, for those who type it.
    pub secret_groups: Zeroizing<String>,
    /// What they have to choose, then, if it is not what every app takes.
    pub algorithm: TotpAlgorithm,
}

/// An authenticator app as its owner sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AuthenticatorView {
    /// When it was set up.
    pub added_at: Timestamp,
    /// When it was last used to sign in.
    pub last_used_at: Option<Timestamp>,
}

/// What came of typing the first code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AuthenticatorConfirmed {
    /// The authenticator is active; the code is used up.
    Active,
    /// Not that code.
    Wrong,
    /// Codes are off by the same time again and again: the phone's clock is wrong.
    ClockOff(ClockOff),
    /// Nothing is offered here any more: its time or tries are up. It begins anew.
    Over,
}

/// What a first code is worth, before anything is done with it.
pub(super) enum FirstCode {
    /// Right: to be written, alone or with what else goes with it.
    Right(Box<NewlyConfirmed>),
    /// As [`AuthenticatorConfirmed`] has it.
    Not(AuthenticatorConfirmed),
}

/// A right first code, to be written in a unit of work.
pub(super) struct NewlyConfirmed {
    tenant: TenantId,
    user: UserId,
    id: Uuid,
    step: i64,
    now: Timestamp,
    line: AuditLine,
    mail: Option<NewMail>,
}

impl NewlyConfirmed {
    /// Makes the authenticator active, in place of the one before. False if it is not to be confirmed any
    /// more; then nothing is changed. The person is told by mail: [`App::mail_was_added`] comes after the commit.
    pub(super) async fn write(&self, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let Self { tenant, user, id, step, now, .. } = *self;
        if !authenticators::confirm(tx, tenant, user, id, step, now).await? {
            return Ok(false);
        }
        audit::append(tx, &self.line).await?;
        if let Some(mail) = &self.mail {
            mails::add(tx, mail).await?;
        }
        Ok(true)
    }
}

/// What a user's sealed secrets are bound to.
pub(super) fn secret_owner(user: UserId) -> Vec<u8> {
    belonging("totp", user.0.as_bytes())
}

impl App {
    /// A secret for an authenticator app, shown in the session or login `offered_to`. Until it is
    /// confirmed, or an hour is over, the same one is shown there again. `address` is where it is shown.
    ///
    /// # Errors
    /// [`AppError`] from the database, or if a secret cannot be unsealed.
    pub async fn offer_authenticator(
        &self,
        at: &TenantHandle,
        user: &User,
        offered_to: Uuid,
        address: Option<IpAddr>,
    ) -> Result<OfferedAuthenticator, AppError> {
        let (tenant, id, now) = (at.tenant.id, user.id, self.now());
        let algorithm = at.tenant.policy.factors.totp_algorithm;
        let found = self
            .parts
            .db
            .read_one(move |tx| Box::pin(authenticators::offered(tx, tenant, id, offered_to, now)))
            .await?;
        if let Some(offer) = found.filter(|offer| offer.algorithm == algorithm) {
            return shown(at, user, &self.open_secret(&offer)?);
        }
        let (secret, new) = self.new_authenticator(id, offered_to, algorithm, now);
        match self.offer_unless_offered(tenant, new, address).await? {
            Some(offer) => shown(at, user, &self.open_secret(&offer)?),
            None => shown(at, user, &secret),
        }
    }

    fn new_authenticator(
        &self,
        user: UserId,
        offered_to: Uuid,
        algorithm: TotpAlgorithm,
        now: Timestamp,
    ) -> (Secret, NewAuthenticator) {
        let secret = Secret::new(algorithm, self.random());
        let nonce = random::bytes(self.random());
        let sealed = self.parts.master_keys.seal(&secret_owner(user), secret.bytes(), nonce);
        let id = self.row_id(now);
        (secret, NewAuthenticator { id, user, sealed, algorithm, offered_to, at: now })
    }

    /// Offers a secret, unless somebody was quicker: another tab, or a reload.
    async fn offer_unless_offered(
        &self,
        tenant: TenantId,
        new: NewAuthenticator,
        address: Option<IpAddr>,
    ) -> Result<Option<Authenticator>, AppError> {
        let line =
            self.audit(tenant, Some(new.user), "authenticator.offered", json!({})).from_address(address);
        let unit = self.parts.db.write_with((new, line), move |(new, line), tx| {
            Box::pin(async move {
                users::hold(tx, tenant, new.user).await?;
                let there = authenticators::offered(tx, tenant, new.user, new.offered_to, new.at).await?;
                if let Some(there) = there.filter(|there| there.algorithm == new.algorithm) {
                    return Ok(Some(there));
                }
                authenticators::offer(tx, tenant, new).await?;
                audit::append(tx, line).await?;
                Ok::<_, StoreError>(None)
            })
        });
        Ok(unit.await?)
    }

    /// The first code of an app, typed where its secret was offered. A try is counted before it is looked at;
    /// a right code is used up by it, and the person told by mail of `address`, where it was typed.
    ///
    /// # Errors
    /// [`AppError`] from the database, or if the secret cannot be unsealed. What was counted stays counted.
    pub async fn confirm_authenticator(
        &self,
        at: &TenantHandle,
        user: &User,
        offered_to: Uuid,
        code: &str,
        address: Option<IpAddr>,
    ) -> Result<AuthenticatorConfirmed, AppError> {
        let confirmed = match self.check_first_code(at, user, offered_to, code, address).await? {
            FirstCode::Right(confirmed) => confirmed,
            FirstCode::Not(why) => return Ok(why),
        };
        let unit = self
            .parts
            .db
            .write_with(confirmed, |confirmed, tx| Box::pin(async move { confirmed.write(tx).await }));
        if !unit.await? {
            return Ok(AuthenticatorConfirmed::Over);
        }
        self.mail_was_added();
        Ok(AuthenticatorConfirmed::Active)
    }

    /// As [`App::confirm_authenticator`], but a right code is yet to be written: for whoever has more to
    /// write with it.
    pub(super) async fn check_first_code(
        &self,
        at: &TenantHandle,
        user: &User,
        offered_to: Uuid,
        code: &str,
        address: Option<IpAddr>,
    ) -> Result<FirstCode, AppError> {
        let (tenant, id, now) = (at.tenant.id, user.id, self.now());
        let counted = self
            .parts
            .db
            .write(move |tx| Box::pin(authenticators::count_try(tx, tenant, id, offered_to, now)));
        let Some(offer) = counted.await? else { return Ok(FirstCode::Not(AuthenticatorConfirmed::Over)) };
        let secret = self.open_secret(&offer)?;
        match totp::judge(&secret, code, now, at.tenant.policy.factors.totp_strict, offer.standing) {
            Judgement::Right { step } => {
                let line =
                    self.audit(tenant, Some(id), "authenticator.added", json!({})).from_address(address);
                let mail = self.authenticator_mail(at, id, FactorChange::AuthenticatorAdded, address).await?;
                let new = NewlyConfirmed { tenant, user: id, id: offer.id, step, now, line, mail };
                Ok(FirstCode::Right(Box::new(new)))
            }
            Judgement::Wrong { note, clock } => {
                self.note_wrong_first_code(tenant, &offer, note, address).await?;
                let why = clock.map_or(AuthenticatorConfirmed::Wrong, AuthenticatorConfirmed::ClockOff);
                Ok(FirstCode::Not(why))
            }
        }
    }

    async fn authenticator_mail(
        &self,
        at: &TenantHandle,
        user: UserId,
        change: FactorChange,
        address: Option<IpAddr>,
    ) -> Result<Option<NewMail>, AppError> {
        let mail = Mail::FactorChanged { change, name: None, address, at: self.now().into() };
        self.mail_to_user(at, user, mail).await
    }

    async fn note_wrong_first_code(
        &self,
        tenant: TenantId,
        offer: &Authenticator,
        miss: Option<Miss>,
        address: Option<IpAddr>,
    ) -> Result<(), AppError> {
        let id = offer.id;
        let line = self.audit(tenant, Some(offer.user), "authenticator.wrong_code", json!({}));
        let line = line.from_address(address);
        let unit = self.parts.db.write_with(line, move |line, tx| {
            Box::pin(async move {
                authenticators::note_miss(tx, tenant, id, miss).await?;
                audit::append(tx, line).await
            })
        });
        Ok(unit.await?)
    }

    /// Removes a user's authenticator, and what was offered; the person is told by mail of `address`, where
    /// that was wished for. The last factor stays where others decide about that.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn remove_authenticator(
        &self,
        at: &TenantHandle,
        user: &User,
        address: Option<IpAddr>,
    ) -> Result<OwnRemoval, AppError> {
        let (tenant, id) = (at.tenant.id, user.id);
        let line = self.audit(tenant, Some(id), "authenticator.removed", json!({})).from_address(address);
        let mail = self.authenticator_mail(at, id, FactorChange::AuthenticatorRemoved, address).await?;
        let unit = self.parts.db.write_with((line, mail), move |(line, mail), tx| {
            Box::pin(async move {
                users::hold(tx, tenant, id).await?;
                if !authenticators::remove(tx, tenant, id).await? {
                    return Ok(false);
                }
                check_left(tx, tenant, id).await?;
                audit::append(tx, line).await?;
                if let Some(mail) = mail {
                    mails::add(tx, mail).await?;
                }
                Ok(true)
            })
        });
        let removed = OwnRemoval::of(unit.await)?;
        self.mail_was_added();
        Ok(removed)
    }

    /// A user's authenticator, if one is set up.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn authenticator_of(
        &self,
        at: &TenantHandle,
        user: UserId,
    ) -> Result<Option<AuthenticatorView>, AppError> {
        let tenant = at.tenant.id;
        let active =
            self.parts.db.read_one(move |tx| Box::pin(authenticators::active_of_user(tx, tenant, user)));
        Ok(active.await?.map(|active| AuthenticatorView {
            added_at: active.created_at,
            last_used_at: active.last_used_at,
        }))
    }

    /// The secret of an authenticator.
    pub(super) fn open_secret(&self, of: &Authenticator) -> Result<Secret, AppError> {
        let bytes = self.parts.master_keys.open(&secret_owner(of.user), &of.sealed).map_err(|_| {
            AppError::Internal("an authenticator's secret cannot be unsealed: is this its key file?")
        })?;
        Secret::from_bytes(of.algorithm, bytes)
            .ok_or(AppError::Internal("an authenticator's secret has not the length of its hash"))
    }
}

fn shown(at: &TenantHandle, user: &User, secret: &Secret) -> Result<OfferedAuthenticator, AppError> {
    let uri = secret
        .uri(&at.tenant.name, &user.email)
        .map_err(|_| AppError::Internal("a user has a name that no authenticator app can show"))?;
    Ok(OfferedAuthenticator { uri, secret_groups: secret.groups(), algorithm: secret.algorithm() })
}
