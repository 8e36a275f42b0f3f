//! P-256 keys in software.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_mobile_core::KeyProtection;
use countersign_mobile_core::ports::{
    KeyPurpose, KeyStore, KeyStoreError, KeyUnlock, MadeKey, SecureStorage, StorageError,
};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

/// The moment before an approval key signs: a real phone asks for a face or a finger here.
#[async_trait]
pub trait UserPresence: Send + Sync {
    /// Waits until the person has looked at the phone, so to speak. `reason` is the sentence to show.
    ///
    /// # Errors
    /// [`KeyStoreError::Cancelled`] and [`KeyStoreError::LockedOut`], as a real prompt has them.
    async fn confirm(&self, reason: Option<String>) -> Result<(), KeyStoreError>;
}

/// Asks nobody: whoever runs the command is the person.
#[derive(Clone, Copy, Debug, Default)]
pub struct NobodyAsked;

#[async_trait]
impl UserPresence for NobodyAsked {
    async fn confirm(&self, _reason: Option<String>) -> Result<(), KeyStoreError> {
        Ok(())
    }
}

/// Keeps PKCS #8 keys in a storage, one value each.
#[derive(Clone)]
pub struct SoftwareKeyStore {
    storage: Arc<dyn SecureStorage>,
    presence: Arc<dyn UserPresence>,
    random: SystemRandom,
}

impl fmt::Debug for SoftwareKeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SoftwareKeyStore")
    }
}

impl SoftwareKeyStore {
    /// A key store over `storage`. Before an approval key signs, `presence` is asked.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "ring makes and uses keys with its own source only")]
    pub fn new(storage: Arc<dyn SecureStorage>, presence: Arc<dyn UserPresence>) -> Self {
        Self { storage, presence, random: SystemRandom::new() }
    }

    fn read(&self, pkcs8: &[u8]) -> Result<EcdsaKeyPair, KeyStoreError> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8, &self.random)
            .map_err(|error| KeyStoreError::Failed(error.to_string()))
    }

    async fn find(&self, alias: &str) -> Result<(KeyPurpose, EcdsaKeyPair), KeyStoreError> {
        for purpose in [KeyPurpose::Device, KeyPurpose::Approval] {
            if let Some(pkcs8) = self.storage.get(name(alias, purpose)).await.map_err(failed)? {
                return Ok((purpose, self.read(&pkcs8)?));
            }
        }
        Err(KeyStoreError::NotFound)
    }
}

/// The purpose stands in the name, so that a key cannot change it.
fn name(alias: &str, purpose: KeyPurpose) -> String {
    match purpose {
        KeyPurpose::Device => format!("key.device.{alias}"),
        KeyPurpose::Approval => format!("key.approval.{alias}"),
    }
}

fn failed(error: StorageError) -> KeyStoreError {
    KeyStoreError::Failed(error.to_string())
}

#[async_trait]
impl KeyStore for SoftwareKeyStore {
    async fn create(
        &self,
        alias: String,
        purpose: KeyPurpose,
        _challenge: Option<Vec<u8>>,
    ) -> Result<MadeKey, KeyStoreError> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.random)
            .map_err(|_| KeyStoreError::Failed("no key could be made".into()))?;
        let key = self.read(pkcs8.as_ref())?;
        self.storage.put(name(&alias, purpose), pkcs8.as_ref().to_vec()).await.map_err(failed)?;
        let unlock = match purpose {
            KeyPurpose::Device => KeyUnlock::NotAsked,
            KeyPurpose::Approval => KeyUnlock::Biometric,
        };
        let public_key = key.public_key().as_ref().to_vec();
        Ok(MadeKey { public_key, unlock, attestation: None, attestation_failed: false })
    }

    async fn public_key(&self, alias: String) -> Result<Vec<u8>, KeyStoreError> {
        let (_, key) = self.find(&alias).await?;
        Ok(key.public_key().as_ref().to_vec())
    }

    async fn sign(
        &self,
        alias: String,
        message: Vec<u8>,
        reason: Option<String>,
    ) -> Result<Vec<u8>, KeyStoreError> {
        let (purpose, key) = self.find(&alias).await?;
        if purpose == KeyPurpose::Approval {
            self.presence.confirm(reason).await?;
        }
        let signature = key.sign(&self.random, &message);
        let signature = signature.map_err(|_| KeyStoreError::Failed("no signature could be made".into()))?;
        Ok(signature.as_ref().to_vec())
    }

    async fn delete(&self, alias: String) -> Result<(), KeyStoreError> {
        for purpose in [KeyPurpose::Device, KeyPurpose::Approval] {
            self.storage.delete(name(&alias, purpose)).await.map_err(failed)?;
        }
        Ok(())
    }

    fn protection(&self) -> KeyProtection {
        KeyProtection::Software
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::MemoryStorage;
    use countersign_mobile_core::contract::key_store_contract;
    use countersign_protocol::key::{PublicKey, signature_from_der};
    use std::sync::Mutex;

    /// Notes the reasons, and puts the prompt away when told to.
    #[derive(Default)]
    struct Face {
        reasons: Mutex<Vec<Option<String>>>,
        away: Mutex<bool>,
    }

    #[async_trait]
    impl UserPresence for Face {
        async fn confirm(&self, reason: Option<String>) -> Result<(), KeyStoreError> {
            self.reasons.lock().unwrap().push(reason);
            if *self.away.lock().unwrap() { Err(KeyStoreError::Cancelled) } else { Ok(()) }
        }
    }

    #[tokio::test]
    async fn the_key_store_keeps_its_contract() {
        let face = Arc::new(Face::default());
        let store = SoftwareKeyStore::new(Arc::new(MemoryStorage::default()), face.clone());
        let prompts = || Ok(face.reasons.lock().unwrap().len() as u64);
        let findings = key_store_contract(&store, "test", &prompts).await;
        assert!(findings.iter().all(|finding| finding.is_kept()), "{findings:?}");
    }

    #[tokio::test]
    async fn a_key_store_that_asks_nobody_is_found_out() {
        let store = SoftwareKeyStore::new(Arc::new(MemoryStorage::default()), Arc::new(NobodyAsked));
        let findings = key_store_contract(&store, "test", &|| Ok(0)).await;
        assert_eq!(findings.iter().filter(|finding| !finding.is_kept()).count(), 1, "{findings:?}");
    }

    #[tokio::test]
    async fn keys_sign_until_they_are_deleted() {
        let face = Arc::new(Face::default());
        let store = SoftwareKeyStore::new(Arc::new(MemoryStorage::default()), face.clone());
        for purpose in [KeyPurpose::Device, KeyPurpose::Approval] {
            let point = store.create("k".into(), purpose, None).await.unwrap().public_key;
            let der = store.sign("k".into(), b"message".to_vec(), Some("why".into())).await.unwrap();
            let signature = signature_from_der(&der).unwrap();
            assert!(PublicKey::from_sec1(&point).unwrap().verifies(b"message", &signature));
            store.delete("k".into()).await.unwrap();
            let gone = store.sign("k".into(), Vec::new(), None).await;
            assert_eq!(gone, Err(KeyStoreError::NotFound));
        }
        assert_eq!(*face.reasons.lock().unwrap(), [Some("why".to_owned())], "the approval key alone asks");
    }

    #[tokio::test]
    async fn no_face_no_signature() {
        let face = Arc::new(Face::default());
        let store = SoftwareKeyStore::new(Arc::new(MemoryStorage::default()), face.clone());
        store.create("k".into(), KeyPurpose::Approval, None).await.unwrap();
        *face.away.lock().unwrap() = true;
        let signed = store.sign("k".into(), Vec::new(), None).await;
        assert_eq!(signed, Err(KeyStoreError::Cancelled));
    }
}
