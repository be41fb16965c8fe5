//! The same feed in other bytes: folds, ends of lines and marks say nothing.

use proptest::{prelude::*, sample::select};

use crate::fixtures::{expected, folder, outcome, settings};

/// The logical lines of a feed, by a splitting of our own.
fn lines(body: &[u8]) -> Vec<Vec<u8>> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let mut physical: Vec<Vec<u8>> = vec![Vec::new()];
    let mut bytes = body.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' => {
                if bytes.peek() == Some(&b'\n') {
                    let _ = bytes.next();
                }
                physical.push(Vec::new());
            }
            b'\n' => physical.push(Vec::new()),
            other => physical.last_mut().expect("a line").push(other),
        }
    }
    let mut logical: Vec<Vec<u8>> = Vec::new();
    for line in physical {
        match (line.split_first(), logical.last_mut()) {
            (Some((b' ' | b'\t', rest)), Some(before)) => before.extend_from_slice(rest),
            _ => logical.push(line),
        }
    }
    logical
}

#[derive(Clone, Debug)]
struct Form {
    widths: Vec<usize>,
    blank: u8,
    end: &'static str,
    mark: bool,
    nul_after: usize,
}

fn form() -> impl Strategy<Value = Form> {
    let parts = (
        proptest::collection::vec(1_usize..90, 1..20),
        select(vec![b' ', b'\t']),
        select(vec!["\r\n", "\n", "\r", "\r\r\n"]),
        any::<bool>(),
        1_usize..400,
    );
    parts.prop_map(|(widths, blank, end, mark, nul_after)| Form {
        widths,
        blank,
        end,
        mark,
        nul_after,
    })
}

impl Form {
    fn of(&self, lines: &[Vec<u8>]) -> Vec<u8> {
        let mut out = if self.mark {
            b"\xEF\xBB\xBF".to_vec()
        } else {
            Vec::new()
        };
        let mut widths = self.widths.iter().copied().cycle();
        let mut written = 0_usize;
        for line in lines {
            let mut left = widths.next().unwrap_or(75);
            for byte in line {
                if left == 0 {
                    out.extend_from_slice(self.end.as_bytes());
                    out.push(self.blank);
                    left = widths.next().unwrap_or(75);
                }
                out.push(*byte);
                left -= 1;
                written += 1;
                if written.is_multiple_of(self.nul_after) {
                    out.push(0);
                }
            }
            out.extend_from_slice(self.end.as_bytes());
        }
        out
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_feed_says_the_same_however_its_lines_are_folded_and_ended(
        file in select(expected().into_keys().collect::<Vec<_>>()),
        form in form(),
    ) {
        let body = std::fs::read(folder().join(&file)).expect("a feed");
        let rewritten = form.of(&lines(&body));
        prop_assert_eq!(
            outcome(&rewritten, &settings()),
            expected().remove(&file).expect("in the table"),
            "{}", file
        );
    }
}
