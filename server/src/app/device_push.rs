//! A phone says where its wakes go from now on: its push service gave it another token.

use countersign_protocol::api::PushState;
use countersign_protocol::pairing::PushEndpoint;
use serde_json::json;

use super::App;
use super::calls::{CallError, VerifiedCall, use_up};
use super::tenants::TenantHandle;
use crate::push::senders::EndpointMalformed;
use crate::store::{StoreError, audit, devices};

/// Why an endpoint is not taken.
#[derive(Debug, thiserror::Error)]
pub enum SetPushError {
    /// The call.
    #[error(transparent)]
    Call(#[from] CallError),
    /// It may not be spoken to.
    #[error("the push endpoint is refused: {0}")]
    Endpoint(#[from] EndpointMalformed),
}

impl From<StoreError> for SetPushError {
    fn from(error: StoreError) -> Self {
        Self::Call(error.into())
    }
}

impl App {
    /// Notes where a device's wakes go. What was signed earlier never takes the place of what was signed
    /// later, however the calls were delayed on their way.
    ///
    /// # Errors
    /// [`SetPushError`].
    pub async fn set_push(
        &self,
        at: &TenantHandle,
        call: &VerifiedCall,
        push: Option<PushEndpoint>,
    ) -> Result<PushState, SetPushError> {
        if let Some(endpoint) = &push {
            self.parts.senders.check(endpoint)?;
        }
        let (tenant, device) = (at.tenant.id, call.device.id);
        let detail = json!({ "device": device, "push": push.as_ref().map(|push| format!("{push:?}")) });
        let line = self
            .audit(tenant, Some(call.device.user), "device.push_changed", detail)
            .from_address(Some(call.address));
        let stands = self
            .parts
            .db
            .write_with((call.clone(), push, line), move |(call, push, line), tx| {
                Box::pin(async move {
                    use_up(tx, call).await?;
                    // Also where nothing changes: what was signed before this is late from now on.
                    if !devices::set_push(tx, tenant, device, push.as_ref(), call.signed_at).await? {
                        return Ok(devices::by_id(tx, tenant, device).await?.and_then(|device| device.push));
                    }
                    if call.device.push != *push {
                        audit::append(tx, line).await?;
                    }
                    Ok::<_, SetPushError>(push.clone())
                })
            })
            .await?;
        let way = stands.as_ref().is_some_and(|endpoint| self.parts.senders.of(endpoint).is_some());
        Ok(if way { PushState::Working } else { PushState::None })
    }
}
