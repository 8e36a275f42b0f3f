//! What `countersign user` changes of one user, where it takes more than a line.

use std::io::{IsTerminal as _, Read as _};

use countersign_server::app::Confirmed;
use countersign_server::domain::directory::Action;
use countersign_server::domain::user::Role;
use secrecy::SecretString;
use serde_json::json;

use super::super::Failure;
use super::BY;
use super::one::{One, changed};

pub(super) async fn set(
    one: &One,
    name: Option<String>,
    role: Option<String>,
    user_type: Option<String>,
    second_factor: Option<String>,
) -> Result<(), Failure> {
    let role = role.as_deref().map(role_of).transpose()?;
    let second_factor = match second_factor.as_deref() {
        None => None,
        Some("on") => Some(Action::TurnOn),
        Some("off") => Some(Action::TurnOff),
        Some(_) => return Err("--second-factor is on or off".into()),
    };
    let (app, at, user) = one.find().await?;
    let mut done = false;
    if let Some(name) = name {
        done |= app.set_name(&at, &BY, user.id, &name).await?;
    }
    let set_type = user_type.map(|name| Action::SetType(Some(name).filter(|name| !name.is_empty())));
    for action in set_type.into_iter().chain(second_factor) {
        done |= changed(app.act_on(&at, &BY, user.id, action).await?)?.is_some();
    }
    if let Some(role) = role {
        done |= changed(app.set_role(&at, &BY, user.id, role).await?)?.is_some();
    }
    let words = if done { "is changed" } else { "was so already" };
    one.say(done, &json!({}), &format!("{} {words}.", one.email));
    Ok(())
}

pub(super) async fn set_disabled(one: &One, action: Action, state: &str) -> Result<(), Failure> {
    let done = one.act(action).await?.is_some();
    let words = if done { "is now" } else { "was already" };
    one.say(done, &json!({}), &format!("{} {words} {state}.", one.email));
    Ok(())
}

pub(super) async fn pair(one: &One, confirm: Option<String>) -> Result<(), Failure> {
    let (app, at, user) = one.find().await?;
    let Some(code) = confirm else {
        let link = app.offer_pairing(&at, user.id).await?.to_string();
        one.say(true, &json!({ "link": link }), &link);
        return Ok(());
    };
    match app.confirm_newest_pairing(&at, user.id, &code).await? {
        Confirmed::Active(name) => {
            one.say(true, &json!({ "phone": name }), &format!("{name} is paired."));
            Ok(())
        }
        Confirmed::WrongCode { tries_left } => {
            Err(format!("that is not the code that the phone shows; tries left: {tries_left}").into())
        }
        Confirmed::NotClaimed => Err("no phone has opened the link yet".into()),
        Confirmed::Over => Err("this pairing is over: print a new link with `countersign user pair`".into()),
    }
}

pub(super) fn role_of(text: &str) -> Result<Role, Failure> {
    Ok(Role::parse(text).ok_or("--role is member, administrator or super-administrator")?)
}

pub(super) fn count(factors: usize) -> String {
    match factors {
        0 => "nothing".to_owned(),
        1 => "one factor".to_owned(),
        several => format!("{several} factors"),
    }
}

/// The first line of standard input.
pub(super) fn read_password() -> Result<SecretString, Failure> {
    if std::io::stdin().is_terminal() {
        return Err("give the password on standard input, as in: \
            printf %s \"$PASSWORD\" | countersign user add …"
            .into());
    }
    let mut text = zeroize::Zeroizing::new(String::new());
    std::io::stdin().take(4096).read_to_string(&mut text)?;
    let line = text.lines().next().unwrap_or_default();
    Ok(SecretString::from(line.to_owned()))
}
