//! `countersign tenant …`.

use clap::Subcommand;
use countersign_server::app::admin::TenantWish;
use countersign_server::domain::tenant::{NumberDigits, NumberRule, Origin};

use super::{Failure, Home};

#[derive(Subcommand)]
pub(crate) enum TenantCommand {
    /// Add a tenant.
    Add {
        #[command(flatten)]
        home: Home,
        /// Where its people sign in: <https://login.example.com>, or <http://localhost:8080> to try.
        origin: String,
        /// Its name, as people know it.
        #[arg(long)]
        name: String,
        /// When the phone asks for the number that the browser shows: when-unusual, always or never.
        #[arg(long, default_value = "when-unusual")]
        number: String,
        /// How many digits the number has: 2, 3 or 6.
        #[arg(long, default_value_t = 2)]
        digits: u8,
        /// Take only phones that keep their keys in hardware.
        #[arg(long)]
        require_hardware_keys: bool,
    },
}

pub(super) async fn run(command: TenantCommand) -> Result<(), Failure> {
    let TenantCommand::Add { home, origin, name, number, digits, require_hardware_keys } = command;
    let wish = TenantWish {
        name: name.trim().to_owned(),
        origin: Origin::parse(&origin).map_err(|error| format!("{origin}: {error}"))?,
        number_rule: NumberRule::parse(&number).ok_or("--number is when-unusual, always or never")?,
        number_digits: NumberDigits::new(digits).ok_or("--digits is 2, 3 or 6")?,
        require_hardware_keys,
    };
    if wish.name.is_empty() {
        return Err("--name must not be empty: people see it on their phones".into());
    }
    let shown = wish.origin.to_string();
    let id = home.service().await?.app.add_tenant(wish).await?;
    println!("Added {name} at {shown}. Its id is {id}.");
    Ok(())
}
