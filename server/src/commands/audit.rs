//! `countersign audit …`.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use countersign_server::app::{App, ExportPortion, TenantHandle, Verified};
use countersign_server::domain::actor::{Actor, By};
use countersign_server::domain::audit::chain::Head;
use countersign_server::domain::audit::event::AuditResult;
use countersign_server::domain::audit::filter::{AuditFilter, day, end_of_day};
use countersign_server::domain::audit::record;
use countersign_server::domain::audit::verify::{Fault, Verifier};
use futures_util::StreamExt as _;
use serde_json::json;

use super::Failure;
use super::user::Whose;

const NOT_AS_WRITTEN: &str =
    "the audit log is not as it was written: keep the database and find out who could write to it";

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Verify that no audit line was changed, removed, inserted or moved. Ends with 0 only if none was.
    Verify(Verify),
    /// Write audit lines to standard output, each as a line of JSON: all of them, or what is looked for.
    Export {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        wanted: Box<Wanted>,
    },
    /// Seal the end of a chain anew, after you looked into what `verify` found. What was found stays to be found.
    RenewHead {
        #[command(flatten)]
        whose: Whose,
    },
}

#[derive(Args)]
pub(crate) struct Verify {
    /// One tenant; all of them if it is left out.
    #[command(flatten)]
    whose: Whose,
    /// Verify a file that `export` wrote, instead of a database.
    #[arg(long, value_name = "FILE", conflicts_with = "tenant")]
    file: Option<PathBuf>,
    /// The file is an excerpt: lines may be missing from it.
    #[arg(long, requires = "file")]
    excerpt: bool,
    /// A chain's end that was noted elsewhere: it must be found. The server's log has one an hour.
    #[arg(long, value_name = "SEQ:LINK", value_parser = parse_head)]
    expect: Option<Head>,
    /// Say it as JSON, a line for each tenant.
    #[arg(long)]
    json: bool,
}

fn parse_head(text: &str) -> Result<Head, String> {
    Head::parse(text).ok_or_else(|| "write it as the log has it: 123:kTY…".to_owned())
}

/// Which lines are wanted; without any of these, all.
#[derive(Args)]
pub(crate) struct Wanted {
    /// An event such as login.denied, or a family of events such as login.
    #[arg(long, value_name = "EVENT")]
    what: Option<String>,
    /// succeeded, refused, failed, asked or noted.
    #[arg(long)]
    result: Option<String>,
    /// To whom it happened, by e-mail address.
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    /// Who did it: an e-mail address, command-line or server.
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    /// From which network address.
    #[arg(long)]
    address: Option<std::net::IpAddr>,
    /// The first day, in UTC: 2026-11-01.
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// The last day, in UTC.
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
}

pub(super) async fn run(command: AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Verify(verify) => match &verify.file {
            Some(file) => told(&[(None, in_file(file, verify.excerpt, verify.expect)?)], verify.json),
            None => in_database(&verify).await,
        },
        AuditCommand::Export { whose, wanted } => {
            let (app, at) = whose.find().await?;
            let filter = filter_of(&app, &at, *wanted).await?;
            export(&app, &at, filter).await
        }
        AuditCommand::RenewHead { whose } => {
            let (app, at) = whose.find().await?;
            let head = app.renew_audit_head(&By::CommandLine, at.tenant.id).await?;
            println!("The chain of {} goes on from {head}. Restart its servers.", at.tenant.name);
            Ok(())
        }
    }
}

/// Verifies one tenant's chain, or all.
async fn in_database(wanted: &Verify) -> Result<(), Failure> {
    let mut found = Vec::new();
    if wanted.whose.tenant.is_some() || wanted.expect.is_some() {
        let (app, at) = wanted.whose.find().await?;
        found.push(verified(&app, &at, wanted.expect).await?);
    } else {
        let app = wanted.whose.home.service().await?.app;
        let mut seen = Vec::new();
        for origin in app.origins().await? {
            let Some(at) = app.tenant(origin.authority()).await? else { continue };
            if !seen.contains(&at.tenant.id) {
                seen.push(at.tenant.id);
                found.push(verified(&app, &at, None).await?);
            }
        }
    }
    told(&found, wanted.json)
}

async fn verified(
    app: &App,
    at: &TenantHandle,
    noted: Option<Head>,
) -> Result<(Option<String>, Verified), Failure> {
    // What was written a moment ago is verified, too; a chain that is broken is verified as it is.
    let _broken = app.chain_audit_of(at.tenant.id, u32::MAX).await?;
    Ok((Some(at.origin.to_string()), app.verify_audit(at.tenant.id, noted).await?))
}

/// Verifies a file, line by line.
fn in_file(file: &Path, excerpt: bool, noted: Option<Head>) -> Result<Verified, Failure> {
    let lines = File::open(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let mut verifier = Verifier::new(noted);
    let mut number = 0;
    let fault = loop_over(BufReader::new(lines), &mut verifier, excerpt, &mut number)?;
    let fault = fault.or_else(|| verifier.found_what_was_noted().err());
    Ok(Verified { lines: verifier.lines(), end: verifier.end(), fault })
}

fn loop_over(
    lines: BufReader<File>,
    verifier: &mut Verifier,
    excerpt: bool,
    number: &mut i64,
) -> Result<Option<Fault>, Failure> {
    for line in lines.lines() {
        *number += 1;
        let Ok((line, previous)) = record::read(&line?) else { return Ok(Some(Fault::Unreadable(*number))) };
        let taken = if excerpt { verifier.take_excerpt(&line, &previous) } else { verifier.take(&line) };
        if let Err(fault) = taken {
            return Ok(Some(fault));
        }
    }
    Ok(None)
}

/// Says what was found; an error if something was wrong.
fn told(found: &[(Option<String>, Verified)], as_json: bool) -> Result<(), Failure> {
    let mut wrong = 0;
    for (origin, verified) in found {
        let Verified { lines, end, fault } = verified;
        wrong += u32::from(fault.is_some());
        if as_json {
            let fault = fault
                .map(|fault| json!({ "kind": fault.code(), "seq": fault.seq(), "says": fault.to_string() }));
            let ok = fault.is_none();
            println!(
                "{}",
                json!({ "tenant": origin, "ok": ok, "lines": lines, "end": end.to_string(), "fault": fault })
            );
            continue;
        }
        let whose = origin.as_ref().map(|origin| format!("{origin}: ")).unwrap_or_default();
        match fault {
            None => println!("{whose}{} as written. The end is {end}.", counted(*lines)),
            Some(fault) => println!("{whose}{fault}. Before that, {} as written.", counted(*lines)),
        }
    }
    if wrong > 0 {
        return Err(NOT_AS_WRITTEN.into());
    }
    Ok(())
}

fn counted(lines: u64) -> String {
    if lines == 1 { "1 line is".to_owned() } else { format!("{lines} lines are") }
}

async fn filter_of(app: &App, at: &TenantHandle, wanted: Wanted) -> Result<AuditFilter, Failure> {
    let result = |text: String| {
        AuditResult::parse(&text).ok_or("--result is succeeded, refused, failed, asked or noted")
    };
    let a_day = "write a day as 2026-11-22";
    let mut filter = AuditFilter {
        what: wanted.what,
        result: wanted.result.map(result).transpose()?,
        address: wanted.address,
        from: wanted.from.map(|text| day(&text).ok_or(a_day)).transpose()?,
        until: wanted.until.map(|text| end_of_day(&text).ok_or(a_day)).transpose()?,
        ..AuditFilter::default()
    };
    if let Some(email) = wanted.user {
        filter.user = Some(super::user::find_user(app, at, &email).await?.id);
    }
    if let Some(by) = wanted.by {
        filter.actor = Some(match Actor::parse(&by) {
            Some(actor) => actor,
            None => Actor::User(super::user::find_user(app, at, &by).await?.id),
        });
    }
    Ok(filter)
}

async fn export(app: &Arc<App>, at: &TenantHandle, filter: AuditFilter) -> Result<(), Failure> {
    let tenant = at.tenant.id;
    app.begin_audit_export(&By::CommandLine, tenant, &filter).await??;
    let mut portions = Box::pin(app.export_audit(tenant, filter));
    let mut out = std::io::stdout().lock();
    while let Some(portion) = portions.next().await {
        match portion? {
            ExportPortion::Lines(text) => out.write_all(text.as_bytes())?,
            ExportPortion::Fault(fault) => {
                writeln!(out, "{}", record::write_fault(fault))?;
                out.flush()?;
                return Err(format!("{fault}. {NOT_AS_WRITTEN}").into());
            }
        }
    }
    Ok(out.flush()?)
}
