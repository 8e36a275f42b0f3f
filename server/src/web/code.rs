//! The Code screen: a login waits here for the phone.

use askama::Template;

use super::{
    Page,
    page::clock_face,
    texts::{self, Value},
};
use crate::domain::push_limits::Held;
use crate::domain::reach::{Push, Reach};

/// A popup that is not there after so many seconds may have got lost.
const HINT_AFTER: u32 = 20;
/// How many device names are spelled out before the rest is counted.
const NAMES_SHOWN: usize = 2;

/// The Code screen.
#[derive(Template)]
#[template(path = "code.html")]
pub struct CodePage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// The names of the phones that were asked.
    pub devices: Vec<String>,
    /// The number to type on the phone, where one is asked for.
    pub number: Option<&'a str>,
    /// How far the login has come.
    pub state: CodeState,
    /// Seconds until the approval request expires.
    pub seconds_left: u32,
    /// Seconds that an approval request lives altogether.
    pub seconds_total: u32,
    /// Seconds since the phone was last asked: after 20 a hint is shown.
    pub seconds_since_asked: u32,
    /// In how many seconds the phone may be asked again: 0 is now, none if not as things stand.
    pub ask_again_in: Option<u32>,
}

/// How far a login has come, as the Code screen tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// The phone's answer is awaited.
    Waiting(Reach),
    /// The phone approved; this page completes the login.
    Approved,
    /// The phone denied.
    Denied,
    /// The phone said "this wasn't me".
    Reported,
    /// Another number was typed on the phone.
    WrongNumber,
    /// No answer in time.
    Expired,
    /// Approved, but this page did not complete the login in time.
    NotCompleted,
    /// Completed in another tab of this browser.
    Completed,
    /// No login waits in this browser.
    NoLogin,
    /// The login was started in another browser.
    NotThisBrowser,
}

impl CodeState {
    /// Every state.
    pub const ALL: [Self; 20] = [
        Self::Waiting(Reach::Push(Push::None)),
        Self::Waiting(Reach::Push(Push::Sending)),
        Self::Waiting(Reach::Push(Push::Sent)),
        Self::Waiting(Reach::Push(Push::Trouble)),
        Self::Waiting(Reach::Push(Push::Lost)),
        Self::Waiting(Reach::Push(Push::Held(Held::Another))),
        Self::Waiting(Reach::Push(Push::Held(Held::TooMany))),
        Self::Waiting(Reach::Push(Push::Held(Held::Denied))),
        Self::Waiting(Reach::Push(Push::Held(Held::Reported))),
        Self::Waiting(Reach::Delivered),
        Self::Waiting(Reach::Seen),
        Self::Approved,
        Self::Denied,
        Self::Reported,
        Self::WrongNumber,
        Self::Expired,
        Self::NotCompleted,
        Self::Completed,
        Self::NoLogin,
        Self::NotThisBrowser,
    ];

    /// The word for it in the page and in the event stream.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting(reach) => waiting_code(reach),
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Reported => "reported",
            Self::WrongNumber => "wrong_number",
            Self::Expired => "expired",
            Self::NotCompleted => "not_completed",
            Self::Completed => "completed",
            Self::NoLogin => "no_login",
            Self::NotThisBrowser => "not_this_browser",
        }
    }

    /// Whether the phone's answer is still awaited.
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Waiting(_))
    }

    /// Whether the login can still be completed from this page.
    const fn is_live(self) -> bool {
        matches!(self, Self::Waiting(_) | Self::Approved)
    }

    /// Whether the phone rings, or has it: otherwise its owner has to open the app.
    const fn is_rung(self) -> bool {
        match self {
            Self::Waiting(Reach::Push(push)) => matches!(push, Push::Sending | Push::Sent),
            _ => true,
        }
    }

    /// After how many seconds the hint is shown: one that says why the phone does not ring comes at once.
    pub const fn hint_after(self) -> u32 {
        if self.is_rung() { HINT_AFTER } else { 0 }
    }

    /// What helps if nothing seems to happen. A request that somebody looks at needs no hint.
    const fn hint_key(self) -> Option<&'static str> {
        match self {
            Self::Waiting(Reach::Push(push)) => Some(match push {
                Push::None => "code-hint-no-push",
                Push::Sending | Push::Sent => "code-hint",
                Push::Trouble => "code-hint-trouble",
                Push::Lost => "code-hint-lost",
                Push::Held(Held::Another) => "code-hint-held-another",
                Push::Held(Held::TooMany) => "code-hint-held-too-many",
                Push::Held(Held::Denied) => "code-hint-held-denied",
                Push::Held(Held::Reported) => "code-hint-held-reported",
            }),
            Self::Waiting(Reach::Delivered) => Some("code-hint"),
            _ => None,
        }
    }

    const fn tone(self) -> &'static str {
        match self {
            Self::Waiting(Reach::Seen) => "active",
            Self::Waiting(_) => "plain",
            Self::Approved | Self::Completed => "good",
            Self::Denied | Self::Reported | Self::WrongNumber => "bad",
            Self::Expired | Self::NotCompleted | Self::NoLogin | Self::NotThisBrowser => "still",
        }
    }

    const fn title_key(self) -> &'static str {
        match self {
            Self::Waiting(_) if !self.is_rung() => "code-title-open",
            Self::Waiting(_) | Self::Approved => "code-title",
            Self::Denied => "code-denied-title",
            Self::Reported => "code-reported-title",
            Self::WrongNumber => "code-wrong-number-title",
            Self::Expired => "code-expired-title",
            Self::NotCompleted => "code-not-completed-title",
            Self::Completed => "code-completed-title",
            Self::NoLogin => "code-no-login-title",
            Self::NotThisBrowser => "code-other-browser-title",
        }
    }

    const fn status_key(self) -> &'static str {
        match self {
            Self::Waiting(reach) => waiting_status_key(reach),
            Self::Approved => "code-status-approved",
            Self::Denied => "code-status-denied",
            Self::Reported => "code-status-reported",
            Self::WrongNumber => "code-status-wrong-number",
            Self::Expired => "code-status-expired",
            Self::NotCompleted => "code-status-not-completed",
            Self::Completed => "code-status-completed",
            Self::NoLogin => "code-status-no-login",
            Self::NotThisBrowser => "code-status-other-browser",
        }
    }
}

/// How far the asking came, as the event stream spells it.
const fn waiting_code(reach: Reach) -> &'static str {
    match reach {
        Reach::Push(Push::None) => "no_push",
        Reach::Push(Push::Sending) => "sending",
        Reach::Push(Push::Sent) => "asked",
        Reach::Push(Push::Trouble) => "trouble",
        Reach::Push(Push::Lost) => "lost",
        Reach::Push(Push::Held(Held::Another)) => "held_another",
        Reach::Push(Push::Held(Held::TooMany)) => "held_too_many",
        Reach::Push(Push::Held(Held::Denied)) => "held_denied",
        Reach::Push(Push::Held(Held::Reported)) => "held_reported",
        Reach::Delivered => "delivered",
        Reach::Seen => "seen",
    }
}

const fn waiting_status_key(reach: Reach) -> &'static str {
    match reach {
        Reach::Push(Push::None) => "code-status-no-push",
        Reach::Push(Push::Sending) => "code-status-sending",
        Reach::Push(Push::Sent) => "code-status-asked",
        Reach::Push(Push::Trouble) => "code-status-trouble",
        Reach::Push(Push::Lost) => "code-status-lost",
        Reach::Push(Push::Held(_)) => "code-status-held",
        Reach::Delivered => "code-status-delivered",
        Reach::Seen => "code-status-seen",
    }
}

impl CodePage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn hint(&self) -> String {
        self.state.hint_key().map(|key| self.page.t(key)).unwrap_or_default()
    }

    fn shows_hint(&self) -> bool {
        self.state.is_waiting() && self.seconds_since_asked >= self.state.hint_after()
    }

    fn device_names(&self) -> String {
        let shown = self.devices.len().min(NAMES_SHOWN);
        let separator = self.page.t("list-separator");
        let names = self.devices.iter().take(shown).map(String::as_str).collect::<Vec<_>>().join(&separator);
        match u32::try_from(self.devices.len() - shown) {
            Ok(0) | Err(_) => names,
            Ok(more) => texts::text_with(
                self.page.lang,
                "code-devices-more",
                &[("names", Value::Text(&names)), ("count", Value::Count(more))],
            ),
        }
    }

    /// While waiting the button keeps its place, switched off where asking is not possible yet. A login
    /// that is over takes no answer: there is nothing to ask for again.
    const fn offers_asking_again(&self) -> bool {
        let pushable = !matches!(self.state, CodeState::Waiting(Reach::Push(Push::None | Push::Lost)));
        self.state.is_waiting() && pushable
    }

    /// Changes only when the dial has something else to show: the script then redraws it.
    fn dial_key(&self) -> String {
        let face = if self.state.is_waiting() { "waiting" } else { self.state.code() };
        format!("{face} {}", self.number.unwrap_or_default())
    }

    /// How much of the ring is gone, in thousandths.
    fn ring_offset(&self) -> u32 {
        if self.state == CodeState::Approved {
            return 0;
        }
        let left = u64::from(self.seconds_left.min(self.seconds_total)) * 1000;
        let left = left.checked_div(u64::from(self.seconds_total)).unwrap_or(0);
        1000_u32.saturating_sub(u32::try_from(left).unwrap_or(1000))
    }

    fn time_left(&self) -> String {
        clock_face(self.seconds_left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Lang;

    fn page(devices: &[&str], left: u32, total: u32) -> CodePage<'static> {
        CodePage {
            page: Page { lang: Lang::En, tenant_name: "Acme", csrf: "t", path: "/login/code" },
            devices: devices.iter().map(|&d| d.to_owned()).collect(),
            number: None,
            state: CodeState::Waiting(Reach::Push(Push::Sent)),
            seconds_left: left,
            seconds_total: total,
            seconds_since_asked: 0,
            ask_again_in: None,
        }
    }

    #[test]
    fn names_beyond_two_are_counted() {
        assert_eq!(page(&["A"], 1, 1).device_names(), "A");
        assert_eq!(page(&["A", "B"], 1, 1).device_names(), "A, B");
        assert_eq!(page(&["A", "B", "C"], 1, 1).device_names(), "A, B and 1 more");
        assert_eq!(page(&["A", "B", "C", "D"], 1, 1).device_names(), "A, B and 2 more");
    }

    #[test]
    fn the_ring_runs_down_and_never_overflows() {
        assert_eq!(page(&[], 120, 120).ring_offset(), 0);
        assert_eq!(page(&[], 30, 120).ring_offset(), 750);
        assert_eq!(page(&[], 0, 120).ring_offset(), 1000);
        assert_eq!(page(&[], 500, 120).ring_offset(), 0);
        assert_eq!(page(&[], 5, 0).ring_offset(), 1000);
        assert_eq!(page(&[], u32::MAX, u32::MAX).ring_offset(), 0);
    }

    #[test]
    fn a_login_that_is_over_is_started_again_and_not_asked_for_again() {
        let expired = CodePage { state: CodeState::Expired, ask_again_in: Some(0), ..page(&["A"], 0, 0) };
        let html = expired.render().unwrap();
        assert!(!html.contains("/login/push"));
        assert!(html.contains(r#"<a class="button button-main" href="/login">"#));
    }

    #[test]
    fn the_dial_is_redrawn_only_for_another_face() {
        let asked = page(&[], 120, 120);
        let seen = CodePage { state: CodeState::Waiting(Reach::Seen), seconds_left: 90, ..page(&[], 0, 120) };
        let numbered = CodePage { number: Some("47"), ..page(&[], 120, 120) };
        assert_eq!(asked.dial_key(), seen.dial_key());
        assert_ne!(asked.dial_key(), numbered.dial_key());
    }
}
