//! Every vector: what it is, how it is made, what a verifier must say to it.

mod bench;
mod call;
mod decision;
mod envelope;
mod pairing;
mod payload;
mod request;

use serde::Serialize;
use serde_json::Value;

/// What a step of the generator gives.
pub(crate) type Made<T> = Result<T, Box<dyn std::error::Error>>;

/// One file of vectors.
#[derive(Serialize)]
pub(crate) struct File {
    #[serde(skip)]
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// The `typ` that the verifier wants.
    pub(crate) typ: &'static str,
    pub(crate) vectors: Vec<Vector>,
}

/// One vector.
#[derive(Serialize)]
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) what: String,
    #[serde(flatten)]
    pub(crate) input: Input,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

/// What the verifier gets.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Input {
    /// A statement, and the one key that the verifier holds for its purpose.
    One { statement: String, key: Value },
    /// A pairing claim, which brings its keys.
    Pair { device: String, approval: String },
}

/// What it must say.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    /// Accepted, and this is what it says.
    Valid { payload: Value },
    /// Refused, with this code.
    Refused { error: &'static str },
}

/// All files.
pub(crate) fn all() -> Made<Vec<File>> {
    let bench = bench::Bench::new()?;
    Ok(vec![
        envelope::file(&bench)?,
        pairing::file(&bench)?,
        request::file(&bench)?,
        decision::file(&bench)?,
        call::file(&bench)?,
    ])
}
