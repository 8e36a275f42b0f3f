//! Tenants and the hosts they are reached at.

use countersign_protocol::ids::TenantId;
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::corrupt;
use super::{StoreError, Tx};
use crate::domain::brand::{Brand, Colour};
use crate::domain::policy::Policy;
use crate::domain::policy::asked::Facts;
use crate::domain::push_limits::PushLimits;
use crate::domain::tenant::{Origin, Tenant};

/// A tenant with the signing key as it lies in the database.
pub struct TenantRow {
    /// The tenant.
    pub tenant: Tenant,
    /// Its signing key, sealed.
    pub signing_key_sealed: Vec<u8>,
    /// The list of permitted authenticators, as JSON; without one, any is.
    pub passkey_models: Option<String>,
    /// Where it is reached.
    pub origin: Origin,
    /// Its main host, which may be another one.
    pub main: Origin,
    /// How its pages look.
    pub brand: Brand,
}

record! {
    struct Row {
        id: Uuid,
        name: String,
        require_hardware_keys: bool,
        push_first_pause: i64,
        push_longest_pause: i64,
        push_per_quarter: i64,
        push_per_day: i64,
        push_hold_denied: i64,
        push_hold_reported: i64,
        policy: String,
        plan: Option<String>,
        features: String,
        revision: i64,
        passkey_models: Option<String>,
        signing_key_sealed: Vec<u8>,
        authority: String,
        secure: bool,
        main_authority: String,
        main_secure: bool,
        colour: Option<String>,
        logo_hash: Option<String>,
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT t.id, t.name, t.require_hardware_keys, ",
            "t.push_first_pause, t.push_longest_pause, t.push_per_quarter, t.push_per_day, ",
            "t.push_hold_denied, t.push_hold_reported, t.policy, t.plan, t.features, t.revision, ",
            "t.passkey_models, t.signing_key_sealed, h.authority, h.secure, ",
            "m.authority AS main_authority, m.secure AS main_secure, t.colour, t.logo_hash ",
            "FROM tenant_hosts h JOIN tenants t ON t.id = h.tenant_id ",
            "JOIN tenant_hosts m ON m.tenant_id = t.id AND m.main ",
            $tail
        )
    };
}

impl Row {
    fn push_limits(&self) -> Result<PushLimits, StoreError> {
        let columns = [
            self.push_first_pause,
            self.push_longest_pause,
            self.push_per_quarter,
            self.push_per_day,
            self.push_hold_denied,
            self.push_hold_reported,
        ];
        // What is negative is out of bounds.
        PushLimits::new(columns.map(|value| u32::try_from(value).unwrap_or(0)))
            .map_err(|_| corrupt("tenants.push_…"))
    }

    fn facts(&mut self) -> Result<Facts, StoreError> {
        let features = serde_json::from_str(&self.features).map_err(|_| corrupt("tenants.features"))?;
        Ok(Facts { plan: self.plan.take(), features })
    }

    fn read(mut self) -> Result<TenantRow, StoreError> {
        let (push_limits, facts) = (self.push_limits()?, self.facts()?);
        let brand = Brand {
            colour: self
                .colour
                .as_deref()
                .map(|text| Colour::parse(text).ok_or(corrupt("tenants.colour")))
                .transpose()?,
            logo: self.logo_hash,
        };
        Ok(TenantRow {
            tenant: Tenant {
                id: TenantId(self.id),
                name: self.name,
                require_hardware_keys: self.require_hardware_keys,
                push_limits,
                policy: Policy::from_stored(&self.policy).ok_or(corrupt("tenants.policy"))?,
                facts,
                revision: self.revision,
            },
            passkey_models: self.passkey_models,
            signing_key_sealed: self.signing_key_sealed,
            origin: origin(self.secure, &self.authority)?,
            main: origin(self.main_secure, &self.main_authority)?,
            brand,
        })
    }
}

pub(super) fn origin(secure: bool, authority: &str) -> Result<Origin, StoreError> {
    let scheme = if secure { "https" } else { "http" };
    Origin::parse(&format!("{scheme}://{authority}")).map_err(|_| corrupt("tenant_hosts.authority"))
}

/// The tenant reached at `authority`, the value of a `Host` header.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn by_authority(tx: &mut Tx<'_>, authority: &str) -> Result<Option<TenantRow>, StoreError> {
    let sql = select!("WHERE h.authority = $1");
    tx.query(sql).bind(authority).fetch_optional::<Row>().await?.map(Row::read).transpose()
}

/// The tenant with this id, as it is reached at its main host.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn by_id(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Option<TenantRow>, StoreError> {
    let sql = select!("WHERE t.id = $1 AND h.main");
    tx.query(sql).bind(tenant.0).fetch_optional::<Row>().await?.map(Row::read).transpose()
}

/// Every tenant, once for each host it is reached at, the main one first.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<TenantRow>, StoreError> {
    let sql = select!("ORDER BY t.created_at, t.id, h.main DESC, h.authority");
    tx.query(sql).fetch_all::<Row>().await?.into_iter().map(Row::read).collect()
}

/// A tenant to be added.
pub struct NewTenant {
    /// The tenant.
    pub tenant: Tenant,
    /// Its first host.
    pub origin: Origin,
    /// Its signing key, sealed.
    pub signing_key_sealed: Vec<u8>,
    /// When.
    pub at: Timestamp,
}

/// Adds a tenant with its first host.
///
/// # Errors
/// [`StoreError::Conflict`] if another tenant has that host.
pub async fn add(tx: &mut Tx<'_>, new: &NewTenant) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO tenants (id, name, policy, plan, features, require_hardware_keys, signing_key_sealed, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.tenant.id.0)
    .bind(new.tenant.name.clone())
    .bind(new.tenant.policy.to_stored())
    .bind(new.tenant.facts.plan.clone())
    .bind(features(&new.tenant.facts))
    .bind(new.tenant.require_hardware_keys)
    .bind(new.signing_key_sealed.clone())
    .bind(new.at.micros())
    .execute()
    .await?;
    tx.query("INSERT INTO tenant_hosts (authority, secure, tenant_id, main) VALUES ($1, $2, $3, TRUE)")
        .bind(new.origin.authority().to_owned())
        .bind(new.origin.is_secure())
        .bind(new.tenant.id.0)
        .execute()
        .await?;
    Ok(())
}

/// Sets how often the phones of a tenant's users may be pushed.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_push_limits(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    limits: &PushLimits,
) -> Result<(), StoreError> {
    let mut query = tx
        .query(
            "UPDATE tenants SET push_first_pause = $2, push_longest_pause = $3, push_per_quarter = $4, \
             push_per_day = $5, push_hold_denied = $6, push_hold_reported = $7 WHERE id = $1",
        )
        .bind(tenant.0);
    for value in limits.values() {
        query = query.bind(i64::from(value));
    }
    query.execute().await?;
    Ok(())
}

/// Sets policy, plan and features of a tenant, if they are still those of `revision`.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_policy(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    revision: i64,
    policy: &Policy,
    facts: &Facts,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE tenants SET policy = $3, plan = $4, features = $5, revision = revision + 1 \
             WHERE id = $1 AND revision = $2",
        )
        .bind(tenant.0)
        .bind(revision)
        .bind(policy.to_stored())
        .bind(facts.plan.clone())
        .bind(features(facts))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The features as they are stored.
fn features(facts: &Facts) -> String {
    // Its keys are texts: it cannot fail.
    serde_json::to_string(&facts.features).unwrap_or_default()
}

/// Sets the list of permitted authenticators, as JSON; without one, any is.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_passkey_models(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    models: Option<&str>,
) -> Result<(), StoreError> {
    tx.query("UPDATE tenants SET passkey_models = $2 WHERE id = $1")
        .bind(tenant.0)
        .bind(models.map(str::to_owned))
        .execute()
        .await?;
    Ok(())
}
