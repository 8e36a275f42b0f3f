//! `countersign-pairing+jwt`: a claim that both of a phone's keys sign.

use serde_json::{Value, json};

use super::bench::{Bench, TestKey, b64, sha256, signature_of, with_signature};
use super::payload::{Bad, bad, bad_bytes, bad_ids, bad_times, deviations, signed, with, without};
use super::{File, Input, Made, Outcome, Vector};

const TYP: &str = "countersign-pairing+jwt";

fn base(bench: &Bench) -> Value {
    json!({
        "aud": "https://sign-in.example",
        "pairing": "019a0000-0000-7000-8000-0000000000e1",
        "secret_hash": sha256([5; 16]),
        "device_key": bench.device.jwk(),
        "approval_key": bench.approval.jwk(),
        "protection": "hardware",
        "platform": "ios",
        "model": "Ada's iPhone",
        "push": {
            "kind": "web_push",
            "endpoint": "https://push.example/m/5bQ",
            "p256dh": b64([&[4][..], &[6; 64]].concat()),
            "auth": b64([8; 16]),
        },
        "attestation": sha256(b"an attestation"),
        "iat": 1_800_000_000,
    })
}

pub(crate) fn file(bench: &Bench) -> Made<File> {
    let base = base(bench);
    let mut vectors = valid(bench, &base)?;
    vectors.extend(wrong_signers(bench, &base)?);
    vectors.extend(tampered(bench, &base)?);
    for (name, what, payload) in wrong(bench, &base) {
        vectors.push(refused(&name, &what, both(bench, &payload)?, "payload"));
    }
    let about = "Pairing claims: the same payload signed by the device key and by the approval key, both of which it \
                 brings. The server still compares secret_hash, pairing and aud with the pairing that it opened.";
    Ok(File { name: "pairing", about, typ: TYP, vectors })
}

type Claim = (String, String);

fn both(bench: &Bench, payload: &Value) -> Made<Claim> {
    Ok((signed(&bench.device, TYP, payload)?, signed(&bench.approval, TYP, payload)?))
}

fn vector(name: &str, what: &str, (device, approval): Claim, outcome: Outcome) -> Vector {
    Vector { name: name.to_owned(), what: what.to_owned(), input: Input::Pair { device, approval }, outcome }
}

fn refused(name: &str, what: &str, claim: Claim, error: &'static str) -> Vector {
    vector(name, what, claim, Outcome::Refused { error })
}

fn valid(bench: &Bench, base: &Value) -> Made<Vec<Vector>> {
    let pull = without(base, "push");
    let push = |value| with(base, "push", value);
    [
        ("whole", "Every member.", base.clone()),
        ("push_by_apns", "An iPhone with an app from the App Store.", push(apns())),
        (
            "push_by_apns_sandbox",
            "One put there by Xcode.",
            push(with(&apns(), "environment", json!("sandbox"))),
        ),
        ("push_by_fcm", "An Android phone.", push(fcm())),
        ("pull_only", "A phone that gets no wakes.", pull.clone()),
        ("least", "Neither push nor attestation.", without(&pull, "attestation")),
        (
            "software_keys",
            "A desk phone.",
            with(&with(&pull, "protection", json!("software")), "platform", json!("desk")),
        ),
    ]
    .into_iter()
    .map(|(name, what, payload)| Ok(vector(name, what, both(bench, &payload)?, Outcome::Valid { payload })))
    .collect()
}

fn wrong_signers(bench: &Bench, base: &Value) -> Made<Vec<Vector>> {
    let sign = |key: &TestKey| signed(key, TYP, base);
    let (device, approval) = (&bench.device, &bench.approval);
    let pretended = |by: &TestKey, name: &TestKey| by.statement(name.header(TYP), base.to_string());
    let of_other_type = approval.statement(approval.header("countersign-call+jwt"), base.to_string())?;
    Ok(vec![
        refused(
            "swapped",
            "The right signatures in each other's place.",
            (sign(approval)?, sign(device)?),
            "unknown_key",
        ),
        refused(
            "device_key_twice",
            "The device key signed both.",
            (sign(device)?, sign(device)?),
            "unknown_key",
        ),
        refused(
            "approval_key_not_held",
            "The device key signed both, once with the approval key's name.",
            (sign(device)?, pretended(device, approval)?),
            "signature",
        ),
        refused(
            "device_key_not_held",
            "The approval key signed both, once with the device key's name.",
            (pretended(approval, device)?, sign(approval)?),
            "signature",
        ),
        refused(
            "stranger",
            "A key that the claim does not bring.",
            (sign(device)?, sign(&bench.stranger)?),
            "unknown_key",
        ),
        refused(
            "second_of_other_type",
            "The second is another statement.",
            (sign(device)?, of_other_type),
            "wrong_type",
        ),
        refused("second_empty", "There is no second.", (sign(device)?, String::new()), "not_three_parts"),
    ])
}

fn tampered(bench: &Bench, base: &Value) -> Made<Vec<Vector>> {
    let (device, approval) = both(bench, base)?;
    let flipped = |statement: &str| -> Made<String> {
        let mut signature = signature_of(statement)?;
        signature[40] ^= 1;
        Ok(with_signature(statement, signature))
    };
    let other = signed(&bench.approval, TYP, &with(base, "model", json!("Eve's phone")))?;
    let respelt = bench.approval.statement(bench.approval.header(TYP), format!(" {base}"))?;
    let one_key = with(base, "approval_key", bench.device.jwk());
    let one_key = (signed(&bench.device, TYP, &one_key)?, signed(&bench.device, TYP, &one_key)?);
    // The curve has no point with x = 0, y = 1.
    let off_curve =
        json!({ "kty": "EC", "crv": "P-256", "x": b64([0; 32]), "y": b64([&[0; 31][..], &[1]].concat()) });
    let kid = sha256(format!(
        r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
        b64([0; 32]),
        b64([&[0; 31][..], &[1]].concat())
    ));
    let off_curve = with(base, "approval_key", off_curve);
    let header = format!(r#"{{"alg":"ES256","typ":"{TYP}","kid":"{kid}"}}"#);
    let off_curve =
        (signed(&bench.device, TYP, &off_curve)?, bench.approval.statement(header, off_curve.to_string())?);
    Ok(vec![
        refused(
            "device_signature_flipped",
            "One bit of s.",
            (flipped(&device)?, approval.clone()),
            "signature",
        ),
        refused(
            "approval_signature_flipped",
            "One bit of s.",
            (device.clone(), flipped(&approval)?),
            "signature",
        ),
        refused("two_claims", "The keys sign different things.", (device.clone(), other), "payload"),
        refused(
            "two_spellings",
            "The keys sign the same, but not the same bytes.",
            (device, respelt),
            "payload",
        ),
        refused("one_key_for_both", "One key cannot be both.", one_key, "payload"),
        refused("key_off_the_curve", "The approval key is no point of P-256.", off_curve, "signature"),
    ])
}

fn apns() -> Value {
    json!({
        "kind": "apns",
        "token": "0f".repeat(32),
        "topic": "com.example.countersign",
        "environment": "production",
    })
}

fn fcm() -> Value {
    json!({ "kind": "fcm", "token": "dGVzdA:APA91b_Example-token" })
}

fn wrong(bench: &Bench, base: &Value) -> Vec<Bad> {
    let mut wrong = deviations(base, &["push", "attestation"]);
    wrong.extend(bad_times(base));
    wrong.extend(bad_ids(base, "pairing"));
    wrong.extend(bad_bytes(base, "secret_hash"));
    wrong.extend(bad_bytes(base, "attestation"));
    let key = |member, value| with(&bench.approval.jwk(), member, value);
    let approval_key = |name, what, value| bad(base, name, what, "approval_key", value);
    let push = |name, what, value| bad(base, name, what, "push", value);
    wrong.extend([
        approval_key("jwk_with_private_part", "A private key is never sent.", key("d", json!(b64([3; 32])))),
        approval_key("jwk_with_alg", "A key has exactly four members.", key("alg", json!("ES256"))),
        approval_key("jwk_of_other_curve", "P-256 only.", key("crv", json!("P-384"))),
        approval_key("jwk_of_other_type", "EC only.", key("kty", json!("OKP"))),
        approval_key(
            "jwk_short_x",
            "Coordinates have 32 bytes, zeros included.",
            key("x", json!(b64([3; 31]))),
        ),
        approval_key("jwk_without_y", "Points are not compressed.", without(&bench.approval.jwk(), "y")),
        approval_key(
            "jwk_list",
            "Statements have no arrays.",
            json!(["EC", "P-256", b64([3; 32]), b64([3; 32])]),
        ),
        bad(base, "protection_unknown_word", "Keys in the clouds.", "protection", json!("cloud")),
        push(
            "push_unknown_kind",
            "A kind that does not exist.",
            with(&base["push"], "kind", json!("pigeon")),
        ),
        push("push_without_kind", "No kind.", without(&base["push"], "kind")),
        push("push_without_auth", "Nested members count too.", without(&base["push"], "auth")),
        push("apns_without_topic", "Tokens are for one app.", without(&apns(), "topic")),
        push(
            "apns_other_environment",
            "Apple has two services.",
            with(&apns(), "environment", json!("staging")),
        ),
        push("fcm_without_token", "Nobody is reached so.", without(&fcm(), "token")),
        push("push_unknown_member", "Nested members count too.", with(&base["push"], "topic", json!("x"))),
    ]);
    wrong
}
