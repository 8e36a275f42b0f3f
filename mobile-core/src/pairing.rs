//! Pairing: how an account comes onto this phone.
//!
//! 1. the link is read, it is noted that keys are about to be made, and both keys are made;
//! 2. the claim is built once and signed by both;
//! 3. the server's answer must bring the very key that the link named;
//! 4. the account is stored, unconfirmed, and the code is shown.
//!
//! Where any step fails, the keys are deleted again.

use countersign_protocol::api::{ClaimAnswer, ClaimBody, path};
use countersign_protocol::attestation::{Attestation, Blob, challenge, client_data_hash};
use countersign_protocol::bytes::{Bytes, Digest, to_base64url};
use countersign_protocol::key::PublicKey;
use countersign_protocol::pairing::{ApprovalUnlock, PairingClaim, PairingLink, PushEndpoint};
use countersign_protocol::random;
use countersign_protocol::time::Timestamp;

use crate::account::{Account, AccountState, Key, Keys, Record};
use crate::error::{Error, Mistrust, Reason};
use crate::ports::{AppAttestation, KeyPurpose, KeyStoreError, KeyUnlock, PhoneInfo, Ports};
use crate::push::Told;
use crate::shown::shown;
use crate::signing::sign;
use crate::texts;
use crate::transport::{Failure, Transport};

/// A claimed pairing, which the browser has yet to confirm.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PairingStarted {
    /// The new account, unconfirmed.
    pub account: Account,
    /// Six digits, to be typed into the browser that shows the link.
    pub code: String,
    /// Until when, by the phone's clock.
    pub expires: Timestamp,
}

/// A pairing that the server accepted; its account is yet to be stored.
pub(crate) struct Claimed {
    pub(crate) record: Record,
    pub(crate) started: PairingStarted,
}

/// The keys of a pairing that is yet to be claimed.
pub(crate) struct NewKeys {
    id: String,
    pub(crate) keys: Keys,
    attestation: Option<Attestation>,
    /// Whether there is none because the platform could not give one for the moment.
    attestation_failed: bool,
}

impl NewKeys {
    /// What a refused claim means: a phone that could not be attested just now is not the wrong phone.
    fn explain(&self, refused: Error) -> Error {
        match refused.reason() {
            Reason::AttestationRequired if self.attestation_failed => Reason::AttestationUnavailable.into(),
            _ => refused,
        }
    }
}

/// Makes both keys under fresh names, and has them attested where the platform does that.
pub(crate) async fn create_keys(ports: &Ports, id: &str, link: &PairingLink) -> Result<NewKeys, Error> {
    let challenge = challenge(&link.origin, link.id, link.secret_hash());
    let (device, of_device, _) = create_key(ports, id, KeyPurpose::Device, challenge).await?;
    let approval = create_key(ports, id, KeyPurpose::Approval, challenge).await;
    let (approval, of_approval, unlock) = match approval {
        Ok(approval) => approval,
        Err(error) => {
            delete_key(ports, &device).await;
            return Err(error);
        }
    };
    let (attestation, failed) = match (of_device, of_approval) {
        (OfKey::Chain(device), OfKey::Chain(approval)) => {
            let blobs = |chain: Vec<Vec<u8>>| chain.into_iter().map(Blob).collect();
            (Some(Attestation::AndroidKey { device: blobs(device), approval: blobs(approval) }), false)
        }
        (OfKey::Failed, _) | (_, OfKey::Failed) => (None, true),
        _ => {
            let keys = (device.public().id(), approval.public().id());
            let attested = app_attest(ports, client_data_hash(challenge, keys.0, keys.1)).await;
            attested.map_or((None, true), |attestation| (attestation, false))
        }
    };
    let approval_unlock = match unlock {
        KeyUnlock::DevicePasscode => ApprovalUnlock::DevicePasscode,
        KeyUnlock::Biometric | KeyUnlock::NotAsked => ApprovalUnlock::Biometric,
    };
    Ok(NewKeys {
        id: id.to_owned(),
        keys: Keys { device, approval, protection: ports.keys.protection(), approval_unlock },
        attestation: attestation.filter(Attestation::fits),
        attestation_failed: failed,
    })
}

/// What an account's key is called in the key store.
pub(crate) fn alias(id: &str, purpose: KeyPurpose) -> String {
    let which = match purpose {
        KeyPurpose::Device => "device",
        KeyPurpose::Approval => "approval",
    };
    format!("countersign.{id}.{which}")
}

/// Apple's word for the app. Where it cannot be had, the server says whether that matters.
async fn app_attest(ports: &Ports, client_data_hash: Digest) -> Result<Option<Attestation>, KeyStoreError> {
    let Some(port) = &ports.app_attest else { return Ok(None) };
    let Some(AppAttestation { key_id, object }) = port.attest(client_data_hash.0.to_vec()).await? else {
        return Ok(None);
    };
    let key_id = key_id.try_into().ok().map(Bytes);
    Ok(key_id.map(|key_id| Attestation::AppleAppAttest { key_id, object: Blob(object) }))
}

/// What the key hardware says of one key.
enum OfKey {
    Chain(Vec<Vec<u8>>),
    /// It says nothing of keys.
    Nothing,
    /// It could not for the moment.
    Failed,
}

async fn create_key(
    ports: &Ports,
    id: &str,
    purpose: KeyPurpose,
    challenge: Digest,
) -> Result<(Key, OfKey, KeyUnlock), Error> {
    let alias = alias(id, purpose);
    let made = ports.keys.create(alias.clone(), purpose, Some(challenge.0.to_vec())).await?;
    // An approval key that asks nobody is none.
    let guarded = (purpose == KeyPurpose::Approval) == (made.unlock != KeyUnlock::NotAsked);
    match PublicKey::from_sec1(&made.public_key).filter(|_| guarded) {
        Some(public) => {
            let nothing = if made.attestation_failed { OfKey::Failed } else { OfKey::Nothing };
            Ok((Key::new(alias, &public), made.attestation.map_or(nothing, OfKey::Chain), made.unlock))
        }
        None => {
            let _left_behind = delete_alias(ports, alias).await;
            Err(Reason::KeyStoreUnsound.into())
        }
    }
}

/// Deletes the keys of a pairing that came to nothing. That the pairing failed is what matters to the
/// person, so a key that stays behind, unused, is no error.
pub(crate) async fn discard(ports: &Ports, keys: &Keys) {
    delete_key(ports, &keys.device).await;
    delete_key(ports, &keys.approval).await;
}

async fn delete_key(ports: &Ports, key: &Key) {
    let _left_behind = delete_alias(ports, key.alias.clone()).await;
}

/// Whether it is gone.
pub(crate) async fn delete_alias(ports: &Ports, alias: String) -> bool {
    ports.keys.delete(alias).await.is_ok()
}

/// A fresh id for an account on this phone.
pub(crate) fn fresh_id(ports: &Ports) -> String {
    to_base64url(random::bytes::<16>(&*ports.random))
}

impl Transport {
    /// Claims the pairing, once more if only the clocks disagree.
    pub(crate) async fn pair(
        &self,
        phone: &PhoneInfo,
        link: &PairingLink,
        made: NewKeys,
        push: Option<PushEndpoint>,
    ) -> Result<Claimed, Error> {
        let told = Told::paired(push.as_ref());
        let answer = match self.claim_once(phone, link, &made, push.clone()).await {
            Err(Failure::ClockSkew(now)) => {
                self.learn(&link.origin, now);
                self.claim_once(phone, link, &made, push).await
            }
            answered => answered,
        };
        let answer = answer.map_err(|failure| made.explain(failure.into_error()))?;
        self.claimed(link, (made, told, shown(&phone.model)), answer)
    }

    async fn claim_once(
        &self,
        phone: &PhoneInfo,
        link: &PairingLink,
        made: &NewKeys,
        push: Option<PushEndpoint>,
    ) -> Result<ClaimAnswer, Failure> {
        let keys = &made.keys;
        let claim = PairingClaim {
            aud: link.origin.clone(),
            pairing: link.id,
            secret_hash: link.secret_hash(),
            device_key: keys.device.public().jwk(),
            approval_key: keys.approval.public().jwk(),
            protection: keys.protection,
            approval_unlock: keys.approval_unlock,
            platform: phone.platform.clone(),
            model: shown(&phone.model),
            push,
            attestation: made.attestation.as_ref().map(Attestation::digest),
            iat: self.now(&link.origin).into(),
        };
        let store = &*self.ports.keys;
        let reason = texts::pairing_reason(&link.origin, phone.language);
        let body = ClaimBody {
            device: sign(store, &keys.device, &claim, None).await?,
            approval: sign(store, &keys.approval, &claim, Some(reason)).await?,
            attestation: made.attestation.clone(),
        };
        self.claim(format!("{}{}", link.origin, path::pairing(link.id)), &body).await
    }

    fn claimed(
        &self,
        link: &PairingLink,
        (NewKeys { id, keys, .. }, push, name): (NewKeys, Told, String),
        answer: ClaimAnswer,
    ) -> Result<Claimed, Error> {
        if PublicKey::from(&answer.server_key).id() != link.server_key {
            return Err(Reason::NotTrusted(Mistrust::ServerKey).into());
        }
        if answer.code.len() != 6 || !answer.code.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Reason::UnknownAnswer.into());
        }
        let expires = self.by_the_phone(&link.origin, answer.exp);
        let record = Record {
            id,
            origin: link.origin.clone(),
            device: answer.device,
            user: answer.user,
            tenant: answer.tenant,
            tenant_name: shown(&answer.tenant_name),
            colour: None,
            logo: None,
            account: shown(&answer.account),
            server_key: answer.server_key,
            keys,
            device_name: Some(name),
            state: AccountState::Unconfirmed,
            push,
            pairing: Some(link.id.to_string()),
            code: Some(answer.code.clone()),
            code_until: Some(expires.into()),
        };
        let started = PairingStarted { account: record.account(), code: answer.code, expires };
        Ok(Claimed { record, started })
    }
}
