//! The audit log of a company in which much happened: what nobody touched passes, and whatever is done to it in the
//! database is found.

use std::time::Duration;

use countersign_protocol::time::Clock as _;
use countersign_server::app::{ChainBroken, ExportPortion, Verified};
use countersign_server::domain::actor::By;
use countersign_server::domain::audit::chain::Head;
use countersign_server::domain::audit::verify::Fault;
use countersign_tests::ways::{other_than, send_code, signs_in, type_code};
use countersign_tests::{EMAIL, On, PASSWORD, Phone, Setup, World};

stories!(
    a_log_that_nobody_touched_passes_while_it_grows,
    whatever_is_done_to_a_line_is_found,
    a_changed_end_is_found_and_the_chain_does_not_go_on_from_it,
    tasks_that_chain_at_once_do_not_raise_an_alarm,
    an_older_state_is_found_by_what_was_noted_and_by_a_server_that_runs,
    each_tenant_has_a_chain_of_its_own,
    no_line_holds_a_secret,
    who_did_it_and_from_where_is_said,
);

const NEW: &str = "another horse battery";

/// Sign-ins in every way, wrong codes, a denial, a change of policy and a reset. What was secret in it.
async fn much_happens(world: &World, phone: &Phone) -> Vec<String> {
    let mut secrets = vec![PASSWORD.to_owned()];
    let browser = world.browser();
    world.sign_in(&browser, phone).await;
    secrets.extend(browser.cookies().into_values());
    let app = world.set_up_app().await;
    let codes = world.recovery_codes().await;
    world.clock.advance(Duration::from_secs(30));

    let typed = world.browser();
    world.begin(&typed).await;
    secrets.extend(typed.cookies().into_values());
    let code = app.code(world.clock.now());
    assert!(!signs_in(&type_code(&typed, "totp", other_than(&code)).await));
    send_code(&typed).await;
    let mailed = world.mailed_code(1).await;
    assert!(signs_in(&type_code(&typed, "email", &mailed).await));
    secrets.extend(typed.cookies().into_values());
    secrets.extend([code, mailed]);

    world.clock.advance(Duration::from_secs(60));
    let recovered = world.browser();
    world.begin(&recovered).await;
    assert!(signs_in(&type_code(&recovered, "recovery", &codes[0]).await));
    secrets.extend(codes);

    world.clock.advance(Duration::from_secs(60));
    world.begin(&world.browser()).await;
    phone.core.deny(phone.request().await).await.unwrap();
    let mut now = world.app.tenant_now(world.tenant).await.unwrap();
    now.policy.factors.remember_days = 7;
    world.app.change_policy(&By::CommandLine, world.tenant, now.revision, now.policy).await.unwrap();
    let at = world.at().await;
    world.app.remove_authenticator(&at, &world.person().await, None).await.unwrap();
    world.app.set_password(&at, &By::CommandLine, world.user, NEW.to_owned().into(), false).await.unwrap();
    secrets.push(NEW.to_owned());
    secrets
}

async fn lived(on: On) -> (World, Phone, Vec<String>) {
    let world = World::with(on, Setup::with_mail()).await;
    world.cheapen_passwords().await;
    let phone = world.paired_phone("Ada’s phone").await;
    let secrets = much_happens(&world, &phone).await;
    // What time ended is noted by now, and nothing more comes by itself.
    while world.app.sweep().await.unwrap() > 0 {}
    chain(&world).await;
    (world, phone, secrets)
}

/// Chains all lines that are there.
async fn chain(world: &World) {
    // The server does it, too, and may be a moment ahead.
    while world.count("SELECT COUNT(*) FROM audit WHERE seq IS NULL").await > 0 {
        assert_eq!(world.app.chain_audit().await.unwrap().1, []);
    }
}

async fn verified(world: &World) -> Verified {
    world.app.verify_audit(world.tenant, None).await.unwrap()
}

async fn fault(world: &World) -> Option<Fault> {
    verified(world).await.fault
}

async fn a_log_that_nobody_touched_passes_while_it_grows(on: On) {
    let (world, phone, _) = lived(on).await;
    let before = verified(&world).await;
    assert_eq!(before.fault, None);
    assert_eq!(before.lines, world.count("SELECT COUNT(*) FROM audit").await as u64);
    assert!(before.lines > 20, "{before:?}");

    world.clock.advance(Duration::from_hours(2));
    let browser = world.browser();
    browser.sign_in(EMAIL, NEW).await.unwrap();
    phone.approve(None).await.unwrap();
    chain(&world).await;
    let after = world.app.verify_audit(world.tenant, Some(before.end)).await.unwrap();
    assert!(after.fault.is_none() && after.lines > before.lines, "{after:?}");
}

/// Keeps the log as it is, to be put back.
async fn keep(world: &World) {
    for sql in [
        "CREATE TABLE kept_audit AS SELECT * FROM audit",
        "CREATE TABLE kept_heads AS SELECT * FROM audit_heads",
    ] {
        world.change(sql).await;
    }
}

async fn put_back(world: &World) {
    for sql in [
        "DELETE FROM audit",
        "DELETE FROM audit_heads",
        "INSERT INTO audit SELECT * FROM kept_audit",
        "INSERT INTO audit_heads SELECT * FROM kept_heads",
    ] {
        world.change(sql).await;
    }
}

/// What is done to the log, and which line is the first that tells.
const TAMPERINGS: &[(&str, Fault)] = &[
    ("UPDATE audit SET user_id = id WHERE seq = 7", Fault::Changed(7)),
    ("UPDATE audit SET user_id = NULL WHERE seq = 7", Fault::Changed(7)),
    ("UPDATE audit SET at = at + 1 WHERE seq = 7", Fault::Changed(7)),
    ("UPDATE audit SET event = 'login.approved' WHERE seq = 1", Fault::Changed(1)),
    ("UPDATE audit SET result = 'failed' WHERE seq = 7", Fault::Changed(7)),
    ("UPDATE audit SET result = NULL WHERE seq = 7", Fault::Changed(7)),
    ("UPDATE audit SET actor = 'command-line ' WHERE seq = 7", Fault::Changed(7)),
    ("UPDATE audit SET address = '192.0.2.99' WHERE seq = 7", Fault::Changed(7)),
    ("UPDATE audit SET detail = '{}' WHERE seq = 7", Fault::Changed(7)),
    ("UPDATE audit SET detail = detail || ' ' WHERE seq = 7", Fault::Changed(7)),
    (
        "UPDATE audit SET link = (SELECT k.link FROM kept_audit k WHERE k.seq = 6) WHERE seq = 7",
        Fault::Changed(7),
    ),
    ("UPDATE audit SET link = NULL WHERE seq = 7", Fault::Changed(7)),
    ("DELETE FROM audit WHERE seq = 7", Fault::Missing(7, 7)),
    ("DELETE FROM audit WHERE seq IN (7, 8)", Fault::Missing(7, 8)),
    ("DELETE FROM audit WHERE seq = 1", Fault::Missing(1, 1)),
    ("UPDATE audit SET seq = 100000 WHERE seq = 7", Fault::Missing(7, 7)),
    ("UPDATE audit SET seq = -seq WHERE seq = 7", Fault::Missing(7, 7)),
    // Two lines change places, but not their numbers and links.
    (
        "UPDATE audit SET (event, detail, at) = \
         (SELECT k.event, k.detail, k.at FROM kept_audit k WHERE k.seq = 15 - audit.seq) WHERE seq IN (7, 8)",
        Fault::Changed(7),
    ),
];

async fn whatever_is_done_to_a_line_is_found(on: On) {
    let (world, ..) = lived(on).await;
    keep(&world).await;
    let end = verified(&world).await.end.seq;
    for (sql, wanted) in TAMPERINGS {
        assert!(world.change(sql).await > 0, "{sql}");
        assert_eq!(fault(&world).await, Some(*wanted), "{sql}");
        put_back(&world).await;
    }
    assert_eq!(fault(&world).await, None);

    // The end is cut off, or something is put there, or in between.
    world.change("DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)").await;
    assert_eq!(fault(&world).await, Some(Fault::Missing(end, end)));
    put_back(&world).await;
    const BEYOND: &str = "UPDATE kept_audit SET seq = (SELECT MAX(seq) + 1 FROM audit) WHERE seq = 7";
    world.change(BEYOND).await;
    const ID: &str = "UPDATE kept_audit SET id = tenant_id WHERE seq = (SELECT MAX(seq) FROM kept_audit)";
    world.change(ID).await;
    world.change("INSERT INTO audit SELECT * FROM kept_audit WHERE id = tenant_id").await;
    let beyond = fault(&world).await;
    assert_eq!(beyond, Some(Fault::Changed(end + 1)), "with a link of another place");
}

async fn a_changed_end_is_found_and_the_chain_does_not_go_on_from_it(on: On) {
    let (world, ..) = lived(on).await;
    keep(&world).await;
    let end = verified(&world).await.end;
    for (sql, wanted) in [
        // The last lines are removed, and the end is said to be before them.
        ("DELETE FROM audit WHERE seq > 10", Fault::Missing(11, end.seq)),
        ("UPDATE audit_heads SET seq = 10, link = (SELECT link FROM audit WHERE seq = 10)", Fault::Seal),
    ] {
        world.change(sql).await;
        assert_eq!(fault(&world).await, Some(wanted), "{sql}");
    }
    one_more_line(&world).await;
    assert_eq!(world.app.chain_audit().await.unwrap().1, [(world.tenant, ChainBroken::Seal)]);
    assert_eq!(fault(&world).await, Some(Fault::Seal), "nothing was sealed over it");

    put_back(&world).await;
    world.change("DELETE FROM audit_heads").await;
    assert_eq!(fault(&world).await, Some(Fault::NoHead));
    one_more_line(&world).await;
    assert_eq!(world.app.chain_audit().await.unwrap().1, [(world.tenant, ChainBroken::NoHead)]);

    put_back(&world).await;
    const BEYOND: &str = "UPDATE audit SET seq = seq + 1 WHERE seq = (SELECT MAX(seq) FROM audit)";
    world.change(BEYOND).await;
    assert_eq!(fault(&world).await, Some(Fault::Missing(end.seq, end.seq)));
    one_more_line(&world).await;
    assert_eq!(world.app.chain_audit().await.unwrap().1, [(world.tenant, ChainBroken::Beyond)]);
    put_back(&world).await;
    world.change("DELETE FROM audit_heads").await;

    // Somebody looked into it: the chain goes on, and what was changed meanwhile stays to be found.
    world.change("UPDATE audit SET address = '192.0.2.99' WHERE seq = 9").await;
    assert_eq!(world.app.renew_audit_head(&By::CommandLine, world.tenant).await.unwrap(), end);
    chain(&world).await;
    assert_eq!(fault(&world).await, Some(Fault::Changed(9)));
    const LAST: &str = "SELECT COUNT(*) FROM audit WHERE seq > 10 AND event = 'audit.head_renewed'";
    assert_eq!(world.count(LAST).await, 1, "and is told");
    put_back(&world).await;
    assert_eq!(fault(&world).await, None);
}

async fn tasks_that_chain_at_once_do_not_raise_an_alarm(on: On) {
    let world = World::new(on).await;
    for _ in 0..20 {
        for _ in 0..4 {
            one_more_line(&world).await;
        }
        let tasks = (0..6).map(|_| world.app.chain_audit_of(world.tenant, 3));
        for done in futures_util::future::join_all(tasks).await {
            done.unwrap().expect("nobody changed anything");
        }
    }
}

async fn an_older_state_is_found_by_what_was_noted_and_by_a_server_that_runs(on: On) {
    let (world, ..) = lived(on).await;
    keep(&world).await;
    one_more_line(&world).await;
    chain(&world).await;
    let noted = verified(&world).await.end;
    put_back(&world).await;
    assert_eq!(fault(&world).await, None, "nothing in it tells");
    let with = world.app.verify_audit(world.tenant, Some(noted)).await.unwrap();
    assert_eq!(with.fault, Some(Fault::NotAsNoted(noted.seq)));
    one_more_line(&world).await;
    assert_eq!(world.app.chain_audit().await.unwrap().1, [(world.tenant, ChainBroken::RolledBack)]);
    let other = Head { link: Head::START.link, ..with.end };
    let with = world.app.verify_audit(world.tenant, Some(other)).await.unwrap();
    assert_eq!(with.fault, Some(Fault::NotAsNoted(other.seq)));
}

async fn each_tenant_has_a_chain_of_its_own(on: On) {
    let (world, ..) = lived(on).await;
    let other = world.add_tenant("http://other.localhost:1").await;
    chain(&world).await;
    let verified = world.app.verify_audit(other, None).await.unwrap();
    assert_eq!((verified.lines, verified.fault), (2, None), "tenant and user were added");
    world.change("UPDATE audit SET detail = '{}' WHERE seq = 7").await;
    assert_eq!(world.app.verify_audit(other, None).await.unwrap(), verified);
    assert_eq!(fault(&world).await, Some(Fault::Changed(7)));
}

async fn no_line_holds_a_secret(on: On) {
    let (world, _, secrets) = lived(on).await;
    let filter = countersign_server::domain::audit::filter::AuditFilter::default();
    let mut portions = Box::pin(world.app.export_audit(world.tenant, filter));
    let mut all = String::new();
    while let Some(portion) = futures_util::StreamExt::next(&mut portions).await {
        let ExportPortion::Lines(text) = portion.unwrap() else { panic!("nobody touched it") };
        all += &text;
    }
    assert!(all.lines().count() > 20);
    let mut looked = 0;
    for secret in secrets {
        // The id of a login is no secret; what stands behind it is.
        let secret = secret.rsplit('.').next().unwrap();
        let is_word = |word: &str| word == secret;
        let found = match secret.len() {
            6 => all.split(|c: char| !c.is_ascii_alphanumeric()).any(is_word),
            _ => all.contains(secret),
        };
        assert!(!found, "{secret}");
        looked += usize::from(secret.len() >= 6);
    }
    assert!(looked > 15);
}

async fn who_did_it_and_from_where_is_said(on: On) {
    let (world, ..) = lived(on).await;
    const WITHOUT: &str = "SELECT COUNT(*) FROM audit WHERE address IS NULL AND user_id IS NOT NULL \
        AND event IN ('login.started', 'login.wrong_code', 'login.proved', 'session.started', 'email_code.sent')";
    assert_eq!(world.count(WITHOUT).await, 0);
    assert_eq!(world.count("SELECT COUNT(*) FROM audit WHERE actor IS NULL OR result IS NULL").await, 0);
    const SAID: &str =
        "SELECT COUNT(*) FROM audit WHERE event = 'tenant.policy_changed' AND actor = 'command-line'";
    assert_eq!(world.count(SAID).await, 1);
    let events = world.events_of_user().await;
    for event in ["login.approved", "login.denied", "recovery_codes.made", "authenticator.removed"] {
        assert!(events.iter().any(|known| known == event), "{event}: {events:?}");
    }
}

/// Something happens that is noted: the user is called otherwise.
async fn one_more_line(world: &World) {
    let (at, before) = (world.at().await, world.person().await.name);
    let name = format!("{before}.");
    assert!(world.app.set_name(&at, &By::CommandLine, world.user, &name).await.unwrap());
}
