//! `phone`: a phone for the terminal. It pairs with a server and answers its approval requests. No push
//! service reaches it: it looks for itself.

mod arguments;
mod watch;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use countersign_demo::desk::{self, DeskError, NobodyAsked, SystemClock, ports_in, show, terminal_language};
use countersign_mobile_core::{
    AccountState, Core, Error, Lang, LoginId, Mode, Outcome, Pending, PendingRequest, Unreached, texts,
};
use countersign_protocol::time::Clock as _;

use arguments::{Arguments, Command};

/// Why a command ends with a status other than 0: a sentence for people.
struct Failure(String);

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Self {
        Self(error.to_string())
    }
}

type Done = Result<(), Failure>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Refused only where a provider is installed already, and then there is one.
    let _installed_already = rustls::crypto::ring::default_provider().install_default();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(sentence)) => {
            // Where nobody reads errors any more, the status is all that is left to say.
            let _unread = writeln!(io::stderr(), "phone: {sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Done {
    let lang = Lang::from_tag(&arguments.lang.unwrap_or_else(terminal_language));
    let model = match &arguments.command {
        Command::Pair { name, .. } => name.clone(),
        _ => String::new(),
    };
    let ports = ports_in(&arguments.home, Arc::new(NobodyAsked))?;
    let core = Core::new(ports, desk::desk_phone(&model, lang));
    let phone = Phone { core: Arc::new(core), lang };
    match arguments.command {
        Command::Pair { link, .. } => phone.pair(link).await,
        Command::Accounts => phone.accounts().await,
        Command::Requests { json } => phone.requests(json).await,
        Command::Approve { id, number } => phone.approve(id, number).await,
        Command::Deny { id } => {
            let request = phone.the_one(id).await?;
            phone.ended(phone.core.deny(request).await)
        }
        Command::Report { id } => {
            let request = phone.the_one(id).await?;
            phone.ended(phone.core.report(request).await)
        }
        Command::Remove { account } => {
            phone.core.remove_account(account).await.map_err(|e| phone.failure(&e))
        }
        Command::Watch => phone.watch().await,
    }
}

/// The core, and the language it speaks.
struct Phone {
    core: Arc<Core>,
    lang: Lang,
}

impl Phone {
    fn say(&self, english: &'static str, japanese: &'static str) -> &'static str {
        match self.lang {
            Lang::English => english,
            Lang::Japanese => japanese,
        }
    }

    fn failure(&self, error: &Error) -> Failure {
        Failure(error.message(self.lang))
    }

    async fn pair(&self, link: String) -> Done {
        let started = self.core.pair(link, None).await.map_err(|error| self.failure(&error))?;
        let account = started.account;
        let mut out = io::stdout().lock();
        writeln!(out, "{}  {}  {}", account.tenant_name, account.account, account.origin)?;
        writeln!(
            out,
            "{}",
            self.say("Type this code into the browser:", "このコードをブラウザーに入力してください：")
        )?;
        writeln!(out, "{}", started.code)?;
        Ok(())
    }

    async fn accounts(&self) -> Done {
        let accounts = self.core.accounts().await.map_err(|error| self.failure(&error))?;
        let mut out = io::stdout().lock();
        for account in accounts {
            let (state, fault) = match self.core.refresh_account(account.id.clone()).await {
                Ok(account) => (account.state, None),
                Err(error) => (account.state, Some(error.message(self.lang))),
            };
            let state = match state {
                AccountState::Unconfirmed => self.say("not confirmed yet", "未完了"),
                AccountState::Active => self.say("active", "有効"),
            };
            let (tenant, name, origin) = (account.tenant_name, account.account, account.origin);
            writeln!(
                out,
                "{}  {tenant}  {name}  {origin}  {}",
                account.id,
                fault.as_deref().unwrap_or(state)
            )?;
        }
        Ok(())
    }

    async fn pending(&self) -> Result<Pending, Failure> {
        self.core.pending().await.map_err(|error| self.failure(&error))
    }

    async fn requests(&self, json: bool) -> Done {
        let pending = self.pending().await?;
        if json {
            show::print_json(&mut io::stdout().lock(), &pending.requests)?;
        } else {
            for request in &pending.requests {
                self.print(request)?;
            }
        }
        self.all_reached(&pending.unreached).await
    }

    async fn all_reached(&self, unreached: &[Unreached]) -> Done {
        if unreached.is_empty() {
            Ok(())
        } else {
            Err(Failure(self.faults(unreached).await.join("\nphone: ")))
        }
    }

    /// One sentence for each account that could not be asked.
    async fn faults(&self, unreached: &[Unreached]) -> Vec<String> {
        let accounts = self.core.accounts().await.unwrap_or_default();
        let sentence = |fault: &Unreached| {
            let account = accounts.iter().find(|account| account.id == fault.account_id);
            let origin = account.map_or(fault.account_id.as_str(), |account| &account.origin);
            format!("{origin}: {}", fault.error.message(self.lang))
        };
        unreached.iter().map(sentence).collect()
    }

    /// The request named `id`, or the only one that waits.
    async fn the_one(&self, id: Option<LoginId>) -> Result<PendingRequest, Failure> {
        let mut pending = self.pending().await?;
        if let Some(id) = id {
            pending.requests.retain(|request| request.login == id);
        }
        match (pending.requests.len(), id) {
            (1, _) => Ok(pending.requests.remove(0)),
            (0, _) => {
                self.all_reached(&pending.unreached).await?;
                let nothing = match id {
                    Some(_) => self.say(
                        "This request does not wait for an answer.",
                        "このリクエストは回答を待っていません。",
                    ),
                    None => {
                        self.say("Nothing waits for an answer.", "回答を待っているリクエストはありません。")
                    }
                };
                Err(Failure(nothing.into()))
            }
            _ => {
                for request in &pending.requests {
                    self.print(request)?;
                }
                let which = self.say(
                    "Several requests wait: say which by its id.",
                    "複数のリクエストがあります。IDで指定してください。",
                );
                Err(Failure(which.into()))
            }
        }
    }

    async fn approve(&self, id: Option<LoginId>, number: Option<String>) -> Done {
        let request = self.the_one(id).await?;
        let asks_for_number = matches!(request.mode, Mode::Number { .. }) && number.is_none();
        match self.core.approve(request, number).await {
            Err(error) if asks_for_number => Err(Failure(format!("{} (--number)", error.message(self.lang)))),
            Ok(Outcome::Approved) => self.ended(Ok(Outcome::Approved)),
            Ok(not_approved) => Err(Failure(texts::outcome(not_approved, self.lang))),
            Err(error) => Err(self.failure(&error)),
        }
    }

    fn ended(&self, outcome: Result<Outcome, Error>) -> Done {
        let outcome = outcome.map_err(|error| self.failure(&error))?;
        Ok(writeln!(io::stdout(), "{}", texts::outcome(outcome, self.lang))?)
    }

    fn print(&self, request: &PendingRequest) -> io::Result<()> {
        show::print(&mut io::stdout().lock(), request, SystemClock.now(), self.lang)
    }
}
