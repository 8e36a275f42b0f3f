//! Path and message (`projects.messages.send`).

use serde_json::{Map, Value};

use super::oauth::PROJECT;
use super::problem::{bad_request, problem};
use crate::desk::{Record, Reply};

/// The most that keys and values of `data` may have together, in bytes.
const MAX_DATA: usize = 4096;
const MAX_TTL_SECONDS: u32 = 2_419_200;
/// Members that a message to one phone may have here; the real one knows more, for other systems.
const MESSAGE: [&str; 5] = ["token", "data", "android", "notification", "fcm_options"];
const ANDROID: [&str; 8] = [
    "collapse_key",
    "priority",
    "ttl",
    "restricted_package_name",
    "data",
    "notification",
    "fcm_options",
    "direct_boot_ok",
];

/// Method, path and kind.
pub(super) fn target(record: &Record) -> Result<(), Reply> {
    let project =
        record.path.strip_prefix("/v1/projects/").and_then(|rest| rest.strip_suffix("/messages:send"));
    let project = project.filter(|_| record.method == "POST");
    match project {
        None => Err(Reply::new(404, "<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>".into())),
        Some(PROJECT) => Ok(()),
        Some(_) => Err(problem(403, "PERMISSION_DENIED", "", "Permission denied on resource project.")),
    }
}

/// The message; the registration token that it is for.
pub(super) fn message(body: &[u8]) -> Result<String, Reply> {
    let body: Value =
        serde_json::from_slice(body).map_err(|_| invalid("", "Invalid JSON payload received."))?;
    let body = object(&body, "")?;
    only(body, "", &["message", "validate_only"])?;
    let message = object(body.get("message").unwrap_or(&Value::Null), "message")?;
    only(message, "message", &MESSAGE)?;
    let token = message.get("token").and_then(Value::as_str).unwrap_or_default();
    if token.is_empty() {
        return Err(invalid("message", "Recipient of the message is not set."));
    }
    if let Some(data) = message.get("data") {
        check_data(object(data, "message.data")?)?;
    }
    if let Some(android) = message.get("android") {
        check_android(object(android, "message.android")?)?;
    }
    Ok(token.to_owned())
}

fn check_data(data: &Map<String, Value>) -> Result<(), Reply> {
    let mut size = 0;
    for (key, value) in data {
        let value = value.as_str();
        let value = value.ok_or_else(|| invalid("message.data[0].value", "Invalid value (TYPE_STRING)"))?;
        let reserved = ["from", "message_type", "gcm", "google"].iter().any(|word| key.starts_with(word));
        if reserved {
            return Err(invalid("message.data", "Invalid data payload key"));
        }
        size += key.len() + value.len();
    }
    if size > MAX_DATA { Err(invalid("message", "Message is too big")) } else { Ok(()) }
}

fn check_android(android: &Map<String, Value>) -> Result<(), Reply> {
    only(android, "message.android", &ANDROID)?;
    let text = |name: &str| android.get(name).map(|value| value.as_str().unwrap_or("\0"));
    if text("priority").is_some_and(|priority| !["normal", "high"].contains(&&*priority.to_lowercase())) {
        return Err(invalid("message.android.priority", "Invalid value"));
    }
    let seconds =
        |ttl: &str| ttl.strip_suffix('s')?.parse::<u32>().ok().filter(|ttl| *ttl <= MAX_TTL_SECONDS);
    if text("ttl").is_some_and(|ttl| seconds(ttl).is_none()) {
        return Err(invalid("message.android.ttl", "Invalid value"));
    }
    if text("collapse_key") == Some("\0") {
        return Err(invalid("message.android.collapse_key", "Invalid value (TYPE_STRING)"));
    }
    Ok(())
}

fn object<'a>(value: &'a Value, at: &str) -> Result<&'a Map<String, Value>, Reply> {
    value.as_object().ok_or_else(|| invalid(at, "Invalid JSON payload received. Not an object."))
}

fn only(object: &Map<String, Value>, at: &str, known: &[&str]) -> Result<(), Reply> {
    match object.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let words = format!("Invalid JSON payload received. Unknown name \"{name}\": Cannot find field.");
            Err(invalid(at, &words))
        }
    }
}

fn invalid(field: &str, words: &str) -> Reply {
    bad_request(field, words)
}
