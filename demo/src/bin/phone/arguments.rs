//! What can be asked of the phone.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use countersign_mobile_core::LoginId;

/// A phone for the terminal.
#[derive(Parser)]
#[command(name = "phone", version)]
pub(crate) struct Arguments {
    /// The folder that holds this phone's keys and accounts.
    #[arg(long, env = "COUNTERSIGN_PHONE_HOME", value_name = "DIR")]
    pub(crate) home: PathBuf,
    /// The language, `en` or `ja`; by default the terminal's.
    #[arg(long, global = true, value_name = "TAG")]
    pub(crate) lang: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Pair with a server, and show the code to type into its page.
    Pair {
        /// The pairing link.
        link: String,
        /// What this phone calls itself.
        #[arg(long, default_value = "Desk phone")]
        name: String,
    },
    /// List the accounts.
    Accounts,
    /// List what waits for an answer.
    Requests {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Approve a sign-in.
    Approve {
        /// Which; may be left out if one waits.
        id: Option<LoginId>,
        /// The number that the browser shows.
        #[arg(long)]
        number: Option<String>,
    },
    /// Deny a sign-in.
    Deny {
        /// Which; may be left out if one waits.
        id: Option<LoginId>,
    },
    /// Deny a sign-in and say that it was somebody else.
    Report {
        /// Which; may be left out if one waits.
        id: Option<LoginId>,
    },
    /// Remove an account and its keys from this phone.
    Remove {
        /// The account's id, as `accounts` shows it.
        account: String,
    },
    /// Print requests as they come, and which of them are answered elsewhere.
    Watch,
}
