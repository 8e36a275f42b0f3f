//! The catalogues against each other, and against the pages that use them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::Lang;

/// What the files under a folder of this crate say, folder by folder.
fn sources(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let named = |name: &str| path.file_name().is_some_and(|found| found == name);
            if path.is_dir() && !named("tests") {
                folders.push(path);
            } else if path.is_file() && !named("tests.rs") {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

/// Key to the variables its text uses, of all catalogues of one language.
fn catalogue(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut entries: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    let files = sources(&format!("web/locales/{}", lang.code()));
    for line in files.iter().flat_map(|file| file.lines()).filter(|line| !line.starts_with('#')) {
        if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with([' ', '\t'])) {
            current = key.to_owned();
            assert!(entries.insert(current.clone(), BTreeSet::new()).is_none(), "{key} twice in {lang:?}");
        }
        for variable in line.split('$').skip(1) {
            let name = variable.chars().take_while(char::is_ascii_alphanumeric).collect();
            entries.get_mut(&current).unwrap().insert(name);
        }
    }
    entries
}

/// All words between quotes in templates and in this module's code.
fn quoted_words() -> BTreeSet<String> {
    let files = ["web/templates", "src/web"].into_iter().flat_map(sources);
    files.flat_map(|source| source.split('"').map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn the_catalogues_agree() {
    let (english, japanese) = (catalogue(Lang::En), catalogue(Lang::Ja));
    assert!(english.len() > 80, "the catalogue was not read");
    assert_eq!(english, japanese);
}

#[test]
fn every_key_in_use_exists_and_every_key_is_used() {
    let keys: BTreeSet<String> = catalogue(Lang::En).into_keys().collect();
    let words = quoted_words();
    let unused: Vec<_> = keys.difference(&words).collect();
    assert!(unused.is_empty(), "no page uses {unused:?}");
    for key in keys_in_templates() {
        assert!(keys.contains(&key), "no text for {key}");
    }
}

/// The keys that templates name themselves.
fn keys_in_templates() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for source in sources("web/templates") {
        for call in ["page.t(\"", "page.t_with(\""] {
            keys.extend(
                source.split(call).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned),
            );
        }
    }
    assert!(keys.len() > 20, "the templates were not read");
    keys
}
