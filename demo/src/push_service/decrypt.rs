//! What a user agent does with a push message: RFC 8291 over RFC 8188 (`aes128gcm`, one record).

use countersign_protocol::bytes::Bytes;
use countersign_protocol::random::{self, Random};
use p256::SecretKey;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf;

/// Salt, record size, length of the key id (RFC 8188, section 2.1).
const FIXED_HEADER: usize = 16 + 4 + 1;
/// The sender's key stands where RFC 8188 has the key id: an uncompressed point (RFC 8291, section 4).
const POINT: usize = 65;

/// The keys of one subscription: what the sender encrypts to.
pub(super) struct ReceiverKeys {
    secret: SecretKey,
    auth: [u8; 16],
}

/// The message cannot be read with these keys. Why is not told: it would only help who forges.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the push message cannot be decrypted")]
pub(super) struct Undecryptable;

impl ReceiverKeys {
    /// Makes new keys.
    pub(super) fn generate(random: &dyn Random) -> Self {
        loop {
            // Zero and what is beyond the curve's order are refused; the next draw is another.
            if let Ok(secret) = SecretKey::from_slice(&random::bytes::<32>(random)) {
                return Self { secret, auth: random::bytes(random) };
            }
        }
    }

    /// The public key, `p256dh`.
    pub(super) fn p256dh(&self) -> Bytes<POINT> {
        let mut out = [0; POINT];
        out.copy_from_slice(&self.secret.public_key().to_sec1_bytes());
        Bytes(out)
    }

    /// The authentication secret, `auth`.
    pub(super) fn auth(&self) -> Bytes<16> {
        Bytes(self.auth)
    }

    /// Decrypts one message.
    pub(super) fn decrypt(&self, body: &[u8]) -> Result<Vec<u8>, Undecryptable> {
        let message = Message::parse(body).ok_or(Undecryptable)?;
        let ikm = self.input_keying_material(message.sender)?;
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, message.salt).extract(&ikm);
        let key: [u8; 16] = expand(&prk, &[b"Content-Encoding: aes128gcm\0"])?;
        let nonce: [u8; 12] = expand(&prk, &[b"Content-Encoding: nonce\0"])?;

        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).map_err(|_| Undecryptable)?);
        let mut record = message.record.to_vec();
        let plain = key
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)
            .map_err(|_| Undecryptable)?;
        without_padding(plain).map(<[u8]>::to_vec).ok_or(Undecryptable)
    }

    /// RFC 8291, section 3.4: the shared secret, bound to both keys and to `auth`.
    fn input_keying_material(&self, sender: &[u8]) -> Result<[u8; 32], Undecryptable> {
        let sender_key = p256::PublicKey::from_sec1_bytes(sender).map_err(|_| Undecryptable)?;
        let shared = self.secret.diffie_hellman(&sender_key);
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &self.auth).extract(shared.raw_secret_bytes());
        expand(&prk, &[b"WebPush: info\0", &self.p256dh().0, sender])
    }
}

/// The parts of a body.
struct Message<'a> {
    salt: &'a [u8],
    sender: &'a [u8],
    record: &'a [u8],
}

impl<'a> Message<'a> {
    fn parse(body: &'a [u8]) -> Option<Self> {
        let (header, rest) = body.split_at_checked(FIXED_HEADER)?;
        let (salt, sizes) = header.split_at(16);
        let [a, b, c, d, id_length] = *sizes else { return None };
        let record_size = usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?;
        let (sender, record) = rest.split_at_checked(usize::from(id_length))?;
        // Push messages are one record: RFC 8291, section 4. 17 = delimiter and tag.
        let whole = sender.len() == POINT && record_size >= 18 && (17..=record_size).contains(&record.len());
        whole.then_some(Self { salt, sender, record })
    }
}

/// RFC 8188, section 2: data, the last record's delimiter 2, then zeros.
fn without_padding(plain: &[u8]) -> Option<&[u8]> {
    let end = plain.iter().rposition(|byte| *byte != 0)?;
    (plain[end] == 2).then(|| &plain[..end])
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(prk: &hkdf::Prk, info: &[&[u8]]) -> Result<[u8; N], Undecryptable> {
    let mut out = [0; N];
    prk.expand(info, Length(N)).and_then(|okm| okm.fill(&mut out)).map_err(|_| Undecryptable)?;
    Ok(out)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use countersign_protocol::bytes::from_base64url;

    /// RFC 8291, section 5 and appendix A.
    const UA_PRIVATE: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
    const UA_PUBLIC: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const BODY: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIg\
        Dll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLV\
        WGNWQexSgSxsj_Qulcy4a-fN";

    fn rfc_keys() -> ReceiverKeys {
        let auth = from_base64url(AUTH).unwrap().try_into().unwrap();
        ReceiverKeys { secret: SecretKey::from_slice(&from_base64url(UA_PRIVATE).unwrap()).unwrap(), auth }
    }

    /// The keys and the body of RFC 8291's example, for the service's own tests.
    pub(in super::super) fn rfc_example() -> (ReceiverKeys, Vec<u8>) {
        (rfc_keys(), from_base64url(BODY).unwrap())
    }

    #[test]
    fn the_example_of_rfc_8291_decrypts() {
        let (keys, body) = rfc_example();
        assert_eq!(keys.p256dh().to_string(), UA_PUBLIC);
        assert_eq!(keys.decrypt(&body).unwrap(), b"When I grow up, I want to be a watermelon");
    }

    #[test]
    fn whatever_byte_is_changed_nothing_is_read() {
        let (keys, body) = rfc_example();
        // All but the record size: the one record fits into a larger one as well.
        for at in (0..16).chain(20..body.len()) {
            let mut changed = body.clone();
            changed[at] ^= 1;
            assert_eq!(keys.decrypt(&changed), Err(Undecryptable), "byte {at}");
        }
    }

    #[test]
    fn a_body_that_is_cut_short_is_refused() {
        let (keys, body) = rfc_example();
        for length in 0..body.len() {
            assert_eq!(keys.decrypt(&body[..length]), Err(Undecryptable), "length {length}");
        }
    }

    #[test]
    fn other_keys_read_nothing() {
        let random = countersign_protocol::random::SystemRandom::new();
        let (_, body) = rfc_example();
        assert_eq!(ReceiverKeys::generate(&random).decrypt(&body), Err(Undecryptable));
    }

    #[test]
    fn padding_goes_and_its_delimiter_must_be_there() {
        assert_eq!(without_padding(b"ab\x02\0\0"), Some(&b"ab"[..]));
        assert_eq!(without_padding(b"\x02"), Some(&b""[..]));
        assert_eq!(without_padding(b"ab\x01\0"), None);
        assert_eq!(without_padding(b"\0\0"), None);
    }
}
