//! The checked-in vectors, read with the crate's own parser.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};

use countersign_protocol::approval::{ApprovalRequest, DecisionStatement};
use countersign_protocol::call::Call;
use countersign_protocol::key::{Jwk, PublicKey};
use countersign_protocol::pairing::PairingClaim;
use countersign_protocol::statement::{Statement, StatementError, Unverified};
use serde::Deserialize;
use serde_json::Value;

#[path = "../examples/vectors/cases/mod.rs"]
mod cases;

type Tested = Result<(), Box<dyn Error>>;

#[derive(Deserialize)]
struct File {
    typ: String,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    what: String,
    statement: Option<String>,
    key: Option<Jwk>,
    device: Option<String>,
    approval: Option<String>,
    payload: Option<Value>,
    error: Option<String>,
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("vectors/{name}.json"))
}

fn read(name: &str) -> Result<File, Box<dyn Error>> {
    Ok(serde_json::from_str(&std::fs::read_to_string(path(name))?)?)
}

/// What this crate makes of a vector: the payload, written again, or the refusal.
fn outcome<T: Statement>(vector: &Vector) -> Result<Value, StatementError> {
    let key = vector.key.as_ref().map(PublicKey::from).ok_or(StatementError::UnknownKey)?;
    let statement = vector.statement.as_deref().unwrap_or_default();
    let payload: T = Unverified::parse(statement)?.verify(&key)?;
    serde_json::to_value(payload).map_err(|_| StatementError::Payload)
}

fn pairing_outcome(vector: &Vector) -> Result<Value, StatementError> {
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    let claim = PairingClaim::verify(&part(&vector.device), &part(&vector.approval))?;
    serde_json::to_value(claim).map_err(|_| StatementError::Payload)
}

/// Reads a whole file and collects every disagreement, so that one run shows them all.
fn check(name: &str, outcome: impl Fn(&Vector) -> Result<Value, StatementError>) -> Tested {
    let file = read(name)?;
    let mut wrong = Vec::new();
    for vector in &file.vectors {
        let got = outcome(vector).map_err(|error| error.code().to_owned());
        let wanted = match (&vector.payload, &vector.error) {
            (Some(payload), None) => Ok(payload.clone()),
            (None, Some(code)) => Err(code.clone()),
            _ => return Err(format!("{}: neither or both of payload and error", vector.name).into()),
        };
        if got != wanted {
            wrong.push(format!("{} ({}): wanted {wanted:?}, got {got:?}", vector.name, vector.what));
        }
    }
    assert!(wrong.is_empty(), "{name}.json, typ {}:\n{}", file.typ, wrong.join("\n"));
    Ok(())
}

#[test]
fn envelope() -> Tested {
    check("envelope", outcome::<Call>)
}

#[test]
fn pairing() -> Tested {
    check("pairing", pairing_outcome)
}

#[test]
fn request() -> Tested {
    check("request", outcome::<ApprovalRequest>)
}

#[test]
fn decision() -> Tested {
    check("decision", outcome::<DecisionStatement>)
}

#[test]
fn call() -> Tested {
    check("call", outcome::<Call>)
}

/// The generator's expectations also hold for statements that it signs now.
#[test]
fn the_files_are_what_the_generator_writes() -> Tested {
    for made in cases::all()? {
        let file = read(made.name)?;
        assert_eq!(file.typ, made.typ);
        let stored: Vec<_> = file.vectors.iter().map(|v| (&v.name, &v.what, &v.error, &v.payload)).collect();
        let mut fresh = Vec::new();
        for vector in &made.vectors {
            let (error, payload) = match &vector.outcome {
                cases::Outcome::Valid { payload } => (None, Some(payload.clone())),
                cases::Outcome::Refused { error } => (Some((*error).to_owned()), None),
            };
            fresh.push((vector.name.clone(), vector.what.clone(), error, payload));
        }
        let fresh: Vec<_> = fresh.iter().map(|(n, w, e, p)| (n, w, e, p)).collect();
        assert_eq!(stored, fresh, "{}.json is old: run the example `vectors` again", made.name);
        let text = serde_json::to_value(&made)?;
        assert_eq!(text["vectors"].as_array().map(Vec::len), Some(file.vectors.len()));
    }
    Ok(())
}

#[test]
fn names_are_unique_and_every_code_occurs() -> Tested {
    let mut codes = BTreeSet::new();
    for name in ["envelope", "pairing", "request", "decision", "call"] {
        let file = read(name)?;
        let names: BTreeSet<_> = file.vectors.iter().map(|v| &v.name).collect();
        assert_eq!(names.len(), file.vectors.len(), "{name}.json names a vector twice");
        assert!(file.vectors.iter().any(|v| v.payload.is_some()), "{name}.json accepts nothing");
        codes.extend(file.vectors.into_iter().filter_map(|v| v.error));
    }
    let all = [
        StatementError::TooLong,
        StatementError::NotThreeParts,
        StatementError::LooseBase64,
        StatementError::NotJson,
        StatementError::DuplicateMember,
        StatementError::HeaderMembers,
        StatementError::Algorithm,
        StatementError::UnknownType,
        StatementError::WrongType,
        StatementError::UnknownKey,
        StatementError::SignatureLength,
        StatementError::Signature,
        StatementError::Payload,
    ];
    assert_eq!(codes, all.iter().map(|e| e.code().to_owned()).collect());
    Ok(())
}

#[test]
fn no_file_lies_about_unread() -> Tested {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(path("x").parent().ok_or("no folder")?)? {
        found.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    let mut wanted: BTreeSet<_> = cases::all()?.iter().map(|f| format!("{}.json", f.name)).collect();
    wanted.insert("test-keys.json".to_owned());
    assert_eq!(found, wanted);
    Ok(())
}
