//! Users from a table that was looked at are taken in, 100 lines a unit of work. Whatever is cut off can be done again:
//! what is so already is passed over. Each unit goes by who takes it in as they are then, and changes only what the table
//! names, as acts on one user do.

use countersign_protocol::ids::{LoginId, UserId};
use countersign_protocol::random;
use serde_json::json;
use uuid::Uuid;

use super::App;
use super::acts::{Acted, Acting, Supply, as_of_now, held};
use super::admin::AddError;
use super::manage_user::rename;
use super::tenants::TenantHandle;
use super::turns::reminding;
use super::user_import::{ImportLine, Imported, LineStands, Wanted, stands};
use crate::domain::actor::By;
use crate::domain::directory::{Action, Whom};
use crate::domain::user::User;
use crate::store::audit::AuditLine;
use crate::store::users::{self, NewUser};
use crate::store::{StoreError, Tx, audit, jobs};

/// How many lines a unit of work takes in.
const BATCH: usize = 100;

/// A line with what only the server can make, for a unit of work.
enum Step {
    /// A user who is new.
    Add { new: Box<NewUser>, line: AuditLine },
    /// A user who is there, and what is done to them.
    Change { user: UserId, name: Option<(String, AuditLine)>, acts: Vec<(Action, Supply)> },
}

/// Some lines, who takes them in, and the id of the job that reminds those of whom more is asked.
struct Unit {
    steps: Vec<Step>,
    acting: Acting,
    reminder: Uuid,
}

/// What came of some lines.
#[derive(Default)]
struct Taken {
    new: u64,
    changed: u64,
    /// Of whom a second factor is required, of those.
    must: Vec<UserId>,
    ended: Vec<(UserId, Vec<LoginId>)>,
}

impl App {
    /// Takes a table in that was looked at. New users without a password cannot sign in until they are given one; a
    /// password that stands in the table has to be replaced after the first sign-in. `language` is that of new users of whom
    /// the table names none. It ends when whoever does it is no
    /// administrator any more.
    ///
    /// # Errors
    /// [`AddError`]; the lines before stay taken in.
    pub async fn import_users(
        &self,
        at: &TenantHandle,
        by: &By,
        lines: Vec<ImportLine>,
        language: Option<&'static str>,
    ) -> Result<Imported, AddError> {
        let mut counts = Imported::of(&lines);
        (counts.new, counts.changed) = (0, 0);
        let nobodys = self.nobodys_password().await?;
        let mut left = lines.into_iter().filter_map(|line| line.wanted).peekable();
        while left.peek().is_some() {
            let mut steps = Vec::with_capacity(BATCH);
            for mut wanted in left.by_ref().take(BATCH) {
                wanted.language = wanted.language.or(language);
                steps.extend(self.step(at, by, wanted, &nobodys).await?);
            }
            // Each step names what it does; this one is never done.
            let acting = self.acting(at, by, Action::Unlock);
            let unit = Unit { steps, reminder: self.row_id(acting.now), acting };
            let unit = self.parts.db.write_with(unit, |unit, tx| Box::pin(unit.write(tx)));
            let Some(taken) = unit.await? else { break };
            counts.new += taken.new;
            counts.changed += taken.changed;
            for (user, ended) in taken.ended {
                self.tell_of_ended(user, ended);
            }
            self.mail_was_added();
            self.job_was_added();
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
        match found {
            Some(found) => Ok(Some(self.change(at, by, found.id, wanted))),
            None => self.addition(at, by, wanted, nobodys).await.map(Some),
        }
    }

    /// What the table names is done; of what is so already, nothing comes.
    fn change(&self, at: &TenantHandle, by: &By, user: UserId, wanted: Wanted) -> Step {
        let Wanted { name, user_type, role, .. } = wanted;
        let line = || self.audit(at.tenant.id, Some(user), "user.name_changed", json!({})).by(by);
        let acts = [user_type.map(Action::SetType), role.map(Action::SetRole)];
        let supplied = |action| (action, self.supply(at));
        Step::Change {
            user,
            name: name.map(|name| (name, line())),
            acts: acts.into_iter().flatten().map(supplied).collect(),
        }
    }

    async fn addition(
        &self,
        at: &TenantHandle,
        by: &By,
        wanted: Wanted,
        nobodys: &str,
    ) -> Result<Step, AddError> {
        let Wanted { key: email_key, email, name, user_type, role, language, password } = wanted;
        let (tenant, now) = (at.tenant.id, self.now());
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
            language: language.map(str::to_owned),
            needs_new_password: initial,
            disabled: false,
            user_type: user_type.flatten(),
            chosen_since: None,
            created_at: now,
        };
        let detail = json!({ "role": user.role.as_str(), "type": user.user_type, "imported": true });
        let line = self.audit(tenant, Some(id), "user.added", detail).by(by);
        Ok(Step::Add { new: Box::new(NewUser { tenant, user, email_key, password_hash }), line })
    }
}

impl Unit {
    /// None if whoever takes the table in is no administrator any more.
    async fn write(&self, tx: &mut Tx<'_>) -> Result<Option<Taken>, StoreError> {
        let Self { steps, acting, reminder } = self;
        let tenant = &acting.tenant;
        let Some(by) = as_of_now(tx, tenant.id, &acting.by).await? else { return Ok(None) };
        let acting = Acting { by, ..acting.clone() };
        let mut taken = Taken::default();
        for step in steps {
            step.write(tx, &acting, &mut taken).await?;
        }
        let until = tenant.policy.grace_ends(acting.now);
        let (whom, total) = (Whom::These(taken.must.clone()), taken.must.len() as u64);
        if let Some(job) = reminding(*reminder, by, whom, total, until, acting.now).filter(|_| total > 0) {
            jobs::add(tx, tenant.id, &job).await?;
        }
        Ok(Some(taken))
    }
}

impl Step {
    async fn write(&self, tx: &mut Tx<'_>, acting: &Acting, taken: &mut Taken) -> Result<(), StoreError> {
        match self {
            Self::Add { new, line } => {
                let may = acting.by.may_add_user(new.user.role);
                // A conflict would end the unit.
                if !may || users::by_email_key(tx, new.tenant, &new.email_key).await?.is_some() {
                    return Ok(());
                }
                users::add(tx, new).await?;
                audit::append(tx, line).await?;
                taken.new += 1;
                taken.must.extend(acting.requires(&new.user).then_some(new.user.id));
            }
            Self::Change { user, name, acts } => {
                let mut changed = false;
                if let Some((name, line)) = name {
                    let found = held(tx, acting.tenant.id, *user).await?;
                    if let Some(before) = found.filter(|found| acting.by.may_act_on(found)) {
                        changed |= rename(tx, acting.tenant.id, &before, name, line).await?;
                    }
                }
                for (action, supply) in acts {
                    // As the act before it left them.
                    let Some(now) = held(tx, acting.tenant.id, *user).await? else { break };
                    let acting = Acting { action: action.clone(), ..acting.clone() };
                    let outcome = acting.act(tx, &now, supply).await?;
                    changed |= matches!(outcome.acted, Acted::Done(_));
                    taken.ended.push((*user, outcome.ended));
                }
                taken.changed += u64::from(changed);
                let after = users::by_id(tx, acting.tenant.id, *user).await?.filter(|_| changed);
                taken.must.extend(after.filter(|after| acting.requires(after)).map(|after| after.id));
            }
        }
        Ok(())
    }
}
