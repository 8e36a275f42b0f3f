//! What a policy means for one's own account: what is asked, what may be added, and what may be given up.

use std::net::IpAddr;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;

use super::removals::{Going, remove};
use super::tenants::TenantHandle;
use super::{App, AppError, GivenUp};
use crate::domain::activity::Activity;
use crate::domain::factor::Factor;
use crate::domain::own_factors::{Guard, may_add};
use crate::domain::policy::asked::{Asked, Person, asked};
use crate::domain::policy::rule::SecondFactor;
use crate::domain::user::User;
use crate::domain::ways::Holding;
use crate::mail::Mail;
use crate::store::{Tx, audit, factor_records, holdings, mails, recoveries, tenants, users};

/// What a policy means for somebody.
#[derive(Clone, Debug)]
pub struct OwnPolicy {
    /// What is asked, and by which rule.
    pub asked: Asked,
    /// Who decides whether it can be given up.
    pub guard: Guard,
    /// What the person has set up, at whatever host.
    pub holding: Holding,
    /// Until when something must be set up, if it must and is not.
    pub due: Option<Timestamp>,
}

/// What came of removing something of one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnRemoval {
    /// It is gone.
    Done,
    /// It was not there any more.
    NotThere,
    /// It stays: without it, the person would have nothing that is accepted, and others decide about that.
    LastOne,
}

impl OwnRemoval {
    /// From a unit of work that tells whether something was there.
    pub(super) fn of(unit: Result<bool, GivenUp>) -> Result<Self, AppError> {
        match unit {
            Ok(true) => Ok(Self::Done),
            Ok(false) => Ok(Self::NotThere),
            Err(GivenUp::Over) => Ok(Self::LastOne),
            Err(GivenUp::Store(error)) => Err(error.into()),
        }
    }
}

/// Gives a unit up after a removal that leaves somebody with less than others allow. The unit holds the user: of two
/// removals at once, the second sees what the first left.
pub(super) async fn check_left(tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<(), GivenUp> {
    let Some(row) = tenants::by_id(tx, tenant).await? else { return Err(GivenUp::Over) };
    let Some(person) = users::by_id(tx, tenant, user).await? else { return Err(GivenUp::Over) };
    let (tenant, policy) = (&row.tenant, &row.tenant.policy);
    let guard = Guard::of(tenant, &asked(policy, &tenant.facts, Person::from(&person)));
    let left = holdings::of_user(tx, tenant.id, user).await?;
    if guard.allows(left, &policy.factors) { Ok(()) } else { Err(GivenUp::Over) }
}

impl App {
    /// What the policy means for somebody.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn own_policy(&self, at: &TenantHandle, user: &User) -> Result<OwnPolicy, AppError> {
        let (tenant, id) = (&at.tenant, user.id);
        let asked = asked(&tenant.policy, &tenant.facts, Person::from(user));
        let of = tenant.id;
        let holding = self.parts.db.read_one(move |tx| Box::pin(holdings::of_user(tx, of, id))).await?;
        let rules = &tenant.policy.factors;
        let by_mail = self.parts.mail.is_some() && rules.accept(Factor::EmailCode);
        let must = asked.second_factor == SecondFactor::Required && !by_mail && !holding.satisfies(rules);
        let due = must.then(|| asked.grace_ends(&tenant.policy));
        Ok(OwnPolicy { guard: Guard::of(tenant, &asked), holding, due, asked })
    }

    /// Whether somebody may add a factor of this kind: whether it is accepted, and ever asked for.
    #[must_use]
    pub fn may_add(&self, at: &TenantHandle, user: &User, factor: Factor) -> bool {
        may_add(&at.tenant, Person::from(user), factor)
    }

    /// Removes all that somebody has set up, where that is theirs to decide: from then on the password alone signs in.
    /// Sessions go on. The person is told by mail. Whoever calls has seen to it that the proof is fresh.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn turn_off_own(
        &self,
        at: &TenantHandle,
        user: UserId,
        address: IpAddr,
    ) -> Result<OwnRemoval, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let event = Activity::TurnedOff.event();
        let line = self.audit(tenant, Some(user), event, json!({ "address": address }));
        let unit = self.parts.db.write_with((line, self.draft(at)), move |(line, draft), tx| {
            Box::pin(async move {
                let removed = remove(tx, tenant, user, &Going::All).await?;
                if removed.is_empty() {
                    return Ok(false);
                }
                check_left(tx, tenant, user).await?;
                recoveries::stop_all(tx, tenant, user, now).await?;
                factor_records::forget(tx, tenant, user).await?;
                let mut line = line.clone();
                line.detail["removed"] = json!(removed);
                audit::append(tx, &line).await?;
                let recipient = mails::recipient(tx, tenant, user).await?;
                let mail = Mail::TurnedOffByOwner { removed, address, at: now.into() };
                if let Some((draft, to)) = draft.as_ref().zip(recipient)
                    && let Some(mail) = draft.to(&to, mail)
                {
                    mails::add(tx, &mail).await?;
                }
                Ok(true)
            })
        });
        let done = OwnRemoval::of(unit.await)?;
        self.hub.publish(user);
        self.mail_was_added();
        Ok(done)
    }
}
