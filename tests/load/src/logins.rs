//! Whole logins, by everybody at once: how many a second, and what each costs the server.

use std::time::Duration;

use countersign_demo::desk::SystemClock;
use countersign_demo::house::Failure;
use countersign_protocol::time::Clock as _;

use crate::Options;
use crate::figures::{Table, millis, rate};
use crate::person::all_sign_in;
use crate::server::{Server, check_open_files};
use crate::town::{Town, Wanted};

pub(crate) async fn measure(options: &Options, table: &mut Table) -> Result<(), Failure> {
    check_open_files(options.people * 4)?;
    let mut town = Town::build(options, Wanted { people: options.people, ..Wanted::default() }).await?;
    let server = Server::start(&town)?;
    // The first login makes the browser a trusted one, and fills every cache.
    let (people, _) = all_sign_in(town.people(server.address), Duration::ZERO).await?;

    let (begun, before) = (SystemClock.now(), server.processor_time()?);
    let (_people, mut measured) = all_sign_in(people, Duration::from_secs(options.seconds.into())).await?;
    let (took, cost) = (begun.until(SystemClock.now()), server.processor_time()? - before);

    let count = measured.logins.count();
    let each = cost / u32::try_from(count)?.max(1);
    table.add("logins, password hashing apart", format!("{:.0} a second", rate(count, took)), "");
    table.add("server processor time a login", format!("{:.2} ms", millis(each)), "0.75 ms on SQLite");
    table.add("one login with so many at once", measured.logins.summary(), "");
    table.add("its switch with so many at once", measured.switches.summary(), "");
    Ok(())
}
