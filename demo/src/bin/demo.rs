//! `demo`: the whole system in one command, to be tried with a browser, or checked with `--check`.

#![expect(clippy::print_stdout, reason = "the demo tells what to do")]

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, ValueEnum};
use countersign_demo::check;
use countersign_demo::desk::{SystemClock, terminal_language};
use countersign_demo::house::{EMAIL, Failure, House, Occupants};
use countersign_demo::phone_page::{CorePhone, Options, PhonePage};
use countersign_mobile_core::Lang;
use countersign_protocol::random::SystemRandom;
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
    /// When the phone asks for the number that the browser shows.
    #[arg(long, value_enum, default_value_t = Number::WhenUnusual)]
    number: Number,
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
    let house = House::build(&folder.path().join("server"), browser, &phone_origin, number).await?;

    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (occupants, server) = house.serve(async {
        // A dropped sender stops the server as well.
        let _ = stopped.await;
    });
    let result = if arguments.check {
        check::run(occupants, phone, &mut std::io::stdout()).await
    } else {
        open_house(occupants, phone, &phone_origin).await
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

async fn open_house(occupants: Occupants, phone: TcpListener, phone_origin: &str) -> Result<(), Failure> {
    let Occupants { origin, password, core, push, wakes, push_service, app } = occupants;
    let options = Options { random: Arc::new(SystemRandom::new()), clock: Arc::new(SystemClock) };
    let desk_phone = CorePhone::new(Arc::clone(&core), Some(push.clone()), Arc::new(SystemClock));
    let page = PhonePage::new(Arc::new(desk_phone), wakes, &options);
    let router = push_service.router().merge(page.router());
    let phone = tokio::spawn(axum::serve(phone, router).into_future());
    House::pair(&app, &core, &origin, push).await?;

    print!("{}", greeting(&origin, &format!("{phone_origin}{}", page.path()), &password));
    std::io::stdout().flush()?;
    tokio::signal::ctrl_c().await?;
    phone.abort();
    Ok(())
}

/// What a newcomer needs, in the terminal's language.
fn greeting(browser: &str, phone: &str, password: &str) -> String {
    match Lang::from_tag(&terminal_language()) {
        Lang::English => format!(
            "Countersign is ready. Open both addresses, side by side:\n\n  \
             browser   {browser}/\n  phone     {phone}\n\n\
             In the browser, sign in with:\n\n  \
             e-mail    {EMAIL}\n  password  {password}\n\n\
             Then tap the popup on the phone. If it asks for a number, type the one in the browser.\n\
             (Ctrl-C ends the demo.)\n"
        ),
        Lang::Japanese => format!(
            "Countersign の準備ができました。次の2つのアドレスを並べて開いてください。\n\n  \
             ブラウザー      {browser}/\n  スマートフォン  {phone}\n\n\
             ブラウザーで、次の内容でサインインします。\n\n  \
             メールアドレス  {EMAIL}\n  パスワード      {password}\n\n\
             続いて、スマートフォンに届いた通知をタップします。数字を求められたら、ブラウザーに表示された数字を入力してください。\n\
             （Ctrl-C で終了します。）\n"
        ),
    }
}
