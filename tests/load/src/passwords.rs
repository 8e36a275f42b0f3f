//! What one password check costs. The logins that are measured use a hash that costs next to nothing, so
//! that this can be added to them.

use std::sync::Arc;

use countersign_demo::desk::SystemClock;
use countersign_demo::house::Failure;
use countersign_protocol::random::SystemRandom;
use countersign_protocol::time::Clock as _;
use countersign_server::passwords::PasswordHasher;
use secrecy::SecretString;

use crate::Options;
use crate::figures::{Table, Times};
use crate::town::PASSWORD;

const CHECKS: usize = 50;

pub(crate) async fn measure(_options: &Options, table: &mut Table) -> Result<(), Failure> {
    let hasher = PasswordHasher::new(1, 1, Arc::new(SystemRandom::new()));
    let password = || SecretString::from(PASSWORD.to_owned());
    let stored = hasher.hash(password()).await?;
    let mut times = Times::default();
    for _ in 0..CHECKS {
        let begun = SystemClock.now();
        if !hasher.verify(password(), Some(&stored)).await? {
            return Err("the right password was refused".into());
        }
        times.add(begun.until(SystemClock.now()));
    }
    table.add("one password check (Argon2id, 19 MiB)", times.summary(), "");
    Ok(())
}
