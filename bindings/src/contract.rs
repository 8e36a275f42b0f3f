//! The contract of key stores, for an app's own tests: on a fake, and on a real phone.

use std::sync::Arc;

use countersign_mobile_core::contract::key_store_contract;

use crate::border::Keys;
use crate::keys::{KeyStore, KeyStoreError};

/// One rule of the contract.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct KeyStoreFinding {
    /// What must be true.
    pub rule: String,
    /// What happened instead; none where the rule is kept.
    pub broken: Option<String>,
}

/// Counts the prompts that a test's phone shows.
#[uniffi::export(rust, foreign)]
pub trait PromptCounter: Send + Sync {
    /// How many there have been so far. Counted where the prompt is shown, not by the key store.
    fn prompts(&self) -> Result<u64, KeyStoreError>;
}

/// Holds a key store to its contract: for tests. On a real phone it asks for a biometric three times. The names of
/// its keys begin with `prefix`, and all are deleted in the end. `prompts` finds out a store that asks nobody.
#[uniffi::export]
pub async fn check_key_store(
    keys: Arc<dyn KeyStore>,
    prefix: String,
    prompts: Arc<dyn PromptCounter>,
) -> Vec<KeyStoreFinding> {
    let findings = key_store_contract(&Keys(keys), &prefix, &|| Ok(prompts.prompts()?)).await;
    findings
        .into_iter()
        .map(|finding| KeyStoreFinding { rule: finding.rule.to_owned(), broken: finding.broken })
        .collect()
}
