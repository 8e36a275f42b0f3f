//! What a phone proved of its keys, in words.

use crate::domain::attestation::{Doubt, Finding, KeyLevel};

/// The key of the words for it.
pub(super) const fn found(finding: &Finding) -> &'static str {
    match finding {
        Finding::Absent => "user-keys-absent",
        Finding::Unverified { why } => doubted(*why),
        Finding::Verified(proof) if proof.development => "user-keys-development",
        Finding::Verified(proof) => match proof.level {
            KeyLevel::TrustedEnvironment => "user-keys-trusted-environment",
            KeyLevel::StrongBox => "user-keys-strong-box",
            KeyLevel::AppleDevice => "user-keys-apple-device",
        },
    }
}

/// What can be done about several doubts is the same; the server's log names each.
const fn doubted(why: Doubt) -> &'static str {
    match why {
        Doubt::Revoked => "user-keys-revoked",
        Doubt::SoftwareKeys | Doubt::KeyUse | Doubt::NoUserAuthentication | Doubt::OtherUnlock => {
            "user-keys-software"
        }
        Doubt::BootNotVerified => "user-keys-system",
        Doubt::NoApps | Doubt::OtherApp | Doubt::Development => "user-keys-app",
        Doubt::NotChecked | Doubt::RevocationsUnread => "user-keys-unchecked",
        Doubt::TooLong
        | Doubt::Malformed
        | Doubt::BrokenChain
        | Doubt::UnknownRoot
        | Doubt::OutOfTime
        | Doubt::SecondStatement
        | Doubt::OtherChallenge
        | Doubt::OtherKey
        | Doubt::NoAuthority => "user-keys-maker",
    }
}
