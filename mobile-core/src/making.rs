//! Accounts that are being made: noted before their keys are, so that keys of a pairing that was given up, or in
//! the middle of which the app was ended, are deleted later. A key store cannot list what it holds.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::account;
use crate::app::Core;
use crate::error::Error;
use crate::pairing::{alias, delete_alias};
use crate::ports::{KeyPurpose, Ports};
use crate::under_way::Task;

/// Where their ids stand in the storage.
const STORED: &str = "countersign.making";

async fn load(ports: &Ports) -> Result<Vec<String>, Error> {
    let bytes = ports.storage.get(STORED.into()).await?;
    // What cannot be read tidies nothing away.
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
}

async fn save(ports: &Ports, ids: &[String]) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(ports.storage.delete(STORED.into()).await?);
    }
    Ok(ports.storage.put(STORED.into(), crate::transport::json(&ids)?).await?)
}

impl Core {
    /// Notes that keys are about to be made for the account `id`.
    pub(crate) async fn note_making(&self, id: &str) -> Result<(), Error> {
        let _changing = self.changing.lock().await;
        let mut ids = load(self.ports()).await?;
        ids.push(id.to_owned());
        save(self.ports(), &ids).await
    }

    /// Deletes the keys of accounts that came to nothing. What cannot be deleted now is tried again the next time.
    ///
    /// # Errors
    /// The storage's, when it cannot be read.
    // Boxed: an app links it once.
    pub(crate) fn tidy_keys(&self) -> BoxFuture<'_, Result<(), Error>> {
        self.tidy_noted().boxed()
    }

    async fn tidy_noted(&self) -> Result<(), Error> {
        let _changing = self.changing.lock().await;
        let noted = load(self.ports()).await?;
        if noted.is_empty() {
            return Ok(());
        }
        let accounts = account::load(self.ports()).await?;
        let mut left = Vec::new();
        for id in &noted {
            let stays = self.under_way.has(&Task::Make(id.clone()));
            let is_account = accounts.iter().any(|account| account.id == *id);
            if stays || (!is_account && !delete_keys(self.ports(), id).await) {
                left.push(id.clone());
            }
        }
        if left != noted {
            // Written or not: whatever is still noted is looked at again.
            let _noted_still = save(self.ports(), &left).await;
        }
        Ok(())
    }
}

async fn delete_keys(ports: &Ports, id: &str) -> bool {
    let device = delete_alias(ports, alias(id, KeyPurpose::Device)).await;
    delete_alias(ports, alias(id, KeyPurpose::Approval)).await && device
}
