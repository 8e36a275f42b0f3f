//! The service over a real socket, with the message of RFC 8291.

use super::*;
use countersign_protocol::random::SystemRandom;
use countersign_protocol::time::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const NOW: i64 = 1_800_000_000;

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(NOW)
    }
}

struct Desk {
    service: PushService,
    address: std::net::SocketAddr,
    endpoint: PushEndpoint,
    wakes: Receiver<Vec<u8>>,
    body: Vec<u8>,
}

async fn desk() -> Desk {
    let service = PushService::new(Arc::new(SystemRandom::new()), Arc::new(Fixed));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = service.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let (keys, body) = decrypt::tests::rfc_example();
    let (endpoint, wakes) = service.insert("token".to_owned(), format!("http://{address}"), keys);
    Desk { service, address, endpoint, wakes, body }
}

impl Desk {
    fn authorization(&self) -> String {
        let origin = format!("http://{}", self.address);
        let value = vapid::tests::header(r#"{"typ":"JWT","alg":"ES256"}"#, &origin, NOW + 60);
        format!("authorization: {}", value.to_str().unwrap())
    }

    fn good_headers(&self) -> Vec<String> {
        let rest = ["ttl: 60", "content-encoding: aes128gcm", "urgency: high", "topic: a-topic_1"];
        rest.iter().map(ToString::to_string).chain([self.authorization()]).collect()
    }

    /// The head of the answer, in lower case.
    async fn post(&self, token: &str, headers: &[String], body: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "POST /push/{token} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n{}\r\n\r\n",
            self.address,
            body.len(),
            headers.join("\r\n")
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.split("\r\n\r\n").next().unwrap().to_ascii_lowercase()
    }

    async fn status(&self, headers: &[String], body: &[u8]) -> u16 {
        status(&self.post("token", headers, body).await)
    }
}

fn status(head: &str) -> u16 {
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_message_is_taken_and_reaches_the_phone_in_plain_text() {
    let mut desk = desk().await;
    let head = desk.post("token", &desk.good_headers(), &desk.body).await;
    assert_eq!(status(&head), 201);
    assert!(head.contains(&format!("location: http://{}/message/", desk.address)), "{head}");
    assert!(head.contains("\r\nttl: 60"), "{head}");
    assert_eq!(desk.wakes.recv().await.unwrap(), b"When I grow up, I want to be a watermelon");
}

#[tokio::test]
async fn each_header_is_asked_for() {
    let desk = desk().await;
    let good = desk.good_headers();
    for (name, expected) in [("ttl", 400), ("content-encoding", 415), ("authorization", 401)] {
        let rest: Vec<_> = good.iter().filter(|header| !header.starts_with(name)).cloned().collect();
        assert_eq!(desk.status(&rest, &desk.body).await, expected, "without {name}");
    }
    for (wrong, expected) in [
        ("ttl: soon", 400),
        ("urgency: asap", 400),
        ("topic: two words", 400),
        ("content-encoding: aesgcm", 415),
    ] {
        let name = wrong.split(':').next().unwrap();
        let mut headers: Vec<_> = good.iter().filter(|header| !header.starts_with(name)).cloned().collect();
        headers.push(wrong.to_owned());
        assert_eq!(desk.status(&headers, &desk.body).await, expected, "{wrong}");
    }
    let old = vapid::tests::header(r#"{"alg":"ES256"}"#, &format!("http://{}", desk.address), NOW - 1);
    let mut headers = good;
    headers.pop();
    headers.push(format!("authorization: {}", old.to_str().unwrap()));
    assert_eq!(desk.status(&headers, &desk.body).await, 403);
}

#[tokio::test]
async fn four_kibibytes_are_taken_and_not_one_byte_more() {
    let mut desk = desk().await;
    // Not decryptable, and taken all the same: a push service cannot read what it carries.
    assert_eq!(desk.status(&desk.good_headers(), &[7; 4096]).await, 201);
    assert_eq!(desk.status(&desk.good_headers(), &[7; 4097]).await, 413);
    assert!(desk.wakes.try_recv().is_err());
}

#[tokio::test]
async fn unknown_and_gone_subscriptions_are_told_apart() {
    let desk = desk().await;
    let headers = desk.good_headers();
    assert_eq!(status(&desk.post("other", &headers, &desk.body).await), 404);
    desk.service.unsubscribe(&desk.endpoint);
    assert_eq!(desk.status(&headers, &desk.body).await, 410);
}

#[tokio::test]
async fn a_phone_that_stopped_listening_is_gone() {
    let mut desk = desk().await;
    desk.wakes.close();
    assert_eq!(desk.status(&desk.good_headers(), &desk.body).await, 410);
}

#[tokio::test]
async fn subscriptions_differ_in_address_and_keys() {
    let desk = desk().await;
    let (first, _keep) = desk.service.subscribe("http://127.0.0.1:1/");
    let (second, _too) = desk.service.subscribe("http://127.0.0.1:1");
    assert_ne!(first, second);
    let PushEndpoint::WebPush { endpoint, .. } = first else { panic!("a Web Push endpoint") };
    assert!(endpoint.starts_with("http://127.0.0.1:1/push/"), "{endpoint}");
}
