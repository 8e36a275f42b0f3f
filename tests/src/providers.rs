//! Senders to the stand-ins of Apple and Google: the server's own, pointed at them.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::pairing::{ApnsEnvironment, PushEndpoint};
use countersign_server::push::apns::{Apns as ApnsSender, ApnsAccount};
use countersign_server::push::fcm::Fcm as FcmSender;
use countersign_server::push::sender::{Wake, WakeKind};
use countersign_server::push::service_account::ServiceAccount;
use countersign_server::push::wire::Wire;
use countersign_server::signing_key::SigningKey;
use countersign_test_providers::Authority;
use countersign_test_providers::apns::{Apns, Team};
use countersign_test_providers::fcm::Fcm;
use reqwest::Certificate;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use url::Url;

use crate::time::MovableClock;

/// The app that Apple's stand-in knows.
pub const TOPIC: &str = "com.example.login";

/// Both stand-ins, who certifies them, and the clock of all.
pub struct Providers {
    /// Apple's production service.
    pub apple: Apns,
    /// Apple's sandbox.
    pub sandbox: Apns,
    /// Google's service.
    pub google: Fcm,
    /// The developer team that Apple knows.
    pub team: Team,
    /// Who certifies the stand-ins.
    pub authority: Authority,
    /// The clock of stand-ins and senders.
    pub clock: Arc<MovableClock>,
}

impl Providers {
    /// Starts them.
    pub async fn start() -> Self {
        let clock = Arc::new(MovableClock::default());
        Self::with_clocks(clock.clone(), clock).await
    }

    /// Starts them with a clock of their own, which need not go as the senders' does.
    pub async fn with_clocks(clock: Arc<MovableClock>, theirs: Arc<MovableClock>) -> Self {
        // An error only says that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (authority, team) = (Authority::new(), Team::new());
        let apple = Apns::start(&authority, team.clone(), &[TOPIC], theirs.clone()).await;
        let sandbox = Apns::start(&authority, team.clone(), &[TOPIC], theirs.clone()).await;
        let google = Fcm::start(&authority, theirs).await;
        Self { apple, sandbox, google, team, authority, clock }
    }

    /// How senders connect, with patience for whole seconds.
    ///
    /// # Panics
    /// When the authority's certificate cannot be read.
    #[must_use]
    pub fn wire(&self) -> Wire {
        let extra_roots = vec![Certificate::from_pem(self.authority.pem().as_bytes()).unwrap()];
        Wire { extra_roots, ..Wire::default() }
    }

    /// As [`Self::wire`], for a test that waits for the patience to end.
    #[must_use]
    pub fn impatient(&self) -> Wire {
        Wire { timeout: Duration::from_millis(1500), ..self.wire() }
    }

    /// A sender to Apple.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn to_apple(&self, wire: Wire) -> ApnsSender {
        ApnsSender::new(self.apple_account(), wire, self.clock.clone()).unwrap()
    }

    /// What a sender to Apple is made of.
    ///
    /// # Panics
    /// When the team's key cannot be read.
    #[must_use]
    pub fn apple_account(&self) -> ApnsAccount {
        let der = PrivatePkcs8KeyDer::from_pem_slice(self.team.p8().as_bytes()).unwrap();
        ApnsAccount {
            key_id: self.team.key_id.clone(),
            team_id: self.team.id.clone(),
            signer: Arc::new(SigningKey::from_pkcs8(der.secret_pkcs8_der()).unwrap()),
            production: Url::parse(&self.apple.url()).unwrap(),
            sandbox: Url::parse(&self.sandbox.url()).unwrap(),
        }
    }

    /// A sender to Google.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn to_google(&self, wire: Wire) -> FcmSender {
        let account = ServiceAccount::parse(&self.google.service_account()).unwrap();
        FcmSender::new(account, Url::parse(&self.google.url()).unwrap(), wire, self.clock.clone()).unwrap()
    }
}

/// The n-th iPhone.
#[must_use]
pub fn iphone(n: usize) -> PushEndpoint {
    let (token, topic) = (iphone_token(n), TOPIC.to_owned());
    PushEndpoint::Apns { token, topic, environment: ApnsEnvironment::Production }
}

/// The device token of [`iphone`].
#[must_use]
pub fn iphone_token(n: usize) -> String {
    format!("{n:064x}")
}

/// The n-th Android phone.
#[must_use]
pub fn android(n: usize) -> PushEndpoint {
    PushEndpoint::Fcm { token: android_token(n) }
}

/// The registration token of [`android`].
#[must_use]
pub fn android_token(n: usize) -> String {
    format!("dQw4w9WgXcQ{n}:APA91b_x-y")
}

/// A wake that asks.
#[must_use]
pub fn ask(endpoint: PushEndpoint) -> Wake {
    let (kind, id, ttl) = (WakeKind::Ask, [0xab; 16], Duration::from_secs(120));
    Wake { endpoint, kind, id, collapse: "b3BhcXVlLWNvbGxhcHNlLQ".into(), ttl }
}

/// A wake that puts popups away.
#[must_use]
pub fn withdraw(endpoint: PushEndpoint) -> Wake {
    Wake { kind: WakeKind::Withdraw, ..ask(endpoint) }
}
