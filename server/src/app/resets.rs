//! Resets by two: where a tenant wants it so, an administrator asks that somebody's factors be removed, and another one
//! carries it out or refuses, within a day. Neither is the one it is about. The command line needs no second.

use std::time::Duration;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;

use super::acts::{Acted, Acting, Outcome, Refused, Supply, reset};
use super::mails::Draft;
use super::manage_user::target;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::actor::{By, may_still};
use crate::domain::directory::Action;
use crate::domain::user::User;
use crate::mail::Mail;
use crate::store::audit::{self, AuditLine};
use crate::store::mails::{self, Recipient};
use crate::store::reset_requests::{self, ResetRequest};
use crate::store::{StoreError, Tx, users};

/// For how long a reset waits for a second administrator.
const WAITS: Duration = Duration::from_hours(24);
/// How many that wait are listed.
const LISTED: i64 = 20;

/// What came of asking for a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetAsked {
    /// It waits for another administrator.
    Asked,
    /// One waits already.
    WaitsAlready,
    /// It may not be done.
    Refused(Refused),
}

/// A reset that waits, as it is shown.
#[derive(Clone, Debug)]
pub struct WaitingReset {
    /// The request.
    pub request: ResetRequest,
    /// Whose factors.
    pub user: User,
    /// Who asked.
    pub asked_by: User,
}

struct Asking {
    request: ResetRequest,
    by: By,
    line: AuditLine,
    to_user: Option<Draft>,
    to_administrators: Vec<(Recipient, Option<Draft>)>,
}

impl App {
    /// Asks that a user's factors be removed, by another administrator. The user and the other administrators are told.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn ask_reset(&self, at: &TenantHandle, by: &By, user: UserId) -> Result<ResetAsked, AppError> {
        let By::Administrator { user: asked_by, .. } = *by else {
            return Ok(ResetAsked::Refused(Refused::NotAllowed));
        };
        let (tenant, now) = (at.tenant.id, self.now());
        let found = self.parts.db.read_one(move |tx| Box::pin(mails::administrators(tx, tenant))).await?;
        let request =
            ResetRequest { id: self.row_id(now), user, asked_by, asked_at: now, expires_at: now + WAITS };
        let detail = json!({ "request": request.id });
        let asking = Asking {
            line: self.audit(tenant, Some(user), "reset.asked", detail).by(by),
            by: *by,
            to_user: self.draft_at_main(at),
            to_administrators: found.into_iter().map(|one| (one, self.draft_at_main(at))).collect(),
            request,
        };
        let unit = self.parts.db.write_with(asking, move |asking, tx| Box::pin(asking.write(tx, tenant)));
        let asked = match unit.await {
            Err(StoreError::Conflict { .. }) => return Ok(ResetAsked::WaitsAlready),
            result => result?,
        };
        self.mail_was_added();
        Ok(asked)
    }

    /// Carries a reset out that another administrator asked for, or refuses it.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn decide_reset(
        &self,
        at: &TenantHandle,
        by: &By,
        request: &ResetRequest,
        carry_out: bool,
    ) -> Result<Acted, AppError> {
        let By::Administrator { user: decider, .. } = *by else { return Ok(Refused::NotAllowed.into()) };
        let deciding = (self.acting(at, by, Action::Reset), self.supply(at), request.clone());
        let unit = self.parts.db.write_with(deciding, move |(acting, supply, request), tx| {
            Box::pin(decide(tx, acting, supply, request, decider, carry_out))
        });
        let Outcome { acted, ended } = unit.await?;
        self.tell_of_ended(request.user, ended);
        Ok(acted)
    }

    /// The reset that waits for a user.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn waiting_reset(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<WaitingReset>, AppError> {
        let now = self.now();
        let found = self.parts.db.read(move |tx| {
            Box::pin(async move {
                match reset_requests::of_user(tx, tenant, user, now).await? {
                    Some(request) => with_people(tx, tenant, request).await,
                    None => Ok::<_, StoreError>(None),
                }
            })
        });
        Ok(found.await?)
    }

    /// The resets that wait.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn waiting_resets(&self, tenant: TenantId) -> Result<Vec<WaitingReset>, AppError> {
        let now = self.now();
        let found = self.parts.db.read(move |tx| {
            Box::pin(async move {
                let mut all = Vec::new();
                for request in reset_requests::waiting(tx, tenant, now, LISTED).await? {
                    all.extend(with_people(tx, tenant, request).await?);
                }
                Ok::<_, StoreError>(all)
            })
        });
        Ok(found.await?)
    }
}

async fn with_people(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    request: ResetRequest,
) -> Result<Option<WaitingReset>, StoreError> {
    let user = users::by_id(tx, tenant, request.user).await?;
    let asked_by = users::by_id(tx, tenant, request.asked_by).await?;
    Ok(user.zip(asked_by).map(|(user, asked_by)| WaitingReset { request, user, asked_by }))
}

async fn decide(
    tx: &mut Tx<'_>,
    acting: &Acting,
    supply: &Supply,
    request: &ResetRequest,
    decider: UserId,
    carry_out: bool,
) -> Result<Outcome, StoreError> {
    let tenant = acting.tenant.id;
    let user = match target(tx, tenant, &acting.by, request.user).await? {
        Ok(user) => user,
        Err(refused) => return Ok(Acted::from(refused).into()),
    };
    if request.asked_by == decider {
        return Ok(Acted::from(Refused::NotAllowed).into());
    }
    // Two administrators: whoever is none any more does not count, nor for somebody who is above them by now.
    let asker = users::by_id(tx, tenant, request.asked_by).await?;
    let lapsed = !asker.is_some_and(|asker| may_still(&asker, &user));
    let carry_out = carry_out && !lapsed;
    if !reset_requests::decide(tx, tenant, request.id, carry_out, decider, acting.now).await? {
        return Ok(Acted::Same.into());
    }
    let mut detail = json!({ "request": request.id, "asked_by": request.asked_by });
    if carry_out {
        return reset(tx, acting, &user, supply, detail).await;
    }
    if lapsed {
        detail["reason"] = "asker".into();
    }
    acting.note(tx, &user, supply, "reset.refused", detail).await?;
    Ok(if lapsed { Refused::Lapsed.into() } else { Acted::Done(Vec::new()) }.into())
}

impl Asking {
    async fn write(&self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<ResetAsked, StoreError> {
        let Self { request, by, line, to_user, to_administrators } = self;
        let user = match target(tx, tenant, by, request.user).await? {
            Ok(user) => user,
            Err(refused) => return Ok(ResetAsked::Refused(refused)),
        };
        let asker = users::by_id(tx, tenant, request.asked_by).await?;
        reset_requests::add(tx, tenant, request).await?;
        audit::append(tx, line).await?;
        let (until, at) = (request.expires_at.into(), request.asked_at.into());
        let told = to_user.as_ref().filter(|_| !user.disabled);
        let told = told.and_then(|draft| draft.to(&Recipient::of(&user), Mail::ResetAsked { until, at }));
        let mut all: Vec<_> = told.into_iter().collect();
        let by = asker.as_ref().map(|asker| asker.called().to_owned()).unwrap_or_default();
        let others = to_administrators.iter().filter(|(one, _)| {
            one.email != user.email && asker.as_ref().is_none_or(|asker| asker.email != one.email)
        });
        for (one, draft) in others {
            let mail = Mail::ResetAskedToAdministrators {
                email: user.email.clone(),
                name: user.name.clone(),
                by: by.clone(),
                until,
                at,
            };
            all.extend(draft.as_ref().and_then(|draft| draft.to(one, mail)));
        }
        for mail in &all {
            mails::add(tx, mail).await?;
        }
        Ok(ResetAsked::Asked)
    }
}

impl WaitingReset {
    /// Until when it can be carried out.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        self.request.expires_at
    }
}
