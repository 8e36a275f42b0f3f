//! What a screen reader says where the screen shows figures, columns and a ring that runs down.

use countersign_protocol::approval::Purpose;

use super::{Lang, place};
use crate::request::PendingRequest;

/// A whole request in one sentence: for the request's card, and to be read out when it appears.
#[must_use]
pub fn spoken_request(request: &PendingRequest, lang: Lang) -> String {
    let PendingRequest { application, account, browser, system, address, .. } = request;
    let place = place(&request.place, lang);
    let what = match (request.purpose, lang) {
        (Purpose::SignIn, Lang::English) => format!("Sign-in to {application}"),
        (Purpose::Confirm, Lang::English) => format!("Change of settings at {application}"),
        (Purpose::SignIn, Lang::Japanese) => format!("{application}への{account}のサインイン"),
        (Purpose::Confirm, Lang::Japanese) => format!("{application}での{account}の設定の変更"),
    };
    match lang {
        Lang::English => format!(
            "{what} as {account}, with {browser} on {system}. Place: {place}. Network address: {address}."
        ),
        Lang::Japanese => {
            format!("{what}。{system}の{browser}から。場所は{place}。ネットワークアドレスは{address}。")
        }
    }
}

/// What the field for the number is called, where `digits` have to be typed.
#[must_use]
pub fn spoken_number(digits: u8, lang: Lang) -> String {
    match lang {
        Lang::English if digits == 1 => "The digit that the browser shows".to_owned(),
        Lang::English => format!("The {digits} digits that the browser shows"),
        Lang::Japanese => format!("ブラウザーに表示されている{digits}桁の数字"),
    }
}

/// A code digit by digit, with a breath after each three: nobody types "four hundred and two thousand".
#[must_use]
pub fn spoken_digits(code: &str) -> String {
    let digits: Vec<char> = code.chars().collect();
    let groups =
        digits.chunks(3).map(|group| group.iter().map(char::to_string).collect::<Vec<_>>().join(" "));
    groups.collect::<Vec<_>>().join(", ")
}

/// How much time is left. An app says it when asked and at a few marks, not every second.
#[must_use]
pub fn spoken_time_left(seconds: u32, lang: Lang) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    match lang {
        Lang::English => {
            let unit = |count, one: &str| match count {
                1 => format!("1 {one}"),
                _ => format!("{count} {one}s"),
            };
            match (minutes, rest) {
                (0, 0) => "The time is over".to_owned(),
                (0, rest) => format!("{} left", unit(rest, "second")),
                (minutes, 0) => format!("{} left", unit(minutes, "minute")),
                (minutes, rest) => format!("{} {} left", unit(minutes, "minute"), unit(rest, "second")),
            }
        }
        Lang::Japanese => match (minutes, rest) {
            (0, 0) => "有効時間が過ぎました".to_owned(),
            (0, rest) => format!("残り{rest}秒"),
            (minutes, 0) => format!("残り{minutes}分"),
            (minutes, rest) => format!("残り{minutes}分{rest}秒"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_digit_by_digit() {
        assert_eq!(spoken_digits("042017"), "0 4 2, 0 1 7");
        assert_eq!(spoken_digits("07"), "0 7");
        assert_eq!(spoken_digits("12345678"), "1 2 3, 4 5 6, 7 8");
        assert_eq!(spoken_digits(""), "");
    }

    #[test]
    fn time_is_said_as_people_say_it() {
        let said =
            |seconds| (spoken_time_left(seconds, Lang::English), spoken_time_left(seconds, Lang::Japanese));
        assert_eq!(said(0), ("The time is over".into(), "有効時間が過ぎました".into()));
        assert_eq!(said(1), ("1 second left".into(), "残り1秒".into()));
        assert_eq!(said(60), ("1 minute left".into(), "残り1分".into()));
        assert_eq!(said(119), ("1 minute 59 seconds left".into(), "残り1分59秒".into()));
        assert_eq!(spoken_number(1, Lang::English), "The digit that the browser shows");
    }
}
