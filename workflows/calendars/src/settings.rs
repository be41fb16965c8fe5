//! What the owner decides per feed.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// The settings of a feed. Absent parts are those of the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How often it is read, in minutes: 5 to 15.
    pub interval_minutes: u8,
    /// How old it may be before it is read again for a guest who asks for nights, in minutes.
    pub fresh_minutes: u16,
    /// How long a suspicious drop must last before it is believed without an answer, in minutes.
    pub drop_hold_minutes: u32,
    /// Whether nights that the channel closes by a rule of its own are taken.
    pub rule_blocks: bool,
    /// Whether tentative events take nights.
    pub tentative_blocks: bool,
    /// Whether all-day events that are marked free take nights.
    pub free_all_day_blocks: bool,
    /// Timed events whose summary matches this pattern do not take nights, such as a property manager's
    /// `Check-(in|out)` beside the stay itself. The reader of feeds knows how it is read.
    pub ignore_summary: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            interval_minutes: 5,
            fresh_minutes: 10,
            drop_hold_minutes: 6 * 60,
            rule_blocks: true,
            tentative_blocks: true,
            free_all_day_blocks: true,
            ignore_summary: None,
        }
    }
}

/// Why settings cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSettings {
    /// Channels do not like to be asked more often, and nights are sold twice when they are asked less often.
    #[error("interval_minutes is a number from 5 to 15")]
    Interval,
    /// A guest waits for the answer.
    #[error("fresh_minutes is a number from 1 to 1440")]
    Fresh,
    /// A drop that is held for ever is never believed.
    #[error("drop_hold_minutes is a number from 30 to 10080")]
    DropHold,
    /// It is compared with every event.
    #[error("ignore_summary is a pattern of 1 to 200 characters")]
    IgnoreSummary,
}

impl Settings {
    /// Whether these can be kept.
    ///
    /// # Errors
    /// Says which setting is out of bounds.
    pub fn check(&self) -> Result<(), InvalidSettings> {
        if !(5..=15).contains(&self.interval_minutes) {
            return Err(InvalidSettings::Interval);
        }
        if !(1..=1440).contains(&self.fresh_minutes) {
            return Err(InvalidSettings::Fresh);
        }
        if !(30..=10_080).contains(&self.drop_hold_minutes) {
            return Err(InvalidSettings::DropHold);
        }
        let length = self.ignore_summary.as_ref().map(|it| it.chars().count());
        if length.is_some_and(|length| !(1..=200).contains(&length)) {
            return Err(InvalidSettings::IgnoreSummary);
        }
        Ok(())
    }

    /// How long a suspicious drop is held.
    #[must_use]
    pub fn drop_hold(&self) -> TimeDelta {
        TimeDelta::minutes(self.drop_hold_minutes.into())
    }

    /// How old the last good answer may be before a guest is held nights on it.
    #[must_use]
    pub fn fresh_for(&self) -> TimeDelta {
        TimeDelta::minutes(self.fresh_minutes.into())
    }
}
