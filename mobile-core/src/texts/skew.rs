//! That the phone's clock is wrong.

use super::Lang;

/// By how much, what it leads to and what to do about it.
#[must_use]
pub fn clock_skew(ahead_seconds: i64, lang: Lang) -> String {
    let about = about(ahead_seconds.unsigned_abs(), lang);
    match lang {
        Lang::English => {
            let way = if ahead_seconds < 0 { "behind" } else { "ahead" };
            format!(
                "This phone’s clock is about {about} {way}. Set date and time to automatic; until then, codes from this \
                 app may not be accepted."
            )
        }
        Lang::Japanese => {
            let way = if ahead_seconds < 0 { "遅れて" } else { "進んで" };
            format!(
                "この端末の時計は約{about}{way}います。日時を自動設定にしてください。ずれたままでは、このアプリの確認コードが使えないことがあります。"
            )
        }
    }
}

fn about(seconds: u64, lang: Lang) -> String {
    let (count, english, japanese) = match seconds {
        0..90 => (seconds, "second", "秒"),
        90..5_400 => ((seconds + 30) / 60, "minute", "分"),
        5_400..172_800 => ((seconds + 1_800) / 3_600, "hour", "時間"),
        _ => ((seconds + 43_200) / 86_400, "day", "日"),
    };
    match lang {
        Lang::English if count == 1 => format!("1 {english}"),
        Lang::English => format!("{count} {english}s"),
        Lang::Japanese => format!("{count}{japanese}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_in_the_unit_that_people_would_choose() {
        let said = |seconds| about(seconds, Lang::English);
        let table = [
            (45, "45 seconds"),
            (89, "89 seconds"),
            (90, "2 minutes"),
            (300, "5 minutes"),
            (5_400, "2 hours"),
            (86_400, "24 hours"),
            (172_800, "2 days"),
        ];
        for (seconds, text) in table {
            assert_eq!(said(seconds), text);
        }
        assert!(clock_skew(-300, Lang::English).contains("5 minutes behind"));
        assert!(clock_skew(300, Lang::Japanese).contains("約5分進んで"));
    }
}
