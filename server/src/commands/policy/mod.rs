//! `countersign policy …`: who must prove a second factor, by what, and from where.

mod preview;
mod said;
mod wish;

use std::io::Read as _;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use clap::{Args, Subcommand};
use countersign_server::app::{App, Look, PolicyChange, Previewed, Shown, TenantHandle, WantedPolicy, Where};
use countersign_server::domain::actor::By;
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::preset::Preset;
use countersign_server::domain::user::email_key;

use super::Failure;
use super::user::Whose;
use wish::Wish;

/// A policy is far shorter.
const LONGEST: u64 = 1 << 20;

#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// Show the policy.
    Show {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        shape: Shape,
    },
    /// Change the policy: to the one of a file, as `show --json` prints it, or what single options say.
    Set {
        #[command(flatten)]
        whose: Whose,
        /// The file; - is standard input.
        file: Option<String>,
        #[command(flatten)]
        wish: Wish,
        #[command(flatten)]
        shape: Shape,
    },
    /// Begin with a policy that others have: usual, prodb, proworkflow, provconnect or productip. Networks, session
    /// lengths and the number rule stay as they are.
    Preset {
        #[command(flatten)]
        whose: Whose,
        /// Which.
        name: String,
        #[command(flatten)]
        shape: Shape,
    },
    /// Show what the policy of a file would lead to: how many users would be asked, must set up, or lose something.
    Preview {
        #[command(flatten)]
        whose: Whose,
        /// The file; - is standard input.
        file: String,
        #[command(flatten)]
        look: WantedLook,
        #[command(flatten)]
        shape: Shape,
    },
    /// Show what would happen if somebody typed the right password somewhere.
    WhatIf {
        #[command(flatten)]
        whose: Whose,
        /// The user's e-mail address.
        email: String,
        /// The network address of the browser.
        address: IpAddr,
        /// In the browser that the user used last; otherwise in a new one.
        #[arg(long)]
        known_browser: bool,
        /// By the policy of this file, before it is set; - is standard input.
        #[arg(long)]
        policy: Option<String>,
        #[command(flatten)]
        shape: Shape,
    },
}

/// What of a preview is looked at, besides the figures.
#[derive(Args)]
pub(crate) struct WantedLook {
    /// List users whom this concerns, 50 at a time: set-up, set-up-later, asked, loses, removed, not-asked or browsers.
    #[arg(long, value_name = "EFFECT")]
    show: Option<String>,
    /// Those after the user with this e-mail address: the `next` of the list before.
    #[arg(long, value_name = "EMAIL", requires = "show")]
    after: Option<String>,
    /// Say what it means to one user: the e-mail address, or a part of it or of the name.
    #[arg(long, value_name = "WHO")]
    find: Option<String>,
}

impl WantedLook {
    fn look(&self) -> Result<Look<'_>, Failure> {
        let show = match self.show.as_deref().map(Shown::parse) {
            Some(None) => {
                return Err(
                    "--show is set-up, set-up-later, asked, loses, removed, not-asked or browsers".into()
                );
            }
            Some(known) => known,
            None => None,
        };
        let after = match self.after.as_deref().map(email_key) {
            Some(None) => return Err("--after is an e-mail address, as ada@example.com".into()),
            Some(known) => known,
            None => None,
        };
        Ok(Look { show, after, find: self.find.as_deref() })
    }
}

/// How the answer is printed.
#[derive(Args, Clone, Copy)]
pub(crate) struct Shape {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(command: PolicyCommand) -> Result<(), Failure> {
    match command {
        PolicyCommand::Show { whose, shape } => {
            let (app, at) = whose.find().await?;
            said::policy(&app.tenant_now(at.tenant.id).await?, shape.json)
        }
        PolicyCommand::Set { whose, file, wish, shape } => {
            let (app, at) = whose.find().await?;
            let wanted = match file {
                Some(_) if wish.is_some() => {
                    return Err("name a file or single options, not both".into());
                }
                Some(file) => read(&file)?,
                None => wish.changed(app.tenant_now(at.tenant.id).await?.policy)?,
            };
            change(&app, &at, wanted.into(), shape.json).await
        }
        PolicyCommand::Preset { whose, name, shape } => {
            let names = || Preset::ALL.map(Preset::as_str).join(", ");
            let preset = Preset::parse(&name).ok_or_else(|| format!("“{name}” is none of {}", names()))?;
            let (app, at) = whose.find().await?;
            let policy = preset.applied(&app.tenant_now(at.tenant.id).await?.policy);
            change(&app, &at, WantedPolicy { policy, preset: Some(preset) }, shape.json).await
        }
        PolicyCommand::Preview { whose, file, look, shape } => {
            let look = look.look()?;
            let (app, at) = whose.find().await?;
            let wanted = read(&file)?;
            match app.preview_policy(&By::CommandLine, at.tenant.id, wanted, look).await? {
                Previewed::Same => said::same(shape.json),
                Previewed::Refused(error) => Err(error.to_string().into()),
                Previewed::Would(preview) => preview::preview(&preview, shape.json),
            }
        }
        PolicyCommand::WhatIf { whose, email, address, known_browser, policy, shape } => {
            let (app, at) = whose.find().await?;
            let place = Where { address, known_browser };
            let what_if = match policy.as_deref().map(read).transpose()? {
                None => app.what_if(&at, &email, place).await?,
                Some(wanted) => app
                    .what_if_then(&By::CommandLine, &at, wanted.into(), &email, place)
                    .await?
                    .map_err(|error| error.to_string())?,
            };
            let what_if = what_if.ok_or_else(|| format!("{} has no user {email}", at.tenant.name))?;
            said::what_if(&what_if, shape.json)
        }
    }
}

async fn change(app: &Arc<App>, at: &TenantHandle, wanted: WantedPolicy, json: bool) -> Result<(), Failure> {
    let tenant = at.tenant.id;
    let revision = app.tenant_now(tenant).await?.revision;
    match app.change_policy(&By::CommandLine, tenant, revision, wanted).await? {
        PolicyChange::Changed(tenant) => said::policy(&tenant, json),
        PolicyChange::Same => said::policy(&app.tenant_now(tenant).await?, json),
        PolicyChange::Refused(error) => Err(error.to_string().into()),
        PolicyChange::Overtaken => Err("somebody else changed the policy meanwhile: try again".into()),
    }
}

fn read(file: &str) -> Result<Policy, Failure> {
    let mut text = String::new();
    if file == "-" {
        std::io::stdin().take(LONGEST).read_to_string(&mut text)?;
    } else {
        let opened = std::fs::File::open(Path::new(file));
        let opened = opened.map_err(|error| format!("{file} cannot be read: {error}"))?;
        opened.take(LONGEST).read_to_string(&mut text)?;
    }
    Ok(Policy::parse(&text)?)
}
