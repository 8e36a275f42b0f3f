//! Apple and Google in a world: their stand-ins, the settings that lead there, and the phones they wake.

use std::fs::{OpenOptions, write};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use countersign_protocol::pairing::PushEndpoint;
use countersign_test_providers::apns::Apns;
use countersign_test_providers::fcm::Fcm;
use tokio::sync::mpsc;

use crate::phone::Phone;
use crate::providers::{Providers, TOPIC, android, iphone};
use crate::time::MovableClock;
use crate::world::World;

pub(crate) async fn start(wanted: bool, clock: &Arc<MovableClock>) -> Option<Providers> {
    if wanted { Some(Providers::with_clocks(clock.clone(), clock.clone()).await) } else { None }
}

/// The environment that a server needs to send wakes there, as an operator would write it.
pub(crate) fn settings(providers: Option<&Providers>, home: &Path) -> Vec<(String, String)> {
    let Some(providers) = providers else { return Vec::new() };
    let file = |name: &str| home.join(name).display().to_string();
    let (roots, key, account) = (file("push-roots.pem"), file("AuthKey.p8"), file("service-account.json"));
    write(&roots, providers.authority.pem()).unwrap();
    write_private(&key, providers.team.p8());
    write_private(&account, &providers.google.service_account());
    let values = [
        ("PUSH__EXTRA_ROOTS", roots),
        ("APNS__KEY_FILE", key),
        ("APNS__KEY_ID", providers.team.key_id.clone()),
        ("APNS__TEAM_ID", providers.team.id.clone()),
        ("APNS__TOPICS", TOPIC.to_owned()),
        ("APNS__PRODUCTION_URL", providers.apple.url()),
        ("APNS__SANDBOX_URL", providers.sandbox.url()),
        ("FCM__SERVICE_ACCOUNT_FILE", account),
        ("FCM__URL", providers.google.url()),
    ];
    values.into_iter().map(|(key, value)| (format!("COUNTERSIGN_{key}"), value)).collect()
}

/// The server takes no secret from a file that others may read.
fn write_private(path: &str, text: &str) {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

impl World {
    /// Apple's stand-in.
    ///
    /// # Panics
    /// When the setup wants none.
    #[must_use]
    pub fn apple(&self) -> &Apns {
        &self.providers.as_ref().expect("a world with providers").apple
    }

    /// Google's stand-in.
    ///
    /// # Panics
    /// When the setup wants none.
    #[must_use]
    pub fn google(&self) -> &Fcm {
        &self.providers.as_ref().expect("a world with providers").google
    }

    /// A phone that is not paired yet and is woken at `push`. What comes there is seen at the push service.
    #[must_use]
    pub fn phone_at(&self, name: &str, push: PushEndpoint) -> Phone {
        let (_, wakes) = mpsc::channel(1);
        self.phone_woken_by(name, (push, wakes), 0)
    }

    /// The n-th iPhone, paired with the user [`EMAIL`](crate::EMAIL).
    pub async fn paired_iphone(&self, n: usize) -> Phone {
        let phone = self.phone_at("Ada’s iPhone", iphone(n));
        self.pair(&phone, self.user).await;
        phone
    }

    /// The n-th Android phone, paired with the user [`EMAIL`](crate::EMAIL).
    pub async fn paired_android(&self, n: usize) -> Phone {
        let phone = self.phone_at("Ada’s Android", android(n));
        self.pair(&phone, self.user).await;
        phone
    }
}
