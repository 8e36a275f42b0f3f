//! How a tenant's pages look: its name, colour and picture.

use countersign_protocol::bytes::sha256;
use countersign_protocol::ids::TenantId;
use serde_json::json;

use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::brand::{Brand, Colour, Logo};
use crate::store::{StoreError, audit, brands, tenants};

/// What is to become of how a tenant looks; what is none stays as it is.
#[derive(Clone, Debug, Default)]
pub struct BrandChange {
    /// The name.
    pub name: Option<String>,
    /// The colour; none within, and it is the usual one.
    pub colour: Option<Option<Colour>>,
    /// The picture; none within, and it is the name's first letter.
    pub logo: Option<Option<Logo>>,
}

/// The longest name of a tenant, in characters.
pub const LONGEST_TENANT_NAME: usize = 80;

impl BrandChange {
    /// Whether the name that is wished for can be one: not empty, one line, not too long.
    #[must_use]
    pub fn has_good_name(&self) -> bool {
        let good = |name: &String| {
            let name = name.trim();
            !name.is_empty()
                && name.chars().count() <= LONGEST_TENANT_NAME
                && !name.contains(char::is_control)
        };
        self.name.as_ref().is_none_or(good)
    }
}

impl App {
    /// Changes how a tenant looks. Nodes that remember the tenant go by it seconds later. False if there is no such
    /// tenant, or the name cannot be one.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn change_brand(
        &self,
        by: &By,
        tenant: TenantId,
        change: BrandChange,
    ) -> Result<bool, AppError> {
        if !change.has_good_name() {
            return Ok(false);
        }
        let line = self.audit(tenant, None, "tenant.brand_changed", json!({})).by(by);
        let unit = self.parts.db.write_with((change, line), move |(change, line), tx| {
            Box::pin(async move {
                if !brands::hold(tx, tenant).await? {
                    return Ok(false);
                }
                let Some(now) = tenants::by_id(tx, tenant).await? else { return Ok(false) };
                let name = change.name.as_deref().map_or(now.tenant.name.as_str(), str::trim);
                let brand = Brand {
                    colour: change.colour.unwrap_or(now.brand.colour),
                    logo: match &change.logo {
                        None => now.brand.logo.clone(),
                        Some(logo) => logo.as_ref().map(hash),
                    },
                };
                if let Some(logo) = &change.logo {
                    brands::keep_logo(tx, tenant, logo.as_ref()).await?;
                }
                brands::set(tx, tenant, name, &brand).await?;
                let mut line = line.clone();
                line.detail["name"] = name.into();
                line.detail["colour"] = brand.colour.map(|colour| colour.to_string()).into();
                line.detail["logo"] = brand.logo.into();
                audit::append(tx, &line).await?;
                Ok::<_, StoreError>(true)
            })
        });
        let changed = unit.await?;
        self.tenants.forget(tenant);
        Ok(changed)
    }

    /// The picture of a tenant, if it has one.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn logo(&self, at: &TenantHandle) -> Result<Option<Logo>, AppError> {
        let tenant = at.tenant.id;
        Ok(self.parts.db.read_one(move |tx| Box::pin(brands::logo(tx, tenant))).await?)
    }
}

/// Tells pictures apart: their addresses differ.
fn hash(logo: &Logo) -> String {
    sha256(&logo.bytes).0.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
