//! What is being done at the moment, so that a second tap does not do it twice.

use std::sync::{Mutex, PoisonError};

use countersign_protocol::ids::{LoginId, PairingId};

use crate::error::{Error, Reason};

/// Something that must not be done twice at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Task {
    /// A pairing of this server's. A second claim would end it there.
    Pair(String, PairingId),
    /// The making of an account of this id, whose keys are not to be tidied away meanwhile.
    Make(String),
    /// An approval of this account's login.
    Approve(String, LoginId),
    /// A denial or report of it. It does not wait for an approval, whose prompt may stay for long.
    Refuse(String, LoginId),
}

/// All that is under way: never more than a few.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(Mutex<Vec<Task>>);

/// One task; over when it is dropped, however its call ended.
#[must_use]
pub(crate) struct Begun<'a> {
    all: &'a UnderWay,
    task: Task,
}

impl UnderWay {
    /// Begins `task`, if it is not under way.
    pub(crate) fn begin(&self, task: Task) -> Result<Begun<'_>, Error> {
        let mut tasks = self.tasks();
        if tasks.contains(&task) {
            return Err(Reason::UnderWay.into());
        }
        tasks.push(task.clone());
        drop(tasks);
        Ok(Begun { all: self, task })
    }

    pub(crate) fn has(&self, task: &Task) -> bool {
        self.tasks().contains(task)
    }

    fn tasks(&self) -> std::sync::MutexGuard<'_, Vec<Task>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.all.tasks().retain(|task| *task != self.task);
    }
}
