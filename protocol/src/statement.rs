//! The envelope of every statement: a strict compact JWS (RFC 7515, section 7.1) with ES256.
//!
//! Strict means that a statement has one spelling and no choices:
//!
//! 1. at most [`MAX_LENGTH`] bytes, three parts, base64url without padding or spare bits;
//! 2. the header is exactly `{alg, typ, kid}`, `alg` is `ES256`, `typ` is one of [`Typ`];
//! 3. header and payload are JSON in which no object names a member twice, without arrays and `null`;
//! 4. the signature is r‖s of 64 bytes, never DER;
//! 5. the key is found by `kid` among the keys the verifier holds, never taken from the message
//!    (a pairing is the exception that makes keys known: see [`crate::pairing`]);
//! 6. the payload has the members of its type, all of them and no others.
//!
//! What is verified is what was received: nothing is encoded again to be compared.

use serde::de::value::{self, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Deserialize, Serialize};

use crate::bytes::{from_base64url, to_base64url};
use crate::key::{KeyId, PublicKey};
use crate::strict_json::{self, NotStrict};

/// The longest statement that is read, in bytes.
pub const MAX_LENGTH: usize = 4096;

/// What kind of statement this is (`typ`, RFC 7515, section 4.1.9; RFC 8725, section 3.11).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Typ {
    /// Both phone keys: "bind this phone to the user who showed me the secret".
    #[serde(rename = "countersign-pairing+jwt")]
    Pairing,
    /// The tenant's key: "this is who asks".
    #[serde(rename = "countersign-request+jwt")]
    Request,
    /// A phone's key: "approve", "deny" or "this wasn't me".
    #[serde(rename = "countersign-decision+jwt")]
    Decision,
    /// The device key: "this HTTP request is mine".
    #[serde(rename = "countersign-call+jwt")]
    Call,
}

/// A payload that travels in a statement of one type.
pub trait Statement: Serialize + DeserializeOwned {
    /// Its `typ`.
    const TYP: Typ;
}

/// Why a statement is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StatementError {
    /// Longer than [`MAX_LENGTH`].
    #[error("the statement is longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// Not `header.payload.signature`.
    #[error("the statement does not have three parts")]
    NotThreeParts,
    /// Padding, another alphabet, white space or spare bits.
    #[error("a part is not strict base64url")]
    LooseBase64,
    /// Header or payload is not JSON.
    #[error("a part is not JSON")]
    NotJson,
    /// An object names a member twice.
    #[error("a member is given twice")]
    DuplicateMember,
    /// The header is not exactly `alg`, `typ` and `kid`.
    #[error("the header is not exactly alg, typ and kid")]
    HeaderMembers,
    /// `alg` is not `ES256`.
    #[error("the algorithm is not ES256")]
    Algorithm,
    /// `typ` is none of [`Typ`].
    #[error("the type is unknown")]
    UnknownType,
    /// A statement, but of another type than is wanted here.
    #[error("the statement is of another type")]
    WrongType,
    /// `kid` names no key that the verifier holds for this purpose.
    #[error("the key is unknown")]
    UnknownKey,
    /// The signature is not 64 bytes: DER, for example.
    #[error("the signature is not 64 bytes of r and s")]
    SignatureLength,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    Signature,
    /// Members are missing, unknown or of the wrong kind.
    #[error("the payload does not have the members of its type")]
    Payload,
}

impl StatementError {
    /// A stable name, as the test vectors spell it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::NotThreeParts => "not_three_parts",
            Self::LooseBase64 => "loose_base64",
            Self::NotJson => "not_json",
            Self::DuplicateMember => "duplicate_member",
            Self::HeaderMembers => "header_members",
            Self::Algorithm => "algorithm",
            Self::UnknownType => "unknown_type",
            Self::WrongType => "wrong_type",
            Self::UnknownKey => "unknown_key",
            Self::SignatureLength => "signature_length",
            Self::Signature => "signature",
            Self::Payload => "payload",
        }
    }
}

/// Checks a part's JSON; `unwanted` is what an array or `null` in it is called.
fn check_json(bytes: &[u8], unwanted: StatementError) -> Result<(), StatementError> {
    strict_json::check(bytes).map_err(|error| match error {
        NotStrict::Syntax => StatementError::NotJson,
        NotStrict::DuplicateMember => StatementError::DuplicateMember,
        NotStrict::Unwanted => unwanted,
    })
}

#[derive(Serialize)]
struct NewHeader {
    alg: &'static str,
    kid: KeyId,
    typ: Typ,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: KeyId,
}

/// A statement that is ready to be signed.
///
/// Split from the signature because a phone's key store signs asynchronously and asks for a face first.
#[derive(Debug)]
pub struct Draft {
    signing_input: String,
}

impl Draft {
    /// Encodes `payload` for the key named `kid`.
    ///
    /// # Errors
    /// [`StatementError::Payload`] if it cannot be written as JSON, [`StatementError::TooLong`].
    pub fn new<T: Statement>(payload: &T, kid: KeyId) -> Result<Self, StatementError> {
        let encode =
            |json: serde_json::Result<Vec<u8>>| json.map(to_base64url).map_err(|_| StatementError::Payload);
        let header = encode(serde_json::to_vec(&NewHeader { alg: "ES256", kid, typ: T::TYP }))?;
        let signing_input = format!("{header}.{}", encode(serde_json::to_vec(payload))?);
        // 1 for the dot, 86 for 64 bytes of signature.
        if signing_input.len() + 87 > MAX_LENGTH {
            return Err(StatementError::TooLong);
        }
        Ok(Self { signing_input })
    }

    /// The bytes to be signed (RFC 7515, section 5.1).
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.signing_input.as_bytes()
    }

    /// Appends the signature, r‖s.
    #[must_use]
    pub fn finish(self, signature: &[u8; 64]) -> String {
        format!("{}.{}", self.signing_input, to_base64url(signature))
    }
}

/// A well-formed statement whose signature has not been checked: it says which key to look for.
#[derive(Debug)]
pub struct Unverified<'a> {
    signing_input: &'a str,
    typ: Typ,
    kid: KeyId,
    payload: Vec<u8>,
    signature: [u8; 64],
}

impl<'a> Unverified<'a> {
    /// Reads the envelope, strictly.
    ///
    /// # Errors
    /// Each deviation has its own [`StatementError`].
    pub fn parse(compact: &'a str) -> Result<Self, StatementError> {
        if compact.len() > MAX_LENGTH {
            return Err(StatementError::TooLong);
        }
        let (signing_input, signature) = compact.rsplit_once('.').ok_or(StatementError::NotThreeParts)?;
        let (header, payload) = signing_input.split_once('.').ok_or(StatementError::NotThreeParts)?;
        if payload.contains('.') {
            return Err(StatementError::NotThreeParts);
        }
        let decode = |part| from_base64url(part).ok_or(StatementError::LooseBase64);
        let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);

        let (typ, kid) = parse_header(&header)?;
        let signature = signature.try_into().map_err(|_| StatementError::SignatureLength)?;
        check_json(&payload, StatementError::Payload)?;
        Ok(Self { signing_input, typ, kid, payload, signature })
    }

    /// The statement's type.
    #[must_use]
    pub fn typ(&self) -> Typ {
        self.typ
    }

    /// The key that is said to have signed.
    #[must_use]
    pub fn kid(&self) -> KeyId {
        self.kid
    }

    /// Checks type, key and signature, and only then reads the payload.
    ///
    /// # Errors
    /// [`StatementError::WrongType`], [`StatementError::UnknownKey`] if `kid` is not `key`'s,
    /// [`StatementError::Signature`], [`StatementError::Payload`].
    pub fn verify<T: Statement>(&self, key: &PublicKey) -> Result<T, StatementError> {
        if self.typ != T::TYP {
            return Err(StatementError::WrongType);
        }
        if self.kid != key.id() {
            return Err(StatementError::UnknownKey);
        }
        if !key.verifies(self.signing_input.as_bytes(), &self.signature) {
            return Err(StatementError::Signature);
        }
        self.payload_unverified()
    }

    /// The payload before any signature was checked. Only [`crate::pairing`] has a use for it.
    pub(crate) fn payload_unverified<T: Statement>(&self) -> Result<T, StatementError> {
        serde_json::from_slice(&self.payload).map_err(|_| StatementError::Payload)
    }

    /// The payload's bytes as received.
    pub(crate) fn payload_bytes(&self) -> &[u8] {
        &self.payload
    }
}

fn parse_header(bytes: &[u8]) -> Result<(Typ, KeyId), StatementError> {
    check_json(bytes, StatementError::HeaderMembers)?;
    let header: Header = serde_json::from_slice(bytes).map_err(|_| StatementError::HeaderMembers)?;
    if header.alg != "ES256" {
        return Err(StatementError::Algorithm);
    }
    let spelt: StrDeserializer<'_, value::Error> = header.typ.as_str().into_deserializer();
    let typ = Typ::deserialize(spelt).map_err(|_| StatementError::UnknownType)?;
    Ok((typ, header.kid))
}

/// Something that signs at once: a server's key, a test's key.
pub trait Signer {
    /// The key's id.
    fn kid(&self) -> KeyId;
    /// Its ES256 signature of `message`, r‖s.
    fn sign(&self, message: &[u8]) -> [u8; 64];
}

/// Encodes and signs `payload`.
///
/// # Errors
/// As [`Draft::new`].
pub fn sign<T: Statement>(payload: &T, signer: &dyn Signer) -> Result<String, StatementError> {
    let draft = Draft::new(payload, signer.kid())?;
    let signature = signer.sign(draft.signing_input());
    Ok(draft.finish(&signature))
}
