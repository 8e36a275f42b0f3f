//! `countersign push test`, as an operator runs it: on a folder of its own, against stand-ins.

#![expect(clippy::unwrap_used, reason = "what fails in the helpers fails the test that asked for it")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use countersign_protocol::api::DeviceState;
use countersign_protocol::ids::{DeviceId, TenantId, UserId};
use countersign_protocol::key::PublicKey;
use countersign_protocol::pairing::{ApnsEnvironment, KeyProtection, PushEndpoint};
use countersign_protocol::random::{self, SystemRandom};
use countersign_protocol::time::{Clock as _, Timestamp};
use countersign_server::clock::SystemClock;
use countersign_server::config::{Settings, file_in};
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::asked::Facts;
use countersign_server::domain::push_limits::PushLimits;
use countersign_server::domain::tenant::{NumberRule, Origin, Tenant};
use countersign_server::domain::user::{Role, User};
use countersign_server::init::init;
use countersign_server::service::open_database;
use countersign_server::store::devices::{self, Device};
use countersign_server::store::tenants::{self, NewTenant};
use countersign_server::store::users::{self, NewUser};
use countersign_server::store::{Db, StoreError};
use countersign_test_providers::Authority;
use countersign_test_providers::apns::{Apns, Team, TokenState};
use countersign_test_providers::fcm::Fcm;
use tempfile::TempDir;

const TOPIC: &str = "com.example.login";

struct Bench {
    home: TempDir,
    apple: Apns,
    google: Fcm,
    db: Db,
    tenant: TenantId,
    user: UserId,
}

impl Bench {
    /// A server's folder with a user in its database, and both providers.
    async fn new() -> Self {
        let (authority, team, clock) = (Authority::new(), Team::new(), Arc::new(SystemClock));
        let apple = Apns::start(&authority, team.clone(), &[TOPIC], clock.clone()).await;
        let google = Fcm::start(&authority, clock).await;
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("server");
        init(&dir, &SystemRandom::new()).unwrap();
        write_private(&dir.join("roots.pem"), authority.pem());
        write_private(&dir.join("key.p8"), team.p8());
        write_private(&dir.join("account.json"), &google.service_account());
        let settings = format!(
            "[push]\nextra_roots = \"roots.pem\"\n\
             [apns]\nkey_file = \"key.p8\"\nkey_id = \"{}\"\nteam_id = \"{}\"\ntopics = [\"{TOPIC}\"]\n\
             production_url = \"{}\"\nsandbox_url = \"{}\"\n\
             [fcm]\nservice_account_file = \"account.json\"\nurl = \"{}\"\n",
            team.key_id,
            team.id,
            apple.url(),
            apple.url(),
            google.url()
        );
        std::fs::write(file_in(&dir), settings).unwrap();
        let db = open_database(&Settings::load(&file_in(&dir), []).unwrap(), true).await.unwrap();
        db.migrate().await.unwrap();
        let (tenant, user) = add_people(&db).await;
        Self { home, apple, google, db, tenant, user }
    }

    async fn device(&self, push: Option<PushEndpoint>) -> DeviceId {
        let id = DeviceId::new(now(), &SystemRandom::new());
        let device = Device {
            id,
            tenant: self.tenant,
            user: self.user,
            state: DeviceState::Unconfirmed,
            name: "Ada’s phone".into(),
            platform: "desk".into(),
            protection: KeyProtection::Software,
            device_key: key(),
            approval_key: key(),
            push,
            origin: "http://localhost:1".into(),
            push_lost_at: None,
            created_at: now(),
            last_used_at: None,
            attestation: None,
        };
        let added = self.db.write_with(device, |device, tx| {
            Box::pin(async move { devices::add_unconfirmed(tx, device).await })
        });
        added.await.unwrap();
        id
    }

    /// Runs `countersign push test` for a device.
    async fn test(&self, device: DeviceId) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command
            .args(["push", "test", &device.to_string()])
            .arg("--home")
            .arg(self.home.path().join("server"));
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    /// What the command says when it fails.
    async fn complaint(&self, device: DeviceId) -> String {
        let output = self.test(device).await;
        assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

async fn add_people(db: &Db) -> (TenantId, UserId) {
    let (tenant, user) =
        (TenantId::new(now(), &SystemRandom::new()), UserId::new(now(), &SystemRandom::new()));
    let new_tenant = NewTenant {
        tenant: Tenant {
            id: tenant,
            name: "ACME".into(),
            require_hardware_keys: false,
            push_limits: PushLimits::default(),
            policy: Policy { number_rule: NumberRule::Never, ..Policy::default() },
            facts: Facts::default(),
            revision: 0,
        },
        origin: Origin::parse("https://login.example.com").unwrap(),
        signing_key_sealed: vec![1],
        at: now(),
    };
    let person = User {
        id: user,
        email: "ada@example.com".into(),
        name: "Ada".into(),
        role: Role::Member,
        language: None,
        needs_new_password: false,
        disabled: false,
        user_type: None,
        chosen_since: None,
        created_at: now(),
    };
    let new_user = NewUser {
        tenant,
        user: person,
        email_key: "ada@example.com".into(),
        password_hash: "$argon2id$".into(),
    };
    let added = db.write_with((new_tenant, new_user), |(tenant, user), tx| {
        Box::pin(async move {
            tenants::add(tx, tenant).await?;
            users::add(tx, user).await?;
            Ok::<_, StoreError>(())
        })
    });
    added.await.unwrap();
    (tenant, user)
}

fn now() -> Timestamp {
    SystemClock.now()
}

/// A key that nobody can sign with.
fn key() -> PublicKey {
    let mut point = [4; 65];
    point[1..33].copy_from_slice(&random::bytes::<32>(&SystemRandom::new()));
    PublicKey::from_sec1(&point).unwrap()
}

fn write_private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn iphone(topic: &str) -> PushEndpoint {
    let token = "c0ffee".repeat(11)[..64].to_owned();
    PushEndpoint::Apns { token, topic: topic.into(), environment: ApnsEnvironment::Sandbox }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wake_goes_to_the_phones_own_provider_and_its_answer_is_told() {
    let bench = Bench::new().await;
    let (apple, google) = (iphone(TOPIC), PushEndpoint::Fcm { token: "APA91b".into() });
    for (endpoint, name) in [(apple, "Apple (sandbox)"), (google, "Google (FCM)")] {
        let output = bench.test(bench.device(Some(endpoint)).await).await;
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.starts_with(&format!("Asked {name} to wake Ada’s phone. It answered: 200.")), "{said}");
    }
    assert_eq!((bench.apple.accepted(), bench.google.accepted()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_a_success_fails_and_says_what_to_do() {
    let bench = Bench::new().await;
    let apple = bench.device(Some(iphone(TOPIC))).await;
    let PushEndpoint::Apns { token, .. } = iphone(TOPIC) else { unreachable!() };
    bench.apple.set_token(&token, Some(TokenState::Unregistered(now())));
    let said = bench.complaint(apple).await;
    assert!(said.contains("410 Unregistered") && said.contains("open the app"), "{said}");
    assert!(!said.contains("c0ffee"), "a device token is a capability: {said}");
    bench.apple.set_token(&token, None);
    for (status, reason, words) in [
        (403, "InvalidProviderToken", "apns.key_id and apns.team_id"),
        (403, "ExpiredProviderToken", "clock"),
        (400, "TopicDisallowed", "apns.topics"),
        (429, "TooManyRequests", "Try again"),
        (400, "BadPriority", "report"),
    ] {
        bench.apple.answer_all(status, reason, None);
        let said = bench.complaint(apple).await;
        assert!(said.contains(reason) && said.contains(words), "{said}");
    }
    let google = bench.device(Some(PushEndpoint::Fcm { token: "APA91b".into() })).await;
    bench.google.answer_token_requests(Some((400, "invalid_grant")));
    let said = bench.complaint(google).await;
    assert!(said.contains("token: 400 invalid_grant") && said.contains("fcm.service_account_file"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_cannot_be_woken_is_told_apart() {
    let bench = Bench::new().await;
    let said = bench.complaint(bench.device(None).await).await;
    assert!(said.contains("has no push address") && said.contains("open the app"), "{said}");
    let said = bench.complaint(bench.device(Some(iphone("com.example.other"))).await).await;
    assert!(said.contains("com.example.other") && said.contains("[apns]"), "{said}");
    let unknown = DeviceId::new(now(), &SystemRandom::new());
    assert!(bench.complaint(unknown).await.contains(&format!("there is no device {unknown}")));
    assert_eq!(bench.apple.received(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_cannot_be_used_are_named_with_their_setting() {
    let bench = Bench::new().await;
    let device = bench.device(Some(iphone(TOPIC))).await;
    let file = |name: &str| bench.home.path().join("server").join(name);
    let restored = |name: &str| std::fs::read_to_string(file(name)).unwrap();

    for (name, setting) in [
        ("key.p8", "apns.key_file"),
        ("account.json", "fcm.service_account_file"),
        ("roots.pem", "push.extra_roots"),
    ] {
        let good = restored(name);
        write_private(&file(name), "hunter2");
        let said = bench.complaint(device).await;
        assert!(said.contains(setting) && said.contains(name) && !said.contains("hunter2"), "{said}");
        write_private(&file(name), &good);
    }
    std::fs::set_permissions(file("key.p8"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let said = bench.complaint(device).await;
    assert!(said.contains("apns.key_file") && said.contains("chmod 600"), "{said}");
    std::fs::remove_file(file("key.p8")).unwrap();
    assert!(bench.complaint(device).await.contains("apns.key_file"));
}
