//! `countersign user …`.

use std::io::{IsTerminal as _, Read as _};
use std::sync::Arc;

use clap::{Args, Subcommand};
use countersign_server::app::admin::UserWish;
use countersign_server::app::{Acted, App, Confirmed, TenantHandle};
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use countersign_server::domain::mail::Removed;
use countersign_server::domain::tenant::Origin;
use countersign_server::domain::user::{Role, User};
use secrecy::SecretString;

use super::{Failure, Home};

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// Add a user. The password is read from standard input.
    Add {
        #[command(flatten)]
        whose: Whose,
        /// The e-mail address to sign in with.
        email: String,
        /// What the person is called.
        #[arg(long, default_value = "")]
        name: String,
        /// member, administrator or super-administrator.
        #[arg(long, default_value = "member")]
        role: String,
    },
    /// Give a user another password, read from standard input. The user is signed out everywhere.
    Password {
        #[command(flatten)]
        whose: Whose,
        /// The user's e-mail address.
        email: String,
    },
    /// Let nobody sign in by this name any more. The user is signed out everywhere.
    Disable {
        #[command(flatten)]
        whose: Whose,
        /// The user's e-mail address.
        email: String,
    },
    /// Let a disabled user sign in again.
    Enable {
        #[command(flatten)]
        whose: Whose,
        /// The user's e-mail address.
        email: String,
    },
    /// Forget that codes or phones of a user failed too often: nothing is suspended any more.
    Unlock {
        #[command(flatten)]
        whose: Whose,
        /// The user's e-mail address.
        email: String,
    },
    /// Remove a user's phones, passkeys, authenticator app and recovery codes: for somebody who lost them. The
    /// user is signed out everywhere, and told by mail.
    Reset {
        #[command(flatten)]
        whose: Whose,
        /// The user's e-mail address.
        email: String,
    },
    /// Give a user another e-mail address, to sign in with and for mail. Both addresses are told.
    Email {
        #[command(flatten)]
        whose: Whose,
        /// The user's e-mail address until now.
        email: String,
        /// The new one.
        new: String,
    },
    /// Pair a phone where no browser is at hand: prints a link for the phone, and with --confirm takes
    /// the six digits that the phone then shows.
    Pair {
        #[command(flatten)]
        whose: Whose,
        /// The user's e-mail address.
        email: String,
        /// The six digits that the phone shows.
        #[arg(long, value_name = "CODE")]
        confirm: Option<String>,
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

pub(super) async fn run(command: UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Add { whose, email, name, role } => {
            let role = Role::parse(&role).ok_or("--role is member, administrator or super-administrator")?;
            let (app, at) = whose.find().await?;
            let password = read_password()?;
            app.add_user(&By::CommandLine, &at.tenant, UserWish::new(&email, &name, role, password)).await?;
            println!("Added {email} to {}.", at.tenant.name);
            Ok(())
        }
        UserCommand::Password { whose, email } => {
            let (app, at) = whose.find().await?;
            let user = find_user(&app, &at, &email).await?;
            app.set_password(&at, &By::CommandLine, user.id, read_password()?, false).await?;
            println!("{email} has a new password, and is signed out everywhere.");
            Ok(())
        }
        UserCommand::Disable { whose, email } => set_disabled(whose, &email, true).await,
        UserCommand::Enable { whose, email } => set_disabled(whose, &email, false).await,
        UserCommand::Unlock { whose, email } => {
            let (app, at) = whose.find().await?;
            act(&app, &at, &email, Action::Unlock).await?;
            println!("Nothing of {email} is suspended any more.");
            Ok(())
        }
        UserCommand::Reset { whose, email } => {
            let (app, at) = whose.find().await?;
            let removed = act(&app, &at, &email, Action::Reset).await?.map_or(0, |removed| removed.len());
            println!("Removed {} of {email}, who is signed out everywhere.", count(removed));
            Ok(())
        }
        UserCommand::Email { whose, email, new } => {
            let (app, at) = whose.find().await?;
            app.set_email(&at, &By::CommandLine, find_user(&app, &at, &email).await?.id, &new).await?;
            println!("{email} is {} from now on. Both addresses are told.", new.trim());
            Ok(())
        }
        UserCommand::Pair { whose, email, confirm } => {
            let (app, at) = whose.find().await?;
            let user = find_user(&app, &at, &email).await?;
            match confirm {
                None => {
                    let link = app.offer_pairing(&at, user.id).await?;
                    println!("{link}");
                    Ok(())
                }
                Some(code) => told(app.confirm_newest_pairing(&at, user.id, &code).await?),
            }
        }
    }
}

async fn set_disabled(whose: Whose, email: &str, disabled: bool) -> Result<(), Failure> {
    let (app, at) = whose.find().await?;
    let action = if disabled { Action::Disable } else { Action::Enable };
    let changed = act(&app, &at, email, action).await?.is_some();
    let state = if disabled { "disabled" } else { "enabled" };
    println!("{email} {} {state}.", if changed { "is now" } else { "was already" });
    Ok(())
}

fn count(factors: usize) -> String {
    match factors {
        0 => "nothing".to_owned(),
        1 => "one factor".to_owned(),
        several => format!("{several} factors"),
    }
}

/// Does something to a user; what was removed by it, if it was not so already.
async fn act(
    app: &App,
    at: &TenantHandle,
    email: &str,
    action: Action,
) -> Result<Option<Vec<Removed>>, Failure> {
    let user = find_user(app, at, email).await?;
    match app.act_on(at, &By::CommandLine, user.id, action).await? {
        Acted::Done(removed) => Ok(Some(removed)),
        Acted::Same => Ok(None),
        Acted::Refused(refused) => Err(refused.into()),
    }
}

pub(super) async fn find_user(app: &App, at: &TenantHandle, email: &str) -> Result<User, Failure> {
    let user = app.find_user(at.tenant.id, email).await?;
    Ok(user.ok_or_else(|| format!("{} has no user {email}", at.tenant.name))?)
}

fn told(confirmed: Confirmed) -> Result<(), Failure> {
    match confirmed {
        Confirmed::Active(name) => {
            println!("{name} is paired.");
            Ok(())
        }
        Confirmed::WrongCode { tries_left } => {
            Err(format!("that is not the code that the phone shows; tries left: {tries_left}").into())
        }
        Confirmed::NotClaimed => Err("no phone has opened the link yet".into()),
        Confirmed::Over => Err("this pairing is over: print a new link with `countersign user pair`".into()),
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
