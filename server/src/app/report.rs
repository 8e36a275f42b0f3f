//! "This wasn't me": somebody else knows the password.
//!
//! With the login that was reported, in the same unit of work: the user's other logins end, and all
//! sessions; no browser is trusted any more; the address is marked; a new password has to be chosen at the
//! next sign-in; and the person and the administrators are told by mail.

use std::net::IpAddr;
use std::time::Duration;

use countersign_protocol::approval::ApprovalRequest;
use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::statement::Unverified;
use countersign_protocol::time::Timestamp;
use serde_json::json;

use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::login::LoginState;
use crate::domain::network::whose;
use crate::mail::{Mail, Seen};
use crate::store::audit::{self, AuditLine};
use crate::store::logins::{self, Login};
use crate::store::mails::{self, NewMail, Recipient};
use crate::store::{StoreError, Tx, browsers, passwords, recoveries, reported_addresses, sessions, users};

/// How long logins from the address are unusual ones, for everybody in the tenant: a number is asked for.
const ADDRESS_MARKED: Duration = Duration::from_hours(24);

/// What a report leads to.
#[derive(Clone)]
pub(super) struct Reported {
    tenant: TenantId,
    user: UserId,
    login: LoginId,
    address: IpAddr,
    now: Timestamp,
    audit: AuditLine,
    mails: Vec<NewMail>,
}

impl App {
    /// What follows from the report of `login`, for which `request` was signed.
    pub(super) async fn reported(
        &self,
        at: &TenantHandle,
        login: &Login,
        request: &str,
    ) -> Result<Reported, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let detail = json!({ "login": login.id, "address": login.address });
        Ok(Reported {
            tenant,
            user: login.user,
            login: login.id,
            address: login.address,
            now,
            audit: self.audit(tenant, Some(login.user), "user.new_password_required", detail),
            mails: self.report_mails(at, login, request).await?,
        })
    }

    /// To the person, who may have touched the wrong button, and to whoever looks after accounts.
    async fn report_mails(
        &self,
        at: &TenantHandle,
        login: &Login,
        request: &str,
    ) -> Result<Vec<NewMail>, AppError> {
        let (tenant, user) = (at.tenant.id, login.user);
        let key = at.signing_key.public_key();
        let shown = Unverified::parse(request).and_then(|shown| shown.verify::<ApprovalRequest>(key));
        let shown = shown.map_err(|_| AppError::Internal("a stored request is not one of ours"))?;
        let Some(who) = self.parts.db.read_one(move |tx| Box::pin(users::by_id(tx, tenant, user))).await?
        else {
            return Ok(Vec::new());
        };
        let seen = Seen {
            browser: shown.browser,
            system: shown.system,
            address: login.address,
            place: shown.place,
            at: login.created_at.into(),
        };
        let person = Recipient { email: who.email.clone(), language: who.language };
        let to_administrators =
            Mail::ReportedToAdministrators { email: who.email, name: who.name, seen: seen.clone() };
        let mut mails = self.mails_to_administrators(at, &to_administrators).await?;
        mails.extend(self.mail(at, &person, Mail::ReportedToUser { seen }));
        Ok(mails)
    }
}

impl Reported {
    /// Which other logins it ends.
    pub(super) async fn write(&self, tx: &mut Tx<'_>) -> Result<Vec<LoginId>, StoreError> {
        let (tenant, user) = (self.tenant, self.user);
        // A sign-in that begins beside this goes first, and is ended, or comes later.
        users::hold(tx, tenant, user).await?;
        let others = logins::end_all(tx, tenant, user, Some(self.login), LoginState::Reported).await?;
        let ended = sessions::end_all(tx, tenant, user, None).await?;
        browsers::forget_all(tx, tenant, user).await?;
        recoveries::stop_all(tx, tenant, user, self.now).await?;
        let news = passwords::require_new(tx, tenant, user, self.now).await?;
        reported_addresses::mark(tx, tenant, whose(self.address), self.now + ADDRESS_MARKED).await?;
        let mut line = self.audit.clone();
        line.detail["logins_ended"] = others.len().into();
        line.detail["sessions_ended"] = ended.into();
        audit::append(tx, &line).await?;
        // Once until the password is changed: nobody fills other people's mailboxes with reports.
        for mail in self.mails.iter().filter(|_| news) {
            mails::add(tx, mail).await?;
        }
        Ok(others)
    }
}
