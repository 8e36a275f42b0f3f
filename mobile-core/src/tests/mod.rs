//! The core against ports that live in memory, and a server that checks every statement it gets.

mod accounts;
mod biometrics;
mod contract;
mod decisions;
mod events;
mod interrupted;
mod pairing;
mod panics;
mod phone;
mod popups;
mod push;
mod requests;
mod server;
mod server_decide;
mod server_push;
mod standing;
mod stepped;
mod stream;
mod totp;
mod twice;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Runs a future to its end. Nothing in these tests ever waits, and the core brings no runtime: a
/// future that is not ready at once is a mistake.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the core waits for something that is none of its ports"),
    }
}
