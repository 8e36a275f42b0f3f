//! `countersign audit` and `countersign receipt`, as an operator or an auditor runs them.

use std::process::Command;

use countersign_protocol::approval::{
    ApprovalRequest, Decision, DecisionStatement, Mode, Place, Purpose, UserVerification,
};
use countersign_protocol::bytes::{Bytes, sha256};
use countersign_protocol::ids::{DeviceId, LoginId, UserId};
use countersign_protocol::statement::sign;
use countersign_protocol::time::NumericDate;
use countersign_server::domain::receipt::ReceiptFile;
use countersign_server::service::open_database;
use countersign_server::signing_key::SigningKey;
use serde_json::Value;
use uuid::Uuid;

use crate::bench::{Bench, ONE};

/// Two tenants, of which one has more to tell.
fn lived() -> Bench {
    let bench = Bench::with_two_tenants();
    for days in ["1", "2", "3", "4"] {
        bench.said(&["policy", "set", "--tenant", ONE, "--remember-days", days]);
    }
    bench
}

impl Bench {
    /// What a command says, and complains of, when it fails.
    fn failed(&self, arguments: &[&str]) -> (String, String) {
        let output = self.run("", arguments);
        assert!(output.status.code() == Some(1), "{output:?}");
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// Changes the database, past the server.
    async fn change(&self, sql: &'static str) {
        let db = open_database(&self.settings(), false).await.unwrap();
        let changed = db.write(move |tx| Box::pin(tx.query(sql).execute())).await;
        assert!(changed.unwrap() > 0, "{sql}");
        db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_verified_and_what_was_changed_is_named() {
    let bench = lived();
    let said = bench.said(&["audit", "verify"]);
    assert!(said.contains("https://one.example.com: 5 lines are as written"), "{said}");
    assert!(said.contains("https://other.example.com: 1 line is"), "{said}");
    let end = said.lines().find(|line| line.contains("one.example")).unwrap();
    let end = end.rsplit("The end is ").next().unwrap().trim_end_matches('.').to_owned();
    bench.said(&["policy", "set", "--tenant", ONE, "--remember-days", "5"]);
    let more = bench.said(&["audit", "verify", "--tenant", ONE, "--expect", &end]);
    assert!(more.contains("6 lines"), "{more}");

    bench.change("UPDATE audit SET detail = '{}' WHERE seq = 3").await;
    let (said, complaint) = bench.failed(&["audit", "verify"]);
    assert!(said.contains("line 3 was changed") && said.contains("other.example.com: 1 line is"), "{said}");
    assert!(complaint.contains("not as it was written"), "{complaint}");
    let (said, _) = bench.failed(&["audit", "verify", "--tenant", ONE, "--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&said["ok"], &said["lines"], &said["fault"]["kind"]),
        (&false.into(), &2.into(), &"changed".into())
    );
    assert_eq!(said["fault"]["seq"], 3);
    bench.said(&["audit", "verify", "--tenant", "https://other.example.com"]);
    let (said, complaint) = bench.failed(&["audit", "export", "--tenant", ONE]);
    assert!(complaint.contains("line 3 was changed"), "{complaint}");
    let last: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!((&last["kind"], &last["seq"]), (&"changed".into(), &3.into()));
    assert_eq!(said.lines().count(), 8, "every line is there, with what was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_whose_end_was_changed_goes_on_only_when_an_operator_says_so() {
    let bench = lived();
    bench.said(&["audit", "verify"]);
    bench.change("UPDATE audit_heads SET seal = link").await;
    bench.said(&["policy", "set", "--tenant", ONE, "--remember-days", "5"]);
    let (said, _) = bench.failed(&["audit", "verify", "--tenant", ONE]);
    assert!(said.contains("not sealed by this server"), "{said}");
    bench.said(&["audit", "renew-head", "--tenant", ONE]);
    let said = bench.said(&["audit", "verify", "--tenant", ONE]);
    assert!(said.contains("7 lines"), "{said}");
    bench.failed(&["audit", "verify"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_verified_without_the_database() {
    let bench = lived();
    let all = bench.said(&["audit", "export", "--tenant", ONE]);
    let whole = bench.file("whole.jsonl", &all);
    assert_eq!(all.lines().count(), 6, "the export itself is told");
    let verify = |file: &str, more: &[&str]| {
        let arguments = ["audit", "verify", "--file", file];
        let output = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args([arguments.as_slice(), more].concat())
            .env("COUNTERSIGN_HOME", "/nowhere")
            .output()
            .unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let (sound, said) = verify(&whole, &[]);
    assert!(sound && said.contains("6 lines are as written"), "{said}");
    let last: Value = serde_json::from_str(all.lines().last().unwrap()).unwrap();
    let head = format!("6:{}", last["link"].as_str().unwrap());
    assert!(verify(&whole, &["--expect", &head]).0);

    let lines: Vec<_> = all.lines().collect();
    let without = |gone: usize| {
        let kept =
            lines.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, line)| format!("{line}\n"));
        kept.collect::<String>()
    };
    for (name, text, says) in [
        ("changed", all.replace("tenant.added", "tenant.moved"), "line 1 was changed"),
        ("gap", without(2), "line 3 is missing"),
        ("other", all.replacen("{\"seq\":2", "{\"seq\":\"2\"", 1), "line 2 of the file is not"),
        ("twice", format!("{all}{}\n", lines[5]), "line 6 is out of order"),
    ] {
        let (sound, said) = verify(&bench.file(name, &text), &[]);
        assert!(!sound && said.contains(says), "{name}: {said}");
    }
    let cut = bench.file("cut", &without(5));
    assert!(verify(&cut, &[]).0, "that the end was cut off, a file alone cannot tell");
    let (sound, said) = verify(&cut, &["--expect", &head]);
    assert!(!sound && said.contains("line 6 is not as it was noted"), "{said}");

    assert!(verify(&bench.file("gap", &without(2)), &["--excerpt"]).0);
    let changed = without(2).replace("\"remember_days\":3", "\"remember_days\":9");
    assert!(!verify(&bench.file("gap", &changed), &["--excerpt"]).0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_what_was_asked_for() {
    let bench = lived();
    let count =
        |more: &[&str]| bench.said(&[&["audit", "export", "--tenant", ONE], more].concat()).lines().count();
    assert_eq!(count(&["--what", "tenant.policy_changed"]), 4);
    assert_eq!(count(&["--what", "tenant", "--by", "command-line"]), 5);
    assert_eq!(count(&["--by", "server", "--until", "2020-01-01"]), 0);
    assert_eq!(count(&["--what", "tenant", "--from", "2020-01-01", "--result", "succeeded"]), 5);
    for (wrong, says) in [
        (["--result", "good"], "--result is succeeded"),
        (["--from", "yesterday"], "write a day as"),
        (["--user", "nobody@example.com"], "has no user nobody@example.com"),
    ] {
        let (_, complaint) =
            bench.failed(&[&["audit", "export", "--tenant", ONE], wrong.as_slice()].concat());
        assert!(complaint.contains(says), "{complaint}");
    }
}

/// A receipt of an approval, and the thumbprint of its tenant's key.
fn receipt() -> (String, String) {
    let (tenant, device) = (SigningKey::generate().0, SigningKey::generate().0);
    let request = ApprovalRequest {
        iss: ONE.into(),
        aud: DeviceId(Uuid::from_u128(1)),
        sub: UserId(Uuid::from_u128(2)),
        login: LoginId(Uuid::from_u128(3)),
        nonce: Bytes([4; 32]),
        application: "ACME\u{1b}[2J".into(),
        browser: "Firefox".into(),
        system: "Linux".into(),
        address: "192.0.2.1".into(),
        place: Place::PrivateNetwork,
        iat: NumericDate(1_795_381_500),
        exp: NumericDate(1_795_381_620),
        binding: sha256("binding"),
        mode: Mode::Number { digits: 2 },
        purpose: Purpose::SignIn,
    };
    let compact = sign(&request, &tenant).unwrap();
    let decision = DecisionStatement {
        iss: request.aud,
        aud: request.iss,
        sub: request.sub,
        login: request.login,
        nonce: request.nonce,
        request: sha256(&compact),
        decision: Decision::Approve,
        number: Some("42".into()),
        verification: UserVerification::Biometric,
        iat: NumericDate(1_795_381_510),
        exp: request.exp,
        jti: Bytes([5; 16]),
    };
    let decision = sign(&decision, &device).unwrap();
    let keys = [device.public_key(), device.public_key()];
    let file = ReceiptFile::new(compact, decision, tenant.public_key(), keys).unwrap();
    (file.to_text(), tenant.public_key().id().to_string())
}

#[test]
fn a_receipt_is_verified_without_a_server() {
    let home = tempfile::tempdir().unwrap();
    let (text, thumbprint) = receipt();
    let verify = |name: &str, text: &str, more: &[&str]| {
        let path = home.path().join(name);
        std::fs::write(&path, text).unwrap();
        let arguments = ["receipt", "verify", path.to_str().unwrap()];
        let command = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args([arguments.as_slice(), more].concat())
            .env("COUNTERSIGN_HOME", "/nowhere")
            .output();
        let output = command.unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.success(), said)
    };
    let (sound, said) = verify("receipt", &text, &[]);
    assert!(sound, "{said}");
    for words in ["Firefox on Linux, from 192.0.2.1", "approved with the number 42", "22 Nov 2026, 21:05 UTC"]
    {
        assert!(said.contains(words), "{said}");
    }
    assert!(said.contains(&thumbprint) && said.contains("Believed"), "{said}");
    assert!(!said.contains('\u{1b}'), "a terminal is told nothing");
    assert!(verify("receipt", &text, &["--tenant-key", &thumbprint]).1.contains("as expected"));
    let (sound, json) = verify("receipt", &text, &["--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert!(
        sound && json["decision"]["decision"] == "approve" && json["believed"]["tenant_key"] == thumbprint
    );

    let other = receipt().1;
    for (name, text, more, says) in [
        ("key", text.clone(), vec!["--tenant-key", other.as_str()], "not the one that was expected"),
        ("login", text.replace("-000000000003\"", "-000000000004\""), vec![], "names another login"),
        ("origin", text.replace("one.example", "two.example"), vec![], "names another origin"),
        ("none", "{}".to_owned(), vec![], "is not a receipt"),
    ] {
        let (sound, said) = verify(name, &text, &more);
        assert!(!sound && said.contains(says), "{name}: {said}");
    }
}

#[test]
fn a_login_without_a_decision_has_no_receipt() {
    let bench = lived();
    let login = Uuid::from_u128(3).to_string();
    let (_, complaint) = bench.failed(&["receipt", "export", "--tenant", ONE, &login]);
    assert!(complaint.contains("no phone decided"), "{complaint}");
}
