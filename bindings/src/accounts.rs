//! Accounts, and where wakes for them go.

use std::time::SystemTime;

use countersign_mobile_core as core;
use countersign_mobile_core::Lang;
use countersign_protocol::bytes::Bytes;

use crate::border::date;
use crate::error::CountersignError;

/// A user's account on one server, as this phone knows it.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct Account {
    /// Its id on this phone; no server knows it.
    pub id: String,
    /// The server: scheme, host and port. What tells two accounts of the same name apart.
    pub origin: String,
    /// The tenant's name.
    pub tenant_name: String,
    /// The user's sign-in name.
    pub account: String,
    /// The tenant's colour, as `#rrggbb`, if it has one.
    pub colour: Option<String>,
    /// The tenant's picture, if it has one: an address on this server, which changes with the picture. PNG, JPEG or
    /// WebP, at most 128 KiB.
    pub logo: Option<String>,
    /// What this phone is called there; empty where its server has yet to say.
    pub device_name: String,
    /// Where it stands.
    pub state: AccountState,
    /// Why it works no more on this phone, whatever its server says: `PairAgain`, since its keys are lost, or
    /// its storage was restored on another phone. Found by `accounts()` alone.
    pub fault: Option<CountersignError>,
    /// Whether popups reach this phone, as the server said last.
    pub push: PushState,
}

/// Where an account stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum AccountState {
    /// The code has not been typed into the browser yet, as far as this phone knows.
    Unconfirmed,
    /// It answers approval requests.
    Active,
}

/// Whether wakes have somewhere to go.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum PushState {
    /// They have.
    Working,
    /// The push service said that the endpoint is no more: show `push_lost_sentence()`.
    Lost,
    /// The phone named no endpoint: it pulls.
    Off,
}

/// Where wakes go.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum PushEndpoint {
    /// A Web Push subscription (RFC 8030, RFC 8291): UnifiedPush.
    WebPush {
        /// Push resource, an absolute URL.
        endpoint: String,
        /// The phone's P-256 key for message encryption, an uncompressed point, base64url.
        p256dh: String,
        /// The authentication secret, 16 bytes, base64url.
        auth: String,
    },
    /// Apple's push notification service.
    Apns {
        /// The device token, in hexadecimal.
        token: String,
        /// The app's bundle id.
        topic: String,
        /// Whether the app was put on the phone by Xcode: its token then belongs to Apple's other service.
        sandbox: bool,
    },
    /// Firebase Cloud Messaging.
    Fcm {
        /// The registration token.
        token: String,
    },
}

/// A claimed pairing, which the browser has yet to confirm.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct PairingStarted {
    /// The new account, unconfirmed.
    pub account: Account,
    /// Six digits, to be typed into the browser that shows the link.
    pub code: String,
    /// Until when, by the phone's clock.
    pub expires_at: SystemTime,
}

impl Account {
    pub(crate) fn from_core(account: core::Account, lang: Lang) -> Self {
        Self {
            id: account.id,
            origin: account.origin,
            tenant_name: account.tenant_name,
            account: account.account,
            colour: account.colour,
            logo: account.logo,
            device_name: account.device_name,
            fault: account.fault.map(|error| CountersignError::from_core(&error, lang)),
            state: match account.state {
                core::AccountState::Unconfirmed => AccountState::Unconfirmed,
                core::AccountState::Active => AccountState::Active,
            },
            push: match account.push {
                core::PushState::Working => PushState::Working,
                core::PushState::Lost => PushState::Lost,
                core::PushState::None => PushState::Off,
            },
        }
    }
}

impl TryFrom<PushEndpoint> for core::PushEndpoint {
    type Error = core::Error;

    fn try_from(endpoint: PushEndpoint) -> Result<Self, core::Error> {
        let none = core::Reason::NotAPushEndpoint;
        Ok(match endpoint {
            PushEndpoint::WebPush { endpoint, p256dh, auth } => Self::WebPush {
                endpoint,
                p256dh: Bytes::parse(p256dh.trim_end_matches('=')).ok_or_else(|| none.clone())?,
                auth: Bytes::parse(auth.trim_end_matches('=')).ok_or(none)?,
            },
            PushEndpoint::Apns { token, topic, sandbox } => {
                let environment =
                    if sandbox { core::ApnsEnvironment::Sandbox } else { core::ApnsEnvironment::Production };
                Self::Apns { token, topic, environment }
            }
            PushEndpoint::Fcm { token } => Self::Fcm { token },
        })
    }
}

impl PairingStarted {
    pub(crate) fn from_core(started: core::PairingStarted, lang: Lang) -> Self {
        Self {
            account: Account::from_core(started.account, lang),
            code: started.code,
            expires_at: date(started.expires),
        }
    }
}
