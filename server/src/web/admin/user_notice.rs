//! What the page of a user says of what was just done.

/// What was just done, or why it was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserNotice {
    /// It was done.
    Done,
    /// It was so already.
    Same,
    /// It may not be done by whoever asked.
    NotAllowed,
    /// It is the last super administrator.
    LastSuperAdministrator,
    /// The policy has no rule or type for it.
    NotInPolicy,
    /// A reset takes a second administrator.
    NeedsTwo,
    /// It was asked for.
    ResetAsked,
    /// One waits already.
    ResetWaits,
    /// It was refused.
    ResetRefused,
    /// Whoever asked for it may not do so any more.
    ResetLapsed,
    /// It does not wait any more.
    ResetOver,
    /// Another user has the address.
    EmailTaken,
    /// Not an e-mail address.
    NotAnEmail,
    /// The name is too long.
    Name,
    /// The password is too short or too long.
    Password,
    /// The user was added.
    Added,
    /// The proof is fresh again.
    Confirmed,
}

impl UserNotice {
    /// Each of them.
    pub const ALL: [Self; 17] = [
        Self::Done,
        Self::Same,
        Self::NotAllowed,
        Self::LastSuperAdministrator,
        Self::NotInPolicy,
        Self::NeedsTwo,
        Self::ResetAsked,
        Self::ResetWaits,
        Self::ResetRefused,
        Self::ResetLapsed,
        Self::ResetOver,
        Self::EmailTaken,
        Self::NotAnEmail,
        Self::Name,
        Self::Password,
        Self::Added,
        Self::Confirmed,
    ];

    /// As addresses spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Same => "same",
            Self::NotAllowed => "not-allowed",
            Self::LastSuperAdministrator => "last",
            Self::NotInPolicy => "not-in-policy",
            Self::NeedsTwo => "needs-two",
            Self::ResetAsked => "reset-asked",
            Self::ResetWaits => "reset-waits",
            Self::ResetRefused => "reset-refused",
            Self::ResetLapsed => "reset-lapsed",
            Self::ResetOver => "reset-over",
            Self::EmailTaken => "email-taken",
            Self::NotAnEmail => "not-an-email",
            Self::Name => "name",
            Self::Password => "password",
            Self::Added => "added",
            Self::Confirmed => "confirmed",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.as_str() == text)
    }

    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Done => "user-done",
            Self::Same => "user-same",
            Self::NotAllowed => "user-not-allowed",
            Self::LastSuperAdministrator => "user-last",
            Self::NotInPolicy => "user-not-in-policy",
            Self::NeedsTwo => "user-needs-two",
            Self::ResetAsked => "user-reset-asked",
            Self::ResetWaits => "user-reset-waits",
            Self::ResetRefused => "user-reset-refused",
            Self::ResetLapsed => "user-reset-lapsed",
            Self::ResetOver => "user-reset-over",
            Self::EmailTaken => "user-email-taken",
            Self::NotAnEmail => "user-not-an-email",
            Self::Name => "user-name-long",
            Self::Password => "user-password-length",
            Self::Added => "user-added-done",
            Self::Confirmed => "users-confirmed",
        }
    }

    pub(super) const fn is_good(self) -> bool {
        matches!(
            self,
            Self::Done | Self::ResetAsked | Self::ResetRefused | Self::Added | Self::Same | Self::Confirmed
        )
    }
}
