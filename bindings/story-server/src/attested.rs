//! Makers of phones that the world's server believes. Bytes are spelt in base64url without padding.

use std::fs;

use countersign_protocol::attestation::Attestation;
use countersign_protocol::bytes::{Digest, from_base64url, to_base64url};
use countersign_protocol::key::PublicKey;
use countersign_tests::attestation::{AndroidMaker, AppleMaker, Claims, Dates, Description, android, apple};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) struct Attested {
    android: AndroidMaker,
    apple: AppleMaker,
    home: TempDir,
}

impl Attested {
    pub(crate) fn new() -> Self {
        let (android, apple) = (AndroidMaker::default(), AppleMaker::default());
        let home = tempfile::tempdir().unwrap();
        let roots = format!("{}{}", android.root_pem(), apple.root_pem());
        fs::write(home.path().join("roots.pem"), roots).unwrap();
        Self { android, apple, home }
    }

    /// What a server is told to believe them.
    pub(crate) fn settings(&self) -> Vec<(String, String)> {
        let signer: String = android::SIGNER.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let settings = [
            ("ANDROID_APPS", format!("{}/{signer}", android::PACKAGE)),
            ("APPLE_APPS", apple::APP.to_owned()),
            ("EXTRA_ROOTS", self.home.path().join("roots.pem").display().to_string()),
        ];
        settings.map(|(name, value)| (format!("COUNTERSIGN_ATTESTATION__{name}"), value)).into()
    }

    pub(crate) fn tell(&self, command: &str, wish: &Value) -> Value {
        if command == "attest_keys" {
            let unlocked_by = if wish["approval"].as_bool().expect("approval") { Some(2) } else { None };
            let says = Description { unlocked_by, ..Description::of(digest(wish, "challenge")) };
            let key = PublicKey::from_sec1(&bytes(wish, "public_key")).expect("a point");
            let chain = self.android.chain(&key, &says);
            return json!({ "chain": chain.iter().map(|one| to_base64url(&one.0)).collect::<Vec<_>>() });
        }
        match self.apple.attest(&Claims::over(digest(wish, "client_data_hash")), Dates::Good) {
            Attestation::AppleAppAttest { key_id, object } => {
                json!({ "key_id": to_base64url(key_id.0), "object": to_base64url(object.0) })
            }
            Attestation::AndroidKey { .. } => panic!("Apple attests apps"),
        }
    }
}

fn bytes(wish: &Value, name: &str) -> Vec<u8> {
    from_base64url(wish[name].as_str().expect(name)).expect("base64url")
}

fn digest(wish: &Value, name: &str) -> Digest {
    Digest::from_slice(&bytes(wish, name)).expect("32 bytes")
}
