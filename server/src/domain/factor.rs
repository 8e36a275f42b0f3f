//! The factors: ways to prove the second step, how sure each is, and what a session says of it.

use std::time::Duration;

/// A way to prove the second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Factor {
    /// A phone approves.
    Push,
    /// A passkey or security key.
    Passkey,
    /// A code of an authenticator app (RFC 6238).
    Totp,
    /// A code that was sent by e-mail.
    EmailCode,
    /// One of the codes that were printed in good time.
    RecoveryCode,
}

impl Factor {
    /// Every factor, the surest and quickest first: the order in which they are offered to whoever has
    /// not used any yet.
    pub const ALL: [Self; 5] = [Self::Push, Self::Passkey, Self::Totp, Self::EmailCode, Self::RecoveryCode];

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
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

/// What a tenant asks of second factors, and allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorRules {
    /// Whether everybody must prove a second factor; otherwise those who have set one up must.
    pub required: bool,
    /// The least that is accepted.
    pub floor: Assurance,
    /// How long an e-mailed code is valid: see [`FactorRules::EMAIL_CODE_SECONDS`].
    pub email_code: Duration,
    /// The hash of new authenticator apps.
    pub totp_algorithm: TotpAlgorithm,
    /// Whether an authenticator app's clock must be right to the step.
    pub totp_strict: bool,
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

    /// Whether all values are within bounds.
    #[must_use]
    pub fn within_bounds(&self) -> bool {
        let [shortest, _, longest] = Self::EMAIL_CODE_SECONDS.map(u64::from);
        let [fewest, most] = Self::RECOVERY_HOURS;
        (shortest..=longest).contains(&self.email_code.as_secs())
            && self.remember_days <= Self::MOST_REMEMBER_DAYS
            && (fewest..=most).contains(&self.recovery_hours)
    }
}

impl Default for FactorRules {
    fn default() -> Self {
        Self {
            required: false,
            floor: Assurance::Low,
            email_code: Duration::from_secs(Self::EMAIL_CODE_SECONDS[1].into()),
            totp_algorithm: TotpAlgorithm::default(),
            totp_strict: false,
            remember_days: 0,
            recovery_hours: 24,
        }
    }
}

/// The hash of an authenticator app (RFC 6238, section 1.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    fn the_usual_rules_are_within_bounds() {
        assert!(FactorRules::default().within_bounds());
        let too_long = Duration::from_secs(601);
        assert!(!FactorRules { email_code: too_long, ..FactorRules::default() }.within_bounds());
        assert!(!FactorRules { recovery_hours: 0, ..FactorRules::default() }.within_bounds());
        assert!(!FactorRules { remember_days: 91, ..FactorRules::default() }.within_bounds());
    }
}
