//! What holds for every feed.

use std::collections::BTreeMap;

use calendars::{Claim, Incoming, Kind, NightSet, Nights, Row, Snapshot, occupy};
use chrono::{Days, NaiveDate, TimeDelta};
use proptest::prelude::*;

use crate::feed::{Feed, day, key, time};

fn date(offset: u16) -> NaiveDate {
    day("2026-12-01") + Days::new(offset.into())
}

fn any_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Reservation),
        Just(Kind::Hold),
        Just(Kind::Rule),
        Just(Kind::Block),
        Just(Kind::Unknown)
    ]
}

fn any_event() -> impl Strategy<Value = Incoming> {
    (
        0_u8..12,
        0_u16..60,
        1_u16..10,
        any_kind(),
        proptest::option::of(0_i64..4),
    )
        .prop_map(|(uid, from, length, kind, sequence)| Incoming {
            key: key(&format!("e{uid}")),
            uid: Some(format!("e{uid}")),
            nights: Nights::new(date(from), date(from + length))
                .into_iter()
                .collect(),
            kind,
            sequence,
            summary: None,
        })
}

/// A snapshot, or a run that failed.
fn any_run() -> impl Strategy<Value = Option<Snapshot>> {
    let snapshot = prop::collection::vec(any_event(), 0..8).prop_map(|taken| Snapshot {
        taken,
        ..Snapshot::default()
    });
    prop_oneof![4 => snapshot.prop_map(Some), 1 => Just(None)]
}

proptest! {
    /// What a snapshot says is taken after it, unless an older copy was refused.
    #[test]
    fn what_a_snapshot_says_is_taken_is_taken(runs in prop::collection::vec(any_run(), 1..12)) {
        let mut feed = Feed::default();
        for (number, run) in runs.into_iter().enumerate() {
            let before = feed.union();
            let Some(snapshot) = run else {
                // A run that failed has no snapshot: there is nothing to apply.
                prop_assert_eq!(&feed.union(), &before);
                continue;
            };
            let said: NightSet = snapshot.taken.iter().flat_map(|event| event.nights.ranges()).copied().collect();
            let applied = feed.reads(&format!("2026-11-24 {:02}:00", number + 1), snapshot);
            if applied.counts.stale == 0 {
                prop_assert!(feed.union().covers(&said));
            }
        }
    }

    /// What disappears is still taken at its first absence, whatever else happens.
    #[test]
    fn one_absence_never_frees_a_block(
        first in prop::collection::vec(any_event(), 1..8),
        second in prop::collection::vec(any_event(), 0..8),
    ) {
        let mut feed = Feed::default();
        feed.reads("2026-11-24 12:00", Snapshot { taken: first, ..Snapshot::default() });
        let known = feed.blocks.len();
        feed.reads("2026-11-24 18:00", Snapshot { taken: second, ..Snapshot::default() });
        prop_assert!(feed.ended.is_empty());
        prop_assert!(feed.blocks.len() >= known);
    }

    /// Read twice, the same answer changes nothing the second time but the count of absences.
    #[test]
    fn the_same_answer_again_adds_and_moves_nothing(
        first in prop::collection::vec(any_event(), 0..8),
        second in prop::collection::vec(any_event(), 0..8),
    ) {
        let mut feed = Feed::default();
        feed.reads("2026-11-24 12:00", Snapshot { taken: first, ..Snapshot::default() });
        feed.reads("2026-11-24 12:05", Snapshot { taken: second.clone(), ..Snapshot::default() });
        feed.reads("2026-11-24 12:10", Snapshot { taken: second.clone(), ..Snapshot::default() });
        let again = feed.reads("2026-11-24 12:15", Snapshot { taken: second, ..Snapshot::default() });
        prop_assert_eq!((again.counts.added, again.counts.changed), (0, 0));
    }

    /// The rows never take a night of ours or one night twice, and take every night that is claimed.
    #[test]
    fn rows_take_every_claimed_night_once(
        rounds in prop::collection::vec(
            (prop::collection::vec((0_i64..6, 0_u16..60, 1_u16..20), 0..8), prop::collection::vec((0_u16..60, 1_u16..6), 0..4)),
            1..5,
        ),
    ) {
        let mut rows: Vec<Row> = Vec::new();
        let mut names = 0;
        for (claimed, ours) in rounds {
            let mut claims: BTreeMap<i64, NightSet> = BTreeMap::new();
            for (block, from, length) in claimed {
                let nights: NightSet = Nights::new(date(from), date(from + length)).into_iter().collect();
                let known = claims.entry(block).or_default();
                *known = known.union(&nights);
            }
            // A stay of ours cannot have been taken over a row that was there.
            let kept: NightSet = rows.iter().map(|row| row.nights).collect();
            let ours: NightSet = ours
                .into_iter()
                .filter_map(|(from, length)| Nights::new(date(from), date(from + length)))
                .collect::<NightSet>()
                .without(&kept);
            let claims: Vec<Claim> = claims
                .into_iter()
                .map(|(block, nights)| Claim {
                    block,
                    first_seen: time("2026-11-24 12:00") + TimeDelta::minutes(block),
                    nights,
                })
                .collect();
            let today = day("2026-12-05");
            let plan = occupy(&claims, &rows, &ours, today);
            rows.retain(|row| !plan.given_up.contains(&row.code));
            for step in [true, false] {
                for moved in &plan.moved {
                    let row = rows.iter_mut().find(|row| row.code == moved.code).unwrap();
                    row.nights = if step { moved.meanwhile } else { moved.nights };
                    if !step { continue; }
                }
                let taken: u64 = rows.iter().map(|row| row.nights.count()).sum();
                let union: NightSet = rows.iter().map(|row| row.nights).collect();
                prop_assert_eq!(taken, union.count(), "no night has two rows on the way");
            }
            for (block, nights) in &plan.taken {
                names += 1;
                rows.push(Row { code: format!("R{names:04}"), block: *block, nights: *nights });
            }
            let union: NightSet = rows.iter().map(|row| row.nights).collect();
            let count: u64 = rows.iter().map(|row| row.nights.count()).sum();
            prop_assert_eq!(count, union.count(), "no night has two rows");
            prop_assert!(!union.meets(&ours));
            let wanted: NightSet = claims.iter().flat_map(|claim| claim.nights.ranges()).copied().collect();
            prop_assert_eq!(union.from_on(today), wanted.from_on(today).without(&ours));
            prop_assert!(occupy(&claims, &rows, &ours, today).is_empty(), "a second time there is nothing to do");
        }
    }
}
