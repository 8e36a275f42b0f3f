//! What administrators do to users, in words.

use crate::domain::directory::Action;
use crate::domain::factor::Factor;
use crate::domain::policy::rule::SecondFactor;
use crate::domain::user::Role;
use crate::web::Page;

/// The words of an action: on its button, above the page that names what follows, and what follows.
pub(super) const fn words(action: &Action) -> [&'static str; 3] {
    match action {
        Action::TurnOn => ["action-turn-on", "bulk-turn-on-title", "bulk-turn-on-why"],
        Action::TurnOff => ["action-turn-off", "bulk-turn-off-title", "bulk-turn-off-why"],
        Action::Disable => ["action-disable", "bulk-disable-title", "bulk-disable-why"],
        Action::Enable => ["action-enable", "bulk-enable-title", "bulk-enable-why"],
        Action::Reset => ["action-reset", "bulk-reset-title", "bulk-reset-why"],
        Action::Unlock => ["action-unlock", "bulk-unlock-title", "bulk-unlock-why"],
        Action::EndSessions => ["action-end-sessions", "bulk-end-sessions-title", "bulk-end-sessions-why"],
        Action::SetType(None) => ["action-no-type", "bulk-set-type-title", "bulk-no-type-why"],
        Action::SetType(Some(_)) => ["action-set-type", "bulk-set-type-title", "bulk-set-type-why"],
        Action::SetRole(_) => ["action-set-role", "bulk-set-role-title", "bulk-set-role-why"],
        Action::TellTurnedOn { .. } => ["action-tell-on", "bulk-tell-title", "bulk-tell-why"],
        Action::TellSetUpDue { .. } => ["action-tell-due", "bulk-tell-title", "bulk-tell-why"],
        Action::TellTurnedOff { .. } => ["action-tell-off", "bulk-tell-title", "bulk-tell-why"],
    }
}

/// An action on a button or in a list: the type that is given stands with it.
pub(super) fn label(page: &Page<'_>, action: &Action) -> String {
    match action {
        Action::SetType(Some(name)) => page.t_with("action-set-type", "type", name),
        other => page.t(words(other)[0]),
    }
}

/// Whether something is taken away from people by it.
pub(super) const fn takes_away(action: &Action) -> bool {
    matches!(action, Action::Disable | Action::Reset | Action::EndSessions | Action::TurnOff)
}

/// A role in words.
pub(super) const fn role(role: &Role) -> &'static str {
    match role {
        Role::Member => "role-member",
        Role::Administrator => "role-administrator",
        Role::SuperAdministrator => "role-super-administrator",
    }
}

/// What is asked of somebody, in one word.
pub(super) const fn asked(second_factor: &SecondFactor) -> &'static str {
    match second_factor {
        SecondFactor::Off => "asked-off",
        SecondFactor::Optional => "asked-optional",
        SecondFactor::Required => "asked-required",
    }
}

/// A factor that somebody has set up.
pub(super) const fn held(factor: &Factor) -> &'static str {
    match factor {
        Factor::Push => "held-push",
        Factor::Passkey => "held-passkey",
        Factor::Totp => "way-totp",
        Factor::EmailCode => "held-email",
        Factor::RecoveryCode => "security-codes",
    }
}
