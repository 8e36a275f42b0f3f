//! Every event that an audit line can tell of, and what came of it.

/// What came of what an audit line tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditResult {
    /// It was done.
    Succeeded,
    /// Somebody said no, or a rule did.
    Refused,
    /// It was tried, and was wrong or too late.
    Failed,
    /// It was begun; what comes of it is told by another line.
    Asked,
    /// It is told for the record.
    Noted,
}

impl AuditResult {
    /// Each of them.
    pub const ALL: [Self; 5] = [Self::Succeeded, Self::Refused, Self::Failed, Self::Asked, Self::Noted];

    /// As the database, exports and forms spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Asked => "asked",
            Self::Noted => "noted",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.as_str() == text)
    }
}

use AuditResult::{Asked, Failed, Noted, Refused, Succeeded};

/// Every event with its result, family by family. A family is what stands before the dot.
pub const EVENTS: &[(&str, AuditResult)] = &[
    ("login.started", Asked),
    ("login.asked_again", Asked),
    ("login.seen", Noted),
    ("login.approved", Succeeded),
    ("login.denied", Refused),
    ("login.reported", Refused),
    ("login.wrong_number", Failed),
    ("login.wrong_code", Failed),
    ("login.proved", Succeeded),
    ("login.set_up", Succeeded),
    ("login.refused", Refused),
    ("login.expired", Failed),
    ("login.not_completed", Failed),
    ("session.started", Succeeded),
    ("session.confirmed", Succeeded),
    ("session.confirm_failed", Failed),
    ("session.ended", Succeeded),
    ("session.signed_out", Succeeded),
    ("email_code.sent", Asked),
    ("pairing.offered", Asked),
    ("pairing.claimed", Asked),
    ("pairing.claimed_twice", Refused),
    ("pairing.wrong_code", Failed),
    ("pairing.refused", Refused),
    ("device.added", Succeeded),
    ("device.removed", Succeeded),
    ("device.renamed", Succeeded),
    ("device.push_changed", Noted),
    ("authenticator.offered", Asked),
    ("authenticator.added", Succeeded),
    ("authenticator.wrong_code", Failed),
    ("authenticator.removed", Succeeded),
    ("passkey.added", Succeeded),
    ("passkey.renamed", Succeeded),
    ("passkey.removed", Succeeded),
    ("passkey.refused", Refused),
    ("recovery_codes.made", Succeeded),
    ("browser.forgotten", Succeeded),
    ("browser.copied", Refused),
    ("recovery.asked", Asked),
    ("recovery.opened", Noted),
    ("recovery.waiting", Asked),
    ("recovery.proved", Succeeded),
    ("recovery.wrong_code", Failed),
    ("recovery.stopped", Refused),
    ("recovery.stopped_by_sign_in", Refused),
    ("recovery.done", Succeeded),
    ("factors.reset", Succeeded),
    ("factors.turned_off_by_owner", Succeeded),
    ("factors.suspended", Refused),
    ("second_factor.turned_on", Succeeded),
    ("second_factor.turned_off", Succeeded),
    ("reset.asked", Asked),
    ("reset.refused", Refused),
    ("reset.lapsed", Failed),
    ("user.added", Succeeded),
    ("user.disabled", Succeeded),
    ("user.enabled", Succeeded),
    ("user.unlocked", Succeeded),
    ("user.email_changed", Succeeded),
    ("user.password_changed", Succeeded),
    ("user.password_set", Succeeded),
    ("user.new_password_required", Succeeded),
    ("user.imported", Succeeded),
    ("user.name_changed", Succeeded),
    ("user.role_changed", Succeeded),
    ("user.type_changed", Succeeded),
    ("user.act_refused", Refused),
    ("users.exported", Noted),
    ("job.begun", Asked),
    ("job.stopped", Succeeded),
    ("job.stop_refused", Refused),
    ("job.ended", Noted),
    ("tenant.added", Succeeded),
    ("tenant.policy_changed", Succeeded),
    ("tenant.facts_stated", Succeeded),
    ("tenant.push_limits_set", Succeeded),
    ("tenant.passkeys_set", Succeeded),
    ("tenant.host_added", Succeeded),
    ("tenant.host_removed", Succeeded),
    ("tenant.main_host_set", Succeeded),
    ("tenant.brand_changed", Succeeded),
    ("tenant.change_refused", Refused),
    ("audit.exported", Noted),
    ("audit.head_renewed", Noted),
    ("audit.receipt_taken", Noted),
];

/// What comes of an event. An event that is not known is noted, and no more is said of it.
#[must_use]
pub fn result_of(event: &str) -> AuditResult {
    EVENTS.iter().find(|(name, _)| *name == event).map_or(Noted, |(_, result)| *result)
}

/// The family of an event: what stands before the dot.
#[must_use]
pub fn family_of(event: &str) -> &str {
    event.split_once('.').map_or(event, |(family, _)| family)
}

/// Each family, in the order of [`EVENTS`].
#[must_use]
pub fn families() -> Vec<&'static str> {
    let mut families: Vec<_> = EVENTS.iter().map(|(name, _)| family_of(name)).collect();
    families.dedup();
    families
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    /// The files under a folder of this crate, without tests.
    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => files(&path, found),
                false if path.ends_with("tests.rs") => {}
                false => found.push(path),
            }
        }
    }

    /// Texts between quotes that read as an event does: in use cases, of whatever family.
    fn events_in(source: &str, any_family: bool) -> impl Iterator<Item = &str> {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        code.split('"').filter(move |text| {
            let word =
                |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            text.split_once('.').is_some_and(|(family, rest)| {
                word(rest) && word(family) && (any_family || families().contains(&family))
            })
        })
    }

    #[test]
    fn every_event_that_the_code_names_is_in_the_table() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut found = Vec::new();
        for folder in ["app", "domain"] {
            files(&source.join(folder), &mut found);
        }
        let app = source.join("app");
        let table: BTreeSet<_> = EVENTS.iter().map(|(name, _)| *name).collect();
        let mut seen = 0;
        for file in found.iter().filter(|file| !file.ends_with("audit/event.rs")) {
            let text = std::fs::read_to_string(file).unwrap();
            for event in events_in(&text, file.starts_with(&app)) {
                assert!(table.contains(event), "{}: {event} has no line in EVENTS", file.display());
                seen += 1;
            }
        }
        assert!(seen > 50, "the sources were not read");
    }

    /// Each call of `self.audit(…)` names its event, or gets it from a function of its file.
    #[test]
    fn no_family_is_written_that_the_table_does_not_have() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/app");
        let mut found = Vec::new();
        files(&source, &mut found);
        for file in found {
            let text = std::fs::read_to_string(&file).unwrap();
            for call in text.split("self.audit(").skip(1) {
                let arguments: String = call.chars().take(160).collect();
                let Some(event) = arguments.split("json!").next().and_then(|head| head.split('"').nth(1))
                else {
                    continue;
                };
                // One that is empty is filled in later, from a list that the other test reads.
                let known = event.is_empty() || EVENTS.iter().any(|(name, _)| *name == event);
                assert!(known, "{}: {event}", file.display());
            }
        }
    }

    #[test]
    fn an_event_is_named_once_and_families_stand_together() {
        let names: BTreeSet<_> = EVENTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), EVENTS.len());
        let families = families();
        assert_eq!(families.iter().collect::<BTreeSet<_>>().len(), families.len(), "{families:?}");
        assert_eq!(result_of("login.denied"), Refused);
        assert_eq!(result_of("moon.landed"), Noted);
    }

    #[test]
    fn every_result_has_one_spelling() {
        for result in AuditResult::ALL {
            assert_eq!(AuditResult::parse(result.as_str()), Some(result));
        }
        assert_eq!(AuditResult::parse("Succeeded"), None);
    }
}
