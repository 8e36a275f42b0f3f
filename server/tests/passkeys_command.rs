//! `countersign tenant passkeys`, as an operator runs it.

#![expect(clippy::unwrap_used, reason = "what fails in the helpers fails the test that asked for it")]

use std::process::{Command, Output};

use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;

const YUBIKEY: &str = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const OTHER: &str = "00000000-0000-4000-8000-000000000001";

struct Bench {
    home: TempDir,
}

impl Bench {
    /// A server's folder with a tenant in its database.
    fn new() -> Self {
        let bench = Self { home: tempfile::tempdir().unwrap() };
        bench.said(&["init", &bench.path("server")]);
        bench.said(&["tenant", "add", "--name", "ACME", "https://login.example.com"]);
        bench
    }

    fn path(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }

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

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(arguments)
            .env("COUNTERSIGN_HOME", self.path("server"))
            .output()
            .unwrap()
    }

    fn said(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn complaint(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

#[test]
fn a_list_is_set_shown_and_taken_back() {
    let bench = Bench::new();
    let any = "Any passkey or security key may be added.\n";
    assert_eq!(bench.said(&["tenant", "passkeys"]), any);
    let (makers, models) = (bench.makers(2), format!("{YUBIKEY},{OTHER}"));
    let set = bench.said(&["tenant", "passkeys", "--only", &makers, "--models", &models]);
    let shown = bench.said(&["tenant", "passkeys"]);
    assert!(set.starts_with(&shown) && set.contains("those that were added before stay"), "{set}");
    let list = format!("vouched for by 2 certificates:\n{OTHER}\n{YUBIKEY}  YubiKey 5\n");
    assert!(shown.ends_with(&list), "{shown}");
    assert!(bench.said(&["tenant", "passkeys", "--any"]).starts_with(any));
    assert_eq!(bench.said(&["tenant", "passkeys"]), any);
}

#[test]
fn what_would_permit_nothing_is_refused_and_changes_nothing() {
    let bench = Bench::new();
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
