//! `phone watch`: requests as they come and go.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use countersign_demo::desk::{Follower, SystemClock};
use countersign_mobile_core::{Over, Popup, Unreached, Withdrawn, popup_changes, texts};
use countersign_protocol::random::SystemRandom;
use countersign_protocol::time::Clock as _;

use crate::{Done, Phone};

impl Phone {
    /// Prints until it is ended.
    pub(crate) async fn watch(&self) -> Done {
        let random = Arc::new(SystemRandom::new());
        let follower = Follower::new(Arc::clone(&self.core), Arc::new(SystemClock), random);
        let (mut shown, mut faults) = (Vec::new(), Vec::new());
        loop {
            follower.keep_up().await.map_err(|error| self.failure(&error))?;
            let pending = self.pending().await?;
            let changes = popup_changes(&shown, &pending, SystemClock.now());
            for withdrawn in &changes.withdraw {
                self.print_withdrawn(withdrawn)?;
                shown.retain(|popup| *popup != withdrawn.popup);
            }
            for request in &changes.show {
                self.print(request)?;
                shown.push(Popup::from(request));
            }
            if changes.waiting > 1 && !changes.show.is_empty() {
                writeln!(io::stdout(), "{}", texts::waiting(changes.waiting, self.lang))?;
            }
            self.print_faults(&pending.unreached, &mut faults).await?;
            reason_to_look(&follower, &shown).await;
        }
    }

    fn print_withdrawn(&self, Withdrawn { popup, why }: &Withdrawn) -> io::Result<()> {
        let sentence = match why {
            Over::Settled => texts::answered_elsewhere(self.lang),
            Over::Expired => self.say("Its time ran out.", "有効時間が過ぎました。").to_owned(),
        };
        let mut out = io::stdout().lock();
        writeln!(out, "{}  {sentence}", popup.login)?;
        out.flush()
    }

    /// Each once, and again only after it was gone.
    async fn print_faults(&self, unreached: &[Unreached], before: &mut Vec<String>) -> io::Result<()> {
        let faults = self.faults(unreached).await;
        for fault in faults.iter().filter(|fault| !before.contains(fault)) {
            writeln!(io::stderr(), "phone: {fault}")?;
        }
        *before = faults;
        Ok(())
    }
}

/// A hint, or the end of a request's time, which no event tells of.
async fn reason_to_look(follower: &Follower, shown: &[Popup]) {
    let next_end = shown.iter().map(|popup| popup.expires_at).min();
    let left = next_end.map_or(Duration::MAX, |end| SystemClock.now().until(end));
    tokio::select! {
        () = follower.hint() => {}
        () = tokio::time::sleep(left) => {}
    }
}
