//! `countersign rotate-keys`, as an operator runs it.

use std::sync::Arc;

use countersign_protocol::random::SystemRandom;
use countersign_server::clock::SystemClock;
use countersign_server::config::key_file;
use countersign_server::domain::seal::MasterKeyId;
use countersign_server::service::{Service, open_database};

use crate::bench::Bench;

impl Bench {
    fn current(&self) -> MasterKeyId {
        key_file::read(&self.settings().keys.file).unwrap().current()
    }

    /// Takes a key's line out of the key file.
    fn forget(&self, id: &str) {
        let file = self.settings().keys.file;
        let text = std::fs::read_to_string(&file).unwrap();
        let kept = text.lines().filter(|line| !line.starts_with(&format!("key {id}")));
        std::fs::write(&file, kept.collect::<Vec<_>>().join("\n")).unwrap();
    }

    /// Whether a server begins, and which of the two tenants it can sign for.
    async fn serves(&self) -> [bool; 2] {
        let settings = self.settings();
        let db = open_database(&settings, false).await.unwrap();
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom::new()));
        let Ok(service) = Service::begin(settings, db, clock, random).await else { return [false; 2] };
        let mut signs = [false; 2];
        for (signs, host) in signs.iter_mut().zip(["one.example.com", "other.example.com"]) {
            *signs = service.app.tenant(host).await.is_ok_and(|tenant| tenant.is_some());
        }
        service.app.db().close().await;
        signs
    }
}

const NOTHING: &str =
    "Sealed again: 0 signing keys of tenants, 0 keys of the server, 0 authenticators, 0 mails.";

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_the_server_needs_the_new_key_alone() {
    let bench = Bench::with_two_tenants();
    let old = bench.current().to_string();
    let said = bench.said(&["rotate-keys"]);
    let new = bench.current().to_string();
    assert_ne!(new, old);
    assert!(said.contains(&format!("The current key is {new}.")), "{said}");
    assert!(said.contains("Sealed again: 2 signing keys of tenants, "), "{said}");
    assert!(bench.said(&["rotate-keys", "--seal-only"]).contains(NOTHING));
    assert_eq!(bench.current().to_string(), new, "--seal-only makes no key");
    bench.forget(&old);
    assert_eq!(bench.serves().await, [true; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_interrupted_goes_on_without_another_key() {
    let bench = Bench::with_two_tenants();
    // As if the command had been stopped when the key file was written, and nothing else was done.
    key_file::rotate(&bench.settings().keys.file, &SystemRandom::new()).unwrap();
    let new = bench.current();
    assert_eq!(bench.serves().await, [true; 2], "the older key is in the file as well");
    assert!(bench.said(&["rotate-keys", "--seal-only"]).contains("2 signing keys"));
    assert_eq!(bench.current(), new);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prepared_key_seals_once_it_is_taken() {
    let bench = Bench::with_two_tenants();
    let old = bench.current();
    let said = bench.said(&["rotate-keys", "--prepare"]);
    assert_eq!(bench.current(), old);
    let command = said.lines().last().unwrap();
    let id = command.strip_prefix("countersign rotate-keys --use ").unwrap();
    assert!(bench.said(&["rotate-keys", "--seal-only"]).contains(NOTHING), "nothing is sealed under it yet");
    assert!(bench.said(&["rotate-keys", "--use", id]).contains("2 signing keys"));
    assert_eq!(bench.current().to_string(), id);
    bench.forget(&old.to_string());
    assert_eq!(bench.serves().await, [true; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_and_nothing_is_changed() {
    let bench = Bench::with_two_tenants();
    let file = bench.settings().keys.file;
    let before = std::fs::read(&file).unwrap();
    for (arguments, words) in [
        (["rotate-keys", "--use", "00000000"], "holds no key 00000000"),
        (["rotate-keys", "--use", "new"], "eight digits"),
        (["rotate-keys", "--prepare", "--seal-only"], "cannot be used with"),
    ] {
        let said = bench.complaint(&arguments);
        assert!(said.contains(words), "{said}");
        assert_eq!(std::fs::read(&file).unwrap(), before, "{words}");
    }
    let old = bench.current().to_string();
    key_file::rotate(&file, &SystemRandom::new()).unwrap();
    bench.forget(&old);
    let said = bench.complaint(&["rotate-keys", "--seal-only"]);
    assert!(said.contains("is a key missing"), "{said}");
}
