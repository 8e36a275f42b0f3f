//! Message encryption for Web Push (RFC 8291), in one record of aes128gcm (RFC 8188).
//!
//! Each message has a key pair and a salt of its own. What goes over the wire:
//!
//! ```text
//! salt (16) | record size (4) | key length (1) | sender's public key (65) | ciphertext and tag
//! ```

use countersign_protocol::random::{self, Random};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::error::Unspecified;
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};

/// The only record is the last; push services need not take more than this (RFC 8291, section 4).
const RECORD_SIZE: u16 = 4096;
/// Salt, record size, key length and public key.
const HEADER_LENGTH: usize = 16 + 4 + 1 + 65;
/// Ends the last record (RFC 8188, section 2).
const LAST_RECORD: u8 = 2;
/// The longest plaintext, in bytes: what the header, the delimiter and the tag leave of 4096.
pub(super) const MAX_PLAINTEXT: usize = RECORD_SIZE as usize - HEADER_LENGTH - 1 - 16;

/// Why a message was not encrypted. None of these says anything of keys or message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum EncryptError {
    /// Longer than [`MAX_PLAINTEXT`].
    #[error("the message is too long for a push service")]
    TooLong,
    /// Most likely the phone's key is not a point on P-256: ring does not say what it dislikes, and all
    /// else that it could is of our own making.
    #[error("the message cannot be encrypted to the phone's key")]
    BadKey,
}

impl From<Unspecified> for EncryptError {
    fn from(_: Unspecified) -> Self {
        Self::BadKey
    }
}

/// Encrypts `plaintext` for the phone that has the private key of `p256dh` and knows `auth`.
///
/// # Errors
/// [`EncryptError`].
pub(super) fn encrypt(
    p256dh: &[u8; 65],
    auth: &[u8; 16],
    plaintext: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, EncryptError> {
    if plaintext.len() > MAX_PLAINTEXT {
        return Err(EncryptError::TooLong);
    }
    let salt = random::bytes(random);
    let (private, public) = ephemeral_key()?;
    let phone = UnparsedPublicKey::new(&ECDH_P256, p256dh);
    let keys = agree_ephemeral(private, &phone, |ecdh_secret| {
        derive_keys(ecdh_secret, auth, p256dh, &public, &salt)
    })??;
    Ok(seal(&keys, &salt, &public, plaintext)?)
}

#[expect(clippy::disallowed_methods, reason = "ring makes keys for ECDH from its own random source alone")]
fn ephemeral_key() -> Result<(EphemeralPrivateKey, [u8; 65]), Unspecified> {
    let private = EphemeralPrivateKey::generate(&ECDH_P256, &ring::rand::SystemRandom::new())?;
    let public = private.compute_public_key()?.as_ref().try_into().map_err(|_| Unspecified)?;
    Ok((private, public))
}

/// What encrypts one message.
struct MessageKeys {
    key: [u8; 16],
    nonce: [u8; 12],
}

/// RFC 8291, section 3.4.
fn derive_keys(
    ecdh_secret: &[u8],
    auth: &[u8; 16],
    phone: &[u8; 65],
    sender: &[u8; 65],
    salt: &[u8; 16],
) -> Result<MessageKeys, Unspecified> {
    let input: [u8; 32] = hkdf(auth, ecdh_secret, &[b"WebPush: info\0", phone, sender])?;
    Ok(MessageKeys {
        key: hkdf(salt, &input, &[b"Content-Encoding: aes128gcm\0"])?,
        nonce: hkdf(salt, &input, &[b"Content-Encoding: nonce\0"])?,
    })
}

/// HKDF with SHA-256 (RFC 5869), extract and expand.
fn hkdf<const N: usize>(salt: &[u8], input: &[u8], info: &[&[u8]]) -> Result<[u8; N], Unspecified> {
    let mut out = [0; N];
    Salt::new(HKDF_SHA256, salt).extract(input).expand(info, Length(N))?.fill(&mut out)?;
    Ok(out)
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// RFC 8188, section 2: header and the one record.
fn seal(
    keys: &MessageKeys,
    salt: &[u8; 16],
    sender: &[u8; 65],
    plaintext: &[u8],
) -> Result<Vec<u8>, Unspecified> {
    let mut record = Vec::with_capacity(plaintext.len() + 1 + AES_128_GCM.tag_len());
    record.extend_from_slice(plaintext);
    record.push(LAST_RECORD);
    LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &keys.key)?).seal_in_place_append_tag(
        Nonce::assume_unique_for_key(keys.nonce),
        Aad::empty(),
        &mut record,
    )?;

    let mut message = Vec::with_capacity(HEADER_LENGTH + record.len());
    message.extend_from_slice(salt);
    message.extend_from_slice(&u32::from(RECORD_SIZE).to_be_bytes());
    message.push(65); // the length of an uncompressed P-256 point
    message.extend_from_slice(sender);
    message.extend_from_slice(&record);
    Ok(message)
}

/// A phone that shares no code with the sender beyond AES-GCM and HMAC: ECDH by `p256`, HKDF spelt out.
#[cfg(test)]
pub(super) mod receiver {
    use p256::elliptic_curve::sec1::ToSec1Point;
    use ring::{aead, hmac};

    /// A subscription with its private key.
    pub(crate) struct Receiver {
        private: p256::SecretKey,
        auth: [u8; 16],
    }

    impl Receiver {
        pub(crate) fn new(private: &[u8], auth: [u8; 16]) -> Self {
            Self { private: p256::SecretKey::from_slice(private).unwrap(), auth }
        }

        pub(crate) fn p256dh(&self) -> [u8; 65] {
            self.private.public_key().to_sec1_point(false).as_bytes().try_into().unwrap()
        }

        pub(crate) fn auth(&self) -> [u8; 16] {
            self.auth
        }

        pub(crate) fn ecdh_secret(&self, other: &[u8]) -> Vec<u8> {
            let other = p256::PublicKey::from_sec1_bytes(other).unwrap();
            p256::ecdh::diffie_hellman(self.private.to_nonzero_scalar(), other.as_affine())
                .raw_secret_bytes()
                .to_vec()
        }

        /// Opens a message as RFC 8291 and RFC 8188 tell a user agent to.
        pub(crate) fn open(&self, message: &[u8]) -> Option<Vec<u8>> {
            let (salt, rest) = message.split_at(16);
            let (record_size, rest) = rest.split_at(4);
            assert_eq!(record_size, 4096_u32.to_be_bytes());
            assert_eq!(rest[0], 65, "the key's length");
            let (sender, record) = rest[1..].split_at(65);

            let mac = |key: &[u8], parts: &[&[u8]]| {
                let key = hmac::Key::new(hmac::HMAC_SHA256, key);
                hmac::sign(&key, &parts.concat()).as_ref().to_vec()
            };
            let prk_key = mac(&self.auth, &[&self.ecdh_secret(sender)]);
            let input = mac(&prk_key, &[b"WebPush: info\0", &self.p256dh(), sender, &[1]]);
            let prk = mac(salt, &[&input]);
            let key = mac(&prk, &[b"Content-Encoding: aes128gcm\0\x01"]);
            let nonce = mac(&prk, &[b"Content-Encoding: nonce\0\x01"]);

            let key = aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_128_GCM, &key[..16]).unwrap());
            let nonce = aead::Nonce::try_assume_unique_for_key(&nonce[..12]).unwrap();
            let mut record = record.to_vec();
            let plain = key.open_in_place(nonce, aead::Aad::empty(), &mut record).ok()?;
            plain.strip_suffix(&[2]).map(<[u8]>::to_vec)
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::bytes::{from_base64url, to_base64url};
    use countersign_protocol::random::SystemRandom;

    use super::receiver::Receiver;
    use super::*;

    // RFC 8291, appendix A.
    const PLAINTEXT: &[u8] = b"When I grow up, I want to be a watermelon";
    const AS_PUBLIC: &str =
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
    const AS_PRIVATE: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    const UA_PUBLIC: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const UA_PRIVATE: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
    const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const ECDH_SECRET: &str = "kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs";
    const IKM: &str = "S4lYMb_L0FxCeq0WhDx813KgSYqU26kOyzWUdsXYyrg";
    const CEK: &str = "oIhVW04MRdy2XN9CiKLxTg";
    const NONCE: &str = "4h_95klXJ5E_qnoN";
    const MESSAGE: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmY\
                           WAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexS\
                           gSxsj_Qulcy4a-fN";

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        from_base64url(text).unwrap().try_into().unwrap()
    }

    #[test]
    fn keys_are_those_of_the_rfc() {
        let sender = Receiver::new(&bytes::<32>(AS_PRIVATE), bytes(AUTH));
        let phone = Receiver::new(&bytes::<32>(UA_PRIVATE), bytes(AUTH));
        assert_eq!(to_base64url(sender.p256dh()), AS_PUBLIC);
        assert_eq!(to_base64url(phone.p256dh()), UA_PUBLIC);
        let secret = sender.ecdh_secret(&phone.p256dh());
        assert_eq!(to_base64url(&secret), ECDH_SECRET);

        let info: [&[u8]; 3] = [b"WebPush: info\0", &phone.p256dh(), &sender.p256dh()];
        assert_eq!(to_base64url(hkdf::<32>(&phone.auth(), &secret, &info).unwrap()), IKM);
        let keys =
            derive_keys(&secret, &phone.auth(), &phone.p256dh(), &sender.p256dh(), &bytes(SALT)).unwrap();
        assert_eq!(to_base64url(keys.key), CEK);
        assert_eq!(to_base64url(keys.nonce), NONCE);
    }

    #[test]
    fn the_message_is_that_of_the_rfc() {
        let keys = MessageKeys { key: bytes(CEK), nonce: bytes(NONCE) };
        let message = seal(&keys, &bytes(SALT), &bytes(AS_PUBLIC), PLAINTEXT).unwrap();
        assert_eq!(to_base64url(&message), MESSAGE);
        let phone = Receiver::new(&bytes::<32>(UA_PRIVATE), bytes(AUTH));
        assert_eq!(phone.open(&message).as_deref(), Some(PLAINTEXT));
    }

    #[test]
    fn another_implementation_opens_what_was_encrypted() {
        let random = SystemRandom::new();
        let phone = Receiver::new(&bytes::<32>(UA_PRIVATE), bytes(AUTH));
        for length in [0, 1, 32, MAX_PLAINTEXT] {
            let plaintext = vec![b'x'; length];
            let message = encrypt(&phone.p256dh(), &phone.auth(), &plaintext, &random).unwrap();
            assert_eq!(phone.open(&message), Some(plaintext));
        }
    }

    #[test]
    fn nobody_else_opens_it_and_no_two_are_alike() {
        let random = SystemRandom::new();
        let phone = Receiver::new(&bytes::<32>(UA_PRIVATE), bytes(AUTH));
        let wrong_key = Receiver::new(&bytes::<32>(AS_PRIVATE), bytes(AUTH));
        let wrong_auth = Receiver::new(&bytes::<32>(UA_PRIVATE), [0; 16]);
        let encrypt = || encrypt(&phone.p256dh(), &phone.auth(), b"wake", &random).unwrap();
        let (first, second) = (encrypt(), encrypt());
        assert_ne!(first[..16], second[..16], "salts");
        assert_ne!(first[21..86], second[21..86], "keys");
        assert_eq!(wrong_key.open(&first), None);
        assert_eq!(wrong_auth.open(&first), None);
        let mut changed = first;
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(phone.open(&changed), None);
    }

    #[test]
    fn bad_keys_and_long_messages_are_refused() {
        let random = SystemRandom::new();
        let phone = Receiver::new(&bytes::<32>(UA_PRIVATE), bytes(AUTH));
        let mut off_the_curve = phone.p256dh();
        off_the_curve[64] ^= 1;
        for key in [off_the_curve, [0; 65], [4; 65]] {
            assert_eq!(encrypt(&key, &phone.auth(), b"wake", &random), Err(EncryptError::BadKey));
        }
        let long = vec![0; MAX_PLAINTEXT + 1];
        assert_eq!(encrypt(&phone.p256dh(), &phone.auth(), &long, &random), Err(EncryptError::TooLong));
        let longest = encrypt(&phone.p256dh(), &phone.auth(), &long[1..], &random).unwrap();
        assert_eq!(longest.len(), 4096);
    }
}
