//! The use cases: what happens when somebody signs in, pairs a phone, or answers.
//!
//! Each reads what it needs, lets the pure rules of [`crate::domain`] decide, and hands the store one
//! unit of work. Whoever waits is told after the commit, never before.

mod account_security;
mod acts;
pub mod admin;
mod ask_again;
mod attempts;
mod attestation;
mod audit_chain;
mod audit_export;
mod audit_key;
mod audit_log;
mod audit_verify;
mod authenticators;
mod begin_login;
mod brand;
mod browser_copies;
mod calls;
mod circumstances;
mod claim_pairing;
mod code_key;
mod code_screen;
mod complete_login;
mod confirm;
mod confirm_pairing;
mod cookies;
mod decide;
mod device_push;
mod device_self;
mod directory;
mod email_codes;
mod evidence;
mod held;
mod hosts;
mod job_worker;
mod jobs;
mod login_ways;
mod mails;
mod manage_user;
mod new_password;
mod other_ways;
mod own_policy;
mod pairing;
mod passkeys;
mod policy;
mod policy_preview;
mod prove;
mod prove_recovery;
mod pushes;
mod receipts;
mod recover;
mod recovery_codes;
mod refusals;
mod removals;
mod report;
mod requests;
pub mod reseal;
mod resets;
mod sessions;
mod set_up;
mod set_up_screen;
mod setting_up;
mod start_login;
mod stop_recovery;
mod sweep;
mod tenants;
mod totp;
mod turns;
mod user_import;
mod user_intake;
pub mod user_table;
mod wake_queue;
mod wakes;
mod what_if;
mod workers;
mod wrong_codes;

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::random::{self, Random};
use countersign_protocol::time::{Clock, Timestamp};
use uuid::Uuid;

use crate::attestation::Verifier;
use crate::domain::actor::Actor;
use crate::domain::key_ring::KeyRing;
use crate::events::Hub;
use crate::mail::MailSender;
use crate::passkeys::Unreadable;
use crate::passwords::PasswordHasher;
use crate::push::senders::Senders;
use crate::store::audit::{self, AuditLine};
use crate::store::{Db, StoreError};

pub use crate::passkeys::{Kind as PasskeyKind, Permitted as PermittedPasskeys};
pub use crate::store::audit_search::Found as FoundLine;
pub use crate::store::browsers::TrustedBrowser;
pub use crate::store::devices::Device;
pub use crate::store::directory::{Listed, Place};
pub use crate::store::hosts::Host;
pub use crate::store::passkeys::Passkey;
pub use crate::store::sessions::Session;
pub use account_security::{AccountSecurity, Happening};
pub use acts::{Acted, Refused};
pub use ask_again::AskedAgain;
pub use attempts::Attempt;
pub use audit_chain::ChainBroken;
pub use audit_export::ExportPortion;
pub use audit_key::AuditKey;
pub use audit_log::{AUDIT_PAGE, AuditPageOfLines, AuditTrouble};
pub use audit_verify::Verified;
pub use authenticators::{AuthenticatorConfirmed, AuthenticatorView, OfferedAuthenticator};
pub use brand::{BrandChange, LONGEST_TENANT_NAME};
pub use calls::{CallError, IncomingCall, VerifiedCall};
pub use claim_pairing::ClaimError;
pub use code_key::CodeKey;
pub use code_screen::{AskAgain, CodeScreen};
pub use complete_login::Completed;
pub use confirm::{Freshness, PasswordAgain};
pub use confirm_pairing::Confirmed;
pub use cookies::{LoginCookie, PairingCookie, RecoveryLink, Token};
pub use decide::{AnswersTaken, DecideError};
pub use device_push::SetPushError;
pub use device_self::RenameError;
pub use directory::{COUNTED, USERS_A_PAGE, UserList, UserView};
pub use email_codes::CodeSent;
pub use held::Held;
pub use hosts::{HostUse, RemoveHostError, TenantView};
pub use manage_user::ChangeRefused;
pub use new_password::{PasswordRefused, SHORTEST_PASSWORD};
pub use other_ways::{EmailStatus, OfferedWay, OtherWays};
pub use own_policy::{OwnPolicy, OwnRemoval};
pub use pairing::PairingView;
pub use passkeys::{LONGEST_PASSKEY_NAME, PasskeyAdded, PasskeyAnswer, PasskeyAsked};
pub use policy::{PolicyChange, WantedPolicy};
pub use policy_preview::{Concerned, FoundUser, Look, PolicyPreview, Previewed, Shown};
pub use prove::Proved;
pub use prove_recovery::RecoveryProved;
pub use recover::{RecoveryAsked, RecoveryView, WaitBegun};
pub use recovery_codes::SetOfCodes;
pub use removals::{Going, Recovered};
pub use requests::RequestError;
pub use resets::{ResetAsked, WaitingReset};
pub use sessions::{NewSession, SignedIn};
pub use set_up::{HasSetUp, NoSetUp};
pub use set_up_screen::{SetUp, SetUpOffer};
pub use start_login::{Browser, Started};
pub use tenants::TenantHandle;
pub use user_import::{ImportLine, Imported, LineStands, LineWrong};
pub use what_if::{WhatIf, Where};
pub use workers::Workers;

/// How long things last.
#[derive(Clone, Copy, Debug)]
pub struct Durations {
    /// From the password until a phone must have answered.
    pub answer: Duration,
    /// From the approval until the browser must have completed.
    pub complete: Duration,
    /// From the login until the session ends.
    pub session: Duration,
}

/// What the use cases are made of.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// What seals secrets at rest.
    pub master_keys: Arc<KeyRing>,
    /// What hashes short codes.
    pub code_key: CodeKey,
    /// What seals the ends of audit chains.
    pub audit_key: AuditKey,
    /// What checks passwords.
    pub passwords: PasswordHasher,
    /// What sends wakes.
    pub senders: Senders,
    /// What verifies attestations of phones' keys.
    pub attestation: Arc<Verifier>,
    /// What sends mail; none without a mail server.
    pub mail: Option<Arc<dyn MailSender>>,
    /// How long things last.
    pub durations: Durations,
}

/// The use cases. Shared by every handler and worker.
pub struct App {
    parts: Parts,
    hub: Hub,
    tenants: tenants::Cache,
    wakes: wake_queue::Queue,
    mailer: mails::Mailer,
    jobs: jobs::JobBell,
    audit_heads: audit_chain::SeenHeads,
    refusals: refusals::Refusals,
}

/// Why a use case could not be carried out, through no fault of whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Too many at once.
    #[error("too many at once")]
    Busy,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that cannot be, and is: said in the log, never to the caller.
    #[error("{0}")]
    Internal(&'static str),
}

impl From<Unreadable> for AppError {
    fn from(error: Unreadable) -> Self {
        Self::Internal(error.what())
    }
}

impl AppError {
    /// Whether the same may work a moment later.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Self::Busy | Self::Store(StoreError::Unavailable(_) | StoreError::Busy))
    }
}

/// Why a unit of work is given up, so that nothing of it is kept.
#[derive(Debug)]
enum GivenUp {
    /// What it rests on is not so any more.
    Over,
    /// The database.
    Store(StoreError),
}

impl From<StoreError> for GivenUp {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl App {
    /// Puts the parts together. Nothing runs until [`App::run_workers`].
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        let (wakes, hub, tenants) = (wake_queue::Queue::new(), Hub::new(), tenants::Cache::default());
        Arc::new(Self {
            parts,
            hub,
            tenants,
            wakes,
            mailer: mails::Mailer::new(),
            jobs: jobs::JobBell::default(),
            audit_heads: audit_chain::SeenHeads::default(),
            refusals: refusals::Refusals::default(),
        })
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// Randomness.
    #[must_use]
    pub fn random(&self) -> &dyn Random {
        &*self.parts.random
    }

    /// Who is told that a login changed.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The database, for checks of readiness.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.parts.db
    }

    /// How long things last.
    #[must_use]
    pub fn durations(&self) -> Durations {
        self.parts.durations
    }

    /// An id of a row that has no type of its own.
    fn row_id(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.micros() / 1_000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random::bytes(self.random())).into_uuid()
    }

    fn audit(
        &self,
        tenant: TenantId,
        user: Option<UserId>,
        event: &'static str,
        detail: serde_json::Value,
    ) -> AuditLine {
        let at = self.now();
        let actor = user.map_or(Actor::Server, Actor::User);
        AuditLine { id: self.row_id(at), tenant, user, at, event, detail, actor }
    }

    /// A line that tells of something which changes nothing else.
    async fn write_line(&self, line: AuditLine) -> Result<(), AppError> {
        Ok(self.parts.db.write_with(line, |line, tx| Box::pin(audit::append(tx, line))).await?)
    }
}
