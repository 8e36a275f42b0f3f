//! `countersign-request+jwt`: what the server asks the phone.

use serde_json::{Value, json};

use super::bench::{Bench, b64, sha256};
use super::payload::{bad, bad_bytes, bad_ids, bad_times, deviations, refused, signed, with};
use super::{File, Made};

pub(crate) const TYP: &str = "countersign-request+jwt";

/// A request that is answered by a tap.
pub(crate) fn base() -> Value {
    json!({
        "iss": "https://sign-in.example",
        "aud": "019a0000-0000-7000-8000-0000000000d1",
        "sub": "019a0000-0000-7000-8000-0000000000a1",
        "login": "019a0000-0000-7000-8000-0000000000f1",
        "nonce": b64([9; 32]),
        "application": "Sample Works",
        "browser": "Firefox",
        "system": "Windows",
        "address": "192.0.2.17",
        "place": { "named": "Kyoto, Japan" },
        "iat": 1_800_000_000,
        "exp": 1_800_000_300,
        "binding": sha256("the secret in the login cookie"),
        "mode": "tap",
    })
}

pub(crate) fn file(bench: &Bench) -> Made<File> {
    let (key, base) = (&bench.tenant, base());
    let mut vectors = Vec::new();
    let valid = [
        ("tap", "Answered by a tap and a biometric.", base.clone()),
        ("number", "Answered with two digits.", with(&base, "mode", json!({ "number": { "digits": 2 } }))),
        (
            "six_digits",
            "Answered with six digits.",
            with(&base, "mode", json!({ "number": { "digits": 6 } })),
        ),
        ("this_computer", "From the server's own computer.", with(&base, "place", json!("this_computer"))),
        ("private_network", "From a private network.", with(&base, "place", json!("private_network"))),
        ("unknown_place", "From nobody knows where.", with(&base, "place", json!("unknown"))),
        ("ipv6", "From an IPv6 address.", with(&base, "address", json!("2001:db8::17"))),
        ("japanese", "Text is UTF-8.", with(&base, "application", json!("見本製作所 🔑"))),
        ("confirm", "For a change, not for a sign-in.", with(&base, "purpose", json!("confirm"))),
        ("empty_text", "Text may be empty.", with(&base, "browser", json!(""))),
    ];
    for (name, what, payload) in valid {
        vectors.push(key.accepts(name, what, signed(key, TYP, &payload)?, payload));
    }
    vectors.push(key.refuses(
        "by_device_key",
        "Only the tenant's key asks.",
        signed(&bench.device, TYP, &base)?,
        "unknown_key",
    ));
    vectors.extend(refused(key, TYP, wrong(&base))?);
    let about =
        "Approval requests, verified with the tenant's key. The phone still compares iss, aud and its clock.";
    Ok(File { name: "request", about, typ: TYP, vectors })
}

fn wrong(base: &Value) -> Vec<super::payload::Bad> {
    let mut wrong = deviations(base, &[]);
    wrong.extend(bad_times(base));
    for id in ["aud", "sub", "login"] {
        wrong.extend(bad_ids(base, id));
    }
    for bytes in ["nonce", "binding"] {
        wrong.extend(bad_bytes(base, bytes));
    }
    let place = |name, what, value| bad(base, name, what, "place", value);
    let mode = |name, what, value| bad(base, name, what, "mode", value);
    wrong.extend([
        place("place_unknown_word", "A place that does not exist.", json!("moon")),
        place("place_as_object_of_null", "A word has one spelling.", json!({ "unknown": null })),
        place("place_named_twice_over", "Two places.", json!({ "named": "Kyoto", "unknown": "x" })),
        place("place_without_name", "A named place has a name.", json!("named")),
        place("place_list", "Statements have no arrays.", json!(["Kyoto"])),
        bad(base, "purpose_unknown_word", "A purpose that does not exist.", "purpose", json!("wink")),
        bad(base, "purpose_null", "What is not said is left out.", "purpose", Value::Null),
        mode("mode_unknown_word", "A mode that does not exist.", json!("wink")),
        mode("mode_in_capitals", "Words are lower case.", json!("Tap")),
        mode("mode_as_object_of_null", "A word has one spelling.", json!({ "tap": null })),
        mode("mode_number_without_digits", "The digits are not said.", json!({ "number": {} })),
        mode("mode_number_as_word", "The digits are not said.", json!("number")),
        mode("mode_number_list", "Statements have no arrays.", json!({ "number": [2] })),
        mode("mode_digits_text", "Digits are a number.", json!({ "number": { "digits": "2" } })),
        mode("mode_digits_negative", "Fewer than none.", json!({ "number": { "digits": -2 } })),
        mode("mode_digits_beyond_a_byte", "More than 255.", json!({ "number": { "digits": 256 } })),
        mode(
            "mode_unknown_member",
            "Nested members count too.",
            json!({ "number": { "digits": 2, "x": 1 } }),
        ),
    ]);
    wrong
}
