//! What became of a request and what follows from it, and what the phone explains by itself.

use countersign_protocol::api::Outcome;

use super::{Lang, Pair};

/// How a decision ended a login, and what follows.
#[must_use]
pub fn outcome(outcome: Outcome, lang: Lang) -> String {
    let (english, japanese): Pair = match outcome {
        Outcome::Approved => {
            ("Approved. The browser goes on by itself.", "承認しました。ブラウザーは自動的に進みます。")
        }
        Outcome::Denied => (
            "Denied. Nobody was signed in. For a while no popups come: to approve, open this app.",
            "拒否しました。サインインは行われていません。しばらくの間、通知を止めます。承認するときは、このアプリを開いてください。",
        ),
        Outcome::Reported => (
            "Reported. This sign-in and every other one that waited were stopped, and you are signed out \
             everywhere. Whoever asked knows your password: at your next sign-in you choose a new one. For a \
             while no popups come: to approve, open this app.",
            "報告しました。このサインインとほかの確認待ちのサインインを中止し、すべての端末からサインアウトしました。\
             パスワードを知られているおそれがあるため、次のサインインで新しいパスワードを設定します。\
             しばらくの間、通知を止めます。承認するときは、このアプリを開いてください。",
        ),
        Outcome::WrongNumber => (
            "That was not the number. Nobody was signed in; sign in again in the browser.",
            "番号が違います。サインインは行われていません。ブラウザーでもう一度サインインしてください。",
        ),
    };
    lang.pick(english, japanese).to_owned()
}

/// That a request which was on show needs no answer any more.
#[must_use]
pub fn answered_elsewhere(lang: Lang) -> String {
    let (english, japanese): Pair = (
        "Answered on another phone or in another way. There is nothing left to do.",
        "別のスマートフォン、または別の方法で回答済みです。これ以上の操作は必要ありません。",
    );
    lang.pick(english, japanese).to_owned()
}

/// That popups do not reach this phone, and what to do about it.
#[must_use]
pub fn push_lost(lang: Lang) -> String {
    let (english, japanese): Pair = (
        "Popups don’t reach this phone at the moment. Allow notifications for this app in the phone’s \
         settings. Until then, open this app when you sign in.",
        "現在、この端末には通知が届きません。端末の設定で、このアプリの通知を許可してください。\
         それまでは、サインインするときにこのアプリを開いてください。",
    );
    lang.pick(english, japanese).to_owned()
}

/// A page that explains something once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// Its headline.
    pub title: String,
    /// What it says.
    pub body: String,
    /// What leads on.
    pub button: String,
}

/// Why the phone is about to ask for a face or a finger.
#[must_use]
pub fn biometrics_why(lang: Lang) -> Explanation {
    let (title, body, button) = lang.pick(
        (
            "Your face or fingerprint confirms that it’s you",
            "Each time you approve a sign-in, this phone checks that it’s you. Your face and your fingerprint \
             never leave this phone; only a signature does.",
            "Continue",
        ),
        (
            "顔または指紋でご本人を確認します",
            "サインインを承認するたびに、この端末でご本人であることを確認します。顔や指紋のデータが端末の外に出ることはなく、送信されるのは署名だけです。",
            "続ける",
        ),
    );
    Explanation { title: title.to_owned(), body: body.to_owned(), button: button.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_says_what_follows() {
        assert!(outcome(Outcome::Denied, Lang::English).contains("a while no popups"));
        assert!(outcome(Outcome::Denied, Lang::Japanese).contains("通知を止めます"));
        let reported = outcome(Outcome::Reported, Lang::English);
        for follows in ["stopped", "every other", "signed out", "new one", "For a while no popups"] {
            assert!(reported.contains(follows), "{follows}");
        }
    }

    #[test]
    fn each_notice_is_a_sentence_in_each_language() {
        let all = |lang| {
            let why = biometrics_why(lang);
            assert!(!why.title.is_empty() && !why.button.is_empty());
            let outcomes = [Outcome::Approved, Outcome::Denied, Outcome::Reported, Outcome::WrongNumber];
            let mut texts = vec![answered_elsewhere(lang), push_lost(lang), why.body];
            texts.extend(outcomes.map(|each| outcome(each, lang)));
            texts
        };
        assert!(all(Lang::English).iter().all(|text| text.ends_with('.') && !text.contains("  ")));
        assert!(all(Lang::Japanese).iter().all(|text| text.ends_with('。') && !text.contains(' ')));
    }
}
