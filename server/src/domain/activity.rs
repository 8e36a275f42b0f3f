//! What happened in an account, as far as its owner is shown it: some of the audit lines.

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// A session began.
    SignedIn,
    /// A session was ended from another one.
    SessionEnded,
    /// A phone denied a sign-in.
    Denied,
    /// A phone reported a sign-in: "this wasn't me".
    Reported,
    /// Another number was typed on the phone.
    WrongNumber,
    /// A code was wrong.
    WrongCode,
    /// A sign-in got no answer.
    NoAnswer,
    /// A phone was paired.
    DeviceAdded,
    /// A phone was removed.
    DeviceRemoved,
    /// An authenticator app was set up.
    AuthenticatorAdded,
    /// It was removed.
    AuthenticatorRemoved,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// Recovery codes were made.
    RecoveryCodesMade,
    /// A trusted browser was forgotten.
    BrowserForgotten,
    /// A trusted browser's cookie was copied.
    BrowserCopied,
    /// The password was changed by its owner.
    PasswordChanged,
    /// The password was set by an administrator.
    PasswordSet,
    /// The e-mail address was changed.
    EmailChanged,
    /// The second step was turned off by its owner.
    TurnedOff,
    /// An administrator turned the second step on.
    TurnedOnByOther,
    /// An administrator turned it off, or a change of policy did.
    TurnedOffByOther,
    /// An administrator removed all factors.
    FactorsReset,
    /// Somebody asked to get in without the phone.
    RecoveryAsked,
    /// Somebody who has nothing but e-mail waits to get in.
    RecoveryWaiting,
    /// That was stopped.
    RecoveryStopped,
    /// Factors were removed by a recovery.
    RecoveryDone,
}

impl Activity {
    /// Each of them.
    pub const ALL: [Self; 27] = [
        Self::SignedIn,
        Self::SessionEnded,
        Self::Denied,
        Self::Reported,
        Self::WrongNumber,
        Self::WrongCode,
        Self::NoAnswer,
        Self::DeviceAdded,
        Self::DeviceRemoved,
        Self::AuthenticatorAdded,
        Self::AuthenticatorRemoved,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::RecoveryCodesMade,
        Self::BrowserForgotten,
        Self::BrowserCopied,
        Self::PasswordChanged,
        Self::PasswordSet,
        Self::EmailChanged,
        Self::TurnedOff,
        Self::TurnedOnByOther,
        Self::TurnedOffByOther,
        Self::FactorsReset,
        Self::RecoveryAsked,
        Self::RecoveryWaiting,
        Self::RecoveryStopped,
        Self::RecoveryDone,
    ];

    /// The audit line's event.
    #[must_use]
    pub const fn event(self) -> &'static str {
        match self {
            Self::SignedIn => "session.started",
            Self::SessionEnded => "session.ended",
            Self::Denied => "login.denied",
            Self::Reported => "login.reported",
            Self::WrongNumber => "login.wrong_number",
            Self::WrongCode => "login.wrong_code",
            Self::NoAnswer => "login.expired",
            Self::DeviceAdded => "device.added",
            Self::DeviceRemoved => "device.removed",
            Self::AuthenticatorAdded => "authenticator.added",
            Self::AuthenticatorRemoved => "authenticator.removed",
            Self::PasskeyAdded => "passkey.added",
            Self::PasskeyRemoved => "passkey.removed",
            Self::RecoveryCodesMade => "recovery_codes.made",
            Self::BrowserForgotten => "browser.forgotten",
            Self::BrowserCopied => "browser.copied",
            Self::PasswordChanged => "user.password_changed",
            Self::PasswordSet => "user.password_set",
            Self::EmailChanged => "user.email_changed",
            Self::TurnedOff => "factors.turned_off_by_owner",
            Self::TurnedOnByOther => "second_factor.turned_on",
            Self::TurnedOffByOther => "second_factor.turned_off",
            Self::FactorsReset => "factors.reset",
            Self::RecoveryAsked => "recovery.asked",
            Self::RecoveryWaiting => "recovery.waiting",
            Self::RecoveryStopped => "recovery.stopped",
            Self::RecoveryDone => "recovery.done",
        }
    }

    /// From an audit line's event; none if its owner is not shown it.
    #[must_use]
    pub fn of(event: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|activity| activity.event() == event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_found_by_its_name() {
        assert!(Activity::ALL.iter().all(|activity| Activity::of(activity.event()) == Some(*activity)));
        assert_eq!(Activity::of("login.started"), None);
    }
}
