//! Tenants are apart: every function of the store is told which one it is for, read from the sources, and held.

use std::collections::BTreeSet;

use crate::architecture::{code, files_under};

/// Functions of the store that take no tenant, and why they do not.
const WITHOUT_TENANT: &[(&str, &[&str], &str)] = &[
    ("audit_chain.rs", &["tenants_with_loose"], "a worker's: finds the tenants that it goes on with"),
    ("authenticators.rs", &["forget_offers"], "a worker's: of all tenants, by time alone"),
    ("calls.rs", &["use_up"], "ids of calls are random, and used up once, whoever made them"),
    ("devices.rs", &["of_any_tenant"], "the command line's: stands above tenants"),
    ("jobs.rs", &["due"], "a worker's: finds what is due in all tenants"),
    ("mails.rs", &["due", "forget_expired"], "a worker's: of all tenants, by time alone"),
    ("mails.rs", &["lease", "put_off", "remove"], "a worker's: of the mail that it found"),
    ("reset_requests.rs", &["lapsed"], "a worker's: finds what lapsed in all tenants"),
    ("sealed.rs", &["sealed_otherwise", "replace"], "the rotation of master keys goes through all tenants"),
    ("server_keys.rs", &["get_or_add", "all", "replace"], "keys of the server's own"),
    ("sweep.rs", &["lapsed", "forget"], "a worker's: of all tenants, by time alone"),
    ("tenants.rs", &["by_authority", "all"], "finds tenants"),
    ("wakes.rs", &["due"], "a worker's: finds what is due in all tenants"),
    ("wakes.rs", &["put_off", "remove"], "a worker's: of the wake that it found"),
];

/// Names and parameters of the public functions of a source that take a transaction.
fn functions_of_store(source: &str) -> Vec<(&str, &str)> {
    let all = source.split("pub async fn ").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once('(')?;
        let mut depth = 1;
        let end = rest.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        Some((name.split('<').next()?, &rest[..end?]))
    });
    all.filter(|(_, parameters)| parameters.contains("Tx<")).collect()
}

/// The types of the server that say which tenant they belong to.
fn types_with_tenant() -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    for text in files_under("server/src").iter().map(|file| code(file)) {
        for found in text.split("struct ").skip(1) {
            let Some((name, body)) = found.split_once('{') else { continue };
            let body = body.split('}').next().unwrap();
            if body.contains("TenantId") || body.contains(": Tenant,") {
                types.insert(name.split('<').next().unwrap().trim().to_owned());
            }
        }
    }
    types
}

#[test]
fn every_function_of_the_store_is_told_the_tenant() {
    let types = types_with_tenant();
    assert!(types.contains("AuditLine") && !types.contains("Factor"), "{types:?}");
    let (mut seen, mut wrong) = (0, Vec::new());
    for file in files_under("server/src/store") {
        let (text, here) = (code(&file), file.file_name().unwrap().to_string_lossy().into_owned());
        for (name, parameters) in functions_of_store(&text) {
            seen += 1;
            let mut words = parameters.split(|c: char| !c.is_alphanumeric());
            let told = words.any(|word| word == "TenantId" || types.contains(word));
            let listed = WITHOUT_TENANT.iter().any(|(file, names, _)| *file == here && names.contains(&name));
            match (told, listed) {
                (false, false) => {
                    wrong.push(format!("{here}: {name} takes no tenant, so it may reach into another"))
                }
                (true, true) => {
                    wrong.push(format!("{here}: {name} takes a tenant, and is listed as taking none"))
                }
                (true, false) | (false, true) => {}
            }
        }
    }
    assert!(seen > 150, "{seen}: the sources were not read");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_function_of_the_store_without_a_tenant_is_found() {
    let source = "pub async fn one<T>(tx: &mut Tx<'_>, id: Uuid) -> Result<(), StoreError> {} \
                  pub async fn two(\n    db: &Db,\n) -> Result<(), StoreError> {}";
    assert_eq!(functions_of_store(source), [("one", "tx: &mut Tx<'_>, id: Uuid")]);
}
