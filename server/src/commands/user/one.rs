//! Which tenant and which user a command means, and how it says what it did.

use std::sync::Arc;

use clap::Args;
use countersign_server::app::{Acted, App, TenantHandle};
use countersign_server::domain::directory::Action;
use countersign_server::domain::tenant::Origin;
use countersign_server::domain::user::User;
use serde_json::json;

use super::super::{Failure, Home};
use super::BY;

/// Which tenant is meant.
#[derive(Args)]
pub(crate) struct Whose {
    #[command(flatten)]
    pub(in crate::commands) home: Home,
    /// The tenant, by where it is reached; may be left out if there is but one.
    #[arg(long, value_name = "ORIGIN")]
    pub(in crate::commands) tenant: Option<String>,
}

/// Which user is meant.
#[derive(Args)]
pub(crate) struct One {
    #[command(flatten)]
    pub(super) whose: Whose,
    /// The user's e-mail address.
    pub(super) email: String,
    /// Answer in JSON.
    #[arg(long)]
    pub(super) json: bool,
}

impl Whose {
    pub(in crate::commands) async fn find(&self) -> Result<(Arc<App>, Arc<TenantHandle>), Failure> {
        let app = self.home.service().await?.app;
        let origins = app.main_origins().await?;
        let origin = match (&self.tenant, origins.as_slice()) {
            (Some(text), _) => Origin::parse(text).map_err(|error| format!("{text}: {error}"))?,
            (None, [only]) => only.clone(),
            (None, []) => return Err("there is no tenant yet: add one with `countersign tenant add`".into()),
            (None, _) => return Err("there are several tenants: say which with --tenant ORIGIN".into()),
        };
        let at = app.tenant(origin.authority()).await?;
        let at = at.ok_or_else(|| format!("no tenant is reached at {origin}"))?;
        Ok((app, at))
    }
}

impl One {
    pub(super) async fn find(&self) -> Result<(Arc<App>, Arc<TenantHandle>, User), Failure> {
        let (app, at) = self.whose.find().await?;
        let user = find_user(&app, &at, &self.email).await?;
        Ok((app, at, user))
    }

    /// Says what was done: as JSON `{"email", "changed"}` and what is in `more`, or in words.
    pub(super) fn say(&self, changed: bool, more: &serde_json::Value, words: &str) {
        if self.json {
            let mut answer = json!({ "email": self.email, "changed": changed });
            for (name, value) in more.as_object().into_iter().flatten() {
                answer[name] = value.clone();
            }
            println!("{answer}");
        } else {
            println!("{words}");
        }
    }

    /// Does something to the user: what was removed by it, if it was not so already.
    pub(super) async fn act(&self, action: Action) -> Result<Option<usize>, Failure> {
        let (app, at, user) = self.find().await?;
        changed(app.act_on(&at, &BY, user.id, action).await?)
    }
}

pub(super) fn changed(acted: Acted) -> Result<Option<usize>, Failure> {
    match acted {
        Acted::Done(removed) => Ok(Some(removed.len())),
        Acted::Same => Ok(None),
        Acted::Refused(refused) => Err(refused.into()),
    }
}

/// The user with this address.
pub(in crate::commands) async fn find_user(
    app: &App,
    at: &TenantHandle,
    email: &str,
) -> Result<User, Failure> {
    let user = app.find_user(at.tenant.id, email).await?;
    Ok(user.ok_or_else(|| format!("{} has no user {email}", at.tenant.name))?)
}
