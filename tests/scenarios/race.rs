//! A hundred at once on one login: it ends in one way, and everybody is told the same.

use std::sync::Arc;
use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_mobile_core::PendingRequest;
use countersign_mobile_core::ports::KeyPurpose;
use countersign_protocol::api::{DecisionAnswer, DecisionBody, ErrorCode, Outcome, path};
use countersign_protocol::approval::Decision;
use countersign_protocol::ids::LoginId;
use countersign_server::domain::login::LoginState;
use countersign_tests::forge::read_request;
use countersign_tests::{On, Phone, World, until};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, future::join_all};

stories!(a_hundred_at_once, a_hundred_at_once_while_the_time_runs_out, two_approve_at_once_with_one_call);

const EACH: usize = 25;

#[derive(Debug)]
enum Did {
    Decided(Option<Outcome>),
    Completed { session: bool },
    Swept,
}

async fn a_hundred_at_once(on: On) {
    race(on, Duration::ZERO).await;
}

async fn a_hundred_at_once_while_the_time_runs_out(on: On) {
    race(on, Duration::from_secs(121)).await;
}

async fn race(on: On, passes: Duration) {
    let (world, phone) = World::by_tap(on).await;
    let (world, phone) = (Arc::new(world), Arc::new(phone));
    let browser = Arc::new(world.browser());
    let login = world.begin(&browser).await;
    let code = Arc::new(browser.get("/login/code").await.unwrap());
    let request = phone.request().await;
    let mut tasks: Vec<BoxFuture<'static, Did>> = Vec::new();
    for number in 0..EACH {
        tasks.push(decide(Arc::clone(&phone), request.clone(), Decision::Approve).boxed());
        tasks.push(decide(Arc::clone(&phone), request.clone(), Decision::Deny).boxed());
        tasks.push(complete(Arc::clone(&world), Arc::clone(&browser), Arc::clone(&code), login).boxed());
        // In the middle of it, the time is over.
        let by = if number == EACH / 2 { passes } else { Duration::ZERO };
        tasks.push(sweep(Arc::clone(&world), by).boxed());
    }
    let tasks = tasks.into_iter().map(tokio::spawn);
    let did: Vec<Did> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    agree(&world, login, &did).await;
}

/// By itself: an app says one thing at a time, and there would be nobody to come second.
async fn decide(phone: Arc<Phone>, request: PendingRequest, decision: Decision) -> Did {
    let statement = phone.decision(&request.signed, decision).await;
    let answer = phone.decide(KeyPurpose::Approval, read_request(&request.signed).login, &statement).await;
    if let Some(told) = answer.code {
        // A clock that jumps while a call is on its way is off, for that call.
        let fitting = [ErrorCode::AlreadyDecided, ErrorCode::Expired, ErrorCode::ClockSkew];
        assert!(fitting.contains(&told), "who comes second is told so: {told:?}");
        return Did::Decided(None);
    }
    let answer: DecisionAnswer = serde_json::from_str(&answer.body).unwrap();
    Did::Decided(Some(answer.outcome))
}

/// Posts as the Code screen does, until the login is over.
async fn complete(world: Arc<World>, browser: Arc<Browser>, code: Arc<Page>, login: LoginId) -> Did {
    let mut session = false;
    loop {
        let page = browser.submit(&code, "/login/complete", &[]).await.unwrap();
        assert_eq!(page.status, 303);
        let cookies = page.headers.get_all("set-cookie").iter();
        session |= cookies
            .filter_map(|line| line.to_str().ok())
            .any(|line| line.starts_with("countersign-session="));
        if world.standing(login).await.is_over() {
            return Did::Completed { session };
        }
    }
}

async fn sweep(world: Arc<World>, by: Duration) -> Did {
    world.pass(by).await;
    Did::Swept
}

async fn agree(world: &World, login: LoginId, did: &[Did]) {
    let ended = world.standing(login).await;
    let won =
        |outcome| did.iter().filter(|did| matches!(did, Did::Decided(Some(o)) if *o == outcome)).count();
    let (approved, denied) = (won(Outcome::Approved), won(Outcome::Denied));
    let signed_in = did.iter().filter(|did| matches!(did, Did::Completed { session: true })).count();
    let expected = match ended {
        LoginState::Completed => (1, 0, 1),
        LoginState::NotCompleted => (1, 0, 0),
        LoginState::Denied => (0, 1, 0),
        LoginState::Expired => (0, 0, 0),
        other => panic!("an end that nobody asked for: {other:?}"),
    };
    assert_eq!((approved, denied, signed_in), expected, "{ended:?}");
    let rows = |count: usize| i64::try_from(count).unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM sessions").await, rows(signed_in));
    assert_eq!(world.count("SELECT COUNT(*) FROM receipts").await, rows(approved + denied));
    assert_eq!(world.receipt(login).await.is_some(), approved + denied == 1);
    // What time did is noted by whichever sweep was first, which may still be about it.
    let ends = if ended == LoginState::NotCompleted { 2 } else { 1 };
    until("the end is in the audit lines, once", || async { world.count(ENDS).await == ends }).await;
}

const ENDS: &str = "SELECT COUNT(*) FROM audit WHERE event IN ('login.approved', 'login.denied', \
    'login.reported', 'login.wrong_number', 'login.expired', 'login.not_completed')";

/// The same signed call on two connections at once does its work once.
async fn two_approve_at_once_with_one_call(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let login = world.begin(&world.browser()).await;
    let decision = phone.decision(&phone.request().await.signed, Decision::Approve).await;
    let decision = phone.sign(KeyPurpose::Approval, &decision).await;
    let (path, body) = (path::decision(login), serde_json::to_vec(&DecisionBody { decision }).unwrap());
    let call = phone.call("POST", &path, &body).await;
    let statement = phone.sign(KeyPurpose::Device, &call).await;
    let send = || phone.send_statement(&statement, reqwest::Method::POST, &path, &body);
    let mut statuses: Vec<u16> =
        join_all((0..8).map(|_| send())).await.into_iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(statuses[1..].iter().all(|status| *status == 401), "the others were replayed: {statuses:?}");
}
