//! The unit of work in which a second factor that was set up in a sign-in becomes active, and the login is completed.

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;

use super::authenticators::NewlyConfirmed;
use super::confirm_pairing::NewPhone;
use super::passkeys::NewPasskey;
use super::sessions::SessionRows;
use crate::domain::factor::{Factor, FactorRules};
use crate::domain::login::Purpose;
use crate::domain::ways::Holding;
use crate::store::audit::AuditLine;
use crate::store::factor_records::{self, Counted};
use crate::store::{StoreError, Tx, audit, holdings, logins, users};

/// A factor that is ready to become active.
pub(super) enum Ready {
    Authenticator(Box<NewlyConfirmed>),
    Phone(Box<NewPhone>),
    Passkey(Box<NewPasskey>),
}

/// Makes the factor active and completes the login.
pub(super) struct SettingUp {
    pub(super) tenant: TenantId,
    pub(super) user: UserId,
    pub(super) login: LoginId,
    /// Whether something was proved in it beside the password, which then is to be replaced.
    pub(super) proved: bool,
    pub(super) secret_hash: Digest,
    pub(super) rules: FactorRules,
    pub(super) ready: Ready,
    pub(super) session: SessionRows,
    pub(super) line: AuditLine,
    pub(super) now: Timestamp,
}

/// Ends the unit of work, so that nothing of it is written.
pub(super) enum NotSetUp {
    /// What was offered is over.
    Offer,
    /// The login does not wait any more.
    Login,
    /// Something was set up meanwhile.
    Already,
    Store(StoreError),
}

impl From<StoreError> for NotSetUp {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Whether somebody has what it takes: to whoever proved nothing, anything that somebody has set up is enough to be
/// kept out by.
pub(super) fn is_set_up(held: Holding, rules: &FactorRules, proved: bool) -> bool {
    held.satisfies(rules) || (!proved && held.strongest().is_some())
}

impl Ready {
    pub(super) const fn factor(&self) -> Factor {
        match self {
            Self::Authenticator(_) => Factor::Totp,
            Self::Phone(_) => Factor::Push,
            Self::Passkey(_) => Factor::Passkey,
        }
    }

    /// False if what was offered is over.
    async fn write(&self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<bool, StoreError> {
        match self {
            Self::Authenticator(app) => app.write(tx).await,
            Self::Phone(phone) => phone.write(tx, tenant).await,
            Self::Passkey(passkey) => passkey.write(tx, tenant).await,
        }
    }
}

impl SettingUp {
    pub(super) async fn write(&self, tx: &mut Tx<'_>) -> Result<(), NotSetUp> {
        let Self { tenant, user, login, secret_hash, now, .. } = *self;
        let factor = self.ready.factor();
        // Of two browsers at once, the second sees here what the first set up.
        users::hold(tx, tenant, user).await?;
        if is_set_up(holdings::of_user(tx, tenant, user).await?, &self.rules, self.proved) {
            return Err(NotSetUp::Already);
        }
        if !self.ready.write(tx, tenant).await? {
            return Err(NotSetUp::Offer);
        }
        if !logins::complete_by(tx, tenant, (login, Purpose::SetUp), secret_hash, factor, now).await? {
            return Err(NotSetUp::Login);
        }
        factor_records::worked(tx, tenant, user, Counted::Factor(factor), now).await?;
        audit::append(tx, &self.line).await?;
        self.session.write(tx, tenant).await?;
        Ok(())
    }
}
