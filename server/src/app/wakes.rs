//! The wake worker: takes wakes from the outbox to the push services.
//!
//! A wake that was just written is handed over in memory, already leased to this node, so that it goes
//! out without another look at the database. What a crash, a full queue or a failed try leaves behind
//! is found again in the outbox when its lease ends. Sending waits on nobody's request and holds no
//! transaction.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_protocol::random;
use countersign_protocol::time::Timestamp;
use tokio::sync::{Semaphore, mpsc};
use uuid::Uuid;

use super::{App, AppError};
use crate::push::sender::{SendOutcome, Wake};
use crate::store::wakes::{self, QueuedWake};
use crate::store::{StoreError, devices};

/// How long a node may take to send a wake before another one tries.
const LEASE: Duration = Duration::from_secs(15);
/// How many wakes are sent at once.
const AT_ONCE: usize = 64;
/// How many wakes wait in memory; further ones are found in the outbox.
const QUEUE: usize = 4096;
/// How often the outbox is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The pause after the first failed try; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How many sent wakes are removed in one unit of work.
const REMOVE_AT_ONCE: usize = 256;

/// Until when a wake that is sent now is this node's.
pub(super) fn lease_from(now: Timestamp) -> Timestamp {
    now + LEASE
}

/// The wakes that are handed over in memory.
pub(super) struct Queue {
    sender: mpsc::Sender<QueuedWake>,
    receiver: Mutex<Option<mpsc::Receiver<QueuedWake>>>,
}

impl Queue {
    pub(super) fn new() -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        Self { sender, receiver: Mutex::new(Some(receiver)) }
    }

    /// Hands leased wakes to the worker. One that finds no place stays in the outbox.
    pub(super) fn send_now(&self, wakes: impl Iterator<Item = QueuedWake>) {
        for wake in wakes {
            if self.sender.try_send(wake).is_err() {
                tracing::debug!("the wake queue is full; the outbox keeps the rest");
                return;
            }
        }
    }

    fn take(&self) -> Option<mpsc::Receiver<QueuedWake>> {
        self.receiver.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl App {
    /// Runs sweeper and wake worker until the returned handles are dropped or aborted.
    #[must_use]
    pub fn run_workers(self: &Arc<Self>) -> tokio::task::JoinSet<()> {
        let mut workers = tokio::task::JoinSet::new();
        workers.spawn(Arc::clone(self).run_sweeper());
        if let Some(queue) = self.wakes.take() {
            let (sent, removals) = mpsc::channel(QUEUE);
            workers.spawn(Arc::clone(self).send_queued(queue, sent));
            workers.spawn(Arc::clone(self).remove_sent(removals));
            workers.spawn(Arc::clone(self).look_for_due());
        }
        workers
    }

    async fn send_queued(self: Arc<Self>, mut queue: mpsc::Receiver<QueuedWake>, sent: mpsc::Sender<Uuid>) {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut sending = tokio::task::JoinSet::new();
        while let Some(wake) = queue.recv().await {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let (app, sent) = (Arc::clone(&self), sent.clone());
            sending.spawn(async move {
                app.send(wake, sent).await;
                drop(place);
            });
            while sending.try_join_next().is_some() {}
        }
    }

    async fn send(&self, queued: QueuedWake, sent: mpsc::Sender<Uuid>) {
        let now = self.now();
        if now >= queued.expires_at {
            return;
        }
        let wake = Wake {
            endpoint: queued.push.clone(),
            id: random::bytes(self.random()),
            ttl: now.until(queued.expires_at),
        };
        let outcome = self.parts.sender.send(&wake).await;
        let noted = match outcome {
            SendOutcome::Accepted => {
                // The channel is closed only when the server stops; the outbox keeps the row then.
                let _ = sent.send(queued.id).await;
                Ok(())
            }
            SendOutcome::Gone => self.endpoint_gone(&queued).await,
            SendOutcome::Retry { after, why } => {
                tracing::warn!(device = %queued.device, why, "a wake is put off");
                self.put_off(&queued, after).await
            }
            SendOutcome::Refused { why } => {
                tracing::warn!(device = %queued.device, why, "a wake is refused");
                let _ = sent.send(queued.id).await;
                Ok(())
            }
        };
        if let Err(error) = noted {
            tracing::warn!(%error, "what became of a wake could not be noted");
        }
    }

    async fn endpoint_gone(&self, queued: &QueuedWake) -> Result<(), AppError> {
        let (id, tenant, device) = (queued.id, queued.tenant, queued.device);
        tracing::info!(%device, "a push endpoint is gone");
        self.parts
            .db
            .write(move |tx| {
                Box::pin(async move {
                    devices::drop_push(tx, tenant, device).await?;
                    wakes::remove(tx, id).await
                })
            })
            .await?;
        Ok(())
    }

    async fn put_off(&self, queued: &QueuedWake, after: Option<Duration>) -> Result<(), AppError> {
        let doubled = FIRST_PAUSE.saturating_mul(1 << queued.attempts.clamp(0, 10));
        let pause = doubled.min(LONGEST_PAUSE).max(after.unwrap_or_default());
        let (id, due_at) = (queued.id, self.now() + pause);
        self.parts.db.write(move |tx| Box::pin(wakes::put_off(tx, id, due_at))).await?;
        Ok(())
    }

    /// Removes sent wakes, as many at once as there are.
    async fn remove_sent(self: Arc<Self>, mut sent: mpsc::Receiver<Uuid>) {
        let mut ids = Vec::new();
        while sent.recv_many(&mut ids, REMOVE_AT_ONCE).await > 0 {
            let removed = self
                .parts
                .db
                .write_with(std::mem::take(&mut ids), |done, tx| {
                    Box::pin(async move {
                        for id in done {
                            wakes::remove(tx, *id).await?;
                        }
                        Ok::<_, StoreError>(())
                    })
                })
                .await;
            if let Err(error) = removed {
                tracing::warn!(%error, "sent wakes could not be removed; they may be sent again");
            }
        }
    }

    async fn look_for_due(self: Arc<Self>) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            if let Err(error) = self.take_due().await {
                tracing::warn!(%error, "the wake outbox could not be read");
            }
        }
    }

    /// Leases the wakes that are due and hands them over. How many there were.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn take_due(&self) -> Result<usize, AppError> {
        let now = self.now();
        let due = self.parts.db.read(move |tx| Box::pin(wakes::due(tx, now, AT_ONCE as i64))).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let taken = self
            .parts
            .db
            .write_with(due, move |due, tx| {
                Box::pin(async move {
                    let mut taken = Vec::with_capacity(due.len());
                    for wake in due {
                        if wakes::lease(tx, wake.id, now, lease_from(now)).await? {
                            taken.push(wake.clone());
                        }
                    }
                    Ok::<_, StoreError>(taken)
                })
            })
            .await?;
        let count = taken.len();
        self.wakes.send_now(taken.into_iter());
        Ok(count)
    }
}
