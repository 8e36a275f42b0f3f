//! Users from a table: looked at first, line by line, and then taken in, 100 lines a unit of work. Whatever is cut off
//! can be done again: what is so already is passed over.

use std::collections::HashMap;

use countersign_protocol::ids::UserId;
use countersign_protocol::random;
use secrecy::SecretString;
use serde_json::json;

use super::admin::AddError;
use super::tenants::TenantHandle;
use super::user_table::{self, Line, TableError, Written};
use super::{App, AppError, new_password::SHORTEST_PASSWORD};
use crate::domain::actor::By;
use crate::domain::tenant::Tenant;
use crate::domain::user::{Role, User, display_name, email_key};
use crate::store::audit::AuditLine;
use crate::store::users::{self, NewUser};
use crate::store::{StoreError, Tx, audit};

/// How many lines a unit of work takes in.
const BATCH: usize = 100;

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineWrong {
    /// More or fewer cells than columns.
    #[error("it has more or fewer cells than there are columns")]
    Cells,
    /// The e-mail address.
    #[error("this is not an e-mail address")]
    Email,
    /// The same address stands further up.
    #[error("the same e-mail address stands further up")]
    Twice,
    /// The name.
    #[error("the name is longer than 200 characters")]
    Name,
    /// The type.
    #[error("the policy has no such user type")]
    Type,
    /// The role.
    #[error("the role is member, administrator or super-administrator")]
    Role,
    /// Only a super administrator gives roles, and not to themselves.
    #[error("this role may not be given by this administrator")]
    RoleNotGiven,
    /// It is oneself, or somebody of a higher role.
    #[error("this user may not be changed by this administrator")]
    NotAllowed,
    /// The password.
    #[error("the password is shorter than 8 characters")]
    Password,
}

/// What a line comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineStands {
    /// A user who is new.
    New,
    /// A user who is there, and is changed.
    Changed,
    /// A user who is so already.
    Same,
    /// It is not taken in.
    Wrong(LineWrong),
}

/// A line that was looked at.
pub struct ImportLine {
    /// Its number in the file.
    pub line: u64,
    /// The e-mail address as it stands there.
    pub email: String,
    /// What it comes to.
    pub stands: LineStands,
    wanted: Option<Wanted>,
}

impl ImportLine {
    /// Whether it is a new user's, with a password.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.stands == LineStands::New && self.wanted.as_ref().is_some_and(|wanted| wanted.password.is_some())
    }
}

/// A user as a line wants them.
struct Wanted {
    key: String,
    email: String,
    name: Option<String>,
    /// A type, none, or as it is.
    user_type: Option<Option<String>>,
    role: Option<Role>,
    password: Option<SecretString>,
}

/// How many lines came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// New users.
    pub new: u64,
    /// Users who were changed.
    pub changed: u64,
    /// Users who were so already.
    pub same: u64,
    /// Lines that were not taken in.
    pub wrong: u64,
}

impl Imported {
    /// Counts lines.
    #[must_use]
    pub fn of(lines: &[ImportLine]) -> Self {
        let mut counts = Self::default();
        for line in lines {
            *match line.stands {
                LineStands::New => &mut counts.new,
                LineStands::Changed => &mut counts.changed,
                LineStands::Same => &mut counts.same,
                LineStands::Wrong(_) => &mut counts.wrong,
            } += 1;
        }
        counts
    }
}

/// A line with what only the server can make, for a unit of work.
struct Step {
    user: User,
    key: String,
    /// None for a user who is there.
    password_hash: Option<String>,
    before: Option<User>,
    line: AuditLine,
}

impl App {
    /// Looks at a table: what each of its lines would come to. Nothing is changed.
    ///
    /// # Errors
    /// [`TableError`] within, if it cannot be read; [`AppError`] from the database.
    pub async fn look_at_import(
        &self,
        at: &TenantHandle,
        by: &By,
        text: &str,
    ) -> Result<Result<Vec<ImportLine>, TableError>, AppError> {
        let lines = match user_table::read(text) {
            Ok(lines) => lines,
            Err(error) => return Ok(Err(error)),
        };
        let (mut seen, mut looked_at) = (HashMap::new(), Vec::with_capacity(lines.len()));
        for line in lines {
            looked_at.push(self.look_at(at, by, line, &mut seen).await?);
        }
        Ok(Ok(looked_at))
    }

    async fn look_at(
        &self,
        at: &TenantHandle,
        by: &By,
        line: Line,
        seen: &mut HashMap<String, u64>,
    ) -> Result<ImportLine, AppError> {
        let wrong =
            |line, email, why| Ok(ImportLine { line, email, stands: LineStands::Wrong(why), wanted: None });
        let written = match line {
            Ok(written) => written,
            Err(line) => return wrong(line, String::new(), LineWrong::Cells),
        };
        let (number, email) = (written.line, written.email.clone());
        let wanted = match wanted(written, &at.tenant) {
            Ok(wanted) => wanted,
            Err(why) => return wrong(number, email, why),
        };
        if seen.insert(wanted.key.clone(), number).is_some() {
            return wrong(number, email, LineWrong::Twice);
        }
        let found = self.find_user(at.tenant.id, &wanted.key).await?;
        Ok(match stands(by, found.as_ref(), &wanted) {
            Ok(stands) => ImportLine { line: number, email, stands, wanted: Some(wanted) },
            Err(why) => return wrong(number, email, why),
        })
    }

    /// Takes a table in that was looked at. New users without a password cannot sign in until they are given one; a
    /// password that stands in the table has to be replaced after the first sign-in.
    ///
    /// # Errors
    /// [`AddError`]; the lines before stay taken in.
    pub async fn import_users(
        &self,
        at: &TenantHandle,
        by: &By,
        lines: Vec<ImportLine>,
    ) -> Result<Imported, AddError> {
        let mut counts = Imported::of(&lines);
        (counts.new, counts.changed) = (0, 0);
        let nobodys = self.nobodys_password().await?;
        let mut left = lines.into_iter().filter_map(|line| line.wanted).peekable();
        while left.peek().is_some() {
            let mut steps = Vec::with_capacity(BATCH);
            for wanted in left.by_ref().take(BATCH) {
                steps.extend(self.step(at, by, wanted, &nobodys).await?);
            }
            let (tenant, who) = (at.tenant.id, *by);
            let unit = self.parts.db.write_with(steps, move |steps, tx| {
                Box::pin(async move {
                    let (mut new, mut changed) = (0, 0);
                    for step in steps {
                        let count = if step.before.is_some() { &mut changed } else { &mut new };
                        *count += u64::from(step.write(tx, tenant, &who).await?);
                    }
                    Ok::<_, StoreError>((new, changed))
                })
            });
            let (new, changed) = unit.await?;
            counts.new += new;
            counts.changed += changed;
        }
        Ok(counts)
    }

    /// The hash of a password that nobody knows, for users who are given none.
    async fn nobodys_password(&self) -> Result<String, AddError> {
        let bytes: [u8; 32] = random::bytes(self.random());
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(self.hash_password(text.into()).await?)
    }

    /// None if the user is so already, or may not be changed any more.
    async fn step(
        &self,
        at: &TenantHandle,
        by: &By,
        wanted: Wanted,
        nobodys: &str,
    ) -> Result<Option<Step>, AddError> {
        let found = self.find_user(at.tenant.id, &wanted.key).await?;
        if !matches!(stands(by, found.as_ref(), &wanted), Ok(LineStands::New | LineStands::Changed)) {
            return Ok(None);
        }
        let Wanted { key, email, name, user_type, role, password } = wanted;
        if let Some(before) = found {
            let user = User {
                name: name.unwrap_or_else(|| before.name.clone()),
                user_type: user_type.unwrap_or_else(|| before.user_type.clone()),
                role: role.unwrap_or(before.role),
                ..before.clone()
            };
            let line = self.audit(at.tenant.id, Some(user.id), "user.imported", json!({})).by(by);
            return Ok(Some(Step { user, key, password_hash: None, before: Some(before), line }));
        }
        let now = self.now();
        let id = UserId::new(now, self.random());
        let (initial, password_hash) = match password {
            Some(password) => (true, self.hash_password(password).await?),
            None => (false, nobodys.to_owned()),
        };
        let user = User {
            id,
            email,
            name: name.unwrap_or_default(),
            role: role.unwrap_or_default(),
            language: None,
            needs_new_password: initial,
            disabled: false,
            user_type: user_type.flatten(),
            chosen_since: None,
            created_at: now,
        };
        let detail = json!({ "role": user.role.as_str(), "imported": true });
        let line = self.audit(at.tenant.id, Some(id), "user.added", detail).by(by);
        Ok(Some(Step { user, key, password_hash: Some(password_hash), before: None, line }))
    }
}

impl Step {
    /// False if it came to nothing: somebody else was first.
    async fn write(
        &self,
        tx: &mut Tx<'_>,
        tenant: countersign_protocol::ids::TenantId,
        by: &By,
    ) -> Result<bool, StoreError> {
        let id = self.user.id;
        if let Some(password_hash) = self.password_hash.clone() {
            // A conflict would end the unit.
            if users::by_email_key(tx, tenant, &self.key).await?.is_some() {
                return Ok(false);
            }
            let (user, email_key) = (self.user.clone(), self.key.clone());
            users::add(tx, &NewUser { tenant, user, email_key, password_hash }).await?;
            audit::append(tx, &self.line).await?;
            return Ok(true);
        }
        let Some(before) = users::by_id(tx, tenant, id).await?.filter(|now| by.may_act_on(now)) else {
            return Ok(false);
        };
        let mut changed = users::set_name(tx, tenant, id, &self.user.name).await?;
        changed |= users::set_type(tx, tenant, id, self.user.user_type.as_deref()).await?;
        if before.role != self.user.role && by.may_give(&before, self.user.role) {
            let supers = before.role == Role::SuperAdministrator;
            let left = if supers { users::hold_super_administrators(tx, tenant).await? } else { 0 };
            changed |= users::set_role(tx, tenant, id, (before.role, self.user.role), left).await?;
        }
        if changed {
            let mut line = self.line.clone();
            line.detail["role"] = self.user.role.as_str().into();
            line.detail["type"] = json!(self.user.user_type);
            audit::append(tx, &line).await?;
        }
        Ok(changed)
    }
}

fn wanted(written: Written, tenant: &Tenant) -> Result<Wanted, LineWrong> {
    let key = email_key(&written.email).ok_or(LineWrong::Email)?;
    let name = written.name.map(|name| display_name(&name).ok_or(LineWrong::Name)).transpose()?;
    let user_type = written.user_type.map(|cell| Some(cell).filter(|cell| !cell.is_empty()));
    if let Some(Some(name)) = &user_type
        && !tenant.policy.user_types.contains(name)
    {
        return Err(LineWrong::Type);
    }
    let role = user_table::role(written.role.as_deref()).map_err(|()| LineWrong::Role)?;
    if written.password.as_ref().is_some_and(is_short) {
        return Err(LineWrong::Password);
    }
    let (email, password) = (written.email.trim().to_owned(), written.password);
    Ok(Wanted { key, email, name, user_type, role, password })
}

fn is_short(password: &SecretString) -> bool {
    use secrecy::ExposeSecret as _;
    password.expose_secret().chars().count() < SHORTEST_PASSWORD
}

fn stands(by: &By, found: Option<&User>, wanted: &Wanted) -> Result<LineStands, LineWrong> {
    let Some(user) = found else {
        let role = wanted.role.unwrap_or_default();
        let least = if role == Role::Member { Role::Administrator } else { Role::SuperAdministrator };
        return if by.reaches(least) { Ok(LineStands::New) } else { Err(LineWrong::RoleNotGiven) };
    };
    let named = wanted.name.as_ref().is_none_or(|name| *name == user.name);
    let typed = wanted.user_type.as_ref().is_none_or(|name| *name == user.user_type);
    let ranked = wanted.role.is_none_or(|role| role == user.role);
    if named && typed && ranked {
        return Ok(LineStands::Same);
    }
    if !by.may_act_on(user) {
        return Err(LineWrong::NotAllowed);
    }
    match wanted.role {
        Some(role) if !ranked && !by.may_give(user, role) => Err(LineWrong::RoleNotGiven),
        _ => Ok(LineStands::Changed),
    }
}
