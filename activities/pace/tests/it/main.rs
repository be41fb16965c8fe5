//! The turns against a real Redis. Each test has a business number of its own, and so its own keys.
#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is its failure"
)]

use std::time::Duration;

use pace::{Pace, Rates, Turn, Urgency};

const PATIENCE: Duration = Duration::from_secs(10);

/// So slow that no test outlasts a turn.
const SLOW: Rates = Rates {
    pair_burst: 4,
    pair_interval: Duration::from_secs(3600),
    per_second: 1000,
};

fn number() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

fn pace(number: &str, rates: Rates) -> Pace {
    let services = stack::Environment::read().unwrap();
    Pace::new(&services.redis_url, number, rates).unwrap()
}

async fn answer(pace: &Pace, guest: &str) -> Turn {
    pace.take(guest, Urgency::Answer).await
}

#[tokio::test]
async fn a_burst_goes_out_at_once_and_what_follows_waits() {
    let pace = pace(&number(), SLOW);
    for _ in 0..4 {
        assert_eq!(answer(&pace, "ana").await, Turn::Now);
    }
    let Turn::In(wait) = answer(&pace, "ana").await else {
        panic!("the burst was used up");
    };
    assert!(
        wait > Duration::from_secs(3500) && wait <= Duration::from_secs(3600),
        "{wait:?}"
    );
}

#[tokio::test]
async fn one_guest_does_not_wait_for_another() {
    let pace = pace(&number(), SLOW);
    for _ in 0..5 {
        answer(&pace, "ana").await;
    }
    assert_eq!(answer(&pace, "berta").await, Turn::Now);
}

#[tokio::test]
async fn two_workers_share_the_turns_of_a_guest() {
    let number = number();
    let (one, other) = (pace(&number, SLOW), pace(&number, SLOW));
    for _ in 0..2 {
        assert_eq!(answer(&one, "ana").await, Turn::Now);
        assert_eq!(answer(&other, "ana").await, Turn::Now);
    }
    assert!(matches!(answer(&one, "ana").await, Turn::In(_)));
    assert!(matches!(answer(&other, "ana").await, Turn::In(_)));
}

#[tokio::test]
async fn all_guests_together_share_the_turns_of_the_number() {
    let rates = Rates {
        per_second: 1,
        ..SLOW
    };
    let pace = pace(&number(), rates);
    assert_eq!(answer(&pace, "ana").await, Turn::Now);
    let Turn::In(wait) = answer(&pace, "berta").await else {
        panic!("the second was used up");
    };
    assert!(wait <= Duration::from_secs(1), "{wait:?}");
    let turn = stack::eventually("berta has her turn", PATIENCE, async || {
        (answer(&pace, "berta").await == Turn::Now).then_some(())
    });
    turn.await.unwrap();
}

#[tokio::test]
async fn a_notice_leaves_room_for_answers() {
    let pace = pace(&number(), SLOW);
    for _ in 0..3 {
        assert_eq!(pace.take("ana", Urgency::Notice).await, Turn::Now);
    }
    assert!(matches!(
        pace.take("ana", Urgency::Notice).await,
        Turn::In(_)
    ));
    assert_eq!(answer(&pace, "ana").await, Turn::Now);
}

#[tokio::test]
async fn nobody_waits_for_a_redis_that_is_away() {
    let pace = Pace::new("redis://127.0.0.1:9", "1", SLOW).unwrap();
    assert_eq!(answer(&pace, "ana").await, Turn::Unpaced);
}

#[test]
fn an_address_that_is_none_is_refused_at_once() {
    assert!(Pace::new("not an address", "1", SLOW).is_err());
}
