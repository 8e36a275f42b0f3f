//! `demo`: the whole system in one command, to be tried with a browser, or checked with `--check`.

#![expect(clippy::print_stdout, reason = "the demo tells what to do")]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Parser, ValueEnum};
use countersign_demo::check;
use countersign_demo::desk::{ReqwestHttp, SystemClock, terminal_language};
use countersign_demo::house::{DeskPhone, Failure, House, Occupants};
use countersign_demo::people::{ADMINISTRATOR, EMAIL, Rules};
use countersign_demo::phone_page::{CorePhone, Options, PhonePage};
use countersign_mobile_core::Lang;
use countersign_protocol::random::SystemRandom;
use countersign_server::domain::policy::preset::Preset;
use countersign_server::domain::tenant::NumberRule;
use tokio::net::TcpListener;

/// Countersign on one desk: a server, a browser's address, and a phone.
#[derive(Parser)]
#[command(name = "demo", version)]
struct Arguments {
    /// Do one whole sign-in without a browser, print each step with its time, and end.
    #[arg(long)]
    check: bool,
    /// The browser's port; a free one if it is taken.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The phone's port; a free one if it is taken.
    #[arg(long, default_value_t = 8081)]
    phone_port: u16,
    /// How many phones the person has. The second one's port is the next, or a free one.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    phones: u8,
    /// When the phone asks for the number that the browser shows.
    #[arg(long, value_enum, default_value_t = Number::WhenUnusual)]
    number: Number,
    /// Who must confirm sign-ins: one of the policies to begin with.
    #[arg(long, default_value = "usual", value_parser = preset(), conflicts_with = "check")]
    preset: Preset,
    /// The server's folder, for `countersign … --home`. Without it, one that is gone when the demo ends.
    #[arg(long, value_name = "FOLDER")]
    home: Option<PathBuf>,
}

fn preset() -> impl clap::builder::TypedValueParser<Value = Preset> {
    PossibleValuesParser::new(Preset::ALL.map(Preset::as_str))
        .map(|name| Preset::parse(&name).unwrap_or(Preset::Usual))
}

#[derive(Clone, Copy, ValueEnum)]
enum Number {
    WhenUnusual,
    Always,
    Never,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "demo: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let number = match arguments.number {
        Number::WhenUnusual => NumberRule::WhenUnusual,
        Number::Always => NumberRule::Always,
        Number::Never => NumberRule::Never,
    };
    let folder = tempfile::tempdir()?;
    let browser = listen(arguments.port).await?;
    let phone = listen(arguments.phone_port).await?;
    let phone_origin = format!("http://localhost:{}", phone.local_addr()?.port());
    let home = arguments.home.unwrap_or_else(|| folder.path().join("server"));
    let rules = Rules { number, preset: arguments.preset };
    let house = House::build(&home, browser, &phone_origin, rules).await?;

    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (occupants, server) = house.serve(async {
        // A dropped sender stops the server as well.
        let _ = stopped.await;
    });
    let result = if arguments.check {
        check::run(occupants, phone, &mut std::io::stdout()).await
    } else {
        let second = match arguments.phones {
            1 => None,
            _ => Some(listen(arguments.phone_port.saturating_add(arguments.phone_port.min(1))).await?),
        };
        open_house(occupants, phone, second).await
    };
    drop(stop);
    server.await?;
    result
}

/// The wanted port, or a free one.
async fn listen(port: u16) -> std::io::Result<TcpListener> {
    match TcpListener::bind(("127.0.0.1", port)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(("127.0.0.1", 0)).await,
    }
}

async fn open_house(
    house: Occupants,
    first: TcpListener,
    second: Option<TcpListener>,
) -> Result<(), Failure> {
    let Occupants { origin, password, core, push, wakes, push_service, inbox, app } = house;
    let push_origin = format!("http://localhost:{}", first.local_addr()?.port());
    let inbox_address = format!("{push_origin}{}", inbox.path());
    let beside = push_service.router().merge(inbox.router());
    let mut phones = vec![(DeskPhone { core, push, wakes }, first, beside)];
    if let Some(listener) = second {
        let phone = DeskPhone::new(&push_service, &push_origin, "Ada’s second phone")?;
        phones.push((phone, listener, Router::new()));
    }
    let (mut addresses, mut served) = (Vec::new(), Vec::new());
    for (DeskPhone { core, push, wakes }, listener, beside) in phones {
        let options = Options { random: Arc::new(SystemRandom::new()), clock: Arc::new(SystemClock) };
        let clock = Arc::clone(&options.clock);
        let http = Arc::new(ReqwestHttp::new()?);
        let phone = CorePhone::new(Arc::clone(&core), http, clock, Arc::clone(&options.random));
        let page = PhonePage::new(Arc::new(phone), wakes, &options);
        let port = listener.local_addr()?.port();
        addresses.push(format!("http://localhost:{port}{}", page.path()));
        served.push(tokio::spawn(axum::serve(listener, beside.merge(page.router())).into_future()));
        House::pair(&app, &core, &origin, push).await?;
    }

    print!("{}", greeting(&origin, &addresses, &inbox_address, &password));
    std::io::stdout().flush()?;
    tokio::signal::ctrl_c().await?;
    served.iter().for_each(tokio::task::JoinHandle::abort);
    Ok(())
}

/// What a newcomer needs, in the terminal's language.
fn greeting(browser: &str, phones: &[String], inbox: &str, password: &str) -> String {
    let lang = Lang::from_tag(&terminal_language());
    let phone = phones.join(match lang {
        Lang::English => "\n  phone     ",
        Lang::Japanese => "\n  スマートフォン  ",
    });
    match lang {
        Lang::English => format!(
            "Countersign is ready. Open these addresses, side by side:\n\n  \
             browser   {browser}/\n  phone     {phone}\n  inbox     {inbox}\n\n\
             In the browser, sign in with:\n\n  \
             e-mail    {EMAIL}\n  password  {password}\n\n\
             Then tap the popup on the phone. If it asks for a number, type the one in the browser.\n\
             To manage users and settings, sign in as {ADMINISTRATOR}, with the same password.\n\
             (Ctrl-C ends the demo.)\n"
        ),
        Lang::Japanese => format!(
            "Countersign の準備ができました。次のアドレスを並べて開いてください。\n\n  \
             ブラウザー      {browser}/\n  スマートフォン  {phone}\n  受信トレイ      {inbox}\n\n\
             ブラウザーで、次の内容でサインインします。\n\n  \
             メールアドレス  {EMAIL}\n  パスワード      {password}\n\n\
             続いて、スマートフォンに届いた通知をタップします。数字を求められたら、ブラウザーに表示された数字を入力してください。\n\
             ユーザーや設定を管理するには、同じパスワードで {ADMINISTRATOR} としてサインインします。\n\
             （Ctrl-C で終了します。）\n"
        ),
    }
}
