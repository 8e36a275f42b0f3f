//! The other ways in, through a browser's pages: codes that are typed on the Code screen, and where they come
//! from.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_protocol::time::Clock as _;
use countersign_server::domain::factor::FactorRules;
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::rule::SecondFactor;
use countersign_server::store::{browsers, tenants};

use crate::world::World;

/// What is said of a code that is wrong, late, used up or of something else.
pub const WRONG: &str = "That code isn’t right, or isn’t valid any more.";
/// The name of the cookie that a browser has which is signed in.
pub const SESSION: &str = "countersign-session";

/// Types a code on the Code screen.
///
/// # Panics
/// When no answer comes.
pub async fn type_code(browser: &Browser, way: &str, code: &str) -> Page {
    let page = browser.get("/login/code").await.unwrap();
    browser.submit(&page, "/login/code", &[("way", way), ("code", code)]).await.unwrap()
}

/// Whether this answer, and no other, signed the browser in.
///
/// # Panics
/// When it gave a session and leads elsewhere than to the start page.
#[must_use]
pub fn signs_in(answer: &Page) -> bool {
    let cookies = answer.headers.get_all("set-cookie").iter();
    let given = cookies.filter_map(|line| line.to_str().ok()).any(|line| line.starts_with(SESSION));
    assert!(!given || (answer.status, answer.location.as_deref()) == (303, Some("/")), "{answer:?}");
    given
}

/// That a code was refused, in the words that are the same for all reasons.
///
/// # Panics
/// When it was not, or in other words.
pub fn assert_wrong(answer: &Page, why: &str) {
    assert!(!signs_in(answer), "{why}");
    assert_eq!((answer.status, answer.text_of("way-problem").as_deref()), (422, Some(WRONG)), "{why}");
}

/// Presses "Send New Code".
///
/// # Panics
/// When no answer comes.
pub async fn send_code(browser: &Browser) {
    let page = browser.get("/login/code").await.unwrap();
    let sent = browser.submit(&page, "/login/email", &[]).await.unwrap();
    assert_eq!((sent.status, sent.location.as_deref()), (303, Some("/login/code")));
}

/// Turns the second step off on the page of one's own account; where that leads.
///
/// # Panics
/// When the page does not offer it.
pub async fn turn_off(browser: &Browser) -> String {
    let page = browser.get("/account/security").await.unwrap();
    assert!(offers_to_turn_off(&page), "{}", page.body);
    let off = browser.submit(&page, "/account/security/turn-off", &[]).await.unwrap();
    off.location.unwrap()
}

/// Whether the page of one's own account offers to turn the second step off.
#[must_use]
pub fn offers_to_turn_off(page: &Page) -> bool {
    page.body.contains("data-testid=\"turn-off\"")
}

/// A browser that has all the cookies of another.
#[must_use]
pub fn copy_of(world: &World, browser: &Browser) -> Browser {
    let copy = world.browser();
    browser.cookies().iter().for_each(|(name, value)| copy.set_cookie(name, value));
    copy
}

/// A code that is not `code`.
#[must_use]
pub fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

impl World {
    /// Changes the tenant's rules of factors, and lets the server notice.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn set_rules(&self, rules: FactorRules) {
        self.change_policy(|policy| policy.factors = rules).await;
    }

    /// As [`World::set_rules`], in a tenant where everybody must prove a second factor.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn require(&self, rules: FactorRules) {
        self.change_policy(|policy| (policy.base, policy.factors) = (SecondFactor::Required, rules)).await;
    }

    /// Changes the tenant's policy, and lets the server notice. Nobody is told, and nothing is noted: see
    /// [`crate::settings`] for how an administrator does it.
    ///
    /// # Panics
    /// When the database fails, or it is no policy then.
    pub async fn change_policy(&self, change: impl FnOnce(&mut Policy)) {
        let now = self.app.tenant_now(self.tenant).await.unwrap();
        let (tenant, at) = (self.tenant, self.clock.now());
        let mut wanted = now.policy.clone();
        change(&mut wanted);
        let policy = wanted.following(&now.policy, &now.facts, at.into()).unwrap();
        let most = at + Duration::from_hours(24 * u64::from(policy.factors.remember_days));
        let written = self.app.db().write_with((policy, now), move |(policy, now), tx| {
            Box::pin(async move {
                browsers::remember_until_at_most(tx, tenant, most).await?;
                tenants::set_policy(tx, tenant, now.revision, policy, &now.facts).await
            })
        });
        assert!(written.await.unwrap());
        // A tenant is remembered for five seconds.
        self.clock.advance(Duration::from_secs(6));
    }

    /// Changes the database, past every use case. How many rows.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn change(&self, sql: &'static str) -> u64 {
        self.app.db().write(move |tx| Box::pin(tx.query(sql).execute())).await.unwrap()
    }

    /// How many sessions there are.
    pub async fn sessions(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM sessions").await
    }

    /// The code in the newest mail with one, once there are so many of them.
    ///
    /// # Panics
    /// When they do not come.
    pub async fn mailed_code(&self, count: usize) -> String {
        for taken in count.. {
            let mails = self.mail_server().mails(taken).await;
            let codes: Vec<_> = mails.iter().filter_map(|mail| code_in(&mail.plain())).collect();
            if codes.len() >= count {
                return codes.last().unwrap().clone();
            }
        }
        unreachable!("a test waits for a while alone")
    }

    /// New recovery codes for the user.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn recovery_codes(&self) -> Vec<String> {
        self.app.make_recovery_codes(&*self.at().await, &self.person().await, None).await.unwrap()
    }
}

/// The one word of six digits.
fn code_in(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let mut codes = words.filter(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
    let code = codes.next()?;
    assert!(codes.all(|other| other == code), "one code alone: {text}");
    Some(code.to_owned())
}
