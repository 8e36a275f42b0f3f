//! Which audit lines somebody looks for.

use std::net::IpAddr;

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

#[cfg(test)]
mod tests {
    use super::*;

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
