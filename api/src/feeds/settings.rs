//! What the owner decides per feed, on the wire.

use calendar_feed::IgnoreSummary;
use calendars::Settings;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::Error;

/// How a feed is read, and what it takes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsView {
    /// How often it is read, in minutes: 5 to 15.
    interval_minutes: u8,
    /// How old it may be before it is read again for a guest who asks for nights, in minutes.
    fresh_minutes: u16,
    /// How long a suspicious drop must last before it is believed without an answer, in minutes.
    drop_hold_minutes: u32,
    /// Whether nights that the channel closes by a rule of its own are taken.
    rule_blocks: bool,
    /// Whether tentative events take nights.
    tentative_blocks: bool,
    /// Whether all-day events that are marked free take nights.
    free_all_day_blocks: bool,
    /// Timed events whose summary matches this regular expression take no nights.
    #[schema(example = "Check-(in|out)")]
    ignore_summary: Option<String>,
}

/// What is to be decided otherwise; what is left out stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsBody {
    /// How often it is read, in minutes: 5 to 15.
    pub(crate) interval_minutes: Option<u8>,
    /// How old it may be before it is read again for a guest who asks for nights, in minutes: 1 to 1440.
    pub(crate) fresh_minutes: Option<u16>,
    /// How long a suspicious drop must last before it is believed without an answer, in minutes: 30 to 10080.
    pub(crate) drop_hold_minutes: Option<u32>,
    /// Whether nights that the channel closes by a rule of its own are taken.
    pub(crate) rule_blocks: Option<bool>,
    /// Whether tentative events take nights.
    pub(crate) tentative_blocks: Option<bool>,
    /// Whether all-day events that are marked free take nights.
    pub(crate) free_all_day_blocks: Option<bool>,
    /// Timed events whose summary matches this regular expression take no nights; an empty one matches none.
    pub(crate) ignore_summary: Option<String>,
}

impl From<Settings> for SettingsView {
    fn from(settings: Settings) -> Self {
        Self {
            interval_minutes: settings.interval_minutes,
            fresh_minutes: settings.fresh_minutes,
            drop_hold_minutes: settings.drop_hold_minutes,
            rule_blocks: settings.rule_blocks,
            tentative_blocks: settings.tentative_blocks,
            free_all_day_blocks: settings.free_all_day_blocks,
            ignore_summary: settings.ignore_summary,
        }
    }
}

impl SettingsBody {
    /// These settings with what is said here.
    ///
    /// # Errors
    /// [`Error::Invalid`] when they cannot be kept.
    pub(crate) fn applied_to(self, settings: Settings) -> Result<Settings, Error> {
        let ignore_summary = match self.ignore_summary {
            None => settings.ignore_summary,
            Some(none) if none.is_empty() => None,
            pattern => pattern,
        };
        let changed = Settings {
            interval_minutes: self.interval_minutes.unwrap_or(settings.interval_minutes),
            fresh_minutes: self.fresh_minutes.unwrap_or(settings.fresh_minutes),
            drop_hold_minutes: self.drop_hold_minutes.unwrap_or(settings.drop_hold_minutes),
            rule_blocks: self.rule_blocks.unwrap_or(settings.rule_blocks),
            tentative_blocks: self.tentative_blocks.unwrap_or(settings.tentative_blocks),
            free_all_day_blocks: self
                .free_all_day_blocks
                .unwrap_or(settings.free_all_day_blocks),
            ignore_summary,
        };
        changed
            .check()
            .map_err(|error| Error::invalid("settings", "out_of_range", error.to_string()))?;
        if let Some(pattern) = &changed.ignore_summary {
            IgnoreSummary::parse(pattern, true).map_err(|error| {
                Error::invalid(
                    "settings.ignore_summary",
                    "invalid_pattern",
                    error.to_string(),
                )
            })?;
        }
        Ok(changed)
    }
}
