//! `POST /admin/settings/preview`: what the settings that were typed lead to, before they are saved.

use axum::http::StatusCode;
use axum::response::Response;

use super::form::{Draft, Fields};
use super::{page as form_page, problem};
use crate::app::{Concerned, FoundUser, PolicyPreview, Previewed, Shown, WantedPolicy};
use crate::domain::policy::Policy;
use crate::domain::policy::preset::Preset;
use crate::domain::policy::preview::Effect;
use crate::domain::tenant::Tenant;
use crate::http::admin::Administrator;
use crate::http::failure::Failure;
use crate::http::form::Guarded;
use crate::http::visitor::Visitor;
use crate::web::{
    AdminSection, ConcernedRow, EffectRow, FoundRow, PreviewNotice, PreviewPage, SettingsNotice,
    SettingsProblem,
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
    let sought = fields.get("find").map(|text| text.trim());
    let tenant = visitor.at.tenant.id;
    let (policy, preset) = (wanted.policy.clone(), wanted.preset);
    let previewed = visitor.app.preview_policy(&administrator.by, tenant, wanted, show, sought).await?;
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
    let wanted = policy.to_stored();
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
        users: count(preview.figures.users),
        asked_before: count(preview.figures.asked_before),
        asked_after: count(preview.figures.asked_after),
        effects: effects(&preview, show),
        told: preview.mail.then(|| count(preview.told)),
        sought: sought.unwrap_or_default(),
        found: preview.found.as_ref().map(found),
    }
    .render()?;
    let status = if notice.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Ok(visitor.html(status, html))
}

fn effects(preview: &PolicyPreview, show: Option<Shown>) -> Vec<EffectRow> {
    let row = |shown: Shown, effect, users: u64| EffectRow {
        code: shown.as_str(),
        effect,
        users: count(users),
        shown: (show == Some(shown)).then(|| preview.shown.iter().map(concerned).collect()),
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
    }
}

fn count(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
