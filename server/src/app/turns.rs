//! What follows for somebody of whom something else is asked than before, wherever that comes from: they were chosen, are
//! of another type or role, or the policy is another one. They are told, what they have set up goes where the policy
//! says so, and whoever has time to set something up is reminded.

use countersign_protocol::time::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::acts::{Acted, Acting, Outcome, Supply};
use super::removals::remove_all;
use crate::domain::actor::By;
use crate::domain::directory::{Action, Whom};
use crate::domain::job::{Job, Task};
use crate::domain::mail::Removed;
use crate::domain::policy::TurnedOff;
use crate::domain::policy::asked::{Asked, Person, asked};
use crate::domain::policy::news::reminder;
use crate::domain::policy::rule::SecondFactor;
use crate::domain::user::User;
use crate::mail::Mail;
use crate::store::{StoreError, Tx, holdings, jobs};

/// What becomes of what is asked of somebody.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// A second factor is required from now on.
    On,
    /// It is off from now on, or an administrator turned it off.
    Off,
    /// Nothing of which somebody would have to be told.
    Same,
}

/// What was done because something else is asked.
#[derive(Debug, Default)]
pub(super) struct Followed {
    pub(super) removed: Vec<Removed>,
}

impl Followed {
    /// As particulars of an audit line, beside others.
    pub(super) fn noted_in(&self, mut detail: Value) -> Value {
        if !self.removed.is_empty() {
            detail["removed"] = json!(self.removed);
        }
        detail
    }
}

impl From<Followed> for Outcome {
    fn from(followed: Followed) -> Self {
        Acted::Done(followed.removed).into()
    }
}

impl Acting {
    fn asked(&self, user: &User) -> Asked {
        asked(&self.tenant.policy, &self.tenant.facts, Person::from(user))
    }

    /// Whether a second factor is required of somebody.
    pub(super) fn requires(&self, user: &User) -> bool {
        self.asked(user).second_factor == SecondFactor::Required
    }

    fn turn(&self, before: &User, after: &User) -> Turn {
        use SecondFactor::{Off, Required};
        let (was, is) = (self.asked(before).second_factor, self.asked(after).second_factor);
        if is > was && is == Required {
            Turn::On
        } else if is < was && (is == Off || self.action == Action::TurnOff) {
            Turn::Off
        } else {
            Turn::Same
        }
    }

    /// Whether one administrator alone may not take away what somebody has set up.
    fn keeps(&self) -> bool {
        self.tenant.policy.resets_need_two && self.by != By::CommandLine
    }

    fn removes(&self) -> bool {
        self.tenant.policy.when_turned_off == TurnedOff::Remove
    }

    /// Whether something else comes to the same as a reset, which takes two: the password alone would sign in somebody
    /// who has set something up.
    pub(super) async fn takes_two(
        &self,
        tx: &mut Tx<'_>,
        before: &User,
        after: &User,
    ) -> Result<bool, StoreError> {
        let opens = self.removes() || self.asked(after).second_factor == SecondFactor::Off;
        if !self.keeps() || !opens || self.turn(before, after) != Turn::Off {
            return Ok(false);
        }
        Ok(holdings::of_user(tx, self.tenant.id, after.id).await?.strongest().is_some())
    }

    /// What follows once a user is no longer as before.
    pub(super) async fn follow(
        &self,
        tx: &mut Tx<'_>,
        before: &User,
        after: &User,
        supply: &Supply,
    ) -> Result<Followed, StoreError> {
        let removed = match self.turn(before, after) {
            Turn::Same => Vec::new(),
            Turn::On => {
                self.tell_turned_on(tx, after, supply).await?;
                self.remind(tx, after, supply).await?;
                Vec::new()
            }
            Turn::Off => self.turned_off(tx, after, supply, self.removes() && !self.keeps()).await?,
        };
        Ok(Followed { removed })
    }

    async fn remind(&self, tx: &mut Tx<'_>, user: &User, supply: &Supply) -> Result<(), StoreError> {
        let until = self.asked(user).grace_ends(&self.tenant.policy);
        let job = supply
            .reminder
            .and_then(|id| reminding(id, self.by, Whom::These(vec![user.id]), 1, until, self.now));
        match job {
            Some(job) => jobs::add(tx, self.tenant.id, &job).await,
            None => Ok(()),
        }
    }

    /// Removes what is to go, and tells the user if from now on the password alone signs them in. Where a second factor
    /// is optional, whoever has one is still asked for it.
    async fn turned_off(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
        remove: bool,
    ) -> Result<Vec<Removed>, StoreError> {
        let mut removed = Vec::new();
        if remove {
            removed = remove_all(tx, self.tenant.id, user.id, self.now).await?;
        }
        let off = self.asked(user).second_factor == SecondFactor::Off;
        if off || holdings::of_user(tx, self.tenant.id, user.id).await?.strongest().is_none() {
            let mail = Mail::TurnedOff { removed: !removed.is_empty(), at: self.now.into() };
            self.tell(tx, user, supply, mail).await?;
        }
        Ok(removed)
    }

    /// Whether the user could sign in as is asked, without setting anything up.
    async fn is_ready(&self, tx: &mut Tx<'_>, user: &User) -> Result<bool, StoreError> {
        let mut holding = holdings::of_user(tx, self.tenant.id, user.id).await?;
        holding.mail = self.mail;
        Ok(!holding.ways_in(&self.tenant.policy.factors).is_empty())
    }

    pub(super) async fn tell_turned_on(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
    ) -> Result<Outcome, StoreError> {
        let asked = self.asked(user);
        if user.disabled || asked.second_factor != SecondFactor::Required {
            return Ok(Acted::Same.into());
        }
        let until = Some(asked.grace_ends(&self.tenant.policy)).filter(|until| *until > self.now);
        let ready = self.is_ready(tx, user).await?;
        let mail = Mail::TurnedOn { until: until.map(Into::into), ready, at: self.now.into() };
        self.tell(tx, user, supply, mail).await?;
        Ok(Acted::Done(Vec::new()).into())
    }

    /// Only those are reminded whose time ends about when the reminder says. Whoever got more time by a later change is
    /// reminded by that one; whoever's time is over is asked at the next sign-in.
    pub(super) async fn tell_set_up_due(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
        said: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let asked = self.asked(user);
        let until = asked.grace_ends(&self.tenant.policy);
        let due = asked.second_factor == SecondFactor::Required
            && until > self.now
            && until <= said + std::time::Duration::from_hours(24);
        if user.disabled || !due || self.is_ready(tx, user).await? {
            return Ok(Acted::Same.into());
        }
        self.tell(tx, user, supply, Mail::SetUpDue { until: until.into() }).await?;
        Ok(Acted::Done(Vec::new()).into())
    }

    /// What has been set up goes only if the policy says so still: it may have been changed again.
    pub(super) async fn tell_turned_off(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
        remove: bool,
    ) -> Result<Outcome, StoreError> {
        if self.asked(user).second_factor != SecondFactor::Off {
            return Ok(Acted::Same.into());
        }
        let removed = self.turned_off(tx, user, supply, remove && self.removes()).await?;
        if !removed.is_empty() {
            let detail = json!({ "removed": removed });
            self.note(tx, user, supply, "second_factor.turned_off", detail).await?;
        }
        Ok(Acted::Done(removed).into())
    }
}

/// The job that reminds some users, `total` of them, who have until `until` to set something up; none if that is soon.
pub(super) fn reminding(
    id: Uuid,
    by: By,
    whom: Whom,
    total: u64,
    until: Timestamp,
    now: Timestamp,
) -> Option<Job> {
    let (action, due_at) = reminder(until, now)?;
    Some(Job::waiting(id, Task { action, whom, by }, total, due_at, now))
}
