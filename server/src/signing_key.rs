//! A tenant's signing key: P-256, signs approval requests.

use countersign_protocol::key::{KeyId, PublicKey};
use countersign_protocol::statement::Signer;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use zeroize::Zeroizing;

/// A signing key that can sign. Where it rests, it is PKCS #8 (RFC 5958), sealed.
#[derive(Debug)]
pub struct SigningKey {
    pair: EcdsaKeyPair,
    public: PublicKey,
    kid: KeyId,
    random: SystemRandom,
}

/// These bytes are no P-256 key in PKCS #8. What they are instead is not said: they may be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signing key is not a P-256 key in PKCS #8")]
pub struct BadSigningKey;

impl SigningKey {
    /// A new key, and its PKCS #8, to be sealed and stored.
    #[must_use]
    #[expect(
        clippy::panic,
        reason = "without randomness no key may be made; one request ends, nothing fails open"
    )]
    pub fn generate() -> (Self, Zeroizing<Vec<u8>>) {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &ring_random());
        let pkcs8 = made.map(|document| Zeroizing::new(document.as_ref().to_vec()));
        match pkcs8.ok().and_then(|pkcs8| Some((Self::from_pkcs8(&pkcs8).ok()?, pkcs8))) {
            Some(key) => key,
            None => panic!("the operating system gives no randomness"),
        }
    }

    /// From PKCS #8 with the public key in it, as [`Self::generate`] makes it.
    ///
    /// # Errors
    /// [`BadSigningKey`].
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, BadSigningKey> {
        let random = ring_random();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &random)
            .map_err(|_| BadSigningKey)?;
        let public = PublicKey::from_sec1(pair.public_key().as_ref()).ok_or(BadSigningKey)?;
        let kid = public.id();
        Ok(Self { pair, public, kid, random })
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }
}

impl Signer for SigningKey {
    fn kid(&self) -> KeyId {
        self.kid
    }

    #[expect(
        clippy::panic,
        reason = "without randomness nothing is signed; one request ends, nothing fails open"
    )]
    fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signed = self.pair.sign(&self.random, message).ok();
        match signed.and_then(|signature| signature.as_ref().try_into().ok()) {
            Some(signature) => signature,
            None => panic!("the operating system gives no randomness to sign with"),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "ring signs and makes keys only with its own random source, which nothing can stand in for"
)]
fn ring_random() -> SystemRandom {
    SystemRandom::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_signs_its_public_half_verifies() {
        let (key, pkcs8) = SigningKey::generate();
        let signature = key.sign(b"message");
        assert!(key.public_key().verifies(b"message", &signature));
        assert!(!key.public_key().verifies(b"massage", &signature));
        assert_eq!(key.kid(), key.public_key().id());

        let again = SigningKey::from_pkcs8(&pkcs8).unwrap();
        assert_eq!(again.public_key(), key.public_key());
        assert!(key.public_key().verifies(b"more", &again.sign(b"more")));
    }

    #[test]
    fn two_keys_are_two_keys() {
        let (one, other) = (SigningKey::generate().0, SigningKey::generate().0);
        assert!(one.kid() != other.kid());
        assert!(!other.public_key().verifies(b"message", &one.sign(b"message")));
    }

    #[test]
    fn other_bytes_are_no_key() {
        let (_, mut pkcs8) = SigningKey::generate();
        assert_eq!(SigningKey::from_pkcs8(b"").err(), Some(BadSigningKey));
        assert_eq!(SigningKey::from_pkcs8(&pkcs8[1..]).err(), Some(BadSigningKey));
        // The last bytes are the public key: one that is not the private key's is refused.
        *pkcs8.last_mut().unwrap() ^= 1;
        assert_eq!(SigningKey::from_pkcs8(&pkcs8).err(), Some(BadSigningKey));
    }

    #[test]
    fn the_private_half_is_not_shown() {
        let (key, pkcs8) = SigningKey::generate();
        let shown = format!("{key:?}");
        // ring's PKCS #8 for P-256 holds the 32 bytes of the private key from byte 36 on.
        let private: String = pkcs8[36..68].iter().map(|b| format!("{b:02x}")).collect();
        assert!(!shown.contains(&private) && !shown.contains(&format!("{:?}", &pkcs8[36..68])), "{shown}");
    }
}
