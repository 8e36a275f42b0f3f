//! `countersign tenant passkeys`, as an operator runs it.

use rcgen::{CertificateParams, KeyPair};

use crate::bench::Bench;

const YUBIKEY: &str = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const OTHER: &str = "00000000-0000-4000-8000-000000000001";

/// A server's folder with a tenant in its database.
fn one_tenant() -> Bench {
    let bench = Bench::empty();
    bench.said(&["tenant", "add", "--name", "ACME", "https://login.example.com"]);
    bench
}

impl Bench {
    /// A file with the root certificates of so many makers.
    fn makers(&self, count: usize) -> String {
        let certificate = |_| {
            let params = CertificateParams::new(Vec::new()).unwrap();
            params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
        };
        let file = self.path("makers.pem");
        std::fs::write(&file, (0..count).map(certificate).collect::<String>()).unwrap();
        file
    }
}

#[test]
fn a_list_is_set_shown_and_taken_back() {
    let bench = one_tenant();
    let any = "Any passkey or security key may be added.\n";
    assert_eq!(bench.said(&["tenant", "passkeys"]), any);
    let (makers, models) = (bench.makers(2), format!("{YUBIKEY},{OTHER}"));
    let set = bench.said(&["tenant", "passkeys", "--only", &makers, "--models", &models]);
    let shown = bench.said(&["tenant", "passkeys"]);
    assert!(set.starts_with(&shown) && set.contains("those that were added before stay"), "{set}");
    let list = format!("vouched for by 2 certificates:\n{OTHER}\n{YUBIKEY}  YubiKey 5\n");
    assert!(shown.ends_with(&list), "{shown}");
    let json: serde_json::Value =
        serde_json::from_str(&bench.said(&["tenant", "passkeys", "--json"])).unwrap();
    assert_eq!((&json["any"], &json["authorities"]), (&false.into(), &2.into()), "{json}");
    assert_eq!(
        (&json["models"][1]["aaguid"], &json["models"][1]["name"]),
        (&YUBIKEY.into(), &"YubiKey 5".into())
    );
    assert!(bench.said(&["tenant", "passkeys", "--any"]).starts_with(any));
    assert_eq!(bench.said(&["tenant", "passkeys"]), any);
}

#[test]
fn what_would_permit_nothing_is_refused_and_changes_nothing() {
    let bench = one_tenant();
    let makers = bench.makers(1);
    let (none, missing) = (bench.path("none.pem"), bench.path("missing.pem"));
    std::fs::write(&none, "nothing").unwrap();
    let refused = |arguments: &[&str]| bench.complaint(&[&["tenant", "passkeys"], arguments].concat());
    assert!(refused(&["--only", &none, "--models", YUBIKEY]).contains("root certificates in PEM"));
    assert!(refused(&["--only", &missing, "--models", YUBIKEY]).contains("cannot be read"));
    assert!(refused(&["--only", &makers]).contains("--models"));
    assert!(refused(&["--models", YUBIKEY]).contains("--only"));
    assert!(refused(&["--only", &makers, "--models", "YubiKey"]).contains("write an AAGUID as"));
    assert!(refused(&["--only", &makers, "--models", YUBIKEY, "--any"]).contains("--any"));
    assert!(bench.said(&["tenant", "passkeys"]).starts_with("Any"));
}
