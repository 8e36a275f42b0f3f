//! What is being done at the moment, so that a second tap does not do it twice.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use countersign_protocol::ids::{LoginId, PairingId};

use crate::error::{Error, Reason};

/// Something that must not be done twice at once.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Task {
    /// A pairing by this link. A second claim would end it on the server.
    Pair(PairingId),
    /// The making of an account of this id, whose keys are not to be tidied away meanwhile.
    Make(String),
    /// An approval of this account's login.
    Approve(String, LoginId),
    /// A denial or report of it. It does not wait for an approval, whose prompt may stay for long.
    Refuse(String, LoginId),
}

/// All that is under way.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(Mutex<HashSet<Task>>);

/// One task; over when it is dropped, however its call ended.
#[must_use]
pub(crate) struct Begun<'a> {
    all: &'a UnderWay,
    task: Task,
}

impl UnderWay {
    /// Begins `task`, if it is not under way.
    pub(crate) fn begin(&self, task: Task) -> Result<Begun<'_>, Error> {
        if self.tasks().insert(task.clone()) {
            Ok(Begun { all: self, task })
        } else {
            Err(Reason::UnderWay.into())
        }
    }

    pub(crate) fn has(&self, task: &Task) -> bool {
        self.tasks().contains(task)
    }

    fn tasks(&self) -> std::sync::MutexGuard<'_, HashSet<Task>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.all.tasks().remove(&self.task);
    }
}
