//! What each action changes of a user, and what follows from it.

use serde_json::{Value, json};

use super::{Acted, Acting, Outcome, Refused, Supply};
use crate::app::removals::{end_everything, remove_all};
use crate::app::sessions::end_logins_and_sessions;
use crate::domain::activity::Activity;
use crate::domain::user::{Role, User};
use crate::mail::Mail;
use crate::store::{StoreError, Tx, recoveries, users};

impl Acting {
    pub(super) async fn turn_on(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
    ) -> Result<Outcome, StoreError> {
        if !users::set_chosen(tx, self.tenant.id, user.id, Some(self.now)).await? {
            return Ok(Acted::Same.into());
        }
        let chosen = User { chosen_since: Some(self.now), ..user.clone() };
        let turn = self.follow(tx, user, &chosen, supply).await?;
        self.note(tx, user, supply, "second_factor.turned_on", json!({})).await?;
        Ok(turn.into())
    }

    pub(super) async fn turn_off(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
    ) -> Result<Outcome, StoreError> {
        let left = User { chosen_since: None, ..user.clone() };
        if self.takes_two(tx, user, &left).await? {
            return Ok(Acted::from(Refused::NeedsTwo).into());
        }
        if !users::set_chosen(tx, self.tenant.id, user.id, None).await? {
            return Ok(Acted::Same.into());
        }
        let turn = self.follow(tx, user, &left, supply).await?;
        let detail = json!({ "removed": turn.removed });
        self.note(tx, user, supply, "second_factor.turned_off", detail).await?;
        Ok(turn.into())
    }

    pub(super) async fn set_type(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        wanted: Option<&str>,
        supply: &Supply,
    ) -> Result<Outcome, StoreError> {
        let typed = User { user_type: wanted.map(str::to_owned), ..user.clone() };
        if self.takes_two(tx, user, &typed).await? {
            return Ok(Acted::from(Refused::NeedsTwo).into());
        }
        if !users::set_type(tx, self.tenant.id, user.id, wanted).await? {
            return Ok(Acted::Same.into());
        }
        let turn = self.follow(tx, user, &typed, supply).await?;
        let detail = turn.noted_in(json!({ "before": user.user_type, "after": wanted }));
        self.note(tx, user, supply, "user.type_changed", detail).await?;
        Ok(turn.into())
    }

    /// Whoever gets more to say than when a session began proves anew to be there. The last super administrator keeps
    /// their role.
    pub(super) async fn set_role(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        role: Role,
        supply: &Supply,
    ) -> Result<Outcome, StoreError> {
        let (tenant, id, before) = (self.tenant.id, user.id, user.role);
        if before == role {
            return Ok(Acted::Same.into());
        }
        let supers = before == Role::SuperAdministrator;
        let left = if supers { users::hold_super_administrators(tx, tenant).await? } else { 0 };
        if !users::set_role(tx, tenant, id, (before, role), left).await? {
            return Ok(if supers { Refused::LastSuperAdministrator.into() } else { Acted::Same }.into());
        }
        let turn = self.follow(tx, user, &User { role, ..user.clone() }, supply).await?;
        let detail = turn.noted_in(json!({ "before": before.as_str(), "after": role.as_str() }));
        self.note(tx, user, supply, "user.role_changed", detail).await?;
        let rises = role > before;
        let ended = if rises { end_logins_and_sessions(tx, tenant, id, None).await? } else { Vec::new() };
        Ok(Outcome { ended, ..turn.into() })
    }

    pub(super) async fn disable(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
    ) -> Result<Outcome, StoreError> {
        let (tenant, id) = (self.tenant.id, user.id);
        let last = user.role == Role::SuperAdministrator && !user.disabled;
        let left = if last { users::hold_super_administrators(tx, tenant).await? } else { 0 };
        if !users::set_disabled(tx, tenant, id, Some(self.now), left).await? {
            let kept = last && left <= 1;
            return Ok(if kept { Refused::LastSuperAdministrator.into() } else { Acted::Same }.into());
        }
        self.note(tx, user, supply, "user.disabled", json!({})).await?;
        recoveries::stop_all(tx, tenant, id, self.now).await?;
        let ended = end_logins_and_sessions(tx, tenant, id, None).await?;
        Ok(Outcome { acted: Acted::Done(Vec::new()), ended })
    }
}

/// Removes all that a user has set up, ends what rests on it, and says so by mail. `detail` is noted with it.
pub(in crate::app) async fn reset(
    tx: &mut Tx<'_>,
    acting: &Acting,
    user: &User,
    supply: &Supply,
    mut detail: Value,
) -> Result<Outcome, StoreError> {
    let (tenant, id) = (acting.tenant.id, user.id);
    let removed = remove_all(tx, tenant, id, acting.now).await?;
    let ended = end_everything(tx, tenant, id).await?;
    detail["removed"] = json!(removed);
    acting.note(tx, user, supply, Activity::FactorsReset.event(), detail).await?;
    acting.tell(tx, user, supply, Mail::FactorsReset { at: acting.now.into() }).await?;
    Ok(Outcome { acted: Acted::Done(removed), ended })
}
