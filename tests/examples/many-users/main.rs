//! How long each page of administrators takes with 100,000 users, and how long bulk work, import and export take.
//!
//! ```sh
//! cargo run --release -p countersign-tests --example many-users -- [sqlite|postgres] [USERS]
//! ```
//!
//! Each page is asked for 20 times by one browser over a socket of this machine, of the server as it ships (routes,
//! sessions, templates and all). Told are the best, the median and the worst, from the first byte sent to the last byte
//! read, and the processor time of this process, browser and server together, a page. With PostgreSQL, whose processor
//! time is not in that, `best` is the figure that other work on the machine disturbs least.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "it measures, prints figures, and ends where it cannot go on"
)]

mod bulk;
mod fill;
mod pages;

use std::time::Duration;

use countersign_protocol::time::NumericDate;
use countersign_server::domain::actor::By;
use countersign_server::domain::policy::asked::{Facts, Feature};
use countersign_server::domain::policy::preset::Preset;
use countersign_tests::{On, World};

/// Who looks at the pages.
const GRACE: &str = "grace@example.com";

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let postgres = arguments.first().is_some_and(|name| name == "postgres");
    let count: u32 = arguments.get(1).and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let world = World::new(if postgres { On::Postgres } else { On::Sqlite }).await;
    // A feature of which nothing is said counts as on, and everybody would have to set something up.
    let finance_is_off = |facts: &mut Facts| {
        facts.features.insert(Preset::FINANCE.to_owned(), Feature { on: false, since: NumericDate(0) });
    };
    world.app.state_facts(&By::CommandLine, world.tenant, finance_is_off).await.unwrap();
    world.change_policy(|policy| *policy = Preset::ProWorkflow.policy()).await;
    world.add_super_administrator(GRACE).await;
    fill::fill(&world, count, usize::from(postgres)).await;
    println!("{} with {count} users", if postgres { "PostgreSQL" } else { "SQLite" });
    pages::measure(&world).await;
    bulk::measure(&world, count).await;
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
