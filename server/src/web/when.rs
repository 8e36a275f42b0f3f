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

/// For example "2026-11-22 21:05:00", in UTC: where many are below each other, and compared.
#[must_use]
pub fn to_the_second(at: Timestamp) -> String {
    let Ok(at) = jiff::Timestamp::from_microsecond(at.micros()) else { return String::new() };
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_people_of_the_language_write_them() {
        let at = Timestamp::from_seconds(1_795_381_500);
        assert_eq!(for_people(at, Lang::En), "22 Nov 2026, 21:05 UTC");
        assert_eq!(for_people(at, Lang::Ja), "2026年11月22日 21:05（UTC）");
        assert_eq!(to_the_second(at), "2026-11-22 21:05:00");
    }
}
