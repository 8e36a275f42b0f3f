//! `countersign rotate-keys`.

use clap::Args;
use countersign_protocol::random::SystemRandom;
use countersign_server::app::reseal::{Resealed, reseal};
use countersign_server::config::key_file;
use countersign_server::domain::seal::MasterKeyId;
use countersign_server::service::{BeginError, open_database};

use super::{Failure, Home};

#[derive(Args)]
pub(crate) struct RotateKeys {
    #[command(flatten)]
    home: Home,
    /// Only add a new key to the key file, which seals nothing yet: where each node has a copy of the file,
    /// this comes first, and --use when all have it.
    #[arg(long, group = "what")]
    prepare: bool,
    /// Take this key, which the file holds already, instead of a new one.
    #[arg(long, group = "what", value_name = "KEY")]
    r#use: Option<String>,
    /// Take the key that is current already: go on after an interruption, or see that nothing is left.
    #[arg(long, group = "what")]
    seal_only: bool,
}

pub(super) async fn run(wanted: RotateKeys) -> Result<(), Failure> {
    let (settings, random) = (wanted.home.settings()?, SystemRandom::new());
    let file = &settings.keys.file;
    if wanted.prepare {
        let id = key_file::prepare(file, &random)?;
        println!(
            "Added the key {id}, which seals nothing yet. Copy {} to every node. A minute later, run:\n\
             countersign rotate-keys --use {id}",
            file.display()
        );
        return Ok(());
    }
    let db = open_database(&settings, false).await?;
    if db.pending_migrations().await? {
        return Err(BeginError::NotMigrated.into());
    }
    // From here on, an interruption leaves the new key in the file: --seal-only goes on.
    match &wanted.r#use {
        Some(id) => {
            let id = MasterKeyId::parse(id).ok_or("--use is a key's id: eight digits of 0-9 and a-f")?;
            key_file::make_current(file, id)?;
        }
        None if wanted.seal_only => {}
        None => {
            key_file::rotate(file, &random)?;
        }
    }
    let keys = key_file::read(file)?;
    println!("The current key is {}.", keys.current());
    let resealed = reseal(&db, &keys, &random).await;
    db.close().await;
    tell(&resealed.map_err(|error| format!("{error}. Go on with: countersign rotate-keys --seal-only"))?)
}

fn tell(resealed: &Resealed) -> Result<(), Failure> {
    let Resealed { signing_keys, server_keys, authenticators, mails, shut } = resealed;
    println!(
        "Sealed again: {signing_keys} signing keys of tenants, {server_keys} keys of the server, \
         {authenticators} authenticators, {mails} mails."
    );
    if *shut > 0 {
        return Err(format!(
            "{shut} secrets open with no key of the file, and stay as they are: is a key missing from it?"
        )
        .into());
    }
    Ok(())
}
