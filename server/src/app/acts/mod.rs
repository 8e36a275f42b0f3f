//! What is done to a user by an administrator, the command line or a job: one action, in the unit of work of whoever
//! does it. What may not be done is refused here, whoever asks; what each action changes is in [`changes`].

mod changes;

use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::mails::Draft;
use crate::app::sessions::end_logins_and_sessions;
use crate::app::tenants::TenantHandle;
use crate::app::{App, AppError};
use crate::domain::activity::Activity;
use crate::domain::actor::By;
use crate::domain::directory::Action;
use crate::domain::mail::Removed;
use crate::domain::tenant::Tenant;
use crate::domain::user::{Role, User};
use crate::mail::Mail;
use crate::store::audit::{self, AuditLine};
use crate::store::mails::{self, Recipient};
use crate::store::{StoreError, Tx, factor_records, sessions, users};

pub(in crate::app) use changes::reset;

/// What came of acting on a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acted {
    /// It was done; what was removed by it.
    Done(Vec<Removed>),
    /// It was so already.
    Same,
    /// It was not done.
    Refused(Refused),
}

/// Why something is not done to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such user in this tenant.
    #[error("there is no such user")]
    NoSuchUser,
    /// It is oneself, somebody of a higher role, or something that takes a higher role.
    #[error("this may not be done by this role to this user")]
    NotAllowed,
    /// Nobody would be left to make administrators.
    #[error("this is the last super administrator: make somebody else one first")]
    LastSuperAdministrator,
    /// A reset takes a second administrator.
    #[error("a reset takes a second administrator here: ask for it on the user's page")]
    NeedsTwo,
    /// Whoever asked for it may not do such things to this user any more.
    #[error("whoever asked for this may not do it any more: it has to be asked for again")]
    Lapsed,
    /// The policy does not choose users one by one, or has no such type.
    #[error("the policy has no rule for chosen users, or no such user type: see the settings")]
    NotInPolicy,
}

impl From<Refused> for Acted {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// An action, who does it, and what it goes by.
#[derive(Clone)]
pub(in crate::app) struct Acting {
    pub(in crate::app) tenant: Tenant,
    pub(in crate::app) by: By,
    pub(in crate::app) action: Action,
    /// Whether a mail server is set.
    pub(in crate::app) mail: bool,
    pub(in crate::app) now: Timestamp,
}

/// What one user takes of what only the server can make, made before the unit of work.
#[derive(Clone)]
pub(in crate::app) struct Supply {
    line: AuditLine,
    draft: Option<Draft>,
    /// The id of a job that reminds the user; none where all who are acted on are reminded by one.
    pub(in crate::app) reminder: Option<Uuid>,
}

/// What came of it, and who is to be told after the commit.
#[derive(Debug)]
pub(in crate::app) struct Outcome {
    pub(in crate::app) acted: Acted,
    pub(in crate::app) ended: Vec<LoginId>,
}

impl From<Acted> for Outcome {
    fn from(acted: Acted) -> Self {
        Self { acted, ended: Vec::new() }
    }
}

impl App {
    pub(in crate::app) fn acting(&self, at: &TenantHandle, by: &By, action: Action) -> Acting {
        let mail = self.parts.mail.is_some();
        Acting { tenant: at.tenant.clone(), by: *by, action, mail, now: self.now() }
    }

    pub(in crate::app) fn supply(&self, at: &TenantHandle) -> Supply {
        Supply {
            line: self.audit(at.tenant.id, None, "", json!({})),
            draft: self.draft_at_main(at),
            reminder: None,
        }
    }

    /// Does something to one user.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn act_on(
        &self,
        at: &TenantHandle,
        by: &By,
        user: UserId,
        action: Action,
    ) -> Result<Acted, AppError> {
        let acting = self.acting(at, by, action);
        let supply = Supply { reminder: Some(self.row_id(acting.now)), ..self.supply(at) };
        let unit = self.parts.db.write_with((acting, supply), move |(acting, supply), tx| {
            Box::pin(async move {
                match held(tx, acting.tenant.id, user).await? {
                    Some(user) => {
                        let outcome = acting.act(tx, &user, supply).await?;
                        if let (Acted::Refused(refused), By::Administrator { .. }) =
                            (&outcome.acted, acting.by)
                        {
                            let detail = json!({ "action": acting.action, "reason": refused.to_string() });
                            acting.note(tx, &user, supply, "user.act_refused", detail).await?;
                        }
                        Ok(outcome)
                    }
                    None => Ok::<_, StoreError>(Acted::from(Refused::NoSuchUser).into()),
                }
            })
        });
        let Outcome { acted, ended } = unit.await?;
        self.tell_of_ended(user, ended);
        Ok(acted)
    }
}

impl Acting {
    /// Does it to one user, as read in this unit of work.
    pub(in crate::app) async fn act(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
    ) -> Result<Outcome, StoreError> {
        if let Some(refused) = self.refused(user) {
            return Ok(Acted::from(refused).into());
        }
        let (tenant, id, now) = (self.tenant.id, user.id, self.now);
        match &self.action {
            Action::TurnOn => self.turn_on(tx, user, supply).await,
            Action::TurnOff => self.turn_off(tx, user, supply).await,
            Action::Disable => self.disable(tx, user, supply).await,
            Action::Enable => {
                let done = users::set_disabled(tx, tenant, id, None, 0).await?;
                self.noted(tx, user, supply, "user.enabled", json!({}), done).await
            }
            Action::Reset => reset(tx, self, user, supply, json!({})).await,
            Action::Unlock => {
                let done = factor_records::forget(tx, tenant, id).await? > 0;
                self.noted(tx, user, supply, "user.unlocked", json!({}), done).await
            }
            Action::EndSessions => {
                let count = sessions::count(tx, tenant, id, now).await?;
                let ended = end_logins_and_sessions(tx, tenant, id, None).await?;
                let (event, done) = (Activity::SessionEnded.event(), count > 0 || !ended.is_empty());
                let outcome = self.noted(tx, user, supply, event, json!({ "count": count }), done).await?;
                Ok(Outcome { ended, ..outcome })
            }
            Action::SetType(wanted) => self.set_type(tx, user, wanted.as_deref(), supply).await,
            Action::SetRole(role) => self.set_role(tx, user, *role, supply).await,
            Action::TellTurnedOn { .. } => self.tell_turned_on(tx, user, supply).await,
            Action::TellSetUpDue { until } => {
                self.tell_set_up_due(tx, user, supply, Timestamp::from(*until)).await
            }
            Action::TellTurnedOff { remove } => self.tell_turned_off(tx, user, supply, *remove).await,
        }
    }

    /// Why it may not be done to this user. To be told of a change of policy is done to nobody: it follows from what
    /// was allowed.
    fn refused(&self, user: &User) -> Option<Refused> {
        let policy = &self.tenant.policy;
        if self.action.follows_policy() {
            return None;
        }
        if !self.by.may_act_on(user) {
            return Some(Refused::NotAllowed);
        }
        match &self.action {
            Action::TurnOn if !policy.chooses_users() => Some(Refused::NotInPolicy),
            Action::TurnOff if !self.by.reaches(policy.turned_off_by) => Some(Refused::NotAllowed),
            Action::Reset if policy.resets_need_two && self.by != By::CommandLine => Some(Refused::NeedsTwo),
            Action::SetRole(role) if !self.by.may_give(user, *role) => Some(Refused::NotAllowed),
            Action::SetType(Some(name)) if !policy.user_types.contains(name) => Some(Refused::NotInPolicy),
            _ => None,
        }
    }

    /// Mails a user who is not disabled.
    pub(in crate::app) async fn tell(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
        mail: Mail,
    ) -> Result<(), StoreError> {
        let draft = supply.draft.as_ref().filter(|_| !user.disabled);
        match draft.and_then(|draft| draft.to(&Recipient::of(user), mail)) {
            Some(mail) => mails::add(tx, &mail).await,
            None => Ok(()),
        }
    }

    pub(in crate::app) async fn note(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
        event: &'static str,
        detail: Value,
    ) -> Result<(), StoreError> {
        let line = AuditLine { user: Some(user.id), event, detail, ..supply.line.clone() };
        audit::append(tx, &line.by(&self.by)).await
    }

    /// Notes what was done, if it was.
    async fn noted(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        supply: &Supply,
        event: &'static str,
        detail: Value,
        done: bool,
    ) -> Result<Outcome, StoreError> {
        if !done {
            return Ok(Acted::Same.into());
        }
        self.note(tx, user, supply, event, detail).await?;
        Ok(Acted::Done(Vec::new()).into())
    }
}

/// A user who stays as they are until the unit of work ends: nobody becomes somebody's better while that one acts.
pub(in crate::app) async fn held(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<User>, StoreError> {
    users::hold(tx, tenant, user).await?;
    users::by_id(tx, tenant, user).await
}

/// Whoever began something, with the role of now; none if that is nobody who may act on others any more.
pub(in crate::app) async fn as_of_now(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    by: &By,
) -> Result<Option<By>, StoreError> {
    let By::Administrator { user, address, .. } = *by else { return Ok(Some(*by)) };
    let now = users::by_id(tx, tenant, user).await?;
    let now = now.filter(|now| !now.disabled && now.role >= Role::Administrator);
    Ok(now.map(|now| By::Administrator { user, role: now.role, address }))
}
