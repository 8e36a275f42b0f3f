//! What `countersign policy preview` prints.

use countersign_server::app::user_table::rfc3339;
use countersign_server::app::{Concerned, FoundUser, PolicyPreview};
use countersign_server::domain::policy::network_change::{Allowed, NetworkChange};
use countersign_server::domain::policy::preview::{Effect, Standing};
use serde_json::{Value, json};

use super::Failure;
use super::said::print;

pub(super) fn preview(preview: &PolicyPreview, as_json: bool) -> Result<(), Failure> {
    let figures = &preview.figures;
    let count = |effect: Effect| figures.effects.get(&effect).copied().unwrap_or_default();
    if as_json {
        let effects: serde_json::Map<_, _> = Effect::ALL
            .into_iter()
            .map(|effect| (effect.as_str().to_owned(), count(effect).into()))
            .collect();
        let mut said = json!({
            "same": false, "users": figures.users, "asked_before": figures.asked_before,
            "asked_after": figures.asked_after, "effects": effects, "browsers_forgotten": preview.forgotten,
            "told_by_mail": if preview.mail { preview.told } else { 0 },
            "networks": networks(&preview.networks), "shown": preview.shown.iter().map(user).collect::<Vec<_>>(),
            "next": preview.next,
        });
        if let Some(sought) = &preview.found {
            said["found"] = found(sought);
        }
        return print(&said);
    }
    println!("Of {} users, a second factor is asked of {} now.", figures.users, figures.asked_before);
    println!("It would be asked of {}. Of them:", figures.asked_after);
    for effect in Effect::ALL {
        let words = match effect {
            Effect::SetUp => "must set one up at the next sign-in",
            Effect::SetUpLater => "must set one up before the grace period ends",
            Effect::Asked => "are asked for the one that they have",
            Effect::Loses => "have one that is no longer accepted",
            Effect::Removed => "lose what they have set up",
            Effect::NotAsked => "are no longer asked",
        };
        println!("{:>9} {words}", count(effect));
    }
    println!("{:>9} are asked again in a browser that was remembered", preview.forgotten);
    let told = if preview.mail { preview.told } else { 0 };
    println!("{told:>9} are told by mail");
    println!("Sessions that there are go on.");
    people(preview);
    Ok(())
}

/// What was looked at besides the figures.
fn people(preview: &PolicyPreview) {
    let networks = networks(&preview.networks);
    for (what, list) in networks.as_object().into_iter().flatten() {
        println!("networks {what}: {list}");
    }
    for one in &preview.shown {
        println!(
            "{:40} {} -> {}",
            one.email,
            standing(&one.difference.before),
            standing(&one.difference.after)
        );
    }
    if let Some(next) = &preview.next {
        println!("There are more: --after {next}");
    }
    match &preview.found {
        None => {}
        Some(FoundUser::Nobody) => println!("There is no such user."),
        Some(FoundUser::Found(one, disabled)) => {
            let (before, after) = (standing(&one.difference.before), standing(&one.difference.after));
            let note = if *disabled { " (disabled)" } else { "" };
            println!("{}{note}: {before} -> {after}", one.email);
        }
        Some(FoundUser::Several(users, more)) => {
            println!("Name one of these{}:", if *more { ", or of more" } else { "" });
            for user in users {
                println!("{:40} {}", user.email, user.name);
            }
        }
    }
}

fn standing(standing: &Standing) -> String {
    match standing {
        Standing::NotAsked => "not-asked".to_owned(),
        Standing::Asked => "asked".to_owned(),
        Standing::SetUpBy(until) => format!("set-up-by {}", rfc3339(*until)),
        Standing::SetUp => "set-up".to_owned(),
    }
}

fn user(one: &Concerned) -> Value {
    let difference = &one.difference;
    let effects: Vec<_> = difference.effects.iter().map(|effect| effect.as_str()).collect();
    json!({
        "email": one.email, "name": one.name, "before": standing(&difference.before),
        "after": standing(&difference.after), "effects": effects, "rule": difference.asked_after.rule,
    })
}

fn found(found: &FoundUser) -> Value {
    match found {
        FoundUser::Nobody => json!({ "users": [], "more": false }),
        FoundUser::Found(one, disabled) => {
            let mut said = user(one);
            said["disabled"] = json!(disabled);
            json!({ "users": [said], "more": false })
        }
        FoundUser::Several(users, more) => {
            let users: Vec<_> =
                users.iter().map(|user| json!({ "email": user.email, "name": user.name })).collect();
            json!({ "users": users, "more": more })
        }
    }
}

/// From where sign-ins are other ones: what is so, and the networks.
fn networks(change: &NetworkChange) -> Value {
    let mut said = serde_json::Map::new();
    let mut tell = |what: &str, networks: &[_]| {
        if !networks.is_empty() {
            let list: Vec<_> = networks.iter().map(ToString::to_string).collect();
            said.insert(what.to_owned(), json!(list));
        }
    };
    tell("trusted", &change.trusted);
    tell("no_longer_trusted", &change.untrusted);
    match &change.allowed {
        Allowed::Same => {}
        Allowed::Only(networks) => tell("allowed_only", networks),
        Allowed::Others { opened, closed } => {
            tell("allowed", opened);
            tell("no_longer_allowed", closed);
        }
        Allowed::Anywhere => {
            said.insert("allowed_anywhere".to_owned(), json!(true));
        }
    }
    Value::Object(said)
}
