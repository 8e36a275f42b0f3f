//! Which tenant a host name is, with its signing key unsealed, remembered for a few seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_protocol::ids::TenantId;
use countersign_protocol::time::Timestamp;

use super::{App, AppError};
use crate::domain::brand::Brand;
use crate::domain::seal::belonging;
use crate::domain::tenant::{Origin, Tenant};
use crate::signing_key::SigningKey;
use crate::store::tenants::{self, TenantRow};

/// How long a tenant is believed before it is read again.
const FRESH: Duration = Duration::from_secs(5);

/// A tenant with all that a request needs of it.
pub struct TenantHandle {
    /// The tenant.
    pub tenant: Tenant,
    /// Where it is reached, by whoever it is made for.
    pub origin: Origin,
    /// Its main host, for links that no browser asked for. Often the same.
    pub main: Origin,
    /// How its pages look.
    pub brand: Brand,
    /// Signs its approval requests.
    pub signing_key: SigningKey,
    /// The list of permitted authenticators, as the database has it; without one, any is.
    pub(super) passkey_models: Option<String>,
}

#[derive(Default)]
pub(super) struct Cache {
    /// Known hosts only, so that made-up names cannot fill it.
    by_authority: Mutex<HashMap<String, (Timestamp, Arc<TenantHandle>)>>,
}

/// The additional data that a tenant's sealed signing key is bound to.
#[must_use]
pub(super) fn signing_key_owner(tenant: &Tenant) -> Vec<u8> {
    signing_key_owner_of(tenant.id)
}

/// As [`signing_key_owner`], where only the tenant's id is known.
pub(super) fn signing_key_owner_of(tenant: TenantId) -> Vec<u8> {
    belonging("tenant-signing-key", tenant.0.as_bytes())
}

impl Cache {
    /// Lets go of what is known of a tenant, which was changed.
    pub(super) fn forget(&self, tenant: TenantId) {
        let mut known = self.by_authority.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (_, handle)| handle.tenant.id != tenant);
    }
}

impl App {
    /// The tenant reached at `authority`, the value of a `Host` header.
    ///
    /// # Errors
    /// [`AppError`] if the database or the tenant's key cannot be read.
    pub async fn tenant(&self, authority: &str) -> Result<Option<Arc<TenantHandle>>, AppError> {
        let authority = authority.to_ascii_lowercase();
        let now = self.now();
        if let Some(known) = self.cached_tenant(&authority, now) {
            return Ok(Some(known));
        }
        let wanted = authority.clone();
        let row = self
            .parts
            .db
            .read_one(move |tx| Box::pin(async move { tenants::by_authority(tx, &wanted).await }))
            .await?;
        let Some(row) = row else { return Ok(None) };
        let handle = Arc::new(self.unseal(row)?);
        let mut cache = self.tenants.by_authority.lock().unwrap_or_else(PoisonError::into_inner);
        cache.insert(authority, (now, Arc::clone(&handle)));
        Ok(Some(handle))
    }

    /// The tenant with this id, as it is reached at its main host: for whatever no browser asked for.
    ///
    /// # Errors
    /// [`AppError`] if the database or the tenant's key cannot be read.
    pub async fn tenant_by_id(&self, tenant: TenantId) -> Result<Option<TenantHandle>, AppError> {
        let row = self.parts.db.read_one(move |tx| Box::pin(tenants::by_id(tx, tenant))).await?;
        row.map(|row| self.unseal(row)).transpose()
    }

    fn cached_tenant(&self, authority: &str, now: Timestamp) -> Option<Arc<TenantHandle>> {
        let cache = self.tenants.by_authority.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, handle) = cache.get(authority)?;
        (now < *read_at + FRESH).then(|| Arc::clone(handle))
    }

    fn unseal(&self, row: TenantRow) -> Result<TenantHandle, AppError> {
        let owner = signing_key_owner(&row.tenant);
        let pkcs8 = self.parts.master_keys.open(&owner, &row.signing_key_sealed).map_err(|_| {
            AppError::Internal("a tenant's signing key cannot be unsealed: is this its key file?")
        })?;
        let signing_key = SigningKey::from_pkcs8(&pkcs8)
            .map_err(|_| AppError::Internal("a tenant's signing key is damaged"))?;
        let TenantRow { tenant, origin, main, brand, passkey_models, .. } = row;
        Ok(TenantHandle { tenant, origin, main, brand, signing_key, passkey_models })
    }
}
