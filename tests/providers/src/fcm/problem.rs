//! Google's errors (`google.rpc.Status`), as FCM words them.

use serde_json::{Value, json};

use crate::desk::Reply;

/// In practice, Google says this of a token that is none.
pub(super) const NO_TOKEN: &str = "The registration token is not a valid FCM registration token";

/// An error with FCM's own code, or without one.
pub(super) fn problem(http: u16, status: &str, code: &str, message: &str) -> Reply {
    let details = if code.is_empty() { Vec::new() } else { vec![fcm_error(code)] };
    reply(http, status, message, details)
}

/// An argument that is wrong, by the name of its field.
pub(super) fn bad_request(field: &str, message: &str) -> Reply {
    let violations = json!([{ "field": field, "description": message }]);
    let details = vec![
        json!({ "@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations }),
        fcm_error("INVALID_ARGUMENT"),
    ];
    reply(400, "INVALID_ARGUMENT", message, details)
}

/// An access token that is missing or not good.
pub(super) fn unauthenticated() -> Reply {
    let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login \
                   cookie or other valid authentication credential.";
    let info = json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_EXPIRED",
        "domain": "googleapis.com",
        "metadata": { "service": "fcm.googleapis.com" },
    });
    reply(401, "UNAUTHENTICATED", message, vec![info])
}

fn fcm_error(code: &str) -> Value {
    json!({ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code })
}

fn reply(http: u16, status: &str, message: &str, details: Vec<Value>) -> Reply {
    let error = json!({ "code": http, "message": message, "status": status, "details": details });
    Reply::new(http, json!({ "error": error }).to_string())
}
