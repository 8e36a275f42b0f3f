//! `/account/passkeys`: the passkeys of whoever is signed in. `GET` shows them; `POST …/options` asks for a
//! new one and `POST` takes what the browser made, both answered in JSON to the page's script;
//! `POST …/name` and `POST …/remove` are forms. What adds or removes one takes a fresh proof.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::fresh::freshly;
use super::security_changes::after;
use crate::app::{
    Freshness, LONGEST_PASSKEY_NAME, OwnRemoval, PasskeyAdded, PasskeyAnswer, PasskeyAsked, PasskeyKind,
    SignedIn,
};
use crate::domain::factor::Factor;
use crate::domain::user::User;
use crate::http::failure::Failure;
use crate::http::form::Guarded;
use crate::http::script::{Problem, next};
use crate::http::visitor::Visitor;
use crate::web::{ErrorKind, PasskeyRow, PasskeysPage, for_people, unnamed_passkey};

/// Where one comes back to.
const LIST: &str = "/account/passkeys";

#[derive(Deserialize)]
pub(in crate::http) struct Wish {
    #[serde(default)]
    pub(super) kind: String,
}

#[derive(Deserialize)]
pub(in crate::http) struct Made {
    #[serde(default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) credential: String,
}

#[derive(Deserialize)]
pub(in crate::http) struct Name {
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
pub(in crate::http) struct Which {
    #[serde(default)]
    id: String,
}

pub(in crate::http) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    let (visitor, signed_in) = match freshly(visitor, LIST).await? {
        Ok(fresh) => fresh,
        Err(first) => return Ok(first),
    };
    let held = visitor.app.passkeys_of(&visitor.at, signed_in.user.id).await?;
    let lang = visitor.lang;
    let rows = held.into_iter().map(|passkey| PasskeyRow {
        id: passkey.id.to_string(),
        name: passkey.name,
        added: for_people(passkey.created_at, lang),
        last_used: passkey.last_used_at.map(|at| for_people(at, lang)),
    });
    let frame = visitor.frame();
    let html = PasskeysPage {
        page: frame.page(),
        passkeys: rows.collect(),
        can_add: visitor.app.has_passkeys(&visitor.at),
        offered: visitor.app.may_add(&visitor.at, &signed_in.user, Factor::Passkey),
        longest_name: LONGEST_PASSKEY_NAME,
    }
    .render()?;
    Ok(visitor.html(StatusCode::OK, html))
}

pub(in crate::http) async fn ask(form: Result<Guarded<Wish>, Failure>) -> Result<Response, Problem> {
    let (visitor, Wish { kind }) = form?.fresh()?;
    let SignedIn { user, session, .. } = proved_lately(&visitor).await?;
    offered(&visitor, &user)?;
    match visitor.app.begin_passkey_registration(&visitor.at, &user, session.id, kind_of(&kind)).await? {
        PasskeyAsked::Options(options) => Ok(visitor.json(options)),
        not => Err(not_asked(&not)),
    }
}

/// Why no passkey is asked for.
pub(super) const fn not_asked(asked: &PasskeyAsked) -> Problem {
    match asked {
        PasskeyAsked::TooMany => TOO_MANY,
        PasskeyAsked::NotHere | PasskeyAsked::Options(_) => NOT_HERE,
    }
}

pub(in crate::http) async fn add(form: Result<Guarded<Made>, Failure>) -> Result<Response, Problem> {
    let (visitor, Made { kind, credential }) = form?.fresh()?;
    let SignedIn { user, session, .. } = proved_lately(&visitor).await?;
    offered(&visitor, &user)?;
    let unnamed = unnamed_passkey(visitor.lang, kind_of(&kind) == PasskeyKind::SecurityKey);
    let address = Some(visitor.browser().address);
    let answer = PasskeyAnswer { credential: &credential, unnamed: &unnamed, address };
    match visitor.app.finish_passkey_registration(&visitor.at, &user, session.id, answer).await? {
        PasskeyAdded::Added(_) => Ok(visitor.json(next(LIST))),
        not => Err(not_added(&not)),
    }
}

/// Why no passkey is added.
pub(super) const fn not_added(added: &PasskeyAdded) -> Problem {
    match added {
        PasskeyAdded::NotPermitted => NOT_PERMITTED,
        PasskeyAdded::Known => KNOWN,
        PasskeyAdded::TooLate => TOO_LATE,
        PasskeyAdded::TooMany => TOO_MANY,
        PasskeyAdded::Refused | PasskeyAdded::Added(_) => REFUSED,
    }
}

pub(in crate::http) async fn rename(form: Guarded<Name>) -> Result<Response, Failure> {
    let (visitor, Name { id, name }) = form.fresh()?;
    let (visitor, signed_in) = match freshly(visitor, LIST).await? {
        Ok(fresh) => fresh,
        Err(first) => return Ok(first),
    };
    // A name that cannot be one leaves the old one, which the list then shows.
    let (user, address) = (signed_in.user.id, visitor.browser().address);
    visitor.app.rename_passkey(&visitor.at, user, id_of(&id)?, &name, address).await?;
    Ok(visitor.redirect(LIST))
}

pub(in crate::http) async fn remove(form: Guarded<Which>) -> Result<Response, Failure> {
    let (visitor, Which { id }) = form.fresh()?;
    let id = id_of(&id)?;
    let (visitor, signed_in) = match freshly(visitor, LIST).await? {
        Ok(fresh) => fresh,
        Err(first) => return Ok(first),
    };
    let address = Some(visitor.browser().address);
    let removed = visitor.app.remove_passkey(&visitor.at, signed_in.user.id, id, address).await?;
    Ok(visitor.redirect(match removed {
        // One that is gone already is what was wished for.
        OwnRemoval::NotThere => LIST,
        removed => after(removed, LIST),
    }))
}

fn offered(visitor: &Visitor, user: &User) -> Result<(), Problem> {
    if visitor.app.may_add(&visitor.at, user, Factor::Passkey) { Ok(()) } else { Err(NOT_OFFERED) }
}

async fn proved_lately(visitor: &Visitor) -> Result<SignedIn, Problem> {
    let signed_in = visitor.member().await?.map_err(|_| SIGNED_OUT)?;
    match visitor.app.freshness(&visitor.at, &signed_in).await? {
        Freshness::Fresh => Ok(signed_in),
        Freshness::PasswordFirst | Freshness::FactorFirst => Err(CONFIRM_FIRST),
    }
}

fn id_of(text: &str) -> Result<Uuid, Failure> {
    Uuid::parse_str(text).map_err(|_| Failure(ErrorKind::NotFound))
}

pub(super) fn kind_of(text: &str) -> PasskeyKind {
    if text == "key" { PasskeyKind::SecurityKey } else { PasskeyKind::Passkey }
}

const SIGNED_OUT: Problem = Problem::new(StatusCode::UNAUTHORIZED, "signed_out", "Sign in first");
const CONFIRM_FIRST: Problem =
    Problem::new(StatusCode::FORBIDDEN, "confirm_first", "Prove again that it is you, then try again");
const TOO_MANY: Problem =
    Problem::new(StatusCode::CONFLICT, "too_many", "There are as many passkeys as can be: remove one first");
const NOT_HERE: Problem = Problem::new(
    StatusCode::CONFLICT,
    "not_here",
    "Passkeys need a host name, and this is a network address: reach the server by a name",
);
const NOT_PERMITTED: Problem = Problem::new(
    StatusCode::FORBIDDEN,
    "not_permitted",
    "This authenticator is none of those permitted here",
);
const NOT_OFFERED: Problem =
    Problem::new(StatusCode::FORBIDDEN, "not_offered", "The organisation does not accept passkeys");
const KNOWN: Problem = Problem::new(StatusCode::CONFLICT, "known", "This passkey was added before");
const TOO_LATE: Problem = Problem::new(StatusCode::GONE, "too_late", "It took too long: ask again");
const REFUSED: Problem =
    Problem::new(StatusCode::BAD_REQUEST, "refused", "This is no answer to what was asked: ask again");
