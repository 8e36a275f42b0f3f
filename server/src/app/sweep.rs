//! What time does: it ends logins, and lets go of what nobody can use any more.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::{App, AppError};
use crate::domain::actor::Actor;
use crate::domain::login::LoginState;
use crate::store::sweep::{self, Lapsed};
use crate::store::{StoreError, audit};

const LAPSE_EVERY: Duration = Duration::from_secs(1);
/// How many logins are ended in one unit of work; the rest follows a second later.
const AT_ONCE: i64 = 256;
const FORGET_EVERY: Duration = Duration::from_secs(60);

impl App {
    /// Ends the logins whose time is over, and tells who waits for them. How many there were.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn sweep(&self) -> Result<usize, AppError> {
        let now = self.now();
        // Reading costs no flush; most of the time there is nothing to end.
        let lapsed = self.parts.db.read_one(move |tx| Box::pin(sweep::lapsed(tx, now, AT_ONCE))).await?;
        if lapsed.is_empty() {
            return Ok(0);
        }
        let noted: Vec<_> = lapsed.into_iter().map(|lapsed| (self.lapse_line(&lapsed), lapsed)).collect();
        let ended = self
            .parts
            .db
            .write_with(noted, move |noted, tx| {
                Box::pin(async move {
                    let mut ended = Vec::with_capacity(noted.len());
                    for (line, lapsed) in noted {
                        if sweep::lapse(tx, lapsed, now).await? {
                            audit::append(tx, line).await?;
                            ended.push((lapsed.login, lapsed.user));
                        }
                    }
                    Ok::<_, StoreError>(ended)
                })
            })
            .await?;
        for (login, user) in &ended {
            self.hub.publish(*login);
            self.hub.publish(*user);
        }
        Ok(ended.len())
    }

    fn lapse_line(&self, lapsed: &Lapsed) -> audit::AuditLine {
        let event = match lapsed.state {
            LoginState::NotCompleted => "login.not_completed",
            _ => "login.expired",
        };
        let line = self.audit(lapsed.tenant, Some(lapsed.user), event, json!({ "login": lapsed.login }));
        audit::AuditLine { actor: Actor::Server, ..line }
    }

    /// Removes what nobody can use any more. How many rows there were.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn forget(&self) -> Result<u64, AppError> {
        let now = self.now();
        let rows = self.parts.db.write(move |tx| Box::pin(sweep::forget(tx, now))).await?;
        Ok(rows + self.forget_mails().await?)
    }

    /// Tells by audit lines what came of the last minute: resets that nobody carried out, refusals that were counted.
    async fn tell_of_last_minute(&self) -> Result<(), AppError> {
        self.lapse_resets().await?;
        self.tell_held_back().await?;
        Ok(())
    }

    /// Goes by the key file as it is now, should the keys have been rotated.
    async fn look_at_keys(&self) {
        let keys = Arc::clone(&self.parts.master_keys);
        // A file is read without hurry, and not where requests are answered.
        if let Ok(Some(current)) = tokio::task::spawn_blocking(move || keys.refresh()).await {
            tracing::info!(%current, "the key file has another current key: it seals from now on");
        }
    }

    /// Sweeps for as long as the server runs. A failure is logged, and tried again the next time.
    pub(super) async fn run_sweeper(self: Arc<Self>) {
        let mut lapse = tokio::time::interval(LAPSE_EVERY);
        let mut forget = tokio::time::interval(FORGET_EVERY);
        lapse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = lapse.tick() => {
                    if let Err(error) = self.sweep().await {
                        tracing::warn!(%error, "logins could not be swept");
                    }
                }
                _ = forget.tick() => {
                    if let Err(error) = self.forget().await {
                        tracing::warn!(%error, "old rows could not be removed");
                    }
                    if let Err(error) = self.tell_of_last_minute().await {
                        tracing::warn!(%error, "audit lines of the last minute could not be written");
                    }
                    self.look_at_keys().await;
                }
            }
        }
    }
}
