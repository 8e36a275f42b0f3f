//! Approval requests and their answers.

use std::time::SystemTime;

use countersign_mobile_core as core;
use countersign_mobile_core::{Lang, texts};

use crate::border::{date, timestamp};
use crate::error::CountersignError;

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
