//! Path, headers and payload ("Sending notification requests to APNs").

use serde_json::Value;

use crate::desk::Record;

type Refusal = (u16, &'static str);

/// The largest payload, in bytes.
const MAX_PAYLOAD: usize = 4096;
const MAX_COLLAPSE_ID: usize = 64;
const HEADERS: [&str; 6] =
    ["apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-collapse-id", "apns-id"];
const PUSH_TYPES: [&str; 10] = [
    "alert",
    "background",
    "complication",
    "controls",
    "fileprovider",
    "liveactivity",
    "location",
    "mdm",
    "pushtotalk",
    "voip",
];

/// Method and path; the device token that the path names.
pub(super) fn device_token(record: &Record) -> Result<&str, Refusal> {
    if record.method != "POST" {
        return Err((405, "MethodNotAllowed"));
    }
    match record.path.strip_prefix("/3/device/").ok_or((404, "BadPath"))? {
        "" => Err((400, "MissingDeviceToken")),
        token if token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()) => Ok(token),
        _ => Err((400, "BadDeviceToken")),
    }
}

/// The headers; the id of the notification.
pub(super) fn headers(record: &Record, topics: &[String]) -> Result<String, Refusal> {
    if HEADERS.iter().any(|name| record.headers.get_all(*name).iter().count() > 1) {
        return Err((400, "DuplicateHeaders"));
    }
    let text = |name: &str| record.headers.get(name).map(|value| value.to_str().unwrap_or("\0"));
    let topic = text("apns-topic").ok_or((400, "MissingTopic"))?;
    if topic.is_empty() || topic.contains(|c: char| c.is_control() || c.is_whitespace()) {
        return Err((400, "BadTopic"));
    }
    if !topics.iter().any(|known| known == topic) {
        return Err((400, "TopicDisallowed"));
    }
    let kind = text("apns-push-type").filter(|kind| PUSH_TYPES.contains(kind));
    let kind = kind.ok_or((400, "InvalidPushType"))?;
    let priority = text("apns-priority").unwrap_or("10");
    if !["1", "5", "10"].contains(&priority) || (kind == "background" && priority != "5") {
        return Err((400, "BadPriority"));
    }
    if text("apns-expiration").is_some_and(|at| at.is_empty() || !at.bytes().all(|b| b.is_ascii_digit())) {
        return Err((400, "BadExpirationDate"));
    }
    if text("apns-collapse-id").is_some_and(|id| id.is_empty() || id.len() > MAX_COLLAPSE_ID) {
        return Err((400, "BadCollapseId"));
    }
    match text("apns-id") {
        None => Ok("eabeae54-14a8-11e5-b60b-1697f925ec7b".into()),
        Some(id) if is_uuid(id) => Ok(id.into()),
        Some(_) => Err((400, "BadMessageId")),
    }
}

/// 32 hexadecimal digits in groups of 8-4-4-4-12.
fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// The payload: a JSON object of at most 4096 bytes.
pub(super) fn payload(record: &Record) -> Result<(), Refusal> {
    if record.body.len() > MAX_PAYLOAD {
        return Err((413, "PayloadTooLarge"));
    }
    match serde_json::from_slice::<Value>(&record.body) {
        Ok(Value::Object(payload)) if payload.get("aps").is_some_and(Value::is_object) => Ok(()),
        _ => Err((400, "PayloadEmpty")),
    }
}
