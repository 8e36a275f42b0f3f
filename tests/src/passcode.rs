//! A phone whose owner approves by the phone's passcode.

use std::sync::Arc;

use async_trait::async_trait;
use countersign_demo::desk::desk_phone;
use countersign_mobile_core::ports::{KeyPurpose, KeyStore, KeyStoreError, KeyUnlock, MadeKey};
use countersign_mobile_core::{Core, KeyProtection, Lang, Ports};

use crate::phone::Phone;

impl Phone {
    /// This phone's core, as if its keys were in hardware and the approval key opened by the passcode.
    #[must_use]
    pub fn passcode_core(&self) -> Core {
        let keys = Arc::new(ByPasscode(Arc::clone(&self.ports.keys)));
        Core::new(Ports { keys, ..self.ports.clone() }, desk_phone("Ada’s phone", Lang::English))
    }
}

struct ByPasscode(Arc<dyn KeyStore>);

#[async_trait]
impl KeyStore for ByPasscode {
    async fn create(
        &self,
        alias: String,
        purpose: KeyPurpose,
        challenge: Option<Vec<u8>>,
    ) -> Result<MadeKey, KeyStoreError> {
        let made = self.0.create(alias, purpose, challenge).await?;
        Ok(match purpose {
            KeyPurpose::Device => made,
            KeyPurpose::Approval => MadeKey { unlock: KeyUnlock::DevicePasscode, ..made },
        })
    }

    async fn public_key(&self, alias: String) -> Result<Vec<u8>, KeyStoreError> {
        self.0.public_key(alias).await
    }

    async fn sign(
        &self,
        alias: String,
        message: Vec<u8>,
        reason: Option<String>,
    ) -> Result<Vec<u8>, KeyStoreError> {
        self.0.sign(alias, message, reason).await
    }

    async fn delete(&self, alias: String) -> Result<(), KeyStoreError> {
        self.0.delete(alias).await
    }

    fn protection(&self) -> KeyProtection {
        KeyProtection::Hardware
    }
}
