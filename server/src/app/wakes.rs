//! The wake worker: takes wakes from the outbox to the push services.
//!
//! A wake that was just written is handed over in memory, already leased to this node, so that it goes
//! out without another look at the database. What a crash, a full queue or a failed try leaves behind
//! is found again in the outbox when its lease ends. Sending waits on nobody's request and holds no
//! transaction, and each provider has a lane of its own: one that hangs keeps no other one waiting.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::ids::{DeviceId, LoginId, TenantId};
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::random;
use countersign_protocol::time::Timestamp;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

use super::wake_queue::REST;
use super::{App, AppError};
use crate::domain::backoff;
use crate::domain::reach::Push;
use crate::push::sender::{Answer, SendOutcome, Wake, WakeKind, collapse_id};
use crate::push::senders::Provider;
use crate::store::wakes::{self, Purpose, QueuedWake};
use crate::store::{StoreError, Tx, devices, logins};

/// How long a node may take to send a wake before another one tries.
const LEASE: Duration = Duration::from_secs(15);
/// Senders give up after ten seconds: a wake with less of its lease left is not begun any more.
const ENOUGH: Duration = Duration::from_secs(11);
/// How many wakes are sent at once to each provider.
const AT_ONCE: usize = 64;
/// How often the outbox is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How many wakes are taken from the outbox at once.
const TAKE: i64 = 256;
/// The pause after the first failed try; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How many sent wakes are noted in one unit of work.
const NOTE_AT_ONCE: usize = 256;
/// For how long a popup is tried to be put away: after that, its time is long over.
const WITHDRAW_WITHIN: Duration = Duration::from_mins(5);

/// A wake that needs no further try, and what its login is told of it.
pub(super) struct Done {
    wake: QueuedWake,
    push: Push,
}

impl App {
    /// A wake of a login to one of its devices, leased to this node; none if this server has no way to
    /// that device's push service.
    pub(super) fn wake_for(
        &self,
        tenant: TenantId,
        login: LoginId,
        (device, push): (DeviceId, &PushEndpoint),
        expires_at: Timestamp,
    ) -> Option<QueuedWake> {
        let now = self.now();
        self.parts.senders.of(push)?;
        Some(QueuedWake {
            id: self.row_id(now),
            tenant,
            login,
            device,
            purpose: Purpose::Ask,
            push: push.clone(),
            attempts: 0,
            leased_until: now + LEASE,
            expires_at,
        })
    }

    /// A wake that puts a login's popup away.
    pub(super) fn withdrawal(
        &self,
        tenant: TenantId,
        login: LoginId,
        to: (DeviceId, &PushEndpoint),
    ) -> Option<QueuedWake> {
        let wake = self.wake_for(tenant, login, to, self.now() + WITHDRAW_WITHIN)?;
        Some(QueuedWake { purpose: Purpose::Withdraw, ..wake })
    }

    pub(super) async fn send_queued(
        self: Arc<Self>,
        mut lane: mpsc::Receiver<QueuedWake>,
        done: mpsc::Sender<Done>,
        mut stopping: watch::Receiver<bool>,
    ) {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut sending = JoinSet::new();
        loop {
            let next = async { Some((lane.recv().await?, Arc::clone(&places).acquire_owned().await.ok()?)) };
            // A wake that waits for a place when the server stops is found in the outbox afterwards.
            let (wake, place) = tokio::select! {
                next = next => match next {
                    Some(next) => next,
                    None => break,
                },
                _ = stopping.wait_for(|stopping| *stopping) => break,
            };
            let (app, done) = (Arc::clone(&self), done.clone());
            sending.spawn(async move {
                app.send(wake, done).await;
                drop(place);
            });
            while sending.try_join_next().is_some() {}
        }
        while sending.join_next().await.is_some() {}
    }

    async fn send(&self, queued: QueuedWake, done: mpsc::Sender<Done>) {
        let now = self.now();
        // One that waited here for long is left to the outbox, which knows whether it is still wanted.
        if now >= queued.expires_at || queued.leased_until < now + ENOUGH {
            return;
        }
        let device = queued.device;
        if let Some(rest) = self.wakes.rest_of(&queued.push, now) {
            self.note(self.put_off(queued, Some(rest)).await);
            return;
        }
        let Answer { outcome, said } = self.send_once(&queued, now).await;
        let noted = match outcome {
            SendOutcome::Accepted => return finish(done, queued, Push::Sent).await,
            SendOutcome::Refused => {
                tracing::warn!(%device, said, "a wake is refused");
                return finish(done, queued, Push::Trouble).await;
            }
            SendOutcome::Misconfigured => {
                let provider = Provider::of(&queued.push);
                tracing::error!(?provider, said, "a push service does not take this server's settings");
                self.wakes.rest(&queued.push, now);
                self.put_off(queued, Some(REST)).await
            }
            SendOutcome::Gone => {
                tracing::info!(%device, said, "a push endpoint is gone");
                self.endpoint_gone(queued).await
            }
            SendOutcome::Retry { after } => {
                tracing::warn!(%device, said, "a wake is put off");
                self.put_off(queued, after).await
            }
        };
        self.note(noted);
    }

    fn note(&self, noted: Result<(), AppError>) {
        if let Err(error) = noted {
            tracing::warn!(%error, "what became of a wake could not be noted");
        }
    }

    async fn send_once(&self, queued: &QueuedWake, now: Timestamp) -> Answer {
        let wake = Wake {
            endpoint: queued.push.clone(),
            kind: match queued.purpose {
                Purpose::Ask => WakeKind::Ask,
                Purpose::Withdraw => WakeKind::Withdraw,
            },
            id: random::bytes(self.random()),
            collapse: collapse_id(queued.device),
            ttl: now.until(queued.expires_at),
        };
        match self.parts.senders.of(&wake.endpoint) {
            Some(sender) => sender.send(&wake).await,
            None => SendOutcome::Refused.said("this server has no way to that push service"),
        }
    }

    /// The endpoint is forgotten, unless the phone named another one meanwhile: then the wake goes there.
    async fn endpoint_gone(&self, queued: QueuedWake) -> Result<(), AppError> {
        let (login, now) = (queued.login, self.now());
        let told = self
            .parts
            .db
            .write_with(queued, move |queued, tx| {
                Box::pin(async move {
                    let (tenant, device) = (queued.tenant, queued.device);
                    if !devices::lose_push(tx, tenant, device, &queued.push, now).await? {
                        wakes::put_off(tx, queued.id, now).await?;
                        return Ok(false);
                    }
                    wakes::remove(tx, queued.id).await?;
                    // As long as another phone may ring for it, the login is not lost.
                    if wakes::may_still_ring(tx, tenant, queued.login).await? {
                        return Ok(false);
                    }
                    note_push(tx, queued, Push::Lost).await
                })
            })
            .await?;
        if told {
            self.hub.publish(login);
        }
        Ok(())
    }

    async fn put_off(&self, queued: QueuedWake, after: Option<Duration>) -> Result<(), AppError> {
        let before = u32::try_from(queued.attempts).unwrap_or(0);
        let pause = backoff::pause(FIRST_PAUSE, before, LONGEST_PAUSE).max(after.unwrap_or_default());
        let (login, due_at) = (queued.login, self.now() + pause);
        let told = self
            .parts
            .db
            .write_with(queued, move |queued, tx| {
                Box::pin(async move {
                    wakes::put_off(tx, queued.id, due_at).await?;
                    note_push(tx, queued, Push::Trouble).await
                })
            })
            .await?;
        if told {
            self.hub.publish(login);
        }
        Ok(())
    }

    /// Removes wakes that need no further try, as many at once as there are.
    pub(super) async fn note_done(self: Arc<Self>, mut to_note: mpsc::Receiver<Done>) {
        let mut done = Vec::new();
        while to_note.recv_many(&mut done, NOTE_AT_ONCE).await > 0 {
            let noted = self.parts.db.write_with(std::mem::take(&mut done), |done, tx| {
                Box::pin(async move {
                    let mut told = Vec::with_capacity(done.len());
                    for Done { wake, push } in done {
                        wakes::remove(tx, wake.id).await?;
                        if note_push(tx, wake, *push).await? {
                            told.push(wake.login);
                        }
                    }
                    Ok::<_, StoreError>(told)
                })
            });
            match noted.await {
                Ok(told) => told.into_iter().for_each(|login| self.hub.publish(login)),
                Err(error) => {
                    tracing::warn!(%error, "sent wakes could not be removed; they may be sent again");
                }
            }
        }
    }

    pub(super) async fn look_for_due(self: Arc<Self>) {
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
        let mut due = self.parts.db.read_one(move |tx| Box::pin(wakes::due(tx, now, TAKE))).await?;
        if due.is_empty() {
            return Ok(0);
        }
        for wake in &mut due {
            wake.leased_until = now + LEASE;
        }
        let taken = self
            .parts
            .db
            .write_with(due, move |due, tx| {
                Box::pin(async move {
                    let mut taken = Vec::with_capacity(due.len());
                    for wake in due {
                        if wakes::lease(tx, wake, now).await? {
                            taken.push(wake.clone());
                        }
                    }
                    Ok::<_, StoreError>(taken)
                })
            })
            .await?;
        let count = taken.len();
        self.wakes.send_now(taken);
        Ok(count)
    }
}

/// The channel is closed only when the server stops; the outbox keeps the row then.
async fn finish(done: mpsc::Sender<Done>, wake: QueuedWake, push: Push) {
    let _ = done.send(Done { wake, push }).await;
}

/// What became of a push is told to its login; that a popup was put away is of no interest to it.
async fn note_push(tx: &mut Tx<'_>, wake: &QueuedWake, push: Push) -> Result<bool, StoreError> {
    match wake.purpose {
        Purpose::Ask => logins::pushed(tx, wake.tenant, wake.login, push).await,
        Purpose::Withdraw => Ok(false),
    }
}
