//! The factors: ways to prove the second step, how sure each is, and what a session says of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A way to prove the second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Factor {
    /// A phone approves.
    Push,
    /// A passkey or security key.
    Passkey,
    /// A code of an authenticator app (RFC 6238).
    Totp,
    /// A code that was sent by e-mail.
    #[serde(rename = "email")]
    EmailCode,
    /// One of the codes that were printed in good time.
    #[serde(rename = "recovery")]
    RecoveryCode,
}

impl Factor {
    /// Every factor, the surest and quickest first: the order in which they are offered to whoever has
    /// not used any yet.
    pub const ALL: [Self; 5] = [Self::Push, Self::Passkey, Self::Totp, Self::EmailCode, Self::RecoveryCode];

    /// Those that a person sets up. A mailbox is not set up, and recovery codes stand for something that is.
    pub const OWN: [Self; 3] = [Self::Push, Self::Passkey, Self::Totp];

    /// As database, forms and audit spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Passkey => "passkey",
            Self::Totp => "totp",
            Self::EmailCode => "email",
            Self::RecoveryCode => "recovery",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.as_str() == text)
    }

    /// How sure it is that the person was there.
    #[must_use]
    pub const fn assurance(self) -> Assurance {
        match self {
            // A key in hardware, bound to this very login: neither can be passed on or typed elsewhere.
            Self::Push | Self::Passkey => Assurance::High,
            // What is typed here can be typed into a page that only looks like this one.
            Self::Totp | Self::RecoveryCode => Assurance::Medium,
            // Whoever reads the mail has it; and mail is often open to whoever has the password.
            Self::EmailCode => Assurance::Low,
        }
    }

    /// The authentication methods that a session says it began with, beside the password (RFC 8176,
    /// section 2). `hardware` tells whether a phone keeps its keys there.
    #[must_use]
    pub fn amr(self, hardware: bool) -> Vec<&'static str> {
        let own: &[&str] = match (self, hardware) {
            (Self::Push, true) => &["mfa", "hwk", "user"],
            (Self::Push, false) => &["mfa", "swk", "user"],
            (Self::Passkey, _) => &["mfa", "pop", "user"],
            (Self::Totp | Self::RecoveryCode, _) => &["mfa", "otp"],
            // Not a second factor in its own right: the same word over another channel.
            (Self::EmailCode, _) => &["mca", "otp"],
        };
        [&["pwd"], own].concat()
    }
}

/// How sure a factor is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assurance {
    /// An e-mailed code.
    #[default]
    Low,
    /// A code that can be typed into the wrong page.
    Medium,
    /// A key that answers this site alone.
    High,
}

impl Assurance {
    const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// As database and command line spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|assurance| assurance.as_str() == text)
    }
}

/// Which factors a tenant accepts, and how they work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FactorRules {
    /// The factors that are accepted at all.
    pub allowed: FactorSet,
    /// The least that is accepted.
    pub floor: Assurance,
    /// How long an e-mailed code is valid: see [`FactorRules::EMAIL_CODE_SECONDS`].
    pub email_code_seconds: u16,
    /// The hash of new authenticator apps.
    pub totp_algorithm: TotpAlgorithm,
    /// Whether an authenticator app's clock must be right to the step.
    pub totp_strict: bool,
    /// Whether a phone's passcode may stand in for a face or a finger when a sign-in is approved.
    pub device_passcode: bool,
    /// For how many days people may choose not to be asked again in one browser; 0 is not at all.
    pub remember_days: u16,
    /// How many hours somebody who has nothing but e-mail waits to be let in without the lost factor.
    pub recovery_hours: u16,
}

impl FactorRules {
    /// The shortest, the usual and the longest time that an e-mailed code is valid, in seconds.
    pub const EMAIL_CODE_SECONDS: [u16; 3] = [60, 180, 600];
    /// The most days for which a browser is remembered.
    pub const MOST_REMEMBER_DAYS: u16 = 90;
    /// The fewest and the most hours that somebody waits who has nothing but e-mail.
    pub const RECOVERY_HOURS: [u16; 2] = [1, 24 * 14];

    /// The usual rules.
    pub const USUAL: Self = Self {
        allowed: FactorSet::ALL,
        floor: Assurance::Low,
        email_code_seconds: Self::EMAIL_CODE_SECONDS[1],
        totp_algorithm: TotpAlgorithm::Sha1,
        totp_strict: false,
        device_passcode: false,
        remember_days: 0,
        recovery_hours: 24,
    };

    /// Whether this factor is accepted.
    #[must_use]
    pub fn accept(&self, factor: Factor) -> bool {
        self.allowed.has(factor) && factor.assurance() >= self.floor
    }

    /// Whether there is a factor that somebody can set up, and that is accepted.
    #[must_use]
    pub fn can_be_set_up(&self) -> bool {
        Factor::OWN.into_iter().any(|factor| self.accept(factor))
    }

    /// How long an e-mailed code is valid.
    #[must_use]
    pub const fn email_code(&self) -> Duration {
        Duration::from_secs(self.email_code_seconds as u64)
    }
}

impl Default for FactorRules {
    fn default() -> Self {
        Self::USUAL
    }
}

/// Some of the factors.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Factor>", into = "Vec<Factor>")]
pub struct FactorSet(u8);

impl FactorSet {
    /// Every factor.
    pub const ALL: Self = Self(0b1_1111);

    const fn bit(factor: Factor) -> u8 {
        1 << factor as u8
    }

    /// Whether this one is among them.
    #[must_use]
    pub const fn has(self, factor: Factor) -> bool {
        self.0 & Self::bit(factor) != 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Factor> {
        Factor::ALL.into_iter().filter(move |factor| self.has(*factor))
    }
}

impl FromIterator<Factor> for FactorSet {
    fn from_iter<I: IntoIterator<Item = Factor>>(factors: I) -> Self {
        Self(factors.into_iter().fold(0, |bits, factor| bits | Self::bit(factor)))
    }
}

impl From<Vec<Factor>> for FactorSet {
    fn from(factors: Vec<Factor>) -> Self {
        factors.into_iter().collect()
    }
}

impl From<FactorSet> for Vec<Factor> {
    fn from(set: FactorSet) -> Self {
        set.iter().collect()
    }
}

impl std::fmt::Debug for FactorSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The hash of an authenticator app (RFC 6238, section 1.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TotpAlgorithm {
    /// What every app takes.
    #[default]
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl TotpAlgorithm {
    const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// As database and command line spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_one_spelling() {
        assert!(Factor::ALL.iter().all(|factor| Factor::parse(factor.as_str()) == Some(*factor)));
        assert!(Assurance::ALL.iter().all(|one| Assurance::parse(one.as_str()) == Some(*one)));
        assert!(TotpAlgorithm::ALL.iter().all(|one| TotpAlgorithm::parse(one.as_str()) == Some(*one)));
    }

    #[test]
    fn email_is_below_all_others() {
        for factor in Factor::ALL.into_iter().filter(|factor| *factor != Factor::EmailCode) {
            assert!(factor.assurance() > Factor::EmailCode.assurance(), "{factor:?}");
        }
    }

    #[test]
    fn every_session_says_that_there_was_a_password_and_only_email_is_no_second_factor() {
        for factor in Factor::ALL {
            let amr = factor.amr(true);
            assert_eq!(amr[0], "pwd");
            assert_eq!(amr.contains(&"mfa"), factor != Factor::EmailCode, "{factor:?}");
        }
    }

    #[test]
    fn json_spells_factors_as_everything_else_does() {
        for factor in Factor::ALL {
            assert_eq!(serde_json::to_value(factor).unwrap(), factor.as_str());
        }
        assert_eq!(serde_json::to_value(TotpAlgorithm::Sha256).unwrap(), TotpAlgorithm::Sha256.as_str());
        let two: FactorSet = [Factor::EmailCode, Factor::Push].into_iter().collect();
        assert_eq!(serde_json::to_string(&two).unwrap(), r#"["push","email"]"#);
        assert_eq!(serde_json::from_str::<FactorSet>(r#"["email","push"]"#).unwrap(), two);
        assert!(serde_json::from_str::<FactorSet>(r#"["sms"]"#).is_err());
        assert_eq!(FactorSet::ALL.iter().count(), Factor::ALL.len());
    }
}
