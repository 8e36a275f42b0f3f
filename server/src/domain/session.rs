//! A session: what a browser holds after a completed login.

use countersign_protocol::ids::DeviceId;

/// How the person proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By the password alone: nothing more was required.
    PasswordAlone,
    /// By the password and a device.
    Device {
        /// Which device.
        device: DeviceId,
        /// Whether the number was typed as well.
        number: bool,
    },
}
