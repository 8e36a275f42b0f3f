//! A session: what a browser holds after a completed login.

use countersign_protocol::ids::DeviceId;

use super::factor::Factor;

/// How the person proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By the password alone: nothing more was required.
    PasswordAlone,
    /// By the password, in a browser that is remembered.
    Remembered,
    /// By the password and a device.
    Device {
        /// Which device.
        device: DeviceId,
        /// Whether the number was typed as well.
        number: bool,
    },
    /// By the password and another factor, which is not a push.
    Other(Factor),
}

impl Proof {
    /// The second factor, if there was one.
    #[must_use]
    pub const fn factor(self) -> Option<Factor> {
        match self {
            Self::PasswordAlone | Self::Remembered => None,
            Self::Device { .. } => Some(Factor::Push),
            Self::Other(factor) => Some(factor),
        }
    }

    /// As the audit line spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordAlone => "none",
            Self::Remembered => "remembered",
            Self::Device { .. } => Factor::Push.as_str(),
            Self::Other(factor) => factor.as_str(),
        }
    }
}
