//! What the stand-in refuses, and in what words.

use countersign_protocol::bytes::to_base64url;
use countersign_protocol::time::Timestamp;
use hyper::{HeaderMap, Method};
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::Value;

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const TOKEN_URI: &str = "https://127.0.0.1:1/token";

fn record(path: &str, headers: &[(&'static str, &str)], body: &str) -> Record {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    Record { at: NOW, method: Method::POST, path: path.into(), headers: map, body: body.to_owned().into() }
}

/// The claims of a good assertion.
fn claims() -> Value {
    let account = service_account(TOKEN_URI);
    json!({
        "iss": account["client_email"],
        "scope": "https://www.googleapis.com/auth/firebase.messaging",
        "aud": TOKEN_URI,
        "iat": NOW.seconds(),
        "exp": NOW.seconds() + 3600,
    })
}

#[expect(clippy::disallowed_methods, reason = "ring asks for its own random source")]
fn assertion(header: &Value, claims: &Value) -> String {
    let account = service_account(TOKEN_URI);
    let pem = account["private_key"].as_str().unwrap();
    let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).unwrap();
    let key = KeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
    let input = format!("{}.{}", to_base64url(header.to_string()), to_base64url(claims.to_string()));
    let mut signature = vec![0; key.public().modulus_len()];
    let random = ring::rand::SystemRandom::new();
    key.sign(&RSA_PKCS1_SHA256, &random, input.as_bytes(), &mut signature).unwrap();
    format!("{input}.{}", to_base64url(signature))
}

fn ask(oauth: &OAuth, assertion: &str) -> (u16, Value) {
    let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
    let body = format!("grant_type={grant}&assertion={assertion}");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let reply = oauth.answer(&record("/token", &form, &body), NOW);
    (reply.status, serde_json::from_str(&reply.body).unwrap())
}

#[test]
fn an_access_token_is_handed_out_for_a_good_assertion_and_taken_until_its_end() {
    let oauth = OAuth::new(TOKEN_URI.into());
    let (status, granted) = ask(&oauth, &assertion(&json!({ "alg": "RS256" }), &claims()));
    assert_eq!(
        (status, &granted["expires_in"], &granted["token_type"]),
        (200, &json!(3599), &json!("Bearer"))
    );
    let header = format!("Bearer {}", granted["access_token"].as_str().unwrap());
    let message = record("/v1/…", &[("authorization", &header)], "");
    let after = |seconds| Timestamp::from_seconds(NOW.seconds() + seconds);
    assert!(oauth.check_bearer(&message, after(3598)).is_ok());
    assert_eq!(oauth.check_bearer(&message, after(3599)).unwrap_err().status, 401);
    assert!(oauth.check_bearer(&record("/v1/…", &[("authorization", "Bearer x")], ""), NOW).is_err());
    assert!(oauth.check_bearer(&record("/v1/…", &[], ""), NOW).is_err());
}

#[test]
fn each_fault_of_an_assertion_is_refused() {
    let oauth = OAuth::new(TOKEN_URI.into());
    let good = json!({ "alg": "RS256" });
    let changed = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        assertion(&good, &claims)
    };
    let now = NOW.seconds();
    let forged = {
        let token = assertion(&good, &claims());
        let (input, signature) = token.rsplit_once('.').unwrap();
        let other = assertion(&good, &json!({}));
        assert_ne!(other.rsplit_once('.').unwrap().1, signature);
        format!("{input}.{}", other.rsplit_once('.').unwrap().1)
    };
    for (token, error) in [
        (forged, "invalid_grant"),
        ("x".into(), "invalid_grant"),
        (assertion(&json!({ "alg": "none" }), &claims()), "invalid_grant"),
        (assertion(&json!({ "alg": "RS256", "kid": "other" }), &claims()), "invalid_grant"),
        (changed("iss", json!("other@example.com")), "invalid_grant"),
        (changed("aud", json!("https://oauth2.googleapis.com/token")), "invalid_grant"),
        (changed("exp", json!(now + 3601)), "invalid_grant"),
        (changed("exp", json!(now - 3600)), "invalid_grant"),
        (changed("iat", json!(now + 120)), "invalid_grant"),
        (
            changed("scope", json!("https://www.googleapis.com/auth/cloud-platform.read-only")),
            "invalid_scope",
        ),
    ] {
        let (status, body) = ask(&oauth, &token);
        assert_eq!((status, &body["error"]), (400, &json!(error)), "{body}");
    }
}

#[test]
fn messages_are_checked_member_by_member() {
    let check = |message: Value| check::message(json!({ "message": message }).to_string().as_bytes());
    assert_eq!(check(json!({ "token": "t", "data": { "wake": "x" } })).unwrap(), "t");
    let big = "x".repeat(4096);
    for bad in [
        json!({ "data": {} }),
        json!({ "token": "" }),
        json!({ "token": "t", "topic": "t" }),
        json!({ "token": "t", "data": { "wake": 1 } }),
        json!({ "token": "t", "data": { "wake": big } }),
        json!({ "token": "t", "data": { "google.x": "1" } }),
        json!({ "token": "t", "android": { "priority": "urgent" } }),
        json!({ "token": "t", "android": { "ttl": "120" } }),
        json!({ "token": "t", "android": { "ttl": 120 } }),
        json!({ "token": "t", "android": { "ttl": "2419201s" } }),
        json!({ "token": "t", "android": { "collapseKey": "x" } }),
    ] {
        let refused = check(bad.clone()).unwrap_err();
        assert_eq!(refused.status, 400, "{bad}");
        assert!(
            refused.body.contains("fieldViolations") && refused.body.contains("INVALID_ARGUMENT"),
            "{bad}"
        );
    }
    assert_eq!(check::message(b"").unwrap_err().status, 400);
    assert_eq!(check::message(b"{}").unwrap_err().status, 400);
}

#[test]
fn only_this_project_is_known() {
    let target = |path: &str| check::target(&record(path, &[], "")).map_err(|reply| reply.status);
    assert_eq!(target("/v1/projects/countersign-test/messages:send"), Ok(()));
    assert_eq!(target("/v1/projects/other/messages:send"), Err(403));
    assert_eq!(target("/fcm/send"), Err(404));
}
