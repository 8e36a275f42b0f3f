//! What would happen if somebody signed in from somewhere: by the rules that hold or by those that are looked at, on what
//! is known.

use std::net::IpAddr;

use super::policy::WantedPolicy;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::policy::change::ChangeError;
use crate::domain::policy::preview::stands_alone;
use crate::domain::requirement::{Answer, Requirement, decide};
use crate::domain::tenant::Tenant;
use crate::domain::user::User;
use crate::store::browsers;

/// Where somebody would sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Where {
    /// From which address.
    pub address: IpAddr,
    /// Whether in the browser that they used last; otherwise in a new one.
    pub known_browser: bool,
}

/// What would happen.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// The tenant, as it is or would be.
    pub tenant: Tenant,
    /// Who it is.
    pub user: User,
    /// What would be asked, and by which rule.
    pub answer: Answer,
    /// Whether, after the proof, something better has to be set up.
    pub then_set_up: bool,
    /// Whether there is a browser that they used before, if one was asked about.
    pub has_browser: bool,
}

impl App {
    /// What would happen if a user typed the right password there, at this host. None if there is no such user.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn what_if(
        &self,
        at: &TenantHandle,
        email: &str,
        place: Where,
    ) -> Result<Option<WhatIf>, AppError> {
        let tenant = self.tenant_now(at.tenant.id).await?;
        self.what_if_in(tenant, at, email, place).await
    }

    /// As [`Self::what_if`], once another policy is saved; why that cannot be, if so.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn what_if_then(
        &self,
        by: &By,
        at: &TenantHandle,
        wanted: WantedPolicy,
        email: &str,
        place: Where,
    ) -> Result<Result<Option<WhatIf>, ChangeError>, AppError> {
        let before = self.tenant_now(at.tenant.id).await?;
        match self.tenant_after(by, &before, wanted) {
            Ok(after) => Ok(Ok(self.what_if_in(after, at, email, place).await?)),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn what_if_in(
        &self,
        tenant: Tenant,
        at: &TenantHandle,
        email: &str,
        place: Where,
    ) -> Result<Option<WhatIf>, AppError> {
        let Some(user) = self.find_user(tenant.id, email).await? else { return Ok(None) };
        let (id, user_id) = (tenant.id, user.id);
        let token = if place.known_browser {
            let known =
                self.parts.db.read_one(move |tx| Box::pin(browsers::of_user(tx, id, user_id))).await?;
            known.first().map(|browser| browser.token_hash)
        } else {
            None
        };
        let (_, _, circumstances) = self.circumstances_at(at, &user, place.address, token).await?;
        let answer = decide(&tenant, &circumstances);
        let then_set_up = match &answer.requirement {
            Requirement::Prove { ways, .. } => !stands_alone(ways, &tenant.policy.factors),
            _ => false,
        };
        Ok(Some(WhatIf { has_browser: token.is_some(), tenant, answer, then_set_up, user }))
    }
}
