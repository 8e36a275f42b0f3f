//! `countersign tenant factors`: what a tenant asks of second factors, and allows.

use std::time::Duration;

use clap::Args;
use countersign_server::domain::factor::{Assurance, FactorRules, TotpAlgorithm};

use super::Failure;
use super::user::Whose;

/// What is left out stays as it is.
#[derive(Args)]
pub(crate) struct WantedFactors {
    /// Whether everybody must have a second factor: true or false. Otherwise those must use it who have one.
    #[arg(long, value_name = "BOOL")]
    required: Option<bool>,
    /// The least that is accepted: low (e-mailed codes too), medium (authenticator apps and recovery codes
    /// too) or high (phones and passkeys alone).
    #[arg(long, value_name = "LEVEL")]
    floor: Option<String>,
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
    /// For how many days people may choose not to be asked again in one browser. 0 (not at all) to 90.
    #[arg(long, value_name = "DAYS")]
    remember_days: Option<u16>,
    /// How long somebody waits who lost all but e-mail. 1 to 336.
    #[arg(long, value_name = "HOURS")]
    recovery_hours: Option<u16>,
}

impl WantedFactors {
    /// The rules as they are to be.
    fn changed(self, now: &FactorRules) -> Result<FactorRules, Failure> {
        let floor = self.floor.map(|text| Assurance::parse(&text).ok_or("--floor is low, medium or high"));
        let algorithm = self
            .totp_algorithm
            .map(|text| TotpAlgorithm::parse(&text).ok_or("--totp-algorithm is sha1, sha256 or sha512"));
        let rules = FactorRules {
            required: self.required.unwrap_or(now.required),
            floor: floor.transpose()?.unwrap_or(now.floor),
            email_code: self
                .email_code_seconds
                .map_or(now.email_code, |seconds| Duration::from_secs(seconds.into())),
            totp_algorithm: algorithm.transpose()?.unwrap_or(now.totp_algorithm),
            totp_strict: self.totp_strict.unwrap_or(now.totp_strict),
            remember_days: self.remember_days.unwrap_or(now.remember_days),
            recovery_hours: self.recovery_hours.unwrap_or(now.recovery_hours),
        };
        if rules.within_bounds() {
            return Ok(rules);
        }
        let [shortest, _, longest] = FactorRules::EMAIL_CODE_SECONDS;
        let ([fewest, most], days) = (FactorRules::RECOVERY_HOURS, FactorRules::MOST_REMEMBER_DAYS);
        Err(format!(
            "--email-code-seconds is from {shortest} to {longest}, --remember-days from 0 to {days}, \
             --recovery-hours from {fewest} to {most}"
        )
        .into())
    }
}

pub(super) async fn run(whose: Whose, wanted: WantedFactors) -> Result<(), Failure> {
    let (app, at) = whose.find().await?;
    let rules = wanted.changed(&at.tenant.factors)?;
    if rules != at.tenant.factors {
        app.set_factors(at.tenant.id, rules.clone()).await?;
    }
    show(&rules);
    Ok(())
}

fn show(rules: &FactorRules) {
    let seconds = rules.email_code.as_secs();
    for (name, value, note) in [
        ("required", rules.required.to_string(), "everybody must have a second factor"),
        ("floor", rules.floor.as_str().to_owned(), "the least that is accepted: low, medium or high"),
        ("email-code-seconds", seconds.to_string(), "60 to 600, usually 180"),
        ("totp-algorithm", rules.totp_algorithm.as_str().to_owned(), "sha1, sha256 or sha512"),
        ("totp-strict", rules.totp_strict.to_string(), "clocks must be right to the 30 seconds"),
        ("remember-days", rules.remember_days.to_string(), "0 (not at all) to 90"),
        ("recovery-hours", rules.recovery_hours.to_string(), "1 to 336, usually 24"),
    ] {
        println!("{name:18} {value:>7}   ({note})");
    }
}
