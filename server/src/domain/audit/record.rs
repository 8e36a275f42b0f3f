//! A chained line as one line of JSON: what an export is made of, and can be verified by.
//!
//! Each has the link before its own, so that the line can be checked by itself, and a whole file as the chain.

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::chain::{Chained, Line};
use super::verify::Fault;

/// As it is written. What is not there is `null`; `at` is RFC 3339 with six digits after the second.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    seq: i64,
    link: Digest,
    previous: Digest,
    id: Uuid,
    tenant: TenantId,
    user: Option<UserId>,
    at: String,
    event: String,
    result: Option<String>,
    actor: Option<String>,
    address: Option<String>,
    /// The very text that the database holds: links are made of it.
    detail: Box<RawValue>,
}

/// The line cannot be read: it is not what an export writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a line of an audit export")]
pub struct NotARecord;

/// The line of an export, without the end of the line. None if the database holds what no server writes, such as
/// particulars that are no JSON.
#[must_use]
pub fn write(chained: &Chained, previous: Digest) -> Option<String> {
    let Chained { seq, link, line } = chained;
    // A line break in the particulars would end the line; no server writes one.
    let detail = Some(&line.detail).filter(|detail| !detail.contains(['\n', '\r']))?;
    let written = Written {
        seq: *seq,
        link: *link,
        previous,
        id: line.id,
        tenant: line.tenant,
        user: line.user,
        at: at_text(line.at)?,
        event: line.event.clone(),
        result: line.result.clone(),
        actor: line.actor.clone(),
        address: line.address.clone(),
        detail: RawValue::from_string(detail.clone()).ok()?,
    };
    serde_json::to_string(&written).ok()
}

/// The last line of an export of lines that are not as they were written, without the end of the line. It is read as
/// no line of the log.
#[must_use]
pub fn write_fault(fault: Fault) -> String {
    let says = format!(
        "This is not the log as it was written: {fault}. Keep a copy of the database as it is, and run \
         `countersign audit verify`."
    );
    serde_json::json!({ "error": says, "kind": fault.code(), "seq": fault.seq() }).to_string()
}

/// Reads what [`write`] wrote, and the link before it.
///
/// # Errors
/// [`NotARecord`].
pub fn read(text: &str) -> Result<(Chained, Digest), NotARecord> {
    let written: Written = serde_json::from_str(text).map_err(|_| NotARecord)?;
    let at: jiff::Timestamp = written.at.parse().map_err(|_| NotARecord)?;
    let at = Timestamp::from_micros(at.as_microsecond());
    // One spelling: otherwise a changed digit could pass.
    if at_text(at).as_deref() != Some(&written.at) {
        return Err(NotARecord);
    }
    let line = Line {
        id: written.id,
        tenant: written.tenant,
        user: written.user,
        at,
        event: written.event,
        result: written.result,
        actor: written.actor,
        address: written.address,
        detail: written.detail.get().to_owned(),
    };
    Ok((Chained { seq: written.seq, link: written.link, line }, written.previous))
}

/// For example `2026-11-22T21:05:00.000000Z`.
fn at_text(at: Timestamp) -> Option<String> {
    let at = jiff::Timestamp::from_microsecond(at.micros()).ok()?;
    Some(DateTimePrinter::new().precision(Some(6)).timestamp_to_string(&at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::chain::tests::line;
    use crate::domain::audit::chain::{Head, link};

    fn chained(line: Line) -> Chained {
        Chained { seq: 1, link: link(&Head::START.link, 1, &line), line }
    }

    #[test]
    fn a_line_returns_as_it_was() {
        for line in [
            line(1),
            Line { user: None, result: None, actor: None, address: None, ..line(2) },
            // Particulars keep their order and white space.
            Line { detail: r#"{ "z":1, "a":"\u0041" }"#.into(), at: Timestamp::from_micros(1), ..line(3) },
        ] {
            let wrote = chained(line);
            let text = write(&wrote, Head::START.link).unwrap();
            assert!(!text.contains('\n'));
            assert_eq!(read(&text), Ok((wrote, Head::START.link)));
        }
    }

    #[test]
    fn what_no_server_writes_is_not_exported() {
        for detail in ["", "{", "{\"a\":\n1}"] {
            assert_eq!(write(&chained(Line { detail: detail.into(), ..line(1) }), Head::START.link), None);
        }
        let ages = Line { at: Timestamp::from_micros(i64::MAX), ..line(1) };
        assert_eq!(write(&chained(ages), Head::START.link), None);
    }

    #[test]
    fn a_fault_is_said_in_words_and_is_no_line() {
        let text = write_fault(Fault::Changed(7));
        assert!(text.contains("line 7 was changed") && text.contains("audit verify"), "{text}");
        assert!(!text.contains('\n') && read(&text) == Err(NotARecord));
    }

    #[test]
    fn another_spelling_is_not_read() {
        let text = write(&chained(line(1)), Head::START.link).unwrap();
        for (from, to) in [
            (".000000Z", "Z"),
            (".000000Z", ".0000000Z"),
            (".000000Z", ".000000+00:00"),
            ("\"seq\":1", "\"seq\":1,\"seq\":1"),
            ("\"seq\":1", "\"seq\":1,\"more\":1"),
            ("\"seq\":1", "\"seq\":\"1\""),
        ] {
            assert!(text.contains(from));
            assert_eq!(read(&text.replacen(from, to, 1)), Err(NotARecord), "{to}");
        }
    }
}
