//! Two tenants of one server: nobody of the one sees or changes anything of the other, at any address.

use std::collections::{BTreeMap, BTreeSet};

use countersign_demo::browser::{Browser, Page};
use countersign_mobile_core::ports::KeyPurpose;
use countersign_protocol::api::DecisionBody;
use countersign_protocol::approval::Decision;
use countersign_protocol::call::SCHEME;
use countersign_protocol::ids::TenantId;
use countersign_protocol::pairing::PairingLink;
use countersign_server::app::admin::UserWish;
use countersign_server::app::{Confirmed, ResetAsked};
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use countersign_server::domain::job::JobState;
use countersign_server::domain::tenant::Origin;
use countersign_server::domain::user::Role;
use countersign_server::store::StoreError;
use countersign_tests::jobs::by;
use countersign_tests::ways::copy_of;
use countersign_tests::{EMAIL, On, PASSWORD, Phone, World, until};
use reqwest::{Client, Method};

use crate::doors::{Full, full};
use crate::routes;

stories!(
    a_super_administrator_of_another_tenant_finds_nothing_at_any_address,
    a_phone_of_another_tenant_finds_nothing_at_any_address,
    a_session_of_another_tenant_is_worth_nothing,
);

/// What is only to be seen in the first tenant.
const ONLY_THERE: &str = "Only There";
const ROOT: &str = "root@other.example.com";

/// Streams take no id and never end; phones are sent to theirs in a story of their own; to sign out would end the walk.
fn is_walked(address: &str) -> bool {
    let left_out = ["/logout", "/healthz", "/readyz", "/assets/{name}"];
    !left_out.contains(&address) && !address.ends_with("/events") && !address.starts_with("/device/")
}

/// The only column of each row, a text.
async fn read(world: &World, sql: String) -> Vec<String> {
    let sql: &'static str = sql.leak();
    let rows: Vec<(String,)> =
        world.app.db().read(move |tx| Box::pin(tx.query(sql).fetch_all())).await.unwrap();
    rows.into_iter().map(|(text,)| text).collect()
}

async fn is_sqlite(world: &World) -> bool {
    world.app.db().read(|tx| Box::pin(async move { Ok::<_, StoreError>(tx.is_sqlite()) })).await.unwrap()
}

/// The tables that have rows of tenants, with their columns.
async fn tables(world: &World) -> Vec<(String, Vec<String>)> {
    let sql = if is_sqlite(world).await {
        "SELECT m.name || ' ' || c.name FROM sqlite_master m, pragma_table_info(m.name) c \
         WHERE m.type = 'table' ORDER BY m.name, c.cid"
    } else {
        "SELECT table_name || ' ' || column_name FROM information_schema.columns \
         WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
    };
    let mut tables: Vec<(String, Vec<String>)> = Vec::new();
    for line in read(world, sql.to_owned()).await {
        let (table, column) = line.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        match tables.last_mut() {
            Some((last, columns)) if *last == table => columns.push(column),
            _ => tables.push((table, vec![column])),
        }
    }
    tables.retain(|(_, columns)| columns.iter().any(|column| column == "tenant_id"));
    assert!(tables.len() > 15, "{tables:?}");
    tables
}

/// All rows of a tenant, as text.
async fn rows_of(world: &World, tenant: TenantId) -> String {
    let (sqlite, mut all) = (is_sqlite(world).await, String::new());
    let tenant = if sqlite { format!("x'{}'", tenant.0.simple()) } else { format!("'{}'", tenant.0) };
    for (table, columns) in tables(world).await {
        let row = if sqlite {
            columns.iter().map(|column| format!("quote({column})")).collect::<Vec<_>>().join("||','||")
        } else {
            format!("CAST({table}.* AS TEXT)")
        };
        let sql = format!("SELECT {row} AS one FROM {table} WHERE tenant_id = {tenant} ORDER BY 1");
        for row in read(world, sql).await {
            all.push_str(&format!("{table}: {row}\n"));
        }
    }
    all
}

/// What is another tenant's stays as it is.
fn nothing_changed(before: &str, after: &str) {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let changed: Vec<_> = lines(before).symmetric_difference(&lines(after)).cloned().collect();
    assert!(changed.is_empty(), "{changed:#?}");
}

/// Two ids of each table that has some, of a tenant.
async fn ids_of(world: &World, tenant: TenantId) -> BTreeMap<String, Vec<String>> {
    let sqlite = is_sqlite(world).await;
    let mut ids = BTreeMap::from([("tenants".to_owned(), vec![tenant.to_string()])]);
    let own = if sqlite { format!("x'{}'", tenant.0.simple()) } else { format!("'{}'", tenant.0) };
    for (table, columns) in tables(world).await {
        if columns[0] != "id" {
            continue;
        }
        let id = if sqlite { "lower(hex(id))" } else { "CAST(id AS TEXT)" };
        let sql = format!("SELECT {id} FROM {table} WHERE tenant_id = {own} ORDER BY id LIMIT 2");
        let found = read(world, sql).await;
        let found = found.iter().map(|id| uuid::Uuid::parse_str(id).unwrap().to_string()).collect();
        ids.insert(table, found);
    }
    for table in ["users", "logins", "devices", "jobs", "reset_requests", "recoveries", "pairings"] {
        assert!(!ids[table].is_empty(), "{table} has nothing to look for");
    }
    ids
}

/// The other tenant, at another name of the same server, with a super administrator who is signed in.
async fn other_tenant(world: &World) -> (TenantId, Browser) {
    let origin = world.origin.replace("localhost", "127.0.0.1");
    assert_ne!(origin, world.origin);
    let tenant = world.add_tenant(&origin).await;
    let wish = UserWish::new(ROOT, "Root", Role::SuperAdministrator, PASSWORD.to_owned().into());
    let known = world.app.tenant_now(tenant).await.unwrap();
    world.app.add_user(&By::CommandLine, &known, wish).await.unwrap();
    world.cheapen_passwords().await;
    let browser = Browser::new(&origin).unwrap();
    sign_in(&browser).await;
    (tenant, browser)
}

async fn sign_in(browser: &Browser) {
    assert_eq!(browser.sign_in(ROOT, PASSWORD).await.unwrap().location.as_deref(), Some("/"));
}

/// Something of everything in the first tenant: logins that wait and one that was completed, a session, a trusted
/// browser; a job, a reset, a recovery and a pairing that wait.
async fn with_everything(on: On) -> Full {
    let full = full(on).await;
    let (world, at) = (&full.world, full.world.at().await);
    let grace = by(world.add_administrator("grace@example.com").await, Role::Administrator);
    world.cheapen_passwords().await;
    world.change("UPDATE users SET name = 'Only There'").await;
    let own = world.browser();
    world.begin(&own).await;
    full.phone.approve(None).await.unwrap();
    world.complete(&own).await;
    let lost = world.browser();
    world.begin(&lost).await;
    let question = lost.get("/login/recover").await.unwrap();
    lost.submit(&question, "/login/recover", &[]).await.unwrap();
    world.begin(&world.browser()).await;
    world.job_for_later(Action::Disable).await;
    assert_eq!(world.app.ask_reset(&at, &grace, world.user).await.unwrap(), ResetAsked::Asked);
    world.app.offer_pairing(&at, world.user).await.unwrap();
    // What happens by itself has happened.
    crate::mail::none_waits(world).await;
    world.app.chain_audit().await.unwrap();
    full
}

/// What is typed at an address, beside ids: so much that whom it is about is looked for.
fn forms(address: &str) -> Vec<Vec<(&'static str, &'static str)>> {
    let each = |actions: &[&'static str]| actions.iter().map(|action| vec![("action", *action)]).collect();
    match address {
        "/admin/users/act" => vec![vec![("action", "disable"), ("whom", "these"), ("sure", "yes")]],
        "/admin/users/{id}/act" => each(&["disable", "reset", "unlock", "end-sessions"]),
        "/admin/users/{id}/reset" => each(&["carry-out", "refuse"]),
        "/admin/users/{id}/change" => vec![vec![("name", "Eve"), ("role", "member")]],
        "/admin/users/{id}/password" => vec![vec![("password", "a new password")]],
        _ => vec![Vec::new()],
    }
}

/// Goes to an address, and sends its form there, with an id and the waiting reset wherever one is named.
async fn visit(root: &Browser, address: &str, id: &str, form: &[(&str, &str)], reset: &str) -> [Page; 2] {
    let path = with_id(address, id);
    let on = root.get("/account/security").await.unwrap();
    if on.status != 200 {
        sign_in(root).await;
    }
    let mut fields = Vec::from(["id", "user", "login", "device", "job", "which"].map(|name| (name, id)));
    fields.push(("request", reset));
    fields.extend_from_slice(form);
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let shown = root.get(&format!("{path}?{query}")).await.unwrap();
    [shown, root.submit(&on, &path, &fields).await.unwrap()]
}

async fn a_super_administrator_of_another_tenant_finds_nothing_at_any_address(on: On) {
    let full = with_everything(on).await;
    let (world, there) = (&full.world, full.world.tenant);
    let (here, root) = other_tenant(world).await;
    let (before, ids) = (rows_of(world, there).await, ids_of(world, there).await);
    assert!(before.contains(ONLY_THERE), "{before}");
    let reset = &ids["reset_requests"][0];
    let mut walked = 0;
    for address in routes::all().iter().filter(|address| is_walked(address)) {
        for id in ids.values().flatten() {
            for form in forms(address) {
                let answers = visit(&root, address, id, &form, reset).await;
                // Not even “refused”: there is no such user.
                assert!(!is_of_a_user(address) || answers[1].status == 404, "{address} {form:?}");
                for answer in answers {
                    assert!(!answer.body.contains(ONLY_THERE), "{address} shows what is another tenant's");
                    assert!(answer.status < 500, "{address}: {}", answer.status);
                    walked += 1;
                }
            }
            if !address.contains('{') && !takes_ids(address) {
                break;
            }
        }
    }
    assert!(walked > 1000, "{walked}");
    until("nothing is under way", || async { waiting_jobs(world, here).await == 0 }).await;
    nothing_changed(&before, &rows_of(world, there).await);

    // What was sent is all that it takes: with a user of one's own, each of these finds whom it is about.
    let own = world.app.find_user(here, EMAIL).await.unwrap().unwrap().id.to_string();
    for address in ["act", "reset", "change", "password"].map(|form| format!("/admin/users/{{id}}/{form}")) {
        assert!(is_of_a_user(&address) && routes::all().contains(&address), "{address}");
        for form in forms(&address) {
            let [_, sent] = visit(&root, &address, &own, &form, reset).await;
            assert_eq!(sent.status, 303, "{address} {form:?}: {}", sent.body);
        }
    }
    let [_, sent] = visit(&root, "/admin/users/act", &own, &forms("/admin/users/act")[0], reset).await;
    assert!(sent.location.is_some_and(|to| to.starts_with("/admin/jobs/")), "{}", sent.body);
}

fn is_of_a_user(address: &str) -> bool {
    address.starts_with("/admin/users/{id}/")
}

async fn waiting_jobs(world: &World, tenant: TenantId) -> usize {
    let jobs = world.app.latest_jobs(tenant).await.unwrap();
    jobs.iter().filter(|job| job.state == JobState::Waiting).count()
}

/// A phone that is paired with a user of the other tenant.
async fn phone_of(world: &World, origin: &str, tenant: TenantId) -> Phone {
    let app = &world.app;
    let at = app.tenant(Origin::parse(origin).unwrap().authority()).await.unwrap().unwrap();
    let user = app.find_user(tenant, EMAIL).await.unwrap().unwrap().id;
    let phone = world.phone("Their phone");
    let link = app.offer_pairing(&at, user).await.unwrap();
    let started = phone.core.pair(link.to_string(), None).await.unwrap();
    let confirmed = app.confirm_newest_pairing(&at, user, &started.code).await.unwrap();
    assert!(matches!(confirmed, Confirmed::Active(_)), "{confirmed:?}");
    phone.core.refresh_account(started.account.id).await.unwrap();
    phone
}

async fn a_phone_of_another_tenant_finds_nothing_at_any_address(on: On) {
    let full = with_everything(on).await;
    let (world, there) = (&full.world, full.world.tenant);
    let (here, root) = other_tenant(world).await;
    let origin = world.origin.replace("localhost", "127.0.0.1");
    let phone = phone_of(world, &origin, here).await;
    let pending = full.phone.requests().await.remove(0);
    let link = world.app.offer_pairing(&*world.at().await, world.user).await.unwrap();
    world.app.chain_audit().await.unwrap();
    let (before, ids) = (rows_of(world, there).await, ids_of(world, there).await);
    let forged = phone.decision(&pending.signed, Decision::Approve).await;
    let decision = phone.sign(KeyPurpose::Approval, &forged).await;
    let body = serde_json::to_vec(&DecisionBody { decision }).unwrap();
    let mut walked = 0;
    for address in routes::all().iter().filter(|address| is_of_phones(address)) {
        for id in ids.values().flatten().chain([&pending.login.to_string()]) {
            for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
                let path = with_id(address, id);
                let sent = if method == Method::GET { &[][..] } else { &body };
                let call = phone.call(method.as_str(), &path, sent).await;
                let statement = phone.sign(KeyPurpose::Device, &call).await;
                let request = Client::builder().no_proxy().build().unwrap();
                let request = request.request(method, format!("{origin}{path}")).body(sent.to_vec());
                let answer = request.header("authorization", format!("{SCHEME}{statement}")).send().await;
                let status = answer.unwrap().status().as_u16();
                assert!((400..500).contains(&status), "{path}: {status}");
                walked += 1;
            }
        }
    }
    assert!(walked > 100, "{walked}");
    // The first tenant's pairing, claimed at the second's address by whoever knows its secret.
    let stolen = PairingLink { origin: origin.clone(), ..link };
    assert!(world.phone("A thief’s phone").core.pair(stolen.to_string(), None).await.is_err());
    assert!(phone.requests().await.is_empty());
    nothing_changed(&before, &rows_of(world, there).await);
    assert_eq!(root.get("/").await.unwrap().status, 200);
}

/// What phones are sent to with an id.
fn is_of_phones(address: &str) -> bool {
    address.starts_with("/device/") && address.contains('{')
}

fn with_id(address: &str, id: &str) -> String {
    let mut parts = address.split('{');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |path, rest| path + id + rest.split_once('}').unwrap().1)
}

/// Addresses under which forms name something by its id.
fn takes_ids(address: &str) -> bool {
    address.starts_with("/account/") || address.starts_with("/admin/")
}

async fn a_session_of_another_tenant_is_worth_nothing(on: On) {
    let full = full(on).await;
    let own = full.world.browser();
    full.world.begin(&own).await;
    full.phone.approve(None).await.unwrap();
    full.world.complete(&own).await;
    assert_eq!(own.get("/").await.unwrap().status, 200);
    let (_, root) = other_tenant(&full.world).await;
    own.cookies().iter().for_each(|(name, value)| root.set_cookie(name, value));
    assert_eq!(root.get("/").await.unwrap().location.as_deref(), Some("/login"));
    let waiting = full.world.browser();
    full.world.begin(&waiting).await;
    full.phone.approve(None).await.unwrap();
    waiting.cookies().iter().for_each(|(name, value)| root.set_cookie(name, value));
    let code = root.get("/login/code").await.unwrap();
    assert!(code.body.contains("Nothing to approve"), "{}", code.body);
    let completed = full.world.complete(&copy_of(&full.world, &waiting)).await;
    assert_eq!(completed.location.as_deref(), Some("/"), "where it began, it goes on");
    let origin = Origin::parse(&full.world.origin).unwrap();
    assert!(origin.authority().starts_with("localhost"));
}
