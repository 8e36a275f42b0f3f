//! The pages of administrators. They are wider than others, with a way between them at the top.

mod actions;
mod attested;
mod audit;
mod brand;
mod bulk;
mod counts;
mod jobs;
mod select;
mod settings;
mod user;
mod user_notice;
mod user_things;
mod users;

pub use audit::{AuditActor, AuditForm, AuditLineRow, AuditNotice, AuditPage, AuditProblem};
pub use brand::{BrandNotice, BrandPage};
pub use bulk::BulkPage;
pub use jobs::{ImportPage, ImportProblem, ImportState, JobPage, JobRow, JobsPage, WrongLine, WrongWhy};
pub use select::{Choice, ChoiceText, Select};
pub use settings::{
    ConcernedRow, Editing, EffectRow, FoundRow, NetworkRow, PreviewNotice, PreviewPage, SettingsNotice,
    SettingsPage, SettingsProblem, SeveralRow, ThereRow, WhatIfAnswer, WhatIfFound, WhatIfPage, WhatIfSo,
    ask_field, features_of,
};
pub use user::{ResetState, UserAddPage, UserPage};
pub use user_notice::UserNotice;
pub use user_things::{Fact, Thing, Things};
pub use users::{ResetRow, UserRow, UsersNotice, UsersPage};

use super::Page;

/// What all pages of administrators have. A page has one as `admin`, beside `page`.
#[derive(Clone, Copy)]
pub struct AdminFrame<'a> {
    /// Which of them this is.
    pub here: AdminSection,
    /// Who looks at it: a name, or an e-mail address.
    pub who: &'a str,
}

/// The pages of administrators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminSection {
    /// Who is there.
    Users,
    /// The policy.
    Settings,
    /// What happened.
    Audit,
}

impl AdminSection {
    /// Each of them, as the way between them has them.
    pub const ALL: [Self; 3] = [Self::Users, Self::Settings, Self::Audit];

    /// Its address.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Users => "/admin/users",
            Self::Settings => "/admin/settings",
            Self::Audit => "/admin/audit",
        }
    }

    fn title(self, page: &Page<'_>) -> String {
        page.t(match self {
            Self::Users => "admin-users",
            Self::Settings => "admin-settings",
            Self::Audit => "admin-audit",
        })
    }
}

impl AdminFrame<'_> {
    fn sections(&self) -> impl Iterator<Item = (AdminSection, bool)> {
        let here = self.here;
        AdminSection::ALL.into_iter().map(move |section| (section, section == here))
    }
}
