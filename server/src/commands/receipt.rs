//! `countersign receipt …`.

use std::path::PathBuf;

use clap::Subcommand;
use countersign_protocol::approval::{Decision, Mode, Place, Purpose, UserVerification};
use countersign_protocol::ids::LoginId;
use countersign_protocol::key::KeyId;
use countersign_protocol::time::{NumericDate, Timestamp};
use countersign_server::domain::receipt::{Proven, ReceiptFile};
use countersign_server::web::{Lang, for_people};
use serde_json::json;

use super::Failure;
use super::user::Whose;

#[derive(Subcommand)]
pub(crate) enum ReceiptCommand {
    /// Verify a receipt. Needs no server, no database and no network. Ends with 0 only if it proves what it says.
    Verify {
        /// The receipt, as the audit page or `receipt export` gives it out.
        file: PathBuf,
        /// The thumbprint (RFC 7638) that the tenant's key must have.
        #[arg(long, value_name = "THUMBPRINT", value_parser = parse_key)]
        tenant_key: Option<KeyId>,
        /// Say it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write the receipt of a login to standard output.
    Export {
        #[command(flatten)]
        whose: Whose,
        /// The login's id, as audit lines have it.
        login: LoginId,
    },
}

fn parse_key(text: &str) -> Result<KeyId, String> {
    KeyId::parse(text).ok_or_else(|| "a thumbprint is 43 characters of base64url".to_owned())
}

pub(super) async fn run(command: ReceiptCommand) -> Result<(), Failure> {
    match command {
        ReceiptCommand::Verify { file, tenant_key, json } => {
            let text = std::fs::read_to_string(&file)
                .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
            let proven = ReceiptFile::parse(&text)?.verify(tenant_key)?;
            match json {
                true => println!("{}", as_json(&proven)),
                false => tell(&proven, tenant_key.is_some()),
            }
            Ok(())
        }
        ReceiptCommand::Export { whose, login } => {
            let (app, at) = whose.find().await?;
            let receipt = app.receipt(&at, login).await?;
            let receipt = receipt.ok_or("no phone decided on this login, or there is no such login")?;
            print!("{}", receipt.to_text());
            Ok(())
        }
    }
}

fn as_json(proven: &Proven) -> serde_json::Value {
    json!({
        "request": proven.request,
        "decision": proven.decision,
        "believed": { "tenant_key": proven.tenant_key, "device_key": proven.device_key },
    })
}

fn tell(proven: &Proven, expected: bool) {
    let Proven { request, decision, tenant_key, device_key } = proven;
    println!("Both signatures are right, and the decision is on this request.\n");
    println!(
        "shown      {} at {}, {}",
        plain(&request.application),
        plain(&request.iss),
        purpose(request.purpose)
    );
    let [browser, system, address] =
        [&request.browser, &request.system, &request.address].map(|text| plain(text));
    println!("           {browser} on {system}, from {address} ({})", plain(place(&request.place)));
    println!("           from {} to {}", time(request.iat), time(request.exp));
    println!("decided    {} at {}", decided(proven), time(decision.iat));
    println!("           {}", verified_by(decision.verification));
    println!("login      {}\nuser       {}\ndevice     {}\n", request.login, request.sub, request.aud);
    let told = if expected { "as expected" } else { "compare it with the tenant’s, or give --tenant-key" };
    println!("Believed, since no receipt can prove whose a key is:");
    println!("the tenant’s key   {tenant_key}   ({told})");
    println!("the device’s key   {device_key}");
}

/// A text of a file that anybody may have written, for a terminal that obeys control characters.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn decided(proven: &Proven) -> String {
    let how = match proven.decision.decision {
        Decision::Approve => "approved",
        Decision::Deny => "denied",
        Decision::Report => "reported: “this wasn’t me”",
    };
    match (&proven.decision.number, proven.request.mode) {
        (Some(number), Mode::Number { .. }) => {
            format!(
                "{how} with the number {} (whether the browser showed it, the audit line says)",
                plain(number)
            )
        }
        (None, Mode::Number { .. }) if proven.decision.decision == Decision::Approve => {
            format!("{how} without the number that was asked for, which is a wrong number")
        }
        _ => how.to_owned(),
    }
}

const fn verified_by(verification: UserVerification) -> &'static str {
    match verification {
        UserVerification::Biometric => "the phone made sure of its owner by face or finger",
        UserVerification::DeviceCredential => "the phone made sure of its owner by its passcode",
        UserVerification::Simulated => "the phone only pretended to make sure of its owner",
        UserVerification::None => "the phone did not make sure of its owner",
    }
}

const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::SignIn => "for a sign-in",
        Purpose::Confirm => "to confirm a change by somebody signed in",
    }
}

fn place(place: &Place) -> &str {
    match place {
        Place::ThisComputer => "the server’s own computer",
        Place::PrivateNetwork => "a private network",
        Place::Named(name) => name,
        Place::Unknown => "place unknown",
    }
}

fn time(at: NumericDate) -> String {
    let at = Timestamp::from(at);
    format!("{} ({})", for_people(at, Lang::En), at.seconds())
}
