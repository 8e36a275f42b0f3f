//! `/admin/settings/what-if`: what would happen if somebody signed in from somewhere.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::app::{WhatIf, Where};
use crate::http::admin::Administrator;
use crate::http::failure::Failure;
use crate::http::form::Guarded;
use crate::http::visitor::Visitor;
use crate::web::{AdminSection, WhatIfAnswer, WhatIfFound, WhatIfPage, WhatIfSo};

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    email: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    browser: String,
}

pub(super) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    let administrator = match Administrator::visits(&visitor).await? {
        Ok(administrator) => administrator,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let address = visitor.browser().address.to_string();
    let asked = Asked { email: String::new(), address, browser: "known".to_owned() };
    page(visitor, &administrator, &asked, None)
}

pub(super) async fn submit(form: Guarded<Asked>) -> Result<Response, Failure> {
    let (visitor, asked) = form.fresh()?;
    let administrator = match Administrator::visits(&visitor).await? {
        Ok(administrator) => administrator,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let answer = match asked.address.trim().parse() {
        Err(_) => WhatIfAnswer::NotAnAddress,
        Ok(address) => {
            let place = Where { address, known_browser: asked.browser == "known" };
            let found = visitor.app.what_if(&visitor.at, &asked.email, place).await?;
            found.map_or(WhatIfAnswer::Nobody, |found| {
                WhatIfAnswer::So(Box::new(WhatIfSo::new(&visitor.frame().page(), so(found, place))))
            })
        }
    };
    page(visitor, &administrator, &asked, Some(answer))
}

/// What is shown of an answer.
pub(super) fn so(found: WhatIf, place: Where) -> WhatIfFound {
    let user = found.user;
    WhatIfFound {
        id: user.id.to_string(),
        who: if user.name.is_empty() { user.email } else { format!("{} ({})", user.name, user.email) },
        disabled: user.disabled,
        answer: found.answer,
        then_set_up: found.then_set_up,
        no_browser: place.known_browser && !found.has_browser,
    }
}

fn page(
    visitor: Visitor,
    administrator: &Administrator,
    asked: &Asked,
    answer: Option<WhatIfAnswer>,
) -> Result<Response, Failure> {
    let status = match answer {
        None | Some(WhatIfAnswer::So(_)) => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let frame = visitor.frame();
    let html = WhatIfPage {
        page: frame.page(),
        admin: administrator.frame(AdminSection::Settings),
        email: asked.email.trim(),
        address: asked.address.trim(),
        known_browser: asked.browser == "known",
        answer,
    }
    .render()?;
    Ok(visitor.html(status, html))
}
