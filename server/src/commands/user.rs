//! `countersign user …`.

use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use countersign_server::app::admin::UserWish;
use countersign_server::app::{Acted, App, Confirmed, TenantHandle};
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use countersign_server::domain::tenant::Origin;
use countersign_server::domain::user::{Role, User};
use secrecy::SecretString;
use serde_json::json;

use super::users::{self, WantedUsers};
use super::{Failure, Home};

/// Who did it.
const BY: By = By::CommandLine;

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// List users, in the order of their e-mail addresses.
    List {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        wanted: WantedUsers,
    },
    /// Show one user: what is asked of them, and what they have set up.
    Show {
        #[command(flatten)]
        one: One,
    },
    /// Add a user. The password is read from standard input.
    Add {
        #[command(flatten)]
        one: One,
        /// What the person is called.
        #[arg(long, default_value = "")]
        name: String,
        /// member, administrator or super-administrator.
        #[arg(long, default_value = "member")]
        role: String,
        /// The type, one that the policy names.
        #[arg(long = "type", value_name = "TYPE")]
        user_type: Option<String>,
        /// The password has to be replaced after the first sign-in.
        #[arg(long)]
        initial: bool,
    },
    /// Change a user: what is left out stays as it is.
    Set {
        #[command(flatten)]
        one: One,
        /// What the person is called.
        #[arg(long)]
        name: Option<String>,
        /// member, administrator or super-administrator.
        #[arg(long)]
        role: Option<String>,
        /// The type, one that the policy names; empty for none.
        #[arg(long = "type", value_name = "TYPE")]
        user_type: Option<String>,
        /// Whether the user is chosen for a second factor: on or off.
        #[arg(long, value_name = "on|off")]
        second_factor: Option<String>,
    },
    /// Give a user another password, read from standard input. The user is signed out everywhere.
    Password {
        #[command(flatten)]
        one: One,
        /// It has to be replaced after the next sign-in.
        #[arg(long)]
        initial: bool,
    },
    /// Let nobody sign in by this name any more. The user is signed out everywhere.
    Disable {
        #[command(flatten)]
        one: One,
    },
    /// Let a disabled user sign in again.
    Enable {
        #[command(flatten)]
        one: One,
    },
    /// Forget that codes or phones of a user failed too often: nothing is suspended any more.
    Unlock {
        #[command(flatten)]
        one: One,
    },
    /// Remove a user's phones, passkeys, authenticator app and recovery codes: for somebody who lost them. The
    /// user is signed out everywhere, and told by mail.
    Reset {
        #[command(flatten)]
        one: One,
    },
    /// A user's sessions.
    #[command(subcommand)]
    Sessions(SessionsCommand),
    /// Give a user another e-mail address, to sign in with and for mail. Both addresses are told.
    Email {
        #[command(flatten)]
        one: One,
        /// The new one.
        new: String,
    },
    /// Add and change users from a CSV file: columns email, name, type, role and password.
    Import {
        #[command(flatten)]
        whose: Whose,
        /// The file.
        file: PathBuf,
        /// Only say what would change.
        #[arg(long)]
        look: bool,
        /// One JSON object a line: what is wrong with which line, and how many were taken in.
        #[arg(long)]
        json: bool,
    },
    /// Write users as CSV to standard output.
    Export {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        wanted: WantedUsers,
    },
    /// Pair a phone where no browser is at hand: prints a link for the phone, and with --confirm takes
    /// the six digits that the phone then shows.
    Pair {
        #[command(flatten)]
        one: One,
        /// The six digits that the phone shows.
        #[arg(long, value_name = "CODE")]
        confirm: Option<String>,
    },
}

#[derive(Subcommand)]
pub(crate) enum SessionsCommand {
    /// Sign a user out everywhere.
    End {
        #[command(flatten)]
        one: One,
    },
}

/// Which tenant is meant.
#[derive(Args)]
pub(crate) struct Whose {
    #[command(flatten)]
    pub(super) home: Home,
    /// The tenant, by where it is reached; may be left out if there is but one.
    #[arg(long, value_name = "ORIGIN")]
    pub(super) tenant: Option<String>,
}

/// Which user is meant.
#[derive(Args)]
pub(crate) struct One {
    #[command(flatten)]
    whose: Whose,
    /// The user's e-mail address.
    email: String,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

impl Whose {
    pub(super) async fn find(&self) -> Result<(Arc<App>, Arc<TenantHandle>), Failure> {
        let app = self.home.service().await?.app;
        let origins = app.main_origins().await?;
        let origin = match (&self.tenant, origins.as_slice()) {
            (Some(text), _) => Origin::parse(text).map_err(|error| format!("{text}: {error}"))?,
            (None, [only]) => only.clone(),
            (None, []) => return Err("there is no tenant yet: add one with `countersign tenant add`".into()),
            (None, _) => return Err("there are several tenants: say which with --tenant ORIGIN".into()),
        };
        let at = app.tenant(origin.authority()).await?;
        let at = at.ok_or_else(|| format!("no tenant is reached at {origin}"))?;
        Ok((app, at))
    }
}

impl One {
    async fn find(&self) -> Result<(Arc<App>, Arc<TenantHandle>, User), Failure> {
        let (app, at) = self.whose.find().await?;
        let user = find_user(&app, &at, &self.email).await?;
        Ok((app, at, user))
    }

    /// Says what was done: as JSON `{"email", "changed"}` and what is in `more`, or in words.
    fn say(&self, changed: bool, more: &serde_json::Value, words: &str) {
        if self.json {
            let mut answer = json!({ "email": self.email, "changed": changed });
            for (name, value) in more.as_object().into_iter().flatten() {
                answer[name] = value.clone();
            }
            println!("{answer}");
        } else {
            println!("{words}");
        }
    }

    /// Does something to the user: what was removed by it, if it was not so already.
    async fn act(&self, action: Action) -> Result<Option<usize>, Failure> {
        let (app, at, user) = self.find().await?;
        changed(app.act_on(&at, &BY, user.id, action).await?)
    }
}

fn changed(acted: Acted) -> Result<Option<usize>, Failure> {
    match acted {
        Acted::Done(removed) => Ok(Some(removed.len())),
        Acted::Same => Ok(None),
        Acted::Refused(refused) => Err(refused.into()),
    }
}

/// The user with this address.
pub(super) async fn find_user(app: &App, at: &TenantHandle, email: &str) -> Result<User, Failure> {
    let user = app.find_user(at.tenant.id, email).await?;
    Ok(user.ok_or_else(|| format!("{} has no user {email}", at.tenant.name))?)
}

pub(super) async fn run(command: UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::List { whose, wanted } => users::list(&whose, wanted).await,
        UserCommand::Show { one } => {
            let (app, at, user) = one.find().await?;
            users::show(&app, &at, user.id, one.json).await
        }
        UserCommand::Add { one, name, role, user_type, initial } => {
            let wish = UserWish {
                user_type,
                initial,
                ..UserWish::new(&one.email, &name, role_of(&role)?, read_password()?)
            };
            let (app, at) = one.whose.find().await?;
            let id = app.add_user(&BY, &at.tenant, wish).await?;
            one.say(true, &json!({ "id": id }), &format!("Added {} to {}.", one.email, at.tenant.name));
            Ok(())
        }
        UserCommand::Set { one, name, role, user_type, second_factor } => {
            set(&one, name, role, user_type, second_factor).await
        }
        UserCommand::Password { one, initial } => {
            let (app, at, user) = one.find().await?;
            app.set_password(&at, &BY, user.id, read_password()?, initial).await?;
            let words = format!("{} has a new password, and is signed out everywhere.", one.email);
            one.say(true, &json!({}), &words);
            Ok(())
        }
        UserCommand::Disable { one } => set_disabled(&one, Action::Disable, "disabled").await,
        UserCommand::Enable { one } => set_disabled(&one, Action::Enable, "enabled").await,
        UserCommand::Unlock { one } => {
            let done = one.act(Action::Unlock).await?.is_some();
            one.say(done, &json!({}), &format!("Nothing of {} is suspended any more.", one.email));
            Ok(())
        }
        UserCommand::Reset { one } => {
            let removed = one.act(Action::Reset).await?.unwrap_or_default();
            let words = format!("Removed {} of {}, who is signed out everywhere.", count(removed), one.email);
            one.say(true, &json!({ "removed": removed }), &words);
            Ok(())
        }
        UserCommand::Sessions(SessionsCommand::End { one }) => {
            let done = one.act(Action::EndSessions).await?.is_some();
            one.say(done, &json!({}), &format!("{} is signed out everywhere.", one.email));
            Ok(())
        }
        UserCommand::Email { one, new } => {
            let (app, at, user) = one.find().await?;
            app.set_email(&at, &BY, user.id, &new).await?;
            let words = format!("{} is {} from now on. Both addresses are told.", one.email, new.trim());
            one.say(true, &json!({ "new": new.trim() }), &words);
            Ok(())
        }
        UserCommand::Import { whose, file, look, json } => users::import(&whose, &file, look, json).await,
        UserCommand::Export { whose, wanted } => users::export(&whose, wanted).await,
        UserCommand::Pair { one, confirm } => pair(&one, confirm).await,
    }
}

async fn set(
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

async fn set_disabled(one: &One, action: Action, state: &str) -> Result<(), Failure> {
    let done = one.act(action).await?.is_some();
    let words = if done { "is now" } else { "was already" };
    one.say(done, &json!({}), &format!("{} {words} {state}.", one.email));
    Ok(())
}

async fn pair(one: &One, confirm: Option<String>) -> Result<(), Failure> {
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

fn role_of(text: &str) -> Result<Role, Failure> {
    Ok(Role::parse(text).ok_or("--role is member, administrator or super-administrator")?)
}

fn count(factors: usize) -> String {
    match factors {
        0 => "nothing".to_owned(),
        1 => "one factor".to_owned(),
        several => format!("{several} factors"),
    }
}

/// The first line of standard input.
fn read_password() -> Result<SecretString, Failure> {
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
