//! The addresses that the server answers at, read from its sources.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every address, with `{…}` where it takes an id.
///
/// # Panics
/// When one is made in a way that is not understood here: a new way would leave addresses out of what walks them all.
pub(crate) fn all() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    in_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src/http"), &mut found);
    assert!(found.len() > 60, "{found:?}");
    found
}

fn in_folder(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            in_folder(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = code(&path);
            for other in [".nest(", ".nest_service(", ".route_service("] {
                assert!(!source.contains(other), "{}: {other} is not understood", path.display());
            }
            let routes = source.split(".route(").skip(1).map(|rest| rest.split(',').next().unwrap());
            found.extend(routes.map(|first| address(first, &path)));
        }
    }
}

/// The code of a file, without comments and spaces.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(str::split_whitespace).collect()
}

/// The address that is the first argument of `.route(`: a text, or a constant of its file or of one beside it.
fn address(argument: &str, path: &Path) -> String {
    if let Some(text) = argument.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return text.to_owned();
    }
    let (file, name) = match argument.split_once("::") {
        Some((module, name)) => (path.with_file_name(format!("{module}.rs")), name),
        None => (PathBuf::from(path), argument),
    };
    let source = code(&file);
    let said = source.split(&format!("const{name}:&str=\"")).nth(1);
    let said = said.unwrap_or_else(|| panic!("{}: .route({argument} is not understood", path.display()));
    said.split('"').next().unwrap().to_owned()
}

#[test]
fn addresses_by_constants_are_read_too() {
    let all = all();
    for one in ["/admin/users/act", "/admin/users/add", "/admin/users/import", "/admin/settings", "/login"] {
        assert!(all.contains(one), "{one}: {all:?}");
    }
    assert!(all.contains("/device/v1/requests/{id}/decision"));
    assert!(all.iter().all(|address| address.starts_with('/')), "{all:?}");
}
