//! What was looked at, and how it is.

use std::fmt;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    what: &'static str,
    how: How,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum How {
    Right(String),
    Ill { found: String, mend: String },
    NotLooked(String),
}

impl Finding {
    pub(super) fn right(what: &'static str, found: impl Into<String>) -> Self {
        let how = How::Right(found.into());
        Self { what, how }
    }

    /// Something to be mended, and how.
    pub(super) fn ill(
        what: &'static str,
        found: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        let how = How::Ill {
            found: found.into(),
            mend: mend.into(),
        };
        Self { what, how }
    }

    /// It cannot be looked at without something that was not given.
    pub(super) fn not_looked(what: &'static str, why: impl Into<String>) -> Self {
        let how = How::NotLooked(why.into());
        Self { what, how }
    }

    pub(super) const fn is_ill(&self) -> bool {
        matches!(self.how, How::Ill { .. })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.what;
        match &self.how {
            How::Right(found) => write!(f, "right  {what}: {found}"),
            How::Ill { found, mend } => write!(f, "MEND   {what}: {found}\n       → {mend}"),
            How::NotLooked(why) => write!(f, "?      {what}: not looked at, {why}"),
        }
    }
}
