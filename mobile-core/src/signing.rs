//! Signing by a key that somebody else keeps.

use countersign_protocol::key::signature_from_der;
use countersign_protocol::statement::{Draft, Statement};

use crate::account::Key;
use crate::error::{Error, Reason};
use crate::ports::KeyStore;

/// Signs `payload` and checks what came back: a signature that does not verify never leaves the phone.
pub(crate) async fn sign<T: Statement>(
    keys: &dyn KeyStore,
    key: &Key,
    payload: &T,
    reason: Option<String>,
) -> Result<String, Error> {
    let draft = Draft::new(payload, key.public().id()).map_err(|_| Reason::UnknownAnswer)?;
    sign_draft(keys, key, draft, reason).await
}

/// Whatever it says: an app links this once.
async fn sign_draft(
    keys: &dyn KeyStore,
    key: &Key,
    draft: Draft,
    reason: Option<String>,
) -> Result<String, Error> {
    let public = key.public();
    let message = draft.signing_input().to_vec();
    let der = keys.sign(key.alias.clone(), message, reason).await?;
    let signature = signature_from_der(&der)
        .filter(|signature| public.verifies(draft.signing_input(), signature))
        .ok_or(Reason::KeyStoreUnsound)?;
    Ok(draft.finish(&signature))
}
