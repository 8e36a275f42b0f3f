//! What runs beside the requests: time, mail, jobs and wakes; and how it ends.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::App;
use super::wake_queue::QUEUE;

/// How long a stop of the server waits for wakes that are on their way.
const STOP_WAIT: Duration = Duration::from_secs(3);

/// What runs beside the requests.
pub struct Workers {
    others: JoinSet<()>,
    wakes: JoinSet<()>,
    stopping: watch::Sender<bool>,
}

impl Workers {
    /// Begins no further wake, and gives those on their way a few seconds: one that arrived and is not
    /// noted would ring again after the start.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        drop(self.others);
        let all = async { while self.wakes.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_WAIT, all).await.is_err() {
            tracing::warn!("some wakes were cut off on their way; they are sent again after the start");
        }
    }
}

impl App {
    /// Runs sweeper, mailer, jobs, audit chainer and wake worker until [`Workers::stop`], or until what is returned is
    /// dropped.
    #[must_use]
    pub fn run_workers(self: &Arc<Self>) -> Workers {
        let mut others = JoinSet::new();
        others.spawn(Arc::clone(self).run_sweeper());
        others.spawn(Arc::clone(self).run_mailer());
        others.spawn(Arc::clone(self).run_jobs());
        others.spawn(Arc::clone(self).run_audit_chainer());
        others.spawn(Arc::clone(self).look_for_due());
        let (mut wakes, stopping) = (JoinSet::new(), watch::Sender::new(false));
        let (done, to_note) = mpsc::channel(QUEUE);
        for lane in self.wakes.take() {
            let sending = Arc::clone(self).send_queued(lane, done.clone(), stopping.subscribe());
            wakes.spawn(sending);
        }
        wakes.spawn(Arc::clone(self).note_done(to_note));
        Workers { others, wakes, stopping }
    }
}
