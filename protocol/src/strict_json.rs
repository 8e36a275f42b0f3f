//! Strict JSON, in which a value has as few spellings as serde alone would leave it:
//!
//! * no object names a member twice, at any depth (RFC 7515, section 4);
//! * there are no arrays, since serde reads a struct out of one as well;
//! * there is no `null`, since serde takes it for an absent member and, in `{"approve": null}`, for
//!   an enum's variant.
//!
//! No statement needs an array or `null`.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// Why some bytes are not strict JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotStrict {
    /// They are not JSON at all.
    Syntax,
    /// An object names a member twice.
    DuplicateMember,
    /// An array or `null`.
    Unwanted,
}

/// Walks the whole value once, keeping nothing.
pub(crate) fn check(bytes: &[u8]) -> Result<(), NotStrict> {
    let found = Cell::new(None);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let walked = Walk { found: &found }.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    // Bytes that are not JSON are called so, whatever was found in them before.
    match walked {
        Err(_) => Err(NotStrict::Syntax),
        Ok(()) => found.get().map_or(Ok(()), Err),
    }
}

/// Carries what was found, duplicates before the rest; the walk goes on to the end.
#[derive(Clone, Copy)]
struct Walk<'a> {
    found: &'a Cell<Option<NotStrict>>,
}

impl Walk<'_> {
    fn find(self, what: NotStrict) {
        if self.found.get() != Some(NotStrict::DuplicateMember) {
            self.found.set(Some(what));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("strict JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !seen.insert(name) {
                self.find(NotStrict::DuplicateMember);
            }
            map.next_value_seed(self)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.find(NotStrict::Unwanted);
        while seq.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.find(NotStrict::Unwanted);
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_values_pass() {
        for json in [r#"{}"#, r#"{"a":1,"b":{"a":"x"},"c":true}"#, "1", "-1.5e3", r#""text""#, " {} "] {
            assert_eq!(check(json.as_bytes()), Ok(()), "{json}");
        }
    }

    #[test]
    fn a_member_given_twice_is_found_at_any_depth_and_in_any_spelling() {
        for json in [
            r#"{"a":1,"a":1}"#,
            r#"{"x":{"a":1,"b":2,"a":3}}"#,
            r#"{"x":[{"a":1,"a":3}]}"#,
            r#"{"a":1,"a":[null]}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"":1,"":2}"#,
        ] {
            assert_eq!(check(json.as_bytes()), Err(NotStrict::DuplicateMember), "{json}");
        }
    }

    #[test]
    fn arrays_and_null_are_found_at_any_depth() {
        for json in
            ["[]", "null", r#"{"a":[]}"#, r#"{"a":null}"#, r#"{"a":{"b":[1]}}"#, r#"{"a":{"b":null}}"#]
        {
            assert_eq!(check(json.as_bytes()), Err(NotStrict::Unwanted), "{json}");
        }
    }

    #[test]
    fn what_is_not_json_is_called_so() {
        let deep = format!("{}1{}", r#"{"a":"#.repeat(200), "}".repeat(200));
        for json in
            ["", "{", "{}{}", "{} x", "{'a':1}", "{\"a\":1,}", "nul", "NaN", "01", r#"{"a":"\ud800"}"#, &deep]
        {
            assert_eq!(check(json.as_bytes()), Err(NotStrict::Syntax), "{json}");
        }
        assert_eq!(check(b"{\"a\":1,\"a\":2"), Err(NotStrict::Syntax), "the end is missing");
        assert_eq!(check(b"\"\xff\""), Err(NotStrict::Syntax), "not UTF-8");
        assert_eq!(check(b"\xef\xbb\xbf{}"), Err(NotStrict::Syntax), "a byte order mark");
    }
}
