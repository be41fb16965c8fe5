//! What a snapshot changes: matching, disappearance, the safety valve (contract, section 4).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::{
    Block, Incoming, Key, Kind, NightSet, Revision, Snapshot,
    echo::{Served, is_echo},
    matching::match_up,
};

/// A block is released when it is missing from so many accepted snapshots in a row …
const MISSES: u8 = 2;

/// … and was last seen so long ago.
const UNSEEN: TimeDelta = TimeDelta::minutes(25);

/// Fewer missing blocks than this are a drop only when nothing else is left.
const MASS: usize = 3;

/// What is known of a feed before a run.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// Its active blocks.
    pub blocks: &'a [Block],
    /// When it was last read: the blocks that are not missing were seen then.
    pub last_read_at: Option<DateTime<Utc>>,
    /// How long a suspicious drop is held.
    pub drop_hold: TimeDelta,
    /// The owner said that what dropped is still taken: it is held for as long as it takes.
    pub keep_dropped: bool,
    /// What we served to the channel, to tell echoes by.
    pub served: &'a [Served],
}

/// The moment of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// By the clock.
    pub now: DateTime<Utc>,
    /// By the calendar of the accommodation.
    pub today: NaiveDate,
}

/// Why a block ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The feed says that it is cancelled, or free.
    Cancelled,
    /// It disappeared from the feed.
    Disappeared,
    /// Its dates were moved into the past.
    MovedAway,
    /// Its last night is over. It is no cancellation.
    Over,
}

/// One thing that a run changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A block that was not known.
    Added {
        /// What the feed says.
        event: Incoming,
        /// Whether it is probably a night of ours that the channel gives back.
        echo: bool,
    },
    /// A block that is not what it was; this is what it is now.
    Updated(Block),
    /// A block that takes no nights any more.
    Ended {
        /// Which.
        id: i64,
        /// Why.
        end: End,
    },
}

/// How many of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Blocks that were not known.
    pub added: usize,
    /// Blocks whose nights, name or kind changed.
    pub changed: usize,
    /// Blocks that take no nights any more.
    pub released: usize,
    /// Blocks that are missing and not released yet.
    pub waiting: usize,
    /// Events that were an older copy than ours.
    pub stale: usize,
}

/// What a run comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// What changes, and nothing else does.
    pub changes: Vec<Change>,
    /// The blocks whose disappearance is held; the run was not accepted when there are any.
    pub held: Vec<i64>,
    /// How many of each.
    pub counts: Counts,
}

/// Applies a snapshot.
#[must_use]
pub fn apply(before: Before<'_>, snapshot: Snapshot, at: Moment) -> Applied {
    let mut run = Run::new(before, at);
    run.put_away_what_is_over();
    let unreadable: HashSet<&str> = snapshot.unreadable.iter().map(String::as_str).collect();
    let silent: HashSet<&Key> = snapshot.silent.iter().collect();
    let events = one_of_each(snapshot.taken);
    let blocks = run.current();
    let matched = match_up(&events, &blocks);
    let mut missing = Vec::new();
    let mut valued = 0;
    for (block, event) in blocks.iter().zip(&matched.of_block) {
        let event = event.and_then(|event| events.get(event));
        let said_to_be_free = event.is_none() && silent.contains(&block.key);
        if said_to_be_free {
            run.end(block, End::Cancelled);
            continue;
        }
        if block.kind != Kind::Rule {
            valued += 1;
        }
        let uid = block.uid.as_deref();
        match event {
            Some(event) => run.seen(block, event),
            None if uid.is_some_and(|uid| unreadable.contains(uid)) => run.still_there(block),
            None => missing.push(block.clone()),
        }
    }
    run.missing(missing, valued);
    let is_new = |(event, block): (Incoming, Option<usize>)| block.is_none().then_some(event);
    let new = events.into_iter().zip(matched.of_event).filter_map(is_new);
    for event in new {
        run.add(event);
    }
    run.applied
}

/// The channel says that nothing changed since the last accepted snapshot, which counts as the same snapshot
/// again.
#[must_use]
pub fn repeat(before: Before<'_>, at: Moment) -> Applied {
    let mut run = Run::new(before, at);
    run.put_away_what_is_over();
    for block in run.current() {
        if block.misses > 0 {
            run.miss(&block);
        } else if let Some(revision) = block.revision.clone() {
            run.believe(&block, revision);
        } else {
            run.still_there(&block);
        }
    }
    run.applied
}

/// Events of one name are one event with the nights of all.
fn one_of_each(events: Vec<Incoming>) -> Vec<Incoming> {
    let mut positions: HashMap<Key, usize> = HashMap::with_capacity(events.len());
    let mut single: Vec<Incoming> = Vec::with_capacity(events.len());
    for event in events {
        let known = positions.get(&event.key).and_then(|at| single.get_mut(*at));
        match known {
            Some(known) => known.nights = known.nights.union(&event.nights),
            None if event.nights.is_empty() => {}
            None => {
                positions.insert(event.key.clone(), single.len());
                single.push(event);
            }
        }
    }
    single
}

struct Run<'a> {
    before: Before<'a>,
    at: Moment,
    over: HashSet<i64>,
    applied: Applied,
}

impl<'a> Run<'a> {
    fn new(before: Before<'a>, at: Moment) -> Self {
        Self {
            before,
            at,
            over: HashSet::new(),
            applied: Applied::default(),
        }
    }

    fn put_away_what_is_over(&mut self) {
        for block in self.before.blocks {
            if is_over(&block.nights, self.at.today) {
                self.over.insert(block.id);
                self.applied.changes.push(Change::Ended {
                    id: block.id,
                    end: End::Over,
                });
            }
        }
    }

    fn current(&self) -> Vec<Block> {
        let blocks = self.before.blocks.iter();
        blocks
            .filter(|block| !self.over.contains(&block.id))
            .cloned()
            .collect()
    }

    fn add(&mut self, event: Incoming) {
        if is_over(&event.nights, self.at.today) {
            return;
        }
        let ahead = event.nights.from_on(self.at.today);
        let echo = is_echo(event.kind, &ahead, self.before.served, self.at.now);
        self.applied.counts.added += 1;
        self.applied.changes.push(Change::Added { event, echo });
    }

    fn end(&mut self, block: &Block, end: End) {
        self.applied.counts.released += 1;
        self.applied
            .changes
            .push(Change::Ended { id: block.id, end });
    }

    /// The event is there; it may have been moved or renamed.
    fn seen(&mut self, block: &Block, event: &Incoming) {
        if is_over(&event.nights, self.at.today) {
            return self.end(block, End::MovedAway);
        }
        if let Some(older) = older_copy(block, event) {
            self.applied.counts.stale += 1;
            if block.revision.as_ref() != Some(&older) {
                return self.put(
                    block,
                    Block {
                        revision: Some(older),
                        ..self.found(block)
                    },
                );
            }
        }
        let moved = event.nights != block.nights;
        let echo = block.echo
            && (!moved || {
                let gained = event.nights.without(&block.nights).from_on(self.at.today);
                gained.is_empty() || is_echo(event.kind, &gained, self.before.served, self.at.now)
            });
        let now = Block {
            key: event.key.clone(),
            uid: event.uid.clone(),
            nights: event.nights.clone(),
            kind: event.kind,
            sequence: event.sequence,
            summary: event.summary.clone(),
            echo: echo && event.kind != Kind::Reservation,
            revision: None,
            ..self.found(block)
        };
        if moved || now.key != block.key || now.kind != block.kind {
            self.applied.counts.changed += 1;
        }
        self.put(block, now);
    }

    fn believe(&mut self, block: &Block, revision: Revision) {
        self.applied.counts.changed += 1;
        let now = Block {
            nights: revision.nights,
            kind: revision.kind,
            sequence: Some(revision.sequence),
            revision: None,
            ..self.found(block)
        };
        self.put(block, now);
    }

    /// The event is there and cannot be read, or is said not to have changed.
    fn still_there(&mut self, block: &Block) {
        self.put(block, self.found(block));
    }

    fn found(&self, block: &Block) -> Block {
        Block {
            last_seen: if block.is_missing() {
                self.at.now
            } else {
                block.last_seen
            },
            misses: 0,
            held_since: None,
            ..block.clone()
        }
    }

    /// Keeps what a block is now, if it is not what it was. What is written on it is no reason to write.
    fn put(&mut self, block: &Block, now: Block) {
        let same = Block {
            summary: block.summary.clone(),
            ..now.clone()
        } == *block;
        if !same {
            self.applied.changes.push(Change::Updated(now));
        }
    }

    /// What is not in the snapshot. When too much is gone at once, it is held.
    fn missing(&mut self, missing: Vec<Block>, valued: usize) {
        let lost = missing.iter().filter(|block| block.kind != Kind::Rule);
        let lost = lost.count();
        let nothing_left = valued > 0 && lost == valued;
        let held = nothing_left || (lost >= MASS && 2 * lost > valued);
        for block in missing {
            if held {
                self.hold(&block);
            } else {
                self.miss(&block);
            }
        }
    }

    fn gone(&self, block: &Block) -> Block {
        let last_seen = if block.is_missing() {
            block.last_seen
        } else {
            self.before
                .last_read_at
                .map_or(block.last_seen, |read| read.max(block.last_seen))
        };
        Block {
            last_seen,
            ..block.clone()
        }
    }

    fn hold(&mut self, block: &Block) {
        let since = block.held_since.unwrap_or(self.at.now);
        if !self.before.keep_dropped && self.at.now - since >= self.before.drop_hold {
            return self.end(block, End::Disappeared);
        }
        self.applied.held.push(block.id);
        self.applied.counts.waiting += 1;
        let held = Block {
            held_since: Some(since),
            ..self.gone(block)
        };
        self.put(block, held);
    }

    fn miss(&mut self, block: &Block) {
        let missed = Block {
            misses: block.misses.saturating_add(1).min(MISSES),
            held_since: None,
            ..self.gone(block)
        };
        if missed.misses >= MISSES && self.at.now - missed.last_seen >= UNSEEN {
            return self.end(block, End::Disappeared);
        }
        self.applied.counts.waiting += 1;
        self.put(block, missed);
    }
}

fn is_over(nights: &NightSet, today: NaiveDate) -> bool {
    nights.end().is_none_or(|end| end <= today)
}

/// What an event says, when its number is lower than the one we have: a copy from a cache.
fn older_copy(block: &Block, event: &Incoming) -> Option<Revision> {
    let (ours, theirs) = block.sequence.zip(event.sequence)?;
    (block.key == event.key && ours > theirs).then(|| Revision {
        nights: event.nights.clone(),
        kind: event.kind,
        sequence: theirs,
    })
}
