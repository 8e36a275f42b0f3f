//! Points in time as people read them. In UTC, and saying so: the server does not know where they are.

use countersign_protocol::time::Timestamp;

use super::Lang;

/// For example "22 Nov 2026, 21:05 UTC".
#[must_use]
pub fn for_people(at: Timestamp, lang: Lang) -> String {
    let Ok(at) = jiff::Timestamp::from_microsecond(at.micros()) else { return String::new() };
    let format = match lang {
        Lang::En => "%-d %b %Y, %H:%M UTC",
        Lang::Ja => "%Y年%-m月%-d日 %H:%M（UTC）",
    };
    at.to_zoned(jiff::tz::TimeZone::UTC).strftime(format).to_string()
}
