//! From the accepted password to the wake at the push service: the server commits the login in between.
//!
//! It begins with the login's `created_at`, which the server takes when the password was right and its rules
//! have decided, and ends when the push service has read the wake. Both are this machine's clock.

use std::time::Duration;

use countersign_demo::desk::SystemClock;
use countersign_demo::house::Failure;
use countersign_protocol::time::{Clock as _, Timestamp};
use countersign_server::app::LoginCookie;
use countersign_server::store::{Db, DbSettings, logins, tenants};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::Options;
use crate::browser::Browser;
use crate::figures::{Table, Times};
use crate::person::{Measured, Person, leads_to};
use crate::providers::{Kind, Providers};
use crate::server::{Server, check_open_files};
use crate::town::{PASSWORD, Town, Wanted, temporary_folder};

/// Between two logins that are measured.
const EACH: Duration = Duration::from_millis(100);
/// Between two whole logins of other people, where the server is not idle.
const OTHERS_EACH: Duration = Duration::from_millis(50);
/// Other people: so many that a login of one is over before the same begins the next.
const OTHERS: usize = 100;
/// A net for wakes that are late.
const LATEST: Duration = Duration::from_secs(20);

/// A login that was begun: the phone's number, and its cookie.
type Begun = (usize, LoginCookie);

pub(crate) async fn measure(options: &Options, table: &mut Table) -> Result<(), Failure> {
    let each = usize::try_from(options.seconds.max(1))? * 10;
    let runs = Kind::ALL.len() * 2;
    check_open_files(each * runs + OTHERS * 4)?;
    let providers = Providers::start(true).await?;
    let files = temporary_folder(options.folder.as_deref())?;
    // Everybody begins one login: a second one would not be pushed while the first one waits.
    let endpoint = |n: usize| providers.endpoint(Kind::ALL[n / each % Kind::ALL.len()], n);
    let wanted = Wanted {
        people: OTHERS,
        silent: (0..each * runs).map(endpoint).collect(),
        settings: providers.settings(files.path())?,
        ..Wanted::default()
    };
    let mut town = Town::build(options, wanted).await?;
    let server = Server::start(&town)?;
    let mut people = town.silent(server.address).into_iter().enumerate();

    let mut busy = JoinSet::new();
    let others = town.people(server.address);
    let mut others = Some(others);
    for (how, is_busy) in [("idle", false), ("20 logins a second", true)] {
        if is_busy && let Some(others) = others.take() {
            busy.spawn(sign_in_by_turns(others));
        }
        for kind in Kind::ALL {
            let begun = begin_all(people.by_ref().take(each)).await?;
            let mut times = delays(&providers, kind, &town, &begun).await?;
            let what = format!("password to {}, {how} ({})", kind.name(), times.count());
            table.add(what, times.summary(), "");
        }
    }
    match busy.try_join_next() {
        Some(ended) => Err(format!("the other logins ended: {ended:?}").into()),
        None => Ok(()),
    }
}

/// Has each person begin a login, one every [`EACH`].
async fn begin_all(people: impl Iterator<Item = (usize, (String, Browser))>) -> Result<Vec<Begun>, Failure> {
    let (mut pace, mut begun) = (interval(EACH), Vec::new());
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for (n, (email, mut browser)) in people {
        let form = browser.get("/login").await?;
        pace.tick().await;
        let fields = [("email", email.as_str()), ("password", PASSWORD)];
        leads_to(&browser.submit(&form, "/login", &fields).await?, "/login/code")?;
        let cookie = browser.cookie("countersign-login").and_then(LoginCookie::parse);
        begun.push((n, cookie.ok_or("the login has no cookie")?));
    }
    Ok(begun)
}

/// How long the wake of each login took.
async fn delays(providers: &Providers, kind: Kind, town: &Town, begun: &[Begun]) -> Result<Times, Failure> {
    let end = SystemClock.now() + LATEST;
    let arrivals = loop {
        let arrivals = providers.arrivals(kind);
        if begun.iter().all(|(n, _)| arrivals.contains_key(n)) {
            break arrivals;
        }
        if SystemClock.now() >= end {
            return Err(format!("a wake by {} did not come", kind.name()).into());
        }
        sleep(EACH).await;
    };
    let mut times = Times::default();
    for ((n, _), accepted) in begun.iter().zip(accepted_at(town, begun).await?) {
        times.add(accepted.until(arrivals[n]));
    }
    Ok(times)
}

/// When the password of each login was accepted.
async fn accepted_at(town: &Town, begun: &[Begun]) -> Result<Vec<Timestamp>, Failure> {
    let url = town.database.clone().into();
    let db = Db::open(&DbSettings { url, max_connections: 1 }).await?;
    let host = town.host.clone();
    let tenant =
        db.read_one(move |tx| Box::pin(async move { tenants::by_authority(tx, &host).await })).await?;
    let tenant = tenant.ok_or("the tenant is missing")?.tenant.id;
    let mut accepted = Vec::with_capacity(begun.len());
    for (_, cookie) in begun {
        let id = cookie.login;
        let login = db.read_one(move |tx| Box::pin(logins::by_id(tx, tenant, id))).await?;
        accepted.push(login.ok_or("a login is missing")?.created_at);
    }
    db.close().await;
    Ok(accepted)
}

/// Whole logins, one begun every [`OTHERS_EACH`], for as long as this is polled.
async fn sign_in_by_turns(people: Vec<Person>) -> Result<(), Failure> {
    let (mut pace, mut running) = (interval(OTHERS_EACH), JoinSet::new());
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for mut person in people {
        pace.tick().await;
        running.spawn(async move { person.sign_in(&mut Measured::default()).await.map(|()| person) });
    }
    while let Some(done) = running.join_next().await {
        let mut person = done??;
        pace.tick().await;
        running.spawn(async move { person.sign_in(&mut Measured::default()).await.map(|()| person) });
    }
    Ok(())
}
