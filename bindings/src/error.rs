//! Errors, named by what the app should do next.

use countersign_mobile_core::{Error, Lang};

/// What the app should do next. `reason` is a stable name for programs, `sentence` is what to say to the
/// person, in the app's language, and `details` are for the log.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error, uniffi::Error)]
pub enum CountersignError {
    /// Stay on this screen and let the person try again.
    #[error("ask again: {details}")]
    AskAgain {
        /// A stable name, such as `cancelled`.
        reason: String,
        /// What happened and what to do about it, for the person.
        sentence: String,
        /// For the log.
        details: String,
    },
    /// This account works no more on this phone, or this link never will: offer to pair again.
    #[error("pair again: {details}")]
    PairAgain {
        /// A stable name, such as `biometrics_changed`.
        reason: String,
        /// What happened and what to do about it, for the person.
        sentence: String,
        /// For the log.
        details: String,
    },
    /// A newer app is needed: lead to the store.
    #[error("update the app: {details}")]
    UpdateApp {
        /// A stable name, such as `app_too_old`.
        reason: String,
        /// What happened and what to do about it, for the person.
        sentence: String,
        /// For the log.
        details: String,
    },
    /// Say what happened. Trying again by itself changes nothing.
    #[error("tell the user: {details}")]
    TellUser {
        /// A stable name, such as `already_decided`.
        reason: String,
        /// What happened and what to do about it, for the person.
        sentence: String,
        /// For the log.
        details: String,
    },
    /// Nobody's fault: try again in a moment.
    #[error("retry later: {details}")]
    RetryLater {
        /// A stable name, such as `unreachable`.
        reason: String,
        /// What happened and what to do about it, for the person.
        sentence: String,
        /// For the log.
        details: String,
    },
}

impl CountersignError {
    pub(crate) fn from_core(error: &Error, lang: Lang) -> Self {
        let reason = error.reason().code().to_owned();
        let sentence = error.message(lang);
        let details = format!("{:?}", error.reason());
        match error {
            Error::AskAgain(_) => Self::AskAgain { reason, sentence, details },
            Error::PairAgain(_) => Self::PairAgain { reason, sentence, details },
            Error::UpdateApp(_) => Self::UpdateApp { reason, sentence, details },
            Error::TellUser(_) => Self::TellUser { reason, sentence, details },
            Error::RetryLater(_) => Self::RetryLater { reason, sentence, details },
        }
    }
}
