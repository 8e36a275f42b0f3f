//! Header members, algorithm, type, and which key.

use serde_json::{Value, json};

use super::super::bench::{Bench, TestKey, b64};
use super::super::payload::{signed, with, without};
use super::super::{Made, Vector};
use super::{TYP, base};

pub(crate) fn vectors(bench: &Bench) -> Made<Vec<Vector>> {
    let key = &bench.device;
    let mut out = members(key)?;
    out.extend(algorithms(key)?);
    out.extend(types(key)?);
    Ok(out)
}

fn header(key: &TestKey) -> Value {
    json!({ "alg": "ES256", "typ": TYP, "kid": key.kid() })
}

fn members(key: &TestKey) -> Made<Vec<Vector>> {
    let plain = header(key);
    let kid = key.kid();
    let of = |header: &str| key.statement(header, base().to_string());
    let wrong = |name, what, header: Value| -> Made<Vector> {
        Ok(key.refuses(name, what, of(&header.to_string())?, "header_members"))
    };
    let extra = |name, member: &str, value| wrong(name, "A fourth member.", with(&plain, member, value));
    let twice = |name, what, first: &str| -> Made<Vector> {
        let header = format!(r#"{{{first},"alg":"ES256","typ":"{TYP}","kid":"{kid}"}}"#);
        Ok(key.refuses(name, what, of(&header)?, "duplicate_member"))
    };
    let reordered = format!(r#"{{ "kid":"{kid}", "\u0061lg":"ES256", "typ":"{TYP}" }}"#);
    let made: Made<Vec<Vector>> = [
        Ok(key.accepts(
            "header_in_other_order",
            "Order, white space and escapes are no matter.",
            of(&reordered)?,
            base(),
        )),
        extra("header_crit", "crit", json!(["b64"])),
        extra("header_b64", "b64", json!(false)),
        extra("header_jwk", "jwk", key.jwk()),
        extra("header_jku", "jku", json!("https://keys.example/jwks")),
        extra("header_x5c", "x5c", json!(["MIIB"])),
        extra("header_x5u", "x5u", json!("https://keys.example/chain")),
        extra("header_x5t", "x5t#S256", json!(kid)),
        extra("header_cty", "cty", json!("JWT")),
        extra("header_zip", "zip", json!("DEF")),
        extra("header_unknown_member", "x", json!("y")),
        extra("header_alg_in_capitals_too", "ALG", json!("none")),
        wrong("header_without_alg", "No algorithm.", without(&plain, "alg")),
        wrong("header_without_typ", "No type.", without(&plain, "typ")),
        wrong("header_without_kid", "No key.", without(&plain, "kid")),
        wrong("header_null_alg", "Statements have no null.", with(&plain, "alg", Value::Null)),
        wrong("header_alg_list", "Statements have no arrays.", with(&plain, "alg", json!(["ES256"]))),
        wrong("header_kid_number", "kid is a string.", with(&plain, "kid", json!(1))),
        wrong("header_kid_empty", "kid is a SHA-256 thumbprint.", with(&plain, "kid", json!(""))),
        wrong("header_kid_short", "kid is a SHA-256 thumbprint.", with(&plain, "kid", json!(b64([1; 31])))),
        wrong("header_kid_padded", "kid has one spelling.", with(&plain, "kid", json!(format!("{kid}=")))),
        wrong("header_list", "Values without names.", json!(["ES256", TYP, kid])),
        wrong("header_text", "A string.", json!("ES256")),
        wrong("header_null", "Statements have no null.", Value::Null),
        wrong("header_empty_object", "No members.", json!({})),
        twice("header_duplicate_alg", "The algorithm twice.", r#""alg":"none""#),
        twice("header_duplicate_typ", "The type twice.", r#""typ":"countersign-decision+jwt""#),
        twice("header_duplicate_kid", "The key twice.", &format!(r#""kid":"{kid}""#)),
        twice("header_duplicate_escaped", "Twice, in two spellings.", r#""\u0061lg":"ES256""#),
        twice("header_duplicate_nested", "Twice, deeper down.", r#""jwk":{"x":1,"x":2}"#),
        Ok(key.refuses("header_not_json", "Text.", of("ES256")?, "not_json")),
        Ok(key.refuses("header_twice", "Two values.", of(&format!("{plain}{plain}"))?, "not_json")),
    ]
    .into_iter()
    .collect();
    made
}

fn algorithms(key: &TestKey) -> Made<Vec<Vector>> {
    let mut out = Vec::new();
    let named = [
        ("alg_rs256", "RS256"),
        ("alg_es384", "ES384"),
        ("alg_es256k", "ES256K"),
        ("alg_eddsa", "EdDSA"),
        ("alg_ps256", "PS256"),
        ("alg_lower_case", "es256"),
        ("alg_with_space", "ES256 "),
        ("alg_none_signed", "none"),
        ("alg_empty", ""),
    ];
    for (name, alg) in named {
        let header = with(&header(key), "alg", json!(alg)).to_string();
        let statement = key.statement(header, base().to_string())?;
        out.push(key.refuses(
            name,
            "Another algorithm's name over a good ES256 signature.",
            statement,
            "algorithm",
        ));
    }
    for (name, alg) in [("alg_none", "none"), ("alg_none_capitals", "NONE")] {
        let header = with(&header(key), "alg", json!(alg)).to_string();
        let statement = format!("{}.{}.", b64(header), b64(base().to_string()));
        out.push(key.refuses(name, "Not signed at all.", statement, "algorithm"));
    }
    let header = with(&header(key), "alg", json!("HS256")).to_string();
    let input = format!("{}.{}", b64(header), b64(base().to_string()));
    // The classic confusion: the public key as a shared secret.
    let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key.jwk().to_string().as_bytes());
    let tag = ring::hmac::sign(&secret, input.as_bytes());
    let what = "A MAC whose secret is the public key.";
    out.push(key.refuses("alg_hs256", what, format!("{input}.{}", b64(tag)), "algorithm"));
    Ok(out)
}

fn types(key: &TestKey) -> Made<Vec<Vector>> {
    [
        ("typ_pairing", "Another statement's type.", "countersign-pairing+jwt", "wrong_type"),
        ("typ_request", "Another statement's type.", "countersign-request+jwt", "wrong_type"),
        ("typ_decision", "Another statement's type.", "countersign-decision+jwt", "wrong_type"),
        ("typ_jwt", "Any token's type.", "JWT", "unknown_type"),
        ("typ_unknown", "A type that does not exist.", "countersign-order+jwt", "unknown_type"),
        ("typ_empty", "No type.", "", "unknown_type"),
        ("typ_in_capitals", "A type has one spelling.", "COUNTERSIGN-CALL+JWT", "unknown_type"),
        ("typ_with_prefix", "A type has one spelling.", "application/countersign-call+jwt", "unknown_type"),
        ("typ_variant_name", "A name from some program's inside.", "Call", "unknown_type"),
    ]
    .into_iter()
    .map(|(name, what, typ, error)| Ok(key.refuses(name, what, signed(key, typ, &base())?, error)))
    .collect()
}

/// Which key: named, held, used.
pub(crate) fn keys(bench: &Bench) -> Made<Vec<Vector>> {
    let (key, stranger) = (&bench.device, &bench.stranger);
    let text = base().to_string();
    Ok(vec![
        key.refuses(
            "kid_unknown",
            "Well signed, by a key that the verifier does not hold.",
            stranger.statement(stranger.header(TYP), &text)?,
            "unknown_key",
        ),
        key.refuses(
            "kid_of_other_key",
            "Signed by the right key, with another key's name on it.",
            key.statement(stranger.header(TYP), &text)?,
            "unknown_key",
        ),
        key.refuses(
            "signed_by_other_key",
            "Signed by another key, with the right key's name on it.",
            stranger.statement(key.header(TYP), &text)?,
            "signature",
        ),
    ])
}
