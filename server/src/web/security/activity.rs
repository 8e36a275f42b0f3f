//! What happened in an account, in words.

use crate::domain::activity::Activity;
use crate::web::Page;

/// One line of what happened. Times are ready to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityRow {
    /// What happened.
    pub what: Activity,
    /// When.
    pub at: String,
    /// Where, if that is known.
    pub address: Option<String>,
}

impl ActivityRow {
    pub(in crate::web) fn text(&self, page: &Page<'_>) -> String {
        page.t(activity_key(self.what))
    }

    /// Whether it deserves a second look.
    pub(in crate::web) const fn is_alarming(&self) -> bool {
        matches!(
            self.what,
            Activity::Denied
                | Activity::Reported
                | Activity::WrongNumber
                | Activity::WrongCode
                | Activity::BrowserCopied
                | Activity::RecoveryWaiting
        )
    }
}

/// The key of the words for it.
pub(in crate::web) const fn activity_key(what: Activity) -> &'static str {
    match what {
        Activity::SignedIn => "activity-signed-in",
        Activity::SessionEnded => "activity-session-ended",
        Activity::Denied => "activity-denied",
        Activity::Reported => "activity-reported",
        Activity::WrongNumber => "activity-wrong-number",
        Activity::WrongCode => "activity-wrong-code",
        Activity::NoAnswer => "activity-no-answer",
        Activity::DeviceAdded => "activity-phone-added",
        Activity::DeviceRemoved => "activity-phone-removed",
        Activity::AuthenticatorAdded => "activity-authenticator-added",
        Activity::AuthenticatorRemoved => "activity-authenticator-removed",
        Activity::PasskeyAdded => "activity-passkey-added",
        Activity::PasskeyRemoved => "activity-passkey-removed",
        Activity::RecoveryCodesMade => "activity-codes-made",
        Activity::BrowserForgotten => "activity-browser-forgotten",
        Activity::BrowserCopied => "activity-browser-copied",
        Activity::PasswordChanged => "activity-password-changed",
        Activity::PasswordSet => "activity-password-set",
        Activity::EmailChanged => "activity-email-changed",
        Activity::TurnedOff => "activity-turned-off",
        Activity::TurnedOnByOther => "activity-turned-on-by-other",
        Activity::TurnedOffByOther => "activity-turned-off-by-other",
        Activity::FactorsReset => "activity-factors-reset",
        Activity::RecoveryAsked => "activity-recovery-asked",
        Activity::RecoveryWaiting => "activity-recovery-waiting",
        Activity::RecoveryStopped => "activity-recovery-stopped",
        Activity::RecoveryDone => "activity-recovery-done",
    }
}
