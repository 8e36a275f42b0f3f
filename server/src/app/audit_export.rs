//! Audit lines taken away, as lines of JSON. They are verified while they are read: where one is not as it was
//! written, all lines are given nevertheless, and the fault is the last of it.

use std::sync::Arc;

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::TenantId;
use countersign_protocol::time::Timestamp;
use futures_util::stream::{self, Stream};
use serde_json::json;
use uuid::Uuid;

use super::audit_chain::ChainBroken;
use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::audit::chain::{Chained, Head};
use crate::domain::audit::filter::AuditFilter;
use crate::domain::audit::record;
use crate::domain::audit::verify::{Fault, Verifier, alone};
use crate::store::audit_search::Found;
use crate::store::{StoreError, audit_chain, audit_search};

/// How many lines are in memory at once.
const PORTION: i64 = 500;

/// A portion of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportPortion {
    /// Some lines, each with its end.
    Lines(String),
    /// Nothing follows, and the lines are not as they were written: the first fault that was found.
    Fault(Fault),
}

/// An export on its way.
struct Export {
    app: Arc<App>,
    tenant: TenantId,
    filter: AuditFilter,
    place: Place,
    fault: Option<Fault>,
}

/// Where an export is.
enum Place {
    /// The whole chain: after this line.
    Chain(Head, Verifier),
    /// What a filter finds: from after this key on.
    Found(Option<(Timestamp, Uuid)>),
    /// The last line was given.
    LinesEnd,
    End,
}

impl App {
    /// Notes that somebody takes the lines that meet a filter out of here, and chains what is not chained yet, so
    /// that it is among them. A chain whose end is broken is for [`App::verify_audit`] first: [`ChainBroken`] within.
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
        self.write_line(self.audit(tenant, None, "audit.exported", detail).by(by)).await?;
        Ok(self.chain_audit_of(tenant, u32::MAX).await?.map(drop))
    }

    /// The lines that meet a filter, in portions: the whole chain in its order, what a filter finds the latest first.
    /// The portions end early where the database fails: then the last one is an error.
    pub fn export_audit(
        self: &Arc<Self>,
        tenant: TenantId,
        filter: AuditFilter,
    ) -> impl Stream<Item = Result<ExportPortion, AppError>> + Send + 'static {
        let place = match filter.is_all() {
            true => Place::Chain(Head::START, Verifier::new(None)),
            false => Place::Found(None),
        };
        let export = Export { app: Arc::clone(self), tenant, filter, place, fault: None };
        stream::unfold(export, |mut export| async move {
            let portion = export.portion().await.transpose()?;
            if portion.is_err() {
                export.place = Place::End;
            }
            Some((portion, export))
        })
    }
}

impl Export {
    async fn portion(&mut self) -> Result<Option<ExportPortion>, AppError> {
        let text = match std::mem::replace(&mut self.place, Place::End) {
            Place::Chain(after, verifier) => self.chain(after, verifier).await?,
            Place::Found(key) => self.found(key).await?,
            Place::LinesEnd => return Ok(self.fault.map(ExportPortion::Fault)),
            Place::End => return Ok(None),
        };
        Ok(Some(ExportPortion::Lines(text)))
    }

    async fn chain(&mut self, after: Head, mut verifier: Verifier) -> Result<String, AppError> {
        let (tenant, from) = (self.tenant, after.seq);
        let db = &self.app.parts.db;
        let lines = db.read_one(move |tx| Box::pin(audit_chain::after(tx, tenant, from, PORTION))).await?;
        let (mut text, mut end) = (String::new(), after);
        for line in &lines {
            if self.fault.is_none() {
                self.fault = verifier.take(line).err();
            }
            self.put(&mut text, line, end.link);
            end = Head { seq: line.seq, link: line.link };
        }
        self.place = if lines.is_empty() { Place::LinesEnd } else { Place::Chain(end, verifier) };
        Ok(text)
    }

    async fn found(&mut self, key: Option<(Timestamp, Uuid)>) -> Result<String, AppError> {
        let (tenant, filter) = (self.tenant, self.filter.clone());
        let read = self.app.parts.db.read(move |tx| {
            Box::pin(async move {
                let found = audit_search::search(tx, tenant, &filter, key, PORTION).await?;
                let before = audit_chain::links_before(tx, tenant, &found).await?;
                Ok::<_, StoreError>((found, before))
            })
        });
        let (found, before) = read.await?;
        let last = found.last().map(Found::key);
        self.place = if last.is_some() { Place::Found(last) } else { Place::LinesEnd };
        let mut text = String::new();
        for Found { line, place } in found {
            // What came since the export began has no place yet.
            let Some(Head { seq, link }) = place else { continue };
            let (line, previous) = (Chained { seq, link, line }, before.get(&seq.saturating_sub(1)));
            if self.fault.is_none() {
                self.fault = alone(&line, previous).err();
            }
            self.put(&mut text, &line, previous.copied().unwrap_or(Head::START.link));
        }
        Ok(text)
    }

    fn put(&mut self, text: &mut String, line: &Chained, previous: Digest) {
        if let Some(written) = record::write(line, previous) {
            *text += &written;
            text.push('\n');
        } else {
            self.fault.get_or_insert(Fault::Unwritable(line.seq));
        }
    }
}
