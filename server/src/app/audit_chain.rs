//! Audit lines get their places in the chain: a moment after they were written, and apart from what wrote them, so
//! that many may be written at once.
//!
//! A chain whose end was not sealed by this server goes on no further: to go on would seal what somebody made of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_protocol::ids::TenantId;
use serde_json::json;
use uuid::Uuid;

use super::{App, AppError, GivenUp};
use crate::domain::actor::By;
use crate::domain::audit::chain::{Head, Line};
use crate::store::audit_chain::{self as chain, SealedHead};
use crate::store::{StoreError, audit};

const EVERY: Duration = Duration::from_secs(1);
/// How often the ends of the chains are noted in the log, which lies elsewhere than the database.
const NOTE_EVERY: Duration = Duration::from_secs(60 * 60);
/// How many lines are chained in one unit of work.
const BATCH: i64 = 500;
/// How many units a tenant gets before it is the next one's turn.
const UNITS: u32 = 20;
/// How many tenants are looked after in one pass.
const TENANTS: i64 = 1000;

/// Why a chain does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainBroken {
    /// Its end was changed.
    #[error("the end of the audit chain was not sealed by this server")]
    Seal,
    /// Its end was removed.
    #[error("the end of the audit chain was removed")]
    NoHead,
    /// Lines follow its end.
    #[error("lines follow the end of the audit chain as it was sealed")]
    Beyond,
    /// Its end is an older one than this process has seen.
    #[error("the audit chain was rolled back to an older end")]
    RolledBack,
}

/// The ends that this process has seen.
pub(super) type SeenHeads = Mutex<HashMap<TenantId, Head>>;

/// What became of a step.
enum Step {
    Chained(u64),
    /// Another node was quicker.
    Overtaken,
    Broken(ChainBroken),
}

impl App {
    /// Chains the lines of all tenants that are not chained yet: those that are there now, a part of them if they
    /// are very many. How many, and which chains are broken.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn chain_audit(&self) -> Result<(u64, Vec<(TenantId, ChainBroken)>), AppError> {
        let db = &self.parts.db;
        let tenants = db.read_one(|tx| Box::pin(chain::tenants_with_loose(tx, TENANTS))).await?;
        let (mut chained, mut broken) = (0, Vec::new());
        for tenant in tenants {
            match self.chain_audit_of(tenant, UNITS).await? {
                Ok(lines) => chained += lines,
                Err(why) => broken.push((tenant, why)),
            }
        }
        Ok((chained, broken))
    }

    /// Chains the lines of one tenant, in at most so many units of work. How many lines.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn chain_audit_of(
        &self,
        tenant: TenantId,
        units: u32,
    ) -> Result<Result<u64, ChainBroken>, AppError> {
        let mut all = 0;
        for _ in 0..units {
            match self.chain_some(tenant).await? {
                Step::Chained(lines) => {
                    all += lines;
                    if lines < BATCH.unsigned_abs() {
                        break;
                    }
                }
                Step::Overtaken => {}
                Step::Broken(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(all))
    }

    async fn chain_some(&self, tenant: TenantId) -> Result<Step, AppError> {
        // Before the row is read: what another task of this process sees meanwhile may be further on than it.
        let seen = self.seen(tenant);
        let read = self.parts.db.read(move |tx| {
            Box::pin(async move {
                let loose = chain::loose(tx, tenant, BATCH).await?;
                Ok::<_, StoreError>((loose, chain::head(tx, tenant).await?, chain::last(tx, tenant).await?))
            })
        });
        let (loose, end, last) = read.await?;
        if loose.is_empty() {
            return Ok(Step::Chained(0));
        }
        let head = match self.trusted(tenant, seen, end.as_ref(), last) {
            Ok(head) => head,
            Err(why) => return Ok(Step::Broken(why)),
        };
        let (head, places) = placed(head, &loose);
        let new = self.sealed_head(tenant, head);
        let unit = self.parts.db.write_with((end, new, places), move |(end, new, places), tx| {
            Box::pin(async move {
                // The head first: whoever comes second waits for it, and then has nothing to undo.
                let moved = chain::move_head(tx, tenant, end.as_ref(), new).await?;
                if !moved || chain::place(tx, tenant, places).await? != places.len() as u64 {
                    return Err(GivenUp::Over);
                }
                Ok(places.len() as u64)
            })
        });
        match unit.await {
            Ok(lines) => {
                self.saw(tenant, head);
                Ok(Step::Chained(lines))
            }
            Err(GivenUp::Over) => Ok(Step::Overtaken),
            Err(GivenUp::Store(error)) => Err(error.into()),
        }
    }

    fn sealed_head(&self, tenant: TenantId, head: Head) -> SealedHead {
        SealedHead { head, seal: self.parts.audit_key.seal(tenant, &head), chained_at: self.now() }
    }

    /// How far this process has seen a chain.
    pub(super) fn seen(&self, tenant: TenantId) -> Option<Head> {
        self.audit_heads.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).copied()
    }

    /// The end from which the chain may go on. What was read was read at once, and after what was `seen`.
    pub(super) fn trusted(
        &self,
        tenant: TenantId,
        seen: Option<Head>,
        end: Option<&SealedHead>,
        last: Option<Head>,
    ) -> Result<Head, ChainBroken> {
        let Some(end) = end else {
            // The very first line of a tenant, or of a database from before there were chains.
            let begins = last.is_none() && seen.is_none();
            return if begins { Ok(Head::START) } else { Err(ChainBroken::NoHead) };
        };
        if !self.parts.audit_key.sealed(tenant, end) {
            return Err(ChainBroken::Seal);
        }
        if last.is_some_and(|last| last.seq > end.head.seq) {
            return Err(ChainBroken::Beyond);
        }
        match seen {
            Some(seen) if end.head.seq < seen.seq => Err(ChainBroken::RolledBack),
            Some(seen) if end.head.seq == seen.seq && end.head.link != seen.link => {
                Err(ChainBroken::RolledBack)
            }
            _ => Ok(end.head),
        }
    }

    /// Remembers how far a chain was. Of two that come at once, the further one stays.
    fn saw(&self, tenant: TenantId, head: Head) {
        let mut seen = self.audit_heads.lock().unwrap_or_else(PoisonError::into_inner);
        let last = seen.entry(tenant).or_insert(head);
        if last.seq < head.seq {
            *last = head;
        }
    }

    /// Seals the end of a chain anew, as the lines are, after somebody looked into what was changed. The break stays
    /// in the chain, to be found by whoever verifies it; this is noted as its next line.
    ///
    /// # Errors
    /// [`AppError`] from the database. [`AppError::Busy`] if the chain went on meanwhile.
    pub async fn renew_audit_head(&self, by: &By, tenant: TenantId) -> Result<Head, AppError> {
        let read = self.parts.db.read(move |tx| {
            Box::pin(async move {
                Ok::<_, StoreError>((chain::head(tx, tenant).await?, chain::last(tx, tenant).await?))
            })
        });
        let (end, last) = read.await?;
        let head = last.unwrap_or(Head::START);
        let before = end.map(|end| end.head.to_string());
        let detail = json!({ "before": before, "after": head.to_string() });
        let line = self.audit(tenant, None, "audit.head_renewed", detail).by(by);
        let new = self.sealed_head(tenant, head);
        let unit = self.parts.db.write_with((end, new, line), move |(end, new, line), tx| {
            Box::pin(async move {
                if !chain::move_head(tx, tenant, end.as_ref(), new).await? {
                    return Err(GivenUp::Over);
                }
                Ok(audit::append(tx, line).await?)
            })
        });
        unit.await.map_err(|error| match error {
            GivenUp::Over => AppError::Busy,
            GivenUp::Store(error) => error.into(),
        })?;
        self.audit_heads.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, head);
        Ok(head)
    }

    /// Chains lines for as long as the server runs. A failure is logged, and tried again the next time.
    pub(super) async fn run_audit_chainer(self: Arc<Self>) {
        let (mut tick, mut note) = (tokio::time::interval(EVERY), tokio::time::interval(NOTE_EVERY));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut told: HashMap<TenantId, ChainBroken> = HashMap::new();
        loop {
            tokio::select! {
                _ = tick.tick() => match self.chain_audit().await {
                    Ok((_, broken)) => {
                        for (tenant, why) in &broken {
                            if told.get(tenant) != Some(why) {
                                tracing::error!(%tenant, %why, "run `countersign audit verify`");
                            }
                        }
                        told = broken.into_iter().collect();
                    }
                    Err(error) => tracing::warn!(%error, "audit lines could not be chained"),
                },
                _ = note.tick() => self.note_heads(),
            }
        }
    }

    /// Notes how far the chains are, for whoever keeps the log: to be compared by `audit verify --expect`.
    fn note_heads(&self) {
        let seen = self.audit_heads.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (tenant, head) in seen {
            tracing::info!(%tenant, %head, "the audit chain is this far");
        }
    }
}

/// The places of lines that follow `head`, and the end after them.
fn placed(mut head: Head, lines: &[Line]) -> (Head, Vec<(Uuid, Head)>) {
    let places = lines.iter().map(|line| {
        head = head.followed_by(line);
        (line.id, head)
    });
    let places = places.collect();
    (head, places)
}
