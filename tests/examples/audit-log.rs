//! Measures an audit log of many lines: how fast they are written, chained, verified and found.
//!
//! ```sh
//! cargo run --release -p countersign-tests --example audit-log -- 1000000            # on SQLite
//! cargo run --release -p countersign-tests --example audit-log -- 1000000 postgres   # on a throw-away PostgreSQL
//! ```

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement prints what it measured, and ends where it cannot go on"
)]

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::random::{self, Random, SystemRandom};
use countersign_protocol::time::{Clock as _, Timestamp};
use countersign_server::app::App;
use countersign_server::app::admin::TenantWish;
use countersign_server::clock::SystemClock;
use countersign_server::config::Settings;
use countersign_server::domain::actor::Actor;
use countersign_server::domain::audit::event::{AuditResult, EVENTS};
use countersign_server::domain::audit::filter::AuditFilter;
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::asked::Facts;
use countersign_server::domain::tenant::Origin;
use countersign_server::init::init;
use countersign_server::service::{Service, open_database};
use countersign_server::store::StoreError;
use countersign_server::store::audit::{self, AuditLine};
use countersign_tests::On;
use serde_json::json;
use tokio::time::Instant;

/// Lines of a unit of work while they are written, as many use cases share a flush.
const BATCH: u64 = 500;
/// How many people the lines are about.
const PEOPLE: u64 = 10_000;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().map_or(100_000, |text| text.parse().expect("a number of lines"));
    let on = if arguments.next().as_deref() == Some("postgres") { On::Postgres } else { On::Sqlite };
    let home = tempfile::tempdir().unwrap();
    let app = app(on, home.path()).await;
    let tenant = tenant(&app).await;
    write(&app, tenant, count).await;
    chain_and_verify(&app, tenant).await;
    search(&app, tenant).await;
}

async fn app(on: On, home: &std::path::Path) -> Arc<App> {
    let url = on.new_database(home).await;
    let random: Arc<dyn Random> = Arc::new(SystemRandom::new());
    let made = init(&home.join("server"), &*random).unwrap();
    let settings =
        Settings::load(&made.settings_file, [("COUNTERSIGN_DATABASE__URL".to_owned(), url)]).unwrap();
    let db = open_database(&settings, false).await.unwrap();
    Service::begin(settings, db, Arc::new(SystemClock), random).await.unwrap().app
}

async fn tenant(app: &App) -> TenantId {
    let wish = TenantWish {
        name: "ACME".into(),
        origin: Origin::parse("https://login.example.com").unwrap(),
        policy: Policy::default(),
        facts: Facts::default(),
        require_hardware_keys: false,
    };
    app.add_tenant(wish).await.unwrap()
}

/// A line as a login writes it: of many people, from many addresses, of all kinds.
fn line(tenant: TenantId, number: u64, at: Timestamp) -> AuditLine {
    let random = SystemRandom::new();
    let millis = u64::try_from(at.micros() / 1000).unwrap();
    let person = UserId(uuid::Uuid::from_u128(u128::from(number % PEOPLE)));
    // Nine of ten are of the usual sign-in.
    let event = match number % 10 {
        0 => EVENTS[usize::try_from(number / 10).unwrap() % EVENTS.len()].0,
        1..=3 => "login.started",
        4..=6 => "login.approved",
        _ => "session.started",
    };
    let address = format!("10.{}.{}.{}", number % 7, number % 251, number % 239);
    AuditLine {
        id: uuid::Builder::from_unix_timestamp_millis(millis, &random::bytes(&random)).into_uuid(),
        tenant,
        user: Some(person),
        at,
        event,
        detail: json!({ "login": person, "address": address, "mode_reason": "usual", "devices": 1 }),
        actor: Actor::User(person),
    }
}

async fn write(app: &App, tenant: TenantId, count: u64) {
    let (begin, started) = (SystemClock.now(), Instant::now());
    for first in (0..count).step_by(BATCH as usize) {
        let lines: Vec<_> = (first..count.min(first + BATCH))
            .map(|number| line(tenant, number, begin + Duration::from_millis(number * 10)))
            .collect();
        let unit = app.db().write_with(lines, |lines, tx| {
            Box::pin(async move {
                for line in lines {
                    audit::append(tx, line).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        unit.await.unwrap();
    }
    tell("written", count, started.elapsed());
}

async fn chain_and_verify(app: &App, tenant: TenantId) {
    let started = Instant::now();
    let chained = app.chain_audit_of(tenant, u32::MAX).await.unwrap().unwrap();
    tell("chained", chained, started.elapsed());
    let started = Instant::now();
    let verified = app.verify_audit(tenant, None).await.unwrap();
    assert_eq!((verified.fault, verified.lines), (None, chained));
    tell("verified", verified.lines, started.elapsed());
}

fn tell(what: &str, lines: u64, took: Duration) {
    println!("{what:10} {lines:>9} lines, {:>8.0} a second", lines as f64 / took.as_secs_f64());
}

async fn search(app: &App, tenant: TenantId) {
    let all = AuditFilter::default;
    let person = UserId(uuid::Uuid::from_u128(4_711));
    let rare = Some("tenant.passkeys_set".to_owned());
    for (name, filter) in [
        ("everything", all()),
        ("one person", AuditFilter { user: Some(person), ..all() }),
        ("by one person", AuditFilter { actor: Some(Actor::User(person)), ..all() }),
        ("a rare event", AuditFilter { what: rare, ..all() }),
        ("a family", AuditFilter { what: Some("recovery".into()), ..all() }),
        ("all that failed", AuditFilter { result: Some(AuditResult::Failed), ..all() }),
        ("all that succeeded", AuditFilter { result: Some(AuditResult::Succeeded), ..all() }),
        ("an address", AuditFilter { address: Some([10, 3, 4, 5].into()), ..all() }),
        ("person and family", AuditFilter { user: Some(person), what: Some("login".into()), ..all() }),
        ("before all of it", AuditFilter { until: Some(Timestamp::from_seconds(0)), ..all() }),
    ] {
        let (mut key, mut worst, mut found) = (None, Duration::ZERO, 0);
        // The first pages, each from the key of the one before.
        for _ in 0..5 {
            let started = Instant::now();
            let page = app.search_audit(tenant, filter.clone(), key).await.unwrap();
            worst = worst.max(started.elapsed());
            found += page.lines.len();
            key = page.next;
            if key.is_none() {
                break;
            }
        }
        println!(
            "found      {name:20} {found:>4} lines, slowest page {:>7.2} ms",
            worst.as_secs_f64() * 1000.0
        );
    }
}
