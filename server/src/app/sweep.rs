//! What time does: it ends logins, and lets go of what nobody can use any more.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::{App, AppError};
use crate::domain::login::LoginState;
use crate::store::sweep::{self, Lapsed};
use crate::store::{StoreError, audit};

const LAPSE_EVERY: Duration = Duration::from_secs(1);
const FORGET_EVERY: Duration = Duration::from_secs(60);

impl App {
    /// Ends the logins whose time is over, and tells who waits for them. How many there were.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn sweep(&self) -> Result<usize, AppError> {
        let now = self.now();
        // Reading costs no flush; most of the time there is nothing to end.
        if !self.parts.db.read(move |tx| Box::pin(sweep::any_lapsed(tx, now))).await? {
            return Ok(0);
        }
        let lapsed = self.parts.db.write(move |tx| Box::pin(sweep::lapse(tx, now))).await?;
        let lines: Vec<_> = lapsed.iter().map(|lapsed| self.lapse_line(lapsed)).collect();
        let lines = Arc::new(lines);
        self.parts
            .db
            .write(move |tx| {
                let lines = Arc::clone(&lines);
                Box::pin(async move {
                    for line in lines.iter() {
                        audit::append(tx, line).await?;
                    }
                    Ok::<_, StoreError>(())
                })
            })
            .await?;
        for lapsed in &lapsed {
            self.hub.publish(lapsed.login);
        }
        Ok(lapsed.len())
    }

    fn lapse_line(&self, lapsed: &Lapsed) -> audit::AuditLine {
        let event = match lapsed.state {
            LoginState::NotCompleted => "login.not_completed",
            _ => "login.expired",
        };
        self.audit(lapsed.tenant, Some(lapsed.user), event, json!({ "login": lapsed.login }))
    }

    /// Removes what nobody can use any more. How many rows there were.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn forget(&self) -> Result<u64, AppError> {
        let now = self.now();
        Ok(self.parts.db.write(move |tx| Box::pin(sweep::forget(tx, now))).await?)
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
                }
            }
        }
    }
}
