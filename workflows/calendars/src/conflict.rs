//! Nights that are taken twice (contract, section 4.4).

use std::collections::HashMap;

use domain::{FeedId, ReservationCode, ReservationStatus, Stay};
use serde::{Deserialize, Serialize};

use crate::{Kind, NightSet, Nights, block::UnknownWord, block::words};

/// More conflicts of one accommodation than this are not told one by one.
const MOST: usize = 500;

/// How much a conflict matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// In the list, and nobody is called.
    Info,
    /// The owner hears of it once.
    Warning,
    /// Two families at one door, perhaps: the owner hears of it at once, and again.
    Critical,
}

words!(Severity {
    Info = "info",
    Warning = "warning",
    Critical = "critical",
});

/// A block of any feed of the accommodation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which block.
    pub block: i64,
    /// Whose it is.
    pub feed: FeedId,
    /// What it is.
    pub kind: Kind,
    /// Whether it is probably ours, given back.
    pub echo: bool,
    /// Its nights.
    pub nights: NightSet,
}

/// A stay of ours that keeps others from its nights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OurStay {
    /// Its code.
    pub code: ReservationCode,
    /// A hold, or confirmed. The owner's own blocks clash with nobody.
    pub status: ReservationStatus,
    /// Its nights.
    pub nights: Nights,
}

/// The other side of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// A stay of ours.
    Reservation(ReservationCode),
    /// Another feed.
    Feed(FeedId),
}

/// Nights that are taken twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The feed that says so.
    pub feed: FeedId,
    /// What it says so with; of several, the weightiest.
    pub block: i64,
    /// What that is.
    pub kind: Kind,
    /// Who else has the nights.
    pub against: Against,
    /// The block on the other side, when that is a feed's.
    pub other_block: Option<i64>,
    /// The nights.
    pub nights: NightSet,
    /// How much it matters.
    pub severity: Severity,
    /// The other side is a hold that nobody has paid, and gives way.
    pub displaces: bool,
}

/// A hold that has to give way, with the nights for which it has to: one that moves off them stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Displaced {
    /// Its code.
    pub code: ReservationCode,
    /// Its nights.
    pub stay: Stay,
}

/// How much a block matters that shares nights with a stay of ours.
#[must_use]
pub const fn severity(kind: Kind, echo: bool) -> Severity {
    match kind {
        _ if echo => Severity::Info,
        Kind::Rule => Severity::Info,
        Kind::Block => Severity::Warning,
        Kind::Reservation | Kind::Hold | Kind::Unknown => Severity::Critical,
    }
}

/// Every conflict of an accommodation, one for each feed, other side and set of nights.
#[must_use]
pub fn conflicts(told: &[Told], ours: &[OurStay]) -> Vec<Conflict> {
    let mut found: HashMap<(FeedId, Against, NightSet), Conflict> = HashMap::new();
    let mut ours: Vec<&OurStay> = ours
        .iter()
        .filter(|stay| stay.status != ReservationStatus::Blocked)
        .collect();
    ours.sort_by_key(|stay| stay.nights);
    for block in told {
        for stay in meeting(&ours, &block.nights) {
            let nights = block.nights.intersection(&NightSet::of([stay.nights]));
            let severity = severity(block.kind, block.echo);
            keep(
                &mut found,
                Conflict {
                    feed: block.feed,
                    block: block.block,
                    kind: block.kind,
                    against: Against::Reservation(stay.code.clone()),
                    other_block: None,
                    nights,
                    severity,
                    displaces: severity == Severity::Critical
                        && stay.status == ReservationStatus::PreReserved,
                },
            );
        }
    }
    between_feeds(told, &mut found);
    let mut found: Vec<Conflict> = found.into_values().collect();
    found.sort_by(|a, b| {
        (b.severity, &a.nights, &a.against, a.feed)
            .cmp(&(a.severity, &b.nights, &b.against, b.feed))
    });
    found.truncate(MOST);
    found
}

/// The stays that share a night with these. Stays of ours never overlap, so their ends are in order too.
fn meeting<'a>(ours: &'a [&'a OurStay], nights: &'a NightSet) -> impl Iterator<Item = &'a OurStay> {
    nights.ranges().iter().flat_map(|range| {
        let first = ours.partition_point(|stay| stay.nights.to() <= range.from());
        ours.iter()
            .skip(first)
            .take_while(|stay| stay.nights.from() < range.to())
            .copied()
    })
}

/// Two feeds that both say that somebody sleeps there, or may.
fn between_feeds(told: &[Told], found: &mut HashMap<(FeedId, Against, NightSet), Conflict>) {
    let mut guests: Vec<(Nights, &Told)> = told
        .iter()
        .filter(|block| !block.echo && matches!(block.kind, Kind::Reservation | Kind::Unknown))
        .flat_map(|block| {
            block
                .nights
                .ranges()
                .iter()
                .map(move |range| (*range, block))
        })
        .collect();
    guests.sort_by_key(|(range, block)| (*range, block.block));
    let mut open: Vec<(Nights, &Told)> = Vec::new();
    let mut compared = 0_usize;
    for (range, block) in guests {
        open.retain(|(other, _)| other.to() > range.from());
        for (other_range, other) in &open {
            compared += 1;
            if other.feed == block.feed {
                continue;
            }
            if found.len() >= MOST || compared > MOST * 1_000 {
                return;
            }
            // The younger feed is the one that says it, so that the pair has one name.
            let ((first, _), (second, _)) = if other.feed < block.feed {
                ((other, other_range), (&block, &range))
            } else {
                ((&block, &range), (other, other_range))
            };
            let nights = first.nights.intersection(&second.nights);
            keep(
                found,
                Conflict {
                    feed: second.feed,
                    block: second.block,
                    kind: second.kind,
                    against: Against::Feed(first.feed),
                    other_block: Some(first.block),
                    nights,
                    severity: Severity::Critical,
                    displaces: false,
                },
            );
        }
        open.push((range, block));
    }
}

fn keep(found: &mut HashMap<(FeedId, Against, NightSet), Conflict>, conflict: Conflict) {
    let key = (
        conflict.feed,
        conflict.against.clone(),
        conflict.nights.clone(),
    );
    let known = found.entry(key).or_insert_with(|| conflict.clone());
    let weightier = (conflict.severity, std::cmp::Reverse(conflict.block))
        > (known.severity, std::cmp::Reverse(known.block));
    if weightier {
        *known = conflict;
    }
}
