//! Verifying the chain of a tenant's audit lines, a page at a time: of a million lines, a thousand are in memory.

use countersign_protocol::ids::TenantId;

use super::{App, AppError};
use crate::domain::audit::chain::Head;
use crate::domain::audit::verify::{Fault, Verifier};
use crate::store::audit_chain as chain;

const PAGE: i64 = 1000;
/// How often the lines are looked for that a head names, which may have come after the last look.
const LOOKS: u32 = 5;

/// What a chain was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many lines bear out their links, from the first on.
    pub lines: u64,
    /// The last of them.
    pub end: Head,
    /// What is wrong after it, if something is.
    pub fault: Option<Fault>,
}

impl App {
    /// Verifies a tenant's chain; what is written meanwhile is included, or not. A head that was `noted` elsewhere
    /// must be found in it.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn verify_audit(&self, tenant: TenantId, noted: Option<Head>) -> Result<Verified, AppError> {
        let mut verifier = Verifier::new(noted);
        let fault = self.first_fault(tenant, &mut verifier).await?.err();
        Ok(Verified { lines: verifier.lines(), end: verifier.end(), fault })
    }

    async fn first_fault(
        &self,
        tenant: TenantId,
        verifier: &mut Verifier,
    ) -> Result<Result<(), Fault>, AppError> {
        let db = &self.parts.db;
        let mut looks = 0;
        loop {
            let after = verifier.end().seq;
            let lines = db.read_one(move |tx| Box::pin(chain::after(tx, tenant, after, PAGE))).await?;
            for line in &lines {
                if let Err(fault) = verifier.take(line) {
                    return Ok(Err(fault));
                }
            }
            if !lines.is_empty() {
                continue;
            }
            // Read after the lines, so that it is never behind them.
            let end = db.read_one(move |tx| Box::pin(chain::head(tx, tenant))).await?;
            let end = end.map(|end| (end.head, self.parts.audit_key.sealed(tenant, &end)));
            let judged = verifier.ends_at(end);
            looks += 1;
            match judged {
                Err(Fault::Missing(..)) if looks < LOOKS => {}
                judged => return Ok(judged),
            }
        }
    }
}
