//! How long the pages of users take with 100,000 of them, and how many users a second a job does.
//!
//! ```sh
//! cargo run --release -p countersign-tests --example many-users -- [sqlite|postgres] [USERS]
//! ```
//!
//! Each page is asked for 20 times over a socket, by one browser; what is told is the median and the longest.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "it measures, prints figures, and ends where it cannot go on"
)]

use std::time::{Duration, Instant};

use countersign_demo::browser::Browser;
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::{Action, Filter, Whom};
use countersign_server::domain::job::{JobState, Task};
use countersign_server::domain::policy::preset::Preset;
use countersign_tests::{On, PASSWORD, World};

const GRACE: &str = "grace@example.com";

/// Four of five have a phone, one of a thousand a passkey, one of ten an authenticator app.
const PHONES: [&str; 2] = [
    "INSERT INTO devices (id, tenant_id, user_id, state, name, platform, protection, device_kid, device_key, \
     approval_kid, approval_key, created_at) SELECT randomblob(16), tenant_id, id, 'active', 'Phone', 'desk', \
     'hardware', randomblob(32), x'00', randomblob(32), x'00', created_at FROM users \
     WHERE substr(email_key, 9, 1) < '8'",
    "INSERT INTO devices (id, tenant_id, user_id, state, name, platform, protection, device_kid, device_key, \
     approval_kid, approval_key, created_at) SELECT gen_random_uuid(), tenant_id, id, 'active', 'Phone', 'desk', \
     'hardware', uuid_send(gen_random_uuid()), '\\x00', uuid_send(gen_random_uuid()), '\\x00', created_at \
     FROM users WHERE substr(email_key, 9, 1) < '8'",
];
const PASSKEYS: [&str; 2] = [
    "INSERT INTO passkeys (id, tenant_id, user_id, credential_id, credential, name, created_at) \
     SELECT randomblob(16), tenant_id, id, randomblob(32), '{}', 'Key', created_at FROM users \
     WHERE email_key LIKE 'user_____000@%' OR email_key LIKE 'user__000@%' OR email_key LIKE 'user___000@%'",
    "INSERT INTO passkeys (id, tenant_id, user_id, credential_id, credential, name, created_at) \
     SELECT gen_random_uuid(), tenant_id, id, uuid_send(gen_random_uuid()), '{}', 'Key', created_at FROM users \
     WHERE email_key LIKE 'user_____000@%' OR email_key LIKE 'user__000@%' OR email_key LIKE 'user___000@%'",
];
const APPS: [&str; 2] = [
    "INSERT INTO authenticators (id, tenant_id, user_id, state, sealed, algorithm, offered_to, created_at) \
     SELECT randomblob(16), tenant_id, id, 'active', x'00', 'sha1', id, created_at FROM users \
     WHERE email_key LIKE 'user%7@%'",
    "INSERT INTO authenticators (id, tenant_id, user_id, state, sealed, algorithm, offered_to, created_at) \
     SELECT gen_random_uuid(), tenant_id, id, 'active', '\\x00', 'sha1', id, created_at FROM users \
     WHERE email_key LIKE 'user%7@%'",
];

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let postgres = arguments.first().is_some_and(|name| name == "postgres");
    let count: u32 = arguments.get(1).and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let world = World::new(if postgres { On::Postgres } else { On::Sqlite }).await;
    world.change_policy(|policy| *policy = Preset::ProDb.policy()).await;
    world.add_administrator(GRACE).await;
    fill(&world, count, usize::from(postgres)).await;
    println!("{} with {count} users", if postgres { "PostgreSQL" } else { "SQLite" });
    let browser = world.browser();
    browser.sign_in(GRACE, PASSWORD).await.unwrap();
    pages(&world, &browser).await;
    job(&world).await;
}

async fn fill(world: &World, count: u32, database: usize) {
    world.crowd(count).await;
    for sql in [PHONES[database], PASSKEYS[database], APPS[database]] {
        let rows = world.app.db().write(move |tx| Box::pin(tx.query(sql).execute())).await;
        println!("{} rows", rows.unwrap());
    }
    let analyze = world.app.db().write(|tx| Box::pin(tx.query("ANALYZE").execute()));
    analyze.await.unwrap();
}

async fn pages(world: &World, browser: &Browser) {
    let one = format!("/admin/users/{}", world.user);
    for (name, path) in [
        ("first page", "/admin/users"),
        ("deep page", "/admin/users?after=user60000%40example.com"),
        ("page before", "/admin/users?before=user60000%40example.com"),
        ("search, few found", "/admin/users?q=54321"),
        ("search, none found", "/admin/users?q=nobody+at+all"),
        ("search, many found", "/admin/users?q=user"),
        ("administrators", "/admin/users?role=administrator"),
        ("disabled", "/admin/users?state=disabled"),
        ("turned on", "/admin/users?chosen=on"),
        ("nothing set up", "/admin/users?holds=nothing"),
        ("something set up", "/admin/users?holds=something"),
        ("phone", "/admin/users?holds=push"),
        ("passkey", "/admin/users?holds=passkey"),
        ("authenticator app", "/admin/users?holds=totp"),
        ("one user", one.as_str()),
        ("jobs", "/admin/jobs"),
    ] {
        let mut times = Vec::new();
        for _ in 0..20 {
            let begun = Instant::now();
            let page = browser.get(path).await.unwrap();
            times.push(begun.elapsed());
            assert_eq!(page.status, 200, "{path}");
        }
        times.sort_unstable();
        println!("{name:20} {:>7.1} ms, at most {:>7.1} ms", millis(times[10]), millis(times[19]));
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

async fn job(world: &World) {
    let begun = Instant::now();
    let task = Task { action: Action::TurnOn, whom: Whom::All(Filter::default()), by: By::CommandLine };
    let id = world.app.begin_job(world.tenant, task).await.unwrap();
    let counted = begun.elapsed();
    let job = loop {
        let job = world.app.job(world.tenant, id).await.unwrap().unwrap();
        if job.state != JobState::Waiting {
            break job;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let time = begun.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let rate = job.changed as f64 / time.as_secs_f64();
    println!(
        "bulk turn-on: begun after {:.1} ms, {} users in {:.1} s, {rate:.0} a second",
        millis(counted),
        job.changed,
        time.as_secs_f64()
    );
}
