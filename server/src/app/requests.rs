//! What waits for a phone's answer.

use countersign_protocol::api::{DeviceAnswer, PushState};
use countersign_protocol::ids::LoginId;
use serde_json::json;

use super::calls::{CallError, VerifiedCall, use_up};
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::login::LoginState;
use crate::store::devices::Device;
use crate::store::{StoreError, audit, logins, requests, users};

/// Why a request is not handed out.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The call.
    #[error(transparent)]
    Call(#[from] CallError),
    /// No such request for this device.
    #[error("no such request for this device")]
    Unknown,
    /// It was answered, or ended another way.
    #[error("the login is decided")]
    AlreadyDecided,
    /// Its time is over.
    #[error("the login is expired")]
    Expired,
}

impl From<StoreError> for RequestError {
    fn from(error: StoreError) -> Self {
        Self::Call(error.into())
    }
}

impl From<AppError> for RequestError {
    fn from(error: AppError) -> Self {
        Self::Call(error.into())
    }
}

/// The error that says why a login takes no answer any more.
pub(super) fn no_answer(standing: LoginState) -> RequestError {
    match standing {
        LoginState::Expired => RequestError::Expired,
        _ => RequestError::AlreadyDecided,
    }
}

impl App {
    /// The device as the server knows it.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn device_state(
        &self,
        at: &TenantHandle,
        call: &VerifiedCall,
    ) -> Result<DeviceAnswer, CallError> {
        let (tenant, device) = (at.tenant.id, call.device.clone());
        let account = self
            .parts
            .db
            .write_with(call.clone(), move |call, tx| {
                Box::pin(async move {
                    use_up(tx, call).await?;
                    Ok::<_, CallError>(users::by_id(tx, tenant, call.device.user).await?)
                })
            })
            .await?
            .ok_or(CallError::UnknownDevice)?;
        Ok(self.device_answer(at, device, account.email))
    }

    /// What a phone is told of itself.
    pub(super) fn device_answer(&self, at: &TenantHandle, device: Device, account: String) -> DeviceAnswer {
        DeviceAnswer {
            device: device.id,
            state: device.state,
            push: match (&device.push, device.push_lost_at) {
                (Some(push), _) if self.parts.senders.of(push).is_some() => PushState::Working,
                (None, Some(_)) => PushState::Lost,
                _ => PushState::None,
            },
            name: device.name,
            account,
            tenant_name: at.tenant.name.clone(),
            colour: at.brand.colour.map(|colour| colour.to_string()),
            logo: at.brand.logo_path().map(|path| format!("{}{path}", at.origin)),
        }
    }

    /// The approval requests that wait for this device, newest first. That a phone has them is told to the
    /// browsers.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn pending_requests(
        &self,
        at: &TenantHandle,
        call: &VerifiedCall,
    ) -> Result<Vec<String>, CallError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let waiting = self
            .parts
            .db
            .write_with(call.clone(), move |call, tx| {
                Box::pin(async move {
                    use_up(tx, call).await?;
                    let waiting = requests::pending(tx, tenant, call.device.id, now).await?;
                    for new in waiting.iter().filter(|waiting| !waiting.delivered) {
                        logins::delivered(tx, tenant, new.login, now).await?;
                    }
                    Ok::<_, CallError>(waiting)
                })
            })
            .await?;
        for new in waiting.iter().filter(|waiting| !waiting.delivered) {
            self.hub.publish(new.login);
        }
        Ok(waiting.into_iter().map(|waiting| waiting.request).collect())
    }

    /// One approval request. That somebody looks at it is told to the browser.
    ///
    /// # Errors
    /// [`RequestError`].
    pub async fn fetch_request(
        &self,
        at: &TenantHandle,
        call: &VerifiedCall,
        login: LoginId,
    ) -> Result<String, RequestError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let detail = json!({ "login": login, "device": call.device.id });
        let line =
            self.audit(tenant, Some(call.device.user), "login.seen", detail).from_address(Some(call.address));
        let (request, first) = self
            .parts
            .db
            .write_with((call.clone(), line), move |(call, line), tx| {
                Box::pin(async move {
                    use_up(tx, call).await?;
                    let found = requests::with_login(tx, tenant, login, call.device.id).await?;
                    let (stored, row, _) = found.ok_or(RequestError::Unknown)?;
                    let standing = row.standing_for_phones(now);
                    if standing != LoginState::Pending {
                        return Err(no_answer(standing));
                    }
                    let first = row.seen_at.is_none() && logins::seen(tx, tenant, login, now).await?;
                    if first {
                        audit::append(tx, line).await?;
                    }
                    Ok((stored.request, first))
                })
            })
            .await?;
        if first {
            self.hub.publish(login);
        }
        Ok(request)
    }
}
