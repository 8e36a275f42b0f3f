//! A person who signs in: one browser, one phone.

use std::time::Duration;

use countersign_demo::browser::Page;
use countersign_demo::desk::SystemClock;
use countersign_demo::house::Failure;
use countersign_protocol::time::Clock as _;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::browser::Browser;
use crate::figures::Times;
use crate::phone::Phone;
use crate::town::PASSWORD;

/// The longest that one login may take: a net, so that a measurement that hangs says so.
const LOGIN_WITHIN: Duration = Duration::from_secs(60);

/// A person.
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) browser: Browser,
    pub(crate) phone: Phone,
}

/// What one person measured.
#[derive(Default)]
pub(crate) struct Measured {
    /// From the first page to the start page.
    pub(crate) logins: Times,
    /// From the approval being sent to the page being told.
    pub(crate) switches: Times,
}

impl Person {
    /// Signs in once, from the form to the start page.
    pub(crate) async fn sign_in(&mut self, measured: &mut Measured) -> Result<(), Failure> {
        timeout(LOGIN_WITHIN, self.sign_in_patiently(measured)).await?
    }

    async fn sign_in_patiently(&mut self, measured: &mut Measured) -> Result<(), Failure> {
        let begun = SystemClock.now();
        self.browser.forget_cookie("countersign-session");
        let form = self.browser.get("/login").await?;
        let fields = [("email", self.email.as_str()), ("password", PASSWORD)];
        leads_to(&self.browser.submit(&form, "/login", &fields).await?, "/login/code")?;
        let code_screen = self.browser.get("/login/code").await?;
        let mut events = self.browser.events().await?;

        let asked = self.phone.woken().await?;
        let number = if asked.wants_number() { code_screen.text_of("code-number") } else { None };
        let approval = self.phone.approval(&asked, number)?;
        let sent = SystemClock.now();
        let told = async {
            while events.state().await? != "approved" {}
            Ok::<_, Failure>(SystemClock.now())
        };
        let (taken, told) = tokio::join!(self.phone.send(&asked, &approval), told);
        taken?;
        measured.switches.add(sent.until(told?));
        drop(events);

        leads_to(&self.browser.submit(&code_screen, "/login/complete", &[]).await?, "/")?;
        let start = self.browser.get("/").await?;
        if !start.body.contains(&self.email) {
            return Err("the start page does not say who is signed in".into());
        }
        measured.logins.add(begun.until(SystemClock.now()));
        Ok(())
    }
}

/// That a page sends the browser on to another one.
pub(crate) fn leads_to(page: &Page, wanted: &str) -> Result<(), Failure> {
    match page.location.as_deref() {
        Some(found) if found == wanted => Ok(()),
        found => Err(format!("status {}, to {found:?} instead of {wanted}", page.status).into()),
    }
}

/// Has everybody sign in over and over for `length`, and at least once.
pub(crate) async fn all_sign_in(
    people: Vec<Person>,
    length: Duration,
) -> Result<(Vec<Person>, Measured), Failure> {
    let end = SystemClock.now() + length;
    let mut running = JoinSet::new();
    for mut person in people {
        running.spawn(async move {
            let mut measured = Measured::default();
            loop {
                person.sign_in(&mut measured).await?;
                if SystemClock.now() >= end {
                    return Ok::<_, Failure>((person, measured));
                }
            }
        });
    }
    let (mut people, mut all) = (Vec::new(), Measured::default());
    while let Some(done) = running.join_next().await {
        let (person, measured) = done??;
        people.push(person);
        all.logins.join(measured.logins);
        all.switches.join(measured.switches);
    }
    Ok((people, all))
}
