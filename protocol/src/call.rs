//! A call: the phone's authentication of one HTTP request. There are no bearer tokens.
//!
//! The idea is that of RFC 9449 (DPoP): method, URL and body are signed, so that a captured call is
//! good for nothing else, and its `jti` makes it good only once. It travels in the header
//! `authorization: Countersign <statement>`.

use serde::{Deserialize, Serialize};

use crate::bytes::{Digest, StatementId};
use crate::ids::DeviceId;
use crate::statement::{Statement, Typ};
use crate::time::NumericDate;

/// How far a call's `iat` may lie from the server's clock, in seconds, either way.
pub const CALL_WINDOW_SECONDS: i64 = 60;

/// The `authorization` scheme, with the space after it.
pub const SCHEME: &str = "Countersign ";

/// `countersign-call+jwt`: signed by the device key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The device that calls.
    pub iss: DeviceId,
    /// The HTTP method, upper case.
    pub htm: String,
    /// The URL: origin and path.
    pub htu: String,
    /// SHA-256 of the body; of nothing where there is none.
    pub body: Digest,
    /// When it was signed.
    pub iat: NumericDate,
    /// Its own id, used once.
    pub jti: StatementId,
}

impl Statement for Call {
    const TYP: Typ = Typ::Call;
}
