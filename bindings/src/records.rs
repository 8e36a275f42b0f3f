//! What is shown, and what the app hands in.

use std::time::SystemTime;

use countersign_mobile_core as core;
use countersign_mobile_core::{Lang, texts};
use countersign_protocol::bytes::Bytes;

use crate::border::{date, timestamp};
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

/// An approval request whose signature and addressee were checked: everything that is shown of it.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct PendingRequest {
    /// Which login: the request's id.
    pub login: String,
    /// The account's id on this phone.
    pub account_id: String,
    /// The user's sign-in name.
    pub account: String,
    /// The tenant's name.
    pub tenant_name: String,
    /// The server.
    pub origin: String,
    /// What is signed in to.
    pub application: String,
    /// The browser's name.
    pub browser: String,
    /// The browser's system.
    pub system: String,
    /// The browser's network address.
    pub address: String,
    /// Where that is, in the app's language.
    pub place: String,
    /// When it was asked, by the phone's clock.
    pub asked_at: SystemTime,
    /// Until when it can be answered, by the phone's clock.
    pub expires_at: SystemTime,
    /// Of how many digits the number is that has to be typed; none where a tap is enough.
    pub number_digits: Option<u8>,
    /// What is asked, as a headline: whether this is them signing in, or making a change.
    pub question: String,
    /// The request in one sentence, for screen readers.
    pub spoken: String,
    /// The request as received; it is checked again when it is answered.
    pub signed: String,
}

/// What waits for an answer.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct Pending {
    /// Newest first.
    pub requests: Vec<PendingRequest>,
    /// The accounts of which it is not known, or not entirely.
    pub unreached: Vec<Unreached>,
}

/// An account that could not be asked, or whose answer was refused.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct Unreached {
    /// The account's id.
    pub account_id: String,
    /// Why, and what to do.
    pub error: CountersignError,
}

/// How a decision ended a login.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum Outcome {
    /// The browser may go on.
    Approved,
    /// It may not.
    Denied,
    /// It may not, and the report is noted.
    Reported,
    /// The number was wrong, and the login is over.
    WrongNumber,
}

/// A decision that reached the server.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct Answered {
    /// How it ended the login.
    pub outcome: Outcome,
    /// What follows, for the person.
    pub sentence: String,
}

/// A popup that the phone shows, as much of it as the app has to remember.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct Popup {
    /// Which login it is about.
    pub login: String,
    /// The account's id on this phone.
    pub account_id: String,
    /// Until when it can be answered, by the phone's clock.
    pub expires_at: SystemTime,
}

/// Why a popup is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum Over {
    /// Answered on another phone, or settled in another way.
    Settled,
    /// Its time ran out.
    Expired,
}

/// A popup to be put away.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct Withdrawn {
    /// Which.
    pub popup: Popup,
    /// Why.
    pub why: Over,
}

/// What to do about popups.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct PopupChanges {
    /// Requests without a popup, newest first. After a wake they get one; otherwise the app's list is enough.
    pub show: Vec<PendingRequest>,
    /// Popups without a request.
    pub withdraw: Vec<Withdrawn>,
    /// A popup's first line. It names nobody: popups lie on locked screens.
    pub title: String,
    /// A popup's second line: how many wait, where it is more than one.
    pub body: String,
    /// All that waits, as `pending()` has it.
    pub pending: Pending,
}

/// The phone's clock is wrong.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct ClockSkew {
    /// How far it is ahead, in seconds; behind, where negative.
    pub ahead_seconds: i64,
    /// What it leads to and what to do about it, for the person.
    pub sentence: String,
}

/// A page that explains something once.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct Explanation {
    /// Its headline.
    pub title: String,
    /// What it says.
    pub body: String,
    /// What leads on.
    pub button: String,
}

impl Account {
    pub(crate) fn from_core(account: core::Account, lang: Lang) -> Self {
        Self {
            id: account.id,
            origin: account.origin,
            tenant_name: account.tenant_name,
            account: account.account,
            colour: account.colour,
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

impl PendingRequest {
    pub(crate) fn from_core(request: core::PendingRequest, lang: Lang) -> Self {
        Self {
            question: texts::question(request.purpose, lang),
            spoken: texts::spoken_request(&request, lang),
            login: request.login.to_string(),
            account_id: request.account_id,
            account: request.account,
            tenant_name: request.tenant_name,
            origin: request.origin,
            application: request.application,
            browser: request.browser,
            system: request.system,
            address: request.address,
            place: texts::place(&request.place, lang),
            asked_at: date(request.asked_at),
            expires_at: date(request.expires_at),
            number_digits: match request.mode {
                core::Mode::Tap => None,
                core::Mode::Number { digits } => Some(digits),
            },
            signed: request.signed,
        }
    }
}

/// Only the account and the signed request count; the rest was for people.
impl TryFrom<PendingRequest> for core::PendingRequest {
    type Error = core::Error;

    fn try_from(request: PendingRequest) -> Result<Self, core::Error> {
        Ok(Self {
            login: login(&request.login)?,
            account_id: request.account_id,
            account: request.account,
            tenant_name: request.tenant_name,
            origin: request.origin,
            application: request.application,
            browser: request.browser,
            system: request.system,
            address: request.address,
            place: core::Place::Named(request.place),
            asked_at: timestamp(request.asked_at),
            expires_at: timestamp(request.expires_at),
            mode: request.number_digits.map_or(core::Mode::Tap, |digits| core::Mode::Number { digits }),
            purpose: core::Purpose::default(),
            signed: request.signed,
        })
    }
}

/// A login's id as the app kept it.
pub(crate) fn login(text: &str) -> Result<core::LoginId, core::Error> {
    text.parse().map_err(|_| core::Reason::UnknownRequest.into())
}

impl Pending {
    pub(crate) fn from_core(pending: core::Pending, lang: Lang) -> Self {
        let unreached = |core::Unreached { account_id, error }| Unreached {
            account_id,
            error: CountersignError::from_core(&error, lang),
        };
        Self {
            requests: pending
                .requests
                .into_iter()
                .map(|each| PendingRequest::from_core(each, lang))
                .collect(),
            unreached: pending.unreached.into_iter().map(unreached).collect(),
        }
    }
}

impl Answered {
    pub(crate) fn from_core(outcome: core::Outcome, lang: Lang) -> Self {
        Self {
            outcome: match outcome {
                core::Outcome::Approved => Outcome::Approved,
                core::Outcome::Denied => Outcome::Denied,
                core::Outcome::Reported => Outcome::Reported,
                core::Outcome::WrongNumber => Outcome::WrongNumber,
            },
            sentence: texts::outcome(outcome, lang),
        }
    }
}

impl From<core::Popup> for Popup {
    fn from(popup: core::Popup) -> Self {
        Self {
            login: popup.login.to_string(),
            account_id: popup.account_id,
            expires_at: date(popup.expires_at),
        }
    }
}

/// None for a popup whose login is no login's id: the core never gave it out.
impl Popup {
    pub(crate) fn into_core(self) -> Option<core::Popup> {
        let expires_at = timestamp(self.expires_at);
        Some(core::Popup { login: self.login.parse().ok()?, account_id: self.account_id, expires_at })
    }
}

impl From<core::Withdrawn> for Withdrawn {
    fn from(withdrawn: core::Withdrawn) -> Self {
        let why = match withdrawn.why {
            core::Over::Settled => Over::Settled,
            core::Over::Expired => Over::Expired,
        };
        Self { popup: withdrawn.popup.into(), why }
    }
}
