//! Pages that wait: what each takes of the server's memory, and how fast one switches among thousands.

use std::time::Duration;

use countersign_demo::house::Failure;
use tokio::task::JoinSet;

use crate::Options;
use crate::browser::Browser;
use crate::figures::Table;
use crate::person::all_sign_in;
use crate::server::{Server, check_open_files};
use crate::town::{Town, Wanted};
use crate::wire::Connection;

/// Pages that are opened at the same time.
const OPEN_AT_ONCE: usize = 64;
/// People who sign in among those who wait.
const PEOPLE: usize = 8;

pub(crate) async fn measure(options: &Options, table: &mut Table) -> Result<(), Failure> {
    check_open_files(options.waiting + PEOPLE * 4)?;
    let wanted = Wanted { people: PEOPLE, waiting: options.waiting, ..Wanted::default() };
    let mut town = Town::build(options, wanted).await?;
    let server = Server::start(&town)?;
    let length = Duration::from_secs(options.seconds.into());
    let (mut people, _) = all_sign_in(town.people(server.address), length / 4).await?;

    let before = server.memory_kib()?;
    let pages = open(town.waiting_browsers(server.address)).await?;
    let taken = server.memory_kib()?.saturating_sub(before);
    let count = u64::try_from(pages.len())?.max(1);
    let each = format!("{}.{} KiB", taken / count, taken * 10 / count % 10);
    table.add(format!("memory a waiting page ({count})"), each, "12 KiB");

    let others = people.split_off(1);
    let (mut people, mut alone) = all_sign_in(people, length).await?;
    let so_many = alone.switches.count();
    let what = format!("approve to switch, one at a time ({so_many})");
    table.add(what, alone.switches.summary(), "p50 2 ms, p99 10 ms");
    people.extend(others);
    let (_people, mut together) = all_sign_in(people, length).await?;
    let so_many = together.switches.count();
    let what = format!("approve to switch, {PEOPLE} people at once ({so_many})");
    table.add(what, together.switches.summary(), "");
    drop(pages);
    Ok(())
}

/// Opens each browser's event stream and waits until it says that the phone was asked.
async fn open(browsers: Vec<Browser>) -> Result<Vec<Connection>, Failure> {
    let (mut opening, mut open) = (JoinSet::new(), Vec::with_capacity(browsers.len()));
    for browser in browsers {
        if opening.len() >= OPEN_AT_ONCE
            && let Some(opened) = opening.join_next().await
        {
            open.push(opened??);
        }
        opening.spawn(open_one(browser));
    }
    while let Some(opened) = opening.join_next().await {
        open.push(opened??);
    }
    Ok(open)
}

async fn open_one(browser: Browser) -> Result<Connection, Failure> {
    let mut events = browser.events().await?;
    match events.state().await?.as_str() {
        "no_push" => {
            events.shrink();
            Ok(events)
        }
        other => Err(format!("a page that should wait is {other}").into()),
    }
}
