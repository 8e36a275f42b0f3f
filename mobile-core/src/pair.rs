//! Pairing, as an app calls it: once for each link, however often that is seen.

use countersign_protocol::pairing::{PairingLink, PushEndpoint};
use countersign_protocol::time::Timestamp;

use crate::account::{self, Record};
use crate::app::Core;
use crate::error::Error;
use crate::link;
use crate::pairing::{PairingStarted, create_keys, discard, fresh_id};
use crate::push;
use crate::under_way::Task;

impl Core {
    /// Pairs this phone: makes its keys, claims the pairing, and stores the account, unconfirmed.
    /// The person then types the code into the browser that shows the link. Wakes go to `push`, or, if
    /// that is none, to what [`Core::set_push`] was given last.
    ///
    /// A link whose code was shown gives the same again while that is good, also after the app was ended, without
    /// asking anyone: a second claim would end the pairing.
    ///
    /// # Errors
    /// [`crate::Reason::UnderWay`] while this link is being paired, [`crate::Reason::NotAPairingLink`], [`crate::Reason::InsecureServer`],
    /// [`crate::Reason::PairingOver`], [`crate::Reason::HardwareKeysRequired`], [`crate::Reason::NotTrusted`], and those of the ports. The
    /// keys are deleted again.
    pub async fn pair(&self, link: String, push: Option<PushEndpoint>) -> Result<PairingStarted, Error> {
        let link = link::parse(&link)?;
        let _pairing = self.under_way.begin(Task::Pair(link.origin.clone(), link.id))?;
        // Read before anything is made: an account that cannot be added must not be claimed.
        let accounts = account::load(self.ports()).await?;
        if let Some(started) = started_before(&accounts, &link, self.ports().clock.now()) {
            return Ok(started);
        }
        self.tidy_keys().await?;
        let push = match push {
            Some(push) => Some(push),
            None => push::endpoint(self.ports()).await?,
        };
        let id = fresh_id(self.ports());
        let making = self.under_way.begin(Task::Make(id.clone()))?;
        self.note_making(&id).await?;
        let started = self.pair_as(&id, &link, push).await;
        drop(making);
        // That keys of a failed pairing stay behind is no error of this one; they are tidied away later.
        let _tidied_later = self.tidy_keys().await;
        started
    }

    async fn pair_as(
        &self,
        id: &str,
        link: &PairingLink,
        push: Option<PushEndpoint>,
    ) -> Result<PairingStarted, Error> {
        let made = create_keys(self.ports(), id, link).await?;
        let keys = made.keys.clone();
        let paired = async {
            let claimed = self.transport.pair(&self.phone, link, made, push).await?;
            self.add(claimed.record).await?;
            Ok(claimed.started)
        };
        let paired = paired.await;
        if paired.is_err() {
            discard(self.ports(), &keys).await;
        }
        paired
    }

    async fn add(&self, record: Record) -> Result<(), Error> {
        let _changing = self.changing.lock().await;
        let mut records = account::load(self.ports()).await?;
        records.push(record);
        account::save(self.ports(), records).await
    }
}

/// What was given for this link before. Other servers may count their pairings as its server does.
fn started_before(accounts: &[Record], link: &PairingLink, now: Timestamp) -> Option<PairingStarted> {
    let pairing = Some(link.id.to_string());
    let record = accounts.iter().find(|record| record.pairing == pairing && record.origin == link.origin)?;
    let expires = record.code_until?.into();
    let started = PairingStarted { account: record.account(), code: record.code.clone()?, expires };
    (now < expires).then_some(started)
}
