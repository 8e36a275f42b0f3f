//! What is asked of one login, and why.
//!
//! Who has an active device must use it. Whether a tap is enough or the number has to be typed as well
//! follows from what is usual: a trusted browser on a network it was seen on, nothing denied in the
//! last day, no report from this address, not an administrator.

use std::net::IpAddr;

use countersign_protocol::approval::Mode;

use super::network::same_network;
use super::tenant::{NumberRule, Tenant};
use super::user::Role;

/// What the rules look at.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// How many active devices the user has.
    pub devices: usize,
    /// The user's role.
    pub role: Role,
    /// Where this browser is.
    pub address: IpAddr,
    /// Where this browser was when this user last completed a login in it; none if it never was.
    pub trusted_at: Option<IpAddr>,
    /// Whether the user denied or reported a login in the last 24 hours.
    pub denied_lately: bool,
    /// Whether somebody reported a login from this address in the last day.
    pub address_reported: bool,
}

/// What is asked of one login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The password was enough.
    PasswordAlone,
    /// A device has to approve.
    Push {
        /// By tap, or with the number.
        mode: Mode,
        /// Why so.
        reason: ModeReason,
    },
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
        }
    }
}

/// Decides what is asked of one login.
#[must_use]
pub fn decide(tenant: &Tenant, at: &Circumstances) -> Requirement {
    if at.devices == 0 {
        return Requirement::PasswordAlone;
    }
    let reason = match tenant.number_rule {
        NumberRule::Never | NumberRule::Always => ModeReason::TenantRule,
        NumberRule::WhenUnusual => unusual(at).unwrap_or(ModeReason::Usual),
    };
    let tap = tenant.number_rule == NumberRule::Never || reason == ModeReason::Usual;
    let mode = if tap { Mode::Tap } else { Mode::Number { digits: tenant.number_digits.get() } };
    Requirement::Push { mode, reason }
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
    use crate::domain::factor::FactorRules;
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

    fn usual() -> Circumstances {
        Circumstances {
            devices: 1,
            role: Role::Member,
            address: [198, 51, 100, 7].into(),
            trusted_at: Some([198, 51, 100, 9].into()),
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
            assert_eq!(decide(&tenant(NumberRule::WhenUnusual), &at), Requirement::Push { mode, reason });
        }
    }

    #[test]
    fn the_tenant_can_set_always_or_never() {
        let reason = ModeReason::TenantRule;
        let number = Requirement::Push { mode: Mode::Number { digits: 3 }, reason };
        assert_eq!(decide(&tenant(NumberRule::Always), &usual()), number);
        let strange = Circumstances { trusted_at: None, denied_lately: true, ..usual() };
        assert_eq!(
            decide(&tenant(NumberRule::Never), &strange),
            Requirement::Push { mode: Mode::Tap, reason }
        );
    }

    #[test]
    fn without_a_device_there_is_nobody_to_ask() {
        let nobody = Circumstances { devices: 0, ..usual() };
        assert_eq!(decide(&tenant(NumberRule::Always), &nobody), Requirement::PasswordAlone);
    }
}
