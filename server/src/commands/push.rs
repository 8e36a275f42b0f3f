//! `countersign push …`.

use std::sync::Arc;
use std::time::Duration;

use clap::Subcommand;
use countersign_protocol::ids::DeviceId;
use countersign_protocol::pairing::{ApnsEnvironment, PushEndpoint};
use countersign_protocol::random::{self, Random, SystemRandom};
use countersign_protocol::time::Clock;
use countersign_server::clock::SystemClock;
use countersign_server::config::key_file;
use countersign_server::push::sender::{Answer, SendOutcome, Wake, WakeKind, collapse_id};
use countersign_server::push::senders::{Provider, Senders};
use countersign_server::service::{BeginError, open_database, senders, vapid_key};
use countersign_server::signing_key::SigningKey;
use countersign_server::store::devices::{self, Device};

use super::{Failure, Home};

/// How long the push service may keep trying.
const TTL: Duration = Duration::from_mins(1);

#[derive(Subcommand)]
pub(crate) enum PushCommand {
    /// Wake one phone now, and say what its push service answers. No login is made, and nothing is
    /// changed; the server need not be running.
    Test {
        #[command(flatten)]
        home: Home,
        /// The device's id.
        device: DeviceId,
    },
}

pub(super) async fn run(command: PushCommand) -> Result<(), Failure> {
    let PushCommand::Test { home, device } = command;
    let (senders, device) = find(&home, device).await?;
    let Some(endpoint) = device.push else {
        return Err(format!(
            "{} has no push address: its app named none, or its push service said that it is gone. \
             Let its owner open the app, with notifications allowed, so that it names one.",
            device.name
        )
        .into());
    };
    let sender = senders.of(&endpoint).ok_or_else(|| no_way(&endpoint))?;
    let wake = Wake {
        kind: WakeKind::Ask,
        id: random::bytes(&SystemRandom::new()),
        collapse: collapse_id(device.id),
        ttl: TTL,
        endpoint,
    };
    let answer = sender.send(&wake).await;
    tell(&device.name, &wake.endpoint, &answer)
}

/// The senders, and the device.
async fn find(home: &Home, id: DeviceId) -> Result<(Senders, Device), Failure> {
    let settings = home.settings()?;
    let db = open_database(&settings, false).await?;
    if db.pending_migrations().await? {
        return Err(BeginError::NotMigrated.into());
    }
    let device = db.read_one(move |tx| Box::pin(devices::of_any_tenant(tx, id))).await?;
    let device = device.ok_or_else(|| format!("there is no device {id}"))?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random: Arc<dyn Random> = Arc::new(SystemRandom::new());
    // Asking for the key makes one where there is none yet; Apple and Google are not shown it.
    let key = match &device.push {
        Some(PushEndpoint::WebPush { .. }) => {
            vapid_key(&db, &key_file::read(&settings.keys.file)?, &*random).await?
        }
        _ => SigningKey::generate().0,
    };
    let senders = senders(&settings, key, &clock, &random)?;
    db.close().await;
    Ok((senders, device))
}

/// Why there is no sender for an endpoint.
fn no_way(endpoint: &PushEndpoint) -> Failure {
    match endpoint {
        PushEndpoint::Apns { topic, .. } => format!(
            "this server has no way to Apple for the app {topic}: fill in [apns], with {topic} among its topics"
        ),
        PushEndpoint::Fcm { .. } => {
            "this server has no way to Google: set fcm.service_account_file".to_owned()
        }
        PushEndpoint::WebPush { .. } => "this server has no way to Web Push".to_owned(),
    }
    .into()
}

fn name_of(endpoint: &PushEndpoint) -> &'static str {
    match (Provider::of(endpoint), endpoint) {
        (_, PushEndpoint::Apns { environment: ApnsEnvironment::Production, .. }) => "Apple (production)",
        (_, PushEndpoint::Apns { environment: ApnsEnvironment::Sandbox, .. }) => "Apple (sandbox)",
        (Provider::Fcm, _) => "Google (FCM)",
        _ => "the phone's Web Push service",
    }
}

/// Says what was answered and what to do. Whatever is not a success is the command's failure.
fn tell(device: &str, endpoint: &PushEndpoint, answer: &Answer) -> Result<(), Failure> {
    let said = format!("Asked {} to wake {device}. It answered: {}.", name_of(endpoint), answer.said);
    let what_to_do = advice(endpoint, answer);
    if answer.outcome == SendOutcome::Accepted {
        println!("{said}\n{what_to_do}");
        return Ok(());
    }
    Err(format!("{said}\n{what_to_do}").into())
}

fn advice(endpoint: &PushEndpoint, answer: &Answer) -> String {
    match answer.outcome {
        SendOutcome::Accepted => {
            "It took the wake. The phone shows a popup, or, since no login waits, at most a short one; if it \
             shows nothing at all, look whether it is online and lets the app notify."
                .into()
        }
        SendOutcome::Gone => "The phone's push address is no more, or was never one for this server: the app was \
             removed, or it is another build than the settings are for. Let its owner open the app, which then \
             names a new one."
            .into(),
        SendOutcome::Retry { after } => {
            let when = after.map_or("in a minute".to_owned(), |after| format!("in {} seconds", after.as_secs()));
            format!("Not now. Try again {when}; if it stays so, look whether this server reaches the push service.")
        }
        SendOutcome::Refused => {
            "It does not take this wake, and would not take it again. This is a fault of the server or of what \
             the phone named: please report it with the answer above."
                .into()
        }
        SendOutcome::Misconfigured => misconfigured(Provider::of(endpoint), &answer.said),
    }
}

/// Which setting to look at, by the push service's word.
fn misconfigured(provider: Provider, said: &str) -> String {
    let has = |word: &str| said.contains(word);
    let words = match provider {
        Provider::Apns if has("ExpiredProviderToken") => {
            "Look at this machine's clock: Apple finds it wrong."
        }
        Provider::Apns if has("Topic") => {
            "The key may not send to this app: look at apns.topics and, at Apple, at the app's capability for \
             push notifications."
        }
        Provider::Apns if has("BadEnvironmentKeyIdInToken") => {
            "The key is for the other of Apple's two environments: take one that is good for both."
        }
        Provider::Apns if has("ProviderToken") || has("KeyIdInToken") => {
            "Look at apns.key_id and apns.team_id, whether they belong to apns.key_file, and whether the key was \
             revoked."
        }
        Provider::Apns if has("BadPath") || has("MethodNotAllowed") => {
            "Look at apns.production_url and apns.sandbox_url: that is not APNs."
        }
        Provider::Fcm if has("token: ") => {
            "Google does not take fcm.service_account_file: its key was deleted, its account disabled, or this \
             machine's clock is wrong."
        }
        Provider::Fcm if has("PERMISSION_DENIED") => {
            "The service account may not send for its project: enable the Firebase Cloud Messaging API (V1) and \
             give the account the role of its Firebase Admin SDK."
        }
        Provider::Fcm if has("404") => "Look at fcm.url: that is not FCM, or the project is gone.",
        Provider::Apns => "It does not take this server's credentials: look at [apns].",
        Provider::Fcm => "It does not take this server's credentials: look at [fcm].",
        Provider::WebPush => "It does not take this server's identification: look at push.vapid_subject.",
    };
    words.to_owned()
}
