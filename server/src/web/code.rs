//! The Code screen: a login waits here for the phone, or for another way.

mod state;
mod ways;

use askama::Template;

pub use state::CodeState;
pub use ways::{EmailWay, SendAgain, Way, WayKind, WayProblem, masked_email};

use super::{
    Page,
    page::clock_face,
    texts::{self, Value},
};
use crate::domain::reach::{Push, Reach};

/// How many device names are spelled out before the rest is counted.
const NAMES_SHOWN: usize = 2;

/// The Code screen.
#[derive(Template)]
#[template(path = "code.html")]
pub struct CodePage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What the login is for.
    pub purpose: CodePurpose,
    /// The names of the phones that were asked.
    pub devices: Vec<String>,
    /// The number to type on the phone, where one is asked for.
    pub number: Option<&'a str>,
    /// How far the login has come.
    pub state: CodeState,
    /// Seconds until the phones may answer no more; if no phone may, until the login lapses.
    pub seconds_left: u32,
    /// Of so many seconds altogether.
    pub seconds_total: u32,
    /// Seconds since the phone was last asked: after 20 a hint is shown.
    pub seconds_since_asked: u32,
    /// In how many seconds the phone may be asked again: 0 is now, none if not as things stand.
    pub ask_again_in: Option<u32>,
    /// The other ways, in the order in which they are offered.
    pub ways: Vec<Way>,
    /// For how many days this browser may be asked no more; 0 if that is not offered.
    pub remember_days: u16,
    /// Whether that is ticked already.
    pub remember: bool,
    /// Whether there is a way for those who lost their phone.
    pub recoverable: bool,
    /// Whether the page must not renew itself where scripts are off: its address asked for that.
    pub still: bool,
}

/// What a login is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodePurpose {
    /// To sign in.
    #[default]
    SignIn,
    /// To prove again, in a session, who is there: a change of the account's security follows.
    Confirm,
}

impl CodePage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn title(&self) -> String {
        let first_is_passkey = self.ways.first().is_some_and(Way::is_passkey);
        let sign_in = self.purpose == CodePurpose::SignIn;
        self.page.t(match self.state {
            CodeState::Waiting(Reach::NoPhone) if self.ways.is_empty() => "code-title-no-way",
            CodeState::Waiting(Reach::NoPhone) if sign_in && first_is_passkey => "code-title-passkey",
            state => state.title_key(self.purpose),
        })
    }

    /// What to do, below the title.
    fn lead(&self) -> Option<String> {
        let confirm = self.purpose == CodePurpose::Confirm;
        let key = match self.state {
            CodeState::Waiting(Reach::NoPhone) if self.ways.is_empty() => "code-no-way",
            CodeState::Waiting(Reach::TimedOut) => "code-below",
            CodeState::Waiting(Reach::NoPhone) if confirm => "code-confirm-why",
            CodeState::Waiting(Reach::NoPhone) => return None,
            state if !state.is_live() => return None,
            _ if self.number.is_some() => "code-type-number",
            _ if confirm => "code-confirm-tap",
            _ => "code-tap",
        };
        Some(self.page.t(key))
    }

    fn status(&self) -> String {
        self.state.status_key(self.purpose).map(|key| self.page.t(key)).unwrap_or_default()
    }

    fn signing_in(&self) -> String {
        CodeState::Approved.status_key(self.purpose).map(|key| self.page.t(key)).unwrap_or_default()
    }

    fn hint(&self) -> String {
        self.state.hint_key().map(|key| self.page.t(key)).unwrap_or_default()
    }

    fn shows_hint(&self) -> bool {
        self.state.is_waiting() && self.seconds_since_asked >= self.state.hint_after()
    }

    /// A screen on which no phone is asked has neither dial nor hints.
    fn has_dial(&self) -> bool {
        self.state != CodeState::Waiting(Reach::NoPhone)
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
    fn offers_asking_again(&self) -> bool {
        match self.state {
            CodeState::Waiting(Reach::Push(Push::None | Push::Lost) | Reach::NoPhone) => false,
            CodeState::Waiting(Reach::TimedOut) => self.ask_again_in.is_some(),
            state => state.is_waiting(),
        }
    }

    fn shows_ways(&self) -> bool {
        self.state.is_waiting() && !self.ways.is_empty()
    }

    /// Which way is open: the one that something was wrong with, the one whose code was sent, or the
    /// first where there is no phone to wait for.
    fn is_open(&self, way: &Way) -> bool {
        let code_sent = |way: &&Way| matches!(&way.kind, WayKind::Email(email) if email.code_left.is_some());
        let first = self.ways.first().filter(|way| !self.state.awaits_phone() && !way.is_passkey());
        let open = self.ways.iter().find(|way| way.problem.is_some());
        open.or_else(|| self.ways.iter().find(code_sent)).or(first).is_some_and(|open| open == way)
    }

    /// Whether a passkey can be used, now or after a while.
    fn offers_passkey(&self) -> bool {
        self.shows_ways() && self.ways.iter().any(Way::is_passkey)
    }

    /// Whether a passkey is what this page asks for first.
    fn is_main(&self, way: &Way) -> bool {
        !self.state.awaits_phone() && self.ways.first() == Some(way)
    }

    /// Whether its field has the focus from the beginning: there is nothing else to look at.
    fn is_focused(&self, way: &Way) -> bool {
        self.is_open(way) && (way.problem.is_some() || !self.state.awaits_phone())
    }

    /// Changes only when the ways have something else to show.
    fn ways_key(&self) -> String {
        self.ways.iter().map(Way::key).collect::<Vec<_>>().join("; ")
    }

    /// Whether the page renews itself where scripts are off: not while somebody types.
    fn renews(&self) -> bool {
        let typing = self.shows_ways() && (self.still || self.ways.iter().any(|way| self.is_open(way)));
        self.state.is_waiting() && !typing
    }

    fn offers_remembering(&self) -> bool {
        let hopeful = self.shows_ways() || self.state.awaits_phone() || self.state == CodeState::Approved;
        self.remember_days > 0 && self.purpose == CodePurpose::SignIn && hopeful
    }

    /// Where a login that did not succeed is left for.
    const fn way_out(&self) -> (&'static str, &'static str) {
        match self.purpose {
            CodePurpose::SignIn => ("/login", "start-again"),
            CodePurpose::Confirm if self.state.is_live() => ("/account/security", "cancel"),
            CodePurpose::Confirm => ("/account/security", "back"),
        }
    }

    /// Where a login that was completed elsewhere leads to.
    const fn way_on(&self) -> (&'static str, &'static str) {
        match self.purpose {
            CodePurpose::SignIn => ("/", "code-go-on"),
            CodePurpose::Confirm => ("/account/security", "code-confirm-go-on"),
        }
    }

    /// Changes only when the dial has something else to show: the script then redraws it.
    fn dial_key(&self) -> String {
        let face = if self.state.awaits_phone() { "waiting" } else { self.state.code() };
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
    use crate::web::PageBrand;

    fn page(devices: &[&str], left: u32, total: u32) -> CodePage<'static> {
        CodePage {
            page: Page {
                lang: Lang::En,
                tenant_name: "Acme",
                csrf: "t",
                brand: PageBrand::default(),
                path: "/login/code",
            },
            purpose: CodePurpose::SignIn,
            devices: devices.iter().map(|&d| d.to_owned()).collect(),
            number: None,
            state: CodeState::Waiting(Reach::Push(Push::Sent)),
            seconds_left: left,
            seconds_total: total,
            seconds_since_asked: 0,
            ask_again_in: None,
            ways: Vec::new(),
            remember_days: 0,
            remember: false,
            recoverable: false,
            still: false,
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
