//! The policy of a tenant is changed: at once or not at all, and only as somebody saw it.

use std::time::Duration;

use countersign_protocol::ids::TenantId;
use serde_json::json;

use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::policy::Policy;
use crate::domain::policy::asked::Facts;
use crate::domain::policy::change::ChangeError;
use crate::domain::tenant::Tenant;
use crate::store::audit::AuditLine;
use crate::store::{StoreError, audit, browsers, tenants};

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
        wanted: Policy,
    ) -> Result<PolicyChange, AppError> {
        let now = self.tenant_now(tenant).await?;
        let policy = match wanted.following(&now.policy, &now.facts, self.now().into()) {
            Ok(policy) => policy,
            Err(error) => return Ok(PolicyChange::Refused(error)),
        };
        if policy == now.policy {
            return Ok(PolicyChange::Same);
        }
        let detail = json!({ "before": now.policy, "after": policy });
        let line = self.audit(tenant, None, "tenant.policy_changed", detail).by(by);
        let facts = now.facts.clone();
        self.write_policy(Tenant { revision, policy, facts, ..now }, line).await
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
        self.write_policy(Tenant { facts, ..now }, line).await
    }

    async fn write_policy(&self, wanted: Tenant, line: AuditLine) -> Result<PolicyChange, AppError> {
        let (tenant, now) = (wanted.id, self.now());
        let unit = self.parts.db.write_with((wanted.clone(), line), move |(wanted, line), tx| {
            Box::pin(async move {
                let Tenant { policy, facts, revision, .. } = wanted;
                if !tenants::set_policy(tx, tenant, *revision, policy, facts).await? {
                    return Ok(false);
                }
                // What was remembered for longer than it may be now is remembered no more.
                let most = now + Duration::from_hours(24 * u64::from(policy.factors.remember_days));
                browsers::remember_until_at_most(tx, tenant, most).await?;
                audit::append(tx, line).await?;
                Ok::<_, StoreError>(true)
            })
        });
        if !unit.await? {
            return Ok(PolicyChange::Overtaken);
        }
        self.tenants.forget(tenant);
        Ok(PolicyChange::Changed(Box::new(Tenant { revision: wanted.revision + 1, ..wanted })))
    }
}
