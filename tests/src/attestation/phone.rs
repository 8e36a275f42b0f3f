//! Phones whose maker attests their keys: the real core over keys in memory, which the maker takes for its own.

use std::sync::Arc;

use async_trait::async_trait;
use countersign_demo::desk::desk_phone;
use countersign_mobile_core::ports::{
    AppAttest, AppAttestation, KeyPurpose, KeyStore, KeyStoreError, MadeKey,
};
use countersign_mobile_core::{Core, KeyProtection, Lang, Ports};
use countersign_protocol::attestation::Attestation;
use countersign_protocol::bytes::Digest;
use countersign_protocol::key::PublicKey;

use super::{AndroidMaker, AppleMaker, Claims, Dates, Description};
use crate::phone::Phone;

impl Phone {
    /// This phone's core, as if the phone were of this maker.
    #[must_use]
    pub fn android_core(&self, maker: Arc<AndroidMaker>) -> Core {
        let keys = Arc::new(AttestedKeys { keys: Arc::clone(&self.ports.keys), maker });
        Core::new(Ports { keys, ..self.ports.clone() }, desk_phone("Ada’s phone", Lang::English))
    }

    /// This phone's core, as if Apple had made the phone.
    #[must_use]
    pub fn apple_core(&self, maker: Arc<AppleMaker>) -> Core {
        let app_attest: Option<Arc<dyn AppAttest>> = Some(Arc::new(Apple(maker)));
        Core::new(Ports { app_attest, ..self.ports.clone() }, desk_phone("Ada’s phone", Lang::English))
    }
}

struct AttestedKeys {
    keys: Arc<dyn KeyStore>,
    maker: Arc<AndroidMaker>,
}

#[async_trait]
impl KeyStore for AttestedKeys {
    async fn create(
        &self,
        alias: String,
        purpose: KeyPurpose,
        challenge: Option<Vec<u8>>,
    ) -> Result<MadeKey, KeyStoreError> {
        let made = self.keys.create(alias, purpose, None).await?;
        let attested = challenge.map(|challenge| {
            let unlocked_by = if purpose == KeyPurpose::Approval { Some(2) } else { None };
            let challenge = Digest::from_slice(&challenge).unwrap();
            let says = Description { unlocked_by, ..Description::of(challenge) };
            let key = PublicKey::from_sec1(&made.public_key).unwrap();
            self.maker.chain(&key, &says).into_iter().map(|blob| blob.0).collect()
        });
        Ok(MadeKey { attestation: attested, ..made })
    }

    async fn public_key(&self, alias: String) -> Result<Vec<u8>, KeyStoreError> {
        self.keys.public_key(alias).await
    }

    async fn sign(
        &self,
        alias: String,
        message: Vec<u8>,
        reason: Option<String>,
    ) -> Result<Vec<u8>, KeyStoreError> {
        self.keys.sign(alias, message, reason).await
    }

    async fn delete(&self, alias: String) -> Result<(), KeyStoreError> {
        self.keys.delete(alias).await
    }

    fn protection(&self) -> KeyProtection {
        KeyProtection::Hardware
    }
}

struct Apple(Arc<AppleMaker>);

#[async_trait]
impl AppAttest for Apple {
    async fn attest(&self, client_data_hash: Vec<u8>) -> Result<Option<AppAttestation>, KeyStoreError> {
        let over = Digest::from_slice(&client_data_hash).unwrap();
        Ok(match self.0.attest(&Claims::over(over), Dates::Good) {
            Attestation::AppleAppAttest { key_id, object } => {
                Some(AppAttestation { key_id: key_id.0.to_vec(), object: object.0 })
            }
            Attestation::AndroidKey { .. } => None,
        })
    }
}
