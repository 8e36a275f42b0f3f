//! A phone's answer: verified in full, then one conditional change, then the browser is told.
//!
//! 1. The decision's key is one of the device's two; an approval needs the approval key.
//! 2. Every field is compared with what the server signed and stored, as whoever verifies the receipt will.
//! 3. One unit of work swaps pending → approved, denied, reported or wrong number, keeps the receipt
//!    and writes the audit line. Who comes second is told so.
//! 4. A denial holds pushes back; a report does more, see [`super::report`]; the popups of the user's other
//!    phones are put away.

use std::sync::Arc;

use countersign_protocol::api::Outcome;
use countersign_protocol::approval::{ApprovalRequest, Decision, DecisionStatement, UserVerification};
use countersign_protocol::ids::{DeviceId, LoginId, TenantId};
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::statement::{StatementError, Unverified};
use countersign_protocol::time::Timestamp;
use serde_json::json;

use super::calls::{CallError, VerifiedCall, use_up};
use super::report::Reported;
use super::requests::{RequestError, no_answer};
use super::tenants::TenantHandle;
use super::wrong_codes::Suspension;
use super::{App, AppError};
use crate::domain::factor::Factor;
use crate::domain::login::{LoginState, answered};
use crate::domain::push_limits::{Hold, HoldReason};
use crate::domain::receipt;
use crate::store::audit::AuditLine;
use crate::store::devices::Device;
use crate::store::factor_records::{self, Counted};
use crate::store::logins::{self, Login};
use crate::store::requests::{self, Receipt, StoredRequest};
use crate::store::wakes::{self, QueuedWake};
use crate::store::{StoreError, Tx, audit, devices, push_histories};

/// How far ahead of the server's clock a decision may be signed, in seconds.
const AHEAD_SECONDS: i64 = 60;

/// Why a decision is refused.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// The call, or the login takes no answer.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The decision's statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// A passcode unlocked the approval key, and the tenant takes biometrics alone.
    #[error("the tenant's policy does not let a phone's passcode approve")]
    DevicePasscodeNotAllowed,
    /// The app is too old to approve.
    #[error("the app is older than the settings allow")]
    AppTooOld,
    /// The decision is not about this very request, or out of its time.
    #[error("the decision does not match the request: {0}")]
    Mismatch(&'static str),
}

/// Which answers are taken from an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswersTaken {
    /// All.
    All,
    /// No approvals: who says no must not have to update first.
    DenialsAndReports,
}

impl From<CallError> for DecideError {
    fn from(error: CallError) -> Self {
        Self::Request(error.into())
    }
}

impl From<StoreError> for DecideError {
    fn from(error: StoreError) -> Self {
        Self::Request(error.into())
    }
}

impl From<AppError> for DecideError {
    fn from(error: AppError) -> Self {
        Self::Request(error.into())
    }
}

struct Deciding {
    tenant: TenantId,
    call: VerifiedCall,
    to: LoginState,
    hold: Option<Hold>,
    reported: Option<Reported>,
    withdrawals: Vec<QueuedWake>,
    now: Timestamp,
    lapses_at: Timestamp,
    receipt: Receipt,
    audit: AuditLine,
    suspension: Suspension,
}

impl App {
    /// Takes a phone's answer to one login.
    ///
    /// # Errors
    /// [`DecideError`].
    pub async fn decide(
        &self,
        at: &TenantHandle,
        call: &VerifiedCall,
        login: LoginId,
        compact: String,
        taken: AnswersTaken,
    ) -> Result<Outcome, DecideError> {
        let (tenant, device) = (at.tenant.id, call.device.id);
        let db = &self.parts.db;
        let found = db.read_one(move |tx| Box::pin(requests::with_login(tx, tenant, login, device))).await?;
        let (stored, row, asked) = found.ok_or(RequestError::Unknown)?;
        let now = self.now();
        let decision = verify(&compact, &call.device)?;
        in_time(&decision, &row, now)?;
        matches_request(at, &decision, &call.device, &stored, now)?;
        if taken == AnswersTaken::DenialsAndReports && decision.decision == Decision::Approve {
            return Err(DecideError::AppTooOld);
        }
        if decision.verification == UserVerification::DeviceCredential
            && decision.decision == Decision::Approve
            && !at.tenant.policy.factors.device_passcode
        {
            let detail = json!({ "login": login, "device": device, "reason": "device-passcode" });
            let line = self.audit(tenant, Some(row.user), "login.refused", detail);
            self.note_or_count(line, call.address).await?;
            return Err(DecideError::DevicePasscodeNotAllowed);
        }
        let to = answered(decision.decision, row.mode, row.number.as_deref(), decision.number.as_deref());
        let detail = json!({
            "login": login, "device": device, "verification": decision.verification,
        });
        let withdrawals = match asked {
            ..=1 => Vec::new(),
            // A report ends other logins, too, of which one may have rung.
            _ if row.push.is_under_way() || to == LoginState::Reported => {
                self.withdrawals(tenant, login, Some(device)).await?
            }
            _ => Vec::new(),
        };
        let reported = match to {
            LoginState::Reported => Some(self.reported(at, &row, &stored.request).await?),
            _ => None,
        };
        let deciding = Arc::new(Deciding {
            tenant,
            call: call.clone(),
            to,
            hold: hold_after(to).map(|why| at.tenant.push_limits.hold(why, now)),
            reported,
            withdrawals,
            now,
            lapses_at: if to == LoginState::Approved { now + self.durations().complete } else { now },
            audit: self
                .audit(tenant, Some(row.user), audit_event(to), detail)
                .from_address(Some(call.address)),
            suspension: self.suspension(tenant, row.user, Factor::Push.as_str(), call.address),
            receipt: receipt_of(stored, compact, now),
        });
        let others =
            db.write_with(Arc::clone(&deciding), |deciding, tx| Box::pin(swap(tx, deciding))).await?;
        for ended in others.into_iter().chain([login]) {
            self.hub.publish(ended);
        }
        self.hub.publish(row.user);
        if deciding.reported.is_some() {
            self.mail_was_added();
        }
        self.wakes.send_now(deciding.withdrawals.iter().cloned());
        outcome_of(to)
    }

    /// The wakes that put the popups of a login's phones away, but for the one that answered.
    pub(super) async fn withdrawals(
        &self,
        tenant: TenantId,
        login: LoginId,
        answered_by: Option<DeviceId>,
    ) -> Result<Vec<QueuedWake>, AppError> {
        let others = self
            .parts
            .db
            .read_one(move |tx| Box::pin(requests::others_asked(tx, tenant, login, answered_by)))
            .await?;
        let wake =
            |(device, push): &(DeviceId, PushEndpoint)| self.withdrawal(tenant, login, (*device, push));
        Ok(others.iter().filter_map(wake).collect())
    }
}

/// After what there are no pushes for a while.
fn hold_after(to: LoginState) -> Option<HoldReason> {
    match to {
        LoginState::Denied => Some(HoldReason::Denied),
        LoginState::Reported => Some(HoldReason::Reported),
        _ => None,
    }
}

/// Checks the statement with the key that it names, if that key may decide so.
fn verify(compact: &str, device: &Device) -> Result<DecisionStatement, DecideError> {
    let unverified = Unverified::parse(compact)?;
    let by_approval_key = unverified.kid() == device.approval_key.id();
    let key = if by_approval_key { &device.approval_key } else { &device.device_key };
    let decision: DecisionStatement = unverified.verify(key)?;
    if decision.decision == Decision::Approve {
        if !by_approval_key {
            return Err(DecideError::Mismatch("an approval needs the approval key"));
        }
        if decision.verification == UserVerification::None {
            return Err(DecideError::Mismatch("an approval needs its owner"));
        }
    }
    Ok(decision)
}

/// Compares the decision with what the server signed, by the rule that its receipt will be verified by: what is taken
/// can be proven.
fn matches_request(
    at: &TenantHandle,
    decision: &DecisionStatement,
    device: &Device,
    stored: &StoredRequest,
    now: Timestamp,
) -> Result<(), DecideError> {
    let request: ApprovalRequest = Unverified::parse(&stored.request)?.verify(at.signing_key.public_key())?;
    receipt::answers(decision, &request, &stored.request).map_err(DecideError::Mismatch)?;
    let checks = [
        (decision.aud == device.origin, "the device belongs to another address"),
        (decision.sub == device.user, "the device is another user's"),
        (decision.iat.0 <= now.seconds() + AHEAD_SECONDS, "the decision is from the future"),
    ];
    match checks.into_iter().find(|(holds, _)| !holds) {
        None => Ok(()),
        Some((_, what)) => Err(DecideError::Mismatch(what)),
    }
}

/// An answer that was on its way when the time ran out is late, whatever else it is: the person is told so.
fn in_time(decision: &DecisionStatement, login: &Login, now: Timestamp) -> Result<(), RequestError> {
    if decision.exp.0 > now.seconds() {
        return Ok(());
    }
    Err(match login.standing_for_phones(now) {
        LoginState::Pending => RequestError::Expired,
        over => no_answer(over),
    })
}

fn receipt_of(stored: StoredRequest, decision: String, decided_at: Timestamp) -> Receipt {
    Receipt { login: stored.login, device: stored.device, request: stored.request, decision, decided_at }
}

/// Which other logins ended with it.
async fn swap(tx: &mut Tx<'_>, new: &Deciding) -> Result<Vec<LoginId>, DecideError> {
    use_up(tx, &new.call).await?;
    let (login, device) = (new.receipt.login, new.receipt.device);
    if !logins::decide(tx, new.tenant, login, device, new.to, new.now, new.lapses_at).await? {
        let standing = logins::by_id(tx, new.tenant, login)
            .await?
            .map(|login: Login| login.standing_for_phones(new.now));
        let standing = standing.unwrap_or(LoginState::Expired);
        if !still_counts(tx, new, standing).await? {
            return Err(no_answer(standing).into());
        }
    }
    requests::keep_receipt(tx, new.tenant, &new.receipt).await?;
    devices::used(tx, new.tenant, device, new.now).await?;
    audit::append(tx, &new.audit).await?;
    let (tenant, user) = (new.tenant, new.call.device.user);
    let push = Counted::Factor(Factor::Push);
    match new.to {
        LoginState::Approved => {
            push_histories::approved(tx, tenant, user).await?;
            factor_records::worked(tx, tenant, user, push, new.now).await?;
        }
        // One that is suspended already needs no counting.
        LoginState::WrongNumber => {
            if let Ok(counted) = factor_records::count(tx, tenant, user, push, new.now).await? {
                new.suspension.write(tx, counted, new.now).await?;
            }
        }
        _ => {}
    }
    if let Some(hold) = new.hold {
        push_histories::hold(tx, tenant, user, hold).await?;
    }
    for wake in &new.withdrawals {
        wakes::add_leased(tx, wake).await?;
    }
    match &new.reported {
        Some(reported) => Ok(reported.write(tx).await?),
        None => Ok(Vec::new()),
    }
}

/// Whoever begins logins in somebody's name must not take a denial or a report away by beginning the next
/// one: a no to a login that its browser gave up counts, once, though there is nothing left to end.
async fn still_counts(tx: &mut Tx<'_>, new: &Deciding, standing: LoginState) -> Result<bool, StoreError> {
    let is_no = matches!(new.to, LoginState::Denied | LoginState::Reported);
    if !is_no || standing != LoginState::Replaced {
        return Ok(false);
    }
    Ok(requests::receipt(tx, new.tenant, new.receipt.login).await?.is_none())
}

fn audit_event(to: LoginState) -> &'static str {
    match to {
        LoginState::Approved => "login.approved",
        LoginState::Denied => "login.denied",
        LoginState::Reported => "login.reported",
        _ => "login.wrong_number",
    }
}

fn outcome_of(to: LoginState) -> Result<Outcome, DecideError> {
    match to {
        LoginState::Approved => Ok(Outcome::Approved),
        LoginState::Denied => Ok(Outcome::Denied),
        LoginState::Reported => Ok(Outcome::Reported),
        LoginState::WrongNumber => Ok(Outcome::WrongNumber),
        _ => Err(AppError::Internal("a decision led to a state that is no answer").into()),
    }
}
