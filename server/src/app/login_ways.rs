//! In which ways a login can be proved, and what a proof comes to.

use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::factor::{Assurance, Factor};
use crate::domain::login::Purpose;
use crate::domain::user::User;
use crate::domain::ways::{Enough, Holding, enough};
use crate::store::holdings;
use crate::store::logins::Login;

impl App {
    /// What a user has set up, and whether mail leads anywhere.
    pub(super) async fn holding(&self, at: &TenantHandle, user: &User) -> Result<Holding, AppError> {
        let (tenant, id, host) = (at.tenant.id, user.id, at.origin.host().to_owned());
        let db = &self.parts.db;
        let held = db
            .read_one(move |tx| Box::pin(async move { holdings::at_host(tx, tenant, id, &host).await }))
            .await?;
        Ok(Holding { mail: self.parts.mail.is_some(), ..held })
    }
}

/// The ways in which this login can be proved.
pub(super) fn ways_of(login: &Login, holding: Holding, at: &TenantHandle) -> Vec<Factor> {
    match login.purpose {
        Purpose::SignIn => holding.ways_in(&at.tenant.policy.factors),
        Purpose::SetUp => Vec::new(),
        Purpose::Confirm(_) => ways_to_confirm(holding),
    }
}

/// What a proof by `factor` comes to for this login.
pub(super) fn sum_of(login: &Login, holding: Holding, at: &TenantHandle, factor: Factor) -> Enough {
    match login.purpose {
        Purpose::SignIn => enough(holding, &at.tenant.policy.factors, factor),
        _ if ways_of(login, holding, at).contains(&factor) => Enough::Yes,
        _ => Enough::No,
    }
}

/// The ways to prove again who is there: none below the strongest that the person has set up.
pub(super) fn ways_to_confirm(holding: Holding) -> Vec<Factor> {
    holding.ways(holding.strongest().unwrap_or(Assurance::High))
}
