//! `countersign tenant …`.

mod hosts;
mod show;

use clap::{Args, Subcommand};
use countersign_server::app::admin::TenantWish;
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::asked::Facts;
use countersign_server::domain::push_limits::{LIMITS, PushLimits};
use countersign_server::domain::tenant::{NumberDigits, NumberRule, Origin};
use serde_json::{Value, json};

use self::hosts::HostCommand;
use self::show::WantedBrand;
use super::user::Whose;
use super::{Failure, Home, passkeys};

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
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the tenants.
    List {
        #[command(flatten)]
        home: Home,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Show a tenant.
    Show {
        #[command(flatten)]
        whose: Whose,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change a tenant's name.
    Set {
        #[command(flatten)]
        whose: Whose,
        /// Its name, as people know it.
        #[arg(long)]
        name: Option<String>,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Where a tenant is reached.
    #[command(subcommand)]
    Host(HostCommand),
    /// Show, and change, the colour and the picture of a tenant's pages.
    Brand {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        brand: WantedBrand,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say which plan a tenant is on: rules of its policy may be for certain plans.
    Plan {
        #[command(flatten)]
        whose: Whose,
        /// The plan's name; or none.
        name: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say whether a feature is on for a tenant, such as a plug-in: rules of its policy may go by it.
    Feature {
        #[command(flatten)]
        whose: Whose,
        /// The feature's name.
        name: String,
        /// on or off.
        state: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show, and change, how often a user's phones may be pushed.
    Limits {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        limits: WantedLimits,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show, and change, which passkeys and security keys may be added.
    Passkeys {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        wanted: passkeys::Wanted,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(command: TenantCommand) -> Result<(), Failure> {
    match command {
        TenantCommand::Add { home, origin, name, number, digits, require_hardware_keys, json } => {
            let wish = TenantWish {
                name: name.trim().to_owned(),
                origin: Origin::parse(&origin).map_err(|error| format!("{origin}: {error}"))?,
                policy: Policy {
                    number_rule: NumberRule::parse(&number)
                        .ok_or("--number is when-unusual, always or never")?,
                    number_digits: NumberDigits::new(digits).ok_or("--digits is 2, 3 or 6")?,
                    ..Policy::default()
                },
                facts: Facts::default(),
                require_hardware_keys,
            };
            add(home, wish, json).await
        }
        TenantCommand::List { home, json } => show::list(home, json).await,
        TenantCommand::Show { whose, json } => show::show(whose, json).await,
        TenantCommand::Set { whose, name, json } => show::set(whose, name, json).await,
        TenantCommand::Host(command) => hosts::run(command).await,
        TenantCommand::Brand { whose, brand, json } => show::brand(whose, brand, json).await,
        TenantCommand::Plan { whose, name, json } => show::plan(whose, name, json).await,
        TenantCommand::Feature { whose, name, state, json } => show::feature(whose, name, &state, json).await,
        TenantCommand::Limits { whose, limits: wanted, json } => limits(whose, wanted, json).await,
        TenantCommand::Passkeys { whose, wanted, json } => passkeys::run(whose, wanted, json).await,
    }
}

async fn add(home: Home, wish: TenantWish, json: bool) -> Result<(), Failure> {
    if wish.name.is_empty() {
        return Err("--name must not be empty: people see it on their phones".into());
    }
    let (name, origin) = (wish.name.clone(), wish.origin.to_string());
    let id = home.service().await?.app.add_tenant(wish).await?;
    if json {
        println!("{}", json!({ "id": id, "name": name, "origin": origin }));
    } else {
        println!("Added {name} at {origin}. Its id is {id}.");
    }
    Ok(())
}

/// How often the phones of a tenant's users may be pushed; what is left out stays as it is.
#[derive(Args)]
pub(crate) struct WantedLimits {
    /// Seconds after a push that was not approved until the next one; they double each time. 5 to 60.
    #[arg(long, value_name = "SECONDS")]
    first_pause: Option<u32>,
    /// The longest such pause, in seconds. 60 to 86400.
    #[arg(long, value_name = "SECONDS")]
    longest_pause: Option<u32>,
    /// Pushes in fifteen minutes without an approval. 1 to 10.
    #[arg(long, value_name = "COUNT")]
    per_quarter: Option<u32>,
    /// Pushes in a day without an approval. 1 to 50.
    #[arg(long, value_name = "COUNT")]
    per_day: Option<u32>,
    /// Seconds without pushes after a denial. 300 to 86400.
    #[arg(long, value_name = "SECONDS")]
    hold_denied: Option<u32>,
    /// Seconds without pushes after a report. 3600 to 604800.
    #[arg(long, value_name = "SECONDS")]
    hold_reported: Option<u32>,
}

async fn limits(whose: Whose, wanted: WantedLimits, json: bool) -> Result<(), Failure> {
    let (app, at) = whose.find().await?;
    let now = at.tenant.push_limits.values();
    let wanted = [
        wanted.first_pause,
        wanted.longest_pause,
        wanted.per_quarter,
        wanted.per_day,
        wanted.hold_denied,
        wanted.hold_reported,
    ];
    let mut values = now;
    for (value, wish) in values.iter_mut().zip(wanted) {
        *value = wish.unwrap_or(*value);
    }
    let limits = PushLimits::new(values).map_err(|error| format!("--{error}"))?;
    if values != now {
        app.set_push_limits(at.tenant.id, limits).await?;
    }
    if json {
        let named =
            LIMITS.iter().zip(values).map(|(limit, value)| (limit.name.replace('-', "_"), value.into()));
        println!("{}", Value::Object(named.collect()));
        return Ok(());
    }
    for (limit, value) in LIMITS.iter().zip(values) {
        println!(
            "{:14} {value:>7}   (from {} to {}, usually {})",
            limit.name, limit.least, limit.most, limit.usual
        );
    }
    Ok(())
}
