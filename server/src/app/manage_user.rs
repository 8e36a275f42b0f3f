//! What an administrator, or whoever runs the server, changes of one user: name, e-mail address, role. What is done to
//! many as well as to one is in [`super::acts`].

use countersign_protocol::ids::{TenantId, UserId};
use serde_json::json;

use super::acts::{Acted, Refused, held};
use super::admin::AddError;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::directory::Action;
use crate::domain::user::{Role, User, display_name, email_key};
use crate::mail::Mail;
use crate::store::audit::{self, AuditLine};
use crate::store::mails::{self, Recipient};
use crate::store::{StoreError, Tx, holdings, recoveries, users};

/// Why a user is not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRefused {
    /// It may not be done.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// What was given is not taken.
    #[error(transparent)]
    Add(#[from] AddError),
}

impl From<StoreError> for ChangeRefused {
    fn from(error: StoreError) -> Self {
        Self::Add(error.into())
    }
}

/// The user, if `by` may act on them.
pub(super) async fn target(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    by: &By,
    user: UserId,
) -> Result<Result<User, Refused>, StoreError> {
    Ok(match held(tx, tenant, user).await? {
        None => Err(Refused::NoSuchUser),
        Some(user) if !by.may_act_on(&user) => Err(Refused::NotAllowed),
        Some(user) => Ok(user),
    })
}

/// Gives a user another name, and notes it. False if it was that already.
pub(super) async fn rename(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    before: &User,
    name: &str,
    line: &AuditLine,
) -> Result<bool, StoreError> {
    let done = users::set_name(tx, tenant, before.id, name).await?;
    if done {
        let mut line = line.clone();
        line.detail["before"] = before.name.clone().into();
        line.detail["after"] = name.into();
        audit::append(tx, &line).await?;
    }
    Ok(done)
}

impl App {
    /// Gives a user another e-mail address: to sign in with, and for mail. Both addresses are told. What was
    /// mailed to the old one, codes and links, is void.
    ///
    /// # Errors
    /// [`ChangeRefused`]: [`AddError::NotAnEmail`]; [`AddError::UserExists`] if another user of the tenant has it;
    /// [`Refused::NeedsTwo`] where resets need two and the user has set something up.
    pub async fn set_email(
        &self,
        at: &TenantHandle,
        by: &By,
        user: UserId,
        email: &str,
    ) -> Result<(), ChangeRefused> {
        let key = email_key(email).ok_or(AddError::NotAnEmail)?;
        let (tenant, now, new, by) = (at.tenant.id, self.now(), email.trim().to_owned(), *by);
        let line = self.audit(tenant, Some(user), "user.email_changed", json!({})).by(&by);
        let two = at.tenant.policy.resets_need_two && by != By::CommandLine;
        let drafts = [self.draft_at_main(at), self.draft_at_main(at)];
        let unit = self.parts.db.write_with((new, key, line, drafts), move |(new, key, line, drafts), tx| {
            Box::pin(async move {
                let before = target(tx, tenant, &by, user).await??;
                // With the new mailbox and a new password, one administrator could be this user.
                if two && holdings::of_user(tx, tenant, user).await?.strongest().is_some() {
                    return Err(Refused::NeedsTwo.into());
                }
                users::set_email(tx, tenant, user, (new, key), &before.name).await?;
                recoveries::stop_all(tx, tenant, user, now).await?;
                let told = Mail::EmailChanged { old: before.email.clone(), new: new.clone(), at: now.into() };
                for (draft, email) in drafts.iter().zip([&before.email, new]) {
                    let to = Recipient { email: email.clone(), language: before.language.clone() };
                    if let Some(mail) = draft.as_ref().and_then(|draft| draft.to(&to, told.clone())) {
                        mails::add(tx, &mail).await?;
                    }
                }
                let mut line = line.clone();
                line.detail["before"] = before.email.into();
                line.detail["after"] = new.clone().into();
                audit::append(tx, &line).await?;
                Ok(())
            })
        });
        let done = unit.await.map_err(|error: ChangeRefused| match error {
            ChangeRefused::Add(AddError::App(AppError::Store(StoreError::Conflict { .. }))) => {
                AddError::UserExists.into()
            }
            other => other,
        });
        self.noting_refused(tenant, &by, (user, "set-email"), done).await?;
        self.mail_was_added();
        Ok(())
    }

    /// Gives a user another name. False if it was that already.
    ///
    /// # Errors
    /// [`ChangeRefused`]: [`AddError::Name`].
    pub async fn set_name(
        &self,
        at: &TenantHandle,
        by: &By,
        user: UserId,
        name: &str,
    ) -> Result<bool, ChangeRefused> {
        let name = display_name(name).ok_or(AddError::Name)?;
        let (tenant, by) = (at.tenant.id, *by);
        let line = self.audit(tenant, Some(user), "user.name_changed", json!({})).by(&by);
        let unit = self.parts.db.write_with((name, line), move |(name, line), tx| {
            Box::pin(async move {
                let before = target(tx, tenant, &by, user).await??;
                Ok::<_, ChangeRefused>(rename(tx, tenant, &before, name, line).await?)
            })
        });
        let done = unit.await;
        self.noting_refused(tenant, &by, (user, "set-name"), done).await
    }

    /// What came of a change, noted if it is not allowed.
    async fn noting_refused<T: Send>(
        &self,
        tenant: TenantId,
        by: &By,
        (user, action): (UserId, &'static str),
        done: Result<T, ChangeRefused>,
    ) -> Result<T, ChangeRefused> {
        if let Err(ChangeRefused::Refused(refused)) = &done {
            self.note_act_refused(tenant, by, user, (action, *refused)).await.map_err(AddError::from)?;
        }
        done
    }

    /// Gives a user another role: see [`Action::SetRole`]. The last super administrator keeps theirs.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn set_role(
        &self,
        at: &TenantHandle,
        by: &By,
        user: UserId,
        role: Role,
    ) -> Result<Acted, AppError> {
        self.act_on(at, by, user, Action::SetRole(role)).await
    }
}
