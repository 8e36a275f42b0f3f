//! Users from a table are looked at first, line by line. How they are taken in is in [`super::user_intake`].

use std::collections::HashMap;

use secrecy::SecretString;

use super::new_password::has_right_length;
use super::tenants::TenantHandle;
use super::user_table::{self, Line, TableError, Written};
use super::{App, AppError};
use crate::domain::actor::By;
use crate::domain::tenant::Tenant;
use crate::domain::user::{Role, User, display_name, email_key, language};

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
    /// The language.
    #[error("the language is en or ja")]
    Language,
    /// Only a super administrator gives roles, and not to themselves.
    #[error("this role may not be given by this administrator")]
    RoleNotGiven,
    /// It is oneself, or somebody of a higher role.
    #[error("this user may not be changed by this administrator")]
    NotAllowed,
    /// The password.
    #[error("a password has at least 8 characters and at most 1024 bytes")]
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
    pub(super) wanted: Option<Wanted>,
}

impl ImportLine {
    /// Whether it is a new user's, with a password.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.stands == LineStands::New && self.wanted.as_ref().is_some_and(|wanted| wanted.password.is_some())
    }
}

/// A user as a line wants them.
pub(super) struct Wanted {
    pub(super) key: String,
    pub(super) email: String,
    pub(super) name: Option<String>,
    /// A type, none, or as it is.
    pub(super) user_type: Option<Option<String>>,
    pub(super) role: Option<Role>,
    pub(super) language: Option<&'static str>,
    pub(super) password: Option<SecretString>,
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

impl App {
    /// Looks at a table of `at_most` so many lines: what each of them would come to. Nothing is changed.
    ///
    /// # Errors
    /// [`TableError`] within, if it cannot be read; [`AppError`] from the database.
    pub async fn look_at_import(
        &self,
        at: &TenantHandle,
        by: &By,
        text: &str,
        at_most: usize,
    ) -> Result<Result<Vec<ImportLine>, TableError>, AppError> {
        let lines = match user_table::read(text, at_most) {
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
    let language =
        written.language.as_deref().map(|cell| language(cell).ok_or(LineWrong::Language)).transpose()?;
    if !written.password.as_ref().is_none_or(has_right_length) {
        return Err(LineWrong::Password);
    }
    let (email, password) = (written.email.trim().to_owned(), written.password);
    Ok(Wanted { key, email, name, user_type, role, language, password })
}

pub(super) fn stands(by: &By, found: Option<&User>, wanted: &Wanted) -> Result<LineStands, LineWrong> {
    let Some(user) = found else {
        return if by.may_add_user(wanted.role.unwrap_or_default()) {
            Ok(LineStands::New)
        } else {
            Err(LineWrong::RoleNotGiven)
        };
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
