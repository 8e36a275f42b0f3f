//! Wakes a second through each sender, with sender and push service in this process.

use std::sync::Arc;
use std::time::Duration;

use countersign_demo::desk::SystemClock;
use countersign_demo::house::Failure;
use countersign_protocol::ids::DeviceId;
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::random::{self, Random, SystemRandom};
use countersign_protocol::time::{Clock, Timestamp};
use countersign_server::config::Settings;
use countersign_server::init::init;
use countersign_server::push::sender::{SendOutcome, Wake, WakeKind, WakeSender, collapse_id};
use countersign_server::service::senders;
use countersign_server::signing_key::SigningKey;
use tokio::task::JoinSet;

use crate::Options;
use crate::figures::{Table, Times, rate};
use crate::providers::{Kind, Providers};
use crate::town::{environment, temporary_folder};

const AT_ONCE: [usize; 2] = [64, 256];

pub(crate) async fn measure(options: &Options, table: &mut Table) -> Result<(), Failure> {
    let folder = temporary_folder(options.folder.as_deref())?;
    let made = init(&folder.path().join("server"), &SystemRandom::new())?;
    let providers = Providers::start(false).await?;
    let settings = providers.settings(folder.path())?;
    let settings = Settings::load(&made.settings_file, environment("sqlite:none", settings))?;
    let (clock, entropy): (Arc<dyn Clock>, Arc<dyn Random>) =
        (Arc::new(SystemClock), Arc::new(SystemRandom::new()));
    let senders = senders(&settings, SigningKey::generate().0, &clock, &entropy)?;
    let length = Duration::from_secs((options.seconds / 3).max(1).into());
    for kind in Kind::ALL {
        let endpoint = providers.endpoint(kind, 0);
        let sender = senders.of(&endpoint).ok_or("a sender is missing")?;
        // Connections, and the tokens that Apple and Google want.
        one_after_the_other(sender, &endpoint, Duration::ZERO).await?;
        let mut alone = one_after_the_other(sender, &endpoint, length).await?;
        table.add(format!("{}, a wake alone", kind.name()), alone.summary(), "");
        for at_once in AT_ONCE {
            let begun = SystemClock.now();
            let mut running = JoinSet::new();
            for _ in 0..at_once {
                let (sender, endpoint) = (Arc::clone(sender), endpoint.clone());
                running.spawn(async move { one_after_the_other(&sender, &endpoint, length).await });
            }
            let mut count = 0;
            while let Some(done) = running.join_next().await {
                count += done??.count();
            }
            let each = rate(count, begun.until(SystemClock.now()));
            table.add(
                format!("{}, wakes with {at_once} at once", kind.name()),
                format!("{each:.0} a second"),
                "",
            );
        }
    }
    Ok(())
}

/// Sends one wake after the other for `length`, and at least one; how long each took.
async fn one_after_the_other(
    sender: &Arc<dyn WakeSender>,
    endpoint: &PushEndpoint,
    length: Duration,
) -> Result<Times, Failure> {
    let (mut times, end) = (Times::default(), SystemClock.now() + length);
    loop {
        let begun = SystemClock.now();
        let answer = sender.send(&a_wake(endpoint, begun)).await;
        if answer.outcome != SendOutcome::Accepted {
            return Err(format!("a wake is not taken: {}", answer.said).into());
        }
        let now = SystemClock.now();
        times.add(begun.until(now));
        if now >= end {
            return Ok(times);
        }
    }
}

fn a_wake(endpoint: &PushEndpoint, now: Timestamp) -> Wake {
    let random = SystemRandom::new();
    Wake {
        endpoint: endpoint.clone(),
        kind: WakeKind::Ask,
        id: random::bytes(&random),
        collapse: collapse_id(DeviceId::new(now, &random)),
        ttl: Duration::from_secs(120),
    }
}
