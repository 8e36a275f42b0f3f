//! The page's interface over a real socket, with a phone that answers from memory.

use super::*;
use async_trait::async_trait;
use countersign_protocol::api::{Outcome, PushState};
use countersign_protocol::approval::{Mode, Place, Purpose};
use countersign_protocol::ids::LoginId;
use countersign_protocol::random::SystemRandom;
use countersign_protocol::time::{NumericDate, Timestamp};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::sync::mpsc::{self, Sender};

const NOW: i64 = 1_800_000_000;

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(NOW)
    }
}

#[derive(Default)]
struct Fake {
    pending: Mutex<Vec<Pending>>,
    asked: Mutex<Vec<String>>,
    explained: AtomicBool,
    hint: Notify,
}

impl Fake {
    fn note(&self, what: String) {
        self.asked.lock().unwrap().push(what);
    }
}

#[async_trait]
impl Phone for Fake {
    async fn accounts(&self) -> Result<Vec<Account>, PhoneError> {
        Ok(vec![Account {
            id: "1".into(),
            tenant: "Acme".into(),
            colour: None,
            logo: Some("http://localhost:1/assets/logo?v=1".into()),
            account: "ada@acme.test".into(),
            origin: "http://localhost:1".into(),
            push: PushState::Working,
            state: AccountState::Active,
        }])
    }

    async fn logo(&self, account: &str) -> Option<Picture> {
        (account == "1").then(|| Picture { media_type: "image/png", bytes: b"a picture".to_vec() })
    }

    async fn waiting(&self) -> Waiting {
        Waiting { requests: self.pending.lock().unwrap().clone(), trouble: None }
    }

    async fn open(&self, login: LoginId) -> Result<(), PhoneError> {
        self.note(format!("open {login}"));
        Ok(())
    }

    async fn approve(&self, login: LoginId, number: Option<String>) -> Result<Outcome, PhoneError> {
        self.note(format!("approve {login} {number:?}"));
        Ok(Outcome::Approved)
    }

    async fn deny(&self, login: LoginId) -> Result<Outcome, PhoneError> {
        self.note(format!("deny {login}"));
        Ok(Outcome::Denied)
    }

    async fn report(&self, login: LoginId) -> Result<Outcome, PhoneError> {
        self.note(format!("report {login}"));
        Ok(Outcome::Reported)
    }

    async fn pair(&self, _link: &str) -> Result<Account, PhoneError> {
        Err(PhoneError::new("pairing_over", "The link is over.", "リンクの有効時間が過ぎました。"))
    }

    async fn hint(&self) {
        self.hint.notified().await;
    }

    fn rest(&self) {}

    async fn opened(&self) {}

    async fn explains_biometrics(&self) -> bool {
        !self.explained.load(Ordering::SeqCst)
    }

    async fn biometrics_explained(&self) -> Result<(), PhoneError> {
        self.explained.store(true, Ordering::SeqCst);
        Ok(())
    }
}

fn request() -> Pending {
    let id = LoginId::new(Timestamp::from_seconds(NOW), &SystemRandom::new());
    Pending {
        purpose: Purpose::SignIn,
        id,
        account_id: "1".into(),
        tenant: "Acme".into(),
        account: "ada@acme.test".into(),
        application: "Acme Payroll".into(),
        browser: "Firefox".into(),
        system: "Windows".into(),
        address: "203.0.113.7".into(),
        place: Place::Unknown,
        asked_at: NumericDate(NOW),
        expires_at: NumericDate(NOW + 120),
        mode: Mode::Number { digits: 2 },
    }
}

struct Desk {
    address: std::net::SocketAddr,
    path: String,
    phone: Arc<Fake>,
    wakes: Sender<Vec<u8>>,
}

async fn desk() -> Desk {
    let (wakes, receiver) = mpsc::channel(4);
    let phone = Arc::new(Fake::default());
    let options = Options { random: Arc::new(SystemRandom::new()), clock: Arc::new(Fixed) };
    let page = PhonePage::new(Arc::clone(&phone) as Arc<dyn Phone>, receiver, &options);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (router, path) = (page.router(), page.path().to_owned());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Desk { address, path, phone, wakes }
}

impl Desk {
    async fn connect(&self, head: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let text = format!("{head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    async fn raw(&self, head: &str, body: &str) -> String {
        let mut answer = String::new();
        self.connect(head, body).await.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn get(&self, path: &str) -> String {
        self.raw(&format!("GET {}{path} HTTP/1.1\r\nhost: {}", self.path, self.address), "").await
    }

    async fn post(&self, path: &str, body: &str) -> String {
        let (page, host) = (&self.path, self.address);
        let head = format!(
            "POST {page}{path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\ncontent-type: application/json"
        );
        self.raw(&head, body).await
    }
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

fn json(answer: &str) -> serde_json::Value {
    serde_json::from_str(&answer[answer.find('{').unwrap()..=answer.rfind('}').unwrap()]).unwrap()
}

#[tokio::test]
async fn the_page_and_its_assets_come_with_a_strict_policy() {
    let desk = desk().await;
    let page = desk.get("?lang=ja").await;
    assert_eq!(status(&page), 200);
    assert!(page.contains("<html lang=\"ja\">"));
    for header in ["content-security-policy: default-src 'none'", "referrer-policy: no-referrer"] {
        assert!(page.contains(header), "{header}");
    }
    for asset in page.split('"').filter(|text| text.starts_with("assets/")) {
        assert_eq!(status(&desk.get(asset).await), 200, "{asset}");
    }
    assert_eq!(status(&desk.get("assets/../Cargo.toml").await), 404);
}

#[tokio::test]
async fn nobody_without_the_path_reaches_the_phone() {
    let desk = desk().await;
    let host = desk.address;
    for path in ["/", "/state", "/AAAAAAAAAAAAAAAAAAAAAA/state"] {
        assert_eq!(status(&desk.raw(&format!("GET {path} HTTP/1.1\r\nhost: {host}"), "").await), 404);
    }
}

#[tokio::test]
async fn another_host_or_origin_is_turned_away() {
    let desk = desk().await;
    let (page, host) = (&desk.path, desk.address);
    let rebound = format!("GET {page}state HTTP/1.1\r\nhost: phone.evil.example");
    assert_eq!(status(&desk.raw(&rebound, "").await), 403);
    for origin in ["", "origin: http://evil.example\r\n", "origin: null\r\n"] {
        let head = format!("POST {page}unlock HTTP/1.1\r\n{origin}host: {host}");
        assert_eq!(status(&desk.raw(&head, "{}").await), 403, "{origin}");
    }
    assert_eq!(json(&desk.get("state").await)["locked"], true);
}

#[tokio::test]
async fn a_locked_phone_tells_nothing_and_an_unlocked_one_tells_all() {
    let desk = desk().await;
    desk.phone.pending.lock().unwrap().push(request());
    let locked = json(&desk.get("state").await);
    assert_eq!(locked["pending"], serde_json::json!([]));
    assert_eq!(locked["accounts"], serde_json::json!([]));

    assert_eq!(status(&desk.post("unlock", "{}").await), 204);
    let open = json(&desk.get("state").await);
    assert_eq!(open["now"], NOW);
    assert_eq!(open["accounts"][0]["state"], "active");
    assert_eq!(open["pending"][0]["application"], "Acme Payroll");
    assert_eq!(open["pending"][0]["mode"]["number"]["digits"], 2);
    assert_eq!(open["pending"][0]["expires_at"], NOW + 120);
}

#[tokio::test]
async fn a_tenants_picture_comes_from_the_phone_itself_and_from_no_locked_one() {
    let desk = desk().await;
    assert_eq!(status(&desk.get("logo/1?v=1").await), 404);
    desk.post("unlock", "{}").await;
    let picture = desk.get("logo/1?v=1").await;
    assert!(picture.contains("content-type: image/png") && picture.ends_with("a picture"), "{picture}");
    assert!(picture.contains("cache-control: private") && picture.contains("nosniff"), "{picture}");
    assert_eq!(status(&desk.get("logo/2").await), 404);
}

#[tokio::test]
async fn what_was_opened_and_decided_reaches_the_phone() {
    let desk = desk().await;
    let id = request().id;
    assert_eq!(status(&desk.post("open", &format!(r#"{{"id":"{id}"}}"#)).await), 204);
    let approve = desk.post("approve", &format!(r#"{{"id":"{id}","number":"42"}}"#)).await;
    assert_eq!(json(&approve)["outcome"], "approved");
    assert_eq!(json(&desk.post("deny", &format!(r#"{{"id":"{id}"}}"#)).await)["outcome"], "denied");
    assert_eq!(json(&desk.post("report", &format!(r#"{{"id":"{id}"}}"#)).await)["outcome"], "reported");
    assert_eq!(status(&desk.post("deny", r#"{"id":"x"}"#).await), 422);
    let asked = desk.phone.asked.lock().unwrap().join(", ");
    assert_eq!(asked, format!("open {id}, approve {id} Some(\"42\"), deny {id}, report {id}"));
}

#[tokio::test]
async fn an_error_has_a_code_and_a_sentence_in_each_language() {
    let desk = desk().await;
    let answer = desk.post("pair", r#"{"link":"http://localhost:1/pair#x"}"#).await;
    assert_eq!(status(&answer), 409);
    let body = json(&answer);
    assert_eq!(body["code"], "pairing_over");
    assert_eq!(body["message"]["en"], "The link is over.");
    assert_eq!(body["message"]["ja"], "リンクの有効時間が過ぎました。");
}

/// The page's stream of events, and the phone behind it.
struct Watching {
    desk: Desk,
    events: TcpStream,
    seen: String,
}

impl Watching {
    async fn begin() -> Self {
        let desk = desk().await;
        let head = format!("GET {}events HTTP/1.1\r\nhost: {}", desk.path, desk.address);
        let events = desk.connect(&head, "").await;
        let mut watching = Self { desk, events, seen: String::new() };
        watching.told("changed").await;
        watching
    }

    /// The next events, up to one of this name.
    async fn told(&mut self, name: &str) {
        read_until(&mut self.events, &mut self.seen, &format!("event: {name}")).await;
    }

    async fn wake(&mut self) {
        self.seen.clear();
        self.desk.wakes.send(vec![1]).await.unwrap();
    }

    fn hint(&mut self) {
        self.seen.clear();
        self.desk.phone.hint.notify_one();
    }

    fn asks(&self) {
        self.desk.phone.pending.lock().unwrap().push(request());
    }

    /// Whether a notification lies there, and how many requests wait.
    async fn notified(&self) -> (bool, u64) {
        let state = json(&self.desk.get("state").await);
        (state["notified"].as_bool().unwrap(), state["waiting"].as_u64().unwrap())
    }
}

#[tokio::test]
async fn a_wake_slides_the_notification_in_and_unlocking_takes_it_away() {
    let mut page = Watching::begin().await;
    page.asks();
    page.wake().await;
    page.told("popup").await;
    assert_eq!(page.notified().await, (true, 1));
    page.desk.post("unlock", "{}").await;
    assert_eq!(page.notified().await, (false, 1));
}

#[tokio::test]
async fn a_wake_behind_which_nothing_waits_shows_no_notification() {
    let mut page = Watching::begin().await;
    page.wake().await;
    page.told("changed").await;
    assert!(!page.seen.contains("popup"));
    assert_eq!(page.notified().await, (false, 0));
}

#[tokio::test]
async fn what_is_answered_elsewhere_takes_its_notification_along() {
    let mut page = Watching::begin().await;
    page.asks();
    page.asks();
    page.wake().await;
    page.told("popup").await;
    assert_eq!(page.notified().await, (true, 2));

    page.desk.phone.pending.lock().unwrap().pop();
    page.wake().await;
    page.told("changed").await;
    assert!(!page.seen.contains("popup"), "a wake that tells of an end disturbs nobody");
    assert_eq!(page.notified().await, (true, 1));

    page.desk.phone.pending.lock().unwrap().pop();
    page.wake().await;
    page.told("changed").await;
    assert!(!page.seen.contains("popup"));
    assert_eq!(page.notified().await, (false, 0));
}

#[tokio::test]
async fn a_request_that_nobody_was_woken_for_comes_to_the_open_app_without_a_popup() {
    let mut page = Watching::begin().await;
    page.desk.post("unlock", "{}").await;
    page.asks();
    page.hint();
    while json(&page.desk.get("state").await)["waiting"] != 1 {
        page.seen.clear();
        page.told("changed").await;
    }
    assert!(!page.seen.contains("popup"));
    assert_eq!(json(&page.desk.get("state").await)["pending"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_locked_phone_waits_to_be_woken() {
    let mut page = Watching::begin().await;
    page.asks();
    page.hint();
    page.wake().await;
    page.told("popup").await;
    page.desk.post("unlock", "{}").await;
    page.seen.clear();
    page.told("changed").await;
    assert_eq!(page.notified().await, (false, 1));
}

#[tokio::test]
async fn focus_keeps_the_notification_back_until_it_ends() {
    let mut page = Watching::begin().await;
    assert_eq!(status(&page.desk.post("focus", r#"{"on":true}"#).await), 204);
    page.asks();
    page.wake().await;
    page.told("changed").await;
    assert!(!page.seen.contains("popup"));
    assert_eq!(page.notified().await, (false, 1));
    assert_eq!(json(&page.desk.get("state").await)["focus"], true);
    page.desk.post("focus", r#"{"on":false}"#).await;
    assert_eq!(page.notified().await, (true, 1));
}

#[tokio::test]
async fn why_a_face_is_asked_for_is_noted_as_read() {
    let desk = desk().await;
    assert_eq!(json(&desk.get("state").await)["explains_biometrics"], true);
    assert_eq!(status(&desk.post("explained", "{}").await), 200);
    assert_eq!(json(&desk.get("state").await)["explains_biometrics"], false);
}

async fn read_until(stream: &mut TcpStream, seen: &mut String, text: &str) {
    let mut buffer = [0; 1024];
    while !seen.contains(text) {
        let n = stream.read(&mut buffer).await.unwrap();
        assert!(n > 0, "the stream ended: {seen}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..n]));
    }
}
