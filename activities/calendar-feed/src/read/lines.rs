//! From bytes to logical lines, before anything is decoded and before any parser sees them.
//!
//! A fold can fall inside a character, a date or a name, so lines are put together first.

use std::borrow::Cow;

/// The most bytes of a logical line; the rest of its value is cut.
const LONGEST_LINE: usize = 64 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// One logical line: unfolded, decoded, without blanks at its end.
pub(super) struct Line<'a> {
    pub(super) text: Cow<'a, str>,
    /// Whether it was longer than we keep.
    pub(super) is_cut: bool,
}

/// The logical lines of a body that are not blank.
pub(super) struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Lines<'a> {
    pub(super) fn of(body: &'a [u8]) -> Self {
        Self {
            rest: body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body),
        }
    }

    /// The next line between two ends of line: CRLF, LF, a lone CR, or CR CR LF.
    fn physical(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let length = self
            .rest
            .iter()
            .position(|byte| matches!(byte, b'\r' | b'\n'))
            .unwrap_or(self.rest.len());
        let (line, end) = self.rest.split_at(length);
        self.rest = end
            .strip_prefix(b"\r\r\n")
            .or_else(|| end.strip_prefix(b"\r\n"))
            .or_else(|| end.get(1..))
            .unwrap_or_default();
        Some(line)
    }

    /// The next line with those that continue it.
    fn unfolded(&mut self) -> Option<(Cow<'a, [u8]>, bool)> {
        let first = self.physical()?;
        // At the very beginning there is nothing to continue.
        let first = without_fold(first).unwrap_or(first);
        let mut line = Cow::Borrowed(first);
        let mut is_cut = false;
        while matches!(self.rest.first(), Some(b' ' | b'\t')) {
            let more = self.physical().and_then(without_fold).unwrap_or_default();
            if is_cut || more.is_empty() {
                continue;
            }
            let room = LONGEST_LINE.saturating_sub(line.len());
            is_cut = more.len() > room;
            line.to_mut()
                .extend_from_slice(more.get(..room).unwrap_or(more));
        }
        if line.len() > LONGEST_LINE {
            is_cut = true;
            match &mut line {
                Cow::Borrowed(bytes) => *bytes = bytes.get(..LONGEST_LINE).unwrap_or(bytes),
                Cow::Owned(bytes) => bytes.truncate(LONGEST_LINE),
            }
        }
        Some((line, is_cut))
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        loop {
            let (bytes, is_cut) = self.unfolded()?;
            let text = decoded(bytes, is_cut);
            let kept = text.trim_end_matches([' ', '\t']).len();
            if kept == 0 {
                continue;
            }
            let text = match text {
                Cow::Borrowed(text) => Cow::Borrowed(text.get(..kept).unwrap_or(text)),
                Cow::Owned(mut text) => {
                    text.truncate(kept);
                    Cow::Owned(text)
                }
            };
            return Some(Line { text, is_cut });
        }
    }
}

fn without_fold(line: &[u8]) -> Option<&[u8]> {
    match line.split_first() {
        Some((b' ' | b'\t', rest)) => Some(rest),
        _ => None,
    }
}

/// UTF-8, or Latin-1 where it is not UTF-8; without NUL.
fn decoded(bytes: Cow<'_, [u8]>, is_cut: bool) -> Cow<'_, str> {
    let bytes = if bytes.contains(&0) {
        Cow::Owned(bytes.iter().copied().filter(|byte| *byte != 0).collect())
    } else {
        bytes
    };
    let whole = match std::str::from_utf8(&bytes) {
        Ok(_) => bytes.len(),
        // The cut fell inside a character, which alone does not make the line Latin-1.
        Err(error) if is_cut && error.error_len().is_none() => error.valid_up_to(),
        Err(_) => return Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    };
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes.get(..whole).unwrap_or(bytes)),
        Cow::Owned(mut bytes) => {
            bytes.truncate(whole);
            Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(body: &[u8]) -> Vec<String> {
        Lines::of(body).map(|line| line.text.into_owned()).collect()
    }

    #[test]
    fn every_end_of_line_ends_a_line() {
        assert_eq!(
            lines(b"\xEF\xBB\xBFa\r\nb\nc\rd\r\r\ne"),
            ["a", "b", "c", "d", "e"]
        );
    }

    #[test]
    fn a_fold_removes_exactly_one_blank() {
        assert_eq!(lines(b"a\r\n  b\r\n\tc\r\r\n d"), ["a bcd"]);
    }

    #[test]
    fn a_fold_inside_a_character_is_undone_before_decoding() {
        assert_eq!(lines(b"Caba\xC3\r\n \xB1a"), ["Caba\u{f1}a"]);
    }

    #[test]
    fn what_is_not_utf_8_is_latin_1_line_by_line() {
        assert_eq!(
            lines(b"Caba\xF1a\nCaba\xC3\xB1a"),
            ["Caba\u{f1}a", "Caba\u{f1}a"]
        );
    }

    #[test]
    fn nul_bytes_blanks_at_the_end_and_blank_lines_vanish() {
        assert_eq!(lines(b"  \t\r\na\0b \t\r\n\r\n\0\r\nc"), ["ab", "c"]);
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_between_characters() {
        let long = "\u{f1}".repeat(40_000);
        let body = format!("a{long}\r\nb");
        let lines: Vec<_> = Lines::of(body.as_bytes()).collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].is_cut);
        assert_eq!(lines[0].text.len(), LONGEST_LINE - 1);
        assert!(lines[0].text.ends_with('\u{f1}'));
        assert!(!lines[1].is_cut);
    }

    #[test]
    fn a_folded_line_that_is_too_long_is_cut_as_well() {
        let body = format!("a{}\r\nb", "\r\n 0123456789".repeat(10_000));
        let lines: Vec<_> = Lines::of(body.as_bytes()).collect();
        assert!(lines[0].is_cut);
        assert_eq!(lines[0].text.len(), LONGEST_LINE);
        assert_eq!(lines[1].text, "b");
    }
}
