//! The pages, one after the other.

use std::time::{Duration, Instant};

use countersign_demo::browser::{Browser, Page};
use countersign_server::domain::policy::Policy;
use countersign_server::domain::policy::rule::SecondFactor;
use countersign_tests::{PASSWORD, World};

use super::{GRACE, millis};

/// How often each page is asked for.
const TIMES: u32 = 20;

/// A page that is asked for by its address.
const PAGES: [(&str, &str); 22] = [
    ("users: first page", "/admin/users"),
    ("users: deep page", "/admin/users?after=user60000%40example.com"),
    ("users: page before", "/admin/users?before=user60000%40example.com"),
    ("users: search, one found", "/admin/users?q=54321"),
    ("users: search, none found", "/admin/users?q=nobody+at+all"),
    ("users: search, all found", "/admin/users?q=user"),
    ("users: administrators", "/admin/users?role=administrator"),
    ("users: of a type", "/admin/users?type=contractor"),
    ("users: disabled", "/admin/users?state=disabled"),
    ("users: turned on", "/admin/users?chosen=on"),
    ("users: nothing set up", "/admin/users?holds=nothing"),
    ("users: something set up", "/admin/users?holds=something"),
    ("users: phone", "/admin/users?holds=push"),
    ("users: passkey", "/admin/users?holds=passkey"),
    ("users: authenticator app", "/admin/users?holds=totp"),
    (
        "users: all filters, few",
        "/admin/users?q=9&role=member&type=staff&state=active&chosen=on&holds=passkey",
    ),
    ("jobs", "/admin/jobs"),
    ("settings", "/admin/settings"),
    ("audit: latest", "/admin/audit"),
    ("audit: failures", "/admin/audit?result=failed"),
    ("audit: a family", "/admin/audit?what=user"),
    ("audit: one person", "/admin/audit?person=user54328%40example.com"),
];

/// Asks for each page, and says how long it took.
pub(super) async fn measure(world: &World) {
    let browser = world.browser();
    browser.sign_in(GRACE, PASSWORD).await.unwrap();
    println!("{:34} {:>8} {:>8} {:>8} {:>10}", "page", "best", "median", "worst", "processor");
    for (name, path) in PAGES {
        table(name, "", async || browser.get(path).await.unwrap()).await;
    }
    let one = format!("/admin/users/{}", world.user);
    table("one user", "", async || browser.get(&one).await.unwrap()).await;
    bulk(&browser).await;
    what_if(&browser).await;
    previews(world, &browser).await;
}

/// What follows if something is done to all, or to all that match.
async fn bulk(browser: &Browser) {
    let users = browser.get("/admin/users").await.unwrap();
    for (name, filter) in
        [("bulk: all, asked first", &[][..]), ("bulk: all that match", &[("holds", "nothing"), ("q", "9")])]
    {
        let fields = [&[("action", "end-sessions"), ("whom", "all")], filter].concat();
        table(name, "", async || browser.submit(&users, "/admin/users/act", &fields).await.unwrap()).await;
    }
}

async fn what_if(browser: &Browser) {
    let form = browser.get("/admin/settings/what-if").await.unwrap();
    let fields = [("email", "user54328@example.com"), ("address", "198.51.100.7"), ("browser", "known")];
    let ask = async || browser.submit(&form, "/admin/settings/what-if", &fields).await.unwrap();
    table("what if", "what-if-outcome", ask).await;
}

async fn previews(world: &World, browser: &Browser) {
    let form = browser.get("/admin/settings").await.unwrap();
    let policy = world.app.tenant_now(world.tenant).await.unwrap().policy;
    let with = |change: &dyn Fn(&mut Policy)| {
        let mut policy = policy.clone();
        change(&mut policy);
        policy.to_stored()
    };
    let required = with(&|policy| policy.base = SecondFactor::Required);
    let grace = with(&|policy| (policy.base, policy.grace_days) = (SecondFactor::Required, 14));
    let less = with(&|policy| policy.factors.remember_days = 7);
    for (name, policy, more) in [
        ("preview: required", &required, &[][..]),
        ("preview: who must set up", &required, &[("show", "set-up")]),
        ("preview: one user", &required, &[("find", "user54328@example.com")]),
        ("preview: 14 days of grace", &grace, &[]),
        ("preview: who must set up later", &grace, &[("show", "set-up-later")]),
        ("preview: browsers forgotten", &less, &[]),
        ("preview: whose browsers", &less, &[("show", "browsers")]),
    ] {
        if policy == &less {
            world.change_policy(|policy| policy.factors.remember_days = 30).await;
        }
        let fields = [&[("policy", policy.as_str())], more].concat();
        let ask = async || browser.submit(&form, "/admin/settings/preview", &fields).await.unwrap();
        table(name, "preview-users", ask).await;
    }
}

/// One line of the table. The page has `testid` on it.
async fn table(name: &str, testid: &str, ask: impl AsyncFn() -> Page) {
    let mut times = Vec::new();
    let before = processor_time();
    for _ in 0..TIMES {
        let begun = Instant::now();
        let page = ask().await;
        times.push(begun.elapsed());
        let shown = testid.is_empty() || page.text_of(testid).is_some();
        assert!(page.status == 200 && shown, "{name}: {} {}", page.status, page.body);
    }
    let spent = (processor_time() - before) / TIMES;
    times.sort_unstable();
    let [best, median, worst] = [0, times.len() / 2, times.len() - 1].map(|at| millis(times[at]));
    println!("{name:34} {best:>5.1} ms {median:>5.1} ms {worst:>5.1} ms {:>7.1} ms", millis(spent));
}

/// What the kernel counted for this process, in hundredths of a second (proc(5)).
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u32>().unwrap());
    Duration::from_millis(10) * ticks.sum::<u32>()
}
