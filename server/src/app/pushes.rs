//! Whether a login's phones are pushed: within the limits of its tenant, one login at a time.

use countersign_protocol::ids::{LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;

use crate::domain::push_limits::{Held, PushLimits};
use crate::domain::reach::Push;
use crate::store::push_histories::{self, ReadHistory};
use crate::store::wakes::{self, QueuedWake};
use crate::store::{StoreError, Tx};

/// A push that is wanted.
#[derive(Clone, Debug)]
pub(super) struct WantedPush {
    pub(super) tenant: TenantId,
    pub(super) user: UserId,
    pub(super) login: LoginId,
    pub(super) limits: PushLimits,
    pub(super) now: Timestamp,
    /// One for each phone that can be pushed.
    pub(super) wakes: Vec<QueuedWake>,
}

impl WantedPush {
    /// Whether the limits allow it; if they do, it counts from now on. Within the unit of work that begins
    /// the login or asks again.
    pub(super) async fn allowance(&self, tx: &mut Tx<'_>) -> Result<Push, StoreError> {
        if self.wakes.is_empty() {
            return Ok(Push::None);
        }
        let read = push_histories::read(tx, self.tenant, self.user, self.login, self.now).await?;
        if let Err((held, _)) = allowed(&read, &self.limits, self.now) {
            return Ok(Push::Held(held));
        }
        let pushed = read.history.pushed(self.now);
        // If it changed since, somebody else pushes at this very moment.
        let noted = push_histories::note(tx, self.tenant, self.user, &read, &pushed).await?;
        Ok(if noted { Push::Sending } else { Push::Held(Held::Another) })
    }

    /// Queues the wakes, once the login is there that they belong to.
    pub(super) async fn queue(&self, tx: &mut Tx<'_>, push: Push) -> Result<(), StoreError> {
        if push == Push::Sending {
            for wake in &self.wakes {
                wakes::add_leased(tx, wake).await?;
            }
        }
        Ok(())
    }
}

/// Whether there may be a push; if not, why, and from when on, as far as that is known.
pub(super) fn allowed(
    read: &ReadHistory,
    limits: &PushLimits,
    now: Timestamp,
) -> Result<(), (Held, Option<Timestamp>)> {
    if read.another {
        return Err((Held::Another, None));
    }
    read.history.may_push(limits, now).map_err(|(held, until)| (held, Some(until)))
}
