//! `countersign user …`.

mod change;
mod one;

use std::path::PathBuf;

use clap::Subcommand;
use countersign_server::app::admin::UserWish;
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use serde_json::json;

use self::change::{count, pair, read_password, role_of, set, set_disabled};
use self::one::One;
pub(super) use self::one::{Whose, find_user};
use super::Failure;
use super::users::{self, WantedUsers};

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
        /// The language to write in until the first sign-in: en or ja.
        #[arg(long)]
        language: Option<String>,
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
    /// Add and change users from a CSV file: columns email, name, type, role, language and password.
    Import {
        #[command(flatten)]
        whose: Whose,
        /// The file.
        file: PathBuf,
        /// Only say what would change.
        #[arg(long)]
        look: bool,
        /// The language to write to new users in of whom the file names none, until the first sign-in: en or ja.
        #[arg(long)]
        language: Option<String>,
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

pub(super) async fn run(command: UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::List { whose, wanted } => users::list(&whose, wanted).await,
        UserCommand::Show { one } => {
            let (app, at, user) = one.find().await?;
            users::show(&app, &at, user.id, one.json).await
        }
        UserCommand::Add { one, name, role, user_type, language, initial } => {
            let wish = UserWish {
                user_type,
                language: users::language_of(language.as_deref())?,
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
        UserCommand::Import { whose, file, look, language, json } => {
            users::import(&whose, &file, look, language.as_deref(), json).await
        }
        UserCommand::Export { whose, wanted } => users::export(&whose, wanted).await,
        UserCommand::Pair { one, confirm } => pair(&one, confirm).await,
    }
}
