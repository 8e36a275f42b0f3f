//! Audit lines as the page shows them.

use std::collections::BTreeMap;

use countersign_protocol::ids::UserId;
use serde_json::Value;

use crate::app::{AuditPageOfLines, FoundLine};
use crate::domain::actor::Actor;
use crate::domain::audit::event::{AuditResult, result_of};
use crate::web::{AuditActor, AuditLineRow, Lang, for_people};

/// The events of which there are receipts.
const DECISIONS: [&str; 4] = ["login.approved", "login.denied", "login.reported", "login.wrong_number"];

/// The lines of a page.
pub(super) fn rows(found: AuditPageOfLines, lang: Lang) -> Vec<AuditLineRow> {
    let AuditPageOfLines { lines, people, .. } = found;
    lines.into_iter().map(|line| row(line, &people, lang)).collect()
}

fn row(found: FoundLine, people: &BTreeMap<UserId, (String, String)>, lang: Lang) -> AuditLineRow {
    let FoundLine { line, place } = found;
    // A line whose particulars cannot be read still says what happened.
    let detail: Value = serde_json::from_str(&line.detail).unwrap_or_default();
    let text = |name: &str| detail[name].as_str().map(str::to_owned);
    let receipt = DECISIONS.contains(&line.event.as_str()).then(|| text("login")).flatten();
    AuditLineRow {
        at: for_people(line.at, lang),
        result: line.result.as_deref().and_then(AuditResult::parse).unwrap_or_else(|| result_of(&line.event)),
        user: line.user.map(|user| people.get(&user).cloned()),
        actor: actor(line.actor.as_deref(), line.user, people),
        address: line.address.clone(),
        reason: text("reason").or_else(|| text("why")).or_else(|| text("mode_reason")),
        rule: text("rule"),
        particulars: particulars(&detail),
        receipt,
        seq: place.map(|place| place.seq),
        event: line.event,
    }
}

fn actor(
    actor: Option<&str>,
    user: Option<UserId>,
    people: &BTreeMap<UserId, (String, String)>,
) -> AuditActor {
    match actor.and_then(Actor::parse) {
        None => AuditActor::Themselves,
        Some(Actor::CommandLine) => AuditActor::CommandLine,
        Some(Actor::Server) => AuditActor::Server,
        Some(Actor::User(actor)) if Some(actor) == user => AuditActor::Themselves,
        Some(Actor::User(actor)) => {
            let called =
                |(name, email): &(String, String)| if name.is_empty() { email } else { name }.clone();
            AuditActor::User(people.get(&actor).map(called))
        }
    }
}

/// All that the line says, by name.
fn particulars(detail: &Value) -> Vec<(String, String)> {
    let shown = |(name, value): (&String, &Value)| match value {
        Value::Null => None,
        Value::String(text) => Some((name.clone(), text.clone())),
        other => Some((name.clone(), other.to_string())),
    };
    detail.as_object().into_iter().flatten().filter_map(shown).collect()
}
