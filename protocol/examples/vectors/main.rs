//! Writes the test vectors: `cargo run -p countersign-protocol --example vectors`.
//!
//! ECDSA signatures are randomised, so each run changes the statements, but neither their names nor
//! what is expected of them. The expectations are written by hand in `cases`; the crate's own parser
//! has no say in them.

mod cases;

use std::io::Write as _;
use std::path::Path;

fn main() -> cases::Made<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let mut out = std::io::stdout().lock();
    for file in cases::all()? {
        let path = folder.join(format!("{}.json", file.name));
        let mut text = serde_json::to_string_pretty(&file)?;
        text.push('\n');
        std::fs::write(&path, text)?;
        writeln!(out, "{}: {} vectors", path.display(), file.vectors.len())?;
    }
    Ok(())
}
