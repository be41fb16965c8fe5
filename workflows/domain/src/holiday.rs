//! Public holidays, as data that the owner can correct.

use std::collections::BTreeSet;

use chrono::NaiveDate;

/// The dates priced as holidays, moved ones and bridge days included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays(BTreeSet<NaiveDate>);

impl Holidays {
    /// Whether the night that begins on `night` is a holiday night: the day itself or the eve of one.
    ///
    /// The eve counts because that is the night people come for.
    #[must_use]
    pub fn is_holiday_night(&self, night: NaiveDate) -> bool {
        self.0.contains(&night) || night.succ_opt().is_some_and(|next| self.0.contains(&next))
    }
}

impl FromIterator<NaiveDate> for Holidays {
    fn from_iter<I: IntoIterator<Item = NaiveDate>>(dates: I) -> Self {
        Self(dates.into_iter().collect())
    }
}
