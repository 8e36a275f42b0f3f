//! `countersign-call+jwt`: the phone's authentication of one HTTP request.

use serde_json::{Value, json};

use super::bench::{Bench, b64, sha256};
use super::payload::{bad, bad_bytes, bad_ids, bad_times, deviations, refused, signed};
use super::{File, Made};

pub(crate) const TYP: &str = "countersign-call+jwt";

/// A call that lists the pending approval requests.
pub(crate) fn base() -> Value {
    json!({
        "iss": "019a0000-0000-7000-8000-0000000000d1",
        "htm": "GET",
        "htu": "https://sign-in.example/device/v1/requests",
        "body": sha256(""),
        "iat": 1_800_000_000,
        "jti": b64([7; 16]),
    })
}

pub(crate) fn file(bench: &Bench) -> Made<File> {
    let (key, base) = (&bench.device, base());
    let post = {
        let mut post = base.clone();
        post["htm"] = json!("POST");
        post["htu"] =
            json!("https://sign-in.example/device/v1/requests/019a0000-0000-7000-8000-0000000000f1/decision");
        post["body"] = json!(sha256(r#"{"decision":"x"}"#));
        post
    };
    let mut vectors = vec![
        key.accepts(
            "get",
            "A call without a body: the digest is that of nothing.",
            signed(key, TYP, &base)?,
            base.clone(),
        ),
        key.accepts("post", r#"A call with the body {"decision":"x"}."#, signed(key, TYP, &post)?, post),
        key.refuses(
            "by_approval_key",
            "The approval key signs approvals, and nothing else.",
            signed(&bench.approval, TYP, &base)?,
            "unknown_key",
        ),
    ];
    let mut wrong = deviations(&base, &[]);
    wrong.extend(bad_times(&base));
    wrong.extend(bad_ids(&base, "iss"));
    wrong.extend(bad_bytes(&base, "body"));
    wrong.extend(bad_bytes(&base, "jti"));
    let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    wrong.push(bad(&base, "body_in_hex", "A digest is spelt in base64url.", "body", json!(hex)));
    vectors.extend(refused(key, TYP, wrong)?);
    let about =
        "Calls, verified with the device key. The receiver still compares method, URL, body, clock and jti.";
    Ok(File { name: "call", about, typ: TYP, vectors })
}
