//! What an app calls.

use std::sync::PoisonError;

use countersign_protocol::api::{DeviceAnswer, DeviceState, Outcome, PushState, path};
use countersign_protocol::approval::Decision;
use countersign_protocol::ids::LoginId;
use countersign_protocol::pairing::{PairingLink, PushEndpoint};
use futures_util::FutureExt as _;
use futures_util::future::join;
use futures_util::lock::Mutex;

use crate::account::{self, Account, AccountState, Record};
use crate::error::{Error, Reason};
use crate::link;
use crate::pairing::{Claimed, PairingStarted, create_keys, discard, fresh_id};
use crate::ports::{PhoneInfo, Ports};
use crate::push::{self, Push};
use crate::request::{Asked, Pending, PendingRequest};
use crate::shown::shown;
use crate::standing::fault;
use crate::together::together;
use crate::transport::{Offsets, Transport, app_header};
use crate::under_way::{Task, UnderWay};

/// The accounts on this phone and all that can be done with them. Make one and share it.
#[derive(Debug)]
pub struct Core {
    pub(crate) transport: Transport,
    phone: PhoneInfo,
    /// Held from reading what is stored until it is written again.
    pub(crate) changing: Mutex<()>,
    pub(crate) push: Push,
    pub(crate) under_way: UnderWay,
    /// The pairing that was claimed last: its link may be seen again, and must not be claimed again.
    claimed: std::sync::Mutex<Option<(PairingLink, PairingStarted)>>,
}

impl Core {
    /// A core over what the app brings.
    #[must_use]
    pub fn new(ports: Ports, phone: PhoneInfo) -> Self {
        let transport = Transport { ports, offsets: Offsets::default(), app: app_header(&phone) };
        Self {
            transport,
            phone,
            changing: Mutex::new(()),
            push: Push::default(),
            under_way: UnderWay::default(),
            claimed: std::sync::Mutex::default(),
        }
    }

    /// The accounts on this phone, in the order in which they were paired. Asks no server, but the key store,
    /// whether their keys are still there: see [`Account::fault`].
    ///
    /// # Errors
    /// The storage's.
    pub async fn accounts(&self) -> Result<Vec<Account>, Error> {
        self.tidy_keys().await?;
        let records = account::load(self.ports()).await?;
        let faults = together(records.iter().map(|record| fault(self.ports(), record).boxed())).await;
        let with_fault = |(record, fault): (&Record, _)| Account { fault, ..record.account() };
        Ok(records.iter().zip(faults).map(with_fault).collect())
    }

    /// Pairs this phone: makes its keys, claims the pairing, and stores the account, unconfirmed.
    /// The person then types the code into the browser that shows the link. Wakes go to `push`, or, if
    /// that is none, to what [`Core::set_push`] was given last.
    ///
    /// The link that was claimed last gives the same again, without asking anyone: a second claim would end the
    /// pairing.
    ///
    /// # Errors
    /// [`Reason::UnderWay`] while this link is being paired, [`Reason::NotAPairingLink`], [`Reason::InsecureServer`],
    /// [`Reason::PairingOver`], [`Reason::HardwareKeysRequired`], [`Reason::NotTrusted`], and those of the ports. The
    /// keys are deleted again.
    pub async fn pair(&self, link: String, push: Option<PushEndpoint>) -> Result<PairingStarted, Error> {
        let link = link::parse(&link)?;
        let _pairing = self.under_way.begin(Task::Pair(link.origin.clone(), link.id))?;
        // Read before anything is made: an account that cannot be added must not be claimed.
        let accounts = account::load(self.ports()).await?;
        if let Some(started) = self.claimed_before(&link, &accounts) {
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
        if let Ok(started) = &started {
            *self.claimed.lock().unwrap_or_else(PoisonError::into_inner) = Some((link, started.clone()));
        }
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

    fn claimed_before(&self, link: &PairingLink, accounts: &[Record]) -> Option<PairingStarted> {
        let claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        // Other servers may count their pairings as this one does.
        let is_same = |claimed: &PairingLink| claimed.id == link.id && claimed.origin == link.origin;
        let (_, started) = claimed.as_ref().filter(|(claimed, _)| is_same(claimed))?;
        let is_there = accounts.iter().any(|account| account.id == started.account.id);
        (is_there && self.ports().clock.now() < started.expires).then(|| started.clone())
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
        let (answers, told) = join(self.ask_all(&records), self.catch_up()).await;
        told?;
        for (record, answer) in records.iter().zip(&answers) {
            if answer.is_ok() {
                self.note_active(record).await?;
            }
        }
        let pending = Pending::of(&records, answers);
        if records.iter().any(|record| record.state == AccountState::Unconfirmed) {
            // Those that have become active in here could not be told before.
            self.catch_up().await?;
        }
        Ok(pending)
    }

    /// What waits for an answer, as [`Core::pending`] tells it, and nothing else: no server is told where wakes go,
    /// and nothing is stored. For a look beside the app, by a process of its own: two that change things would
    /// undo each other's changes.
    ///
    /// # Errors
    /// The storage's only.
    pub async fn look(&self) -> Result<Pending, Error> {
        let records = account::load(self.ports()).await?;
        let answers = self.ask_all(&records).await;
        Ok(Pending::of(&records, answers))
    }

    async fn ask_all(&self, records: &[Record]) -> Vec<Asked> {
        together(records.iter().map(|record| self.transport.requests(record).boxed())).await
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
    /// [`Reason::UnderWay`] while an answer to it is, [`Reason::NumberDigits`] before anything is signed,
    /// [`Reason::Cancelled`],
    /// [`Reason::AlreadyDecided`], [`Reason::Expired`], and those of the ports. A wrong number is no
    /// error but [`Outcome::WrongNumber`]: the login is over.
    pub async fn approve(&self, request: PendingRequest, number: Option<String>) -> Result<Outcome, Error> {
        let (account, login) = (request.account_id.clone(), request.login);
        if self.under_way.has(&Task::Refuse(account.clone(), login)) {
            return Err(Reason::UnderWay.into());
        }
        let _approving = self.under_way.begin(Task::Approve(account, login))?;
        let record = self.find(&request.account_id).await?;
        self.transport.approve(&record, &request.signed, number, self.phone.language).await
    }

    /// Denies a login. Needs no biometric, and does not wait for an approval that is under way.
    ///
    /// # Errors
    /// [`Reason::UnderWay`] while another denial or report of it is,
    /// [`Reason::AlreadyDecided`], [`Reason::Expired`], and those of the ports.
    pub async fn deny(&self, request: PendingRequest) -> Result<Outcome, Error> {
        self.refuse(&request, Decision::Deny).await
    }

    /// Denies a login and says that it was somebody else, who knows the password. Needs no biometric.
    ///
    /// # Errors
    /// As [`Core::deny`].
    pub async fn report(&self, request: PendingRequest) -> Result<Outcome, Error> {
        self.refuse(&request, Decision::Report).await
    }

    async fn refuse(&self, request: &PendingRequest, decision: Decision) -> Result<Outcome, Error> {
        let task = Task::Refuse(request.account_id.clone(), request.login);
        let _refusing = self.under_way.begin(task)?;
        let record = self.find(&request.account_id).await?;
        self.transport.refuse(&record, &request.signed, decision).await
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
