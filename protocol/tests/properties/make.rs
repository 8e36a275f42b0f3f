//! What the properties are tried on: keys, and payloads with anything in them.

use countersign_protocol::approval::{
    ApprovalRequest, Decision, DecisionStatement, Mode, Place, Purpose, UserVerification,
};
use countersign_protocol::bytes::{Bytes, sha256};
use countersign_protocol::call::Call;
use countersign_protocol::ids::{DeviceId, LoginId, UserId};
use countersign_protocol::key::{KeyId, PublicKey};
use countersign_protocol::random::{Random, SystemRandom};
use countersign_protocol::statement::Signer;
use countersign_protocol::time::{NumericDate, Timestamp};
use proptest::prelude::*;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

/// A key made for this run.
pub(crate) struct TestKey(EcdsaKeyPair);

#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#[expect(clippy::disallowed_methods, reason = "ring draws its signature nonces from nothing else")]
impl TestKey {
    pub(crate) fn new() -> Self {
        let random = ring::rand::SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap())
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::from_sec1(self.0.public_key().as_ref()).unwrap()
    }
}

#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#[expect(clippy::disallowed_methods, reason = "ring draws its signature nonces from nothing else")]
impl Signer for TestKey {
    fn kid(&self) -> KeyId {
        self.public().id()
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(&ring::rand::SystemRandom::new(), message).unwrap().as_ref().try_into().unwrap()
    }
}

pub(crate) fn digest() -> impl Strategy<Value = Bytes<32>> {
    any::<[u8; 32]>().prop_map(Bytes)
}

pub(crate) fn statement_id() -> impl Strategy<Value = Bytes<16>> {
    any::<[u8; 16]>().prop_map(Bytes)
}

pub(crate) fn date() -> impl Strategy<Value = NumericDate> {
    any::<i64>().prop_map(NumericDate)
}

/// Ids as they come: any time, any random bits.
pub(crate) fn id<T: std::fmt::Debug>(make: fn(Timestamp, &dyn Random) -> T) -> impl Strategy<Value = T> {
    (0..1_i64 << 47).prop_map(move |ms| make(Timestamp::from_micros(ms * 1_000), &SystemRandom::new()))
}

pub(crate) fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        Just(Place::ThisComputer),
        Just(Place::PrivateNetwork),
        Just(Place::Unknown),
        ".{0,40}".prop_map(Place::Named),
    ]
}

pub(crate) fn mode() -> impl Strategy<Value = Mode> {
    prop_oneof![Just(Mode::Tap), any::<u8>().prop_map(|digits| Mode::Number { digits })]
}

pub(crate) fn purpose() -> impl Strategy<Value = Purpose> {
    prop_oneof![Just(Purpose::SignIn), Just(Purpose::Confirm)]
}

pub(crate) fn request() -> impl Strategy<Value = ApprovalRequest> {
    let ids = (id(DeviceId::new), id(UserId::new), id(LoginId::new));
    let texts = (".{0,40}", ".{0,40}", ".{0,40}", ".{0,40}", ".{0,40}");
    (ids, texts, digest(), digest(), place(), (mode(), purpose()), date(), date()).prop_map(
        |(
            (aud, sub, login),
            (iss, application, browser, system, address),
            nonce,
            binding,
            place,
            (mode, purpose),
            iat,
            exp,
        )| {
            ApprovalRequest {
                iss,
                aud,
                sub,
                login,
                nonce,
                application,
                browser,
                system,
                address,
                place,
                iat,
                exp,
                binding,
                mode,
                purpose,
            }
        },
    )
}

pub(crate) fn decision() -> impl Strategy<Value = DecisionStatement> {
    let ids = (id(DeviceId::new), id(UserId::new), id(LoginId::new));
    let said = prop_oneof![Just(Decision::Approve), Just(Decision::Deny), Just(Decision::Report)];
    let verified = prop_oneof![
        Just(UserVerification::Biometric),
        Just(UserVerification::DeviceCredential),
        Just(UserVerification::Simulated),
        Just(UserVerification::None),
    ];
    let number = proptest::option::of("[0-9]{1,6}");
    (ids, ".{0,40}", digest(), digest(), said, number, verified, date(), date(), statement_id()).prop_map(
        |((iss, sub, login), aud, nonce, request, decision, number, verification, iat, exp, jti)| {
            DecisionStatement {
                iss,
                aud,
                sub,
                login,
                nonce,
                request,
                decision,
                number,
                verification,
                iat,
                exp,
                jti,
            }
        },
    )
}

pub(crate) fn call() -> impl Strategy<Value = Call> {
    (id(DeviceId::new), "[A-Z]{3,7}", ".{0,80}", digest(), date(), statement_id())
        .prop_map(|(iss, htm, htu, body, iat, jti)| Call { iss, htm, htu, body, iat, jti })
}

/// A call to `htu`.
pub(crate) fn call_to(htu: &str) -> Call {
    Call {
        iss: DeviceId::new(Timestamp::from_seconds(1_800_000_000), &SystemRandom::new()),
        htm: "GET".to_owned(),
        htu: htu.to_owned(),
        body: sha256(""),
        iat: NumericDate(1_800_000_000),
        jti: Bytes([7; 16]),
    }
}
