//! Nights that are taken twice.

use calendars::{Against, Kind, NightSet, OurStay, Severity, Told, conflicts};
use domain::{FeedId, ReservationCode, ReservationStatus};

use crate::feed::nights;

fn told(block: i64, feed: FeedId, kind: Kind, taken: NightSet) -> Told {
    Told {
        block,
        feed,
        kind,
        echo: false,
        nights: taken,
    }
}

fn stay(code: &str, status: ReservationStatus, from: &str, to: &str) -> OurStay {
    OurStay {
        code: code.parse().unwrap(),
        status,
        nights: nights(from, to).ranges()[0],
    }
}

fn code() -> ReservationCode {
    "RES261124AAAAAA".parse().unwrap()
}

#[test]
fn each_kind_has_its_weight() {
    let feed = FeedId::generate();
    let ours = [stay(
        code().as_str(),
        ReservationStatus::Confirmed,
        "2027-01-10",
        "2027-01-13",
    )];
    for (kind, severity) in [
        (Kind::Reservation, Severity::Critical),
        (Kind::Hold, Severity::Critical),
        (Kind::Unknown, Severity::Critical),
        (Kind::Block, Severity::Warning),
        (Kind::Rule, Severity::Info),
    ] {
        let block = told(1, feed, kind, nights("2027-01-12", "2027-01-20"));
        let found = conflicts(std::slice::from_ref(&block), &ours);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].severity, severity);
        assert_eq!(found[0].nights, nights("2027-01-12", "2027-01-13"));
        assert_eq!(found[0].against, Against::Reservation(code()));
        assert!(!found[0].displaces, "a confirmed stay gives way to nobody");
        let echo = Told {
            echo: true,
            ..block
        };
        assert_eq!(conflicts(&[echo], &ours)[0].severity, Severity::Info);
    }
}

#[test]
fn a_hold_gives_way_to_what_may_be_a_guest_and_to_nothing_else() {
    let feed = FeedId::generate();
    let ours = [stay(
        code().as_str(),
        ReservationStatus::PreReserved,
        "2027-01-10",
        "2027-01-13",
    )];
    for (kind, gives_way) in [
        (Kind::Reservation, true),
        (Kind::Hold, true),
        (Kind::Unknown, true),
        (Kind::Block, false),
        (Kind::Rule, false),
    ] {
        let block = told(1, feed, kind, nights("2027-01-12", "2027-01-20"));
        assert_eq!(
            conflicts(std::slice::from_ref(&block), &ours)[0].displaces,
            gives_way
        );
        let echo = Told {
            echo: true,
            ..block
        };
        assert!(
            !conflicts(&[echo], &ours)[0].displaces,
            "our own nights displace nobody"
        );
    }
}

#[test]
fn neighbours_and_the_owners_own_blocks_clash_with_nobody() {
    let block = told(
        1,
        FeedId::generate(),
        Kind::Reservation,
        nights("2027-01-13", "2027-01-15"),
    );
    let ours = [
        stay(
            "RES261124AAAAAA",
            ReservationStatus::Confirmed,
            "2027-01-10",
            "2027-01-13",
        ),
        stay(
            "RES261124BBBBBB",
            ReservationStatus::Blocked,
            "2027-01-13",
            "2027-01-14",
        ),
    ];
    assert!(conflicts(&[block], &ours).is_empty());
}

#[test]
fn events_of_one_feed_on_the_same_nights_are_one_conflict() {
    let feed = FeedId::generate();
    let ours = [stay(
        code().as_str(),
        ReservationStatus::Confirmed,
        "2027-01-10",
        "2027-01-13",
    )];
    let same = nights("2027-01-10", "2027-01-13");
    let told = [
        told(1, feed, Kind::Rule, same.clone()),
        told(2, feed, Kind::Reservation, same),
    ];
    let found = conflicts(&told, &ours);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].severity, found[0].block), (Severity::Critical, 2));
}

#[test]
fn two_feeds_clash_when_both_may_have_a_guest() {
    let (a, b) = (FeedId::generate(), FeedId::generate());
    let pair = |kind_a, kind_b| {
        conflicts(
            &[
                told(1, a, kind_a, nights("2027-01-10", "2027-01-13")),
                told(2, b, kind_b, nights("2027-01-12", "2027-01-15")),
            ],
            &[],
        )
    };
    let found = pair(Kind::Reservation, Kind::Unknown);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].nights, nights("2027-01-12", "2027-01-13"));
    assert_eq!(
        (found[0].feed, found[0].against.clone()),
        (b, Against::Feed(a))
    );
    assert!(pair(Kind::Reservation, Kind::Block).is_empty());
    assert!(pair(Kind::Hold, Kind::Reservation).is_empty());
}

#[test]
fn a_hostile_pair_of_feeds_is_compared_in_no_time() {
    let (a, b) = (FeedId::generate(), FeedId::generate());
    let many: Vec<_> = (0..40_000)
        .map(|id| {
            told(
                id,
                if id % 2 == 0 { a } else { b },
                Kind::Unknown,
                nights("2027-01-01", "2028-01-01"),
            )
        })
        .collect();
    assert_eq!(conflicts(&many, &[]).len(), 1);
}
