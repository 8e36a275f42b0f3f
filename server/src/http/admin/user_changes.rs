//! What an administrator changes of one user, or adds. All of it takes a fresh proof.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::ids::UserId;
use secrecy::SecretString;

use super::Administrator;
use super::doing::{ADD, Doing};
use super::user::{id_of, roles, types};
use crate::app::admin::{AddError, UserWish};
use crate::app::{Acted, AppError, ChangeRefused, PasswordRefused, Refused, ResetAsked, WaitingReset};
use crate::domain::directory::Action;
use crate::domain::user::Role;
use crate::http::failure::Failure;
use crate::http::form::Pairs;
use crate::http::visitor::Visitor;
use crate::web::{AdminSection, ErrorKind, UserAddPage, UserNotice};

/// Back to the user's page, which says what came of it.
fn back(visitor: Visitor, user: UserId, notice: UserNotice) -> Response {
    visitor.redirect_to(&format!("/admin/users/{user}?done={}", notice.as_str()))
}

fn notice_of(acted: Acted) -> Result<UserNotice, Failure> {
    match acted {
        Acted::Done(_) => Ok(UserNotice::Done),
        Acted::Same => Ok(UserNotice::Same),
        Acted::Refused(refused) => refusal(refused),
    }
}

fn refusal(refused: Refused) -> Result<UserNotice, Failure> {
    match refused {
        Refused::NoSuchUser => Err(Failure(ErrorKind::NotFound)),
        Refused::NotAllowed => Ok(UserNotice::NotAllowed),
        Refused::LastSuperAdministrator => Ok(UserNotice::LastSuperAdministrator),
        Refused::NeedsTwo => Ok(UserNotice::NeedsTwo),
        Refused::Lapsed => Ok(UserNotice::ResetLapsed),
        Refused::NotInPolicy => Ok(UserNotice::NotInPolicy),
    }
}

fn problem(error: AddError) -> Result<UserNotice, Failure> {
    match error {
        AddError::UserExists => Ok(UserNotice::EmailTaken),
        AddError::NotAnEmail => Ok(UserNotice::NotAnEmail),
        AddError::Name => Ok(UserNotice::Name),
        AddError::UnknownType => Ok(UserNotice::NotInPolicy),
        AddError::RoleNotGiven => Ok(UserNotice::NotAllowed),
        AddError::Password(error) => password_problem(error),
        AddError::HostTaken(_) => Err(Failure(ErrorKind::Internal)),
        AddError::App(error) => Err(error.into()),
    }
}

fn password_problem(error: PasswordRefused) -> Result<UserNotice, Failure> {
    match error {
        PasswordRefused::Length => Ok(UserNotice::Password),
        PasswordRefused::Refused(refused) => refusal(refused),
        PasswordRefused::App(AppError::Busy) => Err(Failure(ErrorKind::Unavailable)),
        PasswordRefused::App(error) => Err(error.into()),
        PasswordRefused::Same | PasswordRefused::NotProved => Err(Failure(ErrorKind::Internal)),
    }
}

/// `POST /admin/users/{id}/act`.
pub(in crate::http) async fn act(Path(id): Path<String>, form: Doing) -> Result<Response, Failure> {
    let (user, Doing { visitor, administrator, pairs }) = (id_of(&id)?, form);
    let action = match pairs.get("action") {
        Some("turn-on") => Action::TurnOn,
        Some("turn-off") => Action::TurnOff,
        Some("disable") => Action::Disable,
        Some("enable") => Action::Enable,
        Some("reset") => Action::Reset,
        Some("unlock") => Action::Unlock,
        Some("end-sessions") => Action::EndSessions,
        _ => return Err(Failure(ErrorKind::NotFound)),
    };
    let (app, at, by) = (&visitor.app, &visitor.at, &administrator.by);
    let notice = if action == Action::Reset && at.tenant.policy.resets_need_two {
        match app.ask_reset(at, by, user).await? {
            ResetAsked::Asked => UserNotice::ResetAsked,
            ResetAsked::WaitsAlready => UserNotice::ResetWaits,
            ResetAsked::Refused(refused) => refusal(refused)?,
        }
    } else {
        notice_of(app.act_on(at, by, user, action).await?)?
    };
    Ok(back(visitor, user, notice))
}

/// `POST /admin/users/{id}/reset`: the second administrator decides.
pub(in crate::http) async fn decide_reset(Path(id): Path<String>, form: Doing) -> Result<Response, Failure> {
    let (user, Doing { visitor, administrator, pairs }) = (id_of(&id)?, form);
    let carry_out = match pairs.get("action") {
        Some("carry-out") => true,
        Some("refuse") => false,
        _ => return Err(Failure(ErrorKind::NotFound)),
    };
    let (app, at) = (&visitor.app, &visitor.at);
    if app.listed_user(at.tenant.id, user).await?.is_none() {
        return Err(Failure(ErrorKind::NotFound));
    }
    // What is decided is what the page showed, and nothing that was asked for since.
    let shown = |waiting: &WaitingReset| pairs.get("request") == Some(&*waiting.request.id.to_string());
    let notice = match app.waiting_reset(at.tenant.id, user).await?.filter(shown) {
        None => UserNotice::ResetOver,
        Some(waiting) => {
            let acted = app.decide_reset(at, &administrator.by, &waiting.request, carry_out).await?;
            match notice_of(acted)? {
                UserNotice::Done if !carry_out => UserNotice::ResetRefused,
                notice => notice,
            }
        }
    };
    Ok(back(visitor, user, notice))
}

/// `POST /admin/users/{id}/change`: name, address, type, role. What was left as the page showed it stays as it is.
pub(in crate::http) async fn change(Path(id): Path<String>, form: Doing) -> Result<Response, Failure> {
    let (user, Doing { visitor, administrator, pairs }) = (id_of(&id)?, form);
    let notice = change_each(&visitor, &administrator, user, &pairs).await?;
    Ok(back(visitor, user, notice))
}

async fn change_each(
    visitor: &Visitor,
    administrator: &Administrator,
    user: UserId,
    pairs: &Pairs,
) -> Result<UserNotice, Failure> {
    let (app, at, by) = (&visitor.app, &visitor.at, &administrator.by);
    let found = app.listed_user(at.tenant.id, user).await?;
    let before = found.ok_or(Failure(ErrorKind::NotFound))?.user;
    let mut notice = UserNotice::Same;
    let refused = |error| match error {
        ChangeRefused::Refused(refused) => refusal(refused),
        ChangeRefused::Add(error) => problem(error),
    };
    if let Some(name) = changed(pairs, "name", &before.name) {
        match app.set_name(at, by, user, name).await {
            Ok(done) => notice = if done { UserNotice::Done } else { notice },
            Err(error) => return refused(error),
        }
    }
    if let Some(email) = changed(pairs, "email", &before.email) {
        match app.set_email(at, by, user, email).await {
            Ok(()) => notice = UserNotice::Done,
            Err(error) => return refused(error),
        }
    }
    if let Some(name) = changed(pairs, "type", before.user_type.as_deref().unwrap_or_default()) {
        let user_type = Some(name.to_owned()).filter(|name| !name.is_empty());
        match notice_of(app.act_on(at, by, user, Action::SetType(user_type)).await?)? {
            UserNotice::Same => {}
            UserNotice::Done => notice = UserNotice::Done,
            other => return Ok(other),
        }
    }
    if let Some(role) = changed(pairs, "role", before.role.as_str()).and_then(Role::parse) {
        match notice_of(app.set_role(at, by, user, role).await?)? {
            UserNotice::Same => {}
            other => return Ok(other),
        }
    }
    Ok(notice)
}

/// What a field says, if that is something else than what the page showed: `now`, where the form does not say. Whoever
/// corrects a name gives nobody a role back that was taken from them since the page was made.
fn changed<'p>(pairs: &'p Pairs, field: &str, now: &'p str) -> Option<&'p str> {
    let value = pairs.all(field).next()?.trim();
    let shown = pairs.all(&format!("was-{field}")).next().map_or(now, str::trim);
    (value != shown).then_some(value)
}

/// `POST /admin/users/{id}/password`: an initial password.
pub(in crate::http) async fn set_password(Path(id): Path<String>, form: Doing) -> Result<Response, Failure> {
    let (user, Doing { visitor, administrator, pairs }) = (id_of(&id)?, form);
    let done = visitor.app.set_password(&visitor.at, &administrator.by, user, password(&pairs), true).await;
    let notice = match done {
        Ok(()) => UserNotice::Done,
        Err(error) => password_problem(error)?,
    };
    Ok(back(visitor, user, notice))
}

fn password(pairs: &Pairs) -> SecretString {
    pairs.all("password").next().unwrap_or_default().to_owned().into()
}

/// `GET /admin/users/add`. The proof comes first: what is typed would be lost on the way to it.
pub(in crate::http) async fn show_add(visitor: Visitor) -> Result<Response, Failure> {
    match Administrator::fresh(visitor, ADD).await? {
        Ok((visitor, administrator)) => add_page(visitor, &administrator, &Pairs::default(), None),
        Err(first) => Ok(first),
    }
}

/// `POST /admin/users/add`.
pub(in crate::http) async fn add(form: Doing) -> Result<Response, Failure> {
    let Doing { visitor, administrator, pairs } = form;
    let role = pairs.get("role").and_then(Role::parse).unwrap_or_default();
    let wish = UserWish {
        user_type: pairs.get("type").map(str::to_owned),
        language: Some(visitor.lang.code()),
        initial: true,
        ..UserWish::new(
            pairs.get("email").unwrap_or_default(),
            pairs.get("name").unwrap_or_default(),
            role,
            password(&pairs),
        )
    };
    match visitor.app.add_user(&administrator.by, &visitor.at.tenant, wish).await {
        Ok(user) => Ok(back(visitor, user, UserNotice::Added)),
        Err(error) => {
            let problem = problem(error)?;
            add_page(visitor, &administrator, &pairs, Some(problem))
        }
    }
}

fn add_page(
    visitor: Visitor,
    administrator: &Administrator,
    typed: &Pairs,
    problem: Option<UserNotice>,
) -> Result<Response, Failure> {
    let frame = visitor.frame();
    let html = UserAddPage {
        page: frame.page(),
        admin: administrator.frame(AdminSection::Users),
        problem,
        email: typed.get("email").unwrap_or_default(),
        name: typed.get("name").unwrap_or_default(),
        types: types(&visitor.at, typed.get("type")),
        roles: roles(administrator, None),
    }
    .render()?;
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(visitor.html(status, html))
}
