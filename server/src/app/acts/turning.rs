//! The second factor is turned on or off for a user: by somebody who chose that user, or by a change of policy, which
//! tells whom it concerns.

use std::time::Duration;

use countersign_protocol::time::Timestamp;
use serde_json::json;

use super::{Acted, Acting, Outcome, Supply};
use crate::app::removals::remove_all;
use crate::domain::activity::Activity;
use crate::domain::mail::Removed;
use crate::domain::policy::TurnedOff;
use crate::domain::policy::rule::SecondFactor;
use crate::domain::user::User;
use crate::mail::Mail;
use crate::store::{StoreError, Tx, holdings, users};

const TURNED_ON: &str = Activity::TurnedOnByOther.event();
const TURNED_OFF: &str = Activity::TurnedOffByOther.event();

impl Acting {
    pub(super) async fn turn_on(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
    ) -> Result<Outcome, StoreError> {
        let before = self.asked(user).second_factor;
        let done = users::set_chosen(tx, self.tenant.id, user.id, Some(self.now)).await?;
        if done && before < SecondFactor::Required {
            let chosen = User { chosen_since: Some(self.now), ..user.clone() };
            self.tell_turned_on(tx, &chosen, supply).await?;
        }
        self.noted(tx, user, supply, TURNED_ON, json!({}), done).await
    }

    pub(super) async fn turn_off(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
    ) -> Result<Outcome, StoreError> {
        if !users::set_chosen(tx, self.tenant.id, user.id, None).await? {
            return Ok(Acted::Same.into());
        }
        let left = self.asked(&User { chosen_since: None, ..user.clone() }).second_factor;
        let mut removed = Vec::new();
        // What another rule still asks for is not taken away.
        if left < SecondFactor::Required {
            let remove = self.tenant.policy.when_turned_off == TurnedOff::Remove;
            removed = self.asked_no_more(tx, user, supply, remove).await?;
        }
        self.note(tx, user, supply, TURNED_OFF, json!({ "removed": removed })).await?;
        Ok(Acted::Done(removed).into())
    }

    /// A change of policy turned it off for the user.
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
        let removed = self.asked_no_more(tx, user, supply, remove).await?;
        if !removed.is_empty() {
            self.note(tx, user, supply, TURNED_OFF, json!({ "removed": removed })).await?;
        }
        Ok(Acted::Done(removed).into())
    }

    /// Removes what the user has set up, if it is to go, and says by mail that nothing is asked for any more.
    async fn asked_no_more(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
        remove: bool,
    ) -> Result<Vec<Removed>, StoreError> {
        let removed = match remove {
            true => remove_all(tx, self.tenant.id, user.id, self.now).await?,
            false => Vec::new(),
        };
        let mail = Mail::TurnedOff { removed: !removed.is_empty(), at: self.now.into() };
        self.tell(tx, user, supply, mail).await?;
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
            && until <= said + Duration::from_hours(24);
        if user.disabled || !due || self.is_ready(tx, user).await? {
            return Ok(Acted::Same.into());
        }
        self.tell(tx, user, supply, Mail::SetUpDue { until: until.into() }).await?;
        Ok(Acted::Done(Vec::new()).into())
    }
}
