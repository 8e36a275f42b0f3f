//! What somebody may do with their own factors, under the tenant's policy.

use super::factor::{Factor, FactorRules};
use super::policy::asked::{Asked, Person, asked};
use super::policy::rule::SecondFactor;
use super::tenant::Tenant;
use super::user::Role;
use super::ways::Holding;

/// Who decides whether somebody has a second factor at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The person: everything may be removed.
    Own,
    /// An administrator: it may be changed, and not given up.
    Administrator,
    /// The policy, which requires one: it may be changed, and not given up.
    Policy,
}

impl Guard {
    /// Whose word it is for a person of whom this is asked.
    #[must_use]
    pub fn of(tenant: &Tenant, asked: &Asked) -> Self {
        match asked.second_factor {
            SecondFactor::Off => Self::Own,
            SecondFactor::Optional if tenant.policy.turned_off_by == Role::Member => Self::Own,
            SecondFactor::Optional => Self::Administrator,
            SecondFactor::Required => Self::Policy,
        }
    }

    /// Whether the person may be left with this after a removal.
    #[must_use]
    pub fn allows(self, left: Holding, rules: &FactorRules) -> bool {
        self == Self::Own || left.satisfies(rules)
    }
}

/// Whether a person may add a factor: one that is never asked for would mislead.
#[must_use]
pub fn may_add(tenant: &Tenant, person: Person<'_>, factor: Factor) -> bool {
    let asked = asked(&tenant.policy, &tenant.facts, person);
    asked.second_factor != SecondFactor::Off && tenant.policy.factors.accept(factor)
}

#[cfg(test)]
mod tests {
    use countersign_protocol::ids::TenantId;
    use countersign_protocol::time::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::domain::factor::Assurance;
    use crate::domain::policy::Policy;
    use crate::domain::policy::asked::Facts;
    use crate::domain::push_limits::PushLimits;

    fn tenant(base: SecondFactor, turned_off_by: Role) -> Tenant {
        Tenant {
            id: TenantId(Uuid::from_u128(1)),
            name: "ACME".into(),
            require_hardware_keys: false,
            push_limits: PushLimits::default(),
            policy: Policy { base, turned_off_by, ..Policy::default() },
            facts: Facts::default(),
            revision: 0,
        }
    }

    const PERSON: Person<'_> =
        Person { role: Role::Member, user_type: None, chosen_since: None, since: Timestamp::from_micros(0) };

    fn guard(tenant: &Tenant) -> Guard {
        Guard::of(tenant, &asked(&tenant.policy, &tenant.facts, PERSON))
    }

    #[test]
    fn what_is_required_is_never_given_up_by_oneself() {
        use SecondFactor::{Off, Optional, Required};
        for (base, by, wanted) in [
            (Off, Role::Member, Guard::Own),
            (Off, Role::Administrator, Guard::Own),
            (Optional, Role::Member, Guard::Own),
            (Optional, Role::Administrator, Guard::Administrator),
            (Optional, Role::SuperAdministrator, Guard::Administrator),
            (Required, Role::Member, Guard::Policy),
            (Required, Role::SuperAdministrator, Guard::Policy),
        ] {
            assert_eq!(guard(&tenant(base, by)), wanted, "{base:?} {by:?}");
        }
    }

    #[test]
    fn the_last_that_is_accepted_stays_where_others_decide() {
        let rules = FactorRules { floor: Assurance::High, ..FactorRules::USUAL };
        let app = Holding { authenticator: true, recovery_codes: true, ..Holding::default() };
        let phone = Holding { phone: true, ..Holding::default() };
        for guard in [Guard::Administrator, Guard::Policy] {
            assert!(!guard.allows(app, &rules) && guard.allows(phone, &rules));
            assert!(!guard.allows(Holding::default(), &FactorRules::USUAL));
        }
        assert!(Guard::Own.allows(Holding::default(), &rules));
    }

    #[test]
    fn what_is_not_accepted_or_never_asked_for_is_not_added() {
        let mut tenant = tenant(SecondFactor::Optional, Role::Member);
        tenant.policy.factors.floor = Assurance::High;
        let may = |tenant: &Tenant| Factor::OWN.map(|factor| may_add(tenant, PERSON, factor));
        assert_eq!(may(&tenant), [true, true, false]);
        tenant.policy.base = SecondFactor::Off;
        assert_eq!(may(&tenant), [false; 3]);
    }
}
