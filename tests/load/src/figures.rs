//! Figures: times in order, and the table that is printed.

use std::fmt;
use std::time::Duration;

/// Times, to be asked for percentiles.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// "p50 1.20 ms, p99 3.40 ms, most 15.6 ms"
    pub(crate) fn summary(&mut self) -> String {
        self.0.sort_unstable();
        let (p50, p99, most) = (self.at(50), self.at(99), self.at(100));
        format!("p50 {}, p99 {}, most {}", in_millis(p50), in_millis(p99), in_millis(most))
    }

    /// The time that `percent` of all do not exceed. The times must be in order.
    fn at(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

/// In milliseconds.
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// With as many decimals as tell something.
fn in_millis(time: Duration) -> String {
    let millis = millis(time);
    if millis < 9.995 { format!("{millis:.2} ms") } else { format!("{millis:.1} ms") }
}

/// How many a second.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
pub(crate) fn rate(count: usize, within: Duration) -> f64 {
    count as f64 / within.as_secs_f64()
}

/// What was measured, with the aim where there is one.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

struct Row {
    what: String,
    figure: String,
    aim: &'static str,
}

impl Table {
    /// Adds a row, and shows progress on standard error.
    pub(crate) fn add(&mut self, what: impl Into<String>, figure: impl Into<String>, aim: &'static str) {
        use std::io::Write as _;
        let row = Row { what: what.into(), figure: figure.into(), aim };
        let _ = writeln!(std::io::stderr(), "  {}: {}", row.what, row.figure);
        self.0.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width =
            |of: fn(&Row) -> &str| self.0.iter().map(|row| of(row).chars().count()).max().unwrap_or(0);
        let (what, figure) = (width(|row| &row.what).max(8), width(|row| &row.figure).max(6));
        writeln!(f, "| {:what$} | {:figure$} | aim |", "measured", "figure")?;
        writeln!(f, "|{:-<w$}|{:-<v$}|-----|", "", "", w = what + 2, v = figure + 2)?;
        for row in &self.0 {
            writeln!(f, "| {:what$} | {:figure$} | {} |", row.what, row.figure, row.aim)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let mut times = Times::default();
        (1..=200).rev().for_each(|n| times.add(Duration::from_millis(n)));
        assert_eq!(times.summary(), "p50 100.0 ms, p99 198.0 ms, most 200.0 ms");
        assert_eq!(Times::default().summary(), "p50 0.00 ms, p99 0.00 ms, most 0.00 ms");
    }
}
