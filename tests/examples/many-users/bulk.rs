//! Work on all of them: a job, and tables out and in.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use countersign_server::domain::actor::By;
use countersign_server::domain::directory::{Action, Filter, Whom};
use countersign_server::domain::job::{JobState, Task};
use countersign_server::domain::policy::preset::Preset;
use countersign_tests::{PASSWORD, World};

use super::{GRACE, millis};

/// Does each once, and says how long it took.
pub(super) async fn measure(world: &World, count: u32) {
    export(world).await;
    import(world, count).await;
    job(world).await;
}

async fn export(world: &World) {
    let browser = world.browser();
    browser.sign_in(GRACE, PASSWORD).await.unwrap();
    let begun = Instant::now();
    let table = browser.get("/admin/users/export.csv").await.unwrap();
    tell("export as CSV", table.body.lines().count() - 1, begun.elapsed());
}

/// As many new users as there are, without passwords, as the command line takes them in; then the same table again.
async fn import(world: &World, count: u32) {
    let mut table = "email,name\n".to_owned();
    for number in 0..count {
        writeln!(table, "new{number}@example.com,New {number}").unwrap();
    }
    let at = world.at().await;
    for again in [false, true] {
        let begun = Instant::now();
        let lines =
            world.app.look_at_import(&at, &By::CommandLine, &table, usize::MAX).await.unwrap().unwrap();
        tell(if again { "look at it again" } else { "look at a CSV file" }, lines.len(), begun.elapsed());
        let begun = Instant::now();
        let done = world.app.import_users(&at, &By::CommandLine, lines, None).await.unwrap();
        assert_eq!((done.new, done.same), if again { (0, u64::from(count)) } else { (u64::from(count), 0) });
        if !again {
            tell("import it", usize::try_from(done.new).unwrap(), begun.elapsed());
        }
    }
}

async fn job(world: &World) {
    // Of these, a third were chosen before.
    world.change_policy(|policy| *policy = Preset::ProDb.policy()).await;
    let begun = Instant::now();
    let task = Task { action: Action::TurnOn, whom: Whom::All(Filter::default()), by: By::CommandLine };
    let id = world.app.begin_job(world.tenant, task).await.unwrap();
    println!("bulk turn-on was begun after {:.1} ms", millis(begun.elapsed()));
    let job = loop {
        let job = world.app.job(world.tenant, id).await.unwrap().unwrap();
        if job.state != JobState::Waiting {
            break job;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    tell("bulk turn-on, users looked at", usize::try_from(job.seen).unwrap(), begun.elapsed());
    assert!(job.changed > 0, "the policy has it turned on user by user");
    println!("of whom {} were not turned on yet", job.changed);
}

fn tell(what: &str, users: usize, took: Duration) {
    let seconds = took.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let rate = users as f64 / seconds;
    println!("{what:34} {users:>7} in {seconds:>6.1} s, {rate:>8.0} a second");
}
