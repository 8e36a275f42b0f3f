//! Receipts, to be given out.

use countersign_protocol::ids::LoginId;
use serde_json::json;

use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::receipt::ReceiptFile;
use crate::store::{StoreError, requests};

impl App {
    /// As [`App::receipt`], for whoever takes it away: that is noted.
    ///
    /// # Errors
    /// As [`App::receipt`].
    pub async fn take_receipt(
        &self,
        at: &TenantHandle,
        by: &By,
        login: LoginId,
    ) -> Result<Option<ReceiptFile>, AppError> {
        let receipt = self.receipt(at, login).await?;
        if receipt.is_some() {
            let detail = json!({ "login": login });
            self.write_line(self.audit(at.tenant.id, None, "audit.receipt_taken", detail).by(by)).await?;
        }
        Ok(receipt)
    }

    /// The receipt of a login as a file; none if no phone decided on it.
    ///
    /// # Errors
    /// [`AppError`] from the database; [`AppError::Internal`] if what is stored proves nothing.
    pub async fn receipt(&self, at: &TenantHandle, login: LoginId) -> Result<Option<ReceiptFile>, AppError> {
        let tenant = at.tenant.id;
        let read = self.parts.db.read(move |tx| {
            Box::pin(async move {
                let Some(receipt) = requests::receipt(tx, tenant, login).await? else { return Ok(None) };
                let keys = requests::signing_keys(tx, tenant, receipt.device).await?;
                Ok::<_, StoreError>(Some((receipt, keys)))
            })
        });
        let Some((receipt, keys)) = read.await? else { return Ok(None) };
        let [approval, device] = keys.ok_or(AppError::Internal("the device of a receipt is not there"))?;
        let tenant_key = at.signing_key.public_key();
        let file = ReceiptFile::new(receipt.request, receipt.decision, tenant_key, [&approval, &device]);
        file.map(Some).map_err(|error| {
            tracing::error!(%login, %error, "a receipt is not as it was stored");
            AppError::Internal("a receipt is not as it was stored")
        })
    }
}
