//! What a phone's maker says of its keys: what a tenant asks for, and what came of it.

use serde::{Deserialize, Serialize};

/// Whether a tenant asks phones to prove where they keep their keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttestationRule {
    /// Nothing is looked at.
    #[default]
    NotAsked,
    /// What a phone proves is noted with it; any phone is taken.
    Recorded,
    /// Only a phone that proves it is taken.
    Required,
}

impl AttestationRule {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::NotAsked, Self::Recorded, Self::Required];

    /// As forms and the command line spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAsked => "not-asked",
            Self::Recorded => "recorded",
            Self::Required => "required",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }

    /// Whether a phone of which this was found is taken.
    #[must_use]
    pub fn accepts(self, finding: &Finding) -> bool {
        match self {
            Self::NotAsked | Self::Recorded => true,
            Self::Required => matches!(finding, Finding::Verified(_)),
        }
    }
}

/// What came of a phone's attestation, kept with the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
pub enum Finding {
    /// The phone brought none.
    Absent,
    /// It brought one that could not be verified.
    Unverified {
        /// Why.
        why: Doubt,
    },
    /// It holds.
    Verified(Proof),
}

impl From<Result<Proof, Doubt>> for Finding {
    fn from(verified: Result<Proof, Doubt>) -> Self {
        match verified {
            Ok(proof) => Self::Verified(proof),
            Err(why) => Self::Unverified { why },
        }
    }
}

/// What an attestation that holds says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Proof {
    /// Where the keys are; of two, the weaker place.
    pub level: KeyLevel,
    /// Which app asked for it: a package name, or team and bundle id.
    pub app: String,
    /// Android's version as the key hardware knows it: 150000 is 15.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_version: Option<u32>,
    /// The month of Android's last security patch, or its day: 202611.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_patch_level: Option<u32>,
    /// How the phone started, where its maker says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<BootState>,
    /// Whether the app was put on the phone by its developer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub development: bool,
}

/// Where keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyLevel {
    /// Android's trusted execution environment.
    TrustedEnvironment,
    /// A chip of its own, Android's StrongBox.
    StrongBox,
    /// Apple's: a genuine app on a genuine Apple device vouches for the keys; it says nothing of each key.
    AppleDevice,
}

/// How Android started, as its bootloader says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BootState {
    /// Locked, with a system that the maker signed.
    Verified,
}

/// Why an attestation does not hold. The first reason found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// More certificates or bytes than are looked at.
    #[error("it is too long")]
    TooLong,
    /// Not of the form that its maker documents.
    #[error("it is malformed")]
    Malformed,
    /// A certificate is not signed by the next one, or by an algorithm that is not taken.
    #[error("a certificate is not signed by the next one")]
    BrokenChain,
    /// A certificate is signed by a key that is not an authority's.
    #[error("a certificate is signed by one that is no authority")]
    NoAuthority,
    /// The chain ends at an authority that is not believed.
    #[error("its root is not known: attestation.extra_roots can name further ones")]
    UnknownRoot,
    /// A certificate is not valid yet, or no longer.
    #[error("a certificate is out of its time")]
    OutOfTime,
    /// A certificate was taken back by the maker.
    #[error("a certificate is revoked")]
    Revoked,
    /// The list of revoked certificates could not be read.
    #[error("the file that attestation.revocation_file names could not be read")]
    RevocationsUnread,
    /// A certificate above the key's own attests too: its key could have signed anything.
    #[error("a key that an app can use signed one of the certificates")]
    SecondStatement,
    /// It was made for something else.
    #[error("it is for another challenge")]
    OtherChallenge,
    /// It is about a key that the phone did not claim.
    #[error("it is about another key")]
    OtherKey,
    /// The keys are not in hardware.
    #[error("the keys are in software")]
    SoftwareKeys,
    /// A key was not made in the hardware, or may be used for more than to sign.
    #[error("a key was imported, or is not for signing alone")]
    KeyUse,
    /// The approval key can be used without its owner.
    #[error("the approval key does not ask for its owner at each use")]
    NoUserAuthentication,
    /// A passcode unlocks the approval key, and the phone said that a biometric does.
    #[error("a passcode unlocks the approval key, which the phone did not say")]
    OtherUnlock,
    /// The system is not the maker's, or the bootloader is open.
    #[error("the phone did not start a system that its maker verified")]
    BootNotVerified,
    /// The settings name no app of this platform.
    #[error("the settings name no app of this platform: see [attestation]")]
    NoApps,
    /// Another app made it.
    #[error("it was made by another app")]
    OtherApp,
    /// The app was put there by its developer.
    #[error("it was made by a development build, which attestation.development_builds would allow")]
    Development,
    /// It was not looked at, through the server's fault.
    #[error("the server could not look at it")]
    NotChecked,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof() -> Proof {
        let level = KeyLevel::StrongBox;
        let (os_version, os_patch_level) = (Some(160_000), Some(202_611));
        let boot = Some(BootState::Verified);
        Proof { level, app: "com.example.login".into(), os_version, os_patch_level, boot, development: false }
    }

    #[test]
    fn only_a_proof_is_enough_where_one_is_required() {
        let findings = [Finding::Absent, Err(Doubt::Malformed).into(), Ok(proof()).into()];
        for rule in [AttestationRule::NotAsked, AttestationRule::Recorded] {
            assert!(findings.iter().all(|finding| rule.accepts(finding)));
        }
        let taken = findings.map(|finding| AttestationRule::Required.accepts(&finding));
        assert_eq!(taken, [false, false, true]);
    }

    #[test]
    fn every_rule_has_one_spelling() {
        for rule in AttestationRule::ALL {
            assert_eq!(AttestationRule::parse(rule.as_str()), Some(rule));
            assert_eq!(serde_json::to_string(&rule).unwrap(), format!("\"{}\"", rule.as_str()));
        }
        assert_eq!(AttestationRule::parse("Required"), None);
    }

    #[test]
    fn a_finding_is_kept_as_it_is() {
        for (finding, text) in [
            (Finding::Absent, r#"{"finding":"absent"}"#),
            (Err(Doubt::OtherApp).into(), r#"{"finding":"unverified","why":"other-app"}"#),
            (
                Ok(proof()).into(),
                r#"{"finding":"verified","level":"strong-box","app":"com.example.login","os_version":160000,"os_patch_level":202611,"boot":"verified"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&finding).unwrap(), text);
            assert_eq!(serde_json::from_str::<Finding>(text).unwrap(), finding);
        }
    }
}
