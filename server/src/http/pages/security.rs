//! `GET /account/security`: what confirms sign-ins, where somebody is signed in, and what happened lately.

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::own::Own;
use super::start::{device_row, proof_of};
use crate::app::{AccountSecurity, Happening, Session, SignedIn, TrustedBrowser};
use crate::http::failure::Failure;
use crate::http::visitor::Visitor;
use crate::web::{
    ActivityRow, AuthenticatorRow, BrowserRow, Lang, PasskeyRow, RecoveryCodesRow, SecurityNotice,
    SecurityPage, SessionRow, for_people,
};

/// Its address.
pub(in crate::http) const HERE: &str = "/account/security";
/// Its address, for whoever just proved again to be there.
pub(in crate::http) const CONFIRMED: &str = "/account/security?done=confirmed";

pub(in crate::http) async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let signed_in = match visitor.member().await? {
        Ok(signed_in) => signed_in,
        Err(to) => return Ok(visitor.redirect(to)),
    };
    let query = query.unwrap_or_default();
    let notice = query.split('&').find_map(|pair| SecurityNotice::parse(pair.strip_prefix("done=")?));
    let policy = visitor.app.own_policy(&visitor.at, &signed_in.user).await?;
    let own = Own::new(policy, &visitor);
    let account = visitor.app.account_security(&visitor.at, signed_in.user.id).await?;
    let lang = visitor.lang;
    let until = account.recovery_until.map(|at| for_people(at, lang));
    let frame = visitor.frame();
    let html = SecurityPage {
        page: frame.page(),
        name: &signed_in.user.name,
        email: &signed_in.user.email,
        notice,
        recovery_until: until.as_deref(),
        own: own.rules(&visitor, &signed_in, account.passkeys.len()),
        devices: signed_in.devices.iter().map(|device| device_row(device, &signed_in, lang)).collect(),
        passkeys: passkeys(&account, &visitor),
        authenticator: account.authenticator.map(|app| AuthenticatorRow {
            added: for_people(app.added_at, lang),
            last_used: app.last_used_at.map(|at| for_people(at, lang)),
        }),
        recovery_codes: account
            .recovery_codes
            .made_at
            .map(|made| RecoveryCodesRow { left: account.recovery_codes.left, made: for_people(made, lang) }),
        browsers: browsers(&account.browsers, &visitor),
        sessions: account.sessions.iter().map(|session| session_row(session, &signed_in, lang)).collect(),
        activity: account.activity.iter().map(|happening| activity_row(happening, lang)).collect(),
    }
    .render()?;
    Ok(visitor.html(StatusCode::OK, html))
}

fn passkeys(account: &AccountSecurity, visitor: &Visitor) -> Vec<PasskeyRow> {
    let (lang, here) = (visitor.lang, visitor.at.origin.host());
    // One of another host answers there alone.
    let name = |passkey: &crate::app::Passkey| match passkey.host == here {
        true => passkey.name.clone(),
        false => format!("{} · {}", passkey.name, passkey.host),
    };
    let row = |passkey: &crate::app::Passkey| PasskeyRow {
        id: passkey.id.to_string(),
        name: name(passkey),
        added: for_people(passkey.created_at, lang),
        last_used: passkey.last_used_at.map(|at| for_people(at, lang)),
    };
    account.passkeys.iter().map(row).collect()
}

fn browsers(browsers: &[TrustedBrowser], visitor: &Visitor) -> Vec<BrowserRow> {
    let (own, now, lang) =
        (visitor.browser().token.map(|token| token.hash()), visitor.app.now(), visitor.lang);
    let row = |browser: &TrustedBrowser| BrowserRow {
        id: browser.id.to_string(),
        browser: browser.browser.clone(),
        system: browser.system.clone(),
        address: browser.address.to_string(),
        last_used: for_people(browser.used_at, lang),
        remembered_until: browser
            .remembered_until
            .filter(|until| *until > now)
            .map(|at| for_people(at, lang)),
        this: own == Some(browser.token_hash),
    };
    browsers.iter().map(row).collect()
}

fn session_row(session: &Session, signed_in: &SignedIn, lang: Lang) -> SessionRow {
    SessionRow {
        id: session.id.to_string(),
        browser: session.browser.clone(),
        system: session.system.clone(),
        address: session.address.map(|address| address.to_string()),
        since: for_people(session.created_at, lang),
        proof: proof_of(session, &signed_in.devices),
        this: session.id == signed_in.session.id,
    }
}

fn activity_row(happening: &Happening, lang: Lang) -> ActivityRow {
    let at = for_people(happening.at, lang);
    ActivityRow { what: happening.what, at, address: happening.address.clone() }
}
