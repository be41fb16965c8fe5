//! From events to blocks: which revision counts, which event replaces which occurrence, what takes nights.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use sha2::{Digest as _, Sha256};

use super::{
    budget::Budget,
    components::Feed,
    event::{Event, RecurrenceId, Status},
    kind::Signs,
    moment::Moment,
    series::Reading,
};
use crate::{Block, Kind, Nights, ReadError, Rejected, Settings, Snapshot, Warning, WarningCode};

/// Decides what the feed takes.
pub(super) fn resolve(
    feed: Feed,
    settings: &Settings,
    budget: &mut Budget,
) -> Result<Snapshot, ReadError> {
    let Feed {
        events,
        mut zones,
        product,
        skipped_lines,
        warnings,
    } = feed;
    let mut snapshot = Snapshot {
        events: events.len(),
        skipped_lines,
        warnings,
        product,
        ..Snapshot::default()
    };
    let mut reading = Reading {
        settings,
        zones: &mut zones,
        budget,
        odd: Vec::new(),
    };
    let candidates = candidates(events, &mut reading, &mut snapshot)?;
    let taken = taken(&candidates, &mut reading, &mut snapshot)?;
    put_together(taken, settings, &mut snapshot);
    Ok(snapshot)
}

/// An event of somebody else's with a readable start.
struct Candidate {
    event: Event,
    start: Moment,
    recurrence: Option<String>,
    key: String,
}

impl Candidate {
    fn is_cancelled(&self) -> bool {
        self.event.status == Some(Status::Cancelled)
    }

    fn sequence(&self) -> i64 {
        self.event.sequence.unwrap_or(0)
    }

    fn warn(&self, code: WarningCode) -> Warning {
        Warning {
            code,
            uid: self.event.uid.as_deref().map(ToOwned::to_owned),
        }
    }
}

/// Sorts out what is ours and what cannot be read, and keeps the latest revision of the rest.
fn candidates(
    events: Vec<Event>,
    reading: &mut Reading<'_>,
    snapshot: &mut Snapshot,
) -> Result<Vec<Candidate>, ReadError> {
    let mut candidates = Vec::with_capacity(events.len());
    let mut latest: HashMap<String, i64> = HashMap::new();
    for event in events {
        reading.budget.step()?;
        if is_own(event.uid.as_deref(), &reading.settings.feed_domain) {
            snapshot.own_events = snapshot.own_events.saturating_add(1);
            continue;
        }
        let Some(start) = event.start else {
            let uid = event.uid.map(Into::into);
            snapshot.rejected.push(Rejected { uid });
            continue;
        };
        let recurrence = match &event.replaces {
            None => None,
            Some(RecurrenceId::At(moment)) => Some(identity(*moment, reading)?),
            Some(RecurrenceId::Unreadable(text)) => Some(format!("?{text}")),
        };
        let key = key(&event, start, recurrence.as_deref(), reading)?;
        let candidate = Candidate {
            event,
            start,
            recurrence,
            key,
        };
        let sequence = latest
            .entry(candidate.key.clone())
            .or_insert_with(|| candidate.sequence());
        *sequence = candidate.sequence().max(*sequence);
        candidates.push(candidate);
    }
    candidates.retain(|candidate| latest.get(&candidate.key) == Some(&candidate.sequence()));
    Ok(candidates)
}

/// Whether we published it: what follows the last `@` of the UID is our feed domain.
fn is_own(uid: Option<&str>, feed_domain: &str) -> bool {
    uid.and_then(|uid| uid.rsplit_once('@'))
        .is_some_and(|(_, domain)| !domain.is_empty() && domain.eq_ignore_ascii_case(feed_domain))
}

/// A date, or an instant in UTC.
fn identity(moment: Moment, reading: &mut Reading<'_>) -> Result<String, ReadError> {
    Ok(match moment {
        Moment::Date(date) => date.format("%Y%m%d").to_string(),
        Moment::Utc(_) | Moment::Local(..) => match reading.instant(moment)? {
            Some(instant) => instant.format("%Y%m%dT%H%M%SZ").to_string(),
            None => format!("?{}", moment.written_date()),
        },
    })
}

/// Identifies an event within its source.
fn key(
    event: &Event,
    start: Moment,
    recurrence: Option<&str>,
    reading: &mut Reading<'_>,
) -> Result<String, ReadError> {
    let mut digest = Sha256::new();
    if let Some(uid) = &event.uid {
        digest.update(b"uid\0");
        digest.update(uid.as_bytes());
    } else {
        digest.update(b"event\0");
        digest.update(identity(start, reading)?.as_bytes());
        digest.update(b"\0");
        match event.end() {
            super::event::End::At(moment) => digest.update(identity(moment, reading)?.as_bytes()),
            other => digest.update(format!("{other:?}").as_bytes()),
        }
        digest.update(b"\0");
        digest.update(event.summary.as_deref().unwrap_or_default().as_bytes());
    }
    digest.update(b"\0");
    digest.update(recurrence.unwrap_or_default().as_bytes());
    let mut key = hex::encode(digest.finalize());
    key.truncate(32);
    Ok(key)
}

/// What one event takes.
struct Taken<'a> {
    candidate: &'a Candidate,
    nights: Vec<Nights>,
}

/// Expands what takes nights; what takes none is counted.
fn taken<'a>(
    candidates: &'a [Candidate],
    reading: &mut Reading<'_>,
    snapshot: &mut Snapshot,
) -> Result<Vec<Taken<'a>>, ReadError> {
    let replaced = replaced(candidates);
    let mut all = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        reading.budget.step()?;
        let event = &candidate.event;
        if event.is_this_and_future {
            snapshot
                .warnings
                .push(candidate.warn(WarningCode::ThisAndFuture));
        }
        let Some(counter) = (match skipped(candidate, reading.settings) {
            Some(Skipped::Cancelled) => Some(&mut snapshot.cancelled),
            Some(Skipped::Free) => Some(&mut snapshot.skipped_free),
            Some(Skipped::Ignored) => Some(&mut snapshot.ignored),
            None => None,
        }) else {
            // An event that replaces an occurrence repeats nothing itself.
            let replacing = event.uid.as_deref().filter(|_| event.replaces.is_none());
            let without = replacing.and_then(|uid| replaced.get(uid));
            let without = without.into_iter().flatten().copied();
            let nights = reading.ranges(event, candidate.start, without)?;
            let odd = std::mem::take(&mut reading.odd);
            snapshot
                .warnings
                .extend(odd.into_iter().map(|code| candidate.warn(code)));
            all.push(Taken { candidate, nights });
            continue;
        };
        *counter = counter.saturating_add(1);
        all.push(Taken {
            candidate,
            nights: Vec::new(),
        });
    }
    Ok(all)
}

/// Which occurrences of which UID other events replace, cancelled and free ones too.
fn replaced(candidates: &[Candidate]) -> HashMap<&str, Vec<Moment>> {
    let mut replaced: HashMap<&str, Vec<Moment>> = HashMap::new();
    for candidate in candidates {
        if let (Some(uid), Some(RecurrenceId::At(moment))) =
            (&candidate.event.uid, &candidate.event.replaces)
        {
            replaced.entry(uid).or_default().push(*moment);
        }
    }
    replaced
}

enum Skipped {
    Cancelled,
    Free,
    Ignored,
}

/// Why an event takes no nights, if it does not.
fn skipped(candidate: &Candidate, settings: &Settings) -> Option<Skipped> {
    let event = &candidate.event;
    let is_timed = !candidate.start.is_date();
    if candidate.is_cancelled() {
        return Some(Skipped::Cancelled);
    }
    // Calendars mark new all-day events as free by themselves.
    if event.is_transparent == Some(true) && (is_timed || !settings.free_all_day_blocks) {
        return Some(Skipped::Free);
    }
    let is_ignored = event.summary.as_deref().is_some_and(|summary| {
        let ignore = settings.ignore_summary.as_ref();
        ignore.is_some_and(|ignore| ignore.covers(summary, is_timed))
    });
    let is_tentative = event.status == Some(Status::Tentative) && !settings.tentative_blocks;
    (is_ignored || is_tentative).then_some(Skipped::Ignored)
}

/// Blocks by key: events that tie all count.
fn put_together(taken: Vec<Taken<'_>>, settings: &Settings, snapshot: &mut Snapshot) {
    let feed_end = taken
        .iter()
        .flat_map(|taken| &taken.nights)
        .map(|nights| nights.check_out)
        .max();
    let mut blocks: BTreeMap<&str, Block> = BTreeMap::new();
    let mut silent: HashSet<&str> = HashSet::new();
    for Taken { candidate, nights } in &taken {
        let key = candidate.key.as_str();
        let kind = kind(
            candidate,
            nights,
            feed_end,
            settings,
            snapshot.product.as_deref(),
        );
        let clipped: Vec<_> = nights
            .iter()
            .filter_map(|nights| clipped(*nights, settings))
            .collect();
        let is_open_rule = kind == Kind::Rule && !settings.rule_blocks;
        if is_open_rule {
            snapshot.ignored = snapshot.ignored.saturating_add(1);
        }
        if clipped.is_empty() || is_open_rule {
            silent.insert(key);
            continue;
        }
        match blocks.get_mut(key) {
            Some(block) => {
                block.nights.extend(clipped);
                block.nights.sort_unstable();
                block.nights.dedup();
            }
            None => {
                blocks.insert(key, block(candidate, clipped, kind));
            }
        }
    }
    silent.retain(|key| !blocks.contains_key(key));
    snapshot.silent = silent.into_iter().map(ToOwned::to_owned).collect();
    snapshot.silent.sort_unstable();
    snapshot.blocks = blocks.into_values().collect();
    snapshot
        .blocks
        .sort_by(|one, other| one.nights.cmp(&other.nights).then(one.key.cmp(&other.key)));
}

fn kind(
    candidate: &Candidate,
    nights: &[Nights],
    feed_end: Option<NaiveDate>,
    settings: &Settings,
    product: Option<&str>,
) -> Kind {
    let event = &candidate.event;
    Signs {
        channel: settings.channel,
        product,
        uid: event.uid.as_deref(),
        summary: event.summary.as_deref(),
        status: event.status,
        has_reservation_url: event.reservation_url.is_some(),
        nights: nights.first().copied(),
        today: settings.today(),
        feed_end,
    }
    .kind()
}

fn block(candidate: &Candidate, nights: Vec<Nights>, kind: Kind) -> Block {
    let event = &candidate.event;
    let owned = |text: &Option<Box<str>>| text.as_deref().map(ToOwned::to_owned);
    Block {
        key: candidate.key.clone(),
        uid: owned(&event.uid),
        recurrence_id: candidate.recurrence.clone(),
        nights,
        kind,
        summary: owned(&event.summary),
        sequence: event.sequence,
        last_modified: event.last_modified.map(|instant| instant.and_utc()),
        reservation_url: owned(&event.reservation_url),
    }
}

/// What lies in the window.
fn clipped(nights: Nights, settings: &Settings) -> Option<Nights> {
    let check_in = nights.check_in.max(settings.window.from);
    let check_out = nights.check_out.min(settings.window.until);
    (check_in < check_out).then_some(Nights {
        check_in,
        check_out,
    })
}
