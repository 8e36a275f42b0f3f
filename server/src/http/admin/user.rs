//! `GET /admin/users/{id}`: one user, what is asked of them, what belongs to the account, and what can be done.

use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::ids::UserId;
use uuid::Uuid;

use super::Administrator;
use super::users::held;
use crate::app::{TenantHandle, UserView};
use crate::domain::directory::Action;
use crate::domain::user::{Role, User};
use crate::http::failure::Failure;
use crate::http::form::Pairs;
use crate::http::visitor::Visitor;
use crate::web::{
    ActivityRow, AdminSection, ErrorKind, Fact, Page, ResetState, Select, Thing, Things, UserNotice,
    UserPage, for_people,
};

/// The id in an address.
pub(super) fn id_of(id: &str) -> Result<UserId, Failure> {
    Uuid::parse_str(id).map(UserId).map_err(|_| Failure(ErrorKind::NotFound))
}

pub(in crate::http) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let administrator = match Administrator::visits(&visitor).await? {
        Ok(administrator) => administrator,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let view = visitor.app.view_user(&visitor.at, id_of(&id)?).await?;
    let view = view.ok_or(Failure(ErrorKind::NotFound))?;
    let pairs = Pairs::of_query(&raw.unwrap_or_default());
    let html = render(&visitor, &administrator, &view, pairs.get("done").and_then(UserNotice::parse))?;
    Ok(visitor.html(StatusCode::OK, html))
}

fn render(
    visitor: &Visitor,
    administrator: &Administrator,
    view: &UserView,
    notice: Option<UserNotice>,
) -> Result<String, Failure> {
    let (user, lang, by) = (&view.listed.user, visitor.lang, &administrator.by);
    let frame = visitor.frame();
    let page = UserPage {
        page: frame.page(),
        admin: administrator.frame(AdminSection::Users),
        notice,
        user,
        id: user.id.to_string(),
        added: for_people(user.created_at, lang),
        last_sign_in: view.listed.signed_in_at.map(|at| for_people(at, lang)),
        asked: view.asked.second_factor,
        rule: view.asked.rule.as_deref(),
        grace: view.grace_ends.map(|at| for_people(at, lang)),
        held: held(&view.listed),
        ready: view.ready,
        actions: actions(view, administrator, &visitor.at),
        reset_needs_two: visitor.at.tenant.policy.resets_need_two,
        reset: view.reset.as_ref().map(|reset| ResetState {
            request: reset.request.id.to_string(),
            by: reset.asked_by.called().to_owned(),
            until: for_people(reset.until(), lang),
            may_decide: reset.request.asked_by != administrator.signed_in.user.id && by.may_act_on(user),
        }),
        may_act: by.may_act_on(user),
        types: types(&visitor.at, user.user_type.as_deref()),
        roles: roles(administrator, Some(user)),
        lists: lists(view, &frame.page()),
        activity: view
            .account
            .activity
            .iter()
            .map(|happening| ActivityRow {
                what: happening.what,
                at: for_people(happening.at, lang),
                address: happening.address.clone(),
            })
            .collect(),
    };
    Ok(page.render()?)
}

/// The tenant's types, if it has any.
pub(super) fn types(at: &TenantHandle, chosen: Option<&str>) -> Option<Select> {
    let types = &at.tenant.policy.user_types;
    (!types.is_empty()).then(|| Select::types(types.iter(), chosen, false))
}

/// The roles, if whoever looks may give them to this user, or to a new one.
pub(super) fn roles(administrator: &Administrator, user: Option<&User>) -> Option<Select> {
    let by = &administrator.by;
    let may = match user {
        Some(user) => by.may_give(user, Role::Member),
        None => by.may_add_user(Role::Administrator),
    };
    may.then(|| Select::roles(user.map(|user| user.role).or(Some(Role::Member)), false))
}

/// What can be done to this user as things are.
fn actions(view: &UserView, administrator: &Administrator, at: &TenantHandle) -> Vec<(&'static str, Action)> {
    let (user, policy) = (&view.listed.user, &at.tenant.policy);
    let may_turn_off = administrator.by.reaches(policy.turned_off_by);
    [
        ("turn-on", Action::TurnOn, policy.chooses_users() && user.chosen_since.is_none()),
        ("turn-off", Action::TurnOff, user.chosen_since.is_some() && may_turn_off),
        ("reset", Action::Reset, view.reset.is_none()),
        ("unlock", Action::Unlock, view.suspended),
        ("end-sessions", Action::EndSessions, !view.account.sessions.is_empty()),
        ("disable", Action::Disable, !user.disabled),
        ("enable", Action::Enable, user.disabled),
    ]
    .into_iter()
    .filter_map(|(name, action, offered)| offered.then_some((name, action)))
    .collect()
}

fn lists(view: &UserView, page: &Page<'_>) -> Vec<Things> {
    let (account, lang) = (&view.account, page.lang);
    let added = |at| Some(Fact::Added(for_people(at, lang)));
    let used = |at: Option<_>| at.map(|at| Fact::Used(for_people(at, lang)));
    let thing = |name: &str, facts: [Option<Fact>; 4]| Thing {
        name: name.to_owned(),
        facts: facts.into_iter().flatten().collect(),
    };
    let phones = view.devices.iter().map(|phone| {
        let platform = Some(Fact::Text(phone.platform.clone()));
        let keys = phone.attestation.clone().map(Fact::Keys);
        thing(&phone.name, [platform, keys, added(phone.created_at), used(phone.last_used_at)])
    });
    let passkeys = account.passkeys.iter().map(|passkey| {
        thing(&passkey.name, [added(passkey.created_at), used(passkey.last_used_at), None, None])
    });
    let app = account
        .authenticator
        .as_ref()
        .map(|app| added(app.added_at).into_iter().chain(used(app.last_used_at)).collect());
    let codes = account
        .recovery_codes
        .made_at
        .map(|made| [Fact::Left(account.recovery_codes.left)].into_iter().chain(added(made)).collect());
    let browsers = account.browsers.iter().map(|browser| {
        let address = Some(Fact::Text(browser.address.to_string()));
        thing(&named(&browser.browser, &browser.system), [address, used(Some(browser.used_at)), None, None])
    });
    let sessions = account.sessions.iter().map(|session| {
        let address = session.address.map(|address| Fact::Text(address.to_string()));
        let since = Some(Fact::Since(for_people(session.created_at, lang)));
        thing(&named(&session.browser, &session.system), [address, since, None, None])
    });
    vec![
        Things::phones(phones.collect()),
        Things::passkeys(passkeys.collect()),
        Things::codes(page, app, codes),
        Things::browsers(browsers.collect()),
        Things::sessions(sessions.collect()),
    ]
}

fn named(browser: &str, system: &str) -> String {
    match (browser.is_empty(), system.is_empty()) {
        (false, false) => format!("{browser} · {system}"),
        (false, true) => browser.to_owned(),
        (true, false) => system.to_owned(),
        (true, true) => "–".to_owned(),
    }
}
