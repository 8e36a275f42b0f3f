//! Which audit lines somebody looks for.

use std::net::IpAddr;
use std::time::Duration;

use countersign_protocol::ids::UserId;
use countersign_protocol::time::Timestamp;

use super::event::{AuditResult, EVENTS, family_of, result_of};
use crate::domain::actor::Actor;

/// Which audit lines somebody looks for: those that meet all that is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// What happened: an event, or a family of them.
    pub what: Option<String>,
    /// What came of it.
    pub result: Option<AuditResult>,
    /// To whom.
    pub user: Option<UserId>,
    /// Who did it.
    pub actor: Option<Actor>,
    /// From where.
    pub address: Option<IpAddr>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    /// The events that are looked for; none if any is.
    #[must_use]
    pub fn events(&self) -> Option<Vec<String>> {
        if self.what.is_none() && self.result.is_none() {
            return None;
        }
        let meets = |event: &str| {
            let named = self.what.as_deref().is_none_or(|what| what == event || what == family_of(event));
            named && self.result.is_none_or(|result| result == result_of(event))
        };
        let known = EVENTS.iter().map(|(event, _)| *event);
        let mut events: Vec<String> = known.filter(|event| meets(event)).map(str::to_owned).collect();
        // One that is written no more, or not yet, can be looked for by its name.
        if let Some(what) = self.what.as_ref().filter(|what| what.contains('.') && !events.contains(what)) {
            events.extend(meets(what).then(|| what.clone()));
        }
        Some(events)
    }

    /// Whether it leaves nothing out.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }
}

/// The beginning of a day in UTC, written as `2026-11-22`.
#[must_use]
pub fn day(text: &str) -> Option<Timestamp> {
    let day: jiff::civil::Date = text.trim().parse().ok().filter(|_| text.trim().len() == 10)?;
    let begin = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp::from_micros(begin.timestamp().as_microsecond()))
}

/// The end of a day in UTC, written as `2026-11-22`.
#[must_use]
pub fn end_of_day(text: &str) -> Option<Timestamp> {
    Some(day(text)? + Duration::from_hours(24))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_utc_and_the_last_one_counts() {
        assert_eq!(day("2026-11-22"), Some(Timestamp::from_seconds(1_795_305_600)));
        assert_eq!(end_of_day("2026-11-22"), day(" 2026-11-23 "));
        for not in ["", "22.11.2026", "2026-11", "2026-02-30", "2026-11-22T10:00"] {
            assert_eq!(day(not), None, "{not}");
        }
    }

    fn events(what: Option<&str>, result: Option<AuditResult>) -> Option<Vec<String>> {
        AuditFilter { what: what.map(str::to_owned), result, ..AuditFilter::default() }.events()
    }

    #[test]
    fn an_event_a_family_and_a_result_name_the_events_to_look_for() {
        assert_eq!(events(None, None), None);
        assert_eq!(events(Some("login.denied"), None), Some(vec!["login.denied".into()]));
        assert_eq!(
            events(Some("pairing"), Some(AuditResult::Failed)),
            Some(vec!["pairing.wrong_code".into()])
        );
        assert_eq!(events(Some("login.denied"), Some(AuditResult::Succeeded)), Some(Vec::new()));
        assert_eq!(events(Some("old.event"), None), Some(vec!["old.event".into()]));
        assert_eq!(events(Some("log"), None), Some(Vec::new()));
        assert!(events(None, Some(AuditResult::Refused)).unwrap().contains(&"browser.copied".to_owned()));
    }
}
