//! `POST /admin/settings/save`: the settings are changed as they were looked at, or not at all.

use axum::response::Response;

use super::form::{Draft, Fields};
use super::preview::{look, wanted};
use super::{is_fresh, page, problem};
use crate::app::PolicyChange;
use crate::http::admin::Administrator;
use crate::http::failure::Failure;
use crate::http::form::Guarded;
use crate::web::{ErrorKind, PreviewNotice};

pub(super) async fn submit(form: Guarded<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = form.fresh()?;
    let administrator = match Administrator::visits(&visitor).await? {
        Ok(administrator) => administrator,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let tenant = visitor.app.tenant_now(visitor.at.tenant.id).await?;
    // What is saved was looked at: it comes from there, with the policy that it was compared with.
    let revision = fields.get("revision").and_then(|text| text.parse().ok());
    let (Some(revision), true) = (revision, fields.contains_key("policy")) else {
        return Err(Failure(ErrorKind::FormExpired));
    };
    let wanted = match wanted(&fields, &tenant) {
        Ok(wanted) => wanted,
        Err(draft) => return page(visitor, &administrator, &tenant, &draft, None).await,
    };
    // What was typed would be lost on the way to a proof and back.
    if !is_fresh(&visitor, &administrator).await? {
        return look(visitor, &administrator, &fields, wanted, Some(PreviewNotice::ProveFirst)).await;
    }
    let changed = visitor.app.change_policy(&administrator.by, tenant.id, revision, wanted.clone()).await?;
    match changed {
        PolicyChange::Changed(_) => Ok(visitor.redirect("/admin/settings?done=saved")),
        PolicyChange::Same => Ok(visitor.redirect("/admin/settings?done=same")),
        PolicyChange::Overtaken => {
            look(visitor, &administrator, &fields, wanted, Some(PreviewNotice::Overtaken)).await
        }
        PolicyChange::Refused(error) => {
            let draft = Draft { problem: Some(problem(error)), edited: true, ..Draft::of(wanted.policy) };
            page(visitor, &administrator, &tenant, &draft, None).await
        }
    }
}
