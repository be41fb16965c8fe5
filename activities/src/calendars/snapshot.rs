//! From what the reader of feeds says to what the rules of calendars take.

use ::calendars::{Channel, Incoming, Key, Kind, NightSet, Nights, Settings, Snapshot};
use calendar_feed::IgnoreSummary;
use chrono::{DateTime, Utc};
use domain::Accommodation;
use serde_json::{Value, json};

/// So many oddities of a feed are kept one by one; the count tells of the rest.
const KEPT_WARNINGS: usize = 50;

/// How the owner wants the feed read.
pub(super) fn settings(
    settings: &Settings,
    channel: Channel,
    place: &Accommodation,
    feed_domain: &str,
    now: DateTime<Utc>,
) -> calendar_feed::Settings {
    let ignore = settings.ignore_summary.as_deref();
    calendar_feed::Settings {
        channel: match channel {
            Channel::Airbnb => calendar_feed::Channel::Airbnb,
            Channel::Booking => calendar_feed::Channel::Booking,
            Channel::Vrbo => calendar_feed::Channel::Vrbo,
            Channel::Google => calendar_feed::Channel::Google,
            Channel::Other => calendar_feed::Channel::Other,
        },
        tentative_blocks: settings.tentative_blocks,
        free_all_day_blocks: settings.free_all_day_blocks,
        rule_blocks: settings.rule_blocks,
        // A pattern that cannot be read ignores nothing: the nights are taken.
        ignore_summary: ignore.and_then(|pattern| IgnoreSummary::parse(pattern, true).ok()),
        ..calendar_feed::Settings::new(place.time_zone, now, feed_domain)
    }
}

/// What takes nights, what says that it does not, and what cannot be read.
pub(super) fn taken(read: &calendar_feed::Snapshot) -> Snapshot {
    Snapshot {
        taken: read.blocks.iter().map(incoming).collect(),
        silent: read.silent.iter().cloned().map(Key).collect(),
        unreadable: read
            .rejected
            .iter()
            .filter_map(|rejected| rejected.uid.clone())
            .collect(),
    }
}

fn incoming(block: &calendar_feed::Block) -> Incoming {
    let ranges = block.nights.iter();
    let ranges = ranges.filter_map(|range| Nights::new(range.check_in, range.check_out));
    Incoming {
        key: Key(block.key.clone()),
        uid: block.uid.clone(),
        nights: ranges.collect::<NightSet>(),
        kind: match block.kind {
            calendar_feed::Kind::Reservation => Kind::Reservation,
            calendar_feed::Kind::Hold => Kind::Hold,
            calendar_feed::Kind::Rule => Kind::Rule,
            calendar_feed::Kind::Block => Kind::Block,
            calendar_feed::Kind::Unknown => Kind::Unknown,
        },
        sequence: block.sequence,
        summary: block.summary.clone(),
    }
}

/// How many events of each sort there are.
pub(super) fn counted(read: &calendar_feed::Snapshot) -> Value {
    json!({
        "events": read.events,
        "own": read.own_events,
        "free": read.skipped_free,
        "cancelled": read.cancelled,
        "ignored": read.ignored,
        "rejected": read.rejected.len(),
        "skipped_lines": read.skipped_lines,
        "warnings": read.warnings.len(),
    })
}

/// What was odd.
pub(super) fn warnings(read: &calendar_feed::Snapshot, moved_to: Option<&str>) -> Value {
    let moved = moved_to.map(|host| json!({ "code": "moved_permanently", "host": host }));
    let rejected = read.rejected.iter();
    let rejected = rejected.map(|event| json!({ "code": "rejected", "uid": event.uid }));
    let odd = read.warnings.iter();
    let odd = odd.map(|warning| json!({ "code": warning.code.as_str(), "uid": warning.uid }));
    let all = moved.into_iter().chain(rejected).chain(odd);
    Value::Array(all.take(KEPT_WARNINGS).collect())
}
