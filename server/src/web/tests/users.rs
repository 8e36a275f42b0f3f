//! The pages on which administrators see users.

use super::*;
use crate::domain::attestation::{Doubt, Finding, KeyLevel, Proof};
use crate::domain::directory::Action;
use crate::domain::job::JobState;
use crate::domain::policy::rule::SecondFactor;
use crate::domain::user::{Role, User};
use countersign_protocol::ids::UserId;
use countersign_protocol::time::Timestamp;

const ID: &str = "0198a6f4-0000-7000-8000-000000000000";

fn admin() -> AdminFrame<'static> {
    AdminFrame { here: AdminSection::Users, who: "Grace Hopper" }
}

fn row(name: &str, role: Role, asked: SecondFactor, held: &[Factor], last: Option<&str>) -> UserRow {
    UserRow {
        id: ID.to_owned(),
        name: name.to_owned(),
        email: "aiko@acme.example".to_owned(),
        role,
        user_type: (role == Role::Member).then(|| "staff".to_owned()),
        disabled: name == "Ken Sato",
        asked,
        held: held.to_vec(),
        last_sign_in: last.map(str::to_owned),
        selectable: role < Role::SuperAdministrator,
    }
}

fn users(lang: Lang, rows: Vec<UserRow>) -> UsersPage<'static> {
    let types = ["client".to_owned(), "staff".to_owned()];
    UsersPage {
        page: page(lang, "/admin/users"),
        admin: admin(),
        notice: None,
        search: "ai",
        selects: vec![
            Select::roles(None, true),
            Select::states(Some(false)),
            Select::holds(Some("nothing")),
            Select::chosen(None),
            Select::types(types.iter(), Some("staff"), true),
        ],
        filtered: true,
        filter: vec![("q", "ai".to_owned())],
        query: "?q=ai",
        count: 1_000,
        more: true,
        before: Some("/admin/users?before=a".to_owned()),
        after: Some("/admin/users?after=b".to_owned()),
        actions: vec![
            ("turn-on".to_owned(), Action::TurnOn),
            ("reset".to_owned(), Action::Reset),
            ("type-staff".to_owned(), Action::SetType(Some("staff".to_owned()))),
        ],
        resets: vec![ResetRow {
            id: ID.to_owned(),
            who: "Ken Sato".to_owned(),
            by: "Grace Hopper".to_owned(),
            until: "2026-11-24 09:12".to_owned(),
        }],
        rows,
    }
}

fn all_rows() -> Vec<UserRow> {
    use SecondFactor::{Off, Optional, Required};
    vec![
        row("Aiko Mori", Role::Member, Required, &[Factor::Push, Factor::Totp], Some("2026-11-03 09:12")),
        row("", Role::Member, Required, &[], None),
        row("Ken Sato", Role::Administrator, Optional, &[], Some("2026-10-03 09:12")),
        row("Grace Hopper", Role::SuperAdministrator, Off, &[Factor::Passkey], Some("2026-11-03 09:12")),
    ]
}

fn person() -> User {
    User {
        id: UserId(ID.parse().unwrap()),
        email: "aiko@acme.example".to_owned(),
        name: "Aiko Mori".to_owned(),
        role: Role::Member,
        language: None,
        needs_new_password: false,
        disabled: false,
        user_type: Some("staff".to_owned()),
        chosen_since: None,
        created_at: Timestamp::default(),
    }
}

fn user<'a>(lang: Lang, user: &'a User, notice: Option<UserNotice>) -> UserPage<'a> {
    let thing = |name: &str| Thing {
        name: name.to_owned(),
        facts: vec![
            Fact::Text("203.0.113.7".to_owned()),
            Fact::Added("2026-10-12".to_owned()),
            Fact::Used("2026-11-03".to_owned()),
            Fact::Since("2026-11-03".to_owned()),
        ],
    };
    let types = ["client".to_owned(), "staff".to_owned()];
    UserPage {
        page: page(lang, "/admin/users"),
        admin: admin(),
        notice,
        user,
        id: ID.to_owned(),
        added: "2026-10-12 09:00".to_owned(),
        last_sign_in: None,
        asked: SecondFactor::Required,
        rule: Some("finance"),
        grace: Some("2026-12-01 09:00".to_owned()),
        held: Vec::new(),
        ready: false,
        actions: vec![
            ("turn-on", Action::TurnOn),
            ("turn-off", Action::TurnOff),
            ("reset", Action::Reset),
            ("unlock", Action::Unlock),
            ("end-sessions", Action::EndSessions),
            ("disable", Action::Disable),
            ("enable", Action::Enable),
        ],
        reset_needs_two: false,
        reset: None,
        may_act: true,
        types: Some(Select::types(types.iter(), Some("staff"), false)),
        roles: Some(Select::roles(Some(Role::Member), false)),
        lists: vec![
            Things::phones(vec![thing("Aiko’s iPhone")]),
            Things::phones(findings().into_iter().map(attested).collect()),
            Things::passkeys(Vec::new()),
            Things::codes(&page(lang, "/"), None, Some(vec![Fact::Left(6)])),
            Things::browsers(vec![thing("Firefox · Windows")]),
            Things::sessions(Vec::new()),
        ],
        activity: Vec::new(),
    }
}

/// Everything that a phone can have proved, or not.
fn findings() -> Vec<Finding> {
    let proof = |level, development| Proof {
        level,
        app: "com.example.login".to_owned(),
        os_version: None,
        os_patch_level: None,
        boot: None,
        development,
    };
    let proofs = [
        proof(KeyLevel::TrustedEnvironment, false),
        proof(KeyLevel::StrongBox, false),
        proof(KeyLevel::AppleDevice, false),
        proof(KeyLevel::AppleDevice, true),
    ];
    let doubts = [
        Doubt::Revoked,
        Doubt::SoftwareKeys,
        Doubt::BootNotVerified,
        Doubt::OtherApp,
        Doubt::NotChecked,
        Doubt::UnknownRoot,
    ];
    let proofs = proofs.map(Finding::Verified).into_iter();
    proofs.chain(doubts.map(|why| Finding::Unverified { why })).chain([Finding::Absent]).collect()
}

fn attested(finding: Finding) -> Thing {
    Thing { name: "Aiko’s phone".to_owned(), facts: vec![Fact::Keys(finding)] }
}

fn job(state: JobState, later: bool) -> JobRow {
    JobRow {
        id: ID.to_owned(),
        action: Action::TurnOn,
        state,
        total: 12_345,
        seen: 4_200,
        changed: 4_100,
        begun: "2026-11-03 09:12".to_owned(),
        later: later.then(|| "2026-11-10 09:12".to_owned()),
    }
}

fn bulk(lang: Lang, action: &Action, count: u64) -> Result<String, askama::Error> {
    BulkPage {
        page: page(lang, "/admin/users"),
        admin: admin(),
        action,
        count,
        holding: count / 2,
        some: vec!["Aiko Mori".to_owned(), "Ken Sato".to_owned()],
        fields: vec![("action", "turn-on".to_owned()), ("whom", "all".to_owned())],
        back: "/admin/users?q=ai",
    }
    .render()
}

pub(super) fn pages(lang: Lang) -> Vec<(String, Result<String, askama::Error>)> {
    let mut all = vec![
        ("users".to_owned(), users(lang, all_rows()).render()),
        ("users-none".to_owned(), users(lang, Vec::new()).render()),
    ];
    for action in [
        Action::TurnOn,
        Action::TurnOff,
        Action::Disable,
        Action::Enable,
        Action::Reset,
        Action::Unlock,
        Action::EndSessions,
        Action::SetType(None),
        Action::SetType(Some("staff".to_owned())),
        Action::TellTurnedOff { remove: true },
    ] {
        for count in [1, 1_204] {
            all.push((format!("bulk-{action:?}-{count}").to_lowercase(), bulk(lang, &action, count)));
        }
    }
    let person = person();
    all.push(("user".to_owned(), user(lang, &person, None).render()));
    for notice in UserNotice::ALL {
        all.push((format!("user-{}", notice.as_str()), user(lang, &person, Some(notice)).render()));
    }
    for may_decide in [true, false] {
        let (by, until) = ("Grace Hopper".to_owned(), "2026-11-24 09:12".to_owned());
        let reset = Some(ResetState { request: String::new(), by, until, may_decide });
        let waiting = UserPage { reset, reset_needs_two: true, ..user(lang, &person, None) };
        all.push((format!("user-reset-{may_decide}"), waiting.render()));
    }
    all.push(("user-better".to_owned(), UserPage { may_act: false, ..user(lang, &person, None) }.render()));
    let add = UserAddPage {
        page: page(lang, "/admin/users/add"),
        admin: admin(),
        problem: Some(UserNotice::NotAnEmail),
        email: "aiko",
        name: "",
        types: None,
        roles: Some(Select::roles(Some(Role::Member), false)),
    };
    all.push(("user-add".to_owned(), add.render()));
    let frame = || (page(lang, "/admin/jobs"), admin());
    for (name, state, later) in [
        ("job", JobState::Waiting, false),
        ("job-asks", JobState::Waiting, false),
        ("job-later", JobState::Waiting, true),
        ("job-done", JobState::Done, false),
        ("job-stopped", JobState::Stopped, false),
    ] {
        let (page, admin) = frame();
        all.push((
            name.to_owned(),
            JobPage { page, admin, job: job(state, later), may_stop: true, asks: name == "job-asks" }
                .render(),
        ));
    }
    let (page_, admin_) = frame();
    all.push((
        "jobs".to_owned(),
        JobsPage { page: page_, admin: admin_, jobs: vec![job(JobState::Done, false)] }.render(),
    ));
    let import = |state| {
        ImportPage { page: page(lang, "/admin/users/import"), admin: admin(), table: "email,name\n", state }
            .render()
    };
    let wrong = |why| WrongLine { line: 7, email: "aiko".to_owned(), why };
    let wrong = [
        WrongWhy::Cells,
        WrongWhy::Email,
        WrongWhy::Twice,
        WrongWhy::Name,
        WrongWhy::Type,
        WrongWhy::Role,
        WrongWhy::RoleNotGiven,
        WrongWhy::NotAllowed,
        WrongWhy::Language,
        WrongWhy::Password,
    ]
    .map(wrong)
    .to_vec();
    let looked_at = ImportState::LookedAt { counts: [1_200, 3, 41], wrong, more_wrong: 3 };
    all.push(("import".to_owned(), import(ImportState::Begin)));
    all.push(("import-looked-at".to_owned(), import(looked_at)));
    all.push(("import-done".to_owned(), import(ImportState::Done([1_200, 3, 41, 12]))));
    for problem in [
        ImportProblem::NoEmailColumn,
        ImportProblem::UnknownColumn("colour".to_owned()),
        ImportProblem::ColumnTwice("name".to_owned()),
        ImportProblem::TooLong,
        ImportProblem::TooManyLines,
        ImportProblem::TooManyPasswords,
        ImportProblem::Empty,
    ] {
        let name = format!("import-{problem:?}").to_lowercase().replace(['"', '(', ')'], "");
        all.push((name, import(ImportState::Problem(problem))));
    }
    all
}

#[test]
fn hostile_names_of_users_stay_text() {
    let hostile = |row: UserRow| UserRow { name: HOSTILE.to_owned(), email: HOSTILE.to_owned(), ..row };
    let listed = users(Lang::En, all_rows().into_iter().map(hostile).collect());
    let person = User { name: HOSTILE.to_owned(), email: HOSTILE.to_owned(), ..person() };
    for html in [listed.render().unwrap(), user(Lang::En, &person, None).render().unwrap()] {
        assert!(!html.contains("<img") && html.contains("&#60;img src=x"), "{html}");
    }
}
