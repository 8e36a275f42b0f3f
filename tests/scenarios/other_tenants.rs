//! Two tenants of one server: nobody of the one sees or changes anything of the other, at any address.

use std::collections::BTreeSet;
use std::path::Path;

use countersign_demo::browser::Browser;
use countersign_protocol::ids::TenantId;
use countersign_server::app::admin::UserWish;
use countersign_server::domain::actor::By;
use countersign_server::domain::tenant::Origin;
use countersign_server::domain::user::Role;
use countersign_server::store::StoreError;
use countersign_tests::ways::copy_of;
use countersign_tests::{On, PASSWORD, World};

use crate::doors::full;

stories!(
    a_super_administrator_of_another_tenant_finds_nothing_at_any_address,
    a_session_of_another_tenant_is_worth_nothing,
);

/// What is only to be seen in the first tenant.
const ONLY_THERE: &str = "Only There";
const ROOT: &str = "root@other.example.com";

/// Every address of pages, with `{…}` where it takes an id.
fn addresses() -> BTreeSet<String> {
    fn in_folder(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                in_folder(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source: String = std::fs::read_to_string(path).unwrap().split_whitespace().collect();
                let routes = source.split(".route(\"").skip(1);
                found.extend(routes.map(|rest| rest.split('"').next().unwrap().to_owned()));
            }
        }
    }
    let mut found = BTreeSet::new();
    in_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src/http"), &mut found);
    assert!(found.len() > 40, "{found:?}");
    found
}

/// Streams take no id and never end; phones have calls of their own; to sign out would end the walk.
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

/// An id of each table that has some, of a tenant.
async fn ids_of(world: &World, tenant: TenantId) -> Vec<String> {
    let (sqlite, mut ids) = (is_sqlite(world).await, vec![tenant.to_string()]);
    let own = if sqlite { format!("x'{}'", tenant.0.simple()) } else { format!("'{}'", tenant.0) };
    for (table, columns) in tables(world).await {
        if columns[0] != "id" {
            continue;
        }
        let id = if sqlite { "lower(hex(id))" } else { "CAST(id AS TEXT)" };
        let sql = format!("SELECT {id} FROM {table} WHERE tenant_id = {own} ORDER BY id LIMIT 2");
        let found = read(world, sql).await;
        ids.extend(found.iter().map(|id| uuid::Uuid::parse_str(id).unwrap().to_string()));
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

async fn a_super_administrator_of_another_tenant_finds_nothing_at_any_address(on: On) {
    let full = full(on).await;
    let world = &full.world;
    world.change("UPDATE users SET name = 'Only There'").await;
    // Something of everything: a login that waits and one that was completed, a session, a trusted browser.
    let own = world.browser();
    world.begin(&own).await;
    full.phone.approve(None).await.unwrap();
    world.complete(&own).await;
    world.begin(&world.browser()).await;
    // What happens by itself has happened.
    crate::mail::none_waits(world).await;
    world.app.chain_audit().await.unwrap();
    let there = world.tenant;
    let (_, root) = other_tenant(world).await;
    let (before, ids) = (rows_of(world, there).await, ids_of(world, there).await);
    assert!(ids.len() > 10 && before.contains(ONLY_THERE), "{ids:?}\n{before}");
    let mut walked = 0;
    for address in addresses().iter().filter(|address| is_walked(address)) {
        for id in &ids {
            let path = with_id(address, id);
            let form = root.get("/account/security").await.unwrap();
            if form.status != 200 {
                sign_in(&root).await;
            }
            let fields = ["id", "user", "login", "device", "job", "which"].map(|name| (name, id.as_str()));
            let answers = [root.get(&path).await.unwrap(), root.submit(&form, &path, &fields).await.unwrap()];
            for answer in answers {
                assert!(!answer.body.contains(ONLY_THERE), "{path} shows what is another tenant's");
                assert!(answer.status < 500, "{path}: {}", answer.status);
                walked += 1;
            }
            if !address.contains('{') && !takes_ids(address) {
                break;
            }
        }
    }
    assert!(walked > 200, "{walked}");
    assert_eq!(rows_of(world, there).await, before, "what is another tenant's was changed");
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
