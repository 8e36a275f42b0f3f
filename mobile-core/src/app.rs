//! What an app calls.

use countersign_protocol::api::{DeviceAnswer, DeviceState, Outcome, PushState, path};
use countersign_protocol::approval::Decision;
use countersign_protocol::ids::LoginId;
use countersign_protocol::pairing::PushEndpoint;
use futures_util::FutureExt as _;
use futures_util::future::join;
use futures_util::lock::Mutex;

use crate::account::{self, Account, AccountState, Record};
use crate::error::{Error, Reason};
use crate::link;
use crate::pairing::{Claimed, PairingStarted, create_keys, discard, fresh_id};
use crate::ports::{PhoneInfo, Ports};
use crate::push::{self, Push};
use crate::request::{Pending, PendingRequest, Unreached};
use crate::shown::shown;
use crate::standing::fault;
use crate::together::together;
use crate::transport::{Offsets, Transport, app_header};

/// The accounts on this phone and all that can be done with them. Make one and share it.
#[derive(Debug)]
pub struct Core {
    pub(crate) transport: Transport,
    phone: PhoneInfo,
    /// Held from reading what is stored until it is written again.
    pub(crate) changing: Mutex<()>,
    pub(crate) push: Push,
}

impl Core {
    /// A core over what the app brings.
    #[must_use]
    pub fn new(ports: Ports, phone: PhoneInfo) -> Self {
        let transport = Transport { ports, offsets: Offsets::default(), app: app_header(&phone) };
        Self { transport, phone, changing: Mutex::new(()), push: Push::default() }
    }

    /// The accounts on this phone, in the order in which they were paired. Asks no server, but the key store,
    /// whether their keys are still there: see [`Account::fault`].
    ///
    /// # Errors
    /// The storage's.
    pub async fn accounts(&self) -> Result<Vec<Account>, Error> {
        let records = account::load(self.ports()).await?;
        let faults = together(records.iter().map(|record| fault(self.ports(), record).boxed())).await;
        let with_fault = |(record, fault): (&Record, _)| Account { fault, ..record.account() };
        Ok(records.iter().zip(faults).map(with_fault).collect())
    }

    /// Pairs this phone: makes its keys, claims the pairing, and stores the account, unconfirmed.
    /// The person then types the code into the browser that shows the link. Wakes go to `push`, or, if
    /// that is none, to what [`Core::set_push`] was given last.
    ///
    /// # Errors
    /// [`Reason::NotAPairingLink`], [`Reason::InsecureServer`], [`Reason::PairingOver`],
    /// [`Reason::HardwareKeysRequired`], [`Reason::NotTrusted`], and those of the ports. The keys are
    /// deleted again.
    pub async fn pair(&self, link: String, push: Option<PushEndpoint>) -> Result<PairingStarted, Error> {
        let link = link::parse(&link)?;
        let push = match push {
            Some(push) => Some(push),
            None => push::endpoint(self.ports()).await?,
        };
        let id = fresh_id(self.ports());
        let made = create_keys(self.ports(), &id, &link).await?;
        let keys = made.keys.clone();
        let paired = async {
            let claimed = self.transport.pair(&self.phone, &link, made, push).await?;
            self.add(&claimed.record).await?;
            Ok(claimed)
        };
        match paired.await {
            Ok(Claimed { record, code, expires }) => {
                Ok(PairingStarted { account: record.account(), code, expires })
            }
            Err(error) => {
                discard(self.ports(), &keys).await;
                Err(error)
            }
        }
    }

    /// Asks the server where an account stands, and remembers it.
    ///
    /// # Errors
    /// [`Reason::UnknownDevice`] if it was removed, or its code was not typed in time;
    /// [`Reason::UnknownAccount`], and those of the ports.
    pub async fn refresh_account(&self, id: String) -> Result<Account, Error> {
        let record = self.find(&id).await?;
        let answer: DeviceAnswer = self.transport.get(&record, path::DEVICE).await?;
        let lost = answer.push == PushState::Lost;
        self.change(&id, |record| {
            record.state = match answer.state {
                DeviceState::Unconfirmed => AccountState::Unconfirmed,
                DeviceState::Active => AccountState::Active,
            };
            record.tenant_name = shown(&answer.tenant_name);
            record.logo = account::logo(answer.logo, &record.origin);
            record.colour = account::colour(answer.colour);
            record.account = shown(&answer.account);
            record.device_name = Some(shown(&answer.name));
            record.push.state = answer.push;
        })
        .await?;
        if lost {
            self.push_lost(&id).await?;
        }
        self.catch_up().await?;
        Ok(self.find(&id).await?.account())
    }

    /// What waits for an answer, over all accounts, newest first. A server that cannot be reached hides
    /// no other server's requests.
    ///
    /// # Errors
    /// The storage's only.
    pub async fn pending(&self) -> Result<Pending, Error> {
        let records = account::load(self.ports()).await?;
        let answers = together(records.iter().map(|record| self.transport.requests(record).boxed()));
        let (answers, told) = join(answers, self.catch_up()).await;
        told?;
        let mut pending = Pending::default();
        for (record, answer) in records.iter().zip(answers) {
            let error = match answer {
                Ok((requests, fault)) => {
                    pending.requests.extend(requests);
                    self.note_active(record).await?;
                    fault
                }
                // Nothing can wait for an account before it is confirmed.
                Err(error) if *error.reason() == Reason::DeviceUnconfirmed => None,
                Err(error) => Some(error),
            };
            pending.unreached.extend(error.map(|error| Unreached { account_id: record.id.clone(), error }));
        }
        if records.iter().any(|record| record.state == AccountState::Unconfirmed) {
            // Those that have become active in here could not be told before.
            self.catch_up().await?;
        }
        pending.requests.sort_by_key(|request| std::cmp::Reverse(request.asked_at));
        Ok(pending)
    }

    /// One approval request, as a wake or a tap on it asks for.
    ///
    /// # Errors
    /// [`Reason::UnknownRequest`], [`Reason::AlreadyDecided`], [`Reason::Expired`],
    /// [`Reason::NotTrusted`], and those of the ports.
    pub async fn fetch(&self, account_id: String, login: LoginId) -> Result<PendingRequest, Error> {
        let record = self.find(&account_id).await?;
        self.transport.request(&record, login).await
    }

    /// Approves a login. The approval key signs, and the phone asks for a biometric. `number` is what
    /// the person typed, where [`PendingRequest::mode`] asks for one.
    ///
    /// # Errors
    /// [`Reason::NumberDigits`] before anything is signed, [`Reason::Cancelled`],
    /// [`Reason::AlreadyDecided`], [`Reason::Expired`], and those of the ports. A wrong number is no
    /// error but [`Outcome::WrongNumber`]: the login is over.
    pub async fn approve(&self, request: PendingRequest, number: Option<String>) -> Result<Outcome, Error> {
        let record = self.find(&request.account_id).await?;
        self.transport.approve(&record, &request.signed, number, self.phone.language).await
    }

    /// Denies a login. Needs no biometric.
    ///
    /// # Errors
    /// [`Reason::AlreadyDecided`], [`Reason::Expired`], and those of the ports.
    pub async fn deny(&self, request: PendingRequest) -> Result<Outcome, Error> {
        let record = self.find(&request.account_id).await?;
        self.transport.refuse(&record, &request.signed, Decision::Deny).await
    }

    /// Denies a login and says that it was somebody else, who knows the password. Needs no biometric.
    ///
    /// # Errors
    /// As [`Core::deny`].
    pub async fn report(&self, request: PendingRequest) -> Result<Outcome, Error> {
        let record = self.find(&request.account_id).await?;
        self.transport.refuse(&record, &request.signed, Decision::Report).await
    }

    /// Removes an account and its keys from this phone. The server is not told.
    ///
    /// # Errors
    /// [`Reason::UnknownAccount`], and those of the ports: the account then stays, to be removed later.
    pub async fn remove_account(&self, id: String) -> Result<(), Error> {
        let _changing = self.changing.lock().await;
        let mut records = account::load(self.ports()).await?;
        let place = records.iter().position(|record| record.id == id).ok_or(Reason::UnknownAccount)?;
        let record = records.remove(place);
        for key in [record.keys.approval, record.keys.device] {
            self.ports().keys.delete(key.alias).await?;
        }
        account::save(self.ports(), records).await
    }

    pub(crate) fn ports(&self) -> &Ports {
        &self.transport.ports
    }

    pub(crate) async fn find(&self, id: &str) -> Result<Record, Error> {
        account::find(self.ports(), id).await
    }

    async fn add(&self, record: &Record) -> Result<(), Error> {
        let _changing = self.changing.lock().await;
        let mut records = account::load(self.ports()).await?;
        records.push(record.clone());
        account::save(self.ports(), records).await
    }

    pub(crate) async fn change(&self, id: &str, apply: impl FnOnce(&mut Record)) -> Result<Record, Error> {
        let _changing = self.changing.lock().await;
        let mut records = account::load(self.ports()).await?;
        let record = records.iter_mut().find(|record| record.id == id).ok_or(Reason::UnknownAccount)?;
        apply(record);
        let changed = record.clone();
        account::save(self.ports(), records).await?;
        Ok(changed)
    }

    /// A server that answers is a server that was confirmed to.
    async fn note_active(&self, record: &Record) -> Result<(), Error> {
        if record.state == AccountState::Unconfirmed {
            self.change(&record.id, |record| record.state = AccountState::Active).await?;
        }
        Ok(())
    }
}
