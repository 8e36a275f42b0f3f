//! A receipt as a file: the request that was shown and the decision on it, each as it was signed, and the public keys
//! of both signers. Whoever has the file can verify it, without this server.
//!
//! What it proves: the tenant's key signed this request for this device, and the device's key signed this decision on
//! this very request. What has to be believed is whose the two keys are; so their thumbprints (RFC 7638) are shown,
//! to be compared with what is known of them.

use std::fmt;

use countersign_protocol::approval::{ApprovalRequest, Decision, DecisionStatement, UserVerification};
use countersign_protocol::bytes::sha256;
use countersign_protocol::ids::{DeviceId, LoginId, UserId};
use countersign_protocol::key::{Jwk, KeyId, PublicKey};
use countersign_protocol::statement::{StatementError, Unverified};
use serde::{Deserialize, Serialize};

/// What a file begins with.
const FORMAT: &str = "countersign-receipt";
const VERSION: u32 = 1;
/// By how many seconds the clocks of phone and server may differ.
const CLOCKS_DIFFER: i64 = 60;

/// The file. There is nothing in it that is not checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptFile {
    format: String,
    version: u32,
    /// The server's origin, which the request names as its issuer.
    pub origin: String,
    /// Which login was decided.
    pub login: LoginId,
    /// Whose it was.
    pub user: UserId,
    /// Which device decided.
    pub device: DeviceId,
    /// The tenant's key, which signed the request.
    pub tenant_key: Jwk,
    /// The device's key, which signed the decision; for an approval, its approval key.
    pub device_key: Jwk,
    /// The request, a compact JWS as it was stored.
    pub request: String,
    /// The decision, a compact JWS as it was received.
    pub decision: String,
}

/// Why a receipt proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not JSON, or not the members of a receipt.
    #[error("the file is not a receipt: take it as the audit page gives it out")]
    NotAReceipt,
    /// Of another format or version.
    #[error("the receipt is of a format or version that this program does not know: take a newer program")]
    OtherFormat,
    /// The request's statement.
    #[error("the request was not signed by the tenant's key as it is: {0}")]
    Request(StatementError),
    /// The decision's statement.
    #[error("the decision was not signed by the device's key as it is: {0}")]
    Decision(StatementError),
    /// Two things that should be the same are not.
    #[error("{0}")]
    Mismatch(&'static str),
    /// The tenant's key is not the one that was expected.
    #[error("the tenant's key is {0}, not the one that was expected")]
    OtherTenantKey(KeyId),
}

/// What a receipt proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// What was shown.
    pub request: ApprovalRequest,
    /// What was decided.
    pub decision: DecisionStatement,
    /// The tenant's key.
    pub tenant_key: KeyId,
    /// The device's key.
    pub device_key: KeyId,
}

impl ReceiptFile {
    /// The file of a stored request and decision.
    ///
    /// # Errors
    /// [`ReceiptError`] if they do not prove what they should: such a file is not given out.
    pub fn new(
        request: String,
        decision: String,
        tenant_key: &PublicKey,
        device_keys: [&PublicKey; 2],
    ) -> Result<Self, ReceiptError> {
        let kid = Unverified::parse(&decision).map_err(ReceiptError::Decision)?.kid();
        let signed_by = device_keys.into_iter().find(|key| key.id() == kid);
        let device_key = signed_by.ok_or(ReceiptError::Decision(StatementError::UnknownKey))?;
        let unverified = Unverified::parse(&request).map_err(ReceiptError::Request)?;
        let shown: ApprovalRequest = unverified.verify(tenant_key).map_err(ReceiptError::Request)?;
        let file = Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            origin: shown.iss,
            login: shown.login,
            user: shown.sub,
            device: shown.aud,
            tenant_key: tenant_key.jwk(),
            device_key: device_key.jwk(),
            request,
            decision,
        };
        file.verify(None)?;
        Ok(file)
    }

    /// From the text of a file.
    ///
    /// # Errors
    /// [`ReceiptError::NotAReceipt`], [`ReceiptError::OtherFormat`].
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        let file: Self = serde_json::from_str(text).map_err(|_| ReceiptError::NotAReceipt)?;
        if file.format != FORMAT || file.version != VERSION {
            return Err(ReceiptError::OtherFormat);
        }
        Ok(file)
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Its keys are texts: it cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Checks both signatures, and that the decision is one on this request. With `tenant_key`, the tenant's key must
    /// be the one of this thumbprint.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn verify(&self, tenant_key: Option<KeyId>) -> Result<Proven, ReceiptError> {
        let (tenant, device) = (PublicKey::from(&self.tenant_key), PublicKey::from(&self.device_key));
        if tenant_key.is_some_and(|expected| expected != tenant.id()) {
            return Err(ReceiptError::OtherTenantKey(tenant.id()));
        }
        let request: ApprovalRequest = Unverified::parse(&self.request)
            .and_then(|unverified| unverified.verify(&tenant))
            .map_err(ReceiptError::Request)?;
        let decision: DecisionStatement = Unverified::parse(&self.decision)
            .and_then(|unverified| unverified.verify(&device))
            .map_err(ReceiptError::Decision)?;
        self.names(&request).map_err(ReceiptError::Mismatch)?;
        answers(&decision, &request, &self.request).map_err(ReceiptError::Mismatch)?;
        Ok(Proven { request, decision, tenant_key: tenant.id(), device_key: device.id() })
    }

    /// What the file says beside the statements is what they say.
    fn names(&self, request: &ApprovalRequest) -> Result<(), &'static str> {
        first_mismatch([
            (self.origin == request.iss, "the file names another origin than the request"),
            (self.login == request.login, "the file names another login than the request"),
            (self.user == request.sub, "the file names another user than the request"),
            (self.device == request.aud, "the file names another device than the request"),
        ])
    }
}

/// Whether a decision answers this request, which was signed as `compact`: by its device, for its user and server, and
/// within its time. Whether its number is the one that the browser showed, the request does not say.
///
/// # Errors
/// What does not fit.
pub fn answers(
    decision: &DecisionStatement,
    request: &ApprovalRequest,
    compact: &str,
) -> Result<(), &'static str> {
    let approves = decision.decision == Decision::Approve;
    first_mismatch([
        (decision.request == sha256(compact), "the decision is about another request"),
        (decision.nonce == request.nonce, "the decision has another nonce than the request"),
        (decision.login == request.login, "the decision is about another login"),
        (decision.iss == request.aud, "another device decided than the one that was asked"),
        (decision.sub == request.sub, "the decision is another user's"),
        (decision.aud == request.iss, "the decision was made for another server"),
        (
            !approves || decision.verification != UserVerification::None,
            "the approval was made without its owner",
        ),
        (request.iat < request.exp, "the request ends before it begins"),
        (decision.iat.0 >= request.iat.0 - CLOCKS_DIFFER, "the decision is older than the request"),
        (decision.iat.0 < request.exp.0 + CLOCKS_DIFFER, "the decision was made when the request was over"),
        (decision.iat.0 < decision.exp.0 + CLOCKS_DIFFER, "the decision was over when it was made"),
    ])
}

fn first_mismatch<const N: usize>(checks: [(bool, &'static str); N]) -> Result<(), &'static str> {
    match checks.into_iter().find(|(holds, _)| !holds) {
        Some((_, what)) => Err(what),
        None => Ok(()),
    }
}

/// What was decided, in English: for the command line.
impl fmt::Display for Proven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { request, decision, .. } = self;
        let did = match decision.decision {
            Decision::Approve => "approved",
            Decision::Deny => "denied",
            Decision::Report => "reported as “this wasn’t me”",
        };
        write!(
            f,
            "The login {} of the user {} was {did} by the device {}.",
            request.login, request.sub, request.aud
        )
    }
}

#[cfg(test)]
mod tests;
