//! What is asked of one login, and why.
//!
//! Whoever has set up a second factor must prove one, and everybody where the tenant requires it. Whether a
//! tap on the phone is enough or the number has to be typed as well follows from what is usual: a trusted browser on a network it was seen on, nothing denied in the
//! last day, no report from this address, not an administrator.

use std::net::IpAddr;

use countersign_protocol::approval::Mode;

use super::factor::Factor;
use super::network::same_network;
use super::tenant::{NumberRule, Tenant};
use super::user::Role;
use super::ways::Holding;

/// What the rules look at.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// What the user can prove a second step with.
    pub holding: Holding,
    /// The user's role.
    pub role: Role,
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
}

/// What is asked of one login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The password was enough.
    PasswordAlone,
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
pub fn decide(tenant: &Tenant, at: &Circumstances) -> Requirement {
    let rules = &tenant.factors;
    let strongest = at.holding.strongest();
    let holds = strongest.is_some();
    if !holds && !rules.required {
        return Requirement::PasswordAlone;
    }
    // Nothing is remembered against a sign that somebody else is at it.
    let reaches = strongest.is_some_and(|strongest| strongest >= rules.floor);
    if reaches && at.remembered && rules.remember_days > 0 && !at.denied_lately && !at.address_reported {
        return Requirement::Remembered;
    }
    let ways = at.holding.ways_in(rules.floor);
    if ways.is_empty() {
        return Requirement::SetUp;
    }
    let (mode, reason) = mode(tenant, at);
    Requirement::Prove { ways, mode, reason }
}

/// How a phone approves, and why so.
fn mode(tenant: &Tenant, at: &Circumstances) -> (Mode, ModeReason) {
    let reason = match tenant.number_rule {
        NumberRule::Never | NumberRule::Always => ModeReason::TenantRule,
        NumberRule::WhenUnusual => unusual(at).unwrap_or(ModeReason::Usual),
    };
    let tap = tenant.number_rule == NumberRule::Never || reason == ModeReason::Usual;
    let mode = if tap { Mode::Tap } else { Mode::Number { digits: tenant.number_digits.get() } };
    (mode, reason)
}

fn unusual(at: &Circumstances) -> Option<ModeReason> {
    if at.role != Role::Member {
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
mod tests {
    use super::*;
    use crate::domain::factor::{Assurance, FactorRules};
    use crate::domain::push_limits::PushLimits;
    use crate::domain::tenant::NumberDigits;
    use countersign_protocol::ids::TenantId;

    fn tenant(number_rule: NumberRule) -> Tenant {
        Tenant {
            id: TenantId(uuid::Uuid::nil()),
            name: "ACME".into(),
            number_rule,
            number_digits: NumberDigits::new(3).unwrap(),
            require_hardware_keys: false,
            push_limits: PushLimits::default(),
            factors: FactorRules::default(),
        }
    }

    fn requiring(floor: Assurance) -> Tenant {
        let factors = FactorRules { required: true, floor, ..FactorRules::default() };
        Tenant { factors, ..tenant(NumberRule::Never) }
    }

    fn push(mode: Mode, reason: ModeReason) -> Requirement {
        Requirement::Prove { ways: vec![Factor::Push], mode, reason }
    }

    fn usual() -> Circumstances {
        Circumstances {
            holding: Holding { phone: true, ..Holding::default() },
            role: Role::Member,
            address: [198, 51, 100, 7].into(),
            trusted_at: Some([198, 51, 100, 9].into()),
            remembered: false,
            denied_lately: false,
            address_reported: false,
        }
    }

    #[test]
    fn a_tap_is_enough_only_where_nothing_is_unusual() {
        let number = Mode::Number { digits: 3 };
        let cases = [
            (usual(), Mode::Tap, ModeReason::Usual),
            (Circumstances { trusted_at: None, ..usual() }, number, ModeReason::NewBrowser),
            (
                Circumstances { trusted_at: Some([203, 0, 113, 1].into()), ..usual() },
                number,
                ModeReason::NewNetwork,
            ),
            (Circumstances { denied_lately: true, ..usual() }, number, ModeReason::DeniedLately),
            (Circumstances { address_reported: true, ..usual() }, number, ModeReason::ReportedAddress),
            (Circumstances { role: Role::Administrator, ..usual() }, number, ModeReason::Administrator),
        ];
        for (at, mode, reason) in cases {
            assert_eq!(decide(&tenant(NumberRule::WhenUnusual), &at), push(mode, reason));
        }
    }

    #[test]
    fn the_tenant_can_set_always_or_never() {
        let reason = ModeReason::TenantRule;
        let number = push(Mode::Number { digits: 3 }, reason);
        assert_eq!(decide(&tenant(NumberRule::Always), &usual()), number);
        let strange = Circumstances { trusted_at: None, denied_lately: true, ..usual() };
        assert_eq!(decide(&tenant(NumberRule::Never), &strange), push(Mode::Tap, reason));
    }

    #[test]
    fn without_a_factor_the_tenant_says_whether_one_is_set_up_first() {
        let nobody = Circumstances { holding: Holding::default(), remembered: true, ..usual() };
        assert_eq!(decide(&tenant(NumberRule::Always), &nobody), Requirement::PasswordAlone);
        let strict = requiring(Assurance::Low);
        assert_eq!(decide(&strict, &nobody), Requirement::SetUp);
        let mailbox = Holding { mail: true, ..Holding::default() };
        let by_mail = Circumstances { holding: mailbox, ..nobody };
        assert!(
            matches!(decide(&strict, &by_mail), Requirement::Prove { ways, .. } if ways == [Factor::EmailCode])
        );
        assert_eq!(decide(&requiring(Assurance::Medium), &by_mail), Requirement::SetUp);
        assert_eq!(decide(&tenant(NumberRule::Always), &by_mail), Requirement::PasswordAlone);
    }

    #[test]
    fn a_browser_is_remembered_only_where_the_tenant_allows_it_and_nothing_was_denied() {
        let at = Circumstances { remembered: true, ..usual() };
        let mut tenant = tenant(NumberRule::Never);
        assert!(matches!(decide(&tenant, &at), Requirement::Prove { .. }));
        tenant.factors.remember_days = 30;
        assert_eq!(decide(&tenant, &at), Requirement::Remembered);
        tenant.factors.floor = Assurance::High;
        assert_eq!(decide(&tenant, &at), Requirement::Remembered);
        let app = Holding { authenticator: true, ..Holding::default() };
        let below = Circumstances { holding: app, ..at.clone() };
        assert!(matches!(decide(&tenant, &below), Requirement::Prove { .. }), "the floor was raised");
        for at in [
            Circumstances { remembered: false, ..at.clone() },
            Circumstances { denied_lately: true, ..at.clone() },
            Circumstances { address_reported: true, ..at.clone() },
        ] {
            assert!(matches!(decide(&tenant, &at), Requirement::Prove { .. }), "{at:?}");
        }
    }
}
