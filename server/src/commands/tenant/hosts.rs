//! `countersign tenant host …`: where a tenant is reached.

use clap::Subcommand;
use countersign_server::domain::actor::By;
use countersign_server::domain::tenant::Origin;
use serde_json::json;

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
    },
    /// Make an address the main one: links lead there that no browser asked for.
    Main {
        #[command(flatten)]
        whose: Whose,
        /// The address.
        origin: String,
    },
    /// List the addresses, the main one first.
    List {
        #[command(flatten)]
        whose: Whose,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(command: HostCommand) -> Result<(), Failure> {
    match command {
        HostCommand::Add { whose, origin } => {
            let (app, at) = whose.find().await?;
            let origin = read(&origin)?;
            app.add_host(&By::CommandLine, at.tenant.id, &origin).await?;
            println!("{} is reached at {origin} as well.", at.tenant.name);
            Ok(())
        }
        HostCommand::Remove { whose, origin, sure } => remove(whose, &read(&origin)?, sure).await,
        HostCommand::Main { whose, origin } => {
            let (app, at) = whose.find().await?;
            let origin = read(&origin)?;
            if !app.make_main_host(&By::CommandLine, at.tenant.id, &origin).await? {
                return Err(format!("{} is not reached at {origin}: add it first", at.tenant.name).into());
            }
            println!("The main address of {} is {origin}.", at.tenant.name);
            Ok(())
        }
        HostCommand::List { whose, json } => list(whose, json).await,
    }
}

fn read(text: &str) -> Result<Origin, Failure> {
    Origin::parse(text).map_err(|error| format!("{text}: {error}").into())
}

async fn remove(whose: Whose, origin: &Origin, sure: bool) -> Result<(), Failure> {
    let (app, at) = whose.find().await?;
    let used = app.host_in_use(at.tenant.id, origin).await?;
    let said = format!("phones paired there: {}, passkeys made there: {}", used.phones, used.passkeys);
    if used.phones + used.passkeys > 0 && !sure {
        return Err(
            format!("{said}; they would have no way to answer: say --sure if that is wished for").into()
        );
    }
    app.remove_host(&By::CommandLine, at.tenant.id, origin).await?;
    println!("{} is not reached at {origin} any more ({said}).", at.tenant.name);
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
        let rows: Vec<_> = rows
            .iter()
            .map(|(host, used)| {
                json!({
                    "origin": host.origin.to_string(), "main": host.main,
                    "phones": used.phones, "passkeys": used.passkeys,
                })
            })
            .collect();
        println!("{}", serde_json::Value::from(rows));
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
