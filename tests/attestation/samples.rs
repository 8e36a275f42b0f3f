//! Published attestations of real phones, at a time when they were good. Where they come from stands in their files.

use countersign_protocol::attestation::{Attestation, Blob};
use countersign_protocol::bytes::{Bytes, Digest};
use countersign_protocol::key::PublicKey;
use countersign_protocol::pairing::ApprovalUnlock;
use countersign_protocol::time::Timestamp;
use countersign_server::attestation::{Accepted, Subject, Verifier};
use countersign_server::domain::apps::{AndroidApp, AndroidApps, AppleApps};
use countersign_server::domain::attestation::{Doubt, KeyLevel};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct File<T> {
    #[serde(default)]
    app: String,
    samples: Vec<T>,
}

#[derive(Deserialize)]
struct Android {
    name: String,
    at: i64,
    challenge: Digest,
    chain: Vec<Blob>,
}

#[derive(Deserialize)]
struct Apple {
    name: String,
    at: i64,
    client_data_hash: Digest,
    key_id: Digest,
    object: Blob,
}

fn read<T: DeserializeOwned>(text: &str) -> File<T> {
    serde_json::from_str(text).unwrap()
}

fn android() -> Vec<Android> {
    read(include_str!("samples/android.json")).samples
}

fn apple() -> File<Apple> {
    read(include_str!("samples/apple.json"))
}

/// Who made the Android samples: Google Play services, as Google signs them.
const SIGNER: &str =
    "com.google.android.gms/f0fd6c5b410f25cb25c3b53346c8972fae30f8ee7411df910480ad6b2d60db83";

fn by(android: &str) -> Verifier {
    let apps = AndroidApps::new(vec![AndroidApp::parse(android).unwrap()]);
    Verifier::new(Accepted { android_apps: apps, ..Accepted::default() }).unwrap()
}

/// What is said of a sample as if it were the chain of both keys.
fn said_of(sample: &Android, verifier: &Verifier, challenge: Digest, at: i64) -> Doubt {
    let (_, own) = x509_parser::parse_x509_certificate(&sample.chain[0].0).unwrap();
    let key = PublicKey::from_sec1(&own.public_key().subject_public_key.data).unwrap();
    let of = Subject {
        challenge,
        device_key: key.clone(),
        approval_key: key,
        approval_unlock: ApprovalUnlock::Biometric,
    };
    let attestation =
        Attestation::AndroidKey { device: sample.chain.clone(), approval: sample.chain.clone() };
    verifier.verify(&attestation, &of, Timestamp::from_seconds(at)).unwrap_err()
}

/// The keys of the samples stay unlocked for ten seconds. That is looked at last: all else holds.
#[test]
fn googles_roots_lead_to_keys_of_real_phones() {
    assert_eq!(android().len(), 2, "one under each root");
    for sample in android() {
        let name = &sample.name;
        let (google, challenge, at) = (by(SIGNER), sample.challenge, sample.at);
        assert_eq!(said_of(&sample, &google, challenge, at), Doubt::NoUserAuthentication, "{name}");
        let months_later = at + 120 * 86_400;
        assert_eq!(said_of(&sample, &google, challenge, months_later), Doubt::OutOfTime, "{name}");
        assert_eq!(said_of(&sample, &google, Bytes([0; 32]), at), Doubt::OtherChallenge, "{name}");
        let other = by(&SIGNER.replace("gms/f0", "gms/f1"));
        assert_eq!(said_of(&sample, &other, challenge, at), Doubt::OtherApp, "{name}");
    }
}

#[test]
fn apples_root_leads_to_apps_on_real_phones() {
    let file = apple();
    let apps = || AppleApps::new(vec![file.app.clone()]);
    let strict = Verifier::new(Accepted { apple_apps: apps(), ..Accepted::default() }).unwrap();
    let lax = Accepted { apple_apps: apps(), development_builds: true, ..Accepted::default() };
    let lax = Verifier::new(lax).unwrap();
    assert_eq!(file.samples.len(), 2, "one of each environment");
    for sample in &file.samples {
        let verify = |verifier: &Verifier, over: Digest, at: i64| {
            let at = Timestamp::from_seconds(at);
            verifier.verify_app_attest(sample.key_id, &sample.object.0, over, at)
        };
        let development = sample.name == "development";
        let proof = verify(&lax, sample.client_data_hash, sample.at).unwrap();
        assert_eq!((proof.app.as_str(), proof.development), (file.app.as_str(), development));
        assert_eq!(proof.level, KeyLevel::AppleDevice);
        let by_strict = verify(&strict, sample.client_data_hash, sample.at);
        assert_eq!(by_strict.err(), development.then_some(Doubt::Development));
        assert_eq!(verify(&lax, Bytes([0; 32]), sample.at), Err(Doubt::OtherChallenge));
        let years_later = sample.at + 2 * 365 * 86_400;
        assert_eq!(verify(&lax, sample.client_data_hash, years_later), Err(Doubt::OutOfTime));
    }
}
