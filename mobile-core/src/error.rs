//! Errors, named by what the app should do next. Why it happened is the [`Reason`].

use countersign_protocol::api::ErrorCode;

use crate::ports::{HttpError, KeyStoreError, StorageError};
use crate::texts::{self, Lang};

/// What the app should do next.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Error {
    /// Stay on this screen and let the person try again.
    #[error("ask again: {0:?}")]
    AskAgain(Reason),
    /// This account works no more on this phone, or this link never will: offer to pair again.
    #[error("pair again: {0:?}")]
    PairAgain(Reason),
    /// App and server do not understand each other: a newer app may.
    #[error("update the app: {0:?}")]
    UpdateApp(Reason),
    /// Say what happened. Trying again by itself changes nothing.
    #[error("tell the user: {0:?}")]
    TellUser(Reason),
    /// Nobody's fault: try again in a moment.
    #[error("retry later: {0:?}")]
    RetryLater(Reason),
}

/// Why. The texts inside are for the log; people read [`Error::message`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The number must have exactly this many digits.
    NumberDigits(u8),
    /// The person put the biometric prompt away.
    Cancelled,
    /// This very thing is being done already.
    UnderWay,
    /// The text is not a pairing link.
    NotAPairingLink,
    /// The text is no `otpauth://totp` link that codes can be made from.
    NotAnAuthenticatorLink,
    /// A name has to have something in it.
    EmptyName,
    /// The server takes newer versions of this app only.
    AppTooOld,
    /// The link leads to a server without TLS.
    InsecureServer,
    /// The pairing is over, was claimed already, or never was.
    PairingOver,
    /// The tenant takes only phones that keep their keys in hardware.
    HardwareKeysRequired,
    /// The tenant takes only phones whose maker attests where they keep their keys, and this one's did not, or
    /// not well enough.
    AttestationRequired,
    /// The tenant takes only phones whose maker attests where they keep their keys, and the maker could not be
    /// asked.
    AttestationUnavailable,
    /// The tenant lets no phone's passcode approve, and this account's approval key is unlocked by it.
    DevicePasscodeNotAllowed,
    /// The phone has no key hardware, or no biometric is set up.
    NoHardware,
    /// The app may not use the key store, or biometrics.
    NotAllowed,
    /// Biometrics are locked after too many failures.
    LockedOut,
    /// Faces or fingers were enrolled since pairing: the approval key is gone.
    BiometricsChanged,
    /// The key store knows the account's keys no more.
    KeysLost,
    /// The key store failed.
    KeyStoreFailed(String),
    /// The key store returned a signature that its own public key does not verify.
    KeyStoreUnsound,
    /// The storage failed.
    StorageFailed(String),
    /// What is stored cannot be read.
    StorageDamaged,
    /// No account of this id on this phone.
    UnknownAccount,
    /// The server does not know this device any more.
    UnknownDevice,
    /// The code has not been typed into the browser yet.
    DeviceUnconfirmed,
    /// No such approval request for this device.
    UnknownRequest,
    /// The login was answered already, here or elsewhere.
    AlreadyDecided,
    /// The login's time is over.
    Expired,
    /// What the server sent is not what a genuine server sends.
    NotTrusted(Mistrust),
    /// The server could not be reached.
    Unreachable(String),
    /// The server's certificate is not trusted.
    CertificateWrong(String),
    /// What the app handed in as the place where wakes go is none.
    NotAPushEndpoint,
    /// The server has too much to do.
    Busy,
    /// The server failed.
    ServerFault,
    /// The clocks differ, even after correction.
    ClockSkew,
    /// The server saw this very call before: something on the way repeats requests.
    Replayed,
    /// The server refuses what this core sends.
    Refused(ErrorCode),
    /// The server's answer is not one that this core knows.
    UnknownAnswer,
    /// There is no Countersign server at this address.
    NotFound,
}

/// What exactly is wrong with what the server sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mistrust {
    /// The server's key is not the one that the pairing link names.
    ServerKey,
    /// The statement is malformed, or not signed by the key that this account was paired with.
    Signature,
    /// Another server issued it.
    Issuer,
    /// It is meant for another device.
    Audience,
    /// It is about another user.
    Subject,
    /// It is about another login than was asked for.
    Login,
    /// It was made in the future, or ends before it begins.
    Time,
}

impl Error {
    /// Why.
    #[must_use]
    pub fn reason(&self) -> &Reason {
        match self {
            Self::AskAgain(reason)
            | Self::PairAgain(reason)
            | Self::UpdateApp(reason)
            | Self::TellUser(reason)
            | Self::RetryLater(reason) => reason,
        }
    }

    /// What happened and what to do about it, for people.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        texts::reason(self.reason(), lang)
    }
}

impl Reason {
    /// A stable name, for programs and logs that cannot match on an enum.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NumberDigits(_) => "number_digits",
            Self::Cancelled => "cancelled",
            Self::UnderWay => "under_way",
            Self::NotAPairingLink => "not_a_pairing_link",
            Self::NotAnAuthenticatorLink => "not_an_authenticator_link",
            Self::EmptyName => "empty_name",
            Self::AppTooOld => "app_too_old",
            Self::InsecureServer => "insecure_server",
            Self::PairingOver => "pairing_over",
            Self::HardwareKeysRequired => "hardware_keys_required",
            Self::AttestationRequired => "attestation_required",
            Self::AttestationUnavailable => "attestation_unavailable",
            Self::DevicePasscodeNotAllowed => "device_passcode_not_allowed",
            Self::NoHardware => "no_hardware",
            Self::NotAllowed => "not_allowed",
            Self::LockedOut => "locked_out",
            Self::BiometricsChanged => "biometrics_changed",
            Self::KeysLost => "keys_lost",
            Self::KeyStoreFailed(_) => "key_store_failed",
            Self::KeyStoreUnsound => "key_store_unsound",
            Self::StorageFailed(_) => "storage_failed",
            Self::StorageDamaged => "storage_damaged",
            Self::UnknownAccount => "unknown_account",
            Self::UnknownDevice => "unknown_device",
            Self::DeviceUnconfirmed => "device_unconfirmed",
            Self::UnknownRequest => "unknown_request",
            Self::AlreadyDecided => "already_decided",
            Self::Expired => "expired",
            Self::NotTrusted(_) => "not_trusted",
            Self::Unreachable(_) => "unreachable",
            Self::CertificateWrong(_) => "certificate_wrong",
            Self::NotAPushEndpoint => "not_a_push_endpoint",
            Self::Busy => "busy",
            Self::ServerFault => "server_fault",
            Self::ClockSkew => "clock_skew",
            Self::Replayed => "replayed",
            Self::Refused(_) => "refused",
            Self::UnknownAnswer => "unknown_answer",
            Self::NotFound => "not_found",
        }
    }
}

/// The one table of what to do about each reason.
impl From<Reason> for Error {
    fn from(reason: Reason) -> Self {
        use Reason as R;
        match reason {
            R::NumberDigits(_)
            | R::Cancelled
            | R::UnderWay
            | R::NotAPairingLink
            | R::NotAnAuthenticatorLink
            | R::EmptyName => Self::AskAgain(reason),
            R::PairingOver | R::BiometricsChanged | R::KeysLost | R::UnknownDevice => Self::PairAgain(reason),
            R::AppTooOld | R::Refused(_) | R::UnknownAnswer | R::NotAPushEndpoint => Self::UpdateApp(reason),
            R::Unreachable(_)
            | R::Busy
            | R::ServerFault
            | R::ClockSkew
            | R::Replayed
            | R::AttestationUnavailable => Self::RetryLater(reason),
            R::InsecureServer
            | R::HardwareKeysRequired
            | R::AttestationRequired
            | R::DevicePasscodeNotAllowed
            | R::NoHardware
            | R::NotAllowed
            | R::LockedOut
            | R::KeyStoreFailed(_)
            | R::KeyStoreUnsound
            | R::StorageFailed(_)
            | R::StorageDamaged
            | R::UnknownAccount
            | R::DeviceUnconfirmed
            | R::UnknownRequest
            | R::AlreadyDecided
            | R::Expired
            | R::NotTrusted(_)
            | R::CertificateWrong(_)
            | R::NotFound => Self::TellUser(reason),
        }
    }
}

impl From<ErrorCode> for Reason {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::BadRequest | ErrorCode::BadCall | ErrorCode::BadDecision => Self::Refused(code),
            ErrorCode::ClockSkew => Self::ClockSkew,
            ErrorCode::Replayed => Self::Replayed,
            ErrorCode::UnknownDevice => Self::UnknownDevice,
            ErrorCode::DeviceUnconfirmed => Self::DeviceUnconfirmed,
            ErrorCode::PairingOver => Self::PairingOver,
            ErrorCode::HardwareKeysRequired => Self::HardwareKeysRequired,
            ErrorCode::AttestationRequired => Self::AttestationRequired,
            ErrorCode::DevicePasscodeNotAllowed => Self::DevicePasscodeNotAllowed,
            ErrorCode::UnknownRequest => Self::UnknownRequest,
            ErrorCode::AlreadyDecided => Self::AlreadyDecided,
            ErrorCode::Expired => Self::Expired,
            ErrorCode::AppTooOld => Self::AppTooOld,
            ErrorCode::NotFound => Self::NotFound,
            ErrorCode::Busy => Self::Busy,
            ErrorCode::Internal => Self::ServerFault,
            ErrorCode::Other => Self::UnknownAnswer,
        }
    }
}

impl From<KeyStoreError> for Error {
    fn from(error: KeyStoreError) -> Self {
        Self::from(match error {
            KeyStoreError::Cancelled => Reason::Cancelled,
            KeyStoreError::LockedOut => Reason::LockedOut,
            KeyStoreError::BiometricsChanged => Reason::BiometricsChanged,
            KeyStoreError::NoHardware => Reason::NoHardware,
            KeyStoreError::NotAllowed => Reason::NotAllowed,
            KeyStoreError::NotFound => Reason::KeysLost,
            KeyStoreError::Failed(detail) => Reason::KeyStoreFailed(detail),
        })
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        let StorageError::Failed(detail) = error;
        Reason::StorageFailed(detail).into()
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        Self::from(match error {
            HttpError::Unreachable(detail) => Reason::Unreachable(detail),
            HttpError::CertificateWrong(detail) => Reason::CertificateWrong(detail),
            HttpError::TooLong => Reason::UnknownAnswer,
        })
    }
}
