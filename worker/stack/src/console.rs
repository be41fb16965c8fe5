//! What the person at the terminal reads.

use std::fmt::Display;
use std::io::Write as _;

/// One line of progress. A closed terminal is no reason to stop.
pub(crate) fn say(line: impl Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// A table of two columns, the first as wide as it needs to be.
pub(crate) fn table(rows: &[(&str, String)]) {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or_default();
    for (name, value) in rows {
        say(format_args!("  {name:width$}   {value}"));
    }
}
