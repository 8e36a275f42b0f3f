//! Work on many users: done to the end whatever is cut off, once, and only what may be done.

use std::time::Duration;

use countersign_protocol::time::Clock as _;
use countersign_server::app::{Acted, Refused};
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::{Action, Filter, Whom};
use countersign_server::domain::factor::{Assurance, FactorRules};
use countersign_server::domain::job::{JobState, Task};
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::TurnedOff;
use countersign_server::domain::policy::preset::Preset;
use countersign_server::domain::policy::rule::{Rule, Scope, SecondFactor};
use countersign_server::domain::user::Role;
use countersign_tests::jobs::{by, everybody};
use countersign_tests::settings::mails_about;
use countersign_tests::{EMAIL, On, Setup, World};

stories!(
    all_that_match_are_turned_on_and_told,
    a_job_that_is_cut_off_goes_on_where_it_was,
    two_nodes_do_one_job_once,
    what_its_beginner_may_not_do_is_not_done,
    a_beginner_who_is_no_administrator_any_more_does_nothing,
    what_is_told_is_so_when_it_is_told,
    turning_off_removes_what_was_set_up,
    a_reminder_goes_to_whom_it_concerns,
    a_job_can_be_stopped,
    nobody_stops_what_a_better_began,
    who_is_asked_for_more_by_another_type_or_role_is_told_and_reminded,
    whoever_still_proves_something_is_not_told_that_the_password_is_enough,
    an_old_removal_ends_when_the_policy_keeps_again,
    many_who_are_turned_on_are_reminded_by_one_job,
);

const CHOSEN: &str = "SELECT COUNT(*) FROM users WHERE chosen_since IS NOT NULL";

async fn all_that_match_are_turned_on_and_told(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.change_policy(|policy| *policy = Preset::ProDb.policy()).await;
    world.crowd(30).await;
    let some = Whom::All(Filter { search: Some("USER01".into()), ..Filter::default() });
    let job = world.job_done(Action::TurnOn, some.clone(), By::CommandLine).await;
    assert_eq!((job.total, job.seen, job.changed), (10, 10, 10));
    assert_eq!(world.count(CHOSEN).await, 10);
    let mails = world.mail_server().mails(10).await;
    assert!(mails.iter().all(|mail| mail.subject() == "ACME: signing in takes two steps from now on"));
    let again = world.job_done(Action::TurnOn, some, By::CommandLine).await;
    assert_eq!((again.seen, again.changed), (10, 0), "it was so already");
    assert_eq!(world.count("SELECT COUNT(*) FROM audit WHERE event = 'second_factor.turned_on'").await, 10);
}

async fn a_job_that_is_cut_off_goes_on_where_it_was(on: On) {
    let mut world = World::new(on).await;
    world.crowd(230).await;
    let id = world.job_for_later(Action::TurnOn).await;
    // One batch, by a node that then dies.
    assert_eq!(world.app.do_batch(world.tenant, id).await.unwrap(), Some(JobState::Waiting));
    assert_eq!(world.count(CHOSEN).await, 100);
    world.stop().await;
    world.clock.advance(Duration::from_hours(2));
    world.restart().await;
    let job = world.job_over(id).await;
    assert_eq!((job.state, job.total, job.seen, job.changed), (JobState::Done, 231, 231, 231));
    assert_eq!(world.count(CHOSEN).await, 231);
}

async fn two_nodes_do_one_job_once(on: On) {
    let world = World::new(on).await;
    world.crowd(230).await;
    let id = world.job_for_later(Action::TurnOn).await;
    let node = async || while let Ok(Some(JobState::Waiting)) = world.app.do_batch(world.tenant, id).await {};
    futures_util::future::join4(node(), node(), node(), node()).await;
    while let Some(JobState::Waiting) = world.app.do_batch(world.tenant, id).await.unwrap() {}
    let job = world.job_over(id).await;
    assert_eq!((job.seen, job.changed), (231, 231));
    assert_eq!(world.count("SELECT COUNT(*) FROM audit WHERE event = 'second_factor.turned_on'").await, 231);
}

async fn what_its_beginner_may_not_do_is_not_done(on: On) {
    let world = World::new(on).await;
    let own = world.add_administrator("own@example.com").await;
    world.add_administrator("peer@example.com").await;
    world.add_super_administrator("better@example.com").await;
    let job = world.job_done(Action::Disable, everybody(), by(own, Role::Administrator)).await;
    assert_eq!((job.seen, job.changed), (4, 2), "the member and the peer");
    assert_eq!(world.count("SELECT COUNT(*) FROM users WHERE disabled_at IS NULL").await, 2);
    let all = world.job_done(Action::Disable, everybody(), By::CommandLine).await;
    assert_eq!(all.changed, 1, "the last super administrator stays, whoever asks");

    world.change_policy(|policy| policy.resets_need_two = true).await;
    let reset = world.job_done(Action::Reset, everybody(), by(own, Role::SuperAdministrator)).await;
    assert_eq!((reset.state, reset.changed), (JobState::Stopped, 0), "who is disabled resets nobody");
}

async fn a_beginner_who_is_no_administrator_any_more_does_nothing(on: On) {
    let world = World::new(on).await;
    let grace = world.add_administrator("grace@example.com").await;
    let task = Task { action: Action::Disable, whom: everybody(), by: by(grace, Role::SuperAdministrator) };
    let due = world.clock.now() + Duration::from_hours(1);
    let id = world.job_at(world.tenant, task, due).await;
    world.change("UPDATE users SET role = 'member' WHERE email_key = 'grace@example.com'").await;
    assert_eq!(world.app.do_batch(world.tenant, id).await.unwrap(), Some(JobState::Stopped));
    assert_eq!(world.count("SELECT COUNT(*) FROM users WHERE disabled_at IS NOT NULL").await, 0);
}

async fn what_is_told_is_so_when_it_is_told(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.add_user("off@example.com").await;
    world.change("UPDATE users SET disabled_at = 1 WHERE email_key = 'off@example.com'").await;
    let tell = || Action::TellTurnedOn { until: None };
    let none = world.job_done(tell(), everybody(), By::CommandLine).await;
    assert_eq!((none.seen, none.changed), (2, 0), "it is optional");
    world.change_policy(|policy| policy.base = SecondFactor::Required).await;
    let told = world.job_done(tell(), everybody(), By::CommandLine).await;
    assert_eq!((told.seen, told.changed), (2, 1), "who is disabled is told nothing");
    let mail = world.mail_server().mails(1).await.remove(0);
    assert!(mail.plain().contains("Nothing: you can confirm"), "a mailbox is enough: {}", mail.plain());
}

async fn turning_off_removes_what_was_set_up(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.paired_phone("Ada’s phone").await;
    world.change_policy(|policy| *policy = Preset::ProductIp.policy()).await;
    let job = world.job_done(Action::TellTurnedOff { remove: true }, everybody(), By::CommandLine).await;
    assert_eq!(job.changed, 1);
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 0);
    let mails = world.mail_server().mails(2).await;
    assert!(mails[1].plain().contains("They were removed from your account"), "{}", mails[1].plain());

    world.paired_phone("Another").await;
    world
        .change_policy(|policy| {
            *policy =
                Policy { when_turned_off: TurnedOff::Remove, base: SecondFactor::Off, ..Policy::default() }
        })
        .await;
    world.job_done(Action::TurnOn, everybody(), By::CommandLine).await;
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 1);
    world.job_done(Action::TurnOff, everybody(), By::CommandLine).await;
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 0);
}

async fn a_reminder_goes_to_whom_it_concerns(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.paired_phone("Ada’s phone").await;
    world.add_user("bob@example.com").await;
    world
        .change_policy(|policy| {
            *policy = Preset::ProvConnect.policy();
            policy.grace_days = 14;
        })
        .await;
    world.change_policy(|policy| policy.base = SecondFactor::Optional).await;
    let now = world.clock.now();
    world.change_policy(|policy| policy.base = SecondFactor::Required).await;
    let remind = |days: u64| Action::TellSetUpDue { until: (now + Duration::from_hours(24 * days)).into() };
    let early = world.job_done(remind(7), everybody(), By::CommandLine).await;
    assert_eq!(early.changed, 0, "they have more time than that");
    let job = world.job_done(remind(14), everybody(), By::CommandLine).await;
    assert_eq!((job.seen, job.changed), (2, 1), "Ada has a phone");
    let mail = world.mail_server().mails(2).await.remove(1);
    assert_eq!(mail.header("To").as_deref(), Some("bob@example.com"));
    world.clock.advance(Duration::from_hours(24 * 15));
    assert_eq!(world.job_done(remind(14), everybody(), By::CommandLine).await.changed, 0, "too late");
}

async fn a_job_can_be_stopped(on: On) {
    let world = World::new(on).await;
    world.crowd(120).await;
    let id = world.job_for_later(Action::TurnOn).await;
    world.app.do_batch(world.tenant, id).await.unwrap();
    // The page asks once, and says what it means.
    world.add_super_administrator("boss@example.com").await;
    let boss = world.signed_in_by_password("boss@example.com").await;
    let page = boss.get(&format!("/admin/jobs/{id}")).await.unwrap();
    assert!(page.body.contains("?stop=ask") && !page.body.contains("/stop\""), "{}", page.body);
    let asked = boss.get(&format!("/admin/jobs/{id}?stop=ask")).await.unwrap();
    assert!(asked.body.contains("What was done stays done"), "{}", asked.body);
    assert!(asked.body.contains(&format!("/admin/jobs/{id}/stop\"")) && !asked.body.contains("http-equiv"));
    let stop = async || world.app.stop_job(&*world.at().await, &By::CommandLine, id).await.unwrap();
    assert!(matches!(stop().await, Acted::Done(_)));
    assert_eq!(stop().await, Acted::Same, "it is over");
    assert_eq!(world.app.do_batch(world.tenant, id).await.unwrap(), None);
    assert_eq!(world.count(CHOSEN).await, 100, "what was done stays");
}

async fn nobody_stops_what_a_better_began(on: On) {
    let world = World::new(on).await;
    let boss = world.add_super_administrator("boss@example.com").await;
    let own = world.add_administrator("own@example.com").await;
    let task = Task { action: Action::Disable, whom: everybody(), by: by(boss, Role::SuperAdministrator) };
    let due = world.clock.now() + Duration::from_hours(1);
    let id = world.job_at(world.tenant, task, due).await;
    let at = world.at().await;
    let stopped = world.app.stop_job(&at, &by(own, Role::Administrator), id).await.unwrap();
    assert_eq!(stopped, Acted::Refused(Refused::NotAllowed));
    assert_eq!(world.app.job(world.tenant, id).await.unwrap().unwrap().state, JobState::Waiting);

    let browser = world.signed_in_by_password("own@example.com").await;
    let (page, path) = (format!("/admin/jobs/{id}"), format!("/admin/jobs/{id}/stop"));
    let shown = browser.get(&page).await.unwrap();
    assert!(!shown.body.contains("job-stop"), "{}", shown.body);
    world.pass(Duration::from_mins(11)).await;
    let form = browser.get("/admin/users").await.unwrap();
    let first = browser.submit(&form, &path, &[]).await.unwrap();
    assert_eq!(first.location.as_deref(), Some("/account/confirm"), "it takes a fresh proof");
}

async fn who_is_asked_for_more_by_another_type_or_role_is_told_and_reminded(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.add_user("bob@example.com").await;
    let bob = world.app.find_user(world.tenant, "bob@example.com").await.unwrap().unwrap().id;
    world
        .change_policy(|policy| {
            *policy = Policy { grace_days: 7, base: SecondFactor::Off, ..Preset::ProWorkflow.policy() };
            policy.rules = vec![
                Rule::new("forced", Scope::Types(["staff".to_owned()].into()), SecondFactor::Required),
                Rule::new("them", Scope::Roles([Role::Administrator].into()), SecondFactor::Required),
            ];
        })
        .await;
    let (at, line) = (world.at().await, By::CommandLine);
    world.app.act_on(&at, &line, world.user, Action::SetType(Some("staff".into()))).await.unwrap();
    world.app.set_role(&at, &line, bob, Role::Administrator).await.unwrap();
    let told = world.mail_server().mails(2).await;
    assert!(told.iter().all(|mail| mail.subject() == "ACME: signing in takes two steps from now on"));
    world.pass(Duration::from_hours(24 * 6)).await;
    world.app.do_due_jobs().await.unwrap();
    let reminded = world.mail_server().mails(4).await;
    let mut whom: Vec<_> = reminded[2..].iter().map(|mail| mail.header("To").unwrap()).collect();
    whom.sort_unstable();
    assert_eq!(whom, [EMAIL, "bob@example.com"]);

    let phone = world.phone("Ada’s phone");
    world.pair(&phone, world.user).await;
    world.app.act_on(&at, &line, world.user, Action::SetType(None)).await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 0, "as it says");
    let off = mails_about(&world, "ACME: signing in takes only your password again", 1).await;
    assert_eq!(off.len(), 1);
}

async fn whoever_still_proves_something_is_not_told_that_the_password_is_enough(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.paired_phone("Ada’s phone").await;
    world.add_user("bob@example.com").await;
    world.job_done(Action::TurnOn, everybody(), By::CommandLine).await;
    let off = world.job_done(Action::TurnOff, everybody(), By::CommandLine).await;
    assert_eq!(off.changed, 2);
    let told = mails_about(&world, "ACME: signing in takes only your password again", 1).await;
    let to: Vec<_> = told.iter().map(|mail| mail.header("To").unwrap()).collect();
    assert_eq!(to, ["bob@example.com"], "Ada's phone is still asked");
}

async fn an_old_removal_ends_when_the_policy_keeps_again(on: On) {
    let world = World::new(on).await;
    world.paired_phone("Ada’s phone").await;
    let off = |policy: &mut Policy| policy.base = SecondFactor::Off;
    world.change_policy(off).await;
    let job = world.job_done(Action::TellTurnedOff { remove: true }, everybody(), By::CommandLine).await;
    assert_eq!(job.state, JobState::Done);
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 1);
}

async fn many_who_are_turned_on_are_reminded_by_one_job(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.change_policy(|policy| policy.grace_days = 7).await;
    world
        .change_policy(|policy| policy.factors = FactorRules { floor: Assurance::Medium, ..policy.factors })
        .await;
    world.crowd(3).await;
    let some = Whom::All(Filter { search: Some("USER".into()), chosen: Some(false), ..Filter::default() });
    world.job_done(Action::TurnOn, some, By::CommandLine).await;
    assert_eq!(world.count("SELECT COUNT(*) FROM jobs WHERE state = 'waiting'").await, 1);
    world.pass(Duration::from_hours(24 * 6) + Duration::from_mins(1)).await;
    world.app.do_due_jobs().await.unwrap();
    assert_eq!(world.mail_server().mails(6).await.len(), 6, "told, and reminded");
}
