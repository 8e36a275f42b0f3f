//! `POST /admin/settings/preview`: what the settings that were typed lead to, before they are saved.

use std::net::IpAddr;

use axum::http::StatusCode;
use axum::response::Response;

use super::form::{Draft, Fields};
use super::what_if::so;
use super::{page as form_page, problem};
use crate::app::{Concerned, FoundUser, Look, PolicyPreview, Previewed, Shown, WantedPolicy, Where};
use crate::domain::policy::Policy;
use crate::domain::policy::preset::Preset;
use crate::domain::policy::preview::Effect;
use crate::domain::tenant::Tenant;
use crate::domain::user::User;
use crate::http::admin::Administrator;
use crate::http::failure::Failure;
use crate::http::form::Guarded;
use crate::http::visitor::Visitor;
use crate::web::{
    AdminSection, ConcernedRow, EffectRow, FoundRow, NetworkRow, PreviewNotice, PreviewPage, SettingsNotice,
    SettingsProblem, SeveralRow, ThereRow, WhatIfSo,
};

pub(super) async fn submit(form: Guarded<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = form.fresh()?;
    let administrator = match Administrator::visits(&visitor).await? {
        Ok(administrator) => administrator,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let tenant = visitor.app.tenant_now(visitor.at.tenant.id).await?;
    // Somebody else was quicker since the page was made.
    let made_from = fields.get("revision").and_then(|text| text.parse().ok());
    let overtaken = made_from.is_some_and(|revision: i64| revision != tenant.revision);
    let notice = overtaken.then_some(PreviewNotice::Overtaken);
    let draft = match wanted(&fields, &tenant) {
        Ok(wanted) if fields.contains_key("edit") => Draft { edited: true, ..Draft::of(wanted.policy) },
        Ok(wanted) => return look(visitor, &administrator, &fields, wanted, notice).await,
        Err(draft) => *draft,
    };
    form_page(visitor, &administrator, &tenant, &draft, None).await
}

/// What was wanted: carried on from a preview, a preset, or the form.
pub(super) fn wanted(fields: &Fields, tenant: &Tenant) -> Result<WantedPolicy, Box<Draft>> {
    let preset = fields.get("preset").and_then(|text| Preset::parse(text));
    let carried = |name: &str| match fields.get(name).map(|text| Policy::parse(text)).transpose() {
        Ok(carried) => Ok(carried),
        Err(error) => {
            let problem = Some(SettingsProblem::Policy(error));
            Err(Box::new(Draft { problem, ..Draft::of(tenant.policy.clone()) }))
        }
    };
    if let Some(policy) = carried("policy")? {
        return Ok(WantedPolicy { policy, preset });
    }
    if let Some(preset) = preset {
        return Ok(WantedPolicy { policy: preset.applied(&tenant.policy), preset: Some(preset) });
    }
    // The fields are of the policy that the form showed, which need not be the present one.
    let shown = carried("shown")?;
    let draft = Draft::read(fields, shown.as_ref().unwrap_or(&tenant.policy));
    if draft.problem.is_some() { Err(Box::new(draft)) } else { Ok(draft.policy.into()) }
}

/// Shows what it leads to.
pub(super) async fn look(
    visitor: Visitor,
    administrator: &Administrator,
    fields: &Fields,
    wanted: WantedPolicy,
    notice: Option<PreviewNotice>,
) -> Result<Response, Failure> {
    let show = fields.get("show").and_then(|text| Shown::parse(text));
    let text = |name: &str| fields.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let (after, sought, from) = (text("after"), text("find"), text("from"));
    let tenant = visitor.at.tenant.id;
    let (policy, preset) = (wanted.policy.clone(), wanted.preset);
    let looked = Look { show, after: after.map(str::to_owned), find: sought };
    let previewed = visitor.app.preview_policy(&administrator.by, tenant, wanted.clone(), looked).await?;
    let preview = match previewed {
        Previewed::Same => {
            let now = visitor.app.tenant_now(tenant).await?;
            let draft = Draft::of(now.policy.clone());
            return form_page(visitor, administrator, &now, &draft, Some(SettingsNotice::Same)).await;
        }
        Previewed::Refused(error) => {
            let now = visitor.app.tenant_now(tenant).await?;
            let draft = Draft { problem: Some(problem(error)), edited: true, ..Draft::of(policy) };
            return form_page(visitor, administrator, &now, &draft, None).await;
        }
        Previewed::Would(preview) => preview,
    };
    let there = match (&preview.found, from) {
        (Some(FoundUser::Found(user, _)), Some(from)) => {
            there(&visitor, administrator, wanted, &user.email, from).await?
        }
        _ => None,
    };
    let wanted = policy.to_stored();
    let figures = &preview.figures;
    let (users, asked_after) = (count(figures.users), count(figures.asked_after));
    let frame = visitor.frame();
    let html = PreviewPage {
        page: frame.page_at(super::HERE),
        admin: administrator.frame(AdminSection::Settings),
        before: &preview.before.policy,
        after: &preview.after.policy,
        wanted: &wanted,
        revision: preview.before.revision,
        preset: preset.map_or("", Preset::as_str),
        notice,
        users,
        asked_before: count(figures.asked_before),
        asked_after,
        effects: effects(&preview, show, after.is_some()),
        networks: NetworkRow::of(&preview.networks, users, asked_after),
        told: preview.mail.then(|| count(preview.told)),
        sought: sought.unwrap_or_default(),
        found: preview.found.as_ref().map(found),
        from: from.unwrap_or_default(),
        there,
    }
    .render()?;
    let status = if notice.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Ok(visitor.html(status, html))
}

/// What would happen to a user at an address, in a new browser.
async fn there(
    visitor: &Visitor,
    administrator: &Administrator,
    wanted: WantedPolicy,
    email: &str,
    from: &str,
) -> Result<Option<ThereRow>, Failure> {
    let Ok(address) = from.parse::<IpAddr>() else { return Ok(Some(ThereRow::NotAnAddress)) };
    let place = Where { address, known_browser: false };
    let found = visitor.app.what_if_then(&administrator.by, &visitor.at, wanted, email, place).await?;
    // The policy was looked at just now: who was removed since, or what was saved, is for the next look.
    let found = found.ok().flatten();
    let words = |found| WhatIfSo::new(&visitor.frame().page(), so(found, place));
    Ok(found.map(|found| ThereRow::So(Box::new(words(found)))))
}

fn effects(preview: &PolicyPreview, show: Option<Shown>, later: bool) -> Vec<EffectRow> {
    let row = |shown: Shown, effect, users: u64| EffectRow {
        code: shown.as_str(),
        effect,
        users: count(users),
        shown: (show == Some(shown)).then(|| preview.shown.iter().map(concerned).collect()),
        later,
        next: preview.next.clone().filter(|_| show == Some(shown)),
    };
    let of = |effect: Effect| {
        let users = preview.figures.effects.get(&effect).copied().unwrap_or_default();
        row(Shown::Effect(effect), Some(effect), users)
    };
    let rows = Effect::ALL.into_iter().map(of).chain([row(Shown::Browsers, None, preview.forgotten)]);
    rows.filter(|row| row.users > 0).collect()
}

fn concerned(concerned: &Concerned) -> ConcernedRow {
    ConcernedRow {
        id: concerned.id.to_string(),
        name: concerned.name.clone(),
        email: concerned.email.clone(),
        difference: concerned.difference.clone(),
    }
}

fn found(found: &FoundUser) -> FoundRow {
    match found {
        FoundUser::Nobody => FoundRow::Nobody,
        FoundUser::Found(user, false) => FoundRow::Found(Box::new(concerned(user))),
        FoundUser::Found(user, true) => FoundRow::Disabled(Box::new(concerned(user))),
        FoundUser::Several(users, more) => {
            let row = |user: &User| SeveralRow { name: user.name.clone(), email: user.email.clone() };
            FoundRow::Several(users.iter().map(row).collect(), *more)
        }
    }
}

fn count(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
