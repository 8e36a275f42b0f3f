//! Administrators manage users in the browser: who sees what, what is done to one and to many.

mod list;
mod one_user;
mod resets;
mod super_administrators;
mod tables;

use countersign_demo::browser::{Browser, Page};
use countersign_protocol::ids::UserId;
use countersign_tests::{PASSWORD, World};

const GRACE: &str = "grace@example.com";

async fn signed_in(world: &World, email: &str) -> Browser {
    let browser = world.browser();
    let answer = browser.sign_in(email, PASSWORD).await.unwrap();
    assert_eq!(answer.location.as_deref(), Some("/"), "{}", answer.body);
    browser
}

async fn administrator(world: &World) -> Browser {
    world.add_administrator(GRACE).await;
    signed_in(world, GRACE).await
}

async fn get(browser: &Browser, path: &str) -> Page {
    let page = browser.get(path).await.unwrap();
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    page
}

fn listed(page: &Page) -> Vec<String> {
    let rows = page.body.split("data-testid=\"user-row\"").skip(1);
    rows.map(|row| row.split("/admin/users/").nth(1).unwrap().split('"').next().unwrap().to_owned()).collect()
}

fn names(page: &Page) -> Vec<String> {
    let rows = page.body.split("class=\"cell-main\"").skip(1);
    rows.map(|row| row.split("\">").nth(1).unwrap().split('<').next().unwrap().to_owned()).collect()
}

fn link(page: &Page, testid: &str) -> Option<String> {
    let before = page.body.split(&format!("\" data-testid=\"{testid}\"")).next()?;
    (before.len() < page.body.len()).then(|| before.rsplit("href=\"").next().unwrap().replace("&#38;", "&"))
}

async fn act(browser: &Browser, user: UserId, action: &str) -> String {
    post(browser, user, "act", &[("action", action)]).await
}

async fn post(browser: &Browser, user: UserId, form: &str, fields: &[(&str, &str)]) -> String {
    let page = get(browser, "/admin/users").await;
    let path = format!("/admin/users/{user}/{form}");
    let answer = browser.submit(&page, &path, fields).await.unwrap();
    let to = answer.location.unwrap_or_else(|| panic!("{}: {}", answer.status, answer.body));
    get(browser, &to).await.text_of("user-notice").unwrap()
}
