//! Audit lines in people's words.

use crate::domain::activity::Activity;
use crate::domain::audit::event::AuditResult;
use crate::web::security::activity_key;

/// The key of an event's words; none for one that has no words yet, which is shown by its name.
pub(super) fn event_key(event: &str) -> Option<&'static str> {
    if let Some(activity) = Activity::of(event) {
        return Some(activity_key(activity));
    }
    Some(match event {
        "login.started" => "audit-login-started",
        "login.asked_again" => "audit-login-asked-again",
        "login.seen" => "audit-login-seen",
        "login.approved" => "audit-login-approved",
        "login.proved" => "audit-login-proved",
        "login.set_up" => "audit-login-set-up",
        "login.not_completed" => "audit-login-not-completed",
        "login.refused" => "audit-login-refused",
        "session.signed_out" => "audit-session-signed-out",
        "session.confirmed" => "audit-session-confirmed",
        "session.confirm_failed" => "audit-session-confirm-failed",
        "email_code.sent" => "audit-email-code-sent",
        "pairing.offered" => "audit-pairing-offered",
        "pairing.claimed" => "audit-pairing-claimed",
        "pairing.claimed_twice" => "audit-pairing-claimed-twice",
        "pairing.wrong_code" => "audit-pairing-wrong-code",
        "pairing.refused" => "audit-pairing-refused",
        "device.renamed" => "audit-device-renamed",
        "device.push_changed" => "audit-device-push-changed",
        "authenticator.offered" => "audit-authenticator-offered",
        "authenticator.wrong_code" => "audit-authenticator-wrong-code",
        "passkey.renamed" => "audit-passkey-renamed",
        "passkey.refused" => "audit-passkey-refused",
        "recovery.opened" => "audit-recovery-opened",
        "recovery.proved" => "audit-recovery-proved",
        "recovery.wrong_code" => "audit-recovery-wrong-code",
        "recovery.stopped_by_sign_in" => "audit-recovery-stopped-by-sign-in",
        "reset.asked" => "audit-reset-asked",
        "reset.refused" => "audit-reset-refused",
        "reset.lapsed" => "audit-reset-lapsed",
        "factors.suspended" => "audit-factors-suspended",
        "user.imported" => "audit-user-imported",
        "user.name_changed" => "audit-user-name-changed",
        "user.role_changed" => "audit-user-role-changed",
        "user.type_changed" => "audit-user-type-changed",
        "user.act_refused" => "audit-user-act-refused",
        "users.exported" => "audit-users-exported",
        "job.begun" => "audit-job-begun",
        "job.stopped" => "audit-job-stopped",
        "job.stop_refused" => "audit-job-stop-refused",
        "job.ended" => "audit-job-ended",
        "tenant.host_added" => "audit-tenant-host-added",
        "tenant.host_removed" => "audit-tenant-host-removed",
        "tenant.main_host_set" => "audit-tenant-main-host-set",
        "tenant.brand_changed" => "audit-tenant-brand-changed",
        "tenant.change_refused" => "audit-tenant-change-refused",
        "user.added" => "audit-user-added",
        "user.disabled" => "audit-user-disabled",
        "user.enabled" => "audit-user-enabled",
        "user.unlocked" => "audit-user-unlocked",
        "user.new_password_required" => "audit-user-new-password-required",
        "tenant.added" => "audit-tenant-added",
        "tenant.policy_changed" => "audit-tenant-policy-changed",
        "tenant.facts_stated" => "audit-tenant-facts-stated",
        "tenant.push_limits_set" => "audit-tenant-push-limits-set",
        "tenant.passkeys_set" => "audit-tenant-passkeys-set",
        "audit.exported" => "audit-audit-exported",
        "audit.head_renewed" => "audit-audit-head-renewed",
        "audit.receipt_taken" => "audit-audit-receipt-taken",
        _ => return None,
    })
}

/// The key of the words for a family of events.
pub(super) fn family_key(family: &str) -> &'static str {
    match family {
        "login" => "audit-family-login",
        "session" => "audit-family-session",
        "email_code" => "audit-family-email-code",
        "pairing" => "audit-family-pairing",
        "device" => "audit-family-device",
        "authenticator" => "audit-family-authenticator",
        "passkey" => "audit-family-passkey",
        "recovery_codes" => "audit-family-recovery-codes",
        "browser" => "audit-family-browser",
        "recovery" => "audit-family-recovery",
        "factors" => "audit-family-factors",
        "second_factor" => "audit-family-second-factor",
        "reset" => "audit-family-reset",
        "users" => "audit-family-users",
        "job" => "audit-family-job",
        "user" => "audit-family-user",
        "tenant" => "audit-family-tenant",
        "audit" => "audit-family-audit",
        _ => "audit-family-other",
    }
}

/// The key of the words for a result.
pub(super) const fn result_key(result: AuditResult) -> &'static str {
    match result {
        AuditResult::Succeeded => "audit-result-succeeded",
        AuditResult::Refused => "audit-result-refused",
        AuditResult::Failed => "audit-result-failed",
        AuditResult::Asked => "audit-result-asked",
        AuditResult::Noted => "audit-result-noted",
    }
}

/// The key of the words for a reason, as audit lines spell it; none for one that is shown as it is.
pub(super) fn reason_key(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "turned-off" => "audit-why-turned-off",
        "nothing-set-up" => "audit-why-nothing-set-up",
        "trusted-network" => "audit-why-trusted-network",
        "grace" => "audit-why-grace",
        "remembered" => "audit-why-remembered",
        "tenant-rule" => "audit-why-tenant-rule",
        "usual" => "audit-why-usual",
        "new-browser" => "audit-why-new-browser",
        "new-network" => "audit-why-new-network",
        "denied-lately" => "audit-why-denied-lately",
        "reported-address" => "audit-why-reported-address",
        "network" => "audit-why-network",
        "other-host" => "audit-why-other-host",
        "password" => "audit-why-password",
        "disabled" => "audit-why-disabled",
        "too-many" => "audit-why-too-many",
        "secret" => "audit-why-secret",
        "hardware-keys" => "audit-why-hardware-keys",
        "attestation" => "audit-why-attestation",
        "device-passcode" => "audit-why-device-passcode",
        "push-endpoint" => "audit-why-push-endpoint",
        "administrator" => "audit-why-administrator",
        "factors-change" => "audit-why-factors-change",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::event::{EVENTS, families};
    use crate::domain::requirement::ModeReason;

    #[test]
    fn every_event_and_family_has_words() {
        for (event, _) in EVENTS {
            assert!(event_key(event).is_some(), "{event} has no words");
        }
        for family in families() {
            assert_ne!(family_key(family), "audit-family-other", "{family}");
        }
        assert_eq!(event_key("moon.landed"), None);
    }

    #[test]
    fn the_reasons_of_logins_have_words() {
        for reason in
            [ModeReason::TenantRule, ModeReason::Usual, ModeReason::NewBrowser, ModeReason::FactorsChange]
        {
            assert!(reason_key(reason.as_str()).is_some(), "{reason:?}");
        }
    }
}
