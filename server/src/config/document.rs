//! The settings as text: the file that a new server starts with, and the defaults.

use std::fmt::Write;

use super::catalogue::{CATALOGUE, Entry};
use super::environment::variable_of;

const HEAD: &str = "\
# The settings of this Countersign server.
#
# Each setting is shown with its default. To change one, remove the \"# \" before it.
# An environment variable wins over this file: COUNTERSIGN_ + section + __ + name.
# A relative path is relative to the folder of this file.
";

/// The settings file with every setting explained, and none changed from its default.
#[must_use]
pub fn documented_file() -> String {
    let mut out = HEAD.to_owned();
    for section in CATALOGUE {
        out.push('\n');
        comment(&mut out, section.words);
        push(&mut out, format_args!("[{}]\n", section.name));
        for entry in section.entries {
            out.push('\n');
            comment(&mut out, entry.words);
            if let Some((least, most)) = entry.range {
                push(&mut out, format_args!("# From {least} to {most}.\n"));
            }
            push(&mut out, format_args!("# ({})\n", variable_of(entry.name)));
            push(&mut out, format_args!("# {}\n", assignment(entry)));
        }
    }
    out
}

/// The defaults as TOML.
pub(super) fn defaults() -> String {
    let mut out = String::new();
    for section in CATALOGUE {
        push(&mut out, format_args!("[{}]\n", section.name));
        for entry in section.entries {
            push(&mut out, format_args!("{}\n", assignment(entry)));
        }
    }
    out
}

/// The line that gives a setting its default.
pub(super) fn assignment(entry: &Entry) -> String {
    format!("{} = {}", entry.key, entry.default)
}

fn comment(out: &mut String, words: &[&str]) {
    for line in words {
        push(out, format_args!("#{line}\n"));
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = out.write_fmt(text);
}
