//! What administrators see of users: the list, and one user with all that belongs to the account.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;

use super::account_security::AccountSecurity;
use super::resets::WaitingReset;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::directory::{Filter, Holds};
use crate::domain::policy::asked::{Asked, Person, asked};
use crate::domain::user::{User, email_key};
use crate::store::devices::{self, Device};
use crate::store::directory::{self, Listed, Place};
use crate::store::{StoreError, factor_records};

/// How many users a page of the list has.
pub const USERS_A_PAGE: usize = 50;
/// Further than this nobody counts.
pub const COUNTED: i64 = 1_000;

/// A page of the list.
#[derive(Clone, Debug)]
pub struct UserList {
    /// The users.
    pub users: Vec<Listed>,
    /// How many match: exactly, or [`COUNTED`] and more.
    pub count: u64,
    /// Whether there are more than [`COUNTED`].
    pub more: bool,
    /// The key of the page before this one, if there is one.
    pub before: Option<String>,
    /// The key of the page after this one, if there is one.
    pub after: Option<String>,
}

/// A user, with all that an administrator sees.
pub struct UserView {
    /// The user, as in the list.
    pub listed: Listed,
    /// The phones.
    pub devices: Vec<Device>,
    /// What the account's owner sees as well.
    pub account: AccountSecurity,
    /// What the policy asks of the user, and which rule says so.
    pub asked: Asked,
    /// Until when setting up may be put off, if it may.
    pub grace_ends: Option<Timestamp>,
    /// Whether the user could prove a second factor as things are.
    pub ready: bool,
    /// Whether a factor is suspended for wrong codes.
    pub suspended: bool,
    /// A reset that waits for a second administrator.
    pub reset: Option<WaitingReset>,
}

impl App {
    /// A page of the users that match.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn list_users(
        &self,
        tenant: TenantId,
        filter: &Filter,
        place: Place,
    ) -> Result<UserList, AppError> {
        let (wanted, first, back) =
            (filter.clone(), place == Place::First, matches!(place, Place::Before(_)));
        let unit = self.parts.db.read(move |tx| {
            Box::pin(async move {
                let (users, more) = directory::list(tx, tenant, &wanted, &place, USERS_A_PAGE).await?;
                let count = if first && !more {
                    u64::try_from(users.len()).unwrap_or(u64::MAX)
                } else {
                    directory::count(tx, tenant, &wanted, COUNTED + 1).await?
                };
                Ok::<_, StoreError>((users, more, count))
            })
        });
        let (users, more, count) = unit.await?;
        let key = |listed: Option<&Listed>| email_key(&listed?.user.email);
        let before = (back && more || !back && !first).then(|| key(users.first())).flatten();
        let after = (back || more).then(|| key(users.last())).flatten();
        let most = COUNTED.unsigned_abs();
        Ok(UserList { before, after, more: count > most, count: count.min(most), users })
    }

    /// Some users in the order of their ids, of those that match: at most `at_most`, after `after`.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn next_users(
        &self,
        tenant: TenantId,
        filter: &Filter,
        after: Option<String>,
        at_most: usize,
    ) -> Result<Vec<Listed>, AppError> {
        let filter = filter.clone();
        let place = after.map_or(Place::First, Place::After);
        let unit = self.parts.db.read_one(move |tx| {
            Box::pin(async move { directory::list(tx, tenant, &filter, &place, at_most).await })
        });
        Ok(unit.await?.0)
    }

    /// Notes that users were taken out as a table.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn note_export(&self, by: &By, tenant: TenantId, filter: &Filter) -> Result<(), AppError> {
        let line = self.audit(tenant, None, "users.exported", json!({ "filter": filter }));
        self.write_line(line.by(by)).await
    }

    /// Of all that match, how many have set something up.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn count_holding(&self, tenant: TenantId, filter: &Filter) -> Result<u64, AppError> {
        if filter.holds == Some(Holds::Nothing) {
            return Ok(0);
        }
        let holds = filter.holds.or(Some(Holds::Something));
        let filter = Filter { holds, ..filter.clone() };
        let unit = self.parts.db.read_one(move |tx| {
            Box::pin(async move { directory::count(tx, tenant, &filter, i64::MAX).await })
        });
        Ok(unit.await?)
    }

    /// A user as in the list.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn listed_user(&self, tenant: TenantId, user: UserId) -> Result<Option<Listed>, AppError> {
        Ok(self.parts.db.read_one(move |tx| Box::pin(directory::one(tx, tenant, user))).await?)
    }

    /// A user with all that an administrator sees; none if the tenant has no such user.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn view_user(&self, at: &TenantHandle, user: UserId) -> Result<Option<UserView>, AppError> {
        let (tenant, now, db) = (at.tenant.id, self.now(), &self.parts.db);
        let Some(listed) = self.listed_user(tenant, user).await? else { return Ok(None) };
        let devices = db.read_one(move |tx| Box::pin(devices::active_of_user(tx, tenant, user))).await?;
        let records = db.read_one(move |tx| Box::pin(factor_records::of_user(tx, tenant, user))).await?;
        let asked = self.asked_of(at, &listed.user);
        let grace_ends = Some(asked.grace_ends(&at.tenant.policy)).filter(|until| *until > now);
        let holding = crate::domain::ways::Holding { mail: self.parts.mail.is_some(), ..listed.holding };
        Ok(Some(UserView {
            devices,
            account: self.account_security(at, user).await?,
            asked,
            grace_ends,
            ready: !holding.ways_in(&at.tenant.policy.factors).is_empty(),
            suspended: records
                .iter()
                .any(|record| record.failures.suspended_until.is_some_and(|until| until > now)),
            reset: self.waiting_reset(tenant, user).await?,
            listed,
        }))
    }

    /// What the policy asks of a user.
    #[must_use]
    pub fn asked_of(&self, at: &TenantHandle, user: &User) -> Asked {
        asked(&at.tenant.policy, &at.tenant.facts, Person::from(user))
    }
}
