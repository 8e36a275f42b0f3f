//! Tenants and the hosts they are reached at.

use std::time::Duration;

use countersign_protocol::ids::TenantId;
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::corrupt;
use super::{StoreError, Tx};
use crate::domain::factor::{Assurance, FactorRules, TotpAlgorithm};
use crate::domain::push_limits::PushLimits;
use crate::domain::tenant::{NumberDigits, NumberRule, Origin, Tenant};

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
}

record! {
    struct Row {
        id: Uuid,
        name: String,
        number_rule: String,
        number_digits: i64,
        require_hardware_keys: bool,
        push_first_pause: i64,
        push_longest_pause: i64,
        push_per_quarter: i64,
        push_per_day: i64,
        push_hold_denied: i64,
        push_hold_reported: i64,
        second_factor_required: bool,
        factor_floor: String,
        email_code_seconds: i64,
        totp_algorithm: String,
        totp_strict: bool,
        remember_days: i64,
        recovery_hours: i64,
        passkey_models: Option<String>,
        signing_key_sealed: Vec<u8>,
        authority: String,
        secure: bool,
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT t.id, t.name, t.number_rule, t.number_digits, t.require_hardware_keys, ",
            "t.push_first_pause, t.push_longest_pause, t.push_per_quarter, t.push_per_day, ",
            "t.push_hold_denied, t.push_hold_reported, t.second_factor_required, t.factor_floor, ",
            "t.email_code_seconds, t.totp_algorithm, t.totp_strict, t.remember_days, t.recovery_hours, ",
            "t.passkey_models, t.signing_key_sealed, h.authority, h.secure ",
            "FROM tenant_hosts h JOIN tenants t ON t.id = h.tenant_id ",
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

    fn factors(&self) -> Result<FactorRules, StoreError> {
        // What is negative or too large is out of bounds.
        let small = |value: i64| u16::try_from(value).unwrap_or(u16::MAX);
        let rules = FactorRules {
            required: self.second_factor_required,
            floor: Assurance::parse(&self.factor_floor).ok_or(corrupt("tenants.factor_floor"))?,
            email_code: Duration::from_secs(small(self.email_code_seconds).into()),
            totp_algorithm: TotpAlgorithm::parse(&self.totp_algorithm)
                .ok_or(corrupt("tenants.totp_algorithm"))?,
            totp_strict: self.totp_strict,
            remember_days: small(self.remember_days),
            recovery_hours: small(self.recovery_hours),
        };
        if rules.within_bounds() { Ok(rules) } else { Err(corrupt("tenants: rules of factors")) }
    }

    fn read(self) -> Result<TenantRow, StoreError> {
        let (push_limits, factors) = (self.push_limits()?, self.factors()?);
        let digits = u8::try_from(self.number_digits).ok().and_then(NumberDigits::new);
        let scheme = if self.secure { "https" } else { "http" };
        let origin = Origin::parse(&format!("{scheme}://{}", self.authority));
        Ok(TenantRow {
            tenant: Tenant {
                id: TenantId(self.id),
                name: self.name,
                number_rule: NumberRule::parse(&self.number_rule).ok_or(corrupt("tenants.number_rule"))?,
                number_digits: digits.ok_or(corrupt("tenants.number_digits"))?,
                require_hardware_keys: self.require_hardware_keys,
                push_limits,
                factors,
            },
            passkey_models: self.passkey_models,
            signing_key_sealed: self.signing_key_sealed,
            origin: origin.map_err(|_| corrupt("tenant_hosts.authority"))?,
        })
    }
}

/// The tenant reached at `authority`, the value of a `Host` header.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn by_authority(tx: &mut Tx<'_>, authority: &str) -> Result<Option<TenantRow>, StoreError> {
    let sql = select!("WHERE h.authority = $1");
    tx.query(sql).bind(authority).fetch_optional::<Row>().await?.map(Row::read).transpose()
}

/// Every tenant, once for each host it is reached at.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<TenantRow>, StoreError> {
    let sql = select!("ORDER BY t.created_at, h.authority");
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
        "INSERT INTO tenants (id, name, number_rule, number_digits, require_hardware_keys, \
         signing_key_sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(new.tenant.id.0)
    .bind(new.tenant.name.clone())
    .bind(new.tenant.number_rule.as_str())
    .bind(i64::from(new.tenant.number_digits.get()))
    .bind(new.tenant.require_hardware_keys)
    .bind(new.signing_key_sealed.clone())
    .bind(new.at.micros())
    .execute()
    .await?;
    tx.query("INSERT INTO tenant_hosts (authority, secure, tenant_id) VALUES ($1, $2, $3)")
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

/// Sets what a tenant asks of second factors, and allows.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_factors(tx: &mut Tx<'_>, tenant: TenantId, rules: &FactorRules) -> Result<(), StoreError> {
    tx.query(
        "UPDATE tenants SET second_factor_required = $2, factor_floor = $3, email_code_seconds = $4, \
         totp_algorithm = $5, totp_strict = $6, remember_days = $7, recovery_hours = $8 WHERE id = $1",
    )
    .bind(tenant.0)
    .bind(rules.required)
    .bind(rules.floor.as_str())
    .bind(i64::try_from(rules.email_code.as_secs()).unwrap_or(i64::MAX))
    .bind(rules.totp_algorithm.as_str())
    .bind(rules.totp_strict)
    .bind(i64::from(rules.remember_days))
    .bind(i64::from(rules.recovery_hours))
    .execute()
    .await?;
    Ok(())
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
