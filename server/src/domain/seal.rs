//! Sealing secrets that the database keeps: AES-256-GCM under a master key that it does not keep.
//!
//! A sealed secret is `version (1) ‖ key id (4) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`. The version, the key
//! id and what the secret belongs to are authenticated with it: moved to another user's row, it does not
//! open. Several master keys can be held at once; new secrets are sealed under the current one, and
//! [`MasterKeys::is_current`] finds what is to be sealed again after a rotation.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_protocol::random::{self, Random};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
/// How many bytes of a sealed secret tell its version and key.
pub const HEAD_OF_KEY: usize = 5;
const HEAD: usize = HEAD_OF_KEY + NONCE_LEN;
const KEY_LENGTH: usize = 32;

/// Which master key: four random bytes, written as eight hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MasterKeyId([u8; 4]);

impl MasterKeyId {
    /// From the spelling of [`fmt::Display`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        hex.then(|| u32::from_str_radix(text, 16).ok()).flatten().map(|id| Self(id.to_be_bytes()))
    }
}

impl fmt::Display for MasterKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for MasterKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why the text of a key file is refused. Lines are counted from 1, and never shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyTextError {
    /// Neither `current ID` nor `key ID BASE64`.
    #[error("line {0} is neither `current ID` nor `key ID BASE64`")]
    Line(usize),
    /// Not a key id.
    #[error("line {0}: a key's id is eight digits of 0-9 and a-f")]
    Id(usize),
    /// Not a key.
    #[error("line {0}: a key is 32 bytes in base64 (44 characters)")]
    Key(usize),
    /// One id, two keys.
    #[error("line {line}: the key {id} is given twice")]
    Twice {
        /// The second's line.
        line: usize,
        /// The id.
        id: MasterKeyId,
    },
    /// No `current` line, or two.
    #[error("exactly one line `current ID` must say which key seals new secrets")]
    Current,
    /// The current key is not among the keys.
    #[error("the current key {0} is not among the keys")]
    CurrentMissing(MasterKeyId),
}

/// Why a sealed secret does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Too short, or of another version.
    #[error("this is not a sealed secret")]
    Malformed,
    /// Sealed under a master key that is not held.
    #[error("the master key {0} is not in the key file")]
    UnknownKey(MasterKeyId),
    /// Altered, or sealed for another purpose or owner, or under another key of that id.
    #[error("the sealed secret was altered, or belongs to something else")]
    Refused,
}

/// The master keys: the current one seals, all of them open.
///
/// The cipher keeps the expanded keys for as long as the process lives; the text they came from is wiped.
pub struct MasterKeys {
    current: MasterKeyId,
    keys: Vec<(MasterKeyId, LessSafeKey)>,
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKeys({} keys, current {})", self.keys.len(), self.current)
    }
}

impl MasterKeys {
    /// Reads the text of a key file: lines `key ID BASE64`, one line `current ID`, and comments (`#`).
    ///
    /// # Errors
    /// [`KeyTextError`] names the line.
    pub fn parse(text: &str) -> Result<Self, KeyTextError> {
        let mut keys: Vec<(MasterKeyId, LessSafeKey)> = Vec::new();
        let mut current = None;
        for (line, words) in (1..).zip(text.lines()) {
            let words: Vec<&str> = words.split_whitespace().collect();
            match *words.as_slice() {
                [] => {}
                [word, ..] if word.starts_with('#') => {}
                ["current", id] => {
                    let id = MasterKeyId::parse(id).ok_or(KeyTextError::Id(line))?;
                    if current.replace(id).is_some() {
                        return Err(KeyTextError::Current);
                    }
                }
                ["key", id, key] => {
                    let id = MasterKeyId::parse(id).ok_or(KeyTextError::Id(line))?;
                    if keys.iter().any(|(known, _)| *known == id) {
                        return Err(KeyTextError::Twice { line, id });
                    }
                    keys.push((id, read_key(key).ok_or(KeyTextError::Key(line))?));
                }
                _ => return Err(KeyTextError::Line(line)),
            }
        }
        let current = current.ok_or(KeyTextError::Current)?;
        if !keys.iter().any(|(id, _)| *id == current) {
            return Err(KeyTextError::CurrentMissing(current));
        }
        Ok(Self { current, keys })
    }

    /// How all begins that is sealed under the current key.
    #[must_use]
    pub fn current_head(&self) -> [u8; HEAD_OF_KEY] {
        let mut head = [VERSION; HEAD_OF_KEY];
        head[1..].copy_from_slice(&self.current.0);
        head
    }

    /// The key that seals.
    #[must_use]
    pub fn current(&self) -> MasterKeyId {
        self.current
    }

    /// Whether the key `id` is held.
    #[must_use]
    pub fn holds(&self, id: MasterKeyId) -> bool {
        self.key(id).is_some()
    }

    /// Seals `plain` under the current key, for `belongs_to` (see [`belonging`]) alone.
    ///
    /// `nonce` comes from a random source and is never used twice. At random, 2^32 secrets may be sealed
    /// under one master key (NIST SP 800-38D, section 8.3), which no set of users comes near.
    #[must_use]
    #[expect(
        clippy::panic,
        reason = "plain text of 64 GiB or no current key: excluded, and nothing may be stored unsealed"
    )]
    pub fn seal(&self, belongs_to: &[u8], plain: &[u8], nonce: [u8; NONCE_LEN]) -> Vec<u8> {
        let mut head = [VERSION; HEAD];
        head[1..HEAD_OF_KEY].copy_from_slice(&self.current.0);
        head[HEAD_OF_KEY..].copy_from_slice(&nonce);
        let aad = Aad::from(authenticated(&head, belongs_to));
        // Room for all of it at once: growing would leave plain text behind in freed memory.
        let mut body = Vec::with_capacity(plain.len() + AES_256_GCM.tag_len());
        body.extend_from_slice(plain);
        let sealed = self
            .key(self.current)
            .map(|key| key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut body));
        match sealed {
            Some(Ok(())) => [head.as_slice(), &body].concat(),
            _ => panic!("a secret cannot be sealed"),
        }
    }

    /// Opens what was sealed for `belongs_to`.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(&self, belongs_to: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (head, body) = sealed.split_first_chunk::<HEAD>().ok_or(OpenError::Malformed)?;
        let id = key_id(sealed).ok_or(OpenError::Malformed)?;
        let key = self.key(id).ok_or(OpenError::UnknownKey(id))?;
        let nonce =
            Nonce::try_assume_unique_for_key(&head[HEAD_OF_KEY..]).map_err(|_| OpenError::Malformed)?;
        let mut body = Zeroizing::new(body.to_vec());
        let aad = Aad::from(authenticated(head, belongs_to));
        let length = key.open_in_place(nonce, aad, &mut body).map_err(|_| OpenError::Refused)?.len();
        body.truncate(length);
        Ok(body)
    }

    /// Whether `sealed` was sealed under the current key. If not, it is time to seal it again.
    #[must_use]
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        key_id(sealed) == Some(self.current)
    }

    fn key(&self, id: MasterKeyId) -> Option<&LessSafeKey> {
        self.keys.iter().find(|(known, _)| *known == id).map(|(_, key)| key)
    }
}

/// What a sealed secret belongs to: what it is for, and whose it is. Two pairs never give the same bytes.
#[must_use]
pub fn belonging(purpose: &str, owner: &[u8]) -> Vec<u8> {
    [&(purpose.len() as u64).to_be_bytes(), purpose.as_bytes(), owner].concat()
}

/// What a key of the server itself, for one purpose, belongs to.
#[must_use]
pub fn server_key_owner(purpose: &str) -> Vec<u8> {
    belonging("server-key", purpose.as_bytes())
}

/// A new master key, as the line of a key file.
#[must_use]
pub fn new_key_line(random: &dyn Random) -> (MasterKeyId, Zeroizing<String>) {
    let id = MasterKeyId(random::bytes(random));
    let key = Zeroizing::new(random::bytes::<KEY_LENGTH>(random));
    let text = Zeroizing::new(STANDARD.encode(*key));
    (id, Zeroizing::new(format!("key {id} {}", *text)))
}

fn read_key(text: &str) -> Option<LessSafeKey> {
    let key = Zeroizing::new(STANDARD.decode(text).ok()?);
    UnboundKey::new(&AES_256_GCM, &key).ok().map(LessSafeKey::new)
}

/// The version and the key id with what the secret belongs to. The nonce is authenticated by GCM itself.
fn authenticated(head: &[u8; HEAD], belongs_to: &[u8]) -> Vec<u8> {
    [&head[..HEAD_OF_KEY], belongs_to].concat()
}

fn key_id(sealed: &[u8]) -> Option<MasterKeyId> {
    match sealed {
        [VERSION, a, b, c, d, rest @ ..] if rest.len() >= NONCE_LEN + AES_256_GCM.tag_len() => {
            Some(MasterKeyId([*a, *b, *c, *d]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "key 00000001 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
    const SECOND: &str = "key 00000002 ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n";

    fn keys(lines: &[&str]) -> MasterKeys {
        MasterKeys::parse(&lines.concat()).unwrap()
    }

    #[test]
    fn a_sealed_secret_is_what_another_implementation_makes_of_it() {
        // Made with Python's cryptography 50: AESGCM(bytes(range(32))).encrypt(
        //     bytes(range(100, 112)), b"JBSWY3DPEHPK3PXP", bytes([1, 0, 0, 0, 1]) + b"totp/user-1")
        let sealed = keys(&[FIRST, "current 00000001"]).seal(
            b"totp/user-1",
            b"JBSWY3DPEHPK3PXP",
            std::array::from_fn(|i| 100 + u8::try_from(i).unwrap()),
        );
        let hex: String = sealed.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(
            hex,
            "01000000016465666768696a6b6c6d6e6f02598d3120da12ce7b2a0fa3e93532ad1c7ea29972c9d6e651e25fe3e750288d"
        );
    }

    #[test]
    fn a_secret_opens_only_for_what_it_belongs_to() {
        let keys = keys(&[FIRST, "current 00000001"]);
        let (mine, theirs) = (belonging("totp", b"user-1"), belonging("totp", b"user-2"));
        let sealed = keys.seal(&mine, b"secret", [7; 12]);
        assert_eq!(keys.open(&mine, &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(keys.open(&theirs, &sealed), Err(OpenError::Refused));
        assert_eq!(keys.open(&belonging("signing", b"user-1"), &sealed), Err(OpenError::Refused));
        assert_ne!(belonging("ab", b"c"), belonging("a", b"bc"));
    }

    #[test]
    fn not_one_bit_can_be_changed_and_no_byte_cut_off() {
        let keys = keys(&[FIRST, SECOND, "current 00000001"]);
        let sealed = keys.seal(b"owner", b"secret", [7; 12]);
        for at in 0..sealed.len() * 8 {
            let mut altered = sealed.clone();
            altered[at / 8] ^= 1 << (at % 8);
            assert!(keys.open(b"owner", &altered).is_err(), "bit {at}");
        }
        for length in 0..sealed.len() {
            assert!(keys.open(b"owner", &sealed[..length]).is_err(), "length {length}");
        }
    }

    #[test]
    fn after_a_rotation_old_secrets_open_and_are_known_as_old() {
        let sealed = keys(&[FIRST, "current 00000001"]).seal(b"owner", b"secret", [7; 12]);
        let rotated = keys(&[FIRST, SECOND, "current 00000002"]);
        assert_eq!(rotated.open(b"owner", &sealed).unwrap().as_slice(), b"secret");
        assert!(!rotated.is_current(&sealed));
        let again = rotated.seal(b"owner", b"secret", [8; 12]);
        assert!(rotated.is_current(&again) && again.starts_with(&rotated.current_head()));

        let retired = keys(&[SECOND, "current 00000002"]);
        assert_eq!(retired.open(b"owner", &again).unwrap().as_slice(), b"secret");
        let gone = MasterKeyId::parse("00000001").unwrap();
        assert_eq!(retired.open(b"owner", &sealed), Err(OpenError::UnknownKey(gone)));
    }

    #[test]
    fn a_key_file_that_is_wrong_is_refused_by_line() {
        let refused = |lines: &[&str]| MasterKeys::parse(&lines.concat()).unwrap_err();
        assert_eq!(refused(&[FIRST]), KeyTextError::Current);
        assert_eq!(refused(&[FIRST, "current 00000001\ncurrent 00000001"]), KeyTextError::Current);
        let second = MasterKeyId::parse("00000002").unwrap();
        assert_eq!(refused(&[FIRST, "current 00000002"]), KeyTextError::CurrentMissing(second));
        assert_eq!(refused(&["# a comment\n\nfirst"]), KeyTextError::Line(3));
        assert_eq!(refused(&["key 1 AAAA"]), KeyTextError::Id(1));
        assert_eq!(refused(&["key +0000001 AAAA"]), KeyTextError::Id(1));
        assert_eq!(refused(&["key 0000000A AAAA"]), KeyTextError::Id(1));
        assert_eq!(refused(&["key 00000001 AAAA"]), KeyTextError::Key(1));
        assert!(matches!(refused(&[FIRST, FIRST]), KeyTextError::Twice { line: 2, .. }));
    }

    #[test]
    fn keys_are_not_shown() {
        let keys = keys(&[FIRST, "current 00000001"]);
        assert_eq!(format!("{keys:?}"), "MasterKeys(1 keys, current 00000001)");
    }
}
