//! Recovery codes: made in good time, and each used once where nothing else is at hand.

use countersign_demo::browser::Browser;
use countersign_tests::{On, World};
use futures_util::future::join_all;

stories!(
    a_recovery_code_signs_in_once_however_it_is_typed,
    of_many_browsers_with_one_code_one_is_signed_in,
    a_new_set_ends_the_old_one,
);

async fn recovery_codes(world: &World) -> Vec<String> {
    let codes = world.app.make_recovery_codes(&*world.at().await, &world.person().await, None).await.unwrap();
    assert_eq!(codes.len(), 10);
    codes
}

async fn codes_left(world: &World) -> u32 {
    world.app.recovery_codes_of(&*world.at().await, world.user).await.unwrap().left
}

/// Types a recovery code on the Code screen. Whether the browser is signed in then.
async fn type_code(browser: &Browser, code: &str) -> bool {
    let page = browser.get("/login/code").await.unwrap();
    let answer = browser.submit(&page, "/login/code", &[("way", "recovery"), ("code", code)]).await.unwrap();
    let signed_in = (answer.status, answer.location.as_deref()) == (303, Some("/"));
    assert!(signed_in || answer.status == 422, "{}", answer.status);
    signed_in
}

async fn a_recovery_code_signs_in_once_however_it_is_typed(on: On) {
    let (world, _phone) = World::by_tap(on).await;
    let codes = recovery_codes(&world).await;
    assert!(codes[0].len() == 19 && codes[0].split('-').all(|group| group.len() == 4));
    let browser = world.browser();
    world.begin(&browser).await;
    assert!(!type_code(&browser, "0000-0000-0000-0000").await);
    assert!(!type_code(&browser, "123456").await);
    assert_eq!(codes_left(&world).await, 10);
    let typed =
        format!("  {} ", codes[0].to_uppercase().replace('-', "　").replace('0', "O").replace('1', "l"));
    assert!(type_code(&browser, &typed).await, "{typed}");
    assert_eq!(codes_left(&world).await, 9);

    let other = world.browser();
    world.begin(&other).await;
    assert!(!type_code(&other, &codes[0]).await, "used");
    assert!(type_code(&other, &codes[9]).await);
    let told = world.events_of_user().await;
    assert!(told.iter().any(|told| told == "recovery_codes.made"), "{told:?}");
}

async fn of_many_browsers_with_one_code_one_is_signed_in(on: On) {
    let (world, _phone) = World::by_tap(on).await;
    world.cheapen_passwords().await;
    let (codes, mut browsers) = (recovery_codes(&world).await, Vec::new());
    for _ in 0..6 {
        let browser = world.browser();
        world.begin(&browser).await;
        browsers.push(browser);
    }
    let tried = join_all(browsers.iter().map(|browser| type_code(browser, &codes[3]))).await;
    assert_eq!(tried.iter().filter(|signed_in| **signed_in).count(), 1);
    assert_eq!(codes_left(&world).await, 9);
}

async fn a_new_set_ends_the_old_one(on: On) {
    let (world, _phone) = World::by_tap(on).await;
    let (old, new) = (recovery_codes(&world).await, recovery_codes(&world).await);
    assert!(old.iter().all(|code| !new.contains(code)));
    let browser = world.browser();
    world.begin(&browser).await;
    assert!(!type_code(&browser, &old[0]).await);
    assert!(type_code(&browser, &new[0]).await);
}
