//! Users as a table that spreadsheets read and write: CSV (RFC 4180), in UTF-8.
//!
//! A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV Injection"), which is
//! taken away again when the table comes back.

use countersign_protocol::time::Timestamp;
use csv::{ReaderBuilder, StringRecord, Trim, WriterBuilder};
use secrecy::SecretString;

use crate::domain::factor::Factor;
use crate::domain::policy::asked::Asked;
use crate::domain::user::Role;
use crate::store::directory::Listed;

/// The columns of an export.
pub const COLUMNS: [&str; 9] =
    ["email", "name", "role", "type", "language", "disabled", "second_factor", "holds", "last_sign_in"];
/// The columns that an import goes by. Of the others, those of an export are passed over.
const IMPORTED: [&str; 6] = ["email", "name", "type", "role", "language", "password"];

/// Why a table cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// No line with names of columns, or none for e-mail addresses.
    #[error("the first line names the columns; “email” must be one of them")]
    NoEmailColumn,
    /// A column that nothing is known of.
    #[error("there is no column “{0}”: the columns are email, name, type, role, language and password")]
    UnknownColumn(String),
    /// A column twice.
    #[error("the column “{0}” stands there twice")]
    ColumnTwice(String),
    /// More lines than are taken at once.
    #[error("there are more than {0} lines: split the file, and import its parts one after the other")]
    TooManyLines(usize),
}

/// A line as it was written. What its table has no column for is none.
pub struct Written {
    /// Its number in the file, from 1 on: the line with the columns has the first.
    pub line: u64,
    /// The e-mail address.
    pub email: String,
    /// What the person is called.
    pub name: Option<String>,
    /// The type; empty for none.
    pub user_type: Option<String>,
    /// The role; empty for what it is.
    pub role: Option<String>,
    /// The language of a new user; empty for none.
    pub language: Option<String>,
    /// A password, for a new user; empty for none.
    pub password: Option<SecretString>,
}

/// A line, or the number of one that cannot be read: it has more or fewer cells than there are columns.
pub type Line = Result<Written, u64>;

/// Reads a table of `at_most` so many lines, the one with the columns not counted.
///
/// # Errors
/// [`TableError`], whose text says what to do.
pub fn read(text: &str, at_most: usize) -> Result<Vec<Line>, TableError> {
    // With the other ends of lines, their numbers would be one behind.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    // What Excel writes where a comma is part of numbers.
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') && !first.contains(',') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new()
        .trim(Trim::All)
        .flexible(true)
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = records.next().and_then(Result::ok).ok_or(TableError::NoEmailColumn)?;
    let places = places(&header)?;
    let read = |record: Result<StringRecord, csv::Error>| match record {
        Ok(record) if record.len() == header.len() => Ok(places.line(&record)),
        Ok(record) => Err(record.position().map_or(0, csv::Position::line)),
        Err(error) => Err(error.position().map_or(0, csv::Position::line)),
    };
    let lines: Vec<_> = records.by_ref().take(at_most).map(read).collect();
    if records.next().is_some() { Err(TableError::TooManyLines(at_most)) } else { Ok(lines) }
}

/// Where the columns are that an import goes by.
struct Places([Option<usize>; IMPORTED.len()]);

fn places(header: &StringRecord) -> Result<Places, TableError> {
    let mut places = [None; IMPORTED.len()];
    for (at, column) in header.iter().enumerate() {
        let name = column.to_lowercase();
        match IMPORTED.iter().position(|known| *known == name) {
            Some(known) if places[known].is_some() => return Err(TableError::ColumnTwice(name)),
            Some(known) => places[known] = Some(at),
            None if COLUMNS.contains(&name.as_str()) => {}
            None => return Err(TableError::UnknownColumn(column.to_owned())),
        }
    }
    if places[0].is_none() { Err(TableError::NoEmailColumn) } else { Ok(Places(places)) }
}

impl Places {
    fn line(&self, record: &StringRecord) -> Written {
        let [email, name, user_type, role, language, password] =
            self.0.map(|place| place.and_then(|at| record.get(at)));
        let text = |cell: Option<&str>| cell.map(plain);
        Written {
            line: record.position().map_or(0, csv::Position::line),
            email: text(email).unwrap_or_default(),
            name: text(name),
            user_type: text(user_type),
            role: text(role),
            language: text(language).filter(|cell| !cell.is_empty()),
            // As it was typed: a password may begin like a formula.
            password: password.filter(|cell| !cell.is_empty()).map(|cell| cell.to_owned().into()),
        }
    }
}

/// Whether a spreadsheet would take a cell for more than text.
fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// Whether it would be one but for apostrophes in front.
fn is_hidden_formula(cell: &str) -> bool {
    is_formula(cell.trim_start_matches('\''))
}

fn guarded(cell: &str) -> String {
    if is_hidden_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

fn plain(cell: &str) -> String {
    cell.strip_prefix('\'').filter(|_| is_hidden_formula(cell)).unwrap_or(cell).to_owned()
}

/// The line with the columns.
#[must_use]
pub fn header() -> Vec<u8> {
    written(&[COLUMNS.map(str::to_owned)])
}

/// The lines of some users, each with what is asked of them.
#[must_use]
pub fn lines<'a>(users: impl IntoIterator<Item = (&'a Listed, Asked)>) -> Vec<u8> {
    let rows: Vec<_> = users.into_iter().map(|(listed, asked)| row(listed, &asked)).collect();
    written(&rows)
}

fn row(listed: &Listed, asked: &Asked) -> [String; COLUMNS.len()] {
    let user = &listed.user;
    [
        guarded(&user.email),
        guarded(&user.name),
        user.role.as_str().to_owned(),
        guarded(user.user_type.as_deref().unwrap_or_default()),
        user.language.clone().unwrap_or_default(),
        user.disabled.to_string(),
        asked.second_factor.as_str().to_owned(),
        held(listed).join(" "),
        listed.signed_in_at.map(rfc3339).unwrap_or_default(),
    ]
}

/// What a user has set up, as tables and JSON spell it.
#[must_use]
pub fn held(listed: &Listed) -> Vec<&'static str> {
    Factor::ALL.into_iter().filter(|factor| listed.holding.has(*factor)).map(Factor::as_str).collect()
}

/// A time as tables and JSON spell it (RFC 3339, in UTC).
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn written<const N: usize>(rows: &[[String; N]]) -> Vec<u8> {
    let mut writer = WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        // Into memory, with as many cells each: it cannot fail.
        let _always = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}

/// The role that a cell names; what it is if it is empty.
///
/// # Errors
/// If there is no such role.
pub(super) fn role(cell: Option<&str>) -> Result<Option<Role>, ()> {
    match cell {
        None | Some("") => Ok(None),
        Some(text) => Role::parse(&text.to_lowercase()).map(Some).ok_or(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(text: &str) -> Vec<(u64, String, Option<String>)> {
        let lines = read(text, 9).unwrap();
        lines.into_iter().map(|line| line.unwrap()).map(|w| (w.line, w.email, w.name)).collect()
    }

    #[test]
    fn tables_are_read_as_spreadsheets_write_them() {
        let expected = vec![(2, "a@b.example".to_owned(), Some("Ada, \"Countess\"".to_owned()))];
        for text in [
            "email,name\r\na@b.example,\"Ada, \"\"Countess\"\"\"\r\n",
            "\u{feff}Name ; EMAIL\n\"Ada, \"\"Countess\"\"\" ; a@b.example",
            "email,disabled,name,holds\na@b.example,true,\"Ada, \"\"Countess\"\"\",push\n\n",
        ] {
            assert_eq!(cells(text), expected, "{text}");
        }
        assert_eq!(cells("email\n\"x\ny\"\nz")[1].0, 4, "lines are those of the file");
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let error = |text| read(text, 9).err().unwrap();
        for text in ["", "name,type\nAda,staff"] {
            assert_eq!(error(text), TableError::NoEmailColumn);
        }
        assert_eq!(error("email,colour\n"), TableError::UnknownColumn("colour".into()));
        assert_eq!(error("email,name,Name\n"), TableError::ColumnTwice("name".into()));
        let lines = read("email,name\na@b.example\nc@d.example,C\n", 2).unwrap();
        assert!(matches!(lines[0], Err(2)) && lines[1].is_ok());
        // Whatever ends them: lines are what would be taken in.
        for text in ["email\na\nb\nc", "email\ra\rb\rc\r", "email\r\n\"a\n\"\r\nb\r\nc"] {
            assert_eq!(read(text, 2).err(), Some(TableError::TooManyLines(2)), "{text:?}");
            assert_eq!(read(text, 3).unwrap().len(), 3, "{text:?}");
        }
    }

    #[test]
    fn a_formula_is_text_again() {
        for cell in ["=1+1", "+cmd", "-1", "@x", "＝HYPERLINK()", "'=1"] {
            assert!(guarded(cell).starts_with('\''), "{cell}");
        }
        for cell in ["Ada", "'quoted'", "a=b", ""] {
            assert_eq!(guarded(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn a_cell_comes_back_as_it_was(cell in "[-=+@'＝a ,\"\n]{0,6}") {
            prop_assert_eq!(plain(&guarded(&cell)), cell);
        }

        #[test]
        fn no_text_is_too_odd_to_be_read(text in "\\PC{0,80}", more in "[email,\n\"';]{0,40}") {
            let _whatever = (read(&text, 99).is_ok(), read(&format!("email\n{more}"), 99).is_ok());
        }
    }
}
