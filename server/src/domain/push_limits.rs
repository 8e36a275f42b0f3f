//! How often a user's phones may be pushed.
//!
//! Whoever knows a password can begin logins. Without limits, each would make the phone ring, until its
//! owner approves one to have peace. So a push that was not approved makes the next one wait: ten
//! seconds, doubling up to an hour; five in fifteen minutes, twenty a day; none for an hour after a
//! denial, for a day after a report. A login that is not pushed waits for its answer all the same: the
//! app shows it when it is opened.

use std::time::Duration;

use countersign_protocol::time::Timestamp;

use super::backoff;

const QUARTER: Duration = Duration::from_mins(15);
const DAY: Duration = Duration::from_hours(24);

/// The limits of one tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PushLimits {
    first_pause: Duration,
    longest_pause: Duration,
    per_quarter: u32,
    per_day: u32,
    hold_denied: Duration,
    hold_reported: Duration,
}

/// One of the limits: its name, its bounds, and what it is where nobody chose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    /// As the command line spells it.
    pub name: &'static str,
    /// The least, in seconds or as a count.
    pub least: u32,
    /// The most.
    pub most: u32,
    /// The usual.
    pub usual: u32,
}

/// All limits, in the order of [`PushLimits::new`].
pub const LIMITS: [Limit; 6] = [
    Limit { name: "first-pause", least: 5, most: 60, usual: 10 },
    Limit { name: "longest-pause", least: 60, most: 86_400, usual: 3_600 },
    Limit { name: "per-quarter", least: 1, most: 10, usual: 5 },
    Limit { name: "per-day", least: 1, most: 50, usual: 20 },
    Limit { name: "hold-denied", least: 300, most: 86_400, usual: 3_600 },
    Limit { name: "hold-reported", least: 3_600, most: 604_800, usual: 86_400 },
];

/// A limit is out of its bounds: without an end, it would not be one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{} is from {} to {}", .0.name, .0.least, .0.most)]
pub struct OutOfBounds(pub Limit);

impl PushLimits {
    /// The values of [`LIMITS`], in seconds and counts.
    ///
    /// # Errors
    /// [`OutOfBounds`], with the first that is.
    pub fn new(values: [u32; 6]) -> Result<Self, OutOfBounds> {
        for (limit, value) in LIMITS.into_iter().zip(values) {
            if !(limit.least..=limit.most).contains(&value) {
                return Err(OutOfBounds(limit));
            }
        }
        let [first, longest, per_quarter, per_day, denied, reported] = values;
        let seconds = |value: u32| Duration::from_secs(value.into());
        Ok(Self {
            first_pause: seconds(first),
            longest_pause: seconds(longest),
            per_quarter,
            per_day,
            hold_denied: seconds(denied),
            hold_reported: seconds(reported),
        })
    }

    /// The values of [`LIMITS`].
    #[must_use]
    pub fn values(&self) -> [u32; 6] {
        let seconds = |duration: Duration| u32::try_from(duration.as_secs()).unwrap_or(u32::MAX);
        [
            seconds(self.first_pause),
            seconds(self.longest_pause),
            self.per_quarter,
            self.per_day,
            seconds(self.hold_denied),
            seconds(self.hold_reported),
        ]
    }

    /// Until when there are no pushes after a denial or a report at `now`.
    #[must_use]
    pub fn hold(&self, why: HoldReason, now: Timestamp) -> Hold {
        let lasts = match why {
            HoldReason::Denied => self.hold_denied,
            HoldReason::Reported => self.hold_reported,
        };
        Hold { until: now + lasts, why }
    }

    /// How long must lie between the last of so many pushes without an approval and the next one.
    fn pause_after(&self, pushes: usize) -> Duration {
        let before = u32::try_from(pushes.saturating_sub(1)).unwrap_or(u32::MAX);
        backoff::pause(self.first_pause, before, self.longest_pause)
    }
}

impl Default for PushLimits {
    fn default() -> Self {
        Self {
            first_pause: Duration::from_secs(10),
            longest_pause: Duration::from_hours(1),
            per_quarter: 5,
            per_day: 20,
            hold_denied: Duration::from_hours(1),
            hold_reported: DAY,
        }
    }
}

/// No pushes for a while, whatever was pushed before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hold {
    /// Until when.
    pub until: Timestamp,
    /// After what.
    pub why: HoldReason,
}

/// What leads to a hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HoldReason {
    /// A login was denied.
    Denied,
    /// A login was reported: "this wasn't me".
    Reported,
}

impl HoldReason {
    /// As the database spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Reported => "reported",
        }
    }

    /// From the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Denied, Self::Reported].into_iter().find(|why| why.as_str() == text)
    }
}

/// Why phones are not pushed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    /// Another login of the user was pushed and waits for its answer.
    Another,
    /// The last pushes were not approved.
    TooMany,
    /// A login was denied a short while ago.
    Denied,
    /// A login was reported.
    Reported,
}

/// What was pushed to a user's phones and not approved, oldest first, and whether there is a hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PushHistory {
    /// When the pushes of the last day were made, since the last approval.
    pub pushes: Vec<Timestamp>,
    /// The hold, perhaps over.
    pub hold: Option<Hold>,
}

impl PushHistory {
    /// Whether the phones may be pushed at `now`; if not, why, and from when on.
    ///
    /// # Errors
    /// The limit that lasts longest.
    pub fn may_push(&self, limits: &PushLimits, now: Timestamp) -> Result<(), (Held, Timestamp)> {
        let hold = self.hold.map(|hold| match hold.why {
            HoldReason::Denied => (Held::Denied, hold.until),
            HoldReason::Reported => (Held::Reported, hold.until),
        });
        let many = [
            self.full_until(limits.per_quarter, QUARTER),
            self.full_until(limits.per_day, DAY),
            self.pushes.last().map(|last| *last + limits.pause_after(self.of_the_day(now).count())),
        ];
        let many = many.into_iter().flatten().map(|until| (Held::TooMany, until));
        match hold.into_iter().chain(many).max_by_key(|(_, until)| *until) {
            Some((held, until)) if now < until => Err((held, until)),
            _ => Ok(()),
        }
    }

    /// With one more push, and without those that no limit looks at any more.
    #[must_use]
    pub fn pushed(&self, now: Timestamp) -> Self {
        let pushes = self.of_the_day(now).chain([now]).collect();
        Self { pushes, hold: self.hold }
    }

    fn of_the_day(&self, now: Timestamp) -> impl Iterator<Item = Timestamp> {
        self.pushes.iter().copied().filter(move |push| now < *push + DAY)
    }

    /// When the oldest of the last `count` pushes leaves the window; none if there were fewer.
    fn full_until(&self, count: u32, window: Duration) -> Option<Timestamp> {
        let place = self.pushes.len().checked_sub(usize::try_from(count).ok()?)?;
        self.pushes.get(place).map(|push| *push + window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_790_000_000 + seconds)
    }

    /// Tries each second, and says when a push was made.
    fn pushes_by_somebody_who_never_stops(limits: &PushLimits, seconds: i64) -> Vec<i64> {
        let (mut history, mut made) = (PushHistory::default(), Vec::new());
        for second in 0..seconds {
            if history.may_push(limits, at(second)).is_ok() {
                history = history.pushed(at(second));
                made.push(second);
            }
        }
        made
    }

    #[test]
    fn pauses_double_and_a_quarter_of_an_hour_has_five() {
        let made = pushes_by_somebody_who_never_stops(&PushLimits::default(), 1800);
        assert_eq!(made[..6], [0, 10, 30, 70, 150, 900]);
        for window in made.windows(6) {
            assert!(window[5] - window[0] >= 900, "{window:?}");
        }
    }

    #[test]
    fn a_day_has_twenty_at_most_and_an_hour_lies_between_the_later_ones() {
        let made = pushes_by_somebody_who_never_stops(&PushLimits::default(), 3 * 86_400);
        for (place, second) in made.iter().enumerate() {
            let in_a_day = made[place..].iter().take_while(|other| *other - second < 86_400).count();
            assert!(in_a_day <= 20, "{in_a_day} from {second}");
        }
        assert!(made.windows(2).any(|two| two[1] - two[0] == 3600), "{made:?}");
    }

    #[test]
    fn a_hold_is_for_its_time_whatever_was_pushed() {
        let limits = PushLimits::default();
        let denied = PushHistory { pushes: vec![], hold: Some(limits.hold(HoldReason::Denied, at(0))) };
        assert_eq!(denied.may_push(&limits, at(3599)), Err((Held::Denied, at(3600))));
        assert_eq!(denied.may_push(&limits, at(3600)), Ok(()));
        let reported = PushHistory { pushes: vec![], hold: Some(limits.hold(HoldReason::Reported, at(0))) };
        assert_eq!(reported.may_push(&limits, at(3600)), Err((Held::Reported, at(86_400))));
    }

    #[test]
    fn the_limit_that_lasts_longest_is_named() {
        let limits = PushLimits::default();
        let hold = Some(Hold { until: at(5), why: HoldReason::Denied });
        let history = PushHistory { pushes: vec![at(0)], hold };
        assert_eq!(history.may_push(&limits, at(1)), Err((Held::TooMany, at(10))));
    }

    #[test]
    fn limits_have_bounds_and_the_usual_ones_are_within() {
        let usual = LIMITS.map(|limit| limit.usual);
        assert_eq!(PushLimits::new(usual).unwrap(), PushLimits::default());
        assert_eq!(PushLimits::default().values(), usual);
        for (place, limit) in LIMITS.into_iter().enumerate() {
            for bad in [limit.least - 1, limit.most + 1] {
                let mut values = usual;
                values[place] = bad;
                assert_eq!(PushLimits::new(values), Err(OutOfBounds(limit)));
            }
        }
    }

    #[test]
    fn what_is_older_than_a_day_is_forgotten() {
        let history = PushHistory { pushes: vec![at(0), at(50_000)], hold: None }.pushed(at(86_400));
        assert_eq!(history.pushes, [at(50_000), at(86_400)]);
    }
}
