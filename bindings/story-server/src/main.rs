//! Real servers, and browsers before them, for stories that are told from the app's side in any language.
//!
//! Started, it prints one line: `{"control":"http://127.0.0.1:PORT"}`. It ends when its standard input does, so
//! that no test leaves it behind. Each command is a `POST` of a JSON object to the control's address, and
//! answers with one; `{"error":"…"}` with status 500 where the story went wrong.
//!
//! | path | takes | gives |
//! |---|---|---|
//! | `/worlds` | `number`: `never` (usual), `always`, `when_unusual`; `attestation`: `required`? | `world`, `origin`, `email` |
//! | `/worlds/{world}/{command}` | see [`story`] | `now`, and what the command gives |
//! | `/tools/{command}` | see [`tools`] | what the command gives |
//!
//! A world is a server of its own with one user, on SQLite, and a clock that stands (but for a microsecond
//! a look) until `pass` moves it: the phone's clock has to be set to `now`, in microseconds since 1970, which
//! every answer of a world carries. Everything on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "this program is part of tests: what fails here fails the story that asked for it"
)]

mod attested;
mod control;
mod story;
mod tools;

use std::io::Read as _;

use tokio::net::TcpListener;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "where the stories find it")]
async fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{{\"control\":\"http://{}\"}}", listener.local_addr().unwrap());
    let stopped = tokio::task::spawn_blocking(|| {
        // Whatever comes is nothing; only that no more comes counts.
        let _ended = std::io::stdin().read_to_end(&mut Vec::new());
    });
    tokio::select! {
        served = axum::serve(listener, control::router()).into_future() => served.unwrap(),
        _ = stopped => {}
    }
}
