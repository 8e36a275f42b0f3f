//! A pairing: the binding of a phone to a user, while it is made.

/// How long an offered pairing can be claimed and confirmed, in seconds.
pub const PAIRING_SECONDS: u64 = 300;

/// How many wrong codes end it.
pub const CODE_TRIES: i64 = 3;

/// How many digits the phone shows.
pub const CODE_DIGITS: u8 = 6;

/// Where a pairing stands, as the database spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairingState {
    /// The link is shown.
    Offered,
    /// A phone claimed it and shows the code.
    Claimed,
    /// The code was typed: the device is active.
    Confirmed,
    /// A second claim, too many wrong codes, or a newer pairing ended it.
    Over,
}

impl PairingState {
    /// As the database spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Claimed => "claimed",
            Self::Confirmed => "confirmed",
            Self::Over => "over",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Offered, Self::Claimed, Self::Confirmed, Self::Over]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}
