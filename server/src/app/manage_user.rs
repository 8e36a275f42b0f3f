//! What whoever runs the server does to one user: disable, enable, unlock, another e-mail address. What it
//! takes to remove all factors is in [`super::removals`].

use countersign_protocol::ids::UserId;
use serde_json::json;

use super::admin::AddError;
use super::sessions::end_logins_and_sessions;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::user::email_key;
use crate::mail::Mail;
use crate::store::mails::Recipient;
use crate::store::{StoreError, audit, factor_records, mails, recoveries, users};

impl App {
    /// Disables a user, whose sessions and logins end at once, or enables one again. False if that was so
    /// already.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn set_disabled(
        &self,
        at: &TenantHandle,
        user: UserId,
        disabled: bool,
    ) -> Result<bool, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let event = if disabled { "user.disabled" } else { "user.enabled" };
        let line = self.audit(tenant, Some(user), event, json!({}));
        let unit = self.parts.db.write_with(line, move |line, tx| {
            Box::pin(async move {
                if !users::set_disabled(tx, tenant, user, disabled.then_some(now)).await? {
                    return Ok(None);
                }
                audit::append(tx, line).await?;
                if !disabled {
                    return Ok(Some(Vec::new()));
                }
                recoveries::stop_all(tx, tenant, user, now).await?;
                Ok::<_, StoreError>(Some(end_logins_and_sessions(tx, tenant, user, None).await?))
            })
        });
        let Some(ended) = unit.await? else { return Ok(false) };
        ended.into_iter().for_each(|login| self.hub.publish(login));
        self.hub.publish(user);
        Ok(true)
    }

    /// Forgets that a user's factors failed: none is suspended any more.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn unlock(&self, at: &TenantHandle, user: UserId) -> Result<(), AppError> {
        let tenant = at.tenant.id;
        let line = self.audit(tenant, Some(user), "user.unlocked", json!({}));
        let unit = self.parts.db.write_with(line, move |line, tx| {
            Box::pin(async move {
                factor_records::forget(tx, tenant, user).await?;
                audit::append(tx, line).await
            })
        });
        Ok(unit.await?)
    }

    /// Gives a user another e-mail address: to sign in with, and for mail. Both addresses are told. What was
    /// mailed to the old one, codes and links, is void.
    ///
    /// # Errors
    /// [`AddError::NotAnEmail`]; [`AddError::UserExists`] if another user of the tenant has it.
    pub async fn set_email(&self, at: &TenantHandle, user: UserId, email: &str) -> Result<(), AddError> {
        let key = email_key(email).ok_or(AddError::NotAnEmail)?;
        let (tenant, now, new) = (at.tenant.id, self.now(), email.trim().to_owned());
        let found = self.parts.db.read_one(move |tx| Box::pin(users::by_id(tx, tenant, user))).await?;
        let Some(before) = found else { return Err(AppError::Internal("there is no such user").into()) };
        let line = self.audit(tenant, Some(user), "user.email_changed", json!({}));
        let told = Mail::EmailChanged { old: before.email.clone(), new: new.clone(), at: now.into() };
        let to = |email: &str| Recipient { email: email.to_owned(), language: before.language.clone() };
        let news = [self.mail(at, &to(&before.email), told.clone()), self.mail(at, &to(&new), told)];
        let unit = self.parts.db.write_with((new, key, line, news), move |(new, key, line, news), tx| {
            Box::pin(async move {
                users::set_email(tx, tenant, user, new, key).await?;
                recoveries::stop_all(tx, tenant, user, now).await?;
                for mail in news.iter().flatten() {
                    mails::add(tx, mail).await?;
                }
                audit::append(tx, line).await
            })
        });
        unit.await.map_err(|error| match error {
            StoreError::Conflict { .. } => AddError::UserExists,
            other => other.into(),
        })?;
        self.mail_was_added();
        Ok(())
    }
}
