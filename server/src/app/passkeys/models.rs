//! Which authenticators a tenant permits.

use countersign_protocol::ids::TenantId;
use serde_json::json;

use crate::app::tenants::TenantHandle;
use crate::app::{App, AppError};
use crate::domain::actor::By;
use crate::passkeys::Permitted;
use crate::store::{StoreError, audit, tenants};

impl App {
    /// Which authenticators the tenant permits; none if it permits any.
    ///
    /// # Errors
    /// [`AppError::Internal`] if the list cannot be read.
    pub fn permitted_passkeys(&self, at: &TenantHandle) -> Result<Option<Permitted>, AppError> {
        Ok(at.passkey_models.as_deref().map(Permitted::from_json).transpose()?)
    }

    /// Permits certain authenticators, or any. It is about passkeys yet to come: those that are there stay.
    /// Nodes that remember the tenant go by it seconds later.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn set_permitted_passkeys(
        &self,
        tenant: TenantId,
        permitted: Option<&Permitted>,
    ) -> Result<(), AppError> {
        let models = permitted.map(Permitted::to_json).transpose()?;
        let named = permitted.map(|list| list.models().iter().map(ToString::to_string).collect::<Vec<_>>());
        let line =
            self.audit(tenant, None, "tenant.passkeys_set", json!({ "models": named })).by(&By::CommandLine);
        self.parts
            .db
            .write_with((models, line), move |(models, line), tx| {
                Box::pin(async move {
                    tenants::set_passkey_models(tx, tenant, models.as_deref()).await?;
                    audit::append(tx, line).await
                })
            })
            .await
            .map_err(StoreError::into)
    }
}
