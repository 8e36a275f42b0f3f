//! The key that short codes are hashed with: whoever reads the database and not this key cannot find a code
//! of six digits by trying them all.

use std::fmt;

use countersign_protocol::bytes::{Bytes, Digest};
use ring::hmac;
use uuid::Uuid;

/// HMAC-SHA-256 (RFC 2104) under a key of the server's own, which lies in the database sealed.
#[derive(Clone)]
pub struct CodeKey(hmac::Key);

impl CodeKey {
    /// From 32 random bytes.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The hash of a code, for one purpose and one owner: the same code of another gives another hash.
    #[must_use]
    pub fn hash(&self, purpose: &'static str, owner: Uuid, code: &str) -> Digest {
        let mut context = hmac::Context::with_key(&self.0);
        for part in [purpose.as_bytes(), &[0], owner.as_bytes(), code.as_bytes()] {
            context.update(part);
        }
        let mut digest = Bytes([0; 32]);
        digest.0.copy_from_slice(context.sign().as_ref());
        digest
    }
}

impl fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeKey")
    }
}
