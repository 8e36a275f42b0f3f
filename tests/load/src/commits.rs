//! Durable commits: units of one INSERT each, one at a time and many at once.

use std::sync::Arc;
use std::time::Duration;

use countersign_demo::desk::SystemClock;
use countersign_demo::house::Failure;
use countersign_protocol::bytes::Bytes;
use countersign_protocol::random::{self, SystemRandom};
use countersign_protocol::time::{Clock as _, Timestamp};
use countersign_server::store::{Db, DbSettings, calls};
use tokio::task::JoinSet;

use crate::Options;
use crate::figures::{Table, rate};
use crate::town::{database_url, temporary_folder};

const AT_ONCE: [usize; 3] = [1, 32, 256];

pub(crate) async fn measure(options: &Options, table: &mut Table) -> Result<(), Failure> {
    let folder = temporary_folder(options.folder.as_deref())?;
    let url = database_url(options, folder.path()).into();
    let db = Db::open_or_create(&DbSettings { url, max_connections: 16 }).await?;
    db.migrate().await?;
    let length = Duration::from_secs((options.seconds / 3).max(1).into());
    for at_once in AT_ONCE {
        let begun = SystemClock.now();
        let end = begun + length;
        let mut running = JoinSet::new();
        for _ in 0..at_once {
            running.spawn(commit_until(db.clone(), end));
        }
        let mut count = 0;
        while let Some(done) = running.join_next().await {
            count += done??;
        }
        let each = rate(count, begun.until(SystemClock.now()));
        table.add(format!("durable commits, {at_once} at once"), format!("{each:.0} a second"), "");
    }
    db.close().await;
    Ok(())
}

async fn commit_until(db: Db, end: Timestamp) -> Result<usize, Failure> {
    let random = Arc::new(SystemRandom::new());
    let mut count = 0;
    while SystemClock.now() < end {
        let jti = Bytes(random::bytes(&*random));
        db.write_with((jti, end), |(jti, end), tx| Box::pin(calls::use_up(tx, *jti, *end))).await?;
        count += 1;
    }
    Ok(count)
}
