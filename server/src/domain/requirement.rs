//! What is asked of one login, and why.
//!
//! The [policy](super::policy) says whether a second factor is asked of the person at all. Whether a tap on the
//! phone is enough or the number has to be typed as well follows from what is usual: a trusted browser on a network
//! it was seen on, nothing denied in the last day, no report from this address, not an administrator.

use std::net::IpAddr;

use countersign_protocol::approval::Mode;
use countersign_protocol::time::Timestamp;

use super::factor::Factor;
use super::network::same_network;
use super::policy::asked::{Asked, Person, asked};
use super::policy::rule::SecondFactor;
use super::tenant::{NumberRule, Tenant};
use super::user::Role;
use super::ways::Holding;

/// What the rules look at.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    /// Who signs in.
    pub person: Person<'a>,
    /// What the user can prove a second step with.
    pub holding: Holding,
    /// Where this browser is.
    pub address: IpAddr,
    /// Where this browser was when this user last completed a login in it; none if it never was.
    pub trusted_at: Option<IpAddr>,
    /// Whether the user chose not to be asked again in this browser, and the time is not over.
    pub remembered: bool,
    /// Whether the user denied or reported a login in the last 24 hours.
    pub denied_lately: bool,
    /// Whether somebody reported a login from this address in the last day.
    pub address_reported: bool,
    /// The present.
    pub now: Timestamp,
}

/// What is asked of one login, and which rule says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What is asked.
    pub requirement: Requirement,
    /// What the policy asks of the person.
    pub asked: Asked,
}

/// What is asked of one login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// Nobody signs in from this network.
    NotFromHere,
    /// The password was enough.
    PasswordAlone(Alone),
    /// The password was enough, because this browser is remembered.
    Remembered,
    /// One of these has to be proved.
    Prove {
        /// The ways that are open.
        ways: Vec<Factor>,
        /// How a phone would approve: by tap, or with the number.
        mode: Mode,
        /// Why so.
        reason: ModeReason,
    },
    /// A second factor has to be set up: there is none that could be proved.
    SetUp,
    /// What is set up answers at another host of the tenant alone: nobody gets in here without it.
    Elsewhere,
}

/// Why the password was enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alone {
    /// The second factor is turned off for the person.
    TurnedOff,
    /// It is optional, and the person has set up none.
    NothingSetUp,
    /// The network is trusted.
    TrustedNetwork,
    /// One must be set up, but not before this.
    Grace(Timestamp),
}

impl Alone {
    /// As the audit line spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TurnedOff => "turned-off",
            Self::NothingSetUp => "nothing-set-up",
            Self::TrustedNetwork => "trusted-network",
            Self::Grace(_) => "grace",
        }
    }
}

/// Why a login is approved by tap or with a number: kept in the audit line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModeReason {
    /// The tenant asks for it always, or never.
    TenantRule,
    /// Nothing is unusual.
    Usual,
    /// No login of this user was completed in this browser before.
    NewBrowser,
    /// The browser is known, the network is not.
    NewNetwork,
    /// A login was denied or reported in the last 24 hours.
    DeniedLately,
    /// A login from this address was reported.
    ReportedAddress,
    /// The user is an administrator.
    Administrator,
    /// The ways in are to be changed.
    FactorsChange,
}

impl ModeReason {
    /// As the audit line spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TenantRule => "tenant-rule",
            Self::Usual => "usual",
            Self::NewBrowser => "new-browser",
            Self::NewNetwork => "new-network",
            Self::DeniedLately => "denied-lately",
            Self::ReportedAddress => "reported-address",
            Self::Administrator => "administrator",
            Self::FactorsChange => "factors-change",
        }
    }
}

/// Decides what is asked of one login.
#[must_use]
pub fn decide(tenant: &Tenant, at: &Circumstances<'_>) -> Answer {
    let asked = asked(&tenant.policy, &tenant.facts, at.person);
    Answer { requirement: requirement(tenant, at, &asked), asked }
}

fn requirement(tenant: &Tenant, at: &Circumstances<'_>, asked: &Asked) -> Requirement {
    let (policy, rules) = (&tenant.policy, &tenant.policy.factors);
    if !policy.networks.allows(at.address) {
        return Requirement::NotFromHere;
    }
    let holds = at.holding.strongest().is_some();
    match asked.second_factor {
        SecondFactor::Off => return Requirement::PasswordAlone(Alone::TurnedOff),
        SecondFactor::Optional if !holds => return Requirement::PasswordAlone(Alone::NothingSetUp),
        SecondFactor::Optional | SecondFactor::Required => {}
    }
    // Nothing is skipped against a sign that somebody else is at it.
    let calm = !at.denied_lately && !at.address_reported;
    if calm && policy.networks.trusts(at.address) {
        return Requirement::PasswordAlone(Alone::TrustedNetwork);
    }
    if calm && at.remembered && rules.remember_days > 0 && at.holding.satisfies(rules) {
        return Requirement::Remembered;
    }
    let ways = at.holding.ways_in(rules);
    if ways.is_empty() && holds {
        return Requirement::Elsewhere;
    }
    if ways.is_empty() {
        let grace_ends = asked.grace_ends(policy);
        let grace = at.now < grace_ends;
        return if grace { Requirement::PasswordAlone(Alone::Grace(grace_ends)) } else { Requirement::SetUp };
    }
    let (mode, reason) = mode(tenant, at);
    Requirement::Prove { ways, mode, reason }
}

/// How a phone approves, and why so.
fn mode(tenant: &Tenant, at: &Circumstances<'_>) -> (Mode, ModeReason) {
    let reason = match tenant.policy.number_rule {
        NumberRule::Never | NumberRule::Always => ModeReason::TenantRule,
        NumberRule::WhenUnusual => unusual(at).unwrap_or(ModeReason::Usual),
    };
    let tap = tenant.policy.number_rule == NumberRule::Never || reason == ModeReason::Usual;
    let mode = if tap { Mode::Tap } else { Mode::Number { digits: tenant.policy.number_digits.get() } };
    (mode, reason)
}

fn unusual(at: &Circumstances<'_>) -> Option<ModeReason> {
    if at.person.role != Role::Member {
        return Some(ModeReason::Administrator);
    }
    if at.denied_lately {
        return Some(ModeReason::DeniedLately);
    }
    if at.address_reported {
        return Some(ModeReason::ReportedAddress);
    }
    match at.trusted_at {
        None => Some(ModeReason::NewBrowser),
        Some(before) if !same_network(before, at.address) => Some(ModeReason::NewNetwork),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests;
