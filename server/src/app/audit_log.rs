//! The audit log as administrators read it: searched, a page at a time, and exported.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use futures_util::stream::{self, Stream};
use serde_json::json;
use uuid::Uuid;

use super::audit_chain::ChainBroken;
use super::{App, AppError};
use crate::domain::actor::{Actor, By};
use crate::domain::audit::chain::{Chained, Head};
use crate::domain::audit::filter::AuditFilter;
use crate::domain::audit::record;
use crate::store::audit_search::Found;
use crate::store::{StoreError, audit, audit_chain, audit_search};

/// How many lines a page has.
pub const AUDIT_PAGE: usize = 50;
/// How many lines of an export are in memory at once.
const EXPORT_PAGE: i64 = 500;

/// Lines that were found, and what the people in them are called.
#[derive(Clone, Debug)]
pub struct AuditPageOfLines {
    /// The lines, the latest first.
    pub lines: Vec<Found>,
    /// Name and e-mail address of the users that they name.
    pub people: BTreeMap<UserId, (String, String)>,
    /// Where the next page begins, if there is one.
    pub next: Option<(Timestamp, Uuid)>,
}

/// Where an export is.
enum Place {
    /// The whole chain: after this line.
    Chain(Head),
    /// What a filter finds: from after this key on.
    Found(Option<(Timestamp, Uuid)>),
    End,
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
        let read = self.parts.db.read(move |tx| {
            Box::pin(async move {
                let mut lines = audit_search::search(tx, tenant, &filter, key, AUDIT_PAGE as i64 + 1).await?;
                let more = lines.len() > AUDIT_PAGE;
                lines.truncate(AUDIT_PAGE);
                let next = lines.last().filter(|_| more).map(Found::key);
                let people = audit_search::people(tx, tenant, named_in(&lines)).await?;
                Ok::<_, StoreError>(AuditPageOfLines { lines, people, next })
            })
        });
        Ok(read.await?)
    }

    /// Notes that somebody takes the lines that meet a filter out of here, and chains what is not chained yet, so
    /// that it is among them.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn begin_audit_export(
        &self,
        by: &By,
        tenant: TenantId,
        filter: &AuditFilter,
    ) -> Result<Result<(), ChainBroken>, AppError> {
        let detail = json!({ "whole": filter.is_all() });
        let line = self.audit(tenant, None, "audit.exported", detail).by(by);
        self.parts.db.write_with(line, |line, tx| Box::pin(audit::append(tx, line))).await?;
        Ok(self.chain_audit_of(tenant, u32::MAX).await?.map(drop))
    }

    /// The lines that meet a filter, each as a line of JSON, in portions: the whole chain in its order, what a filter
    /// finds the latest first. The portions end early where the database fails: then the last one is an error.
    pub fn export_audit(
        self: &Arc<Self>,
        tenant: TenantId,
        filter: AuditFilter,
    ) -> impl Stream<Item = Result<String, AppError>> + Send + 'static {
        let begin = if filter.is_all() { Place::Chain(Head::START) } else { Place::Found(None) };
        stream::unfold((Arc::clone(self), filter, begin), move |(app, filter, place)| async move {
            let portion = match place {
                Place::End => return None,
                Place::Chain(after) => app.export_chain(tenant, after).await,
                Place::Found(key) => app.export_found(tenant, &filter, key).await,
            };
            match portion {
                Ok((_, Place::End)) => None,
                Ok((text, next)) => Some((Ok(text), (app, filter, next))),
                Err(error) => Some((Err(error), (app, filter, Place::End))),
            }
        })
    }

    async fn export_chain(&self, tenant: TenantId, after: Head) -> Result<(String, Place), AppError> {
        let (db, from) = (&self.parts.db, after.seq);
        let lines =
            db.read_one(move |tx| Box::pin(audit_chain::after(tx, tenant, from, EXPORT_PAGE))).await?;
        let (mut text, mut end) = (String::new(), after);
        for line in &lines {
            put(&mut text, line, end.link)?;
            end = Head { seq: line.seq, link: line.link };
        }
        Ok((text, if lines.is_empty() { Place::End } else { Place::Chain(end) }))
    }

    async fn export_found(
        &self,
        tenant: TenantId,
        filter: &AuditFilter,
        key: Option<(Timestamp, Uuid)>,
    ) -> Result<(String, Place), AppError> {
        let filter = filter.clone();
        let read = self.parts.db.read(move |tx| {
            Box::pin(async move {
                let found = audit_search::search(tx, tenant, &filter, key, EXPORT_PAGE).await?;
                let before = found.iter().filter_map(|found| Some(found.place?.seq - 1)).collect();
                let before = audit_chain::links(tx, tenant, before).await?;
                Ok::<_, StoreError>((found, before))
            })
        });
        let (found, before) = read.await?;
        let mut text = String::new();
        for Found { line, place } in &found {
            // What came since the export began has no place yet.
            let Some(Head { seq, link }) = *place else { continue };
            let previous = if seq == 1 { Some(Head::START.link) } else { before.get(&(seq - 1)).copied() };
            let line = Chained { seq, link, line: line.clone() };
            put(&mut text, &line, previous.unwrap_or(Head::START.link))?;
        }
        Ok((text, found.last().map_or(Place::End, |last| Place::Found(Some(last.key())))))
    }
}

fn put(text: &mut String, line: &Chained, previous: Digest) -> Result<(), AppError> {
    let written = record::write(line, previous);
    *text +=
        &written.ok_or(AppError::Internal("an audit line is not as a server writes it: verify the log"))?;
    text.push('\n');
    Ok(())
}

/// The users that lines name: to whom it happened, and who did it.
fn named_in(lines: &[Found]) -> BTreeSet<UserId> {
    let actor = |found: &Found| match Actor::parse(found.line.actor.as_deref()?)? {
        Actor::User(user) => Some(user),
        Actor::CommandLine | Actor::Server => None,
    };
    lines.iter().flat_map(|found| [found.line.user, actor(found)]).flatten().collect()
}
