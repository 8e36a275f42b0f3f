//! What is refused to somebody who is not known, or is not allowed something: audit lines in units of work of their own.
//!
//! What anybody can cause as often as they like is told by so many lines in a minute, and counted beyond that: see
//! [`crate::domain::audit::tally`]. A line of a wrong password is written, or counted, alike whoever was meant.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign_protocol::ids::{TenantId, UserId};
use serde_json::{Value, json};

use super::acts::Refused;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::actor::{Actor, By};
use crate::domain::audit::tally::{HeldBack, Tally};
use crate::store::audit::{self, AuditLine};
use crate::store::{StoreError, Tx};

/// What was told in this minute, shared by all requests of this process.
#[derive(Default)]
pub(super) struct Refusals(Mutex<Tally>);

impl Refusals {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Notes something that anybody can cause, unless there are too many such lines: then it is counted.
    pub(super) async fn note_or_count(&self, line: AuditLine, from: IpAddr) -> Result<(), AppError> {
        if !self.refusals.tally().admits(line.tenant, line.event, from, line.at) {
            return Ok(());
        }
        self.write_line(line.from_address(Some(from))).await
    }

    /// Somebody who is not known was not let in: a wrong password, or a name that nobody has. What was typed is noted
    /// nowhere.
    pub(super) async fn note_not_let_in(
        &self,
        at: &TenantHandle,
        user: Option<UserId>,
        reason: &'static str,
        from: IpAddr,
    ) -> Result<(), AppError> {
        let line = self.audit(at.tenant.id, user, "login.refused", json!({ "reason": reason }));
        self.note_or_count(AuditLine { actor: Actor::Server, ..line }, from).await
    }

    /// Notes that somebody would have signed in from a network from which nobody does.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn note_not_from_here(&self, at: &TenantHandle, from: IpAddr) -> Result<(), AppError> {
        self.note_not_let_in(at, None, "network", from).await
    }

    /// Notes that an administrator may not do something to a user of the tenant.
    pub(super) async fn note_act_refused(
        &self,
        tenant: TenantId,
        by: &By,
        user: UserId,
        (action, refused): (&'static str, Refused),
    ) -> Result<(), AppError> {
        if *by == By::CommandLine || refused == Refused::NoSuchUser {
            return Ok(());
        }
        let detail = json!({ "action": action, "reason": refused.to_string() });
        self.write_line(self.audit(tenant, Some(user), "user.act_refused", detail).by(by)).await
    }

    /// Notes that an administrator may not change something of the tenant.
    pub(super) async fn note_change_refused(
        &self,
        tenant: TenantId,
        by: &By,
        (event, detail): (&'static str, Value),
    ) -> Result<(), AppError> {
        match by {
            By::CommandLine => Ok(()),
            By::Administrator { .. } => self.write_line(self.audit(tenant, None, event, detail).by(by)).await,
        }
    }

    /// Tells what was only counted, a line for each address. How many lines there were.
    ///
    /// # Errors
    /// [`AppError`] from the database: then it is told the next time.
    pub async fn tell_held_back(&self) -> Result<usize, AppError> {
        let held_back = self.refusals.tally().take_held_back();
        if held_back.is_empty() {
            return Ok(0);
        }
        let line = |held: &HeldBack| {
            let detail = json!({ "reason": "too-many", "count": held.count });
            self.audit(held.tenant, None, held.event, detail).from_address(held.address)
        };
        let lines: Vec<AuditLine> = held_back.iter().map(line).collect();
        let unit = self.parts.db.write_with(lines, |lines, tx| Box::pin(append_all(tx, lines)));
        if let Err(error) = unit.await {
            self.refusals.tally().put_back(held_back);
            return Err(error.into());
        }
        Ok(held_back.len())
    }
}

async fn append_all(tx: &mut Tx<'_>, lines: &[AuditLine]) -> Result<(), StoreError> {
    for line in lines {
        audit::append(tx, line).await?;
    }
    Ok(())
}
