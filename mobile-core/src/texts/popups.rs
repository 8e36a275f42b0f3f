//! What popups say: that somebody signs in, and nothing about who, where or to what. A popup lies on a
//! locked screen, and its text may come by way of a push service.

use super::Lang;

/// The name of [`popup_title`] in an app's own catalogue. A push by way of Apple carries this name
/// (`title-loc-key`), and the phone fills in the text; so the catalogue must hold the texts below.
pub const POPUP_TITLE_KEY: &str = "countersign_popup_title";

/// The name of [`popup_body`] for one request in an app's own catalogue (`loc-key`).
pub const POPUP_BODY_KEY: &str = "countersign_popup_body";

/// A popup's first line.
#[must_use]
pub fn popup_title(lang: Lang) -> String {
    lang.pick("Sign-in request", "サインインの確認").to_owned()
}

/// A popup's second line, where `requests` wait: where it is more than one, that is worth a warning.
#[must_use]
pub fn popup_body(requests: u32, lang: Lang) -> String {
    match requests {
        0 | 1 => lang.pick("Tap to review", "タップして内容を確認").to_owned(),
        _ => waiting(requests, lang),
    }
}

/// That several requests wait, for popups and above the app's list.
#[must_use]
pub fn waiting(requests: u32, lang: Lang) -> String {
    match lang {
        Lang::English if requests == 1 => {
            "1 sign-in is waiting. Approve it only if you started it.".to_owned()
        }
        Lang::English => format!("{requests} sign-ins are waiting. Approve only the one you started."),
        Lang::Japanese if requests == 1 => {
            "1件のサインインが確認待ちです。ご自身で始めた場合だけ承認してください。".to_owned()
        }
        Lang::Japanese => {
            format!("{requests}件のサインインが確認待ちです。ご自身で始めたものだけを承認してください。")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_is_generic_and_several_are_counted() {
        assert_eq!(popup_title(Lang::English), "Sign-in request");
        assert_eq!(popup_body(1, Lang::English), "Tap to review");
        assert_eq!(popup_body(1, Lang::Japanese), "タップして内容を確認");
        let two = "2 sign-ins are waiting. Approve only the one you started.";
        assert_eq!(popup_body(2, Lang::English), two);
        assert!(popup_body(12, Lang::Japanese).starts_with("12件のサインイン"));
    }
}
