//! Single options of `countersign policy set`. What is left out stays as it is.

use clap::Args;
use countersign_server::domain::factor::{Assurance, TotpAlgorithm};
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::rule::SecondFactor;
use countersign_server::domain::tenant::{NumberDigits, NumberRule};

use super::Failure;

#[derive(Args)]
pub(crate) struct Wish {
    /// What is asked of everybody of whom no rule asks more: off, optional (those prove a second factor who have
    /// one) or required.
    #[arg(long, value_name = "ASK")]
    base: Option<String>,
    /// The least that is accepted: low (e-mailed codes too), medium (authenticator apps and recovery codes
    /// too) or high (phones and passkeys alone).
    #[arg(long, value_name = "LEVEL")]
    floor: Option<String>,
    /// When the phone asks for the number that the browser shows: when-unusual, always or never.
    #[arg(long, value_name = "WHEN")]
    number: Option<String>,
    /// How many digits the number has: 2, 3 or 6.
    #[arg(long, value_name = "COUNT")]
    digits: Option<u8>,
    /// For how many days somebody who must set up a second factor may put that off. 0 to 90.
    #[arg(long, value_name = "DAYS")]
    grace_days: Option<u16>,
    /// How long an e-mailed code is valid. 60 to 600.
    #[arg(long, value_name = "SECONDS")]
    email_code_seconds: Option<u16>,
    /// The hash of authenticator apps that are set up from now on: sha1 (every app takes it), sha256 or
    /// sha512.
    #[arg(long, value_name = "HASH")]
    totp_algorithm: Option<String>,
    /// Whether the clock of an authenticator app must be right to the 30 seconds: true or false.
    #[arg(long, value_name = "BOOL")]
    totp_strict: Option<bool>,
    /// Whether a phone's passcode may approve in place of a face or a finger: true or false.
    #[arg(long, value_name = "BOOL")]
    device_passcode: Option<bool>,
    /// For how many days people may choose not to be asked again in one browser. 0 (not at all) to 90.
    #[arg(long, value_name = "DAYS")]
    remember_days: Option<u16>,
    /// How long somebody waits who lost all but e-mail. 1 to 336.
    #[arg(long, value_name = "HOURS")]
    recovery_hours: Option<u16>,
}

impl Wish {
    /// Whether anything is wished for.
    pub(super) fn is_some(&self) -> bool {
        let texts = [&self.base, &self.floor, &self.number, &self.totp_algorithm];
        let numbers = [self.grace_days, self.email_code_seconds, self.remember_days, self.recovery_hours];
        texts.into_iter().any(Option::is_some)
            || numbers.into_iter().any(|number| number.is_some())
            || self.digits.is_some()
            || self.totp_strict.is_some()
            || self.device_passcode.is_some()
    }

    /// The policy as it is to be.
    pub(super) fn changed(self, mut policy: Policy) -> Result<Policy, Failure> {
        if !self.is_some() {
            return Err("name a file, - for standard input, or an option: see --help".into());
        }
        if let Some(text) = self.base {
            policy.base = SecondFactor::parse(&text).ok_or("--base is off, optional or required")?;
        }
        if let Some(text) = self.number {
            let known = NumberRule::parse(&text);
            policy.number_rule = known.ok_or("--number is when-unusual, always or never")?;
        }
        if let Some(digits) = self.digits {
            policy.number_digits = NumberDigits::new(digits).ok_or("--digits is 2, 3 or 6")?;
        }
        policy.grace_days = self.grace_days.unwrap_or(policy.grace_days);
        let rules = &mut policy.factors;
        if let Some(text) = self.floor {
            rules.floor = Assurance::parse(&text).ok_or("--floor is low, medium or high")?;
        }
        if let Some(text) = self.totp_algorithm {
            let known = TotpAlgorithm::parse(&text);
            rules.totp_algorithm = known.ok_or("--totp-algorithm is sha1, sha256 or sha512")?;
        }
        rules.email_code_seconds = self.email_code_seconds.unwrap_or(rules.email_code_seconds);
        rules.totp_strict = self.totp_strict.unwrap_or(rules.totp_strict);
        rules.device_passcode = self.device_passcode.unwrap_or(rules.device_passcode);
        rules.remember_days = self.remember_days.unwrap_or(rules.remember_days);
        rules.recovery_hours = self.recovery_hours.unwrap_or(rules.recovery_hours);
        Ok(policy)
    }
}
