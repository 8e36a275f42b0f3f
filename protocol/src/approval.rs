//! The approval request, which the server signs and the phone shows, and the decision on it.

use serde::{Deserialize, Serialize};

use crate::bytes::{Digest, Nonce, StatementId};
use crate::ids::{DeviceId, LoginId, UserId};
use crate::statement::{Statement, Typ};
use crate::time::NumericDate;

/// `countersign-request+jwt`: who asks, signed by the tenant's key. One for each device asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRequest {
    /// The server's origin.
    pub iss: String,
    /// The device that is asked.
    pub aud: DeviceId,
    /// Whose login it is.
    pub sub: UserId,
    /// Which login.
    pub login: LoginId,
    /// Used once, 256 bits.
    pub nonce: Nonce,
    /// What is signed in to, for people.
    pub application: String,
    /// The browser's name, for people.
    pub browser: String,
    /// The browser's system, for people.
    pub system: String,
    /// The browser's network address.
    pub address: String,
    /// Where that is.
    pub place: Place,
    /// When it was made.
    pub iat: NumericDate,
    /// Until when it can be answered.
    pub exp: NumericDate,
    /// SHA-256 of the secret in the login cookie: an approval is good in that browser alone.
    pub binding: Digest,
    /// How it is answered.
    pub mode: Mode,
    /// What it is for; not said where that is a sign-in.
    #[serde(default, skip_serializing_if = "Purpose::is_sign_in")]
    pub purpose: Purpose,
}

impl Statement for ApprovalRequest {
    const TYP: Typ = Typ::Request;
}

/// Where a network address is, as far as the server knows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The computer that the server runs on.
    ThisComputer,
    /// A private network (RFC 1918, RFC 4193).
    PrivateNetwork,
    /// A place by name, for people.
    Named(String),
    /// Not known.
    Unknown,
}

/// What an approval is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To sign in.
    #[default]
    SignIn,
    /// To prove again who is there, before somebody who is signed in changes something: another phone, say.
    Confirm,
}

impl Purpose {
    fn is_sign_in(&self) -> bool {
        *self == Self::SignIn
    }
}

/// How an approval request is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Mode {
    /// A tap and a biometric.
    Tap,
    /// The number that the browser shows is typed on the phone as well.
    Number {
        /// How many digits it has.
        digits: u8,
    },
}

/// `countersign-decision+jwt`: the phone's answer. Approvals are signed by the approval key and by no
/// other; denials and reports by either key, since a no must not need a face.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionStatement {
    /// The device that decides.
    pub iss: DeviceId,
    /// The server's origin: the request's `iss`.
    pub aud: String,
    /// Whose login it is.
    pub sub: UserId,
    /// Which login.
    pub login: LoginId,
    /// The request's nonce.
    pub nonce: Nonce,
    /// SHA-256 of the request, the compact JWS as received: what was shown is what is signed.
    pub request: Digest,
    /// The answer.
    pub decision: Decision,
    /// The number as typed, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// How the phone made sure of its owner.
    pub verification: UserVerification,
    /// When it was signed.
    pub iat: NumericDate,
    /// Until when it is good.
    pub exp: NumericDate,
    /// Its own id.
    pub jti: StatementId,
}

impl Statement for DecisionStatement {
    const TYP: Typ = Typ::Decision;
}

/// An answer. There is no default: what is not said is nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Let this login in.
    Approve,
    /// Do not.
    Deny,
    /// Do not, and someone else knows the password.
    Report,
}

/// How the phone made sure of its owner when it signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserVerification {
    /// Face or fingerprint.
    Biometric,
    /// The phone's passcode.
    DeviceCredential,
    /// A software key store that only pretends.
    Simulated,
    /// Not at all: enough for a denial or a report.
    None,
}
