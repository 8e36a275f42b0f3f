//! A policy as JSON. What people write is read strictly; what lies in the database may be of a later version, and
//! then a rule that cannot be read asks everybody.

use serde_json::Value;

use super::rule::Rule;
use super::{Policy, PolicyError};

impl Policy {
    /// Reads what somebody wrote.
    ///
    /// # Errors
    /// [`PolicyError`], whose text says what to do.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let policy: Self =
            serde_json::from_str(text).map_err(|error| PolicyError::Unreadable(error.to_string()))?;
        policy.check()?;
        Ok(policy)
    }

    /// Reads what lies in the database. None if it is no policy: then nobody can be asked rightly, and nobody signs in.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        let mut value: Value = serde_json::from_str(text).ok()?;
        let rules = value.get_mut("rules").map(Value::take);
        let rules = rules.map_or(Some(Vec::new()), |rules| rules.as_array().cloned())?;
        value.as_object_mut()?.remove("rules");
        let mut policy: Self = serde_json::from_value(value).ok()?;
        let read =
            |(number, rule)| serde_json::from_value(rule).unwrap_or_else(|_| Rule::unreadable(number + 1));
        policy.rules = rules.into_iter().enumerate().map(read).collect();
        Some(policy)
    }

    /// As the database holds it.
    #[must_use]
    pub fn to_stored(&self) -> String {
        // Its keys are texts and its numbers whole: it cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}
