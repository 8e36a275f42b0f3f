//! The settings of administrators: looked at before they are saved, saved as they were looked at, by whoever may.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_protocol::time::Clock as _;
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::preset::Preset;
use countersign_server::domain::policy::rule::SecondFactor;
use countersign_server::domain::user::Role;
use countersign_tests::settings::{
    PREVIEW, SAVE, SETTINGS, carried, change_settings, press, save, send, type_settings, users_with,
};
use countersign_tests::{EMAIL, On, PASSWORD, Setup, World};

stories!(
    a_change_is_looked_at_then_saved_and_holds_from_the_next_sign_in,
    whom_it_concerns_is_listed_and_one_user_can_be_looked_at,
    without_a_fresh_proof_nothing_is_saved_and_nothing_typed_is_lost,
    whoever_may_not_change_it_only_reads_it,
    another_tenants_settings_are_out_of_reach,
    networks_that_do_not_hold_oneself_are_refused,
    what_is_forged_or_malformed_changes_nothing,
    a_change_is_told_by_jobs_in_the_same_unit,
    what_would_happen_is_what_happens,
);

const ROOT: &str = "root@example.com";

pub(crate) async fn world(on: On) -> (World, Browser) {
    let world = World::with(on, Setup::by_tap()).await;
    world.add_super_administrator(ROOT).await;
    world.cheapen_passwords().await;
    let root = world.signed_in_by_password(ROOT).await;
    (world, root)
}

pub(crate) async fn policy(world: &World) -> Policy {
    world.app.tenant_now(world.tenant).await.unwrap().policy
}

async fn a_change_is_looked_at_then_saved_and_holds_from_the_next_sign_in(on: On) {
    let (world, root) = world(on).await;
    world.paired_phone("Ada’s phone").await;
    world.add_user("bob@example.com").await;
    let bob = world.signed_in_by_password("bob@example.com").await;

    let preview = type_settings(&root, &[("base", Some("required"))]).await;
    assert_eq!(preview.status, 200, "{}", preview.body);
    let figure = |name: &str| preview.text_of(name);
    assert_eq!(figure("preview-users").as_deref(), Some("3"));
    assert_eq!(figure("preview-asked-before").as_deref(), Some("1"), "Ada has a phone");
    assert_eq!(figure("preview-asked-after").as_deref(), Some("3"));
    assert_eq!(users_with(&preview, "set-up"), 2);
    assert!(preview.body.contains("sessions that there are go on"), "{}", preview.body);
    assert_eq!(policy(&world).await.base, SecondFactor::Optional, "to look changes nothing");

    let saved = save(&root, &preview).await;
    assert_eq!(saved.location.as_deref(), Some("/admin/settings?done=saved"), "{}", saved.body);
    let shown = root.get("/admin/settings?done=saved").await.unwrap();
    assert!(shown.text_of("settings-notice").unwrap().starts_with("Saved."), "{}", shown.body);
    assert_eq!(bob.get("/").await.unwrap().status, 200, "his session goes on");
    let next = world.browser().sign_in("bob@example.com", PASSWORD).await.unwrap();
    assert_eq!(next.location.as_deref(), Some("/login/setup"));
    let told = "SELECT COUNT(*) FROM audit WHERE event = 'tenant.policy_changed' AND actor LIKE 'user:%'";
    assert_eq!(world.count(told).await, 1);

    let same = type_settings(&root, &[]).await;
    assert!(same.text_of("settings-notice").unwrap().starts_with("Nothing was changed"), "{}", same.body);
}

async fn whom_it_concerns_is_listed_and_one_user_can_be_looked_at(on: On) {
    let (world, root) = world(on).await;
    world.crowd(70).await;
    let edits =
        [("base", Some("required")), ("rule-1-name", Some("all & sundry")), ("rule-1-ask", Some("required"))];
    let refused = type_settings(&root, &edits).await;
    assert_eq!(refused.status, 422, "a name has no such signs: {}", refused.body);
    let preview = type_settings(&root, &edits[..1]).await;
    let shown = press(&root, &preview, "show", "set-up").await;
    assert_eq!(shown.body.matches("href=\"/admin/users/").count(), 50, "{}", shown.body);
    assert!(shown.body.contains("The first 50 of them."));
    assert_eq!(users_with(&shown, "set-up"), 72);

    let look = async |email: &str| press(&root, &preview, "find", email).await;
    let ada = look("ADA@example.com ").await;
    let (_, found) = ada.body.split_once("data-testid=\"preview-found\"").unwrap();
    assert!(found.contains("Password alone") && found.contains("Sets one up"), "{found}");
    assert!(found.contains("What holds for everybody"), "{found}");
    let nobody = look("eve@example.com").await;
    assert!(nobody.text_of("preview-found").unwrap().starts_with("There is no user"));
    // Back to the form, with what was typed.
    let form = press(&root, &preview, "edit", "on").await;
    assert_eq!(countersign_tests::settings::fields(&form)["base"], "required");
    assert_eq!(policy(&world).await.base, SecondFactor::Optional);
}

async fn without_a_fresh_proof_nothing_is_saved_and_nothing_typed_is_lost(on: On) {
    let (world, root) = world(on).await;
    let preview = type_settings(&root, &[("base", Some("required"))]).await;
    world.clock.advance(Duration::from_mins(11));
    let refused = save(&root, &preview).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("href=\"/account/confirm\""), "{}", refused.body);
    assert_eq!(policy(&world).await.base, SecondFactor::Optional);

    let settings = root.get(SETTINGS).await.unwrap();
    assert!(settings.body.contains("class=\"settings-all\" disabled"), "first a proof");
    let begun = root.submit(&settings, "/admin/settings/begin", &[]).await.unwrap();
    assert_eq!(begun.location.as_deref(), Some("/account/confirm"));
    let confirm = root.get("/account/confirm").await.unwrap();
    let done = root.submit(&confirm, "/account/confirm", &[("password", PASSWORD)]).await.unwrap();
    assert_eq!(done.location.as_deref(), Some(SETTINGS), "and back");
    assert!(!root.get(SETTINGS).await.unwrap().body.contains("class=\"settings-all\" disabled"));
    assert_eq!(save(&root, &refused).await.location.as_deref(), Some("/admin/settings?done=saved"));
    assert_eq!(policy(&world).await.base, SecondFactor::Required);
}

async fn whoever_may_not_change_it_only_reads_it(on: On) {
    let (world, root) = world(on).await;
    world.add_administrator("admin@example.com").await;
    let admin = world.signed_in_by_password("admin@example.com").await;
    let page = admin.get(SETTINGS).await.unwrap();
    assert!(page.text_of("settings-read-only").unwrap().starts_with("Only super administrators"));
    assert!(!page.body.contains("data-testid=\"settings-check\""), "{}", page.body);

    // Whatever is sent past the page.
    let preview = type_settings(&root, &[("base", Some("off"))]).await;
    let mut wanted = carried(&preview);
    for path in [PREVIEW, SAVE] {
        let answer = send(&admin, &page, path, &wanted).await;
        assert_eq!(answer.status, 403, "{path}: {}", answer.body);
        assert!(answer.text_of("settings-problem").unwrap().starts_with("Only super administrators"));
    }
    wanted.insert("preset".into(), Preset::ProductIp.as_str().into());
    assert_eq!(send(&admin, &page, SAVE, &wanted).await.status, 403);
    assert_eq!(world.app.tenant_now(world.tenant).await.unwrap().revision, 0);

    // A member finds nothing there, a stranger the sign-in.
    let ada = world.signed_in_by_password(EMAIL).await;
    for path in [SETTINGS, "/admin/settings/what-if"] {
        assert_eq!(ada.get(path).await.unwrap().status, 404, "{path}");
        assert_eq!(world.browser().get(path).await.unwrap().location.as_deref(), Some("/login"), "{path}");
    }
    let form = ada.get("/account/security").await.unwrap();
    for path in [PREVIEW, SAVE, "/admin/settings/what-if"] {
        assert_eq!(send(&ada, &form, path, &wanted).await.status, 404, "{path}");
    }

    // Where administrators may, they do.
    world.change_policy(|policy| policy.changed_by = Role::Administrator).await;
    change_settings(&admin, &[("base", Some("off"))]).await;
    assert_eq!(policy(&world).await.base, SecondFactor::Off);
}

async fn another_tenants_settings_are_out_of_reach(on: On) {
    let (world, root) = world(on).await;
    let other_origin = world.origin.replace("127.0.0.1", "localhost");
    let other = world.add_tenant(&other_origin).await;
    let there = Browser::new(&other_origin).unwrap();
    there.set_cookie("countersign-session", &root.cookies()["countersign-session"]);
    assert_eq!(there.get(SETTINGS).await.unwrap().location.as_deref(), Some("/login"));
    let form = there.get("/login").await.unwrap();
    let preview = type_settings(&root, &[("base", Some("off"))]).await;
    let answer = send(&there, &form, SAVE, &carried(&preview)).await;
    assert_eq!(answer.location.as_deref(), Some("/login"));
    // Who is asked about is a user of the own tenant.
    let page = root.get("/admin/settings/what-if").await.unwrap();
    let asked = [("email", "eve@example.com"), ("address", "192.0.2.1"), ("browser", "new")];
    let nobody = root.submit(&page, "/admin/settings/what-if", &asked).await.unwrap();
    assert_eq!(nobody.status, 422);
    assert_eq!(world.app.tenant_now(other).await.unwrap().revision, 0);
}

async fn networks_that_do_not_hold_oneself_are_refused(on: On) {
    let (world, root) = world(on).await;
    let office = [("allowed", Some("192.0.2.0/24"))];
    let refused = type_settings(&root, &office).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text_of("settings-problem").unwrap().contains("127.0.0.1"), "{}", refused.body);
    assert!(refused.body.contains("192.0.2.0/24"), "as it was typed");
    let both = [("allowed", Some("192.0.2.0/24\r\n127.0.0.0/8"))];
    let preview = type_settings(&root, &both).await;
    assert_eq!(preview.status, 200, "{}", preview.body);
    // Nor past the page where it was looked at.
    let mut forged = carried(&preview);
    let policy_text = forged["policy"].replace(",\"127.0.0.0/8\"", "");
    assert_ne!(policy_text, forged["policy"]);
    forged.insert("policy".into(), policy_text);
    assert_eq!(send(&root, &preview, SAVE, &forged).await.status, 422);
    assert_eq!(policy(&world).await.networks.allowed, []);
    assert_eq!(save(&root, &preview).await.location.as_deref(), Some("/admin/settings?done=saved"));
}

async fn what_is_forged_or_malformed_changes_nothing(on: On) {
    let (world, root) = world(on).await;
    let preview = type_settings(&root, &[("base", Some("off"))]).await;
    let good = carried(&preview);
    let with = |name: &str, value: &str| {
        let mut fields = good.clone();
        fields.insert(name.into(), value.into());
        fields
    };
    let mut no_revision = good.clone();
    no_revision.remove("revision");
    let mut no_policy = good.clone();
    no_policy.remove("policy");
    for (fields, status) in [
        (with("policy", "{}"), 422),
        (with("policy", "x"), 422),
        (with("policy", &good["policy"].replacen('{', "{\"sms\":true,", 1)), 422),
        (with("revision", "x"), 403),
        (with("revision", "7"), 409),
        (no_revision, 403),
        (no_policy, 403),
    ] {
        let answer = send(&root, &preview, SAVE, &fields).await;
        assert_eq!(answer.status, status, "{fields:?}");
    }
    for (name, value) in
        [("trusted", "office"), ("allowed", "192.0.2.1/24"), ("grace_days", "91"), ("remember_days", "")]
    {
        assert_eq!(type_settings(&root, &[(name, Some(value))]).await.status, 422, "{name}");
    }
    let without_token =
        root.submit(&Page { body: String::new(), ..preview.clone() }, SAVE, &[]).await.unwrap();
    assert_eq!(without_token.status, 403);
    assert_eq!(world.app.tenant_now(world.tenant).await.unwrap().revision, 0);
    assert_eq!(world.count("SELECT COUNT(*) FROM jobs").await, 0);
}

async fn a_change_is_told_by_jobs_in_the_same_unit(on: On) {
    let (world, root) = world(on).await;
    let edits = [("base", Some("required")), ("grace_days", Some("7"))];
    let preview = type_settings(&root, &edits).await;
    assert_eq!(users_with(&preview, "set-up-later"), 2);
    assert_eq!(world.count("SELECT COUNT(*) FROM jobs").await, 0);
    save(&root, &preview).await;
    let jobs = world.app.latest_jobs(world.tenant).await.unwrap();
    let mut due: Vec<_> = jobs.iter().map(|job| (job.due_at.seconds(), job.total)).collect();
    due.sort_unstable();
    let now = world.clock.now().seconds();
    assert_eq!(due, [(now, 2), (now + 6 * 24 * 60 * 60, 2)]);
    let next = world.browser().sign_in(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(next.location.as_deref(), Some("/"), "there is time");
    world.clock.advance(Duration::from_hours(24 * 7));
    let then = world.browser().sign_in(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(then.location.as_deref(), Some("/login/setup"));
}

/// What the page says of a sign-in, and then the sign-in: for people, policies and browsers.
async fn what_would_happen_is_what_happens(on: On) {
    let (world, root) = world(on).await;
    world.paired_phone("Ada’s phone").await;
    world.add_user("bob@example.com").await;
    for (name, change) in policies() {
        world.change_policy(change).await;
        for email in [EMAIL, "bob@example.com"] {
            let address = "127.0.0.1";
            {
                let page = root.get("/admin/settings/what-if").await.unwrap();
                let asked = [("email", email), ("address", address), ("browser", "new")];
                let answer = root.submit(&page, "/admin/settings/what-if", &asked).await.unwrap();
                let said = answer.text_of("what-if-outcome").unwrap_or_else(|| panic!("{}", answer.body));
                let browser = world.browser();
                let done = match browser.get("/login").await.unwrap() {
                    form if form.status == 403 => form,
                    form => {
                        let fields = [("email", email), ("password", PASSWORD)];
                        browser.submit(&form, "/login", &fields).await.unwrap()
                    }
                };
                let happened = match (done.status, done.location.as_deref()) {
                    (303, Some("/")) => "The password is enough",
                    (303, Some("/login/code")) => "Confirms with a second factor",
                    (303, Some("/login/setup")) => "Sets up a second factor first",
                    (403, None) => "Can’t sign in from there",
                    other => panic!("{other:?}"),
                };
                assert_eq!(said, happened, "{name}: {email} from {address}");
            }
        }
    }
}

type Named = (&'static str, fn(&mut Policy));

fn policies() -> [Named; 9] {
    [
        ("off", |policy| policy.base = SecondFactor::Off),
        ("optional", |policy| policy.base = SecondFactor::Optional),
        ("required", |policy| policy.base = SecondFactor::Required),
        ("phones and passkeys", |policy| {
            policy.factors.floor = countersign_server::domain::factor::Assurance::High
        }),
        ("grace", |policy| {
            *policy = Policy { base: SecondFactor::Optional, grace_days: 30, ..policy.clone() };
            policy.rules.push(countersign_server::domain::policy::rule::Rule::new(
                "members",
                countersign_server::domain::policy::rule::Scope::Roles([Role::Member].into()),
                SecondFactor::Required,
            ));
        }),
        ("no grace", |policy| policy.grace_days = 0),
        ("trusted", |policy| policy.networks.trusted = vec!["127.0.0.0/8".parse().unwrap()]),
        ("allowed elsewhere", |policy| policy.networks.allowed = vec!["192.0.2.0/24".parse().unwrap()]),
        ("allowed here", |policy| policy.networks.allowed = vec!["127.0.0.0/8".parse().unwrap()]),
    ]
}
