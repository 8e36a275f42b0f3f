//! What the stand-in refuses, and in what words: seen from a plain HTTP/2 client.

use std::sync::atomic::{AtomicI64, Ordering};

use super::*;

const NOW: i64 = 1_800_000_000;
const DEVICE: &str = "00000000000000000000000000000000000000000000000000000000deadbeef";
const ALERT: &str = r#"{"aps":{"alert":"Hello"}}"#;

struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.0.load(Ordering::Relaxed))
    }
}

struct Bench {
    apns: Apns,
    team: Team,
    clock: Arc<Hand>,
    client: reqwest::Client,
}

impl Bench {
    async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (authority, team, clock) = (Authority::new(), Team::new(), Arc::new(Hand(AtomicI64::new(NOW))));
        let apns = Apns::start(&authority, team.clone(), &["com.example.app"], clock.clone()).await;
        let root = reqwest::Certificate::from_pem(authority.pem().as_bytes()).unwrap();
        let client = reqwest::Client::builder().tls_certs_merge([root]).http2_prior_knowledge().no_proxy();
        Self { apns, team, clock, client: client.build().unwrap() }
    }

    /// A good request.
    fn request(&self) -> reqwest::RequestBuilder {
        let token = self.team.token(Timestamp::from_seconds(NOW));
        self.bare(&format!("/3/device/{DEVICE}"))
            .header("authorization", format!("bearer {token}"))
            .header("apns-topic", "com.example.app")
            .header("apns-push-type", "alert")
            .body(ALERT)
    }

    fn bare(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.post(format!("{}{path}", self.apns.url()))
    }
}

/// Status and reason.
async fn answer(request: reqwest::RequestBuilder) -> (u16, String) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let body: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default();
    (status, body["reason"].as_str().unwrap_or_default().to_owned())
}

fn is(status: u16, reason: &str) -> (u16, String) {
    (status, reason.to_owned())
}

#[tokio::test]
async fn a_good_request_is_accepted_and_kept_as_it_came() {
    let bench = Bench::new().await;
    let id = "123e4567-e89b-12d3-a456-426614174000";
    let sent = bench.request().header("apns-id", id).send().await.unwrap();
    assert_eq!((sent.status().as_u16(), sent.headers()["apns-id"].to_str().unwrap()), (200, id));
    assert_eq!(sent.version(), hyper::Version::HTTP_2);
    let record = bench.apns.wait_for(1).await.remove(0);
    assert_eq!((record.path, record.body), (format!("/3/device/{DEVICE}"), ALERT.into()));
    assert_eq!((bench.apns.accepted(), bench.apns.connections()), (1, 1));
}

#[tokio::test]
async fn method_path_and_device_token_are_checked() {
    let bench = Bench::new().await;
    let get = bench.client.get(format!("{}/3/device/{DEVICE}", bench.apns.url()));
    assert_eq!(answer(get).await, is(405, "MethodNotAllowed"));
    assert_eq!(answer(bench.bare("/2/device/x")).await, is(404, "BadPath"));
    assert_eq!(answer(bench.bare("/3/device/")).await, is(400, "MissingDeviceToken"));
    assert_eq!(answer(bench.bare("/3/device/abc")).await, is(400, "BadDeviceToken"));
    let not_hex = format!("/3/device/{}", "g".repeat(64));
    assert_eq!(answer(bench.bare(&not_hex)).await, is(400, "BadDeviceToken"));
}

#[tokio::test]
async fn a_provider_token_must_be_the_teams_and_at_most_an_hour_old() {
    let bench = Bench::new().await;
    let bare = || bench.bare(&format!("/3/device/{DEVICE}"));
    assert_eq!(answer(bare()).await, is(403, "MissingProviderToken"));
    let invalid = is(403, "InvalidProviderToken");
    for header in ["bearer", "bearer x", "bearer e30.e30.", "basic abc"] {
        assert_eq!(answer(bare().header("authorization", header)).await, invalid, "{header}");
    }
    let at = |seconds| Timestamp::from_seconds(NOW + seconds);
    let others = Team::new().token(at(0));
    assert_eq!(answer(bare().header("authorization", format!("bearer {others}"))).await, invalid);
    for team in [
        Team { id: "OTHERTEAM1".into(), ..bench.team.clone() },
        Team { key_id: "OTHERKEY12".into(), ..bench.team.clone() },
    ] {
        let header = format!("bearer {}", team.token(at(0)));
        assert_eq!(answer(bare().header("authorization", header)).await, invalid);
    }
    let early = format!("bearer {}", bench.team.token(at(61)));
    assert_eq!(answer(bare().header("authorization", early)).await, invalid);

    bench.clock.0.store(NOW + 3600, Ordering::Relaxed);
    assert_eq!(answer(bench.request()).await, is(200, ""));
    bench.clock.0.store(NOW + 3601, Ordering::Relaxed);
    assert_eq!(answer(bench.request()).await, is(403, "ExpiredProviderToken"));
}

#[tokio::test]
async fn headers_are_checked() {
    let bench = Bench::new().await;
    let without = |name: &str| {
        let mut request = bench.request().build().unwrap();
        request.headers_mut().remove(name);
        reqwest::RequestBuilder::from_parts(bench.client.clone(), request)
    };
    let with = |name: &'static str, value: &str| without(name).header(name, value);
    assert_eq!(answer(without("apns-topic")).await, is(400, "MissingTopic"));
    assert_eq!(answer(with("apns-topic", "com.example.other")).await, is(400, "TopicDisallowed"));
    assert_eq!(answer(with("apns-topic", "a b")).await, is(400, "BadTopic"));
    assert_eq!(answer(without("apns-push-type")).await, is(400, "InvalidPushType"));
    assert_eq!(answer(with("apns-push-type", "silent")).await, is(400, "InvalidPushType"));
    assert_eq!(answer(with("apns-push-type", "background")).await, is(400, "BadPriority"));
    let background = with("apns-push-type", "background").header("apns-priority", "5");
    assert_eq!(answer(background).await, is(200, ""));
    assert_eq!(answer(with("apns-priority", "7")).await, is(400, "BadPriority"));
    assert_eq!(answer(with("apns-expiration", "soon")).await, is(400, "BadExpirationDate"));
    assert_eq!(answer(with("apns-collapse-id", &"x".repeat(65))).await, is(400, "BadCollapseId"));
    assert_eq!(answer(with("apns-id", "1")).await, is(400, "BadMessageId"));
    let twice = bench.request().header("apns-topic", "com.example.app");
    assert_eq!(answer(twice).await, is(400, "DuplicateHeaders"));
}

#[tokio::test]
async fn a_payload_is_json_of_at_most_4096_bytes() {
    let bench = Bench::new().await;
    let with = |body: String| bench.request().body(body);
    let of_length = |length: usize| {
        let empty = r#"{"aps":{},"x":""}"#;
        format!(r#"{{"aps":{{}},"x":"{}"}}"#, "x".repeat(length - empty.len()))
    };
    assert_eq!(answer(with(of_length(4096))).await, is(200, ""));
    assert_eq!(answer(with(of_length(4097))).await, is(413, "PayloadTooLarge"));
    for body in ["", "aps", "[]", "{}", r#"{"aps":1}"#] {
        assert_eq!(answer(with(body.into())).await, is(400, "PayloadEmpty"), "{body}");
    }
}

#[tokio::test]
async fn tokens_and_answers_are_what_a_test_makes_them() {
    let bench = Bench::new().await;
    let since = Timestamp::from_seconds(NOW - 60);
    bench.apns.set_token(DEVICE, Some(TokenState::Unregistered(since)));
    let gone = bench.request().send().await.unwrap();
    assert_eq!(gone.status(), 410);
    let body: serde_json::Value = serde_json::from_str(&gone.text().await.unwrap()).unwrap();
    assert_eq!(body, serde_json::json!({ "reason": "Unregistered", "timestamp": (NOW - 60) * 1000 }));
    bench.apns.set_token(DEVICE, None);

    bench.apns.answer_all(503, "Shutdown", Some(9));
    let down = bench.request().send().await.unwrap();
    assert_eq!((down.status().as_u16(), down.headers()["retry-after"].to_str().unwrap()), (503, "9"));
    bench.apns.recover(None);
    bench.apns.answer_token(DEVICE, 429, "TooManyRequests", None);
    assert_eq!(answer(bench.request()).await, is(429, "TooManyRequests"));
    bench.apns.recover(Some(DEVICE));
    assert_eq!(answer(bench.request()).await, is(200, ""));
    assert_eq!((bench.apns.received(), bench.apns.accepted()), (4, 1));
}
