//! Server-sent events (WHATWG HTML, section 9.2.6), as far as names go: no event that this core knows
//! carries data.

/// The longest line that is read, in bytes. Real ones have less than 20.
const LONGEST_LINE: usize = 1024;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A line is longer than any real one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LineTooLong;

/// Takes a stream in pieces, wherever they were cut.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    line: Vec<u8>,
    /// The name of the event that is being read.
    name: String,
    /// The last byte was CR: an LF now belongs to it.
    after_cr: bool,
    begun: bool,
}

impl Parser {
    /// The names of the events that end in this piece, in order. Unlike a browser, it tells of events
    /// without data; one without a name is a `message`.
    pub(crate) fn feed(&mut self, piece: &[u8]) -> Result<Vec<String>, LineTooLong> {
        let mut names = Vec::new();
        for &byte in piece {
            let after_cr = std::mem::take(&mut self.after_cr);
            match byte {
                b'\n' if after_cr => {}
                b'\n' | b'\r' => {
                    self.after_cr = byte == b'\r';
                    names.extend(self.end_line());
                }
                _ if self.line.len() == LONGEST_LINE => return Err(LineTooLong),
                _ => self.line.push(byte),
            }
        }
        Ok(names)
    }

    /// The event that the line ends, if it is an empty one after an event's lines.
    fn end_line(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        let begun = std::mem::replace(&mut self.begun, true);
        let line = if begun { &line[..] } else { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line) };
        if line.is_empty() {
            return Some(std::mem::take(&mut self.name)).filter(|name| !name.is_empty());
        }
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (field, value) = line.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"event" => self.name = String::from_utf8_lossy(value).into_owned(),
            b"data" if self.name.is_empty() => "message".clone_into(&mut self.name),
            // Comments, retry times, ids, and whatever may be added.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pieces: &[&[u8]]) -> Vec<String> {
        let mut parser = Parser::default();
        pieces.iter().flat_map(|piece| parser.feed(piece).unwrap()).collect()
    }

    #[test]
    fn names_are_read_whatever_ends_the_lines() {
        let table: [(&[u8], &[&str]); 9] = [
            (b"event: changed\n\n", &["changed"]),
            (b"event: changed\r\n\r\n", &["changed"]),
            (b"event: changed\r\r", &["changed"]),
            (b"event:changed\ndata\n\nevent: beat\ndata: x\n\n", &["changed", "beat"]),
            ("\u{feff}event: changed\n\n".as_bytes(), &["changed"]),
            (b": a comment\nid: 7\nretry: 3000\nnonsense\n\n", &[]),
            (b"event:  changed\n\n", &[" changed"]),
            (b"data: {}\n\nevent: changed\n", &["message"]),
            (b"Event: changed\n\nevents: changed\n\n\xff\xfe\n\n", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(names(&[text]), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn it_does_not_matter_where_a_stream_is_cut() {
        let text =
            "\u{feff}: hello\r\nevent: changed\r\n\r\n\r\nevent: beat\rdata: 1\r\revent: reconnect\n\n";
        let text = text.as_bytes();
        for first in 0..text.len() {
            for second in first..text.len() {
                let pieces = [&text[..first], &text[first..second], &text[second..]];
                assert_eq!(names(&pieces), ["changed", "beat", "reconnect"], "{first} {second}");
            }
        }
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(names(&bytes), ["changed", "beat", "reconnect"]);
    }

    #[test]
    fn a_line_that_does_not_end_is_not_kept() {
        let mut parser = Parser::default();
        assert_eq!(parser.feed(&[b':'; LONGEST_LINE]), Ok(Vec::new()));
        assert_eq!(parser.feed(b"x"), Err(LineTooLong));
    }
}
