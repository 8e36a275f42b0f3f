//! A sign-in by an e-mailed code, through a mail server in another language.
//!
//! Prints `{"certificate":…,"key":…}` first: PEM for `localhost`, with which the mail server is to speak TLS. Takes
//! `{"port":…,"user":…,"password":…}`, where it listens; prints `{"address":…}`, to whom a code was sent then. Takes
//! `{"code":…}` and prints `{"status":…,"location":…}`, where the browser was led by it.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a tool of the tests, spoken to by its output")]

use std::io::{BufRead as _, Write as _};
use std::path::Path;

use countersign_server::domain::factor::FactorRules;
use countersign_tests::ways::{send_code, type_code};
use countersign_tests::{EMAIL, On, Setup, World};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};

#[tokio::main]
async fn main() {
    let home = tempfile::tempdir().unwrap();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    say(&json!({ "certificate": cert.pem(), "key": signing_key.serialize_pem() }));

    let roots = home.path().join("roots.pem");
    std::fs::write(&roots, cert.pem()).unwrap();
    let settings = settings(&hear(), &roots);
    let world = World::with_settings(On::Sqlite, Setup::by_tap(), settings).await;
    world.require(FactorRules::USUAL).await;
    let browser = world.browser();
    world.begin(&browser).await;
    send_code(&browser).await;
    say(&json!({ "address": EMAIL }));

    let typed = type_code(&browser, "email", hear()["code"].as_str().unwrap()).await;
    say(&json!({ "status": typed.status, "location": typed.location }));
}

fn settings(server: &Value, roots: &Path) -> Vec<(String, String)> {
    let text = |name: &str| server[name].as_str().unwrap().to_owned();
    let values = [
        ("SERVER", format!("localhost:{}", server["port"])),
        ("SECURITY", "starttls".to_owned()),
        ("USER", text("user")),
        ("PASSWORD", text("password")),
        ("FROM", "東京支社 <no-reply@example.com>".to_owned()),
        ("EXTRA_ROOTS", roots.display().to_string()),
    ];
    values.into_iter().map(|(name, value)| (format!("COUNTERSIGN_MAIL__{name}"), value)).collect()
}

fn hear() -> Value {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap()
}

fn say(line: &Value) {
    println!("{line}");
    std::io::stdout().flush().unwrap();
}
