//! A feed whose memory is a list, and a clock that is told.

use calendars::{
    Applied, Before, Block, Change, End, Incoming, Key, Kind, Moment, NightSet, Nights, Served,
    Snapshot, apply, repeat,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// What is remembered of one feed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feed {
    pub(crate) blocks: Vec<Block>,
    pub(crate) ended: Vec<(Key, End)>,
    pub(crate) served: Vec<Served>,
    pub(crate) keep_dropped: bool,
    pub(crate) last_read_at: Option<DateTime<Utc>>,
    pub(crate) ids: i64,
}

impl Feed {
    /// A run with a snapshot.
    pub(crate) fn reads(&mut self, at: &str, snapshot: Snapshot) -> Applied {
        let at = moment(at);
        let applied = apply(self.before(), snapshot, at);
        self.remember(&applied, at);
        applied
    }

    /// A run that was answered with 304.
    pub(crate) fn is_told_that_nothing_changed(&mut self, at: &str) -> Applied {
        let at = moment(at);
        let applied = repeat(self.before(), at);
        self.remember(&applied, at);
        applied
    }

    fn before(&self) -> Before<'_> {
        Before {
            blocks: &self.blocks,
            last_read_at: self.last_read_at,
            drop_hold: TimeDelta::hours(6),
            keep_dropped: self.keep_dropped,
            served: &self.served,
        }
    }

    fn remember(&mut self, applied: &Applied, at: Moment) {
        for change in &applied.changes {
            match change.clone() {
                Change::Added { event, echo } => {
                    self.ids += 1;
                    self.blocks.push(Block {
                        id: self.ids,
                        key: event.key,
                        uid: event.uid,
                        nights: event.nights,
                        kind: event.kind,
                        sequence: event.sequence,
                        summary: event.summary,
                        echo,
                        first_seen: at.now,
                        last_seen: at.now,
                        misses: 0,
                        held_since: None,
                        revision: None,
                    });
                }
                Change::Updated(now) => {
                    let block = self.blocks.iter_mut().find(|block| block.id == now.id);
                    *block.expect("an updated block is known") = now;
                }
                Change::Ended { id, end } => {
                    let position = self.blocks.iter().position(|block| block.id == id);
                    let block = self
                        .blocks
                        .remove(position.expect("an ended block is known"));
                    self.ended.push((block.key, end));
                }
            }
        }
        self.last_read_at = Some(at.now);
    }

    /// What is taken, in order.
    pub(crate) fn taken(&self) -> Vec<String> {
        let mut taken: Vec<_> = self
            .blocks
            .iter()
            .map(|block| block.nights.to_string())
            .collect();
        taken.sort_unstable();
        taken
    }

    pub(crate) fn union(&self) -> NightSet {
        self.blocks
            .iter()
            .flat_map(|block| block.nights.ranges())
            .copied()
            .collect()
    }
}

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    format!("{}:00Z", text.replace(' ', "T")).parse().unwrap()
}

/// `2026-11-25 06:15` in UTC; the accommodation is three hours behind.
pub(crate) fn moment(text: &str) -> Moment {
    let now = time(text);
    Moment {
        now,
        today: (now - TimeDelta::hours(3)).date_naive(),
    }
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn nights(from: &str, to: &str) -> NightSet {
    Nights::new(day(from), day(to)).into_iter().collect()
}

pub(crate) fn key(uid: &str) -> Key {
    Key(uid.to_owned())
}

pub(crate) fn event(uid: &str, from: &str, to: &str, kind: Kind) -> Incoming {
    Incoming {
        key: key(uid),
        uid: Some(uid.to_owned()),
        nights: nights(from, to),
        kind,
        sequence: None,
        summary: None,
    }
}

pub(crate) fn booked(uid: &str, from: &str, to: &str) -> Incoming {
    event(uid, from, to, Kind::Reservation)
}

pub(crate) fn says(events: impl IntoIterator<Item = Incoming>) -> Snapshot {
    Snapshot {
        taken: events.into_iter().collect(),
        ..Snapshot::default()
    }
}
