//! The policy of a tenant is changed: at once or not at all, and only as somebody saw it. Whom that concerns is
//! told by jobs, which are queued in the same unit of work.

use std::time::Duration;

use countersign_protocol::ids::TenantId;
use serde_json::json;

use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::directory::Whom;
use crate::domain::job::{Job, Task};
use crate::domain::policy::Policy;
use crate::domain::policy::asked::Facts;
use crate::domain::policy::change::ChangeError;
use crate::domain::policy::news::{News, news};
use crate::domain::policy::preset::Preset;
use crate::domain::tenant::Tenant;
use crate::store::audit::AuditLine;
use crate::store::{StoreError, audit, browsers, jobs, tenants};

/// What a policy is to be.
#[derive(Clone, Debug)]
pub struct WantedPolicy {
    /// The policy.
    pub policy: Policy,
    /// The preset that it comes from, if one is applied: see [`Preset::stated`].
    pub preset: Option<Preset>,
}

impl From<Policy> for WantedPolicy {
    fn from(policy: Policy) -> Self {
        Self { policy, preset: None }
    }
}

/// What came of changing a policy.
#[derive(Debug)]
pub enum PolicyChange {
    /// It is so from now on; nodes that remember the tenant go by it seconds later.
    Changed(Box<Tenant>),
    /// It was so already.
    Same,
    /// Not so: why.
    Refused(ChangeError),
    /// Somebody else changed it since it was looked at: look again.
    Overtaken,
}

impl App {
    /// The tenant as it is now, and not as it was remembered seconds ago.
    ///
    /// # Errors
    /// [`AppError`] from the database, or if there is no such tenant.
    pub async fn tenant_now(&self, tenant: TenantId) -> Result<Tenant, AppError> {
        let found = self.parts.db.read_one(move |tx| Box::pin(tenants::by_id(tx, tenant))).await?;
        Ok(found.ok_or(AppError::Internal("there is no such tenant"))?.tenant)
    }

    /// Gives a tenant another policy, if its present one is still that of `revision`.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn change_policy(
        &self,
        by: &By,
        tenant: TenantId,
        revision: i64,
        wanted: impl Into<WantedPolicy> + Send,
    ) -> Result<PolicyChange, AppError> {
        let now = self.tenant_now(tenant).await?;
        if now.revision != revision {
            return Ok(PolicyChange::Overtaken);
        }
        let after = match self.tenant_after(by, &now, wanted.into()) {
            Ok(after) => after,
            Err(error) => {
                let detail = json!({ "what": "policy", "reason": error.to_string() });
                self.note_change_refused(tenant, by, ("tenant.change_refused", detail)).await?;
                return Ok(PolicyChange::Refused(error));
            }
        };
        if after == now {
            return Ok(PolicyChange::Same);
        }
        let mut detail = json!({ "before": now.policy, "after": after.policy });
        if after.facts != now.facts {
            detail["features"] = json!(after.facts.features);
        }
        let line = self.audit(tenant, None, "tenant.policy_changed", detail).by(by);
        self.write_policy(by, now, after, line).await
    }

    /// The tenant as it would be with another policy, if it may have that.
    pub(super) fn tenant_after(
        &self,
        by: &By,
        now: &Tenant,
        WantedPolicy { policy, preset }: WantedPolicy,
    ) -> Result<Tenant, ChangeError> {
        now.policy.may_be_followed(&policy, &now.facts, by)?;
        let at = self.now().into();
        let facts = preset.map_or_else(|| now.facts.clone(), |preset| preset.stated(&now.facts, at));
        let policy = policy.following(&now.policy, &facts, at)?;
        Ok(Tenant { policy, facts, ..now.clone() })
    }

    /// Says something of a tenant: its plan, or that a feature is on or off. The policy goes by it.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn state_facts(
        &self,
        by: &By,
        tenant: TenantId,
        change: impl FnOnce(&mut Facts) + Send,
    ) -> Result<PolicyChange, AppError> {
        let now = self.tenant_now(tenant).await?;
        let mut facts = now.facts.clone();
        change(&mut facts);
        if facts == now.facts {
            return Ok(PolicyChange::Same);
        }
        let features: Vec<_> =
            facts.features.iter().filter(|(_, one)| one.on).map(|(name, _)| name).collect();
        let detail = json!({ "plan": facts.plan, "features": features });
        let line = self.audit(tenant, None, "tenant.facts_stated", detail).by(by);
        let after = Tenant { facts, ..now.clone() };
        self.write_policy(by, now, after, line).await
    }

    async fn write_policy(
        &self,
        by: &By,
        before: Tenant,
        wanted: Tenant,
        line: AuditLine,
    ) -> Result<PolicyChange, AppError> {
        let (tenant, now) = (wanted.id, self.now());
        let jobs = self.jobs_of(by, &before, &wanted).await?;
        let unit = self.parts.db.write_with((wanted.clone(), line, jobs), move |(wanted, line, jobs), tx| {
            Box::pin(async move {
                let Tenant { policy, facts, revision, .. } = wanted;
                if !tenants::set_policy(tx, tenant, *revision, policy, facts).await? {
                    return Ok(false);
                }
                // What was remembered for longer than it may be now is remembered no more.
                let most = now + Duration::from_hours(24 * u64::from(policy.factors.remember_days));
                browsers::remember_until_at_most(tx, tenant, most).await?;
                jobs::add_news(tx, tenant, jobs).await?;
                audit::append(tx, line).await?;
                Ok::<_, StoreError>(true)
            })
        });
        if !unit.await? {
            return Ok(PolicyChange::Overtaken);
        }
        self.tenants.forget(tenant);
        self.job_was_added();
        Ok(PolicyChange::Changed(Box::new(Tenant { revision: wanted.revision + 1, ..wanted })))
    }

    /// What has to be done once a tenant is no longer as it was.
    async fn jobs_of(&self, by: &By, before: &Tenant, after: &Tenant) -> Result<Vec<Job>, AppError> {
        let now = self.now();
        let news = news(before, after, now);
        if news.is_empty() {
            return Ok(Vec::new());
        }
        let groups = self.population(before, after).await?;
        let job = |News { action, filter, due_at }: News, total| {
            let task = Task { action, whom: Whom::All(filter), by: *by };
            Job::waiting(self.row_id(now), task, total, due_at, now)
        };
        let counted = |news: News| {
            let total =
                groups.iter().filter(|group| news.is_for(&group.alike)).map(|group| group.users).sum();
            job(news, total)
        };
        Ok(news.into_iter().map(counted).collect())
    }
}
