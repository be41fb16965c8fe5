//! One page of a list. No list is ever answered whole.

/// The most rows on a page.
const LARGEST: u32 = 200;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    limit: u32,
    offset: u32,
}

impl Page {
    /// `limit` rows, at most 200, after the first `offset`.
    #[must_use]
    pub const fn new(limit: u32, offset: u32) -> Self {
        let limit = if limit > LARGEST { LARGEST } else { limit };
        Self { limit, offset }
    }

    /// The first rows.
    #[must_use]
    pub const fn first(limit: u32) -> Self {
        Self::new(limit, 0)
    }

    pub(crate) fn limit(self) -> u64 {
        u64::from(self.limit)
    }

    pub(crate) fn offset(self) -> u64 {
        u64::from(self.offset)
    }
}
