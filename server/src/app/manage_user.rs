//! What an administrator, or whoever runs the server, changes of one user: name, e-mail address, role. What is done to
//! many as well as to one is in [`super::acts`].

use countersign_protocol::ids::{TenantId, UserId};
use serde_json::json;

use super::acts::{Acted, Refused};
use super::admin::AddError;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::user::{Role, User, display_name, email_key};
use crate::mail::Mail;
use crate::store::mails::Recipient;
use crate::store::{StoreError, Tx, audit, mails, recoveries, users};

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
    Ok(match users::by_id(tx, tenant, user).await? {
        None => Err(Refused::NoSuchUser),
        Some(user) if !by.may_act_on(&user) => Err(Refused::NotAllowed),
        Some(user) => Ok(user),
    })
}

impl App {
    /// Gives a user another e-mail address: to sign in with, and for mail. Both addresses are told. What was
    /// mailed to the old one, codes and links, is void.
    ///
    /// # Errors
    /// [`ChangeRefused`]: [`AddError::NotAnEmail`]; [`AddError::UserExists`] if another user of the tenant has it.
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
        let drafts = [self.draft_at_main(at), self.draft_at_main(at)];
        let unit = self.parts.db.write_with((new, key, line, drafts), move |(new, key, line, drafts), tx| {
            Box::pin(async move {
                let before = target(tx, tenant, &by, user).await??;
                users::set_email(tx, tenant, user, (new, key), &before.name).await?;
                recoveries::stop_all(tx, tenant, user, now).await?;
                let told = Mail::EmailChanged { old: before.email.clone(), new: new.clone(), at: now.into() };
                for (draft, email) in drafts.iter().zip([&before.email, new]) {
                    let to = Recipient { email: email.clone(), language: before.language.clone() };
                    if let Some(mail) = draft.as_ref().and_then(|draft| draft.to(&to, told.clone())) {
                        mails::add(tx, &mail).await?;
                    }
                }
                audit::append(tx, line).await?;
                Ok(())
            })
        });
        unit.await.map_err(|error: ChangeRefused| match error {
            ChangeRefused::Add(AddError::App(AppError::Store(StoreError::Conflict { .. }))) => {
                AddError::UserExists.into()
            }
            other => other,
        })?;
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
                target(tx, tenant, &by, user).await??;
                let done = users::set_name(tx, tenant, user, name).await?;
                if done {
                    audit::append(tx, line).await?;
                }
                Ok::<_, ChangeRefused>(done)
            })
        });
        unit.await
    }

    /// Gives a user another role. The last super administrator keeps theirs.
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
        let (tenant, by) = (at.tenant.id, *by);
        let line = self.audit(tenant, Some(user), "user.role_changed", json!({})).by(&by);
        let unit = self.parts.db.write_with(line, move |line, tx| {
            Box::pin(async move {
                let before = match users::by_id(tx, tenant, user).await? {
                    None => return Ok(Refused::NoSuchUser.into()),
                    Some(before) if !by.may_give(&before, role) => return Ok(Refused::NotAllowed.into()),
                    Some(before) if before.role == role => return Ok(Acted::Same),
                    Some(before) => before,
                };
                let supers = before.role == Role::SuperAdministrator;
                let left = if supers { users::hold_super_administrators(tx, tenant).await? } else { 0 };
                if !users::set_role(tx, tenant, user, (before.role, role), left).await? {
                    return Ok(if supers { Refused::LastSuperAdministrator.into() } else { Acted::Same });
                }
                let mut line = line.clone();
                line.detail["before"] = before.role.as_str().into();
                line.detail["after"] = role.as_str().into();
                audit::append(tx, &line).await?;
                Ok::<_, StoreError>(Acted::Done(Vec::new()))
            })
        });
        Ok(unit.await?)
    }
}
