//! SQLite's one writer: many units, one durable commit.
//!
//! A flush to disk costs milliseconds, and SQLite has one writer anyway. So units queue up; the writer
//! takes those that wait, runs them one after the other in one transaction, commits, and only then
//! answers each. It never waits for more to come: alone, a unit is committed at once.
//!
//! A unit that fails after it changed something must leave nothing behind. The transaction is rolled
//! back, the others are run again without it, and it is run again on its own afterwards. That is rare,
//! so no unit pays for a savepoint; but a unit may be run more than once, and must be a plain function
//! of what it captured and what it reads.
//!
//! The writer has a thread of its own, on which units run and their statements too: a flush keeps no
//! worker of the runtime.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use super::error::StoreError;
use super::lite;
use super::query::{Mode, Tx};

/// Units that may wait. More are refused: by then the disk is seconds behind.
const QUEUE: usize = 4096;
/// Units that share a commit at most, so that nobody waits for a very long transaction.
const BATCH: usize = 64;

/// What a unit gave: its result, or the panic that ended it.
type Outcome<T, E> = std::thread::Result<Result<T, E>>;

/// A piece of work that runs inside one transaction, and may run more than once.
pub(super) trait Unit<T, E>: Send + Sync + 'static {
    fn run<'t>(&'t self, tx: &'t mut Tx<'_>) -> BoxFuture<'t, Result<T, E>>;
}

impl<T, E, F> Unit<T, E> for F
where
    F: for<'t, 'c> Fn(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
{
    fn run<'t>(&'t self, tx: &'t mut Tx<'_>) -> BoxFuture<'t, Result<T, E>> {
        self(tx)
    }
}

/// A unit that borrows what it was given.
pub(super) struct With<I, F> {
    pub(super) input: I,
    pub(super) unit: F,
}

impl<I, T, E, F> Unit<T, E> for With<I, F>
where
    I: Send + Sync + 'static,
    F: for<'t, 'c> Fn(&'t I, &'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
{
    fn run<'t>(&'t self, tx: &'t mut Tx<'_>) -> BoxFuture<'t, Result<T, E>> {
        (self.unit)(&self.input, tx)
    }
}

/// The way to the writer's thread.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
}

enum Message {
    Write(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

impl Writer {
    /// Opens the writing connection and starts the thread. It ends when the last `Writer` is gone.
    pub(super) fn start(file: PathBuf) -> Result<Self, StoreError> {
        let connection = lite::open_to_write(&file)?;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let runtime = Handle::current();
        let state = WriterThread { file, connection: Some(connection) };
        std::thread::Builder::new()
            .name("countersign-writer".to_owned())
            .spawn(move || runtime.block_on(state.serve(waiting)))
            .map_err(|_| StoreError::Unavailable("no thread for the writer".into()))?;
        Ok(Self { queue })
    }

    /// Queues a unit and waits for its durable commit. Whoever stops waiting leaves the unit to run.
    pub(super) async fn write<T, E>(&self, unit: impl Unit<T, E>) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Queued { unit, reply, outcome: None });
        self.queue.try_send(Message::Write(job)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => closed(),
        })?;
        match answer.await {
            Ok(Ok(result)) => result,
            // The panic goes on where it would have gone without the queue.
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => Err(closed().into()),
        }
    }

    /// Lets every queued unit finish, then closes the connection.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Message::Close(done)).await.is_ok() {
            let _ended = closed.await;
        }
    }
}

const fn closed() -> StoreError {
    StoreError::Unavailable(std::borrow::Cow::Borrowed("the database is closed"))
}

/// A queued unit, whatever its types.
trait Job: Send {
    /// Runs the unit and keeps what it gave; whether the transaction may be kept.
    fn run<'t>(&'t mut self, tx: &'t mut Tx<'_>) -> BoxFuture<'t, Verdict>;
    /// Gives the caller what the last run gave.
    fn answer(self: Box<Self>);
    /// Gives the caller an error instead.
    fn refuse(self: Box<Self>, error: StoreError);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Keep,
    Undo,
}

struct Queued<U, T, E> {
    unit: U,
    reply: oneshot::Sender<Outcome<T, E>>,
    outcome: Option<Outcome<T, E>>,
}

impl<U, T, E> Job for Queued<U, T, E>
where
    U: Unit<T, E>,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx<'_>) -> BoxFuture<'t, Verdict> {
        Box::pin(async move {
            let outcome = run_caught(&self.unit, tx).await;
            // A unit that failed before it changed anything leaves nothing to undo.
            let verdict = match &outcome {
                Ok(Ok(_)) => Verdict::Keep,
                Ok(Err(_)) if !tx.progress.failed && !tx.progress.touched => Verdict::Keep,
                _ => Verdict::Undo,
            };
            self.outcome = Some(outcome);
            verdict
        })
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // An error means that the caller has gone; the unit is committed all the same.
            let _gone = self.reply.send(outcome);
        }
    }

    fn refuse(self: Box<Self>, error: StoreError) {
        let _gone = self.reply.send(Ok(Err(error.into())));
    }
}

/// Runs a unit, panic and all. "Done" after a failed statement is an error.
async fn run_caught<T, E: From<StoreError>>(
    unit: &impl Unit<T, E>,
    tx: &mut Tx<'_>,
) -> Result<Result<T, E>, Box<dyn Any + Send>> {
    let caught = AssertUnwindSafe(async { unit.run(tx).await }).catch_unwind().await;
    match caught {
        Ok(Ok(_)) if tx.progress.failed => Ok(Err(StoreError::went_on().into())),
        other => other,
    }
}

type Jobs = Vec<Box<dyn Job>>;

struct WriterThread {
    file: PathBuf,
    /// `None` after a failure that left the transaction's state unknown: a new one is opened.
    connection: Option<Connection>,
}

impl WriterThread {
    async fn serve(mut self, mut waiting: mpsc::Receiver<Message>) {
        let mut messages = Vec::with_capacity(BATCH);
        let mut jobs = Vec::with_capacity(BATCH);
        let mut closing = Vec::new();
        while waiting.recv_many(&mut messages, BATCH).await > 0 {
            for message in messages.drain(..) {
                match message {
                    Message::Write(job) => jobs.push(job),
                    Message::Close(done) => {
                        waiting.close();
                        closing.push(done);
                    }
                }
            }
            self.commit_together(&mut jobs).await;
        }
        self.connection = None;
        for done in closing {
            let _gone = done.send(());
        }
    }

    /// Runs `jobs` in one transaction; those that have to be undone, each in one of its own.
    async fn commit_together(&mut self, jobs: &mut Jobs) {
        let mut alone = Jobs::new();
        while !jobs.is_empty() {
            match self.attempt(jobs).await {
                Ok(None) => jobs.drain(..).for_each(|job| job.answer()),
                // The first had the transaction to itself: its failure is its own.
                Ok(Some(0)) => jobs.remove(0).answer(),
                Ok(Some(index)) => alone.push(jobs.remove(index)),
                Err(error) => jobs.drain(..).for_each(|job| job.refuse(error.clone())),
            }
        }
        for job in alone {
            let mut one = vec![job];
            match self.attempt(&mut one).await {
                Ok(_) => one.drain(..).for_each(|job| job.answer()),
                Err(error) => one.drain(..).for_each(|job| job.refuse(error.clone())),
            }
        }
    }

    /// One transaction over `jobs`: committed, or rolled back because of the job at the index given.
    async fn attempt(&mut self, jobs: &mut Jobs) -> Result<Option<usize>, StoreError> {
        self.control("BEGIN IMMEDIATE")?;
        for (index, job) in jobs.iter_mut().enumerate() {
            let Some(connection) = &mut self.connection else { return Err(closed()) };
            let mut tx = Tx::sqlite(connection, Mode::Write);
            if job.run(&mut tx).await == Verdict::Undo {
                // If this fails the connection is dropped, which rolls back too.
                let _undone = self.control("ROLLBACK");
                return Ok(Some(index));
            }
        }
        self.control("COMMIT")?;
        Ok(None)
    }

    /// Runs a transaction's own statement. On failure nobody knows what is open: the connection goes.
    fn control(&mut self, sql: &'static str) -> Result<(), StoreError> {
        if self.connection.is_none() {
            self.connection = Some(lite::open_to_write(&self.file)?);
        }
        let Some(connection) = &self.connection else { return Err(closed()) };
        if let Err(error) = lite::control(connection, sql) {
            self.connection = None;
            tracing::warn!(%error, sql, "the writer opens a new connection");
            return Err(error);
        }
        Ok(())
    }
}
