//! The audit log's page.

use super::{HOSTILE, page};
use crate::domain::audit::event::{AuditResult, EVENTS};
use crate::web::{
    AdminFrame, AdminSection, AuditActor, AuditForm, AuditLineRow, AuditNotice, AuditPage, AuditProblem, Lang,
};

fn empty(lang: Lang) -> AuditPage<'static> {
    AuditPage {
        page: page(lang, "/admin/audit"),
        admin: AdminFrame { here: AdminSection::Audit, who: "Aiko Mori" },
        form: AuditForm::default(),
        problem: None,
        trouble: None,
        lines: Vec::new(),
        older: None,
        is_later: false,
    }
}

fn line(event: &str, result: AuditResult) -> AuditLineRow {
    AuditLineRow {
        at: "2026-11-22 21:05:07".to_owned(),
        event: event.to_owned(),
        result,
        user: Some(Some(("Aiko Mori".to_owned(), "aiko@acme.example".to_owned()))),
        actor: AuditActor::Themselves,
        address: Some("2001:db8:85a3::8a2e:370:7334".to_owned()),
        reason: None,
        rule: None,
        particulars: vec![
            ("login".to_owned(), "0198a6f4-0000-7000-8000-000000000000".to_owned()),
            ("ways".to_owned(), r#"["push","totp"]"#.to_owned()),
        ],
        receipt: None,
        seq: Some(1_204_377),
    }
}

fn lines() -> Vec<AuditLineRow> {
    let base = || line("login.started", AuditResult::Asked);
    vec![
        AuditLineRow {
            seq: None,
            reason: Some("new-browser".into()),
            rule: Some("finance".into()),
            ..base()
        },
        AuditLineRow { receipt: Some("0198a6f4".into()), ..line("login.approved", AuditResult::Succeeded) },
        line("login.reported", AuditResult::Refused),
        line("login.wrong_code", AuditResult::Failed),
        AuditLineRow {
            actor: AuditActor::User(Some("Ken Sato".into())),
            address: Some("192.0.2.1".into()),
            ..line("factors.reset", AuditResult::Succeeded)
        },
        AuditLineRow {
            user: None,
            address: None,
            actor: AuditActor::CommandLine,
            ..line("tenant.policy_changed", AuditResult::Succeeded)
        },
        AuditLineRow {
            user: Some(None),
            actor: AuditActor::User(None),
            ..line("user.added", AuditResult::Succeeded)
        },
        AuditLineRow { actor: AuditActor::Server, ..line("login.expired", AuditResult::Failed) },
        line("moon.landed", AuditResult::Noted),
    ]
}

pub(super) fn pages(lang: Lang) -> Vec<(String, Result<String, askama::Error>)> {
    let form = AuditForm {
        what: "login".into(),
        result: "refused".into(),
        person: "aiko@acme.example".into(),
        by: "person".into(),
        from: "2026-11-01".into(),
        query: "what=login&result=refused".into(),
        ..AuditForm::default()
    };
    let searched = || AuditPage { form: form.clone(), ..empty(lang) };
    let older = Some("what=login&before=1.2".to_owned());
    let every = EVENTS.iter().map(|(event, result)| line(event, *result)).collect();
    let mut pages = vec![
        (
            "admin-audit".to_owned(),
            AuditPage { lines: lines(), older: older.clone(), ..empty(lang) }.render(),
        ),
        (
            "admin-audit-found".to_owned(),
            AuditPage { lines: lines(), older, is_later: true, ..searched() }.render(),
        ),
        ("admin-audit-none".to_owned(), searched().render()),
        ("admin-audit-every".to_owned(), AuditPage { lines: every, ..empty(lang) }.render()),
    ];
    for trouble in [AuditNotice::End, AuditNotice::Changed(1_204_377), AuditNotice::Missing(7)] {
        let name = format!("admin-audit-{trouble:?}").to_lowercase().replace(['(', ')'], "-");
        pages.push((name, AuditPage { trouble: Some(trouble), lines: lines(), ..empty(lang) }.render()));
    }
    for problem in [AuditProblem::Person, AuditProblem::Address, AuditProblem::Day, AuditProblem::Who] {
        let name = format!("admin-audit-{problem:?}").to_lowercase();
        pages.push((name, AuditPage { problem: Some(problem), ..searched() }.render()));
    }
    pages
}

#[test]
fn hostile_names_stay_text() {
    let hostile = || HOSTILE.to_owned();
    let line = AuditLineRow {
        event: hostile(),
        user: Some(Some((hostile(), hostile()))),
        actor: AuditActor::User(Some(hostile())),
        address: Some(hostile()),
        reason: Some(hostile()),
        rule: Some(hostile()),
        particulars: vec![(hostile(), hostile())],
        receipt: Some(hostile()),
        ..line("login.approved", AuditResult::Succeeded)
    };
    let form = AuditForm { person: hostile(), address: hostile(), query: hostile(), ..AuditForm::default() };
    let html = AuditPage { lines: vec![line], form, ..empty(Lang::En) }.render().unwrap();
    assert!(!html.contains("<img"), "{html}");
}

#[test]
fn who_did_it_is_said_where_it_was_somebody_else() {
    let html = |line| AuditPage { lines: vec![line], ..empty(Lang::En) }.render().unwrap();
    let own = line("device.removed", AuditResult::Succeeded);
    let others = AuditLineRow { actor: AuditActor::User(Some("Ken Sato".into())), ..own.clone() };
    assert!(!html(own).contains("by Ken Sato") && html(others).contains("by Ken Sato"));
}
