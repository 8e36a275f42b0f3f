//! `countersign tenant host …`: where a tenant is reached.

use clap::Subcommand;
use countersign_server::domain::actor::By;
use countersign_server::domain::tenant::Origin;
use serde_json::{Value, json};

use super::super::Failure;
use super::super::user::Whose;

#[derive(Subcommand)]
pub(crate) enum HostCommand {
    /// Let people sign in at one more address.
    Add {
        #[command(flatten)]
        whose: Whose,
        /// The address: <https://login.acme.example>.
        origin: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Let nobody sign in at an address any more. Refused for the main one.
    Remove {
        #[command(flatten)]
        whose: Whose,
        /// The address.
        origin: String,
        /// Also if phones were paired or passkeys made there, which then have no way to answer.
        #[arg(long)]
        sure: bool,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make an address the main one: links lead there that no browser asked for.
    Main {
        #[command(flatten)]
        whose: Whose,
        /// The address.
        origin: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the addresses, the main one first.
    List {
        #[command(flatten)]
        whose: Whose,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(command: HostCommand) -> Result<(), Failure> {
    match command {
        HostCommand::Add { whose, origin, json } => {
            let (app, at) = whose.find().await?;
            let origin = read(&origin)?;
            app.add_host(&By::CommandLine, at.tenant.id, &origin).await?;
            say(json, &origin, &json!({}), &format!("{} is reached at {origin} as well.", at.tenant.name));
            Ok(())
        }
        HostCommand::Remove { whose, origin, sure, json } => remove(whose, &read(&origin)?, sure, json).await,
        HostCommand::Main { whose, origin, json } => {
            let (app, at) = whose.find().await?;
            let origin = read(&origin)?;
            if !app.make_main_host(&By::CommandLine, at.tenant.id, &origin).await? {
                return Err(format!("{} is not reached at {origin}: add it first", at.tenant.name).into());
            }
            say(json, &origin, &json!({}), &format!("The main address of {} is {origin}.", at.tenant.name));
            Ok(())
        }
        HostCommand::List { whose, json } => list(whose, json).await,
    }
}

fn read(text: &str) -> Result<Origin, Failure> {
    Origin::parse(text).map_err(|error| format!("{text}: {error}").into())
}

/// What was done, to people or to a script.
fn say(as_json: bool, origin: &Origin, more: &Value, words: &str) {
    if !as_json {
        println!("{words}");
        return;
    }
    let mut said = json!({ "origin": origin.to_string() });
    for (name, value) in more.as_object().into_iter().flatten() {
        said[name] = value.clone();
    }
    println!("{said}");
}

async fn remove(whose: Whose, origin: &Origin, sure: bool, json: bool) -> Result<(), Failure> {
    let (app, at) = whose.find().await?;
    let used = app.host_in_use(at.tenant.id, origin).await?;
    let said = format!("phones paired there: {}, passkeys made there: {}", used.phones, used.passkeys);
    if used.phones + used.passkeys > 0 && !sure {
        return Err(
            format!("{said}; they would have no way to answer: say --sure if that is wished for").into()
        );
    }
    app.remove_host(&By::CommandLine, at.tenant.id, origin).await?;
    let more = json!({ "phones": used.phones, "passkeys": used.passkeys });
    let words = format!("{} is not reached at {origin} any more ({said}).", at.tenant.name);
    say(json, origin, &more, &words);
    Ok(())
}

async fn list(whose: Whose, json: bool) -> Result<(), Failure> {
    let (app, at) = whose.find().await?;
    let mut rows = Vec::new();
    for host in app.hosts_of(at.tenant.id).await? {
        let used = app.host_in_use(at.tenant.id, &host.origin).await?;
        rows.push((host, used));
    }
    if json {
        for (host, used) in &rows {
            let row = json!({
                "origin": host.origin.to_string(), "main": host.main,
                "phones": used.phones, "passkeys": used.passkeys,
            });
            println!("{row}");
        }
        return Ok(());
    }
    for (host, used) in rows {
        let main = if host.main { "main" } else { "" };
        println!(
            "{:40} {main:5} {:>6} phones {:>6} passkeys",
            host.origin.to_string(),
            used.phones,
            used.passkeys
        );
    }
    Ok(())
}
