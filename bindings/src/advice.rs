//! What is said to the person beside requests.

/// The phone's clock is wrong.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct ClockSkew {
    /// How far it is ahead, in seconds; behind, where negative.
    pub ahead_seconds: i64,
    /// What it leads to and what to do about it, for the person.
    pub sentence: String,
}

/// A page that explains something once.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct Explanation {
    /// Its headline.
    pub title: String,
    /// What it says.
    pub body: String,
    /// What leads on.
    pub button: String,
}
