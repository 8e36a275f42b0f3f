//! What people see in the browser and in their mail: the pages, their texts, styles and script.
//!
//! A page is a plain view struct with `render()`. It holds only what is shown; it reads no request,
//! no database and no clock. Templates live in `web/templates`, texts in `web/locales`.

mod admin;
pub mod assets;
pub mod brand;
mod code;
mod confirm;
mod elsewhere;
mod error;
mod lang;
mod login;
mod mail;
mod page;
mod pair;
mod passkeys;
mod password;
mod qr;
mod recover;
mod recovery_codes;
mod security;
mod setup;
mod setup_ways;
mod start;
pub mod texts;
mod when;

#[cfg(test)]
mod tests;

pub use admin::{
    AdminFrame, AdminSection, AuditActor, AuditForm, AuditLineRow, AuditNotice, AuditPage, AuditProblem,
    BrandNotice, BrandPage, BulkPage, Choice, ChoiceText, ConcernedRow, Editing, EffectRow, Fact, FoundRow,
    ImportPage, ImportProblem, ImportState, JobPage, JobRow, JobsPage, NetworkRow, PreviewNotice,
    PreviewPage, ResetRow, ResetState, Select, SettingsNotice, SettingsPage, SettingsProblem, SeveralRow,
    ThereRow, Thing, Things, UserAddPage, UserNotice, UserPage, UserRow, UsersNotice, UsersPage,
    WhatIfAnswer, WhatIfFound, WhatIfPage, WhatIfSo, WrongLine, WrongWhy, ask_field, features_of,
};
pub use brand::PageBrand;
pub use code::{
    CodePage, CodePurpose, CodeState, EmailWay, SendAgain, Way, WayKind, WayProblem, masked_email,
};
pub use confirm::{ConfirmPage, ConfirmProblem, ConfirmState};
pub use elsewhere::ElsewherePage;
pub use error::{ErrorKind, ErrorPage};
pub use lang::Lang;
pub use login::{LoginMessage, LoginPage};
pub use mail::{MailError, RenderedMail, render_letter, render_mail};
pub use page::Page;
pub use pair::{PairLandingPage, PairPage, PairProblem, PairState};
pub use passkeys::{PasskeyRow, PasskeysPage, unnamed_passkey};
pub use password::{PasswordPage, PasswordProblem};
pub use recover::{LostKind, LostThing, RecoverPage, RecoverState};
pub use recovery_codes::RecoveryCodesPage;
pub use security::{
    ActivityRow, AuthenticatorRow, BrowserRow, Due, FactorRule, OwnAsked, OwnRules, RecoveryCodesRow,
    SecurityNotice, SecurityPage, SessionRow,
};
pub use setup::{SetUpPage, SetUpPlace, SetUpProblem, SetUpState};
pub use setup_ways::{SetUpPasskeyPage, SetUpPhonePage, SetUpPhoneProblem};
pub use start::{DeviceRow, Proof, StartPage};
pub use when::{for_people, to_the_second};
