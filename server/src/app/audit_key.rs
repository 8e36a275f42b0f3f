//! The key that the ends of audit chains are sealed with: whoever writes to the database and has not this key can
//! make no end that is believed.

use std::fmt;

use countersign_protocol::bytes::{Bytes, Digest};
use countersign_protocol::ids::TenantId;
use ring::hmac;

use crate::domain::audit::chain::Head;
use crate::store::audit_chain::SealedHead;

/// HMAC-SHA-256 (RFC 2104) under a key of the server's own, which lies in the database sealed.
#[derive(Clone)]
pub struct AuditKey(hmac::Key);

impl AuditKey {
    /// From 32 random bytes.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The seal of a chain's end.
    pub(super) fn seal(&self, tenant: TenantId, head: &Head) -> Digest {
        let mut seal = Bytes([0; 32]);
        seal.0.copy_from_slice(hmac::sign(&self.0, &head.to_be_sealed(tenant)).as_ref());
        seal
    }

    /// Whether a chain's end was sealed with this key, for this tenant.
    pub(super) fn sealed(&self, tenant: TenantId, end: &SealedHead) -> bool {
        hmac::verify(&self.0, &end.head.to_be_sealed(tenant), &end.seal.0).is_ok()
    }
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditKey")
    }
}
