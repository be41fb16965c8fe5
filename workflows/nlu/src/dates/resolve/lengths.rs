//! The lengths of a message, added up.

use crate::dates::mention::{Length, Role};

/// The lengths of a message, added up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lengths {
    pub(super) nights: Option<u32>,
    pub(super) days: Option<u32>,
    pub(super) change: Option<i32>,
    pub(super) shift: Option<(i32, Role)>,
    pub(super) moved: Option<i32>,
    pub(super) ahead: Option<u32>,
    /// Two were said that differ.
    pub(super) unclear: bool,
}

impl Lengths {
    pub(super) fn sum(lengths: &[Length]) -> Self {
        let mut sum = Self::default();
        let mut unclear = false;
        for length in lengths {
            match *length {
                Length::Nights(n) => {
                    unclear |= sum.nights.is_some_and(|nights| nights != n);
                    sum.nights = Some(n);
                }
                Length::Days(n) => {
                    unclear |= sum.days.is_some_and(|days| days != n);
                    sum.days = Some(n);
                }
                Length::Change(n) => sum.change = Some(n),
                Length::Shift(n, role) => sum.shift = Some((n, role)),
                Length::Move(n) => sum.moved = Some(n),
                Length::Ahead(n) => sum.ahead = Some(n),
                Length::Unclear => unclear = true,
                Length::Elapsed => {}
            }
        }
        sum.unclear = unclear;
        sum.nights = sum.nights.filter(|n| !unclear && (1..=365).contains(n));
        sum.days = sum.days.filter(|n| !unclear && (1..=365).contains(n));
        sum
    }

    /// Nights, or as many as the days that were said.
    pub(super) fn said(&self) -> Option<u16> {
        self.nights
            .or(self.days)
            .and_then(|n| u16::try_from(n).ok())
    }
}
