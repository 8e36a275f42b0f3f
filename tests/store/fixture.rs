//! A database with a tenant, a user and an active device in it, and rows to add.

use std::net::Ipv4Addr;

use countersign_protocol::api::DeviceState;
use countersign_protocol::approval::Mode;
use countersign_protocol::bytes::{Bytes, Digest, sha256};
use countersign_protocol::ids::{DeviceId, LoginId, PairingId, TenantId, UserId};
use countersign_protocol::key::PublicKey;
use countersign_protocol::pairing::{KeyProtection, PushEndpoint};
use countersign_protocol::random::SystemRandom;
use countersign_protocol::time::Timestamp;
use countersign_server::domain::attestation::{Doubt, Finding};
use countersign_server::domain::login::{LoginState, Purpose};
use countersign_server::domain::pairing::{CODE_TRIES, PairingState};
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::asked::Facts;
use countersign_server::domain::push_limits::PushLimits;
use countersign_server::domain::reach::Push;
use countersign_server::domain::tenant::{NumberDigits, NumberRule, Origin, Tenant};
use countersign_server::domain::user::{Role, User};
use countersign_server::store::circumstances::{self, Known, Question};
use countersign_server::store::devices::Device;
use countersign_server::store::logins::Login;
use countersign_server::store::pairings::Pairing;
use countersign_server::store::tenants::NewTenant;
use countersign_server::store::users::NewUser;
use countersign_server::store::{Db, StoreError, Tx, devices, logins, tenants, users};
use countersign_tests::On;
use countersign_tests::database::settings;
use futures_util::future::{BoxFuture, join_all};
use tempfile::TempDir;

pub(crate) struct Fixture {
    pub(crate) db: Db,
    pub(crate) tenant: TenantId,
    pub(crate) user: UserId,
    pub(crate) device: DeviceId,
    _home: TempDir,
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_800_000_000 + seconds)
}

pub(crate) fn random() -> SystemRandom {
    SystemRandom::new()
}

/// A unit that clones what it captured each time it is run.
macro_rules! unit {
    ([$($captured:ident),*] |$tx:ident| $body:expr) => {{
        $(let $captured = $captured.clone();)*
        move |$tx| {
            $(let $captured = $captured.clone();)*
            Box::pin(async move { $body })
        }
    }};
}
pub(crate) use unit;

impl Fixture {
    pub(crate) async fn new(on: On) -> Self {
        let home = tempfile::tempdir().unwrap();
        let db = Db::open(&settings(&on.new_database(home.path()).await)).await.unwrap();
        let tenant = TenantId::new(at(0), &random());
        let user = UserId::new(at(0), &random());
        let fixture = Self { db, tenant, user, device: DeviceId::new(at(0), &random()), _home: home };
        fixture
            .write(move |tx| {
                Box::pin(async move { tenants::add(tx, &new_tenant(tenant, "https://a.example")).await })
            })
            .await;
        fixture
            .write(move |tx| {
                Box::pin(async move { users::add(tx, &new_user(tenant, user, "ada@example.com")).await })
            })
            .await;
        let device = fixture.device;
        fixture.add_device(device).await;
        fixture
            .write(move |tx| Box::pin(async move { devices::activate(tx, tenant, device, at(0)).await }))
            .await;
        fixture
    }

    /// Adds an unconfirmed device of the user.
    pub(crate) async fn add_device(&self, id: DeviceId) -> Device {
        let device = new_device(self.tenant, self.user, id);
        let added = device.clone();
        self.write(unit!([added] | tx | devices::add_unconfirmed(tx, &added).await)).await;
        device
    }

    /// Begins a login that lapses at `at(120)`.
    pub(crate) async fn begin(&self) -> Login {
        let (tenant, login) = (self.tenant, new_login(self.user));
        let begun = login.clone();
        self.write(unit!([begun] | tx | logins::begin(tx, tenant, &begun).await)).await;
        login
    }

    pub(crate) async fn login(&self, id: LoginId) -> Login {
        let tenant = self.tenant;
        self.read(move |tx| Box::pin(logins::by_id(tx, tenant, id))).await.unwrap()
    }

    /// A question that nothing is known about.
    pub(crate) fn question(&self) -> Question {
        let (tenant, user, address) = (self.tenant, self.user, Ipv4Addr::LOCALHOST.into());
        Question {
            tenant,
            user,
            token_hash: None,
            address,
            denied_since: at(0),
            host: "a.example".into(),
            now: at(0),
        }
    }

    pub(crate) async fn known(&self, question: Question) -> Known {
        self.read(move |tx| Box::pin(async move { circumstances::known(tx, &question).await })).await
    }

    pub(crate) async fn decide(&self, id: LoginId, to: LoginState, now: Timestamp) -> bool {
        let (tenant, device) = (self.tenant, self.device);
        self.write(move |tx| Box::pin(logins::decide(tx, tenant, id, device, to, now, at(180)))).await
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        unit: impl for<'t, 'c> Fn(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>> + Send + Sync + 'static,
    ) -> T {
        self.db.write(unit).await.unwrap()
    }

    pub(crate) async fn read<T: Send>(
        &self,
        unit: impl for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>> + Send,
    ) -> T {
        self.db.read(unit).await.unwrap()
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        let row: (i64,) = self.read(move |tx| Box::pin(tx.query(sql).fetch_one())).await;
        row.0
    }

    /// How often a unit said yes, when it is run `times` at once.
    pub(crate) async fn race(
        &self,
        times: usize,
        unit: impl for<'t, 'c> Fn(&'t mut Tx<'c>) -> BoxFuture<'t, Result<bool, StoreError>>
        + Clone
        + Send
        + Sync
        + 'static,
    ) -> usize {
        let runs = (0..times).map(|_| {
            let (db, unit) = (self.db.clone(), unit.clone());
            tokio::spawn(async move { db.write(unit).await })
        });
        let results = join_all(runs).await;
        results.into_iter().filter(|result| *result.as_ref().unwrap().as_ref().unwrap()).count()
    }
}

pub(crate) fn new_tenant(id: TenantId, origin: &str) -> NewTenant {
    NewTenant {
        tenant: Tenant {
            id,
            name: "ACME".into(),
            require_hardware_keys: true,
            push_limits: PushLimits::default(),
            policy: Policy {
                number_rule: NumberRule::Always,
                number_digits: NumberDigits::new(3).unwrap(),
                ..Policy::default()
            },
            facts: Facts::default(),
            revision: 0,
        },
        origin: Origin::parse(origin).unwrap(),
        signing_key_sealed: vec![0, 1, 255],
        at: at(0),
    }
}

pub(crate) fn new_user(tenant: TenantId, id: UserId, email: &str) -> NewUser {
    let user = User {
        id,
        email: email.to_uppercase(),
        name: "Ada ‘東京’".into(),
        role: Role::Administrator,
        language: None,
        needs_new_password: false,
        disabled: false,
        user_type: None,
        chosen_since: None,
        created_at: at(0),
    };
    NewUser { tenant, user, email_key: email.into(), password_hash: "$argon2id$".into() }
}

/// Keys that nobody can sign with: a point is all that the store keeps.
fn key() -> PublicKey {
    let mut point = [4; 65];
    point[1..33].copy_from_slice(&countersign_protocol::random::bytes::<32>(&random()));
    PublicKey::from_sec1(&point).unwrap()
}

pub(crate) fn new_device(tenant: TenantId, user: UserId, id: DeviceId) -> Device {
    Device {
        id,
        tenant,
        user,
        state: DeviceState::Unconfirmed,
        name: "Ada’s phone".into(),
        platform: "desk".into(),
        protection: KeyProtection::Hardware,
        device_key: key(),
        approval_key: key(),
        push: Some(PushEndpoint::WebPush {
            endpoint: "https://push.example/x".into(),
            p256dh: Bytes([4; 65]),
            auth: Bytes([7; 16]),
        }),
        origin: "https://a.example".into(),
        push_lost_at: None,
        created_at: at(0),
        last_used_at: None,
        attestation: Some(Finding::Unverified { why: Doubt::SoftwareKeys }),
    }
}

pub(crate) fn new_login(user: UserId) -> Login {
    let id = LoginId::new(at(0), &random());
    Login {
        id,
        user,
        purpose: Purpose::SignIn,
        state: LoginState::Pending,
        secret_hash: secret_of(id),
        mode: Mode::Number { digits: 2 },
        number: Some("07".into()),
        address: "2001:db8::7".parse().unwrap(),
        created_at: at(0),
        lapses_at: at(120),
        ask_until: at(120),
        asked_at: at(0),
        trusted: false,
        push: Push::Sending,
        delivered_at: None,
        seen_at: None,
        decided_by: None,
        proved_by: None,
    }
}

pub(crate) fn secret_of(id: LoginId) -> Digest {
    sha256(id.to_string())
}

pub(crate) fn new_pairing(user: UserId) -> Pairing {
    Pairing {
        id: PairingId::new(at(0), &random()),
        user,
        state: PairingState::Offered,
        claim_hash: sha256("claim"),
        code_hash: None,
        tries_left: CODE_TRIES,
        device: None,
        expires_at: at(300),
    }
}
