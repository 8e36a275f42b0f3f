//! What a user has set up, to be shown and chosen from.

use countersign_protocol::ids::UserId;

use super::authenticators::AuthenticatorView;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::store::devices::{self, Device};
use crate::store::passkeys::Passkey;
use crate::store::users;

/// What a user has set up.
#[derive(Clone)]
pub struct Held {
    /// The active phones, the last used first.
    pub phones: Vec<Device>,
    /// The passkeys.
    pub passkeys: Vec<Passkey>,
    /// The authenticator app.
    pub authenticator: Option<AuthenticatorView>,
}

impl App {
    /// What a user has set up.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn held_by(&self, at: &TenantHandle, user: UserId) -> Result<Held, AppError> {
        let (tenant, db) = (at.tenant.id, &self.parts.db);
        Ok(Held {
            phones: db.read_one(move |tx| Box::pin(devices::active_of_user(tx, tenant, user))).await?,
            passkeys: self.passkeys_of(at, user).await?,
            authenticator: self.authenticator_of(at, user).await?,
        })
    }

    /// The address of a user; none if there is no such user.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn email_of(&self, at: &TenantHandle, user: UserId) -> Result<Option<String>, AppError> {
        let tenant = at.tenant.id;
        let found = self.parts.db.read_one(move |tx| Box::pin(users::by_id(tx, tenant, user))).await?;
        Ok(found.map(|user| user.email))
    }
}
