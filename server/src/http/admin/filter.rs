//! What users are looked for by, as addresses and forms spell it.

use crate::domain::directory::{Action, Filter, Holds};
use crate::domain::factor::Factor;
use crate::domain::policy::Policy;
use crate::domain::user::Role;
use crate::http::form::Pairs;

/// The filter of an address or a form; none if a part of it cannot be read: to leave that out would mean more users
/// than were meant.
pub(super) fn filter_of(pairs: &Pairs) -> Option<Filter> {
    Some(Filter {
        search: pairs.get("q").map(str::to_owned),
        role: read(pairs, "role", Role::parse)?,
        user_type: pairs.get("type").map(str::to_owned),
        untyped: false,
        disabled: read(pairs, "state", |state| one_of(state, "disabled", "active"))?,
        chosen: read(pairs, "chosen", |chosen| one_of(chosen, "on", "off"))?,
        holds: read(pairs, "holds", holds)?,
    })
}

/// What a field says, if it is there; none if it says nothing that is known.
fn read<T>(pairs: &Pairs, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    match pairs.get(name) {
        None => Some(None),
        Some(text) => parse(text).map(Some),
    }
}

fn one_of(text: &str, yes: &str, no: &str) -> Option<bool> {
    if text == yes { Some(true) } else { (text == no).then_some(false) }
}

fn holds(text: &str) -> Option<Holds> {
    match text {
        "nothing" => Some(Holds::Nothing),
        "something" => Some(Holds::Something),
        _ => Factor::parse(text).filter(|factor| Factor::OWN.contains(factor)).map(Holds::This),
    }
}

/// As forms spell what users hold.
pub(super) fn spell_holds(holds: Holds) -> &'static str {
    match holds {
        Holds::Nothing => "nothing",
        Holds::Something => "something",
        Holds::This(factor) => factor.as_str(),
    }
}

/// The filter as fields of a form or an address.
pub(super) fn fields(filter: &Filter) -> Vec<(&'static str, String)> {
    let flag =
        |value: Option<bool>, yes: &str, no: &str| value.map(|is| if is { yes } else { no }.to_owned());
    [
        ("q", filter.search.clone()),
        ("role", filter.role.map(|role| role.as_str().to_owned())),
        ("type", filter.user_type.clone()),
        ("state", flag(filter.disabled, "disabled", "active")),
        ("chosen", flag(filter.chosen, "on", "off")),
        ("holds", filter.holds.map(|holds| spell_holds(holds).to_owned())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

/// The filter as it stands in an address, with a question mark, and more fields; nothing if there is none.
pub(super) fn query(filter: &Filter, more: Option<(&str, &str)>) -> String {
    let mut written = url::form_urlencoded::Serializer::new(String::new());
    written.extend_pairs(fields(filter)).extend_pairs(more);
    let written = written.finish();
    if written.is_empty() { written } else { format!("?{written}") }
}

/// What can be done under a policy, as forms spell it, by somebody of this role.
pub(super) fn actions(policy: &Policy, role: Role) -> Vec<(String, Action)> {
    let mut all = Vec::new();
    let mut add = |name: &str, action| all.push((name.to_owned(), action));
    if policy.chooses_users() {
        add("turn-on", Action::TurnOn);
        if role >= policy.turned_off_by {
            add("turn-off", Action::TurnOff);
        }
    }
    add("unlock", Action::Unlock);
    add("end-sessions", Action::EndSessions);
    if !policy.resets_need_two {
        add("reset", Action::Reset);
    }
    add("disable", Action::Disable);
    add("enable", Action::Enable);
    for name in &policy.user_types {
        add(&format!("type-{name}"), Action::SetType(Some(name.clone())));
    }
    if !policy.user_types.is_empty() {
        add("no-type", Action::SetType(None));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_as_it_was_written() {
        let filter = Filter {
            search: Some("‘東京’ & =%".into()),
            role: Some(Role::Administrator),
            user_type: Some("staff of x".into()),
            untyped: false,
            disabled: Some(false),
            chosen: Some(true),
            holds: Some(Holds::This(Factor::Totp)),
        };
        for filter in [filter, Filter::default(), Filter { holds: Some(Holds::Nothing), ..Filter::default() }]
        {
            let query = query(&filter, None);
            assert_eq!(filter_of(&Pairs::of_query(query.trim_start_matches('?'))), Some(filter), "{query}");
        }
        assert_eq!(filter_of(&Pairs::of_query("role=&holds=&q=+")), Some(Filter::default()));
    }

    #[test]
    fn a_filter_of_which_a_part_cannot_be_read_is_none() {
        for query in ["role=king", "holds=email", "state=gone", "chosen=yes", "q=ada&role=king"] {
            assert_eq!(filter_of(&Pairs::of_query(query)), None, "{query}");
        }
    }
}
