//! `countersign tenant factors`: what a tenant asks of second factors, and allows.

use clap::Args;
use countersign_server::app::PolicyChange;
use countersign_server::domain::actor::By;
use countersign_server::domain::factor::{Assurance, TotpAlgorithm};
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::rule::SecondFactor;

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
    /// The policy as it is to be.
    fn changed(self, mut policy: Policy) -> Result<Policy, Failure> {
        if let Some(required) = self.required {
            policy.base = if required { SecondFactor::Required } else { SecondFactor::Optional };
        }
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
        rules.remember_days = self.remember_days.unwrap_or(rules.remember_days);
        rules.recovery_hours = self.recovery_hours.unwrap_or(rules.recovery_hours);
        Ok(policy)
    }
}

pub(super) async fn run(whose: Whose, wanted: WantedFactors) -> Result<(), Failure> {
    let (app, at) = whose.find().await?;
    let now = app.tenant_now(at.tenant.id).await?;
    let wanted = wanted.changed(now.policy)?;
    match app.change_policy(&By::CommandLine, at.tenant.id, now.revision, wanted.clone()).await? {
        PolicyChange::Changed(_) | PolicyChange::Same => {}
        PolicyChange::Refused(error) => return Err(error.to_string().replace('_', "-").into()),
        PolicyChange::Overtaken => return Err("somebody else changed the policy meanwhile: try again".into()),
    }
    show(&wanted);
    Ok(())
}

fn show(policy: &Policy) {
    let (rules, required) = (&policy.factors, policy.base == SecondFactor::Required);
    for (name, value, note) in [
        ("required", required.to_string(), "everybody must have a second factor"),
        ("floor", rules.floor.as_str().to_owned(), "the least that is accepted: low, medium or high"),
        ("email-code-seconds", rules.email_code_seconds.to_string(), "60 to 600, usually 180"),
        ("totp-algorithm", rules.totp_algorithm.as_str().to_owned(), "sha1, sha256 or sha512"),
        ("totp-strict", rules.totp_strict.to_string(), "clocks must be right to the 30 seconds"),
        ("remember-days", rules.remember_days.to_string(), "0 (not at all) to 90"),
        ("recovery-hours", rules.recovery_hours.to_string(), "1 to 336, usually 24"),
    ] {
        println!("{name:18} {value:>7}   ({note})");
    }
}
