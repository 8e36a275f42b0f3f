//! What the policy means for whoever is signed in, as their pages show it.

use crate::app::{OwnPolicy, SignedIn};
use crate::domain::factor::Factor;
use crate::domain::own_factors::Guard;
use crate::domain::policy::rule::{Rule, SecondFactor};
use crate::domain::ways::Holding;
use crate::http::visitor::Visitor;
use crate::web::{Due, FactorRule, OwnAsked, OwnRules, for_people};

/// A policy with the texts that are borrowed from it.
pub(super) struct Own {
    policy: OwnPolicy,
    due: Option<String>,
}

impl Own {
    pub(super) fn new(policy: OwnPolicy, visitor: &Visitor) -> Self {
        let due = policy.due.filter(|due| *due > visitor.app.now());
        Self { due: due.map(|due| for_people(due, visitor.lang)), policy }
    }

    /// When something must be set up, if it must.
    pub(super) fn due(&self) -> Option<Due<'_>> {
        self.policy.due?;
        Some(self.due.as_deref().map_or(Due::NextSignIn, Due::By))
    }

    pub(super) fn rules(&self, visitor: &Visitor, signed_in: &SignedIn, passkeys: usize) -> OwnRules<'_> {
        let OwnPolicy { asked, guard, holding, .. } = &self.policy;
        let set_up = holding.strongest().is_some();
        let rule = |factor, count| self.rule(visitor, signed_in, factor, count);
        OwnRules {
            asked: self.asked(),
            rule: asked.rule.as_deref(),
            chosen: asked.rule.as_deref() == Some(Rule::CHOSEN),
            due: self.due(),
            turn_off: asked.second_factor == SecondFactor::Optional && *guard == Guard::Own && set_up,
            phone: rule(Factor::Push, signed_in.devices.len()),
            passkey: rule(Factor::Passkey, passkeys),
            authenticator: rule(Factor::Totp, usize::from(holding.authenticator)),
            codes: visitor.app.may_add(&visitor.at, &signed_in.user, Factor::RecoveryCode),
        }
    }

    fn asked(&self) -> OwnAsked {
        let set_up = self.policy.holding.strongest().is_some();
        match (self.policy.asked.second_factor, set_up) {
            (SecondFactor::Off, false) => OwnAsked::Off,
            (SecondFactor::Off, true) => OwnAsked::OffKept,
            (SecondFactor::Optional, false) => OwnAsked::Optional,
            (SecondFactor::Optional, true) if self.policy.guard == Guard::Own => OwnAsked::OptionalOn,
            (SecondFactor::Optional, true) => OwnAsked::OptionalKept,
            (SecondFactor::Required, _) => OwnAsked::Required,
        }
    }

    fn rule(&self, visitor: &Visitor, signed_in: &SignedIn, factor: Factor, count: usize) -> FactorRule {
        let (rules, held) = (&visitor.at.tenant.policy.factors, self.policy.holding);
        let left = match factor {
            _ if count != 1 => held,
            Factor::Push => Holding { phone: false, ..held },
            Factor::Passkey => Holding { passkey: false, passkey_elsewhere: false, ..held },
            _ => Holding { authenticator: false, ..held },
        };
        FactorRule {
            add: visitor.app.may_add(&visitor.at, &signed_in.user, factor),
            accepted: rules.accept(factor),
            remove: self.policy.guard.allows(left, rules),
        }
    }
}
