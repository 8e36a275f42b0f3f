//! `countersign tenant passkeys`.

use std::path::PathBuf;

use clap::Args;
use countersign_server::passkeys::{Aaguid, Permitted};
use serde_json::json;

use super::Failure;
use super::user::Whose;

/// Which passkeys and security keys may be added; with neither, what is so now is shown.
#[derive(Args)]
pub(crate) struct Wanted {
    /// Only those that one of these makers vouches for: their root certificates, in PEM.
    #[arg(long, value_name = "AUTHORITIES.pem", requires = "models")]
    only: Option<PathBuf>,
    /// The models that are permitted, each by its AAGUID, separated by commas.
    #[arg(long, value_name = "AAGUID,…", value_delimiter = ',', requires = "only")]
    models: Vec<Aaguid>,
    /// Any.
    #[arg(long, conflicts_with = "only")]
    any: bool,
}

pub(super) async fn run(whose: Whose, wanted: Wanted, json: bool) -> Result<(), Failure> {
    let (app, at) = whose.find().await?;
    let permitted = match &wanted.only {
        Some(file) => {
            let name = file.display();
            let pem = std::fs::read(file).map_err(|error| format!("{name} cannot be read: {error}"))?;
            Some(Permitted::new(&pem, &wanted.models).map_err(|error| format!("{name}: {error}"))?)
        }
        None if wanted.any => None,
        None => return show(app.permitted_passkeys(&at)?.as_ref(), json),
    };
    app.set_permitted_passkeys(at.tenant.id, permitted.as_ref()).await?;
    show(permitted.as_ref(), json)?;
    if json {
        return Ok(());
    }
    println!("This is about new ones: those that were added before stay.");
    Ok(())
}

fn show(permitted: Option<&Permitted>, json: bool) -> Result<(), Failure> {
    if json {
        let models = permitted.into_iter().flat_map(Permitted::models);
        let models: Vec<_> =
            models.map(|model| json!({ "aaguid": model.to_string(), "name": model.name() })).collect();
        let authorities = permitted.map_or(0, Permitted::authorities);
        println!("{}", json!({ "any": permitted.is_none(), "authorities": authorities, "models": models }));
        return Ok(());
    }
    let Some(permitted) = permitted else {
        println!("Any passkey or security key may be added.");
        return Ok(());
    };
    println!("Only these models may be added, vouched for by {} certificates:", permitted.authorities());
    for model in permitted.models() {
        match model.name() {
            Some(name) => println!("{model}  {name}"),
            None => println!("{model}"),
        }
    }
    Ok(())
}
