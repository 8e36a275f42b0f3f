//! Which way imports point: read from the source files, and held.
//!
//! ```text
//! protocol ← domain ← store, push, mail, passkeys, attestation, events ← app ← http ← main
//! protocol ← mobile-core ← demo
//! ```

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What the files under a path must not name.
struct Rule {
    under: &'static str,
    never: &'static [&'static str],
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        under: "server/src/domain",
        never: &[
            "axum",
            "hyper",
            "sqlx",
            "tokio",
            "reqwest",
            "crate::store",
            "crate::app",
            "crate::http",
            "crate::push",
            "crate::mail",
            "crate::passkeys",
            "crate::attestation",
            "crate::events",
            "crate::config",
            "crate::service",
            "crate::web",
        ],
        why: "the rules are pure: no I/O, and nothing that is built on them",
    },
    Rule {
        under: "server/src/http",
        never: &[
            "sqlx",
            "crate::store",
            "crate::push",
            "crate::mail",
            "crate::passkeys",
            "crate::attestation",
            "crate::service",
        ],
        why: "pages and interfaces go through the use cases in app",
    },
    Rule {
        under: "server/src/app",
        never: &["axum", "hyper", "sqlx", "crate::http", "crate::web", "crate::service"],
        why: "a use case knows neither how it was asked nor how rows are kept",
    },
    Rule {
        under: "server/src/store",
        never: &[
            "axum",
            "hyper",
            "reqwest",
            "crate::app",
            "crate::http",
            "crate::push",
            "crate::mail",
            "crate::events",
            "crate::web",
        ],
        why: "the store keeps rows for use cases, and knows none of them",
    },
    Rule {
        under: "server/src/push",
        never: &["axum", "sqlx", "crate::app", "crate::http", "crate::store", "crate::web"],
        why: "a sender sends what it is handed",
    },
    Rule {
        under: "server/src/mail",
        never: &["axum", "sqlx", "crate::app", "crate::config", "crate::http", "crate::push", "crate::store"],
        why: "mail is put into words by web and sent, and knows neither who asked nor where it waited",
    },
    Rule {
        under: "server/src/passkeys",
        never: &["axum", "sqlx", "tokio", "crate::app", "crate::http", "crate::store", "crate::web"],
        why: "a ceremony is checked by what it is handed, and knows neither who asked nor where it waited",
    },
    Rule {
        under: "server/src/attestation",
        never: &[
            "axum",
            "sqlx",
            "tokio",
            "crate::app",
            "crate::config",
            "crate::http",
            "crate::store",
            "crate::web",
        ],
        why: "an attestation is verified by what it is handed, and knows neither tenant nor policy",
    },
    Rule {
        under: "server/src/events",
        never: &["axum", "sqlx", "crate::app", "crate::http", "crate::store", "crate::web"],
        why: "whoever waits is told by those who know of changes",
    },
    Rule {
        under: "server/src/web",
        never: &[
            "axum",
            "sqlx",
            "tokio",
            "crate::app",
            "crate::http",
            "crate::store",
            "crate::push",
            "crate::mail",
        ],
        why: "a page is made of what it is handed",
    },
    Rule {
        under: "protocol/src",
        never: &["tokio", "reqwest", "axum", "sqlx", "std::net", "std::fs", "countersign_server"],
        why: "phone and server both compile it: no I/O",
    },
    Rule {
        under: "mobile-core/src",
        never: &["tokio", "reqwest", "axum", "sqlx", "std::net", "std::fs", "countersign_server"],
        why: "no HTTP client and no runtime: the app hands in its own",
    },
];

/// A crate that only these may name.
const ONLY: &[(&str, &[&str], &str)] = &[
    ("sqlx", &["server/src/store"], "only the store names the database driver"),
    ("rusqlite", &["server/src/store"], "only the store names the database driver"),
    ("lettre", &["server/src/mail"], "only mail names the SMTP library"),
    ("webauthn_rs", &["server/src/passkeys"], "only passkeys names the WebAuthn library"),
    ("x509_parser", &["server/src/attestation"], "only attestation names the library of certificates"),
    ("serde_cbor_2", &["server/src/attestation"], "only attestation names CBOR"),
    ("axum", &["server/src/http", "server/src/service.rs", "demo/src"], "only http names the web framework"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn sources(at: &Path, found: &mut Vec<PathBuf>) {
    if at.is_file() {
        found.push(at.to_owned());
        return;
    }
    for entry in std::fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() || path.extension().is_some_and(|extension| extension == "rs") {
            sources(&path, found);
        }
    }
}

/// A file's code without comments and without its tests, which may reach further.
pub(crate) fn code(path: &Path) -> String {
    if path.ends_with("tests.rs") || path.ends_with("testing.rs") || path.iter().any(|part| part == "tests") {
        return String::new();
    }
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// What a file's code names: each path, from its first part on. `use a::{b, c::d}` names `a::b` and
/// `a::c::d`; `super` is spelt out as the module that it is.
fn names(path: &Path) -> BTreeSet<String> {
    let text = code(path);
    let mut names = BTreeSet::new();
    for statement in text.split("use ").skip(1).filter_map(|rest| rest.split(';').next()) {
        let flat: String = statement.chars().filter(|c| !c.is_whitespace()).collect();
        expand("", &flat, &mut names);
    }
    // Paths that stand in the code without a `use`.
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
        if word.contains("::") {
            names.insert(word.trim_start_matches(':').to_owned());
        }
    }
    names.into_iter().map(|name| spelt_out(&name, path)).collect()
}

fn expand(prefix: &str, tree: &str, names: &mut BTreeSet<String>) {
    let mut depth = 0_u32;
    let parts = tree.split(|c: char| {
        depth = if c == '{' {
            depth + 1
        } else if c == '}' {
            depth.saturating_sub(1)
        } else {
            depth
        };
        c == ',' && depth == 0
    });
    for part in parts.filter(|part| !part.is_empty()) {
        match part.split_once('{') {
            Some((head, rest)) => {
                expand(&format!("{prefix}{head}"), rest.strip_suffix('}').unwrap_or(rest), names)
            }
            None => {
                names.insert(format!("{prefix}{part}"));
            }
        }
    }
}

/// `super::store::x` in `server/src/app/decide.rs` is `crate::app::store::x`.
fn spelt_out(name: &str, path: &Path) -> String {
    let Some(mut rest) = name.strip_prefix("super::") else { return name.to_owned() };
    let relative = path.strip_prefix(root()).unwrap();
    let mut module: Vec<String> =
        relative.iter().skip_while(|part| *part != "src").skip(1).map(part).collect();
    let file = module.pop().unwrap_or_default();
    let above_is_file = !["mod.rs", "lib.rs", "main.rs"].contains(&file.as_str());
    // `super` of a plain file is its folder; of a mod.rs, the folder above.
    if !above_is_file {
        module.pop();
    }
    while let Some(further) = rest.strip_prefix("super::") {
        module.pop();
        rest = further;
    }
    format!("crate::{}{}{rest}", module.join("::"), if module.is_empty() { "" } else { "::" })
}

fn part(part: &std::ffi::OsStr) -> String {
    part.to_string_lossy().into_owned()
}

fn is_under(name: &str, wanted: &str) -> bool {
    name.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

pub(crate) fn files_under(under: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    sources(&root().join(under), &mut found);
    assert!(!found.is_empty(), "{under} is gone: is the rule about it still right?");
    found
}

#[test]
fn imports_point_one_way() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for file in files_under(rule.under) {
            for name in names(&file) {
                if let Some(never) = rule.never.iter().find(|never| is_under(&name, never)) {
                    let file = file.strip_prefix(root()).unwrap().display().to_string();
                    wrong.push(format!(
                        "{file} names {name}: {} must not name {never}, for {}",
                        rule.under, rule.why
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn each_large_library_is_named_in_one_place() {
    let mut wrong = Vec::new();
    for (library, allowed, why) in ONLY {
        for file in
            ["server/src", "protocol/src", "mobile-core/src", "demo/src"].into_iter().flat_map(files_under)
        {
            let relative = file.strip_prefix(root()).unwrap();
            let may = allowed.iter().any(|allowed| relative.starts_with(allowed));
            for name in names(&file).into_iter().filter(|name| !may && is_under(name, library)) {
                wrong.push(format!("{} names {name}: {why}", relative.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_reads_them() {
    let mut found = BTreeSet::new();
    expand("", "crate::{store::{self,Db},app::App},axum::Router", &mut found);
    let expected = ["axum::Router", "crate::app::App", "crate::store::Db", "crate::store::self"];
    assert_eq!(found, expected.map(str::to_owned).into());
    let file = root().join("server/src/app/decide.rs");
    assert_eq!(spelt_out("super::calls::x", &file), "crate::app::calls::x");
    assert_eq!(spelt_out("super::super::store::x", &file), "crate::store::x");
    assert_eq!(spelt_out("super::store", &root().join("server/src/http/mod.rs")), "crate::store");
    assert!(names(&file).contains("crate::store::audit::AuditLine"), "{:?}", names(&file));
}
