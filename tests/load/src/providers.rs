//! Push services to measure against: the stand-ins of Apple's and Google's, and one of Web Push that checks
//! and decrypts nothing, so that what is measured is the sender.

use std::collections::HashMap;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::serve::ListenerExt as _;
use countersign_demo::desk::SystemClock;
use countersign_demo::house::Failure;
use countersign_demo::push_service::PushService;
use countersign_protocol::bytes::Bytes;
use countersign_protocol::pairing::{ApnsEnvironment, PushEndpoint};
use countersign_protocol::random::{self, SystemRandom};
use countersign_protocol::time::{Clock as _, Timestamp};
use countersign_server::signing_key::SigningKey;
use countersign_test_providers::Authority;
use countersign_test_providers::apns::{Apns, Team};
use countersign_test_providers::fcm::Fcm;
use tokio::net::TcpListener;

const TOPIC: &str = "com.example.login";

/// A kind of push service.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    WebPush,
    Apns,
    Fcm,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::WebPush, Self::Apns, Self::Fcm];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WebPush => "Web Push",
            Self::Apns => "APNs",
            Self::Fcm => "FCM",
        }
    }
}

/// One push service of each kind, in this process.
pub(crate) struct Providers {
    authority: Authority,
    team: Team,
    apple: Apns,
    google: Fcm,
    web: WebPush,
}

impl Providers {
    /// Starts them. With `keep`, they remember what they receive, and when.
    pub(crate) async fn start(keep: bool) -> Result<Self, Failure> {
        let (authority, team) = (Authority::new(), Team::new());
        let apple = Apns::start(&authority, team.clone(), &[TOPIC], Arc::new(SystemClock)).await;
        let google = Fcm::start(&authority, Arc::new(SystemClock)).await;
        apple.keep_records(keep);
        google.keep_records(keep);
        Ok(Self { authority, team, apple, google, web: WebPush::start(keep).await? })
    }

    /// The settings that lead a server here, in environment variables without their prefix; the files that
    /// they name are written to `folder`.
    pub(crate) fn settings(&self, folder: &Path) -> Result<Vec<(&'static str, String)>, Failure> {
        let file = |name: &str, text: &str| -> Result<String, Failure> {
            let path = folder.join(name);
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            options.open(&path)?.write_all(text.as_bytes())?;
            Ok(path.display().to_string())
        };
        Ok(vec![
            ("APNS__KEY_FILE", file("apns.p8", self.team.p8())?),
            ("APNS__KEY_ID", self.team.key_id.clone()),
            ("APNS__TEAM_ID", self.team.id.clone()),
            ("APNS__TOPICS", TOPIC.to_owned()),
            ("APNS__PRODUCTION_URL", self.apple.url()),
            ("FCM__SERVICE_ACCOUNT_FILE", file("service-account.json", &self.google.service_account())?),
            ("FCM__URL", self.google.url()),
            ("PUSH__EXTRA_ROOTS", file("roots.pem", self.authority.pem())?),
        ])
    }

    /// Where the wakes of the n-th phone go.
    pub(crate) fn endpoint(&self, kind: Kind, n: usize) -> PushEndpoint {
        match kind {
            Kind::WebPush => PushEndpoint::WebPush {
                endpoint: format!("{}/{n}", self.web.origin),
                p256dh: Bytes(*SigningKey::generate().0.public_key().sec1()),
                auth: Bytes(random::bytes(&SystemRandom::new())),
            },
            Kind::Apns => PushEndpoint::Apns {
                token: format!("{n:064x}"),
                topic: TOPIC.to_owned(),
                environment: ApnsEnvironment::Production,
            },
            Kind::Fcm => PushEndpoint::Fcm { token: n.to_string() },
        }
    }

    /// When the first wake came for each phone, by its number.
    pub(crate) fn arrivals(&self, kind: Kind) -> HashMap<usize, Timestamp> {
        let mut arrivals = HashMap::new();
        match kind {
            Kind::WebPush => arrivals.extend(self.web.received()),
            Kind::Apns => {
                for record in self.apple.records() {
                    let token = record.path.strip_prefix("/3/device/");
                    if let Some(n) = token.and_then(|token| usize::from_str_radix(token, 16).ok()) {
                        arrivals.entry(n).or_insert(record.at);
                    }
                }
            }
            Kind::Fcm => {
                for record in self.google.messages() {
                    let body: serde_json::Value = serde_json::from_slice(&record.body).unwrap_or_default();
                    let token = body["message"]["token"].as_str();
                    if let Some(n) = token.and_then(|token| token.parse().ok()) {
                        arrivals.entry(n).or_insert(record.at);
                    }
                }
            }
        }
        arrivals
    }
}

/// A push service that decrypts, in this process, served until it ends: its subscriptions are addressed to it.
pub(crate) async fn push_service()
-> Result<impl Fn() -> (PushEndpoint, tokio::sync::mpsc::Receiver<Vec<u8>>), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let service = PushService::new(Arc::new(SystemRandom::new()), Arc::new(SystemClock));
    tokio::spawn(axum::serve(listener, service.router()).into_future());
    Ok(move || service.subscribe(&origin))
}

/// A push service that takes whatever comes.
struct WebPush {
    origin: String,
    log: Log,
}

#[derive(Clone)]
struct Log {
    keep: bool,
    received: Arc<Mutex<HashMap<usize, Timestamp>>>,
}

impl WebPush {
    async fn start(keep: bool) -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        // Without it, answers wait for acknowledgements: 40 ms each.
        let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
        let log = Log { keep, received: Arc::default() };
        let router = axum::Router::new().fallback(take).with_state(log.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        Ok(Self { origin, log })
    }

    fn received(&self) -> HashMap<usize, Timestamp> {
        self.log.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn take(State(log): State<Log>, uri: Uri, _body: axum::body::Bytes) -> StatusCode {
    let phone = uri.path().strip_prefix('/').and_then(|n| n.parse().ok());
    if let Some(phone) = phone.filter(|_| log.keep) {
        let mut received = log.received.lock().unwrap_or_else(PoisonError::into_inner);
        received.entry(phone).or_insert_with(|| SystemClock.now());
    }
    StatusCode::CREATED
}
