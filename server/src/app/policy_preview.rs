//! What another policy would lead to, before it is saved: how many users it concerns, and which.

use std::time::Duration;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;

use super::policy::WantedPolicy;
use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::policy::change::ChangeError;
use crate::domain::policy::news::{News, news};
use crate::domain::policy::preview::{Alike, Change, Difference, Effect, Figures};
use crate::domain::tenant::Tenant;
use crate::domain::ways::Holding;
use crate::store::holdings;
use crate::store::population::{self, Group, Member, Population};

/// How many users of those whom something concerns are shown.
const AT_MOST: i64 = 50;

/// Which users are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Those whom this concerns.
    Effect(Effect),
    /// Those who are asked again in a browser that was remembered.
    Browsers,
}

impl Shown {
    /// As forms spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Effect(effect) => effect.as_str(),
            Self::Browsers => "browsers",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == Self::Browsers.as_str() {
            Some(Self::Browsers)
        } else {
            Effect::parse(text).map(Self::Effect)
        }
    }
}

/// A user whom a change concerns.
#[derive(Clone, Debug)]
pub struct Concerned {
    /// The user.
    pub id: UserId,
    /// The e-mail address.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// What is so before and after.
    pub difference: Difference,
}

/// A user who was looked for.
#[derive(Clone, Debug)]
pub enum FoundUser {
    /// There is none.
    Nobody,
    /// The user, disabled or not, and what the change means to them.
    Found(Box<Concerned>, bool),
}

/// What a change would lead to.
#[derive(Debug)]
pub struct PolicyPreview {
    /// The tenant as it is.
    pub before: Tenant,
    /// The tenant as it would be.
    pub after: Tenant,
    /// How many users it concerns.
    pub figures: Figures,
    /// How many users are asked again in a browser that was remembered.
    pub forgotten: u64,
    /// How many users are told by mail.
    pub told: u64,
    /// Whether there is a way to send mail.
    pub mail: bool,
    /// The first of those who were asked for.
    pub shown: Vec<Concerned>,
    /// Who was looked for.
    pub found: Option<FoundUser>,
}

/// What came of looking at a change.
#[derive(Debug)]
pub enum Previewed {
    /// It would change nothing.
    Same,
    /// It may not be: why.
    Refused(ChangeError),
    /// It would lead to this.
    Would(Box<PolicyPreview>),
}

impl App {
    /// What another policy would lead to. `show` names users to be listed, `find` the e-mail address of one.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn preview_policy(
        &self,
        by: &By,
        tenant: TenantId,
        wanted: impl Into<WantedPolicy> + Send,
        show: Option<Shown>,
        find: Option<&str>,
    ) -> Result<Previewed, AppError> {
        let before = self.tenant_now(tenant).await?;
        let after = match self.tenant_after(by, &before, wanted.into()) {
            Ok(after) if after == before => return Ok(Previewed::Same),
            Ok(after) => after,
            Err(error) => return Ok(Previewed::Refused(error)),
        };
        let now = self.now();
        let change = Change::new(&before, &after, now);
        let groups = self.population(&before, &after).await?;
        let most = change.remembers_less().map(|days| now + days_long(days));
        let forgotten = match most {
            Some(most) => {
                self.parts.db.read_one(move |tx| Box::pin(population::remembered(tx, tenant, most))).await?
            }
            None => 0,
        };
        let shown = match show {
            Some(shown) => self.concerned(&change, (&before, &after), &groups, shown, most).await?,
            None => Vec::new(),
        };
        let found = match find {
            Some(email) => Some(self.find_concerned(&change, tenant, email).await?),
            None => None,
        };
        Ok(Previewed::Would(Box::new(PolicyPreview {
            figures: change.figures(groups.iter().map(|group| (&group.alike, group.users))),
            told: told(&news(&before, &after, now), &groups),
            mail: self.parts.mail.is_some(),
            before,
            after,
            forgotten,
            shown,
            found,
        })))
    }

    /// The users of a tenant, by all that tells them apart before and after a change.
    pub(super) async fn population(&self, before: &Tenant, after: &Tenant) -> Result<Vec<Group>, AppError> {
        let of = self.population_of(before, after);
        Ok(self
            .parts
            .db
            .read_one(move |tx| Box::pin(async move { population::groups(tx, &of).await }))
            .await?)
    }

    fn population_of(&self, before: &Tenant, after: &Tenant) -> Population {
        let grace = [before, after].map(|tenant| tenant.policy.grace_days);
        // Whoever came before all grace periods began is alike.
        let mut cuts = grace.map(|days| self.now() - days_long(days));
        cuts.sort();
        let cuts = (grace != [0, 0]).then_some(cuts);
        Population { tenant: before.id, cuts, mail: self.parts.mail.is_some() }
    }

    async fn concerned(
        &self,
        change: &Change,
        (before, after): (&Tenant, &Tenant),
        groups: &[Group],
        shown: Shown,
        most: Option<Timestamp>,
    ) -> Result<Vec<Concerned>, AppError> {
        let of = self.population_of(before, after);
        let concerned = |member: Member| {
            let difference = change.of(&member.alike);
            Concerned { id: member.id, email: member.email, name: member.name, difference }
        };
        let db = &self.parts.db;
        let Shown::Effect(effect) = shown else {
            let Some(most) = most else { return Ok(Vec::new()) };
            let first = db
                .read_one(move |tx| {
                    Box::pin(async move { population::first_remembered(tx, &of, most, AT_MOST).await })
                })
                .await?;
            return Ok(first.into_iter().map(concerned).collect());
        };
        let keys: Vec<_> = groups
            .iter()
            .filter(|group| change.of(&group.alike).effects.contains(&effect))
            .map(|group| group.key.clone())
            .collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let first = db
            .read_one(move |tx| {
                Box::pin(async move {
                    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
                    population::first_of(tx, &of, &keys, AT_MOST).await
                })
            })
            .await?;
        Ok(first.into_iter().map(concerned).collect())
    }

    async fn find_concerned(
        &self,
        change: &Change,
        tenant: TenantId,
        email: &str,
    ) -> Result<FoundUser, AppError> {
        let Some(user) = self.find_user(tenant, email).await? else { return Ok(FoundUser::Nobody) };
        let id = user.id;
        let held = self.parts.db.read_one(move |tx| Box::pin(holdings::of_user(tx, tenant, id))).await?;
        let alike = Alike {
            role: user.role,
            user_type: user.user_type,
            chosen_since: user.chosen_since,
            since: user.created_at,
            holding: Holding { mail: self.parts.mail.is_some(), ..held },
        };
        let difference = change.of(&alike);
        let concerned = Concerned { id, email: user.email, name: user.name, difference };
        Ok(FoundUser::Found(Box::new(concerned), user.disabled))
    }
}

/// How many users are told something now.
fn told(news: &[News], groups: &[Group]) -> u64 {
    let is_told = |group: &&Group| news.iter().any(|news| news.is_for(&group.alike));
    groups.iter().filter(is_told).map(|group| group.users).sum()
}

fn days_long(days: u16) -> Duration {
    Duration::from_hours(24 * u64::from(days))
}
