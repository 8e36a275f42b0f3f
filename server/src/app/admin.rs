//! What the command line does: tenants and users.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::random;
use secrecy::SecretString;
use serde_json::json;

use super::new_password::PasswordRefused;
use super::tenants::signing_key_owner;
use super::turns::reminding;
use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::directory::Whom;
use crate::domain::policy::Policy;
use crate::domain::policy::asked::{Facts, Person, asked};
use crate::domain::policy::rule::SecondFactor;
use crate::domain::push_limits::PushLimits;
use crate::domain::tenant::{Origin, Tenant};
use crate::domain::user::{Role, User, display_name, email_key};
use crate::signing_key::SigningKey;
use crate::store::tenants::{self, NewTenant};
use crate::store::users::{self, NewUser};
use crate::store::{StoreError, audit, jobs};

/// A tenant to be added.
#[derive(Clone, Debug)]
pub struct TenantWish {
    /// Its name, for people.
    pub name: String,
    /// Where it is reached.
    pub origin: Origin,
    /// Its rules of signing in.
    pub policy: Policy,
    /// What is known of it: its plan, and which features are on.
    pub facts: Facts,
    /// Whether phones must keep their keys in hardware.
    pub require_hardware_keys: bool,
}

/// A user to be added.
#[derive(Debug)]
pub struct UserWish {
    /// The sign-in name.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The type, one that the policy names.
    pub user_type: Option<String>,
    /// The language to write in until the first sign-in, one of [`crate::domain::user::LANGUAGES`]; English if none.
    pub language: Option<&'static str>,
    /// The password.
    pub password: SecretString,
    /// Whether it has to be replaced after the first sign-in, since whoever made it up knows it.
    pub initial: bool,
}

impl UserWish {
    /// A user of no type, whose password stays.
    #[must_use]
    pub fn new(email: &str, name: &str, role: Role, password: SecretString) -> Self {
        Self {
            email: email.to_owned(),
            name: name.to_owned(),
            role,
            user_type: None,
            language: None,
            password,
            initial: false,
        }
    }
}

/// Why something could not be added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// Another tenant is reached there.
    #[error("another tenant is reached at {0} already")]
    HostTaken(String),
    /// The tenant has such a user.
    #[error("this tenant has a user with this e-mail address already")]
    UserExists,
    /// Not an e-mail address.
    #[error("this is not an e-mail address; write it as ada@example.com")]
    NotAnEmail,
    /// A name that is too long.
    #[error("a name has at most 200 characters, on one line")]
    Name,
    /// A type that the policy does not name.
    #[error("the policy has no user type of this name: see the settings")]
    UnknownType,
    /// A role that only a higher one gives.
    #[error("only a super administrator makes administrators")]
    RoleNotGiven,
    /// The password.
    #[error(transparent)]
    Password(#[from] PasswordRefused),
    /// Not the caller's fault.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for AddError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

impl App {
    /// Adds a tenant with a signing key of its own.
    ///
    /// # Errors
    /// [`AddError::HostTaken`].
    pub async fn add_tenant(&self, wish: TenantWish) -> Result<TenantId, AddError> {
        let at = self.now();
        let tenant = Tenant {
            id: TenantId::new(at, self.random()),
            name: wish.name,
            require_hardware_keys: wish.require_hardware_keys,
            push_limits: PushLimits::default(),
            policy: wish.policy,
            facts: wish.facts,
            revision: 0,
        };
        let (_, pkcs8) = SigningKey::generate();
        let owner = signing_key_owner(&tenant);
        let nonce = random::bytes(self.random());
        let signing_key_sealed = self.parts.master_keys.seal(&owner, &pkcs8, nonce);
        let id = tenant.id;
        let line = self
            .audit(id, None, "tenant.added", json!({ "origin": wish.origin.to_string() }))
            .by(&By::CommandLine);
        let authority = wish.origin.authority().to_owned();
        let new = NewTenant { tenant, origin: wish.origin, signing_key_sealed, at };
        self.parts
            .db
            .write_with((new, line), |(new, line), tx| {
                Box::pin(async move {
                    tenants::add(tx, new).await?;
                    audit::append(tx, line).await
                })
            })
            .await
            .map_err(|error| match error {
                StoreError::Conflict { .. } => AddError::HostTaken(authority),
                other => other.into(),
            })?;
        Ok(id)
    }

    /// Adds a user.
    ///
    /// # Errors
    /// [`AddError`].
    pub async fn add_user(&self, by: &By, tenant: &Tenant, wish: UserWish) -> Result<UserId, AddError> {
        let UserWish { email, name, role, user_type, language, password, initial } = wish;
        let email_key = email_key(&email).ok_or(AddError::NotAnEmail)?;
        let name = display_name(&name).ok_or(AddError::Name)?;
        if user_type.as_ref().is_some_and(|name| !tenant.policy.user_types.contains(name)) {
            return Err(AddError::UnknownType);
        }
        if !by.may_add_user(role) {
            return Err(AddError::RoleNotGiven);
        }
        let password_hash = self.hash_password(password).await?;
        let at = self.now();
        let of = tenant;
        let (until, tenant) = (tenant.policy.grace_ends(at), tenant.id);
        let id = UserId::new(at, self.random());
        let user = User {
            id,
            email: email.trim().to_owned(),
            name,
            role,
            language: language.map(str::to_owned),
            needs_new_password: initial,
            disabled: false,
            user_type,
            chosen_since: None,
            created_at: at,
        };
        let asked = asked(&of.policy, &of.facts, Person::from(&user));
        let must = asked.second_factor == SecondFactor::Required;
        let line = self.audit(tenant, Some(id), "user.added", json!({ "role": role.as_str() })).by(by);
        let new = NewUser { tenant, user, email_key, password_hash };
        let reminder = must.then(|| reminding(self.row_id(at), *by, Whom::These(vec![id]), 1, until, at));
        let reminder = reminder.flatten();
        let unit = self.parts.db.write_with((new, reminder, line), |(new, reminder, line), tx| {
            Box::pin(async move {
                users::add(tx, new).await?;
                if let Some(reminder) = reminder {
                    jobs::add(tx, new.tenant, reminder).await?;
                }
                audit::append(tx, line).await
            })
        });
        unit.await.map_err(|error| match error {
            StoreError::Conflict { .. } => AddError::UserExists,
            other => other.into(),
        })?;
        Ok(id)
    }

    /// Sets how often the phones of a tenant's users may be pushed. Nodes that remember the tenant go by
    /// it seconds later.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn set_push_limits(&self, tenant: TenantId, limits: PushLimits) -> Result<(), AppError> {
        let line = self
            .audit(tenant, None, "tenant.push_limits_set", json!({ "values": limits.values() }))
            .by(&By::CommandLine);
        self.parts
            .db
            .write_with(line, move |line, tx| {
                Box::pin(async move {
                    tenants::set_push_limits(tx, tenant, &limits).await?;
                    audit::append(tx, line).await
                })
            })
            .await?;
        Ok(())
    }

    /// The user of a tenant with this sign-in name.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn find_user(&self, tenant: TenantId, email: &str) -> Result<Option<User>, AppError> {
        let Some(key) = email_key(email) else { return Ok(None) };
        let found = self
            .parts
            .db
            .read_one(move |tx| Box::pin(async move { users::by_email_key(tx, tenant, &key).await }))
            .await?;
        Ok(found.map(|found| found.user))
    }

    /// Where the server's tenants are reached.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn origins(&self) -> Result<Vec<Origin>, AppError> {
        let rows = self.parts.db.read(|tx| Box::pin(tenants::all(tx))).await?;
        Ok(rows.into_iter().map(|row| row.origin).collect())
    }

    /// The main host of each tenant.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn main_origins(&self) -> Result<Vec<Origin>, AppError> {
        let rows = self.parts.db.read(|tx| Box::pin(tenants::all(tx))).await?;
        Ok(rows.into_iter().filter(|row| row.origin == row.main).map(|row| row.main).collect())
    }
}
