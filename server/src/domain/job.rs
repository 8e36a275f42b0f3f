//! A job: something that is done to many users, one after the other, while the server does other things.

use std::time::Duration;

use countersign_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::actor::By;
use super::directory::{Action, Whom};

/// How long a job is remembered, and what came of it, once it is done or stopped.
pub const REMEMBERED: Duration = Duration::from_hours(90 * 24);

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// What.
    pub action: Action,
    /// To whom.
    pub whom: Whom,
    /// By whom: what they may not do is not done.
    pub by: By,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// It is not done yet.
    Waiting,
    /// It is done.
    Done,
    /// Somebody stopped it.
    Stopped,
}

impl JobState {
    const ALL: [Self; 3] = [Self::Waiting, Self::Done, Self::Stopped];

    /// As the database and JSON spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A job, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// What is to be done.
    pub task: Task,
    /// How far it is.
    pub state: JobState,
    /// How many users are meant, as counted when it began.
    pub total: u64,
    /// How many of them were looked at.
    pub seen: u64,
    /// To how many of these something was done.
    pub changed: u64,
    /// From when on it is done.
    pub due_at: Timestamp,
    /// Since when it waits: users who came later are not meant.
    pub created_at: Timestamp,
    /// Since when it is done or stopped.
    pub ended_at: Option<Timestamp>,
}

impl Job {
    /// A job that nobody has begun yet, for `total` users, to be done from `due_at` on.
    #[must_use]
    pub const fn waiting(id: Uuid, task: Task, total: u64, due_at: Timestamp, created_at: Timestamp) -> Self {
        let state = JobState::Waiting;
        Self { id, task, state, total, seen: 0, changed: 0, due_at, created_at, ended_at: None }
    }
}
