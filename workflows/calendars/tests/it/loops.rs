//! Two channels that read each other through us and show what they read under names of their own.

use calendars::{Incoming, Kind, NightSet, Served};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use crate::feed::{Feed, booked, event, nights, says, time};

/// A channel with a calendar of its own.
struct Channel {
    name: &'static str,
    /// What was booked there.
    own: Vec<Incoming>,
    /// What it last read from us, and when.
    read: NightSet,
    /// How many quarters of an hour pass between two readings of ours.
    reads_every: i64,
    /// Whether its copies have new names with every reading.
    rotates: bool,
    /// Whether it says that its copies are closed, or nothing of what they are.
    kind: Kind,
    /// What we remember of its feed.
    feed: Feed,
}

impl Channel {
    fn new(name: &'static str, reads_every: i64, rotates: bool, kind: Kind) -> Self {
        Self {
            name,
            // Not the only one, or an empty feed would be held for hours.
            own: vec![booked(
                &format!("{name} for ever"),
                "2027-06-01",
                "2027-06-03",
            )],
            read: NightSet::EMPTY,
            reads_every,
            rotates,
            kind,
            feed: Feed::default(),
        }
    }

    /// Its feed at a moment.
    fn shows(&self, at: DateTime<Utc>) -> Vec<Incoming> {
        let copies = self.read.ranges().iter().map(|range| {
            let turn = if self.rotates {
                at.to_rfc3339()
            } else {
                String::new()
            };
            Incoming {
                nights: NightSet::of([*range]),
                ..event(
                    &format!("{}/{range}/{turn}", self.name),
                    "2027-01-01",
                    "2027-01-02",
                    self.kind,
                )
            }
        });
        self.own.iter().cloned().chain(copies).collect()
    }

    /// What others are told of it.
    fn passed_on(&self) -> NightSet {
        let blocks = self.feed.blocks.iter();
        blocks
            .filter(|block| !block.echo && block.kind != Kind::Rule)
            .flat_map(|block| block.nights.ranges())
            .copied()
            .collect()
    }
}

/// A house, a stay of ours, and the channels around it.
struct House {
    ours: NightSet,
    channels: [Channel; 2],
    quarter: i64,
}

impl House {
    fn now(&self) -> DateTime<Utc> {
        time("2026-11-24 00:00") + TimeDelta::minutes(15 * self.quarter)
    }

    fn taken(&self) -> NightSet {
        let imported = self.channels.iter().map(|channel| channel.feed.union());
        imported.fold(self.ours.clone(), |all, more| all.union(&more))
    }

    /// A quarter of an hour passes: we read both, and each reads us when its time has come.
    fn passes(&mut self) {
        self.quarter += 1;
        let now = self.now();
        let at = now.format("%Y-%m-%d %H:%M").to_string();
        for number in [0, 1] {
            let shown = says(self.channels[number].shows(now));
            self.channels[number].feed.reads(&at, shown);
        }
        for number in [0, 1] {
            let told = self.ours.union(&self.channels[1 - number].passed_on());
            let channel = &mut self.channels[number];
            if self.quarter % channel.reads_every == 0 {
                channel.read = told.clone();
                channel.feed.served.push(Served {
                    at: now + TimeDelta::minutes(7),
                    nights: told,
                });
            }
        }
    }
}

fn any_kind() -> impl Strategy<Value = Kind> {
    proptest::sample::select(vec![Kind::Block, Kind::Unknown])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_given_up_becomes_free_and_nothing_does_before(
        one in (1_i64..8, any::<bool>(), any_kind()),
        two in (1_i64..8, any::<bool>(), any_kind()),
        ours_until in 8_i64..60,
        theirs_until in 8_i64..60,
    ) {
        let ours = nights("2027-01-10", "2027-01-13");
        let theirs = nights("2027-01-20", "2027-01-22");
        let mut house = House {
            ours: ours.clone(),
            channels: [
                Channel::new("one", one.0, one.1, one.2),
                Channel::new("two", two.0, two.1, two.2),
            ],
            quarter: 0,
        };
        house.channels[0].own.push(booked("their guest", "2027-01-20", "2027-01-22"));
        for quarter in 1..=96 {
            if quarter == ours_until {
                house.ours = NightSet::EMPTY;
            }
            if quarter == theirs_until {
                house.channels[0].own.pop();
            }
            house.passes();
            let taken = house.taken();
            if quarter < ours_until {
                prop_assert!(taken.covers(&ours), "ours, after {quarter}");
            }
            if quarter < theirs_until {
                prop_assert!(taken.covers(&theirs), "theirs, after {quarter}");
            }
        }
        // Whatever was given up is free again everywhere, at us and at the channels.
        prop_assert!(!house.taken().meets(&ours.union(&theirs)), "{}", house.taken());
        for channel in &house.channels {
            prop_assert!(!channel.read.meets(&ours.union(&theirs)), "{}", channel.name);
        }
    }

    #[test]
    fn what_is_booked_twice_in_the_gap_is_no_echo(reads_every in 2_i64..8) {
        let mut house = House {
            ours: NightSet::EMPTY,
            channels: [
                Channel::new("one", reads_every, false, Kind::Unknown),
                Channel::new("two", reads_every, true, Kind::Block),
            ],
            quarter: 0,
        };
        house.passes();
        // Somebody books with us, and somebody there, before it has read us.
        house.ours = nights("2027-01-10", "2027-01-13");
        let second = event("second", "2027-01-10", "2027-01-13", Kind::Unknown);
        house.channels[0].own.push(second);
        for _ in 0..40 {
            house.passes();
            let blocks = &house.channels[0].feed.blocks;
            let second = blocks.iter().find(|block| block.key.0 == "second");
            prop_assert!(second.is_some_and(|block| !block.echo));
        }
    }
}

/// The same house without the evidence: the test above can fail.
#[test]
fn without_the_evidence_what_is_given_up_is_never_free_again() {
    let ours = nights("2027-01-10", "2027-01-13");
    let mut house = House {
        ours: ours.clone(),
        channels: [
            Channel::new("one", 3, true, Kind::Block),
            Channel::new("two", 4, false, Kind::Unknown),
        ],
        quarter: 0,
    };
    for quarter in 1..=96 {
        if quarter == 40 {
            house.ours = NightSet::EMPTY;
        }
        house.passes();
        for channel in &mut house.channels {
            channel.feed.served.clear();
        }
    }
    assert!(house.taken().covers(&ours));
}
