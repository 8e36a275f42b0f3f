//! `countersign tenant list`, `show`, `set`, `brand`, `plan` and `feature`: what a tenant is, beside its policy.

use std::path::PathBuf;

use clap::Args;
use countersign_protocol::ids::TenantId;
use countersign_server::app::{App, BrandChange, LONGEST_TENANT_NAME, PolicyChange, TenantView};
use countersign_server::domain::actor::By;
use countersign_server::domain::brand::{Colour, Logo, NotAColour};
use countersign_server::domain::policy::asked::Feature;
use countersign_server::domain::policy::is_name;
use serde_json::{Value, json};

use super::super::user::Whose;
use super::super::{Failure, Home};

/// How a tenant looks; what is left out stays as it is.
#[derive(Args)]
pub(crate) struct WantedBrand {
    /// The colour of buttons and links, as #rrggbb; or none.
    #[arg(long, value_name = "COLOUR")]
    colour: Option<String>,
    /// A picture in place of the name's first letter: a PNG, JPEG or WebP file of at most 128 KiB; or none.
    #[arg(long, value_name = "FILE")]
    logo: Option<PathBuf>,
}

pub(super) async fn list(home: Home, json: bool) -> Result<(), Failure> {
    let views = home.service().await?.app.tenants().await?;
    if json {
        for view in &views {
            println!("{}", as_json(view));
        }
        return Ok(());
    }
    for view in views {
        let hosts: Vec<_> = view.hosts.iter().map(ToString::to_string).collect();
        println!("{}  {}", view.tenant.name, hosts.join("  "));
    }
    Ok(())
}

pub(super) async fn show(whose: Whose, json: bool) -> Result<(), Failure> {
    let (app, at) = whose.find().await?;
    print(&view_of(&app, at.tenant.id).await?, json);
    Ok(())
}

async fn view_of(app: &App, tenant: TenantId) -> Result<TenantView, Failure> {
    let found = app.tenants().await?.into_iter().find(|view| view.tenant.id == tenant);
    found.ok_or_else(|| "the tenant is gone".into())
}

fn as_json(view: &TenantView) -> Value {
    let features: serde_json::Map<String, Value> =
        view.tenant.facts.features.iter().map(|(name, one)| (name.clone(), one.on.into())).collect();
    let hosts: Vec<_> = view.hosts.iter().map(ToString::to_string).collect();
    json!({
        "id": view.tenant.id, "name": view.tenant.name, "hosts": hosts, "main": hosts.first(),
        "plan": view.tenant.facts.plan, "features": features,
        "colour": view.brand.colour, "logo": view.brand.logo,
    })
}

fn print(view: &TenantView, json: bool) {
    if json {
        println!("{}", as_json(view));
        return;
    }
    let (tenant, brand) = (&view.tenant, &view.brand);
    println!("name      {}", tenant.name);
    println!("id        {}", tenant.id);
    for (n, host) in view.hosts.iter().enumerate() {
        println!("{}{host}", if n == 0 { "main      " } else { "also      " });
    }
    println!("plan      {}", tenant.facts.plan.as_deref().unwrap_or("-"));
    for (name, feature) in &tenant.facts.features {
        println!("feature   {name} {}", if feature.on { "on" } else { "off" });
    }
    println!("colour    {}", brand.colour.map_or_else(|| "-".to_owned(), |colour| colour.to_string()));
    println!("logo      {}", if brand.logo.is_some() { "yes" } else { "-" });
}

pub(super) async fn set(whose: Whose, name: Option<String>, json: bool) -> Result<(), Failure> {
    let change = BrandChange { name, ..BrandChange::default() };
    if !change.has_good_name() {
        return Err(format!("--name has 1 to {LONGEST_TENANT_NAME} characters, in one line").into());
    }
    change_brand(whose, change, json).await
}

pub(super) async fn brand(whose: Whose, wanted: WantedBrand, json: bool) -> Result<(), Failure> {
    let colour = match wanted.colour.as_deref() {
        None => None,
        Some("none") => Some(None),
        Some(text) => Some(Some(Colour::parse(text).ok_or(NotAColour)?)),
    };
    let logo = match wanted.logo {
        None => None,
        Some(path) if path.as_os_str() == "none" => Some(None),
        Some(path) => {
            let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let logo = Logo::read(bytes).map_err(|error| format!("{}: {error}", path.display()))?;
            Some(Some(logo))
        }
    };
    change_brand(whose, BrandChange { name: None, colour, logo }, json).await
}

async fn change_brand(whose: Whose, change: BrandChange, json: bool) -> Result<(), Failure> {
    let (app, at) = whose.find().await?;
    let wanted = change.name.is_some() || change.colour.is_some() || change.logo.is_some();
    if wanted && !app.change_brand(&By::CommandLine, at.tenant.id, change).await? {
        return Err("nothing was changed: the name cannot be one".into());
    }
    print(&view_of(&app, at.tenant.id).await?, json);
    Ok(())
}

pub(super) async fn plan(whose: Whose, name: String, json: bool) -> Result<(), Failure> {
    let plan = match name.as_str() {
        "none" => None,
        name if is_name(name) => Some(name.to_owned()),
        _ => return Err(not_a_name(&name)),
    };
    let (app, at) = whose.find().await?;
    let changed = app.state_facts(&By::CommandLine, at.tenant.id, |facts| facts.plan = plan).await?;
    stated(&app, at.tenant.id, &changed, json).await
}

pub(super) async fn feature(whose: Whose, name: String, state: &str, json: bool) -> Result<(), Failure> {
    if !is_name(&name) {
        return Err(not_a_name(&name));
    }
    let on = match state {
        "on" => true,
        "off" => false,
        _ => return Err("say on or off".into()),
    };
    let (app, at) = whose.find().await?;
    let since = app.now().into();
    let change = |facts: &mut countersign_server::domain::policy::asked::Facts| {
        let known = facts.features.get(&name).copied();
        let same = known.filter(|known| known.on == on);
        facts.features.insert(name.clone(), same.unwrap_or(Feature { on, since }));
    };
    let changed = app.state_facts(&By::CommandLine, at.tenant.id, change).await?;
    stated(&app, at.tenant.id, &changed, json).await
}

fn not_a_name(name: &str) -> Failure {
    format!("“{name}” cannot be a name: use 1 to 40 letters, digits, spaces, “-” and “_”").into()
}

async fn stated(app: &App, tenant: TenantId, changed: &PolicyChange, json: bool) -> Result<(), Failure> {
    match changed {
        PolicyChange::Changed(_) | PolicyChange::Same => {}
        PolicyChange::Refused(error) => return Err(error.to_string().into()),
        PolicyChange::Overtaken => return Err("somebody else changed it at the same time: try again".into()),
    }
    print(&view_of(app, tenant).await?, json);
    Ok(())
}
