//! Verifying a chain: line by line, so that it may be of any length.

use std::fmt;

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::TenantId;

use super::chain::{Chained, Head, link};

/// The first thing that is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The line does not bear out its link: it, or the link before it, was changed.
    Changed(i64),
    /// The line is another tenant's.
    OtherTenant(i64),
    /// Lines are missing, from the first to the last.
    Missing(i64, i64),
    /// A line comes after one with the same or a greater number.
    OutOfOrder(i64),
    /// There are lines after the one that the head names as the last.
    BeyondHead(i64),
    /// The head names a last line with another link.
    HeadLink(i64),
    /// The chain has lines and no head.
    NoHead,
    /// The head was not sealed by this server.
    Seal,
    /// The line that was noted elsewhere is not in the chain as it was noted.
    NotAsNoted(i64),
    /// A line of the file, counted from 1, is not what an export writes.
    Unreadable(i64),
    /// The line holds what no server writes, so that an export has no words for it.
    Unwritable(i64),
}

impl Fault {
    /// A stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Changed(_) => "changed",
            Self::OtherTenant(_) => "other_tenant",
            Self::Missing(..) => "missing",
            Self::OutOfOrder(_) => "out_of_order",
            Self::BeyondHead(_) => "beyond_head",
            Self::HeadLink(_) => "head_link",
            Self::NoHead => "no_head",
            Self::Seal => "seal",
            Self::NotAsNoted(_) => "not_as_noted",
            Self::Unreadable(_) => "unreadable",
            Self::Unwritable(_) => "unwritable",
        }
    }

    /// The number of the line that it is about.
    #[must_use]
    pub const fn seq(self) -> Option<i64> {
        match self {
            Self::Changed(seq)
            | Self::OtherTenant(seq)
            | Self::Missing(seq, _)
            | Self::OutOfOrder(seq)
            | Self::BeyondHead(seq)
            | Self::HeadLink(seq)
            | Self::NotAsNoted(seq)
            | Self::Unreadable(seq)
            | Self::Unwritable(seq) => Some(seq),
            Self::NoHead | Self::Seal => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(seq) => write!(f, "line {seq} was changed, or the link of the line before it was"),
            Self::OtherTenant(seq) => write!(f, "line {seq} belongs to another tenant"),
            Self::Missing(from, to) if from == to => write!(f, "line {from} is missing"),
            Self::Missing(from, to) => write!(f, "lines {from} to {to} are missing"),
            Self::OutOfOrder(seq) => write!(f, "line {seq} is out of order, or is there twice"),
            Self::BeyondHead(seq) => {
                write!(f, "line {seq} comes after the end of the chain as it was sealed")
            }
            Self::HeadLink(seq) => {
                write!(f, "line {seq}, the last, is not the one that was sealed as the last")
            }
            Self::NoHead => f.write_str("the end of the chain is not sealed: its head was removed"),
            Self::Seal => {
                f.write_str("the end of the chain was not sealed by this server: its head was changed")
            }
            Self::NotAsNoted(seq) => write!(f, "line {seq} is not as it was noted, or is not there"),
            Self::Unreadable(line) => write!(f, "line {line} of the file is not a line of an audit export"),
            Self::Unwritable(seq) => write!(f, "line {seq} holds what no server writes, and is left out"),
        }
    }
}

/// Takes the lines of a chain in their order, and finds the first fault.
#[derive(Debug)]
pub struct Verifier {
    tenant: Option<TenantId>,
    end: Head,
    lines: u64,
    noted: Option<Head>,
}

impl Verifier {
    /// Before the first line. A head that was `noted` elsewhere must be found on the way.
    #[must_use]
    pub const fn new(noted: Option<Head>) -> Self {
        Self { tenant: None, end: Head::START, lines: 0, noted }
    }

    /// Takes the next line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn take(&mut self, next: &Chained) -> Result<(), Fault> {
        let wanted = self.end.seq + 1;
        if next.seq > wanted {
            return Err(Fault::Missing(wanted, next.seq - 1));
        }
        if next.seq < wanted {
            return Err(Fault::OutOfOrder(next.seq));
        }
        let previous = self.end.link;
        self.bear_out(next, &previous)
    }

    /// Takes the next line of an excerpt, of which lines may be missing: it is checked against the link before it
    /// that it brings along.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn take_excerpt(&mut self, next: &Chained, previous: &Digest) -> Result<(), Fault> {
        if next.seq <= self.end.seq {
            return Err(Fault::OutOfOrder(next.seq));
        }
        if next.seq == self.end.seq + 1 {
            return self.take(next);
        }
        self.bear_out(next, previous)
    }

    fn bear_out(&mut self, next: &Chained, previous: &Digest) -> Result<(), Fault> {
        if *self.tenant.get_or_insert(next.line.tenant) != next.line.tenant {
            return Err(Fault::OtherTenant(next.seq));
        }
        if link(previous, next.seq, &next.line) != next.link {
            return Err(Fault::Changed(next.seq));
        }
        self.end = Head { seq: next.seq, link: next.link };
        self.lines += 1;
        match self.noted {
            Some(noted) if noted.seq == self.end.seq && noted.link != self.end.link => {
                Err(Fault::NotAsNoted(noted.seq))
            }
            _ => Ok(()),
        }
    }

    /// How far it came, without fault.
    #[must_use]
    pub const fn end(&self) -> Head {
        self.end
    }

    /// How many lines it took.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// Whose lines they were; none before the first.
    #[must_use]
    pub const fn tenant(&self) -> Option<TenantId> {
        self.tenant
    }

    /// Whether all that was noted was found, once there are no more lines.
    ///
    /// # Errors
    /// [`Fault::NotAsNoted`].
    pub fn found_what_was_noted(&self) -> Result<(), Fault> {
        match self.noted {
            Some(noted) if noted.seq > self.end.seq => Err(Fault::NotAsNoted(noted.seq)),
            _ => Ok(()),
        }
    }

    /// Compares the end of the lines with the head, which is `None` if there is none. `sealed` says whether its
    /// seal is this server's.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn ends_at(&self, head: Option<(Head, bool)>) -> Result<(), Fault> {
        let Some((head, sealed)) = head else {
            return if self.lines == 0 { Ok(()) } else { Err(Fault::NoHead) };
        };
        if !sealed {
            return Err(Fault::Seal);
        }
        if head.seq > self.end.seq {
            return Err(Fault::Missing(self.end.seq + 1, head.seq));
        }
        if head.seq < self.end.seq {
            return Err(Fault::BeyondHead(head.seq + 1));
        }
        if head.link != self.end.link {
            return Err(Fault::HeadLink(head.seq));
        }
        self.found_what_was_noted()
    }
}

/// Whether a line bears out its link by itself, where other lines are not at hand. `previous` is the link of the line
/// before it, none if that line is not there.
///
/// # Errors
/// What is wrong with it.
pub fn alone(line: &Chained, previous: Option<&Digest>) -> Result<(), Fault> {
    if line.seq < 1 {
        return Err(Fault::OutOfOrder(line.seq));
    }
    let previous = if line.seq == 1 { Some(&Head::START.link) } else { previous };
    match previous {
        None => Err(Fault::Missing(line.seq - 1, line.seq - 1)),
        Some(previous) if link(previous, line.seq, &line.line) == line.link => Ok(()),
        Some(_) => Err(Fault::Changed(line.seq)),
    }
}

/// Verifies a whole chain.
///
/// # Errors
/// The first fault.
pub fn verify<'a>(
    lines: impl IntoIterator<Item = &'a Chained>,
    head: Option<(Head, bool)>,
    noted: Option<Head>,
) -> Result<Head, Fault> {
    let mut verifier = Verifier::new(noted);
    for line in lines {
        verifier.take(line)?;
    }
    verifier.ends_at(head)?;
    Ok(verifier.end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::audit::chain::Line;
    use crate::domain::audit::chain::tests::line;

    /// A chain of so many lines.
    fn chain(count: i64) -> (Vec<Chained>, Head) {
        let mut head = Head::START;
        let lines = (1..=count).map(|number| {
            let line = line(number as u128);
            head = head.followed_by(&line);
            Chained { seq: head.seq, link: head.link, line }
        });
        (lines.collect(), head)
    }

    /// The links of a chain, made anew by somebody who has no seal.
    fn linked_anew(lines: &mut [Chained]) -> Head {
        let mut head = Head::START;
        for one in lines {
            head = head.followed_by(&one.line);
            (one.seq, one.link) = (head.seq, head.link);
        }
        head
    }

    fn found(lines: &[Chained], head: Head) -> Result<Head, Fault> {
        verify(lines, Some((head, true)), None)
    }

    #[test]
    fn what_nobody_touched_passes() {
        for count in [0, 1, 9] {
            let (lines, head) = chain(count);
            assert_eq!(found(&lines, head), Ok(head));
            assert_eq!(verify(&lines, Some((head, true)), Some(head)), Ok(head));
        }
        assert_eq!(verify(&[], None, None), Ok(Head::START), "a tenant in which nothing happened yet");
    }

    #[test]
    fn each_kind_of_tampering_is_found_and_said() {
        let (good, head) = chain(9);
        let with = |change: fn(&mut Vec<Chained>)| {
            let mut lines = good.clone();
            change(&mut lines);
            found(&lines, head)
        };
        assert_eq!(with(|lines| lines[4].line.event = "login.approved".into()), Err(Fault::Changed(5)));
        assert_eq!(with(|lines| lines[4].link.0[0] ^= 1), Err(Fault::Changed(5)));
        assert_eq!(with(|lines| drop(lines.remove(4))), Err(Fault::Missing(5, 5)));
        assert_eq!(with(|lines| drop(lines.drain(2..5))), Err(Fault::Missing(3, 5)));
        assert_eq!(with(|lines| lines.truncate(7)), Err(Fault::Missing(8, 9)));
        assert_eq!(with(|lines| lines.swap(3, 4)), Err(Fault::Missing(4, 4)));
        assert_eq!(with(|lines| lines.insert(4, lines[3].clone())), Err(Fault::OutOfOrder(4)));
        assert_eq!(with(|lines| lines.reverse()), Err(Fault::Missing(1, 8)));
        // Two lines that changed places and numbers.
        let swapped = with(|lines| {
            let (one, other) = (lines[3].line.clone(), lines[4].line.clone());
            (lines[3].line, lines[4].line) = (other, one);
        });
        assert_eq!(swapped, Err(Fault::Changed(4)));
        // A line whose link was made anew is told by the next one.
        let anew = with(|lines| {
            lines[4].line.address = None;
            lines[4].link = link(&lines[3].link, 5, &lines[4].line);
        });
        assert_eq!(anew, Err(Fault::Changed(6)));
        let last = with(|lines| {
            lines[8].line.address = None;
            lines[8].link = link(&lines[7].link, 9, &lines[8].line);
        });
        assert_eq!(last, Err(Fault::HeadLink(9)));
    }

    #[test]
    fn a_chain_that_is_made_anew_fails_by_its_seal() {
        let (mut lines, _) = chain(9);
        lines[4].line.event = "login.approved".into();
        let forged = linked_anew(&mut lines);
        assert_eq!(verify(&lines, Some((forged, false)), None), Err(Fault::Seal));
        assert_eq!(verify(&lines, None, None), Err(Fault::NoHead));
    }

    #[test]
    fn an_older_state_is_found_by_what_was_noted() {
        let (lines, noted) = chain(9);
        let (older, head) = (&lines[..7], Head { seq: 7, link: lines[6].link });
        assert_eq!(found(older, head), Ok(head), "nothing in it tells");
        assert_eq!(verify(older, Some((head, true)), Some(noted)), Err(Fault::NotAsNoted(9)));
        let mut other = lines.clone();
        other[2].line.address = None;
        let forged = linked_anew(&mut other);
        assert_eq!(verify(&other, Some((forged, true)), Some(noted)), Err(Fault::NotAsNoted(9)));
    }

    #[test]
    fn a_line_of_another_tenant_is_found() {
        let (mut lines, _) = chain(3);
        lines[1].line.tenant = TenantId(uuid::Uuid::from_u128(99));
        let head = linked_anew(&mut lines);
        assert_eq!(found(&lines, head), Err(Fault::OtherTenant(2)));
    }

    #[test]
    fn an_excerpt_may_have_gaps_and_no_changed_line() {
        let (lines, _) = chain(9);
        let previous = |seq: usize| if seq == 0 { Head::START.link } else { lines[seq - 1].link };
        let mut verifier = Verifier::new(None);
        for at in [1, 2, 6] {
            verifier.take_excerpt(&lines[at], &previous(at)).unwrap();
        }
        assert_eq!((verifier.lines(), verifier.end().seq), (3, 7));
        assert_eq!(verifier.take_excerpt(&lines[3], &previous(3)), Err(Fault::OutOfOrder(4)));
        let changed = Chained { line: Line { user: None, ..lines[8].line.clone() }, ..lines[8].clone() };
        assert_eq!(verifier.take_excerpt(&changed, &previous(8)), Err(Fault::Changed(9)));
        // One that follows at once must follow from what was read, not from what it brings along.
        assert_eq!(verifier.take_excerpt(&lines[7], &previous(3)), Ok(()));
    }

    #[test]
    fn a_line_is_judged_by_itself_where_others_are_not_at_hand() {
        let (lines, _) = chain(3);
        assert_eq!(alone(&lines[0], None), Ok(()), "nothing comes before the first");
        assert_eq!(alone(&lines[2], Some(&lines[1].link)), Ok(()));
        assert_eq!(alone(&lines[2], Some(&lines[0].link)), Err(Fault::Changed(3)));
        assert_eq!(alone(&lines[2], None), Err(Fault::Missing(2, 2)));
        let changed = Chained { line: Line { user: None, ..lines[0].line.clone() }, ..lines[0].clone() };
        assert_eq!(alone(&changed, None), Err(Fault::Changed(1)));
        let hidden = Chained { seq: i64::MIN, ..lines[0].clone() };
        assert_eq!(alone(&hidden, None), Err(Fault::OutOfOrder(i64::MIN)));
    }

    proptest! {
        #[test]
        fn whatever_is_done_to_the_lines_is_found(
            count in 1i64..12, at in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(), what in 0u8..6,
        ) {
            let (good, head) = chain(count);
            let mut lines = good.clone();
            let (at, other) = (at.index(lines.len()), other.index(lines.len()));
            match what {
                0 => lines[at].line.detail.push(' '),
                1 => drop(lines.remove(at)),
                2 => lines.swap(at, other),
                3 => lines.insert(at, good[other].clone()),
                4 => lines.truncate(at),
                _ => lines[at].link.0[31] ^= 128,
            }
            prop_assert_eq!(found(&lines, head).is_ok(), lines == good);
        }
    }
}
