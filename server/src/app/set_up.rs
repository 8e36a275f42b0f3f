//! A second factor is set up in a sign-in, because the tenant asks for one: a phone, an authenticator app or a
//! passkey, whichever of them is accepted. One unit of work makes it active and completes the login; if either does
//! not come about, nothing does.
//!
//! Nothing but the password may have been proved here. So it ends as soon as the person has set something up: in
//! another browser, or while this one waited. Whoever knows no more than the password cannot put anything in the
//! place of somebody's, or beside it.

use std::sync::Arc;

use serde_json::json;

use super::authenticators::{AuthenticatorConfirmed, FirstCode};
use super::confirm_pairing::Confirmed;
use super::cookies::{LoginCookie, PairingCookie};
use super::passkeys::{PasskeyAdded, PasskeyAnswer, PasskeyAsked};
use super::sessions::NewSession;
use super::setting_up::{NotSetUp, Ready, SettingUp, is_set_up};
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::factor::Factor;
use crate::domain::login::{LoginState, Purpose};
use crate::domain::session::Proof;
use crate::domain::user::User;
use crate::passkeys::Kind;
use crate::store::logins::Login;
use crate::store::{StoreError, users};

/// Why nothing is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSetUp {
    /// Something was set up meanwhile: sign in with it.
    SignInAgain,
    /// No login of this browser waits for a factor to be set up.
    NotHere,
    /// It is not accepted.
    NotAccepted,
}

/// What came of setting up; `N` is why what was typed or made did not do.
#[derive(Debug)]
pub enum HasSetUp<N> {
    /// It is set up, and the browser signed in.
    SignedIn(NewSession),
    /// Not yet: why.
    Not(N),
    /// Not at all.
    No(NoSetUp),
}

/// A login that waits for a factor to be set up, and whose it is.
pub(super) struct Waiting {
    pub(super) login: Login,
    pub(super) user: User,
}

impl App {
    /// The first code of the app to which the secret of [`App::set_up_screen`] was given.
    ///
    /// # Errors
    /// [`AppError`] from the database, or if the secret cannot be unsealed. What was counted stays counted.
    pub async fn set_up_authenticator(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        browser: &Browser,
        code: &str,
    ) -> Result<HasSetUp<AuthenticatorConfirmed>, AppError> {
        let waiting = match self.may_set_up(at, cookie, Factor::Totp).await? {
            Ok(waiting) => waiting,
            Err(no) => return Ok(HasSetUp::No(no)),
        };
        let (user, offered_to) = (&waiting.user, waiting.login.id.0);
        let confirmed = match self.check_first_code(at, user, offered_to, code, Some(browser.address)).await?
        {
            FirstCode::Right(confirmed) => confirmed,
            FirstCode::Not(why) => return Ok(HasSetUp::Not(why)),
        };
        let (proof, ready) = (Proof::Other(Factor::Totp), Ready::Authenticator(confirmed));
        let done = self.finish_set_up(at, cookie, browser, &waiting, (proof, false), ready).await?;
        Ok(done.unwrap_or(HasSetUp::Not(AuthenticatorConfirmed::Over)))
    }

    /// The digits that the phone shows which claimed the pairing of [`App::set_up_screen`].
    ///
    /// # Errors
    /// [`AppError`] from the database. What was counted stays counted.
    pub async fn set_up_phone(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        browser: &Browser,
        pairing: &PairingCookie,
        code: &str,
    ) -> Result<HasSetUp<Confirmed>, AppError> {
        let waiting = match self.may_set_up(at, cookie, Factor::Push).await? {
            Ok(waiting) => waiting,
            Err(no) => return Ok(HasSetUp::No(no)),
        };
        let (user, address) = (waiting.user.id, browser.address);
        let phone = match self.check_pairing_code(at, user, pairing.pairing, code, address).await? {
            Ok(phone) => phone,
            Err(why) => return Ok(HasSetUp::Not(why)),
        };
        let proof = Proof::Device { device: phone.device(), number: false };
        let hardware = phone.keeps_keys_in_hardware();
        let ready = Ready::Phone(Box::new(phone));
        let done = self.finish_set_up(at, cookie, browser, &waiting, (proof, hardware), ready).await?;
        Ok(done.unwrap_or(HasSetUp::Not(Confirmed::Over)))
    }

    /// Asks the browser for a new passkey.
    ///
    /// # Errors
    /// [`AppError`] from the database, or if the tenant's list of permitted authenticators cannot be read.
    pub async fn set_up_passkey_options(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        kind: Kind,
    ) -> Result<Result<PasskeyAsked, NoSetUp>, AppError> {
        let Waiting { login, user } = match self.may_set_up(at, cookie, Factor::Passkey).await? {
            Ok(waiting) => waiting,
            Err(no) => return Ok(Err(no)),
        };
        Ok(Ok(self.begin_passkey_registration(at, &user, login.id.0, kind).await?))
    }

    /// Takes the browser's answer to [`App::set_up_passkey_options`].
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn set_up_passkey(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        browser: &Browser,
        answer: PasskeyAnswer<'_>,
    ) -> Result<HasSetUp<PasskeyAdded>, AppError> {
        let waiting = match self.may_set_up(at, cookie, Factor::Passkey).await? {
            Ok(waiting) => waiting,
            Err(no) => return Ok(HasSetUp::No(no)),
        };
        let owner = waiting.login.id.0;
        let passkey = match self.check_new_passkey(at, &waiting.user, owner, answer).await? {
            Ok(passkey) => passkey,
            Err(why) => return Ok(HasSetUp::Not(why)),
        };
        let (proof, ready) = (Proof::Other(Factor::Passkey), Ready::Passkey(Box::new(passkey)));
        let done = self.finish_set_up(at, cookie, browser, &waiting, (proof, false), ready).await;
        match done {
            Ok(done) => Ok(done.unwrap_or(HasSetUp::Not(PasskeyAdded::TooMany))),
            Err(AppError::Store(StoreError::Conflict { .. })) => Ok(HasSetUp::Not(PasskeyAdded::Known)),
            Err(error) => Err(error),
        }
    }

    /// None if what was offered is over.
    async fn finish_set_up<N>(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        browser: &Browser,
        Waiting { login, user }: &Waiting,
        (proof, hardware): (Proof, bool),
        ready: Ready,
    ) -> Result<Option<HasSetUp<N>>, AppError> {
        let (new, session) = self.session_rows(&at.tenant, user, proof, hardware, browser);
        let factor = ready.factor();
        let detail = json!({ "login": login.id, "factor": factor.as_str(), "address": browser.address });
        let setting_up = Arc::new(SettingUp {
            tenant: at.tenant.id,
            user: user.id,
            login: login.id,
            proved: login.proved_by.is_some(),
            secret_hash: cookie.secret.hash(),
            rules: at.tenant.policy.factors.clone(),
            ready,
            session,
            line: self.audit(at.tenant.id, Some(user.id), "login.set_up", detail),
            now: self.now(),
        });
        let unit = self.parts.db.write_with(setting_up, |setting_up, tx| Box::pin(setting_up.write(tx)));
        match unit.await {
            Ok(()) => {
                self.hub.publish(login.id);
                self.hub.publish(user.id);
                self.mail_was_added();
                Ok(Some(HasSetUp::SignedIn(new)))
            }
            Err(NotSetUp::Offer) => Ok(None),
            Err(NotSetUp::Login) => Ok(Some(HasSetUp::No(NoSetUp::NotHere))),
            Err(NotSetUp::Already) => Ok(Some(HasSetUp::No(NoSetUp::SignInAgain))),
            Err(NotSetUp::Store(error)) => Err(error.into()),
        }
    }

    /// Whether a factor of this kind is accepted, and can be had at this host.
    pub(super) fn can_set_up(&self, at: &TenantHandle, factor: Factor) -> bool {
        at.tenant.policy.factors.accept(factor) && (factor != Factor::Passkey || self.has_passkeys(at))
    }

    /// The login of this browser, if it waits for a second factor and takes this one.
    async fn may_set_up(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
        factor: Factor,
    ) -> Result<Result<Waiting, NoSetUp>, AppError> {
        let waiting = self.waiting_for_set_up(at, cookie).await?;
        Ok(waiting.and_then(|waiting| match self.can_set_up(at, factor) {
            true => Ok(waiting),
            false => Err(NoSetUp::NotAccepted),
        }))
    }

    /// The login of this browser, if it waits for a second factor to be set up, and whose it is.
    pub(super) async fn waiting_for_set_up(
        &self,
        at: &TenantHandle,
        cookie: &LoginCookie,
    ) -> Result<Result<Waiting, NoSetUp>, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let Some(login) = self.login_of(at, cookie).await? else { return Ok(Err(NoSetUp::NotHere)) };
        if login.purpose != Purpose::SetUp || login.standing(now) != LoginState::Pending {
            return Ok(Err(NoSetUp::NotHere));
        }
        let id = login.user;
        let user = self.parts.db.read_one(move |tx| Box::pin(users::by_id(tx, tenant, id))).await?;
        let Some(user) = user else { return Ok(Err(NoSetUp::NotHere)) };
        let held = self.holding(at, &user).await?;
        if user.disabled || is_set_up(held, &at.tenant.policy.factors, login.proved_by.is_some()) {
            return Ok(Err(NoSetUp::SignInAgain));
        }
        Ok(Ok(Waiting { login, user }))
    }
}
