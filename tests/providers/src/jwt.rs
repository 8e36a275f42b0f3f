//! Compact JWS, as far as both services need it.

use countersign_protocol::bytes::from_base64url;
use serde_json::{Map, Value};

/// A token, taken apart but not believed.
pub(crate) struct Jwt<'a> {
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    /// What was signed.
    pub(crate) input: &'a str,
    pub(crate) signature: Vec<u8>,
}

impl<'a> Jwt<'a> {
    pub(crate) fn parse(token: &'a str) -> Option<Self> {
        let (input, signature) = token.rsplit_once('.')?;
        let (header, claims) = input.split_once('.')?;
        let object = |part| serde_json::from_slice(&from_base64url(part)?).ok();
        let signature = from_base64url(signature)?;
        Some(Self { header: object(header)?, claims: object(claims)?, input, signature })
    }

    pub(crate) fn text(of: &Map<String, Value>, name: &str) -> Option<String> {
        of.get(name)?.as_str().map(str::to_owned)
    }

    pub(crate) fn number(&self, claim: &str) -> Option<i64> {
        self.claims.get(claim)?.as_i64()
    }
}
