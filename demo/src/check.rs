//! `demo --check`: one whole sign-in over real sockets, each step with its time. It succeeds only if all
//! of it happened.

use std::io::Write;
use std::time::Duration;

use countersign_mobile_core::{Core, Mode, Outcome};
use countersign_protocol::time::{Clock as _, Timestamp};
use tokio::net::TcpListener;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use crate::browser::{Browser, Page};
use crate::desk::SystemClock;
use crate::house::{Failure, House, Occupants};
use crate::people::EMAIL;

/// The longest that any step may take.
const STEP_WITHIN: Duration = Duration::from_secs(10);

/// Performs one sign-in with the number, and another by tap in the browser that is trusted by then.
///
/// # Errors
/// The first step that did not happen.
pub async fn run(house: Occupants, phone: TcpListener, out: &mut impl Write) -> Result<(), Failure> {
    let Occupants { origin, password, core, push, mut wakes, push_service, inbox, app } = house;
    let mut mails = inbox.watch();
    let served = tokio::spawn(axum::serve(phone, push_service.router()).into_future());
    let mut steps = Steps { out, last: SystemClock.now() };
    House::pair(&app, &core, &origin, push).await?;
    steps.done("the phone is paired")?;
    timeout(STEP_WITHIN, mails.wait_for(|mails| !mails.is_empty())).await??;
    steps.done("the person is told of it by mail")?;

    let browser = Browser::new(&origin)?;
    for sign_in in ["first", "second"] {
        steps.say(&format!("{sign_in} sign-in"))?;
        let number = sign_in_once(&browser, &core, &mut wakes, &password, &mut steps).await?;
        if number != (sign_in == "first") {
            return Err("the number was asked for at the wrong sign-in".into());
        }
    }
    served.abort();
    steps.say("all of it happened")?;
    Ok(())
}

/// One sign-in and one sign-out. Whether the number was asked for.
async fn sign_in_once(
    browser: &Browser,
    core: &Core,
    wakes: &mut Receiver<Vec<u8>>,
    password: &str,
    steps: &mut Steps<'_, impl Write>,
) -> Result<bool, Failure> {
    leads_to(&browser.sign_in(EMAIL, password).await?, "/login/code")?;
    steps.done("the password is right, and the phone is asked")?;
    let code_screen = browser.get("/login/code").await?;
    let mut events = browser.events().await?.ok_or("there is no event stream")?;
    timeout(STEP_WITHIN, events.stands("asked")).await??;
    steps.done("the Code screen waits")?;

    timeout(STEP_WITHIN, wakes.recv()).await?.ok_or("the push service is gone")?;
    steps.done("the phone is woken by Web Push")?;
    let pending = core.pending().await?;
    let request = pending.requests.into_iter().next().ok_or("the phone has no request")?;
    let request = core.fetch(request.account_id.clone(), request.login).await?;
    timeout(STEP_WITHIN, events.stands("seen")).await??;
    steps.done("the phone shows who asks, and the browser knows")?;

    let number = match request.mode {
        Mode::Tap => None,
        Mode::Number { .. } => Some(code_screen.text_of("code-number").ok_or("no number is shown")?),
    };
    let asked = number.is_some();
    if core.approve(request, number).await? != Outcome::Approved {
        return Err("the server did not take the approval".into());
    }
    steps.done(if asked { "approved with the number" } else { "approved by tap" })?;
    timeout(STEP_WITHIN, events.stands("approved")).await??;
    steps.done("the browser is told")?;
    leads_to(&browser.submit(&code_screen, "/login/complete", &[]).await?, "/")?;
    let start = browser.get("/").await?;
    if !start.body.contains(EMAIL) {
        return Err("the start page does not say who is signed in".into());
    }
    steps.done("the start page is shown")?;
    leads_to(&browser.submit(&start, "/logout", &[]).await?, "/login?signed-out")?;
    Ok(asked)
}

fn leads_to(page: &Page, wanted: &str) -> Result<(), Failure> {
    match page.location.as_deref() {
        Some(found) if found == wanted => Ok(()),
        found => Err(format!("status {}, to {found:?} instead of {wanted}", page.status).into()),
    }
}

struct Steps<'a, W> {
    out: &'a mut W,
    last: Timestamp,
}

impl<W: Write> Steps<'_, W> {
    fn say(&mut self, text: &str) -> std::io::Result<()> {
        writeln!(self.out, "{text}")
    }

    fn done(&mut self, step: &str) -> std::io::Result<()> {
        let now = SystemClock.now();
        let micros = self.last.until(now).as_micros();
        self.last = now;
        writeln!(self.out, "  {:>7}.{} ms  {step}", micros / 1000, micros % 1000 / 100)
    }
}
