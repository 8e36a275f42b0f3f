//! What browsers hold: secrets whose hashes are in the database.

use std::fmt;

use countersign_protocol::bytes::{Bytes, Digest, sha256};
use countersign_protocol::ids::{LoginId, PairingId};
use countersign_protocol::random::{self, Random};
use uuid::Uuid;

/// 256 bits that stand for a session or a trusted browser. Never shown by Debug.
#[derive(Clone)]
pub struct Token(Bytes<32>);

impl Token {
    /// A new one.
    pub fn new(random: &dyn Random) -> Self {
        Self(Bytes(random::bytes(random)))
    }

    /// From a cookie's value.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Bytes::parse(text).map(Self)
    }

    /// The cookie's value.
    #[must_use]
    pub fn reveal(&self) -> String {
        self.0.to_string()
    }

    /// What the database holds.
    #[must_use]
    pub fn hash(&self) -> Digest {
        sha256(self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// Ties a login to the browser that started it: `id.secret`.
#[derive(Clone, Debug)]
pub struct LoginCookie {
    /// Which login.
    pub login: LoginId,
    /// The secret.
    pub secret: Token,
}

impl LoginCookie {
    /// From a cookie's value.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.split_once('.')?;
        Some(Self { login: id.parse().ok()?, secret: Token::parse(secret)? })
    }

    /// The cookie's value.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{}.{}", self.login, self.secret.reveal())
    }
}

/// Lets the browser that was offered a pairing show its link again: `id.secret`.
#[derive(Clone, Debug)]
pub struct PairingCookie {
    /// Which pairing.
    pub pairing: PairingId,
    /// The link's secret.
    pub secret: Bytes<16>,
}

impl PairingCookie {
    /// From a cookie's value.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.split_once('.')?;
        Some(Self { pairing: id.parse().ok()?, secret: Bytes::parse(secret)? })
    }

    /// The cookie's value.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{}.{}", self.pairing, self.secret)
    }
}

/// One half of a recovery, in a mail's link or in the cookie of the browser that asked: `id.secret`.
#[derive(Clone, Debug)]
pub struct RecoveryLink {
    /// Which recovery.
    pub id: Uuid,
    /// The secret.
    pub secret: Token,
}

impl RecoveryLink {
    /// From a link or a cookie's value.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.split_once('.')?;
        Some(Self { id: id.parse().ok()?, secret: Token::parse(secret)? })
    }

    /// What a link or a cookie says.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{}.{}", self.id, self.secret.reveal())
    }
}
