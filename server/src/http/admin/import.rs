//! `/admin/users/import`: users from a table. First what each line would come to; then it is taken in.

use axum::http::StatusCode;
use axum::response::Response;

use super::Administrator;
use super::doing::{Doing, IMPORT};
use crate::app::user_table::TableError;
use crate::app::{ImportLine, Imported, LineStands, LineWrong};
use crate::http::failure::Failure;
use crate::http::visitor::Visitor;
use crate::web::{AdminSection, ErrorKind, ImportPage, ImportProblem, ImportState, WrongLine, WrongWhy};

/// The most that a table may have, in bytes.
const LONGEST: usize = 1024 * 1024;
/// The most lines that are looked up, and taken in, while somebody waits for the answer.
const MOST_LINES: usize = 20_000;
/// The most passwords that are hashed while somebody waits for the answer.
const MOST_PASSWORDS: usize = 1_000;
/// How many wrong lines are listed.
const LISTED: usize = 50;

/// The proof comes first: the table would be lost on the way to it.
pub(in crate::http) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    match Administrator::fresh(visitor, IMPORT).await? {
        Ok((visitor, administrator)) => page(visitor, &administrator, "", ImportState::Begin),
        Err(first) => Ok(first),
    }
}

/// What each line would come to.
pub(in crate::http) async fn look(form: Doing) -> Result<Response, Failure> {
    let Doing { visitor, administrator, pairs } = form;
    let table = pairs.all("table").next().unwrap_or_default();
    let state = match looked_at(&visitor, &administrator, table).await? {
        Ok(lines) => {
            let Imported { new, changed, same, .. } = Imported::of(&lines);
            let mut wrong: Vec<_> = lines.iter().filter_map(wrong_line).collect();
            let more_wrong = u64::try_from(wrong.len().saturating_sub(LISTED)).unwrap_or(u64::MAX);
            wrong.truncate(LISTED);
            ImportState::LookedAt { counts: [new, changed, same], wrong, more_wrong }
        }
        Err(problem) => ImportState::Problem(problem),
    };
    page(visitor, &administrator, table, state)
}

pub(in crate::http) async fn take_in(form: Doing) -> Result<Response, Failure> {
    let Doing { visitor, administrator, pairs } = form;
    let table = pairs.all("table").next().unwrap_or_default();
    let state = match looked_at(&visitor, &administrator, table).await? {
        Ok(lines) => {
            let done = visitor
                .app
                .import_users(&visitor.at, &administrator.by, lines, Some(visitor.lang.code()))
                .await;
            let done = done.map_err(|error| {
                tracing::error!(%error, "an import broke off");
                Failure(ErrorKind::Unavailable)
            })?;
            ImportState::Done([done.new, done.changed, done.same, done.wrong])
        }
        Err(problem) => ImportState::Problem(problem),
    };
    page(visitor, &administrator, table, state)
}

async fn looked_at(
    visitor: &Visitor,
    administrator: &Administrator,
    table: &str,
) -> Result<Result<Vec<ImportLine>, ImportProblem>, Failure> {
    if table.len() > LONGEST {
        return Ok(Err(ImportProblem::TooLong));
    }
    let lines = visitor.app.look_at_import(&visitor.at, &administrator.by, table, MOST_LINES).await?;
    Ok(match lines {
        Ok(lines) if lines.is_empty() => Err(ImportProblem::Empty),
        Ok(lines) if lines.iter().filter(|line| line.has_password()).count() > MOST_PASSWORDS => {
            Err(ImportProblem::TooManyPasswords)
        }
        Ok(lines) => Ok(lines),
        Err(TableError::TooManyLines(_)) => Err(ImportProblem::TooManyLines),
        Err(TableError::NoEmailColumn) => Err(ImportProblem::NoEmailColumn),
        Err(TableError::UnknownColumn(name)) => Err(ImportProblem::UnknownColumn(name)),
        Err(TableError::ColumnTwice(name)) => Err(ImportProblem::ColumnTwice(name)),
    })
}

fn wrong_line(line: &ImportLine) -> Option<WrongLine> {
    let LineStands::Wrong(wrong) = line.stands else { return None };
    let why = match wrong {
        LineWrong::Cells => WrongWhy::Cells,
        LineWrong::Email => WrongWhy::Email,
        LineWrong::Twice => WrongWhy::Twice,
        LineWrong::Name => WrongWhy::Name,
        LineWrong::Type => WrongWhy::Type,
        LineWrong::Role => WrongWhy::Role,
        LineWrong::Language => WrongWhy::Language,
        LineWrong::RoleNotGiven => WrongWhy::RoleNotGiven,
        LineWrong::NotAllowed => WrongWhy::NotAllowed,
        LineWrong::Password => WrongWhy::Password,
    };
    Some(WrongLine { line: line.line, email: line.email.clone(), why })
}

fn page(
    visitor: Visitor,
    administrator: &Administrator,
    table: &str,
    state: ImportState,
) -> Result<Response, Failure> {
    let status = match state {
        ImportState::Problem(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let frame = visitor.frame();
    let admin = administrator.frame(AdminSection::Users);
    let html = ImportPage { page: frame.page(), admin, table, state }.render()?;
    Ok(visitor.html(status, html))
}
