//! `countersign user list`, `show`, `import` and `export`: users as lines, JSON and tables.

use std::io::Write as _;
use std::path::Path;

use clap::Args;
use countersign_protocol::ids::UserId;
use countersign_server::app::user_table::{self, rfc3339};
use countersign_server::app::{App, Imported, LineStands, Listed, TenantHandle, UserView};
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::{Filter, Holds};
use countersign_server::domain::factor::Factor;
use countersign_server::domain::user::{Role, email_key, language};
use serde_json::{Value, json};

use super::Failure;
use super::user::Whose;

/// How many users are read at once.
const AT_ONCE: usize = 500;

/// Which users; all, if nothing is said.
#[derive(Args)]
pub(crate) struct WantedUsers {
    /// A part of the name or e-mail address.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// member, administrator or super-administrator.
    #[arg(long)]
    role: Option<String>,
    /// Their type.
    #[arg(long = "type", value_name = "TYPE")]
    user_type: Option<String>,
    /// Whether they are disabled: true or false.
    #[arg(long, value_name = "BOOL")]
    disabled: Option<bool>,
    /// Whether they are chosen for a second factor: true or false.
    #[arg(long, value_name = "BOOL")]
    chosen: Option<bool>,
    /// What they have set up: nothing, something, push, passkey or totp.
    #[arg(long, value_name = "WHAT")]
    holds: Option<String>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

impl WantedUsers {
    fn filter(self) -> Result<Filter, Failure> {
        let role = match self.role.as_deref().map(Role::parse) {
            Some(None) => return Err("--role is member, administrator or super-administrator".into()),
            Some(known) => known,
            None => None,
        };
        let holds = match self.holds.as_deref() {
            None => None,
            Some("nothing") => Some(Holds::Nothing),
            Some("something") => Some(Holds::Something),
            Some(name) => {
                let own = Factor::parse(name).filter(|factor| Factor::OWN.contains(factor));
                Some(Holds::This(own.ok_or("--holds is nothing, something, push, passkey or totp")?))
            }
        };
        let Self { search, user_type, disabled, chosen, .. } = self;
        Ok(Filter { search, role, user_type, untyped: false, disabled, chosen, holds })
    }
}

/// Reads the users that match, page by page.
async fn each(
    app: &App,
    at: &TenantHandle,
    filter: &Filter,
    mut done: impl FnMut(&[Listed]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let users = app.next_users(at.tenant.id, filter, after, AT_ONCE).await?;
        done(&users)?;
        after = users.last().and_then(|listed| email_key(&listed.user.email));
        if users.len() < AT_ONCE {
            return Ok(());
        }
    }
}

/// A user as JSON: see docs/command-line.md.
fn shape(app: &App, at: &TenantHandle, listed: &Listed) -> Value {
    let (user, asked) = (&listed.user, app.asked_of(at, &listed.user));
    json!({
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "type": user.user_type,
        "language": user.language,
        "disabled": user.disabled,
        "chosen_since": user.chosen_since.map(rfc3339),
        "second_factor": asked.second_factor,
        "rule": asked.rule,
        "holds": user_table::held(listed),
        "created": rfc3339(user.created_at),
        "last_sign_in": listed.signed_in_at.map(rfc3339),
    })
}

pub(super) async fn list(whose: &Whose, wanted: WantedUsers) -> Result<(), Failure> {
    let (as_json, filter) = (wanted.json, wanted.filter()?);
    let (app, at) = whose.find().await?;
    each(&app, &at, &filter, |users| {
        for listed in users {
            if as_json {
                println!("{}", shape(&app, &at, listed));
                continue;
            }
            let user = &listed.user;
            let (held, asked) = (user_table::held(listed).join(" "), app.asked_of(&at, user));
            let state = if user.disabled { "disabled" } else { asked.second_factor.as_str() };
            println!("{:40} {:20} {:9} {held}", user.email, user.role.as_str(), state);
        }
        Ok(())
    })
    .await
}

pub(super) async fn show(app: &App, at: &TenantHandle, user: UserId, as_json: bool) -> Result<(), Failure> {
    let view = app.view_user(at, user).await?.ok_or("there is no such user")?;
    let mut value = shape(app, at, &view.listed);
    details(&mut value, &view);
    if as_json {
        println!("{value}");
        return Ok(());
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        println!("{name:14} {text}");
    }
    Ok(())
}

fn details(value: &mut Value, view: &UserView) {
    let phones: Vec<_> =
        view.devices.iter().map(|phone| json!({ "id": phone.id, "name": phone.name })).collect();
    value["phones"] = json!(phones);
    value["sessions"] = json!(view.account.sessions.len());
    value["trusted_browsers"] = json!(view.account.browsers.len());
    value["suspended"] = json!(view.suspended);
    value["set_up_until"] = json!(view.grace_ends.filter(|_| !view.ready).map(rfc3339));
    value["reset_waits_until"] = json!(view.reset.as_ref().map(|reset| rfc3339(reset.until())));
}

pub(super) async fn export(whose: &Whose, wanted: WantedUsers) -> Result<(), Failure> {
    let (as_json, filter) = (wanted.json, wanted.filter()?);
    let (app, at) = whose.find().await?;
    app.note_export(&By::CommandLine, at.tenant.id, &filter).await?;
    let mut out = std::io::stdout().lock();
    if !as_json {
        out.write_all(&user_table::header())?;
    }
    each(&app, &at, &filter, |users| {
        if as_json {
            for listed in users {
                writeln!(out, "{}", shape(&app, &at, listed))?;
            }
        } else {
            let lines = users.iter().map(|listed| (listed, app.asked_of(&at, &listed.user)));
            out.write_all(&user_table::lines(lines))?;
        }
        Ok(())
    })
    .await
}

/// The language that an option names.
pub(super) fn language_of(code: Option<&str>) -> Result<Option<&'static str>, Failure> {
    let known = |code| language(code).ok_or_else(|| "--language is en or ja".into());
    code.map(known).transpose()
}

pub(super) async fn import(
    whose: &Whose,
    file: &Path,
    look: bool,
    language: Option<&str>,
    as_json: bool,
) -> Result<(), Failure> {
    let language = language_of(language)?;
    let (by, name) = (By::CommandLine, file.display());
    let text = std::fs::read_to_string(file).map_err(|error| format!("{name} cannot be read: {error}"))?;
    let (app, at) = whose.find().await?;
    let lines =
        app.look_at_import(&at, &by, &text, usize::MAX).await?.map_err(|error| format!("{name}: {error}"))?;
    for line in &lines {
        let LineStands::Wrong(why) = line.stands else { continue };
        if as_json {
            println!("{}", json!({ "line": line.line, "email": line.email, "wrong": why.to_string() }));
        } else {
            println!("line {}: {}: {why}", line.line, line.email);
        }
    }
    let done = if look { Imported::of(&lines) } else { app.import_users(&at, &by, lines, language).await? };
    let Imported { new, changed, same, wrong } = done;
    if as_json {
        println!(
            "{}",
            json!({ "done": !look, "new": new, "changed": changed, "same": same, "wrong": wrong })
        );
    } else {
        let said = if look { "Would be" } else { "Were" };
        println!("{said} new: {new}, changed: {changed}; the same: {same}, left out: {wrong}.");
    }
    Ok(())
}
