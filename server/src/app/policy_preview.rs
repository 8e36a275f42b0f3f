//! What another policy would lead to, before it is saved: how many users it concerns, and which.

use std::time::Duration;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;

use super::policy::WantedPolicy;
use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::directory::Filter;
use crate::domain::policy::change::ChangeError;
use crate::domain::policy::network_change::NetworkChange;
use crate::domain::policy::news::{News, news};
use crate::domain::policy::preview::{Alike, Change, Difference, Effect, Figures};
use crate::domain::tenant::Tenant;
use crate::domain::user::{User, email_key};
use crate::domain::ways::Holding;
use crate::store::directory::{self, Place};
use crate::store::holdings;
use crate::store::population::{self, Group, Member, Population};

/// How many users of those whom something concerns are shown.
const AT_MOST: usize = 50;
/// As many are read.
const ONE_MORE: i64 = 51;
/// How many users are named of those who are found by a part of a name.
const FOUND_AT_MOST: usize = 10;

/// What of a change is looked at, besides the figures.
#[derive(Clone, Debug, Default)]
pub struct Look<'a> {
    /// Users that are listed: at most 50.
    pub show: Option<Shown>,
    /// Those after the user with this sign-in name, in the form of [`email_key`].
    pub after: Option<String>,
    /// One user: the e-mail address, or a part of it or of the name.
    pub find: Option<&'a str>,
}

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
    /// These, of whom one has to be chosen, and whether there are more.
    Several(Vec<User>, bool),
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
    /// From where sign-ins are other ones than before. The figures are of sign-ins from elsewhere.
    pub networks: NetworkChange,
    /// Those who were asked for.
    pub shown: Vec<Concerned>,
    /// After whom the list goes on, if it does: for [`Look::after`].
    pub next: Option<String>,
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
    /// What another policy would lead to, in figures and to those who are looked at.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn preview_policy(
        &self,
        by: &By,
        tenant: TenantId,
        wanted: impl Into<WantedPolicy> + Send,
        look: Look<'_>,
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
        let mut shown = match look.show {
            // To find that there is nobody, all users would be looked at.
            Some(Shown::Browsers) if forgotten > 0 => {
                self.forgotten(&change, (&before, &after), most, look.after.as_deref()).await?
            }
            Some(Shown::Effect(effect)) => {
                self.concerned(&change, (&before, &after), &groups, effect, look.after.as_deref()).await?
            }
            Some(Shown::Browsers) | None => Vec::new(),
        };
        let more = shown.len() > AT_MOST;
        shown.truncate(AT_MOST);
        let last = shown.last().filter(|_| more);
        let found = match look.find {
            Some(text) => Some(self.find_concerned(&change, tenant, text).await?),
            None => None,
        };
        Ok(Previewed::Would(Box::new(PolicyPreview {
            figures: change.figures(groups.iter().map(|group| (&group.alike, group.users))),
            told: told(&news(&before, &after, now), &groups),
            mail: self.parts.mail.is_some(),
            networks: NetworkChange::new(&before.policy.networks, &after.policy.networks),
            before,
            after,
            forgotten,
            next: last.and_then(|last| email_key(&last.email)),
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

    /// Whom something concerns: one more than are shown, if there are more.
    async fn concerned(
        &self,
        change: &Change,
        (before, after): (&Tenant, &Tenant),
        groups: &[Group],
        effect: Effect,
        beyond: Option<&str>,
    ) -> Result<Vec<Concerned>, AppError> {
        let (of, beyond) = (self.population_of(before, after), beyond.unwrap_or_default().to_owned());
        let keys: Vec<_> = groups
            .iter()
            .filter(|group| change.of(&group.alike).effects.contains(&effect))
            .map(|group| group.key.clone())
            .collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let unit = self.parts.db.read_one(move |tx| {
            Box::pin(async move {
                let keys: Vec<_> = keys.iter().map(String::as_str).collect();
                population::first_of(tx, &of, &keys, &beyond, ONE_MORE).await
            })
        });
        Ok(unit.await?.into_iter().map(|member| so(change, member)).collect())
    }

    /// Whose browsers are forgotten: one more than are shown, if there are more.
    async fn forgotten(
        &self,
        change: &Change,
        (before, after): (&Tenant, &Tenant),
        most: Option<Timestamp>,
        beyond: Option<&str>,
    ) -> Result<Vec<Concerned>, AppError> {
        let Some(most) = most else { return Ok(Vec::new()) };
        let (of, beyond) = (self.population_of(before, after), beyond.unwrap_or_default().to_owned());
        let unit = self.parts.db.read_one(move |tx| {
            Box::pin(async move { population::first_remembered(tx, &of, most, &beyond, ONE_MORE).await })
        });
        Ok(unit.await?.into_iter().map(|member| so(change, member)).collect())
    }

    /// Users with this in their name or e-mail address, and whether there are more.
    async fn users_with(&self, tenant: TenantId, text: &str) -> Result<(Vec<User>, bool), AppError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok((Vec::new(), false));
        }
        let filter = Filter { search: Some(text.to_owned()), ..Filter::default() };
        let unit = self.parts.db.read_one(move |tx| {
            Box::pin(async move { directory::list(tx, tenant, &filter, &Place::First, FOUND_AT_MOST).await })
        });
        let (found, more) = unit.await?;
        Ok((found.into_iter().map(|listed| listed.user).collect(), more))
    }

    async fn find_concerned(
        &self,
        change: &Change,
        tenant: TenantId,
        text: &str,
    ) -> Result<FoundUser, AppError> {
        let user = match self.find_user(tenant, text).await? {
            Some(user) => user,
            None => {
                let (mut users, more) = self.users_with(tenant, text).await?;
                match users.pop() {
                    None => return Ok(FoundUser::Nobody),
                    Some(only) if users.is_empty() => only,
                    Some(last) => {
                        users.push(last);
                        return Ok(FoundUser::Several(users, more));
                    }
                }
            }
        };
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

/// What a change means to somebody.
fn so(change: &Change, member: Member) -> Concerned {
    let difference = change.of(&member.alike);
    Concerned { id: member.id, email: member.email, name: member.name, difference }
}

/// How many users are told something now.
fn told(news: &[News], groups: &[Group]) -> u64 {
    let is_told = |group: &&Group| news.iter().any(|news| news.is_for(&group.alike));
    groups.iter().filter(is_told).map(|group| group.users).sum()
}

fn days_long(days: u16) -> Duration {
    Duration::from_hours(24 * u64::from(days))
}
