//! Where tenants are reached: several hosts each, one of them the main one.

use countersign_protocol::ids::{TenantId, UserId};
use serde_json::json;

use super::admin::AddError;
use super::{App, AppError, GivenUp};
use crate::domain::actor::By;
use crate::domain::tenant::{Origin, Tenant};
use crate::store::hosts::{self, Host};
use crate::store::{StoreError, audit, tenants};

/// A tenant as whoever runs the server sees it.
#[derive(Clone, Debug)]
pub struct TenantView {
    /// The tenant.
    pub tenant: Tenant,
    /// Its colour and picture.
    pub brand: crate::domain::brand::Brand,
    /// Where it is reached, the main host first.
    pub hosts: Vec<Origin>,
}

/// What loses its way with a host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostUse {
    /// Phones that were paired there.
    pub phones: u64,
    /// Passkeys that answer there.
    pub passkeys: u64,
}

/// Why a host was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveHostError {
    /// It is the main one, or the only one.
    #[error("{0} is the main host: make another one the main host first")]
    Main(String),
    /// The tenant is not reached there.
    #[error("this tenant is not reached at {0}")]
    Unknown(String),
    /// Not the caller's fault.
    #[error(transparent)]
    App(#[from] AppError),
}

impl App {
    /// Every tenant, the oldest first.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn tenants(&self) -> Result<Vec<TenantView>, AppError> {
        let rows = self.parts.db.read(|tx| Box::pin(tenants::all(tx))).await?;
        let mut views: Vec<TenantView> = Vec::new();
        for row in rows {
            match views.last_mut() {
                Some(last) if last.tenant.id == row.tenant.id => last.hosts.push(row.origin),
                _ => {
                    let hosts = vec![row.origin];
                    views.push(TenantView { tenant: row.tenant, brand: row.brand, hosts });
                }
            }
        }
        Ok(views)
    }

    /// The hosts of a tenant, the main one first.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn hosts_of(&self, tenant: TenantId) -> Result<Vec<Host>, AppError> {
        Ok(self.parts.db.read_one(move |tx| Box::pin(hosts::of_tenant(tx, tenant))).await?)
    }

    /// The hosts of a tenant at which a user's passkeys answer.
    pub(super) async fn hosts_with_passkeys(
        &self,
        at: &super::TenantHandle,
        user: UserId,
    ) -> Result<Vec<Origin>, AppError> {
        let tenant = at.tenant.id;
        let db = &self.parts.db;
        let names = db.read_one(move |tx| Box::pin(hosts::with_passkeys(tx, tenant, user))).await?;
        let here = |origin: &Origin| names.iter().any(|name| name == origin.host()) && *origin != at.origin;
        let hosts = self.hosts_of(tenant).await?.into_iter().map(|host| host.origin);
        Ok(hosts.filter(here).collect())
    }

    /// Lets a tenant be reached at one more host. Its phones and passkeys stay where they are.
    ///
    /// # Errors
    /// [`AddError::HostTaken`].
    pub async fn add_host(&self, by: &By, tenant: TenantId, origin: &Origin) -> Result<(), AddError> {
        let detail = json!({ "origin": origin.to_string() });
        let line = self.audit(tenant, None, "tenant.host_added", detail).by(by);
        let unit = self.parts.db.write_with((origin.clone(), line), move |(origin, line), tx| {
            Box::pin(async move {
                hosts::add(tx, tenant, origin).await?;
                audit::append(tx, line).await
            })
        });
        unit.await.map_err(|error| match error {
            StoreError::Conflict { .. } => AddError::HostTaken(origin.authority().to_owned()),
            other => other.into(),
        })
    }

    /// Makes one of a tenant's hosts the main one. False if it is not reached there.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn make_main_host(&self, by: &By, tenant: TenantId, origin: &Origin) -> Result<bool, AppError> {
        let detail = json!({ "origin": origin.to_string() });
        let line = self.audit(tenant, None, "tenant.main_host_set", detail).by(by);
        let authority = origin.authority().to_owned();
        let unit = self.parts.db.write_with((authority, line), move |(authority, line), tx| {
            Box::pin(async move {
                if !hosts::make_main(tx, tenant, authority).await? {
                    return Err(GivenUp::Over);
                }
                Ok(audit::append(tx, line).await?)
            })
        });
        let made = match unit.await {
            Ok(()) => true,
            Err(GivenUp::Over) => false,
            Err(GivenUp::Store(error)) => return Err(error.into()),
        };
        self.tenants.forget(tenant);
        Ok(made)
    }

    /// What loses its way if a host is removed.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn host_in_use(&self, tenant: TenantId, origin: &Origin) -> Result<HostUse, AppError> {
        let origin = origin.clone();
        let (phones, passkeys) = self
            .parts
            .db
            .read_one(move |tx| Box::pin(async move { hosts::in_use(tx, tenant, &origin).await }))
            .await?;
        Ok(HostUse {
            phones: u64::try_from(phones).unwrap_or(0),
            passkeys: u64::try_from(passkeys).unwrap_or(0),
        })
    }

    /// Lets nobody reach a tenant at this host any more. What was set up there stays set up, and stands in the way of
    /// a sign-in by password alone; it works again if the host comes back.
    ///
    /// # Errors
    /// [`RemoveHostError`].
    pub async fn remove_host(
        &self,
        by: &By,
        tenant: TenantId,
        origin: &Origin,
    ) -> Result<(), RemoveHostError> {
        let named = || origin.to_string();
        let known = self.hosts_of(tenant).await?;
        match known.iter().find(|host| host.origin == *origin) {
            None => return Err(RemoveHostError::Unknown(named())),
            Some(host) if host.main => return Err(RemoveHostError::Main(named())),
            Some(_) => {}
        }
        let line = self.audit(tenant, None, "tenant.host_removed", json!({ "origin": named() })).by(by);
        let authority = origin.authority().to_owned();
        let unit = self.parts.db.write_with((authority, line), move |(authority, line), tx| {
            Box::pin(async move {
                if !hosts::remove(tx, tenant, authority).await? {
                    return Err(GivenUp::Over);
                }
                Ok(audit::append(tx, line).await?)
            })
        });
        match unit.await {
            Ok(()) => self.tenants.forget(tenant),
            // It has become the main one, or is gone, since it was looked up.
            Err(GivenUp::Over) => return Err(RemoveHostError::Main(named())),
            Err(GivenUp::Store(error)) => return Err(AppError::from(error).into()),
        }
        Ok(())
    }
}
