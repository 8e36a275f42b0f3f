//! The audit log as administrators read it: searched, a page at a time. The lines of a page are verified as they are
//! shown; the whole chain is verified by [`super::audit_verify`].

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::audit_chain::ChainBroken;
use super::{App, AppError};
use crate::domain::actor::Actor;
use crate::domain::audit::chain::{Chained, Head};
use crate::domain::audit::filter::AuditFilter;
use crate::domain::audit::verify::{Fault, alone};
use crate::store::audit_search::Found;
use crate::store::{StoreError, audit_chain, audit_search};

/// How many lines a page has.
pub const AUDIT_PAGE: usize = 50;

/// Lines that were found, and what the people in them are called.
#[derive(Clone, Debug)]
pub struct AuditPageOfLines {
    /// The lines, the latest first.
    pub lines: Vec<Found>,
    /// Name and e-mail address of the users that they name.
    pub people: BTreeMap<UserId, (String, String)>,
    /// Where the next page begins, if there is one.
    pub next: Option<(Timestamp, Uuid)>,
    /// What is wrong with the chain, as far as the end of it and these lines tell.
    pub trouble: Option<AuditTrouble>,
}

/// What is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditTrouble {
    /// Its end: no line is chained any more.
    End(ChainBroken),
    /// A line.
    Line(Fault),
}

impl App {
    /// A page of the lines that meet a filter, the latest first, from after `key` on.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn search_audit(
        &self,
        tenant: TenantId,
        filter: AuditFilter,
        key: Option<(Timestamp, Uuid)>,
    ) -> Result<AuditPageOfLines, AppError> {
        // Before the rows are read, which are then no older.
        let seen = self.seen(tenant);
        let read = self.parts.db.read(move |tx| {
            Box::pin(async move {
                let mut lines = audit_search::search(tx, tenant, &filter, key, AUDIT_PAGE as i64 + 1).await?;
                let more = lines.len() > AUDIT_PAGE;
                lines.truncate(AUDIT_PAGE);
                let next = lines.last().filter(|_| more).map(Found::key);
                let people = audit_search::people(tx, tenant, named_in(&lines)).await?;
                let before = audit_chain::links_before(tx, tenant, &lines).await?;
                let ends = (audit_chain::head(tx, tenant).await?, audit_chain::last(tx, tenant).await?);
                let trouble = first_fault(&lines, &before).map(AuditTrouble::Line);
                Ok::<_, StoreError>((AuditPageOfLines { lines, people, next, trouble }, ends))
            })
        });
        let (mut page, (end, last)) = read.await?;
        if let Err(why) = self.trusted(tenant, seen, end.as_ref(), last) {
            page.trouble = Some(AuditTrouble::End(why));
        }
        Ok(page)
    }
}

/// What is wrong with the first of the lines that were found, each judged by itself.
fn first_fault(lines: &[Found], before: &BTreeMap<i64, Digest>) -> Option<Fault> {
    let fault = |found: &Found| {
        let Found { line, place } = found;
        let Head { seq, link } = (*place)?;
        alone(&Chained { seq, link, line: line.clone() }, before.get(&seq.saturating_sub(1))).err()
    };
    lines.iter().rev().find_map(fault)
}

/// The users that lines name: to whom it happened, and who did it.
fn named_in(lines: &[Found]) -> BTreeSet<UserId> {
    let actor = |found: &Found| match Actor::parse(found.line.actor.as_deref()?)? {
        Actor::User(user) => Some(user),
        Actor::CommandLine | Actor::Server => None,
    };
    lines.iter().flat_map(|found| [found.line.user, actor(found)]).flatten().collect()
}
