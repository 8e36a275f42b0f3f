//! How far a login's asking came: what the Code screen tells truthfully.

use super::push_limits::Held;

/// How far the push of one login came, as its row says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Push {
    /// No phone has an endpoint that this server has a way to.
    None,
    /// Not pushed: a limit said so.
    Held(Held),
    /// On its way to the push service.
    Sending,
    /// A push service has it.
    Sent,
    /// The push service does not take it now, or not at all.
    Trouble,
    /// The push service said that the endpoint is no more.
    Lost,
}

impl Push {
    const ALL: [Self; 9] = [
        Self::None,
        Self::Held(Held::Another),
        Self::Held(Held::TooMany),
        Self::Held(Held::Denied),
        Self::Held(Held::Reported),
        Self::Sending,
        Self::Sent,
        Self::Trouble,
        Self::Lost,
    ];

    /// As the database spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Held(Held::Another) => "held_another",
            Self::Held(Held::TooMany) => "held_too_many",
            Self::Held(Held::Denied) => "held_denied",
            Self::Held(Held::Reported) => "held_reported",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Trouble => "trouble",
            Self::Lost => "lost",
        }
    }

    /// Whether phones may ring for it: no other login of the user is pushed meanwhile.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Sending | Self::Sent | Self::Trouble)
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|push| push.as_str() == text)
    }
}

/// How far the asking came altogether.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// As far as the push did.
    Push(Push),
    /// A phone has the request.
    Delivered,
    /// Somebody looks at it.
    Seen,
    /// No phone is asked: the login waits for another way.
    NoPhone,
    /// The phones may answer no more; the login still waits for another way.
    TimedOut,
}

impl Reach {
    /// What a phone did says more than what a push service said.
    #[must_use]
    pub fn of(push: Push, delivered: bool, seen: bool) -> Self {
        match (seen, delivered) {
            (true, _) => Self::Seen,
            (false, true) => Self::Delivered,
            (false, false) => Self::Push(push),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_push_has_one_spelling() {
        for push in Push::ALL {
            assert_eq!(Push::parse(push.as_str()), Some(push));
        }
        assert_eq!(Push::parse("held"), None);
    }
}
