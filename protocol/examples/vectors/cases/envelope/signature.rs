//! Signatures that are not what they should be, and what they should cover.

use serde_json::json;

use super::super::bench::{Bench, ORDER, TestKey, b64, der, negated, signature_of, with_signature};
use super::super::payload::with;
use super::super::{Made, Vector};
use super::{TYP, base};

pub(crate) fn vectors(bench: &Bench) -> Made<Vec<Vector>> {
    let key = &bench.device;
    let good = key.statement(key.header(TYP), base().to_string())?;
    let signature = signature_of(&good)?;
    let (r, s) = signature.split_at(32);
    let mut out = halves(key, &good, r, s);
    let wrong = |name, what, signature: &[u8], error| {
        key.refuses(name, what, with_signature(&good, signature), error)
    };
    let bit = |at: usize| {
        let mut flipped = signature;
        flipped[at] ^= 1;
        flipped
    };
    out.extend([
        wrong("signature_der", "DER, as phones' key stores give it.", &der(&signature), "signature_length"),
        wrong("signature_empty", "No signature.", &[], "signature_length"),
        wrong("signature_short", "63 bytes.", &signature[..63], "signature_length"),
        wrong("signature_long", "65 bytes.", &[&signature[..], &[0]].concat(), "signature_length"),
        wrong("signature_es384_length", "96 bytes.", &[1; 96], "signature_length"),
        wrong("signature_flipped_in_r", "One bit.", &bit(0), "signature"),
        wrong("signature_flipped_in_s", "One bit.", &bit(63), "signature"),
        wrong("signature_swapped", "s‖r.", &[s, r].concat(), "signature"),
        wrong("signature_zeros", "r = s = 0.", &[0; 64], "signature"),
        wrong("signature_ones", "All bits set.", &[0xff; 64], "signature"),
        wrong("signature_r_zero", "r = 0.", &[&[0; 32], s].concat(), "signature"),
        wrong("signature_s_zero", "s = 0.", &[r, &[0; 32]].concat(), "signature"),
        wrong("signature_r_order", "r = n.", &[&ORDER, s].concat(), "signature"),
        wrong("signature_s_order", "s = n.", &[r, &ORDER].concat(), "signature"),
        wrong("signature_r_and_s_one", "r = s = 1.", &one_and_one(), "signature"),
    ]);
    Ok(out)
}

fn one_and_one() -> [u8; 64] {
    let mut out = [0; 64];
    (out[31], out[63]) = (1, 1);
    out
}

/// ES256 asks for no half: both of a signature's spellings are good. What is used once is a
/// statement's `jti` or nonce, never its bytes.
fn halves(key: &TestKey, good: &str, r: &[u8], s: &[u8]) -> Vec<Vector> {
    let other = negated(s);
    let (low, high) = if s < &other[..] { (s, &other[..]) } else { (&other[..], s) };
    let signed = |s: &[u8]| with_signature(good, [r, s].concat());
    vec![
        key.accepts("low_s", "s in the lower half.", signed(low), base()),
        key.accepts("high_s", "s in the upper half: ES256 does not forbid it.", signed(high), base()),
    ]
}

/// Good signatures of something else.
pub(crate) fn tampered(bench: &Bench) -> Made<Vec<Vector>> {
    let key = &bench.device;
    let (header, payload) = (key.header(TYP), base().to_string());
    let good = key.statement(&header, &payload)?;
    let signature = signature_of(&good)?;
    let under = |header: &str, payload: &str| format!("{}.{}.{}", b64(header), b64(payload), b64(signature));
    let changed = with(&base(), "htm", json!("DELETE")).to_string();
    let respelt = header.replace(',', ", ");
    let over = |message: &[u8]| -> Made<String> { Ok(with_signature(&good, key.sign(message)?)) };
    let input = format!("{}.{}", b64(&header), b64(&payload));
    Ok(vec![
        key.refuses("payload_changed", "Changed after signing.", under(&header, &changed), "signature"),
        key.refuses(
            "payload_respelt",
            "The same JSON in other bytes.",
            under(&header, &format!("{payload} ")),
            "signature",
        ),
        key.refuses(
            "header_respelt",
            "The same header in other bytes.",
            under(&respelt, &payload),
            "signature",
        ),
        key.refuses(
            "signed_payload_alone",
            "A signature of the payload's bytes.",
            over(payload.as_bytes())?,
            "signature",
        ),
        key.refuses(
            "signed_with_dot",
            "A signature of one dot more.",
            over(format!("{input}.").as_bytes())?,
            "signature",
        ),
    ])
}
