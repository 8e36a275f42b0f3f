//! What a phone does to itself: it takes another name, or goes.

use countersign_protocol::api::DeviceAnswer;
use serde_json::json;

use super::App;
use super::calls::{CallError, VerifiedCall, use_up};
use super::claim_pairing::for_people;
use super::tenants::TenantHandle;
use crate::domain::activity::Activity;
use crate::mail::{FactorChange, Mail};
use crate::store::{StoreError, audit, devices, mails};

/// Why a phone does not get another name.
#[derive(Debug, thiserror::Error)]
pub enum RenameError {
    /// The call.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Nothing is left of the name once it is made fit for people.
    #[error("the name is empty")]
    Empty,
}

impl From<StoreError> for RenameError {
    fn from(error: StoreError) -> Self {
        Self::Call(error.into())
    }
}

impl App {
    /// Gives a phone another name.
    ///
    /// # Errors
    /// [`RenameError`].
    pub async fn rename_device(
        &self,
        at: &TenantHandle,
        call: &VerifiedCall,
        name: &str,
    ) -> Result<DeviceAnswer, RenameError> {
        let name = for_people(name);
        if name.is_empty() {
            return Err(RenameError::Empty);
        }
        let (tenant, device) = (at.tenant.id, call.device.id);
        let detail = json!({ "device": device, "name": name, "before": call.device.name });
        let line = self
            .audit(tenant, Some(call.device.user), "device.renamed", detail)
            .from_address(Some(call.address));
        let account = self
            .parts
            .db
            .write_with((call.clone(), name.clone(), line), move |(call, name, line), tx| {
                Box::pin(async move {
                    use_up(tx, call).await?;
                    if !devices::rename(tx, tenant, device, name).await? {
                        return Err(CallError::UnknownDevice);
                    }
                    audit::append(tx, line).await?;
                    Ok::<_, CallError>(crate::store::users::by_id(tx, tenant, call.device.user).await?)
                })
            })
            .await?
            .ok_or(CallError::UnknownDevice)?;
        let mut renamed = call.device.clone();
        renamed.name = name;
        Ok(self.device_answer(at, renamed, account.email))
    }

    /// Removes a phone at its own wish; its owner is told by mail.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn remove_device(&self, at: &TenantHandle, call: &VerifiedCall) -> Result<(), CallError> {
        let (tenant, user, device) = (at.tenant.id, call.device.user, call.device.id);
        let (name, change) = (Some(call.device.name.clone()), FactorChange::PhoneRemoved);
        let mail = Mail::FactorChanged { change, name, address: Some(call.address), at: self.now().into() };
        let mail = self.mail_to_user(at, user, mail).await?;
        let detail = json!({ "device": device, "by": "itself" });
        let line = self
            .audit(tenant, Some(user), Activity::DeviceRemoved.event(), detail)
            .from_address(Some(call.address));
        self.parts
            .db
            .write_with((call.clone(), line, mail), move |(call, line, mail), tx| {
                Box::pin(async move {
                    use_up(tx, call).await?;
                    if devices::remove(tx, tenant, user, device).await?.is_none() {
                        return Err(CallError::UnknownDevice);
                    }
                    if let Some(mail) = mail {
                        mails::add(tx, mail).await?;
                    }
                    audit::append(tx, line).await?;
                    Ok::<_, CallError>(())
                })
            })
            .await?;
        // Another app of the person's that is open, and their browsers, learn of it.
        self.hub.publish(user);
        self.mail_was_added();
        Ok(())
    }
}
