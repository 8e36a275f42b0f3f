//! Sends wakes by Web Push to whatever is named on standard input: for stand-ins in other languages.
//!
//! Prints `{"key":…}` first, by which push services know this sender. Then takes one subscription a line,
//! `{"endpoint":…,"keys":{"p256dh":…,"auth":…}}`, and prints `{"outcome":…,"said":…,"wake":…}` for each.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a tool of the tests, spoken to by its output")]

use std::io::{BufRead as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::bytes::{Bytes, to_base64url};
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::random::{self, SystemRandom};
use countersign_server::clock::SystemClock;
use countersign_server::push::guard::{Guard, SystemLookup};
use countersign_server::push::sender::{Wake, WakeKind, WakeSender as _};
use countersign_server::push::vapid::Vapid;
use countersign_server::push::webpush::WebPush;
use countersign_server::push::wire::Wire;
use countersign_server::signing_key::SigningKey;
use serde_json::{Value, json};

fn main() {
    // An error only says that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom::new()));
    let (key, _) = SigningKey::generate();
    let public = key.public_key().clone();
    let contact = Some("mailto:ops@example.com");
    let vapid = Arc::new(Vapid::new(Arc::new(key), &public, contact, clock.clone()).unwrap());
    say(&json!({ "key": vapid.public_key() }));

    let guard = Guard::new(true, Arc::new(SystemLookup));
    let sender = WebPush::new(guard, vapid, &Wire::default(), clock, random.clone()).unwrap();
    for line in std::io::stdin().lock().lines() {
        let wake = wake_for(&line.unwrap(), random::bytes(&*random));
        let answer = runtime.block_on(sender.send(&wake));
        let outcome = format!("{:?}", answer.outcome);
        say(&json!({ "outcome": outcome, "said": answer.said, "wake": to_base64url(wake.id) }));
    }
}

fn wake_for(subscription: &str, id: [u8; 16]) -> Wake {
    let subscription: Value = serde_json::from_str(subscription).unwrap();
    let endpoint = PushEndpoint::WebPush {
        endpoint: subscription["endpoint"].as_str().unwrap().to_owned(),
        p256dh: Bytes::parse(subscription["keys"]["p256dh"].as_str().unwrap()).unwrap(),
        auth: Bytes::parse(subscription["keys"]["auth"].as_str().unwrap()).unwrap(),
    };
    let (kind, collapse) = (WakeKind::Ask, "b3BhcXVlLWNvbGxhcHNlLQ".to_owned());
    Wake { endpoint, kind, id, collapse, ttl: Duration::from_mins(1) }
}

fn say(line: &Value) {
    println!("{line}");
    std::io::stdout().flush().unwrap();
}
