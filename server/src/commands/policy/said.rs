//! What `countersign policy` prints: sentences for people, JSON for scripts.

use countersign_protocol::approval::Mode;
use countersign_server::app::WhatIf;
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::rule::{Condition, Rule, Scope};
use countersign_server::domain::requirement::{Alone, Requirement};
use countersign_server::domain::tenant::Tenant;
use countersign_server::domain::user::Role;
use serde_json::{Value, json};

use super::Failure;

pub(super) fn print(value: &Value) -> Result<(), Failure> {
    println!("{value}");
    Ok(())
}

pub(super) fn policy(tenant: &Tenant, as_json: bool) -> Result<(), Failure> {
    let policy = &tenant.policy;
    if as_json {
        // As it can be read again.
        println!("{}", serde_json::to_string(policy)?);
        return Ok(());
    }
    println!("Everybody: {}.", policy.base.as_str());
    for rule in &policy.rules {
        println!("Rule “{}”: {}.", rule.name, in_words(rule));
    }
    println!();
    for (name, value, note) in figures(policy) {
        println!("{name:18} {value:>13}   ({note})");
    }
    for (name, networks) in [("trusted", &policy.networks.trusted), ("allowed", &policy.networks.allowed)] {
        let list: Vec<_> = networks.iter().map(ToString::to_string).collect();
        println!("{name} networks: {}", if list.is_empty() { "none".to_owned() } else { list.join(", ") });
    }
    Ok(())
}

fn figures(policy: &Policy) -> Vec<(&'static str, String, &'static str)> {
    let rules = &policy.factors;
    let accepted: Vec<_> = rules.allowed.iter().map(|factor| factor.as_str()).collect();
    let hours = |hours: Option<u16>| hours.map_or("as set".to_owned(), |hours| hours.to_string());
    vec![
        ("floor", rules.floor.as_str().to_owned(), "the least that is accepted: low, medium or high"),
        ("factors", accepted.join(","), "those that are accepted, if they reach the floor"),
        ("number", policy.number_rule.as_str().to_owned(), "when-unusual, always or never"),
        ("digits", policy.number_digits.get().to_string(), "2, 3 or 6"),
        (
            "attestation",
            policy.attestation.as_str().to_owned(),
            "not-asked, recorded or required: of new phones",
        ),
        ("grace-days", policy.grace_days.to_string(), "0 to 90: to set up a second factor"),
        ("email-code-seconds", rules.email_code_seconds.to_string(), "60 to 600, usually 180"),
        ("totp-algorithm", rules.totp_algorithm.as_str().to_owned(), "sha1, sha256 or sha512"),
        ("totp-strict", rules.totp_strict.to_string(), "clocks must be right to the 30 seconds"),
        ("device-passcode", rules.device_passcode.to_string(), "may approve in place of a biometric"),
        ("remember-days", rules.remember_days.to_string(), "0 (not at all) to 90"),
        ("recovery-hours", rules.recovery_hours.to_string(), "1 to 336, usually 24"),
        ("session hours", hours(policy.sessions.hours), "of members"),
        ("  administrators", hours(policy.sessions.administrator_hours), "of administrators"),
        ("turned off by", policy.turned_off_by.as_str().to_owned(), "where it is optional"),
        ("changed by", policy.changed_by.as_str().to_owned(), "who may change this policy"),
        ("two for a reset", policy.resets_need_two.to_string(), "a reset takes two administrators"),
    ]
}

fn in_words(rule: &Rule) -> String {
    let list = |names: Vec<String>| names.join(", ");
    let who = match &rule.who {
        Scope::Everyone => "everybody".to_owned(),
        Scope::Chosen => "the chosen users".to_owned(),
        Scope::Types(types) if types.is_empty() => "no type of users".to_owned(),
        Scope::Types(types) => format!("users of the types {}", list(types.iter().cloned().collect())),
        Scope::Roles(roles) => list(roles.iter().copied().map(Role::as_str).map(str::to_owned).collect()),
    };
    let condition = |condition: &Condition| match condition {
        Condition::Feature(name) => format!(", while the feature {name} is on"),
        Condition::Plan(plans) => format!(", on the plans {}", list(plans.iter().cloned().collect())),
    };
    let when: String = rule.when.iter().map(condition).collect();
    format!("{} for {who}{when}", rule.ask.as_str())
}

pub(super) fn same(as_json: bool) -> Result<(), Failure> {
    if as_json {
        return print(&json!({ "same": true }));
    }
    println!("This would change nothing.");
    Ok(())
}

pub(super) fn what_if(what_if: &WhatIf, as_json: bool) -> Result<(), Failure> {
    let answer = &what_if.answer;
    let (what, why) = outcome(&answer.requirement);
    let (ways, digits) = match &answer.requirement {
        Requirement::Prove { ways, mode, .. } => {
            let digits = if let Mode::Number { digits } = mode { Some(*digits) } else { None };
            (ways.iter().map(|way| way.as_str()).collect(), digits)
        }
        _ => (Vec::new(), None),
    };
    if as_json {
        return print(&json!({
            "email": what_if.user.email, "disabled": what_if.user.disabled, "requirement": what, "reason": why,
            "ways": ways, "number_digits": digits, "then_set_up": what_if.then_set_up,
            "asked": answer.asked.second_factor.as_str(), "rule": answer.asked.rule,
            "known_browser": what_if.has_browser,
        }));
    }
    if what_if.user.disabled {
        println!("{} is disabled, and signs in from nowhere. Otherwise:", what_if.user.email);
    }
    println!("{what} ({why})");
    if !ways.is_empty() {
        println!("by: {}", ways.join(", "));
    }
    if let Some(digits) = digits {
        println!("a phone asks for the number: {digits} digits");
    }
    if what_if.then_set_up {
        println!("then something that is accepted has to be set up");
    }
    let rule = answer.asked.rule.as_ref();
    let rule = rule.map_or("what is asked of everybody".to_owned(), |rule| format!("the rule “{rule}”"));
    println!("because of {rule}: {}", answer.asked.second_factor.as_str());
    Ok(())
}

fn outcome(requirement: &Requirement) -> (&'static str, String) {
    match requirement {
        Requirement::NotFromHere => ("not-from-here", "the network is not allowed".to_owned()),
        Requirement::PasswordAlone(Alone::Grace(until)) => {
            ("password-alone", format!("grace until {}", until.seconds()))
        }
        Requirement::PasswordAlone(why) => ("password-alone", why.as_str().to_owned()),
        Requirement::Remembered => ("remembered", "this browser is remembered".to_owned()),
        Requirement::Prove { reason, .. } => ("prove", reason.as_str().to_owned()),
        Requirement::Elsewhere => ("elsewhere", "the passkey answers at another host alone".to_owned()),
        Requirement::SetUp => ("set-up", "nothing is set up that is accepted".to_owned()),
    }
}
