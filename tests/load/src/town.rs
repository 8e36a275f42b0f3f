//! What the server serves: a tenant, people with paired phones, and logins that nobody answers. The rows
//! are written straight to the database, before the server is started.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use countersign_demo::desk::SystemClock;
use countersign_demo::house::Failure;
use countersign_protocol::api::DeviceState;
use countersign_protocol::approval::Mode;
use countersign_protocol::bytes::to_base64url;
use countersign_protocol::ids::{DeviceId, LoginId, TenantId, UserId};
use countersign_protocol::key::PublicKey;
use countersign_protocol::pairing::{KeyProtection, PushEndpoint};
use countersign_protocol::random::{self, SystemRandom};
use countersign_protocol::time::Clock as _;
use countersign_server::app::admin::TenantWish;
use countersign_server::app::{LoginCookie, Token};
use countersign_server::config::Settings;
use countersign_server::domain::login::{LoginState, Purpose};
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::asked::Facts;
use countersign_server::domain::reach::Push;
use countersign_server::domain::tenant::Origin;
use countersign_server::domain::user::{Role, User};
use countersign_server::init::init;
use countersign_server::service::{Service, open_database};
use countersign_server::signing_key::SigningKey;
use countersign_server::store::devices::{self, Device};
use countersign_server::store::logins::{self, Login};
use countersign_server::store::users::{self, NewUser};
use countersign_server::store::{Db, StoreError};
use tempfile::TempDir;

use crate::Options;
use crate::browser::Browser;
use crate::person::Person;
use crate::phone::{Keys, Phone};
use crate::providers::push_service;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery staple — 正しい馬";
/// Its Argon2id hash, as cheap as the parameters go: password hashing is measured apart.
const CHEAP_HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$neolx+ggG6vpzIOLbwTHMQ";
/// Longer than any measurement: these pages are to wait.
const WAIT_FOR: Duration = Duration::from_secs(3600);

/// Who is to be in a town.
#[derive(Default)]
pub(crate) struct Wanted {
    /// People with a browser and a phone.
    pub(crate) people: usize,
    /// Logins that nobody answers.
    pub(crate) waiting: usize,
    /// Where the wakes of further people's phones go. These phones do nothing.
    pub(crate) silent: Vec<PushEndpoint>,
    /// Further settings of its server, as environment variables without their prefix.
    pub(crate) settings: Vec<(&'static str, String)>,
}

/// A folder and a database, and who is in it.
pub(crate) struct Town {
    folder: TempDir,
    pub(crate) database: String,
    settings: Vec<(String, String)>,
    pub(crate) host: String,
    server_key: PublicKey,
    people: Vec<(String, Keys)>,
    silent: Vec<String>,
    waiting: Vec<LoginCookie>,
}

impl Town {
    /// Builds a town.
    pub(crate) async fn build(options: &Options, wanted: Wanted) -> Result<Self, Failure> {
        let folder = temporary_folder(options.folder.as_deref())?;
        let made = init(&folder.path().join("server"), &SystemRandom::new())?;
        let database = database_url(options, folder.path());
        let environment = environment(&database, wanted.settings);
        let settings = Settings::load(&made.settings_file, environment.clone())?;
        let db = open_database(&settings, true).await?;
        db.migrate().await?;
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemRandom::new()));
        let service = Service::begin(settings, db.clone(), clock, entropy).await?;

        // A name of its own, so that a PostgreSQL database serves more than once.
        let host = format!("{}.localhost", to_base64url(random::bytes::<9>(&SystemRandom::new())));
        let host = host.to_ascii_lowercase().replace(['-', '_'], "x");
        let tenant = service.app.add_tenant(tenant_at(Origin::parse(&format!("http://{host}"))?)).await?;
        let at = service.app.tenant(&host).await?.ok_or("the tenant is missing")?;
        let server_key = at.signing_key.public_key().clone();
        let people =
            add_people(&db, (tenant, &at.origin.to_string()), wanted.people, &push_service().await?).await?;
        let silent = add_silent(&db, (tenant, &at.origin.to_string()), wanted.silent).await?;
        let waiting = add_waiting(&db, tenant, wanted.waiting).await?;
        drop(service);
        db.close().await;
        Ok(Self { folder, database, settings: environment, host, server_key, people, silent, waiting })
    }

    /// The server's folder.
    pub(crate) fn server_folder(&self) -> PathBuf {
        self.folder.path().join("server")
    }

    /// The settings of its server, as environment variables.
    pub(crate) fn environment(&self) -> impl Iterator<Item = (OsString, OsString)> {
        self.settings.iter().map(|(name, value)| (name.into(), value.into()))
    }

    /// The people, each with a browser that has not been there before. Once.
    pub(crate) fn people(&mut self, server: SocketAddr) -> Vec<Person> {
        let (host, server_key) = (&self.host, &self.server_key);
        let person = |(email, keys): (String, Keys)| Person {
            email,
            browser: Browser::new(server, host),
            phone: Phone::new(keys, server, host, server_key.clone()),
        };
        self.people.drain(..).map(person).collect()
    }

    /// The people whose phones do nothing, in the order that they were wanted in. Once.
    pub(crate) fn silent(&mut self, server: SocketAddr) -> Vec<(String, Browser)> {
        let host = &self.host;
        self.silent.drain(..).map(|email| (email, Browser::new(server, host))).collect()
    }

    /// The browsers of the logins that nobody answers. Once.
    pub(crate) fn waiting_browsers(&mut self, server: SocketAddr) -> Vec<Browser> {
        let host = &self.host;
        let browser = |cookie: LoginCookie| {
            let mut browser = Browser::new(server, host);
            browser.set_cookie("countersign-login", cookie.reveal());
            browser
        };
        self.waiting.drain(..).map(browser).collect()
    }
}

/// A folder that is gone when it is dropped.
pub(crate) fn temporary_folder(within: Option<&Path>) -> std::io::Result<TempDir> {
    within.map_or_else(tempfile::tempdir, tempfile::tempdir_in)
}

/// The database that the options name; SQLite lies in `folder`.
pub(crate) fn database_url(options: &Options, folder: &Path) -> String {
    match options.database.as_deref() {
        None => format!("sqlite:{}", folder.join("load.db").display()),
        Some("postgres") => countersign_test_postgres::fresh_database(),
        Some(url) => url.to_owned(),
    }
}

/// The settings of every server that is measured, and `more`, as environment variables.
pub(crate) fn environment(database: &str, more: Vec<(&str, String)>) -> Vec<(String, String)> {
    let all = [
        ("DATABASE__URL", database),
        ("PUSH__ALLOW_PRIVATE_ENDPOINTS", "true"),
        ("LOG__LEVEL", "warn"),
        ("HTTP__MAX_CONNECTIONS", "100000"),
        ("LOGIN__PASSWORD_QUEUE", "10000"),
    ];
    let all = all.map(|(name, value)| (name, value.to_owned()));
    all.into_iter().chain(more).map(|(name, value)| (format!("COUNTERSIGN_{name}"), value)).collect()
}

fn tenant_at(origin: Origin) -> TenantWish {
    TenantWish {
        name: "ACME".into(),
        origin,
        policy: Policy::default(),
        facts: Facts::default(),
        require_hardware_keys: false,
    }
}

fn user(tenant: TenantId, name: &str) -> NewUser {
    let (at, email) = (SystemClock.now(), format!("{name}@example.com"));
    NewUser {
        tenant,
        user: User {
            id: UserId::new(at, &SystemRandom::new()),
            email: email.clone(),
            name: name.to_owned(),
            role: Role::Member,
            language: None,
            needs_new_password: false,
            disabled: false,
            user_type: None,
            chosen_since: None,
            created_at: at,
        },
        email_key: email,
        password_hash: CHEAP_HASH.into(),
    }
}

fn device(
    (tenant, origin): (TenantId, String),
    user: UserId,
    push: PushEndpoint,
) -> (Device, SigningKey, SigningKey) {
    let at = SystemClock.now();
    let ((device_key, _), (approval_key, _)) = (SigningKey::generate(), SigningKey::generate());
    let device = Device {
        id: DeviceId::new(at, &SystemRandom::new()),
        tenant,
        user,
        state: DeviceState::Unconfirmed,
        name: "A phone".into(),
        platform: "desk".into(),
        protection: KeyProtection::Software,
        device_key: device_key.public_key().clone(),
        approval_key: approval_key.public_key().clone(),
        push: Some(push),
        origin,
        push_lost_at: None,
        created_at: at,
        last_used_at: None,
        attestation: None,
    };
    (device, device_key, approval_key)
}

async fn add_people(
    db: &Db,
    (tenant, origin): (TenantId, &str),
    count: usize,
    subscribe: &impl Fn() -> (PushEndpoint, tokio::sync::mpsc::Receiver<Vec<u8>>),
) -> Result<Vec<(String, Keys)>, Failure> {
    let (mut rows, mut people) = (Vec::new(), Vec::new());
    for n in 0..count {
        let (push, wakes) = subscribe();
        let user = user(tenant, &format!("person{n}"));
        let (row, device_key, approval_key) = device((tenant, origin.to_owned()), user.user.id, push);
        let keys = Keys { device: row.id, device_key, approval_key, wakes };
        people.push((user.user.email.clone(), keys));
        rows.push((user, row));
    }
    add_with_devices(db, tenant, rows).await?;
    Ok(people)
}

async fn add_silent(
    db: &Db,
    (tenant, origin): (TenantId, &str),
    phones: Vec<PushEndpoint>,
) -> Result<Vec<String>, Failure> {
    let (mut rows, mut emails) = (Vec::new(), Vec::new());
    for (n, push) in phones.into_iter().enumerate() {
        let user = user(tenant, &format!("silent{n}"));
        let (row, ..) = device((tenant, origin.to_owned()), user.user.id, push);
        emails.push(user.user.email.clone());
        rows.push((user, row));
    }
    add_with_devices(db, tenant, rows).await?;
    Ok(emails)
}

async fn add_with_devices(db: &Db, tenant: TenantId, rows: Vec<(NewUser, Device)>) -> Result<(), StoreError> {
    db.write_with((tenant, rows), |(tenant, rows), tx| {
        Box::pin(async move {
            for (user, device) in rows {
                users::add(tx, user).await?;
                devices::add_unconfirmed(tx, device).await?;
                devices::activate(tx, *tenant, device.id, device.created_at).await?;
            }
            Ok::<_, StoreError>(())
        })
    })
    .await
}

async fn add_waiting(db: &Db, tenant: TenantId, count: usize) -> Result<Vec<LoginCookie>, Failure> {
    let user = user(tenant, "waiting");
    let now = SystemClock.now();
    let (mut rows, mut cookies) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let random = SystemRandom::new();
        let cookie = LoginCookie { login: LoginId::new(now, &random), secret: Token::new(&random) };
        rows.push(Login {
            id: cookie.login,
            user: user.user.id,
            purpose: Purpose::SignIn,
            state: LoginState::Pending,
            secret_hash: cookie.secret.hash(),
            mode: Mode::Tap,
            number: None,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            created_at: now,
            lapses_at: now + WAIT_FOR,
            ask_until: now + WAIT_FOR,
            asked_at: now,
            trusted: false,
            push: Push::None,
            delivered_at: None,
            seen_at: None,
            decided_by: None,
            proved_by: None,
        });
        cookies.push(cookie);
    }
    db.write_with((tenant, user, rows), |(tenant, user, rows), tx| {
        Box::pin(async move {
            users::add(tx, user).await?;
            for login in rows {
                logins::begin(tx, *tenant, login).await?;
            }
            Ok::<_, StoreError>(())
        })
    })
    .await?;
    Ok(cookies)
}
