//! A lost phone.
//!
//! | address | what happens |
//! |---|---|
//! | `GET /login/recover` | how things stand: the question, the next step, or the end |
//! | `POST /login/recover` | instructions are mailed to whoever typed the right password |
//! | `GET /recover/{link}` | the link from the mail, once, in the browser that asked; it leads to the first address, so that the secret is in no address for longer than a moment |
//! | `POST /login/recover/prove` | a recovery code or another factor |
//! | `POST /login/recover/wait` | nothing but e-mail: the waiting time begins |
//! | `POST /login/recover/remove` | what is lost is removed |
//! | `POST /login/recover/stop` | the phone is found: the waiting ends |
//! | `GET`, `POST /recover/stop/{link}` | the link from the mail that stops it, in any browser |

use std::collections::HashMap;
use std::time::Duration;

use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::time::Timestamp;
use serde::Deserialize;

use super::seconds;
use crate::app::{
    Attempt, Going, Recovered, RecoveryAsked, RecoveryLink, RecoveryProved, RecoveryView, WaitBegun,
};
use crate::domain::factor::Factor;
use crate::domain::recovery::{LINK_LASTS, RIPE_LASTS, RecoveryStanding};
use crate::http::cookies::Name;
use crate::http::failure::Failure;
use crate::http::form::{Guarded, Nothing};
use crate::http::visitor::Visitor;
use crate::web::{
    ErrorKind, LostKind, LostThing, Page, RecoverPage, RecoverState, Way, WayKind, WayProblem, for_people,
    masked_email,
};

const HERE: &str = "/login/recover";

/// How things stand.
pub(in crate::http) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    let view = own(&visitor).await?;
    match view.as_ref().map(|view| view.standing) {
        Some(
            RecoveryStanding::Mailed
            | RecoveryStanding::Opened
            | RecoveryStanding::Waiting(_)
            | RecoveryStanding::Ripe,
        ) => standing(visitor, view, Said::default()).await,
        // Whoever is done, or came too late, may begin again where a login waits.
        _ => question(visitor).await,
    }
}

/// The recovery of this browser.
async fn own(visitor: &Visitor) -> Result<Option<RecoveryView>, Failure> {
    match visitor.recovery() {
        Some(kept) => Ok(visitor.app.recovery(&visitor.at, &kept).await?),
        None => Ok(None),
    }
}

/// What a page says beside how things stand.
#[derive(Default)]
struct Said {
    /// Of which way there is something to say, and what.
    problem: Option<(Factor, WayProblem)>,
    /// Which way is suspended, and for how many seconds.
    suspended: Option<(Factor, u32)>,
    /// Whether nothing was chosen.
    nothing_chosen: bool,
}

impl Said {
    fn status(&self) -> StatusCode {
        match (self.problem, self.suspended, self.nothing_chosen) {
            (None, None, false) => StatusCode::OK,
            (_, Some(_), _) => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

async fn question(visitor: Visitor) -> Result<Response, Failure> {
    let to = match visitor.login() {
        Some(cookie) => visitor.app.recoverable(&visitor.at, &cookie).await?,
        None => None,
    };
    let Some(to) = to else { return page(visitor, StatusCode::OK, &RecoverState::NoLogin) };
    let (to, hours) = (masked_email(&to), hours(&visitor));
    page(visitor, StatusCode::OK, &RecoverState::Ask { to: &to, hours, wait: None })
}

async fn standing(visitor: Visitor, view: Option<RecoveryView>, said: Said) -> Result<Response, Failure> {
    let Some(view) = view else { return question(visitor).await };
    let (lang, hours, status) = (visitor.lang, hours(&visitor), said.status());
    let to = masked_email(&view.user.email);
    let minutes = u32::try_from(LINK_LASTS.as_secs() / 60).unwrap_or(0);
    let until;
    let state = match view.standing {
        RecoveryStanding::Mailed => RecoverState::Sent { to: &to, minutes },
        RecoveryStanding::Opened => {
            let ways = visitor.app.recovery_ways(&visitor.at, &view).await?;
            RecoverState::Prove {
                ways: ways.into_iter().filter_map(|way| shown(way, &said)).collect(),
                hours,
            }
        }
        RecoveryStanding::Waiting(ripe_at) => {
            until = for_people(ripe_at, lang);
            RecoverState::Waiting { until: &until }
        }
        RecoveryStanding::Ripe => {
            RecoverState::Remove { things: things(&visitor, &view).await?, problem: said.nothing_chosen }
        }
        RecoveryStanding::Done => RecoverState::Done,
        RecoveryStanding::Stopped => RecoverState::Stopped,
        RecoveryStanding::Over => RecoverState::Over,
    };
    page(visitor, status, &state)
}

fn hours(visitor: &Visitor) -> u32 {
    visitor.at.tenant.policy.factors.recovery_hours.into()
}

fn shown(way: Factor, said: &Said) -> Option<Way> {
    let kind = match way {
        Factor::Totp => WayKind::Authenticator,
        Factor::RecoveryCode => WayKind::RecoveryCode,
        Factor::Push | Factor::Passkey | Factor::EmailCode => return None,
    };
    let problem = said.problem.filter(|(factor, _)| *factor == way).map(|(_, problem)| problem);
    let suspended = said.suspended.filter(|(factor, _)| *factor == way).map(|(_, seconds)| seconds);
    Some(Way { problem, suspended, ..Way::new(kind) })
}

/// What may be lost: phones are chosen from the beginning.
async fn things(visitor: &Visitor, view: &RecoveryView) -> Result<Vec<LostThing>, Failure> {
    let held = visitor.app.held_by(&visitor.at, view.user.id).await?;
    let when = |at: Option<Timestamp>| at.map(|at| for_people(at, visitor.lang));
    let phones = held.phones.iter().map(|phone| LostThing {
        id: format!("phone.{}", phone.id),
        kind: LostKind::Phone,
        name: Some(phone.name.clone()),
        last_used: when(phone.last_used_at),
        chosen: true,
    });
    let passkeys = held.passkeys.iter().map(|passkey| LostThing {
        id: format!("passkey.{}", passkey.id),
        kind: LostKind::Passkey,
        name: Some(passkey.name.clone()),
        last_used: when(passkey.last_used_at),
        chosen: held.phones.is_empty(),
    });
    let app = held.authenticator.as_ref().map(|app| LostThing {
        id: "authenticator".to_owned(),
        kind: LostKind::Authenticator,
        name: None,
        last_used: when(app.last_used_at),
        // It is most often on the phone that is lost; but it may just have been used.
        chosen: !view.is_proved(),
    });
    Ok(phones.chain(passkeys).chain(app).collect())
}

pub(in crate::http) async fn ask(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (mut visitor, Nothing {}) = form.fresh()?;
    let Some(cookie) = visitor.login() else { return Ok(visitor.redirect(HERE)) };
    match visitor.app.ask_recovery(&visitor.at, &cookie, &visitor.browser()).await? {
        RecoveryAsked::Sent(kept) => {
            let wait = Duration::from_hours(visitor.at.tenant.policy.factors.recovery_hours.into());
            visitor.set(Name::Recovery, &kept.reveal(), Some(wait + RIPE_LASTS + LINK_LASTS));
            Ok(visitor.redirect(HERE))
        }
        RecoveryAsked::TooMany => Err(Failure(ErrorKind::TooManyRequests)),
        RecoveryAsked::NotOffered | RecoveryAsked::NoLogin => {
            page(visitor, StatusCode::OK, &RecoverState::NoLogin)
        }
    }
}

/// The link from the mail. Whoever only looks at links, such as a scanner of mail, has no cookie, and changes
/// nothing.
pub(in crate::http) async fn open(visitor: Visitor, Path(link): Path<String>) -> Result<Response, Failure> {
    let Some(link) = RecoveryLink::parse(&link) else {
        return page(visitor, StatusCode::NOT_FOUND, &RecoverState::Over);
    };
    let kept = visitor.recovery().filter(|kept| kept.id == link.id);
    let Some(kept) = kept else { return page(visitor, StatusCode::FORBIDDEN, &RecoverState::OtherBrowser) };
    if visitor.app.open_recovery(&visitor.at, &kept, &link, visitor.browser().address).await? {
        return Ok(visitor.redirect(HERE));
    }
    // Opened before, in this very browser: it goes on where it was.
    let standing = visitor.app.recovery(&visitor.at, &kept).await?.map(|view| view.standing);
    match standing {
        Some(RecoveryStanding::Opened | RecoveryStanding::Waiting(_) | RecoveryStanding::Ripe) => {
            Ok(visitor.redirect(HERE))
        }
        _ => page(visitor, StatusCode::GONE, &RecoverState::Over),
    }
}

#[derive(Deserialize)]
pub(in crate::http) struct Typed {
    way: String,
    #[serde(default)]
    code: String,
}

pub(in crate::http) async fn prove(form: Guarded<Typed>) -> Result<Response, Failure> {
    let (visitor, Typed { way, code }) = form.fresh()?;
    let factor = Factor::parse(&way).ok_or(Failure(ErrorKind::FormExpired))?;
    let attempt = match factor {
        Factor::Totp => Attempt::Totp(code),
        Factor::RecoveryCode => Attempt::RecoveryCode(code),
        _ => return Err(Failure(ErrorKind::FormExpired)),
    };
    let Some(view) = own(&visitor).await? else { return Ok(visitor.redirect(HERE)) };
    let problem = match visitor.app.prove_recovery(&visitor.at, &view, &visitor.browser(), attempt).await? {
        RecoveryProved::Proved | RecoveryProved::Not => return Ok(visitor.redirect(HERE)),
        RecoveryProved::Suspended(wait) => {
            let said = Said { suspended: Some((factor, seconds(wait))), ..Said::default() };
            return standing(visitor, Some(view), said).await;
        }
        RecoveryProved::Wrong => WayProblem::Wrong,
        RecoveryProved::ClockOff(clock) => {
            WayProblem::ClockOff { minutes: clock.0.unsigned_abs(), ahead: clock.0 > 0 }
        }
    };
    standing(visitor, Some(view), Said { problem: Some((factor, problem)), ..Said::default() }).await
}

pub(in crate::http) async fn wait(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (visitor, Nothing {}) = form.fresh()?;
    let Some(view) = own(&visitor).await? else { return Ok(visitor.redirect(HERE)) };
    if view.standing != RecoveryStanding::Opened {
        return Ok(visitor.redirect(HERE));
    }
    match visitor.app.wait_for_recovery(&visitor.at, &view, &visitor.browser()).await? {
        WaitBegun::Until(_) => Ok(visitor.redirect(HERE)),
        WaitBegun::No => page(visitor, StatusCode::TOO_MANY_REQUESTS, &RecoverState::NotNow),
    }
}

/// What is ticked: one field a thing, since a form that says one name several times is read by few.
type Ticked = HashMap<String, String>;

pub(in crate::http) async fn remove(form: Guarded<Ticked>) -> Result<Response, Failure> {
    let (mut visitor, ticked) = form.fresh()?;
    let Some(view) = own(&visitor).await? else { return Ok(visitor.redirect(HERE)) };
    let going = going(&ticked);
    match visitor.app.remove_lost(&visitor.at, &view, &visitor.browser(), going).await? {
        Recovered::Done => {
            for name in [Name::Recovery, Name::Session, Name::Login] {
                visitor.clear(name);
            }
            page(visitor, StatusCode::OK, &RecoverState::Done)
        }
        Recovered::NothingChosen => {
            standing(visitor, Some(view), Said { nothing_chosen: true, ..Said::default() }).await
        }
        Recovered::Not => Ok(visitor.redirect(HERE)),
    }
}

/// What a form names, as [`things`] wrote it. What cannot be read is nothing.
fn going(ticked: &Ticked) -> Going {
    let lost = || ticked.keys().filter_map(|name| name.strip_prefix("lost."));
    let ids = |kind| lost().filter_map(move |thing| thing.strip_prefix(kind));
    Going::These {
        phones: ids("phone.").filter_map(|id| id.parse().ok()).collect(),
        passkeys: ids("passkey.").filter_map(|id| id.parse().ok()).collect(),
        authenticator: lost().any(|thing| thing == "authenticator"),
        recovery_codes: false,
    }
}

/// The phone is found, in the browser that asked.
pub(in crate::http) async fn stop(form: Guarded<Nothing>) -> Result<Response, Failure> {
    let (mut visitor, Nothing {}) = form.fresh()?;
    let Some(view) = own(&visitor).await? else { return Ok(visitor.redirect(HERE)) };
    let address = visitor.browser().address;
    visitor.app.stop_recovery(&visitor.at, view.user.id, Some(address)).await?;
    visitor.clear(Name::Recovery);
    page(visitor, StatusCode::OK, &RecoverState::Stopped)
}

/// The link that stops it shows a button: scanners of mail open links.
pub(in crate::http) async fn show_stop(
    visitor: Visitor,
    Path(link): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let Some(user) = stoppable(&visitor, &link).await? else {
        return page(visitor, StatusCode::GONE, &RecoverState::Over);
    };
    // In an administrator's mail the link says so: there, "your account" is another one.
    let other = query.is_some_and(|query| query.split('&').any(|part| part == "administrator"));
    let person = if other { visitor.app.email_of(&visitor.at, user).await? } else { None };
    page(visitor, StatusCode::OK, &RecoverState::Stop { person: person.as_deref() })
}

pub(in crate::http) async fn stop_by_link(
    Path(link): Path<String>,
    form: Guarded<Nothing>,
) -> Result<Response, Failure> {
    let (visitor, Nothing {}) = form.fresh()?;
    let Some(user) = stoppable(&visitor, &link).await? else {
        return page(visitor, StatusCode::GONE, &RecoverState::Over);
    };
    let address = visitor.browser().address;
    visitor.app.stop_recovery(&visitor.at, user, Some(address)).await?;
    page(visitor, StatusCode::OK, &RecoverState::Stopped)
}

async fn stoppable(
    visitor: &Visitor,
    link: &str,
) -> Result<Option<countersign_protocol::ids::UserId>, Failure> {
    match RecoveryLink::parse(link) {
        Some(link) => Ok(visitor.app.stoppable(&visitor.at, &link).await?),
        None => Ok(None),
    }
}

fn page(visitor: Visitor, status: StatusCode, state: &RecoverState<'_>) -> Result<Response, Failure> {
    let frame = visitor.frame();
    let page = frame.page();
    // What a form led to is shown by GET at the first address alone: the language switch leads there.
    let path = if page.path.starts_with(HERE) { HERE } else { page.path };
    let html = RecoverPage { page: Page { path, ..page }, state }.render()?;
    Ok(visitor.html(status, html))
}
