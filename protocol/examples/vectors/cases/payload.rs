//! Deviations that every payload can have, whatever its type.

use serde_json::{Value, json};

use super::bench::TestKey;
use super::{Made, Vector};

/// Signs `payload` as `typ`.
pub(crate) fn signed(key: &TestKey, typ: &str, payload: &Value) -> Made<String> {
    key.statement(key.header(typ), payload.to_string())
}

/// `base` with one member set.
pub(crate) fn with(base: &Value, member: &str, value: Value) -> Value {
    let mut out = base.clone();
    out[member] = value;
    out
}

/// `base` without one member.
pub(crate) fn without(base: &Value, member: &str) -> Value {
    let mut out = base.clone();
    if let Some(members) = out.as_object_mut() {
        members.remove(member);
    }
    out
}

/// A bad payload: name, what it is, the payload.
pub(crate) type Bad = (String, String, Value);

/// A payload with one member set to something that it must not be.
pub(crate) fn bad(base: &Value, name: &str, what: &str, member: &str, value: Value) -> Bad {
    (name.to_owned(), what.to_owned(), with(base, member, value))
}

/// Each member missing, each of another kind, each `null`; one unknown. `optional` may be missing.
pub(crate) fn deviations(base: &Value, optional: &[&str]) -> Vec<Bad> {
    let mut out = Vec::new();
    for (member, value) in base.as_object().into_iter().flatten() {
        if !optional.contains(&member.as_str()) {
            let what = format!("The member {member} is missing.");
            out.push((format!("missing_{member}"), what, without(base, member)));
        }
        let other = if value.is_string() { json!(1) } else { json!("1") };
        let what = format!("The member {member} is of another JSON type.");
        out.push(bad(base, &format!("wrong_type_{member}"), &what, member, other));
        let what = format!("The member {member} is null: absent is the only way to say nothing.");
        out.push(bad(base, &format!("null_{member}"), &what, member, Value::Null));
    }
    out.push(bad(base, "unknown_member", "A member that this type does not have.", "extra", json!("x")));
    out
}

/// The spellings of `iat` that are no `NumericDate` in whole seconds.
pub(crate) fn bad_times(base: &Value) -> Vec<Bad> {
    vec![
        bad(base, "iat_fraction", "Seconds are whole.", "iat", json!(1_800_000_000.5)),
        bad(
            base,
            "iat_written_as_fraction",
            "A whole number written 1800000000.0.",
            "iat",
            json!(1_800_000_000.0),
        ),
        bad(base, "iat_text", "A date is a number of seconds.", "iat", json!("2027-01-15T08:00:00Z")),
        bad(base, "iat_beyond_64_bits", "The number does not fit 64 bits.", "iat", json!(u64::MAX)),
    ]
}

/// The spellings of an id that are not the one.
pub(crate) fn bad_ids(base: &Value, member: &str) -> Vec<Bad> {
    let spelt =
        |name: &str, what: &str, id: &str| bad(base, &format!("{name}_{member}"), what, member, json!(id));
    vec![
        spelt("upper_case", "An id is spelt in lower case.", "019A0000-0000-7000-8000-0000000000AB"),
        spelt("no_hyphens", "An id is spelt with hyphens.", "019a000000007000800000000000000b"),
        spelt("braced", "An id has no braces.", "{019a0000-0000-7000-8000-0000000000ab}"),
        spelt("urn", "An id is no URN.", "urn:uuid:019a0000-0000-7000-8000-0000000000ab"),
        spelt("empty", "An id is not empty.", ""),
    ]
}

/// The spellings of a byte string that are not the one.
pub(crate) fn bad_bytes(base: &Value, member: &str) -> Vec<Bad> {
    let text = base[member].as_str().unwrap_or_default();
    let spelt = |name: &str, what: &str, text: String| {
        bad(base, &format!("{name}_{member}"), what, member, json!(text))
    };
    let shorter: String = text.chars().take(text.len().saturating_sub(4)).collect();
    vec![
        spelt("padded", "A byte string has no padding.", format!("{text}=")),
        spelt("short", "A byte string has its exact length.", shorter),
        spelt("long", "A byte string has its exact length.", format!("AAAA{text}")),
        spelt("spare_bits", "The last character's spare bits are zero.", spare_bits(text)),
    ]
}

/// Sets the lowest bit of the last character, which decodes to nothing.
fn spare_bits(text: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let Some(last) = text.chars().last() else { return String::new() };
    let value = ALPHABET.find(last).unwrap_or(0) | 1;
    let other = ALPHABET.chars().nth(value).unwrap_or('B');
    format!("{}{other}", text.strip_suffix(last).unwrap_or(text))
}

/// Signs each bad payload; all of them are refused as `payload`.
pub(crate) fn refused(key: &TestKey, typ: &str, bad: Vec<Bad>) -> Made<Vec<Vector>> {
    bad.into_iter()
        .map(|(name, what, payload)| Ok(key.refuses(&name, &what, signed(key, typ, &payload)?, "payload")))
        .collect()
}
