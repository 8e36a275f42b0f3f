//! The mail outbox: use cases put mail into it, a worker takes it to the mail server.
//!
//! A mail is written in the same unit of work as what it tells of, and the worker is woken after the
//! commit, so that it leaves at once. What a crash or a failed try leaves behind is found again when its
//! lease ends. Without a mail server in the settings, nothing is written.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::random;
use countersign_protocol::time::Timestamp;
use futures_util::{StreamExt, stream};
use tokio::sync::{Notify, Semaphore};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::backoff;
use crate::domain::brand::Colour;
use crate::domain::key_ring::KeyRing;
use crate::domain::seal::{OpenError, belonging};
use crate::mail::{Letter, Mail, MailSender, Outgoing, SendOutcome};
use crate::store::mails::{self, NewMail, QueuedMail, Recipient};

/// How long a node may take to send a mail before another one tries. A sender takes a third of it.
const LEASE: Duration = Duration::from_secs(60);
/// How many mails are sent at once.
const AT_ONCE: usize = 4;
/// How many due mails are read at once: so many may stand before one that somebody waits for.
const BATCH: i64 = 8;
/// How often the outbox is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The pause after the first failed try; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_mins(30);
/// After this, what a mail tells of is known otherwise.
const LIFETIME: Duration = Duration::from_hours(72);
/// How long a stop of the server waits for mails that are on their way.
const STOP_WAIT: Duration = Duration::from_secs(5);

/// What the use cases and the worker share.
pub(super) struct Mailer {
    nudge: Notify,
    /// One for each mail on its way; closed when the server stops.
    places: Semaphore,
}

impl Mailer {
    pub(super) fn new() -> Self {
        Self { nudge: Notify::new(), places: Semaphore::new(AT_ONCE) }
    }
}

/// A mail whose recipient and text are yet to come: made before a unit of work, and filled in within.
#[derive(Clone)]
pub(super) struct Draft {
    id: Uuid,
    tenant: TenantId,
    tenant_name: String,
    origin: String,
    colour: Option<Colour>,
    now: Timestamp,
    keys: Arc<KeyRing>,
    nonce: [u8; 12],
}

impl Draft {
    /// The row of the mail. None only if it cannot be written down, which is logged.
    pub(super) fn to(&self, recipient: &Recipient, mail: Mail) -> Option<NewMail> {
        let rank = mail.rank();
        let letter = Letter {
            tenant: self.tenant_name.clone(),
            origin: self.origin.clone(),
            colour: self.colour,
            mail,
        };
        let Some((kind, detail)) = letter.columns() else {
            tracing::error!(mail = %self.id, "a mail cannot be written down");
            return None;
        };
        let detail = Zeroizing::new(detail);
        Some(NewMail {
            id: self.id,
            tenant: self.tenant,
            recipient: recipient.email.clone(),
            language: recipient.language.clone().unwrap_or_else(|| "en".to_owned()),
            kind,
            sealed: self.keys.seal(&owner(self.id), detail.as_bytes(), self.nonce),
            about: None,
            rank,
            due_at: self.now,
            expires_at: self.now + LIFETIME,
        })
    }
}

/// What a mail is sealed for: its own row.
pub(super) fn owner(id: Uuid) -> Vec<u8> {
    belonging("mail", id.as_bytes())
}

impl App {
    /// The beginning of a mail; none without a mail server.
    pub(super) fn draft(&self, at: &TenantHandle) -> Option<Draft> {
        self.parts.mail.as_ref()?;
        let now = self.now();
        Some(Draft {
            id: self.row_id(now),
            tenant: at.tenant.id,
            tenant_name: at.tenant.name.clone(),
            origin: at.origin.to_string(),
            colour: at.brand.colour,
            now,
            keys: Arc::clone(&self.parts.master_keys),
            nonce: random::bytes(self.random()),
        })
    }

    /// As [`App::draft`], with links to the tenant's main host: for whoever's browser did not ask for it.
    pub(super) fn draft_at_main(&self, at: &TenantHandle) -> Option<Draft> {
        Some(Draft { origin: at.main.to_string(), ..self.draft(at)? })
    }

    /// A mail to one person; none without a mail server. To be added with [`mails::add`], followed by
    /// [`App::mail_was_added`] after the commit.
    pub(super) fn mail(&self, at: &TenantHandle, recipient: &Recipient, mail: Mail) -> Option<NewMail> {
        self.draft(at)?.to(recipient, mail)
    }

    /// As [`App::mail`], to a user; none if there is no such user.
    pub(super) async fn mail_to_user(
        &self,
        at: &TenantHandle,
        user: UserId,
        mail: Mail,
    ) -> Result<Option<NewMail>, AppError> {
        let Some(draft) = self.draft(at) else { return Ok(None) };
        let tenant = at.tenant.id;
        let found = self.parts.db.read_one(move |tx| Box::pin(mails::recipient(tx, tenant, user))).await?;
        Ok(found.and_then(|recipient| draft.to(&recipient, mail)))
    }

    /// As [`App::mail`], one to each administrator.
    pub(super) async fn mails_to_administrators(
        &self,
        at: &TenantHandle,
        mail: &Mail,
    ) -> Result<Vec<NewMail>, AppError> {
        if self.parts.mail.is_none() {
            return Ok(Vec::new());
        }
        let tenant = at.tenant.id;
        let found = self.parts.db.read_one(move |tx| Box::pin(mails::administrators(tx, tenant))).await?;
        // No browser of theirs asked for it.
        let to_main = |recipient| self.draft_at_main(at)?.to(recipient, mail.clone());
        Ok(found.iter().filter_map(to_main).collect())
    }

    /// After a commit that added mail: it is sent now.
    pub(super) fn mail_was_added(&self) {
        self.mailer.nudge.notify_one();
    }

    /// Sends mail for as long as the server runs.
    pub(super) async fn run_mailer(self: Arc<Self>) {
        if self.parts.mail.is_none() {
            tracing::warn!(
                "mail is off: nobody is told of new phones and reported sign-ins by mail; set mail.server"
            );
            return;
        }
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.mailer.nudge.notified() => {}
                _ = look.tick() => {}
            }
            if let Err(error) = self.send_due_mails().await {
                tracing::warn!(%error, "the mail outbox could not be read");
            }
        }
    }

    /// Sends the mails that are due. How many were tried.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn send_due_mails(&self) -> Result<usize, AppError> {
        let Some(sender) = &self.parts.mail else { return Ok(0) };
        let mut tried = 0;
        loop {
            let now = self.now();
            let due = self.parts.db.read_one(move |tx| Box::pin(mails::due(tx, now, BATCH))).await?;
            if due.is_empty() {
                break;
            }
            let sent = stream::iter(due).map(|mail| self.send_if_mine(&**sender, mail));
            let sent: Vec<Result<bool, AppError>> = sent.buffer_unordered(AT_ONCE).collect().await;
            // An error ends it: what was not tried is due the next time.
            let mine = sent.into_iter().collect::<Result<Vec<_>, _>>()?;
            let count = mine.iter().filter(|mine| **mine).count();
            if count == 0 {
                // Another node has them, or the server stops.
                break;
            }
            tried += count;
        }
        if tried > 0 {
            sender.rest().await;
        }
        Ok(tried)
    }

    /// Leases a mail and sends it. False if another node has it, or the server stops.
    async fn send_if_mine(&self, sender: &dyn MailSender, queued: QueuedMail) -> Result<bool, AppError> {
        let Ok(_place) = self.mailer.places.acquire().await else { return Ok(false) };
        let (id, now) = (queued.id, self.now());
        let mine = self.parts.db.write(move |tx| Box::pin(mails::lease(tx, id, now, now + LEASE))).await?;
        if mine {
            self.send_mail(sender, queued, now).await?;
        }
        Ok(mine)
    }

    async fn send_mail(
        &self,
        sender: &dyn MailSender,
        queued: QueuedMail,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let (id, kind) = (queued.id, queued.kind.as_str());
        let detail = match self.detail_of(&queued) {
            Err(error @ OpenError::UnknownKey(_)) => {
                // Another node sealed it; this one's copy of the key file is older.
                tracing::error!(mail = %id, kind, %error, "a mail is put off");
                return self.put_off_mail(id, queued.attempts).await;
            }
            detail => {
                detail.inspect_err(|error| tracing::error!(mail = %id, %error, "a mail stays shut")).ok()
            }
        };
        let letter = detail.and_then(|detail| Letter::from_columns(kind, &detail).ok());
        let Some(content) = letter.and_then(|letter| letter.render(&queued.language).ok()) else {
            tracing::error!(mail = %id, kind, "a mail cannot be put into words: it is dropped");
            return self.remove_mail(id).await;
        };
        let mail = Outgoing { id, recipient: queued.recipient, date: now, content };
        let answer = sender.send(&mail).await;
        let (why, tried) = (answer.said, queued.attempts + 1);
        match answer.outcome {
            SendOutcome::Accepted => {
                tracing::info!(mail = %id, kind, "a mail is sent");
                self.remove_mail(id).await
            }
            SendOutcome::Refused => {
                tracing::warn!(mail = %id, kind, why, "a mail is refused: it is dropped");
                self.remove_mail(id).await
            }
            SendOutcome::Retry => {
                tracing::warn!(mail = %id, kind, why, tried, "a mail is put off");
                self.put_off_mail(id, queued.attempts).await
            }
            SendOutcome::Misconfigured => {
                tracing::error!(mail = %id, kind, why, tried, "mail cannot be sent until the settings are right");
                self.put_off_mail(id, queued.attempts).await
            }
        }
    }

    fn detail_of(&self, queued: &QueuedMail) -> Result<Zeroizing<String>, OpenError> {
        let Some(sealed) = &queued.sealed else { return Ok(Zeroizing::new(queued.detail.clone())) };
        let opened = self.parts.master_keys.open(&owner(queued.id), sealed)?;
        let text = std::str::from_utf8(&opened).map_err(|_| OpenError::Malformed)?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    async fn remove_mail(&self, id: Uuid) -> Result<(), AppError> {
        Ok(self.parts.db.write(move |tx| Box::pin(mails::remove(tx, id))).await?)
    }

    async fn put_off_mail(&self, id: Uuid, attempts: i64) -> Result<(), AppError> {
        let before = u32::try_from(attempts).unwrap_or(0);
        let pause = backoff::pause(FIRST_PAUSE, before, LONGEST_PAUSE);
        let due_at = self.now() + pause;
        Ok(self.parts.db.write(move |tx| Box::pin(mails::put_off(tx, id, due_at))).await?)
    }

    /// Lets go of mail that could not be sent in time.
    pub(super) async fn forget_mails(&self) -> Result<u64, AppError> {
        let now = self.now();
        let dropped = self.parts.db.write(move |tx| Box::pin(mails::forget_expired(tx, now))).await?;
        if dropped > 0 {
            tracing::error!(dropped, "mails could not be sent for three days: they are dropped");
        }
        Ok(dropped)
    }

    /// Begins no mail any more, and waits a moment for those on their way, so that none is sent twice.
    pub async fn stop_mail(&self) {
        let all = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
        // What takes longer is found in the outbox after the start.
        let held = tokio::time::timeout(STOP_WAIT, self.mailer.places.acquire_many(all)).await;
        self.mailer.places.close();
        drop(held);
    }
}
