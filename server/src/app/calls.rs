//! Who calls: a phone proves each HTTP request with a statement signed by its device key.
//!
//! 1. The device is found by the statement's `kid`, in this tenant.
//! 2. Signature, method, URL, body and time are checked.
//! 3. The statement's id is used up **in the unit of work that the call leads to** ([`use_up`]), so that
//!    a call that is made twice does its work once.

use std::net::IpAddr;
use std::time::Duration;

use countersign_protocol::api::DeviceState;
use countersign_protocol::bytes::{StatementId, sha256};
use countersign_protocol::call::{CALL_WINDOW_SECONDS, Call, SCHEME};
use countersign_protocol::statement::{StatementError, Unverified};
use countersign_protocol::time::{NumericDate, Timestamp};

use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::store::devices::{self, Device};
use crate::store::{StoreError, Tx, calls};

/// One HTTP request of a phone.
#[derive(Clone, Copy, Debug)]
pub struct IncomingCall<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// The path, as received.
    pub path: &'a str,
    /// The body; empty where there is none.
    pub body: &'a [u8],
    /// The value of the `authorization` header.
    pub authorization: Option<&'a str>,
    /// From where it came.
    pub address: IpAddr,
}

/// A call whose statement holds. Its id is not used up yet.
#[derive(Clone, Debug)]
pub struct VerifiedCall {
    /// Who calls.
    pub device: Device,
    /// When it was signed.
    pub signed_at: NumericDate,
    /// From where it came.
    pub address: IpAddr,
    jti: StatementId,
    forget_at: Timestamp,
}

/// Why a call is refused.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No statement, or not one for this very request.
    #[error("the call's statement is missing or not for this request")]
    Bad,
    /// The statement is refused.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// The phone's clock is too far off.
    #[error("the call's time is too far off")]
    ClockSkew,
    /// Made before.
    #[error("the call was made before")]
    Replayed,
    /// No device has this key.
    #[error("no device has this key")]
    UnknownDevice,
    /// The code was not typed yet.
    #[error("the device is not confirmed yet")]
    Unconfirmed,
    /// Not the caller's fault.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for CallError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

impl App {
    /// Checks a call of a device, active or not.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn verify_call(
        &self,
        at: &TenantHandle,
        incoming: IncomingCall<'_>,
    ) -> Result<VerifiedCall, CallError> {
        let compact = incoming.authorization.and_then(|value| value.strip_prefix(SCHEME));
        let unverified = Unverified::parse(compact.ok_or(CallError::Bad)?)?;
        let (tenant, kid) = (at.tenant.id, unverified.kid());
        let found =
            self.parts.db.read_one(move |tx| Box::pin(devices::by_device_kid(tx, tenant, kid))).await?;
        let device = found.ok_or(CallError::UnknownDevice)?;
        let call: Call = unverified.verify(&device.device_key)?;
        let right = call.iss == device.id
            && call.htm == incoming.method
            // A phone calls where it was paired, and nowhere else.
            && device.origin == at.origin.to_string()
            && call.htu.strip_prefix(&device.origin) == Some(incoming.path)
            && call.body == sha256(incoming.body);
        if !right {
            return Err(CallError::Bad);
        }
        if call.iat.0.abs_diff(self.now().seconds()) > CALL_WINDOW_SECONDS.unsigned_abs() {
            return Err(CallError::ClockSkew);
        }
        // It is refused for its time from the second after the window on.
        let window = Duration::from_secs(CALL_WINDOW_SECONDS.unsigned_abs() + 1);
        Ok(VerifiedCall {
            device,
            signed_at: call.iat,
            address: incoming.address,
            jti: call.jti,
            forget_at: Timestamp::from(call.iat) + window,
        })
    }

    /// Checks a call of an active device.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn verify_active_call(
        &self,
        at: &TenantHandle,
        incoming: IncomingCall<'_>,
    ) -> Result<VerifiedCall, CallError> {
        let call = self.verify_call(at, incoming).await?;
        match call.device.state {
            DeviceState::Active => Ok(call),
            DeviceState::Unconfirmed => Err(CallError::Unconfirmed),
        }
    }
}

impl App {
    /// Uses up a call that leads to no other unit of work.
    ///
    /// # Errors
    /// [`CallError::Replayed`].
    pub async fn use_up_call(&self, call: &VerifiedCall) -> Result<(), CallError> {
        self.parts.db.write_with(call.clone(), |call, tx| Box::pin(use_up(tx, call))).await
    }
}

/// Uses up the call's id within a unit of work.
pub(super) async fn use_up(tx: &mut Tx<'_>, call: &VerifiedCall) -> Result<(), CallError> {
    if calls::use_up(tx, call.jti, call.forget_at).await? { Ok(()) } else { Err(CallError::Replayed) }
}
