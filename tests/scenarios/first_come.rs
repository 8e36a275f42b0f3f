//! The Code screen keeps waiting for the phone while another way is open: whichever comes first completes the
//! login, once.

use countersign_demo::browser::Browser;
use countersign_mobile_core::Outcome;
use countersign_protocol::time::Clock as _;
use countersign_server::domain::login::LoginState;
use countersign_tests::ways::{copy_of, signs_in, type_code};
use countersign_tests::{On, Phone, World, within};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};

stories!(
    the_phone_may_answer_while_a_code_is_typed,
    a_code_may_be_typed_while_the_phone_is_asked,
    a_phone_and_codes_at_once_complete_a_login_once,
);

async fn world_of_both(on: On) -> (World, Phone, Vec<String>) {
    let (world, phone) = World::by_tap(on).await;
    world.cheapen_passwords().await;
    let codes = world.recovery_codes().await;
    (world, phone, codes)
}

async fn the_phone_may_answer_while_a_code_is_typed(on: On) {
    let (world, phone, codes) = world_of_both(on).await;
    let browser = world.browser();
    let login = world.begin(&browser).await;
    let page = browser.get("/login/code").await.unwrap();
    assert!(page.body.contains("data-testid=\"way-recovery\""), "{}", page.body);
    let wrong = type_code(&browser, "recovery", "0000-0000-0000-0000").await;
    assert_eq!(wrong.status, 422);
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved, "it waits for the phone still");
    let late = type_code(&browser, "recovery", &codes[0]).await;
    assert!(!signs_in(&late), "the phone was first: the page completes the login by it");
    assert_eq!(world.standing(login).await, LoginState::Approved);
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
    let left = world.app.recovery_codes_of(&*world.at().await, world.user).await.unwrap().left;
    assert_eq!((world.sessions().await, left), (1, 10), "and no code was used up");
}

async fn a_code_may_be_typed_while_the_phone_is_asked(on: On) {
    let (world, phone, codes) = world_of_both(on).await;
    let browser = world.browser();
    let login = world.begin(&browser).await;
    let request = phone.request().await;
    let other_tab = copy_of(&world, &browser);
    let mut events = other_tab.events().await.unwrap().unwrap();
    assert!(signs_in(&type_code(&browser, "recovery", &codes[0]).await));
    within("the other tab is told", events.stands("completed")).await.unwrap();
    let error = phone.core.approve(request, None).await.unwrap_err();
    assert_eq!(error.reason().code(), "already_decided");
    assert!(phone.requests().await.is_empty(), "the popup is put away");
    assert_eq!(world.standing(login).await, LoginState::Completed);
    assert!(!signs_in(
        &other_tab.submit(&other_tab.get("/login").await.unwrap(), "/login/complete", &[]).await.unwrap()
    ));
    assert_eq!(world.sessions().await, 1);
}

async fn a_phone_and_codes_at_once_complete_a_login_once(on: On) {
    let (world, phone, codes) = world_of_both(on).await;
    let app = world.set_up_app().await;
    for typed in codes.iter().take(8) {
        world.clock.advance(std::time::Duration::from_secs(30));
        let browser = world.browser();
        let login = world.begin(&browser).await;
        let page = browser.get("/login/code").await.unwrap();
        let request = phone.request().await;
        let tabs: Vec<Browser> = (0..4).map(|_| copy_of(&world, &browser)).collect();
        let totp = app.code(world.clock.now());
        let post =
            |tab: usize, path: &'static str, fields: Vec<(&'static str, String)>| -> BoxFuture<'_, bool> {
                let (tab, page) = (&tabs[tab], &page);
                async move {
                    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                    signs_in(&tab.submit(page, path, &fields).await.unwrap())
                }
                .boxed()
            };
        let code = |way: &str, code: &str| vec![("way", way.to_owned()), ("code", code.to_owned())];
        let approve = async {
            let told = phone.core.approve(request, None).await;
            told.map(|outcome| assert_eq!(outcome, Outcome::Approved)).is_ok()
        };
        let (approved, signed_in) = tokio::join!(
            approve,
            join_all([
                post(0, "/login/code", code("recovery", typed)),
                post(1, "/login/code", code("totp", &totp)),
                post(2, "/login/complete", Vec::new()),
                post(3, "/login/complete", Vec::new()),
            ])
        );
        let before = signed_in.iter().filter(|signed_in| **signed_in).count();
        let after = signs_in(&world.complete(&browser).await);
        assert_eq!(before + usize::from(after), 1, "{signed_in:?}, the phone: {approved}");
        assert_eq!(world.standing(login).await, LoginState::Completed);
    }
    assert_eq!(world.sessions().await, 8);
}
