//! What an app calls.

use countersign_protocol::api::{DeviceAnswer, DeviceState, Outcome, PushState, path};
use countersign_protocol::approval::Decision;
use countersign_protocol::ids::LoginId;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join};
use futures_util::lock::Mutex;

use crate::account::{self, Account, AccountState, Record};
use crate::error::{Error, Reason};
use crate::ports::{PhoneInfo, Ports};
use crate::push::Push;
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
    pub(crate) phone: PhoneInfo,
    /// Held from reading what is stored until it is written again.
    pub(crate) changing: Mutex<()>,
    pub(crate) push: Push,
    pub(crate) under_way: UnderWay,
}

impl Core {
    /// A core over what the app brings.
    #[must_use]
    pub fn new(ports: Ports, phone: PhoneInfo) -> Self {
        let transport = Transport { ports, offsets: Offsets::default(), app: app_header(&phone) };
        let (changing, push, under_way) = (Mutex::new(()), Push::default(), UnderWay::default());
        Self { transport, phone, changing, push, under_way }
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
    /// no other server's requests, and an account that is removed meanwhile no other account's.
    ///
    /// # Errors
    /// The storage's only.
    pub async fn pending(&self) -> Result<Pending, Error> {
        let records = account::load(self.ports()).await?;
        let (answers, told) = join(self.ask_all(&records), self.catch_up()).await;
        told?;
        let (records, answers) = self.still_there(records, answers).await?;
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

    /// Changes one account's record and stores all; the changed one.
    pub(crate) fn change<'c>(
        &'c self,
        id: &'c str,
        apply: impl FnOnce(&mut Record) + Send + 'c,
    ) -> BoxFuture<'c, Result<Record, Error>> {
        self.change_by(id, Box::new(apply)).boxed()
    }

    // Boxed, as all that is awaited in many places: an app links it once, not for each change.
    async fn change_by(
        &self,
        id: &str,
        apply: Box<dyn FnOnce(&mut Record) + Send + '_>,
    ) -> Result<Record, Error> {
        let _changing = self.changing.lock().await;
        let mut records = account::load(self.ports()).await?;
        let record = records.iter_mut().find(|record| record.id == id).ok_or(Reason::UnknownAccount)?;
        apply(record);
        let changed = record.clone();
        account::save(self.ports(), records).await?;
        Ok(changed)
    }

    /// Leaves out what was removed while it was asked, and notes that a server that answers is one that was
    /// confirmed to.
    async fn still_there(
        &self,
        asked: Vec<Record>,
        answers: Vec<Asked>,
    ) -> Result<(Vec<Record>, Vec<Asked>), Error> {
        let _changing = self.changing.lock().await;
        let mut stored = account::load(self.ports()).await?;
        let mut changed = false;
        let mut there = Vec::new();
        for (asked, answer) in asked.into_iter().zip(answers) {
            let Some(record) = stored.iter_mut().find(|record| record.id == asked.id) else { continue };
            if answer.is_ok() && record.state == AccountState::Unconfirmed {
                record.state = AccountState::Active;
                changed = true;
            }
            there.push((asked, answer));
        }
        if changed {
            account::save(self.ports(), stored).await?;
        }
        Ok(there.into_iter().unzip())
    }
}
