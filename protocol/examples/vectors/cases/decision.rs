//! `countersign-decision+jwt`: the phone's answer.

use serde_json::{Value, json};

use super::bench::{Bench, b64, sha256};
use super::payload::{Bad, bad, bad_bytes, bad_ids, bad_times, deviations, refused, signed, with, without};
use super::{File, Made, Vector};

const TYP: &str = "countersign-decision+jwt";

/// An approval with a number.
fn base() -> Value {
    json!({
        "iss": "019a0000-0000-7000-8000-0000000000d1",
        "aud": "https://sign-in.example",
        "sub": "019a0000-0000-7000-8000-0000000000a1",
        "login": "019a0000-0000-7000-8000-0000000000f1",
        "nonce": b64([9; 32]),
        "request": sha256("the request, the compact JWS as received"),
        "decision": "approve",
        "number": "07",
        "verification": "biometric",
        "iat": 1_800_000_030,
        "exp": 1_800_000_090,
        "jti": b64([11; 16]),
    })
}

pub(crate) fn file(bench: &Bench) -> Made<File> {
    let base = base();
    let mut vectors = valid(bench, &base)?;
    let (approval, device) = (&bench.approval, &bench.device);
    vectors.extend([
        approval.refuses(
            "approve_by_device_key",
            "Approvals are signed by the approval key and by no other: the verifier holds only that one.",
            signed(device, TYP, &base)?,
            "unknown_key",
        ),
        approval.refuses(
            "approve_by_device_key_with_kid_of_approval_key",
            "The same, with the approval key's name on it.",
            device.statement(approval.header(TYP), base.to_string())?,
            "signature",
        ),
        approval.refuses(
            "approve_by_tenant_key",
            "A server cannot approve.",
            signed(&bench.tenant, TYP, &base)?,
            "unknown_key",
        ),
        approval.refuses(
            "two_decisions",
            "A denial, then an approval, in one object.",
            approval.statement(
                approval.header(TYP),
                base.to_string().replacen('{', r#"{"decision":"deny","#, 1),
            )?,
            "duplicate_member",
        ),
    ]);
    vectors.extend(refused(approval, TYP, wrong(&base))?);
    let about = "Decisions, verified with the approval key, or for denials and reports with either key. The server \
                 still compares every member with the request that it sent.";
    Ok(File { name: "decision", about, typ: TYP, vectors })
}

fn valid(bench: &Bench, base: &Value) -> Made<Vec<Vector>> {
    let tap = without(base, "number");
    let said = |decision: &str| with(&with(&tap, "decision", json!(decision)), "verification", json!("none"));
    let verified = |how: &str| with(&tap, "verification", json!(how));
    let (approval, device) = (&bench.approval, &bench.device);
    [
        (approval, "approve_number", "An approval, with the number that was typed.", base.clone()),
        (approval, "approve_tap", "An approval, without a number.", tap.clone()),
        (
            approval,
            "approve_device_credential",
            "An approval, by the phone's passcode.",
            verified("device_credential"),
        ),
        (approval, "approve_simulated", "An approval, by a software key store.", verified("simulated")),
        (approval, "deny_by_approval_key", "A denial, by the approval key.", said("deny")),
        (device, "deny_by_device_key", "A denial needs no face: the device key signs it.", said("deny")),
        (approval, "report_by_approval_key", "A report, by the approval key.", said("report")),
        (device, "report_by_device_key", "A report needs no face either.", said("report")),
    ]
    .into_iter()
    .map(|(key, name, what, payload)| Ok(key.accepts(name, what, signed(key, TYP, &payload)?, payload)))
    .collect()
}

fn wrong(base: &Value) -> Vec<Bad> {
    let mut wrong = deviations(base, &["number"]);
    wrong.extend(bad_times(base));
    for id in ["iss", "sub", "login"] {
        wrong.extend(bad_ids(base, id));
    }
    for bytes in ["nonce", "request", "jti"] {
        wrong.extend(bad_bytes(base, bytes));
    }
    let decision = |name, what, value| bad(base, name, what, "decision", value);
    wrong.extend([
        decision("decision_empty", "Nothing is not an approval.", json!("")),
        decision("decision_in_capitals", "Words are lower case.", json!("Approve")),
        decision("decision_past_tense", "A word that is almost right.", json!("approved")),
        decision("decision_true", "Truth is not an approval.", json!(true)),
        decision("decision_zero", "A variant's index is not an approval.", json!(0)),
        decision("decision_list", "Statements have no arrays.", json!(["approve"])),
        decision("decision_as_object_of_null", "A word has one spelling.", json!({ "approve": null })),
        decision("decision_as_object", "A word has one spelling.", json!({ "approve": {} })),
        bad(
            base,
            "verification_unknown_word",
            "A way that does not exist.",
            "verification",
            json!("trust_me"),
        ),
        bad(base, "number_as_number", "The number is text: leading zeros count.", "number", json!(7)),
    ]);
    wrong
}
