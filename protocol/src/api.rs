//! The phone's HTTP interface: paths, bodies, error codes. Bodies are JSON.
//!
//! | method and path | authentication | body | answer |
//! |---|---|---|---|
//! | `POST /device/v1/pairings/{id}` | the claim itself | [`ClaimBody`] | [`ClaimAnswer`] |
//! | `GET /device/v1` | call | | [`DeviceAnswer`] |
//! | `DELETE /device/v1` | call | | [`RemovedAnswer`] |
//! | `PUT /device/v1/name` | call | [`NameBody`] | [`DeviceAnswer`] |
//! | `GET /device/v1/requests` | call | | [`RequestsAnswer`] |
//! | `GET /device/v1/requests/{login}` | call | | [`RequestAnswer`] |
//! | `POST /device/v1/requests/{login}/decision` | call | [`DecisionBody`] | [`DecisionAnswer`] |
//! | `PUT /device/v1/push` | call | [`PushBody`] | [`PushAnswer`] |
//! | `GET /device/v1/events` | call | | a stream of events, see [`event`] |
//!
//! A wake asks for `GET /device/v1/requests`; what that list does not hold any more is over, and its popup
//! is put away. `GET /device/v1/requests/{login}` says that a person looks at it.
//!
//! Each request may name its app, see [`crate::app`]. Every error is a [`Problem`] (RFC 9457), `application/problem+json`.

use serde::{Deserialize, Serialize};

use crate::attestation::Attestation;
use crate::ids::{DeviceId, LoginId, PairingId, TenantId, UserId};
use crate::key::Jwk;
use crate::time::NumericDate;

/// The paths, shared by the server's router and the phone's core.
pub mod path {
    use super::{LoginId, PairingId};

    /// The device itself.
    pub const DEVICE: &str = "/device/v1";
    /// The pending approval requests.
    pub const REQUESTS: &str = "/device/v1/requests";

    /// The device's name.
    pub const NAME: &str = "/device/v1/name";
    /// Where this device's wakes go.
    pub const PUSH: &str = "/device/v1/push";
    /// What happens while the app is open.
    pub const EVENTS: &str = "/device/v1/events";

    /// Where a pairing is claimed.
    #[must_use]
    pub fn pairing(id: PairingId) -> String {
        format!("/device/v1/pairings/{id}")
    }

    /// One approval request.
    #[must_use]
    pub fn request(login: LoginId) -> String {
        format!("{REQUESTS}/{login}")
    }

    /// Where it is decided.
    #[must_use]
    pub fn decision(login: LoginId) -> String {
        format!("{REQUESTS}/{login}/decision")
    }
}

/// The events of `GET /device/v1/events` (`text/event-stream`). None carries data: the phone asks for its
/// requests and takes that answer for the truth. The first [`event::CHANGED`] comes at once.
pub mod event {
    /// What waits for an answer may have changed.
    pub const CHANGED: &str = "changed";
    /// Nothing happened: sent every 15 seconds, so that a phone notices a connection that is dead.
    pub const BEAT: &str = "beat";
    /// The server stops, or newer streams of the user's phones took this one's place: connect again, after
    /// a pause.
    pub const RECONNECT: &str = "reconnect";
}

/// Claims a pairing: the same [`crate::pairing::PairingClaim`], signed by each key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimBody {
    /// Signed by the device key.
    pub device: String,
    /// Signed by the approval key.
    pub approval: String,
    /// What the phone's maker says of the keys; both statements name its digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
}

/// The pairing is claimed; the user has yet to type the code into the browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClaimAnswer {
    /// The new device's id.
    pub device: DeviceId,
    /// Whose device it is.
    pub user: UserId,
    /// In which tenant.
    pub tenant: TenantId,
    /// The tenant's name, for people.
    pub tenant_name: String,
    /// The user's sign-in name, for people.
    pub account: String,
    /// The tenant's key. Its thumbprint must be the one in the pairing link.
    pub server_key: Jwk,
    /// Six digits, shown by the phone and typed into the browser.
    pub code: String,
    /// Until when they can be typed.
    pub exp: NumericDate,
}

/// A device as the server knows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeviceAnswer {
    /// Its id.
    pub device: DeviceId,
    /// Its state.
    pub state: DeviceState,
    /// Its name, for people.
    pub name: String,
    /// The user's sign-in name.
    pub account: String,
    /// The tenant's name.
    pub tenant_name: String,
    /// Whether wakes reach it.
    #[serde(default)]
    pub push: PushState,
    /// The tenant's colour, as `#rrggbb`, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// Where the tenant's picture is, if it has one: an address on the same server. PNG, JPEG or WebP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
}

/// Gives the device another name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameBody {
    /// The name, for people. What is too long is cut.
    pub name: String,
}

/// The device is removed: nothing more is known of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RemovedAnswer {}

/// Whether a device's wakes have somewhere to go.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushState {
    /// They have.
    Working,
    /// The push service said that the endpoint is no more: register a new one.
    Lost,
    /// The phone named no endpoint: it pulls. Also what older servers mean by saying nothing.
    #[default]
    None,
}

/// Says where this device's wakes go from now on: in place of what was said before, unless that was
/// signed later.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushBody {
    /// The endpoint; null for a phone that only pulls from now on.
    pub push: Option<crate::pairing::PushEndpoint>,
}

/// Where wakes go now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PushAnswer {
    /// Whether wakes reach the device. [`PushState::None`] also if this server has no way to the push
    /// service that was named.
    pub push: PushState,
}

/// Where a device stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Claimed; the code has not been typed yet. It can do nothing but ask for its state.
    Unconfirmed,
    /// Approvals count.
    Active,
}

/// What waits for this device's answer, newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RequestsAnswer {
    /// Each a signed [`crate::approval::ApprovalRequest`].
    pub requests: Vec<RequestAnswer>,
}

/// One approval request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RequestAnswer {
    /// The compact JWS of an [`crate::approval::ApprovalRequest`].
    pub request: String,
}

/// Decides.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionBody {
    /// The compact JWS of a [`crate::approval::DecisionStatement`].
    pub decision: String,
}

/// What became of the login.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DecisionAnswer {
    /// How it ended.
    pub outcome: Outcome,
}

/// How a decision ended a login.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// An error, as RFC 9457 shapes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// What happened, for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened, for programs.
    pub code: ErrorCode,
    /// What to do about it, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The server's clock, with [`ErrorCode::ClockSkew`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<NumericDate>,
}

/// What happened, for programs. Stable; new ones may be added, and read as [`ErrorCode::Other`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The body is not what this path takes.
    BadRequest,
    /// The call's statement is missing or refused.
    BadCall,
    /// The call's `iat` is too far from the server's clock, which `now` tells.
    ClockSkew,
    /// The call was seen before.
    Replayed,
    /// No such device any more: pair again.
    UnknownDevice,
    /// The six-digit code has not been typed into the browser yet.
    DeviceUnconfirmed,
    /// The pairing does not exist, is over, or the secret is wrong.
    PairingOver,
    /// This tenant takes only phones that keep their keys in hardware.
    HardwareKeysRequired,
    /// This tenant takes only phones whose maker attests where they keep their keys.
    AttestationRequired,
    /// This tenant lets no phone's passcode approve: the approval key has to be unlocked by a biometric.
    DevicePasscodeNotAllowed,
    /// The decision's statement is refused.
    BadDecision,
    /// No such approval request for this device.
    UnknownRequest,
    /// The login was answered already, by this or another phone.
    AlreadyDecided,
    /// The login's time is over.
    Expired,
    /// This server takes newer versions of this app only. Decisions are taken from any.
    AppTooOld,
    /// No such path, or no such server name.
    NotFound,
    /// Too many at once: try again in a moment.
    Busy,
    /// The server's fault; try again.
    Internal,
    /// A code that this version does not know.
    #[serde(other)]
    Other,
}
