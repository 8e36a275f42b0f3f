//! The accounts on this phone, and how they are remembered: one value in the app's secure storage.

use countersign_protocol::api::PushState;
use countersign_protocol::ids::{DeviceId, TenantId, UserId};
use countersign_protocol::key::{Jwk, PublicKey};
use countersign_protocol::pairing::{ApprovalUnlock, KeyProtection};
use countersign_protocol::time::NumericDate;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Reason};
use crate::ports::Ports;
use crate::push::Told;

/// A user's account on one server, as this phone knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its id on this phone; no server knows it.
    pub id: String,
    /// The server: scheme, host and port.
    pub origin: String,
    /// The tenant's name.
    pub tenant_name: String,
    /// The tenant's colour, as `#rrggbb`, if it has one.
    pub colour: Option<String>,
    /// Where the tenant's picture is, if it has one: an address on the same server.
    pub logo: Option<String>,
    /// The user's sign-in name.
    pub account: String,
    /// What this phone is called there; empty where its server has yet to say.
    pub device_name: String,
    /// Where it stands.
    pub state: AccountState,
    /// Why it works no more on this phone, whatever its server says: its keys are lost, or its storage was
    /// restored on another phone. Found by [`crate::Core::accounts`] alone.
    pub fault: Option<Error>,
    /// Whether popups reach this phone, as the server said last. [`PushState::Lost`] is for
    /// [`crate::texts::push_lost`]; the requests are in the app all the same.
    pub push: PushState,
}

/// Where an account stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// The code has not been typed into the browser yet, as far as this phone knows.
    Unconfirmed,
    /// It answers approval requests.
    Active,
}

/// Where the accounts stand in the storage.
const STORED: &str = "countersign.accounts";

/// What is stored.
#[derive(Default, Serialize, Deserialize)]
struct Stored {
    accounts: Vec<Record>,
}

/// One account with all that the core needs to act for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) origin: String,
    pub(crate) device: DeviceId,
    pub(crate) user: UserId,
    pub(crate) tenant: TenantId,
    pub(crate) tenant_name: String,
    /// Older apps stored none.
    #[serde(default)]
    pub(crate) colour: Option<String>,
    #[serde(default)]
    pub(crate) logo: Option<String>,
    pub(crate) account: String,
    pub(crate) server_key: Jwk,
    pub(crate) keys: Keys,
    /// Older apps stored none.
    #[serde(default)]
    pub(crate) device_name: Option<String>,
    pub(crate) state: AccountState,
    /// Older apps stored none: the server is told at the next occasion.
    #[serde(default)]
    pub(crate) push: Told,
    /// The pairing that it came from, whose link may be seen again, and must not be claimed again. Older apps stored
    /// none.
    #[serde(default)]
    pub(crate) pairing: Option<String>,
    /// What is typed into the browser.
    #[serde(default)]
    pub(crate) code: Option<String>,
    /// Until when, by the phone's clock.
    #[serde(default)]
    pub(crate) code_until: Option<NumericDate>,
}

impl Record {
    pub(crate) fn account(&self) -> Account {
        Account {
            id: self.id.clone(),
            origin: self.origin.clone(),
            tenant_name: self.tenant_name.clone(),
            colour: self.colour.clone(),
            logo: self.logo.clone(),
            account: self.account.clone(),
            device_name: self.device_name.clone().unwrap_or_default(),
            state: self.state,
            fault: None,
            push: self.push.state,
        }
    }
}

/// A colour, if it is one: apps paint with it.
pub(crate) fn colour(text: Option<String>) -> Option<String> {
    let is_colour = |text: &String| {
        text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    text.filter(is_colour)
}

/// An address of a picture, if it is on the account's own server: apps fetch it.
pub(crate) fn logo(text: Option<String>, origin: &str) -> Option<String> {
    text.filter(|text| {
        let path = text.strip_prefix(origin);
        path.is_some_and(|path| path.starts_with('/'))
            && text.len() <= 500
            && text.bytes().all(|b| b.is_ascii_graphic())
    })
}

/// The account's two keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Keys {
    pub(crate) device: Key,
    pub(crate) approval: Key,
    pub(crate) protection: KeyProtection,
    /// Older apps stored none: theirs are unlocked by biometrics.
    #[serde(default)]
    pub(crate) approval_unlock: ApprovalUnlock,
}

/// A key in the key store, and what it must sign like.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) alias: String,
    public: Jwk,
}

impl Key {
    pub(crate) fn new(alias: String, public: &PublicKey) -> Self {
        Self { alias, public: public.jwk() }
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::from(&self.public)
    }
}

/// All accounts, in the order in which they were paired.
pub(crate) async fn load(ports: &Ports) -> Result<Vec<Record>, Error> {
    let Some(bytes) = ports.storage.get(STORED.into()).await? else { return Ok(Vec::new()) };
    // What cannot be read is kept: an older app must not wipe a newer one's accounts.
    let stored: Stored = serde_json::from_slice(&bytes).map_err(|_| Reason::StorageDamaged)?;
    Ok(stored.accounts)
}

/// Deletes them all, if they cannot be read.
pub(crate) async fn forget_damaged(ports: &Ports) -> Result<(), Error> {
    match load(ports).await {
        Err(error) if *error.reason() == Reason::StorageDamaged => {
            Ok(ports.storage.delete(STORED.into()).await?)
        }
        read => read.map(drop),
    }
}

/// One account.
pub(crate) async fn find(ports: &Ports, id: &str) -> Result<Record, Error> {
    let found = load(ports).await?.into_iter().find(|record| record.id == id);
    found.ok_or_else(|| Reason::UnknownAccount.into())
}

/// Replaces all accounts. The caller keeps others from doing so at the same time.
pub(crate) async fn save(ports: &Ports, accounts: Vec<Record>) -> Result<(), Error> {
    let bytes =
        serde_json::to_vec(&Stored { accounts }).map_err(|error| Reason::StorageFailed(error.to_string()))?;
    Ok(ports.storage.put(STORED.into(), bytes).await?)
}
