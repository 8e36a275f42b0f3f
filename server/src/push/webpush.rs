//! Sends wakes by Web Push (RFC 8030): to Mozilla's, Google's and Apple's services, and to any
//! UnifiedPush server that people run themselves.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::random::Random;
use countersign_protocol::time::Clock;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder, Response, StatusCode};

use super::encrypt::encrypt;
use super::guard::Guard;
use super::sender::{Answer, SendOutcome, Wake, WakeSender};
use super::vapid::Vapid;
use super::wire::{self, Wire};

/// Sends wakes by Web Push.
pub struct WebPush {
    client: Client,
    guard: Guard,
    vapid: Arc<Vapid>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl WebPush {
    /// A sender with a connection pool of its own, which connects only where `guard` lets it. Needs
    /// rustls' default provider to be installed.
    ///
    /// # Errors
    /// If the TLS roots cannot be read.
    pub fn new(
        guard: Guard,
        vapid: Arc<Vapid>,
        wire: &Wire,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, reqwest::Error> {
        // No proxies, no redirects: where they lead, the guard does not see.
        let client = wire
            .client()
            .http1_only()
            .https_only(!guard.allows_private())
            .dns_resolver(Arc::new(guard.clone()))
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(8)
            .build()?;
        Ok(Self { client, guard, vapid, clock, random })
    }

    /// Everything that goes over the wire.
    fn request(&self, wake: &Wake) -> Result<RequestBuilder, Box<dyn Error + Send + Sync>> {
        let PushEndpoint::WebPush { endpoint, p256dh, auth } = &wake.endpoint else {
            return Err("not an endpoint of Web Push".into());
        };
        let url = self.guard.check_url(endpoint)?;
        let message = encrypt(&p256dh.0, &auth.0, wake.payload().as_bytes(), self.random.as_ref())?;
        let authorization = self.vapid.authorization(&url)?;
        Ok(self
            .client
            .post(url)
            .header("TTL", wake.ttl.as_secs())
            .header("Urgency", "high")
            .header("Topic", &wake.collapse)
            .header(CONTENT_ENCODING, "aes128gcm")
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(AUTHORIZATION, authorization)
            .body(message))
    }

    async fn judge(&self, answer: Response) -> Answer {
        let status = answer.status();
        let after = wire::retry_after(answer.headers(), self.clock.now());
        wire::read(answer).await;
        outcome(status, after)
    }
}

#[async_trait]
impl WakeSender for WebPush {
    async fn send(&self, wake: &Wake) -> Answer {
        let request = match self.request(wake) {
            Ok(request) => request,
            Err(error) => return SendOutcome::Refused.said(error.to_string()),
        };
        match request.send().await {
            Ok(answer) => self.judge(answer).await,
            Err(error) => wire::failure(error),
        }
    }
}

/// What a status means (RFC 8030, sections 5 and 7.3).
fn outcome(status: StatusCode, after: Option<Duration>) -> Answer {
    let outcome = match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => SendOutcome::Gone,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => SendOutcome::Retry { after },
        _ if status.is_success() => SendOutcome::Accepted,
        _ if status.is_server_error() => SendOutcome::Retry { after },
        // Also a redirect: it is not followed.
        _ => SendOutcome::Refused,
    };
    outcome.said(status.as_u16().to_string())
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use countersign_protocol::bytes::{Bytes, to_base64url};
    use countersign_protocol::random::SystemRandom;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::mpsc;

    use super::super::encrypt::receiver::Receiver;
    use super::super::guard::{EndpointRefused, Lookup, SystemLookup};
    use super::super::sender::WakeKind;
    use super::super::vapid::testing::{TestClock, TestSigner};
    use super::*;

    const NOW: i64 = 1_790_000_000;
    const PHONE_KEY: [u8; 32] = [7; 32];
    const AUTH: [u8; 16] = [9; 16];

    /// A push service: hands over all bytes of each request and gives the same answer to each.
    struct Service {
        port: u16,
        requests: mpsc::UnboundedReceiver<Vec<u8>>,
        connections: Arc<AtomicUsize>,
    }

    impl Service {
        async fn start(answer: &'static str) -> Self {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            let port = listener.local_addr().unwrap().port();
            let (sender, requests) = mpsc::unbounded_channel();
            let connections = Arc::new(AtomicUsize::new(0));
            let counter = connections.clone();
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    counter.fetch_add(1, Ordering::Relaxed);
                    let sender = sender.clone();
                    tokio::spawn(async move {
                        while let Some(request) = read_request(&mut stream).await {
                            sender.send(request).unwrap();
                            stream.write_all(answer.as_bytes()).await.unwrap();
                        }
                    });
                }
            });
            Self { port, requests, connections }
        }
    }

    async fn read_request(stream: &mut TcpStream) -> Option<Vec<u8>> {
        let mut request = Vec::new();
        loop {
            if stream.read_buf(&mut request).await.ok()? == 0 {
                return None;
            }
            let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8(request[..end].to_vec()).unwrap().to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if request.len() == end + 4 + length.parse::<usize>().unwrap() {
                return Some(request);
            }
        }
    }

    fn sender_with(guard: Guard) -> WebPush {
        // A second installation fails, and is not needed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (signer, clock) = (Arc::new(TestSigner::new()), TestClock::at(NOW));
        let key = signer.public_key();
        let vapid = Vapid::new(signer, &key, Some("mailto:ops@example.com"), clock.clone()).unwrap();
        WebPush::new(guard, Arc::new(vapid), &Wire::default(), clock, Arc::new(SystemRandom::new())).unwrap()
    }

    fn sender() -> WebPush {
        sender_with(Guard::new(true, Arc::new(SystemLookup)))
    }

    fn wake(endpoint: &str) -> Wake {
        let phone = Receiver::new(&PHONE_KEY, AUTH);
        let endpoint = PushEndpoint::WebPush {
            endpoint: endpoint.into(),
            p256dh: Bytes(phone.p256dh()),
            auth: Bytes(phone.auth()),
        };
        let (kind, collapse) = (WakeKind::Ask, "opaque".to_owned());
        Wake { endpoint, kind, id: [0xab; 16], collapse, ttl: Duration::from_secs(120) }
    }

    const CREATED: &str =
        "HTTP/1.1 201 Created\r\nLocation: https://push.example/m/1\r\nContent-Length: 0\r\n\r\n";

    #[tokio::test]
    async fn a_push_service_sees_these_bytes_and_no_others() {
        let mut service = Service::start(CREATED).await;
        let (port, sender) = (service.port, sender());
        let wake = wake(&format!("http://127.0.0.1:{port}/wpush/token?a=b"));
        assert_eq!(sender.send(&wake).await, SendOutcome::Accepted.said("201"));

        let request = service.requests.recv().await.unwrap();
        let end = request.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(request[..end].to_vec()).unwrap();
        let body = &request[end + 4..];
        let mut lines: Vec<_> = head.split("\r\n").map(str::to_lowercase).collect();
        assert_eq!(lines.remove(0), "post /wpush/token?a=b http/1.1");
        lines.sort();
        let authorization = lines.remove(1);
        let expected = [
            "accept: */*",
            "content-encoding: aes128gcm",
            "content-length: 136", // header 86, payload 33, delimiter 1, tag 16
            "content-type: application/octet-stream",
            &format!("host: 127.0.0.1:{port}"),
            "topic: opaque",
            "ttl: 120",
            "urgency: high",
        ];
        assert_eq!(lines, expected);
        let value = sender.vapid.authorization(&format!("http://127.0.0.1:{port}").parse().unwrap()).unwrap();
        assert_eq!(authorization, format!("authorization: {}", value.to_str().unwrap().to_lowercase()));

        let plain = Receiver::new(&PHONE_KEY, AUTH).open(body).unwrap();
        assert_eq!(
            String::from_utf8(plain).unwrap(),
            format!(r#"{{"wake":"{}"}}"#, to_base64url([0xab; 16]))
        );
    }

    #[tokio::test]
    async fn a_connection_is_used_again() {
        let mut service = Service::start(CREATED).await;
        let (sender, wake) = (sender(), wake(&format!("http://127.0.0.1:{}/", service.port)));
        for _ in 0..3 {
            assert_eq!(sender.send(&wake).await, SendOutcome::Accepted.said("201"));
            service.requests.recv().await.unwrap();
        }
        assert_eq!(service.connections.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn answers_over_the_wire() {
        let cases = [
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", SendOutcome::Gone.said("404")),
            ("HTTP/1.1 410 Gone\r\nContent-Length: 4\r\n\r\ngone", SendOutcome::Gone.said("410")),
            (
                "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n",
                SendOutcome::Retry { after: Some(Duration::from_secs(30)) }.said("429"),
            ),
            (
                "HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n",
                SendOutcome::Retry { after: None }.said("503"),
            ),
            ("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", SendOutcome::Refused.said("403")),
        ];
        for (answer, expected) in cases {
            let service = Service::start(answer).await;
            let wake = wake(&format!("http://127.0.0.1:{}/", service.port));
            assert_eq!(sender().send(&wake).await, expected);
        }
    }

    #[test]
    fn statuses() {
        let after = Some(Duration::from_secs(7));
        for (status, expected) in [
            (200, "Accepted"),
            (201, "Accepted"),
            (202, "Accepted"),
            (301, "Refused"),
            (307, "Refused"),
            (400, "Refused"),
            (401, "Refused"),
            (403, "Refused"),
            (404, "Gone"),
            (408, "Retry"),
            (410, "Gone"),
            (413, "Refused"),
            (429, "Retry"),
            (500, "Retry"),
            (503, "Retry"),
        ] {
            let Answer { outcome, .. } = outcome(StatusCode::from_u16(status).unwrap(), after);
            assert!(format!("{outcome:?}").starts_with(expected), "{status} {outcome:?}");
        }
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let mut inner = Service::start(CREATED).await;
        for status in
            ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"]
        {
            let answer = format!(
                "HTTP/1.1 {status}\r\nLocation: http://127.0.0.1:{}/admin\r\nContent-Length: 0\r\n\r\n",
                inner.port
            );
            let outer = Service::start(answer.leak()).await;
            let sent = sender().send(&wake(&format!("http://127.0.0.1:{}/", outer.port))).await;
            assert_eq!(sent, SendOutcome::Refused.said(&status[..3]));
        }
        assert!(inner.requests.try_recv().is_err(), "the redirect was followed");
        assert_eq!(inner.connections.load(Ordering::Relaxed), 0);
    }

    /// Says what it is told to, once more each time.
    struct Answers(Vec<&'static str>, AtomicUsize);

    #[async_trait]
    impl Lookup for Answers {
        async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            let asked = self.1.fetch_add(1, Ordering::Relaxed);
            Ok(vec![self.0[asked.min(self.0.len() - 1)].parse().unwrap()])
        }
    }

    #[tokio::test]
    async fn the_connection_goes_to_the_address_that_was_checked() {
        // The second answer would be where a second look-up, after the check, would lead.
        let lookup = Arc::new(Answers(vec!["127.0.0.1", "127.0.0.2"], AtomicUsize::new(0)));
        let mut service = Service::start(CREATED).await;
        let sender = sender_with(Guard::new(true, lookup.clone()));
        let wake = wake(&format!("http://push.example:{}/x", service.port));
        assert_eq!(sender.send(&wake).await, SendOutcome::Accepted.said("201"));
        let request = String::from_utf8_lossy(&service.requests.recv().await.unwrap()).to_lowercase();
        assert!(request.contains(&format!("host: push.example:{}", service.port)));
        assert_eq!(lookup.1.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_and_not_tried_again() {
        for address in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:192.168.0.1"] {
            let guard = Guard::new(false, Arc::new(Answers(vec![address], AtomicUsize::new(0))));
            let sent = sender_with(guard).send(&wake("https://rebind.example/x")).await;
            assert_eq!(sent, SendOutcome::Refused.said(EndpointRefused::Address.to_string()), "{address}");
        }
    }

    #[tokio::test]
    async fn endpoints_that_the_guard_refuses_are_not_spoken_to() {
        let service = Service::start(CREATED).await;
        let strict = sender_with(Guard::new(false, Arc::new(SystemLookup)));
        let http = wake(&format!("http://127.0.0.1:{}/x", service.port));
        assert_eq!(strict.send(&http).await, SendOutcome::Refused.said(EndpointRefused::Scheme.to_string()));
        let https = wake("https://127.0.0.1/x");
        assert_eq!(
            strict.send(&https).await,
            SendOutcome::Refused.said(EndpointRefused::Address.to_string())
        );
        assert_eq!(service.connections.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_service_that_is_down_is_tried_again_and_its_endpoint_not_logged() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let sent = sender().send(&wake(&format!("http://127.0.0.1:{port}/capability"))).await;
        assert_eq!(sent.outcome, SendOutcome::Retry { after: None });
        assert!(sent.said.contains("refused") && !sent.said.contains("capability"), "{sent:?}");
    }
}
