//! The locks against a real Redis. Each test has an accommodation of its own, and so its own keys.
#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is its failure"
)]

use chrono::NaiveDate;
use domain::{AccommodationId, Stay};
use night_locks::{Locked, NightLocks};

struct Door {
    locks: NightLocks,
    accommodation: AccommodationId,
}

impl Door {
    fn new() -> Self {
        let services = stack::Environment::read().unwrap();
        Self {
            locks: NightLocks::new(&services.redis_url).unwrap(),
            accommodation: AccommodationId::generate(),
        }
    }

    async fn acquire(&self, stay: Stay, owner: &str) -> Locked {
        self.locks.acquire(self.accommodation, stay, owner).await
    }

    async fn release(&self, stay: Stay, owner: &str) {
        self.locks.release(self.accommodation, stay, owner).await;
    }
}

fn january(check_in: u32, check_out: u32) -> Stay {
    let date = |day| NaiveDate::from_ymd_opt(2027, 1, day).unwrap();
    Stay::new(date(check_in), date(check_out)).unwrap()
}

#[tokio::test]
async fn a_night_is_locked_for_one_owner() {
    let door = Door::new();
    assert_eq!(door.acquire(january(15, 18), "ana").await, Locked::Acquired);
    assert_eq!(door.acquire(january(17, 19), "berta").await, Locked::Busy);
    assert_eq!(
        door.acquire(january(18, 19), "berta").await,
        Locked::Acquired
    );
}

#[tokio::test]
async fn an_owner_that_asks_again_has_the_lock_still() {
    let door = Door::new();
    for _ in 0..2 {
        assert_eq!(door.acquire(january(15, 18), "ana").await, Locked::Acquired);
    }
}

#[tokio::test]
async fn who_cannot_have_all_nights_locks_none() {
    let door = Door::new();
    door.acquire(january(16, 17), "ana").await;
    assert_eq!(door.acquire(january(15, 18), "berta").await, Locked::Busy);
    assert_eq!(
        door.acquire(january(15, 16), "carla").await,
        Locked::Acquired
    );
    assert_eq!(
        door.acquire(january(17, 18), "carla").await,
        Locked::Acquired
    );
}

#[tokio::test]
async fn the_owner_alone_gives_a_lock_up() {
    let door = Door::new();
    let stay = january(15, 18);
    door.acquire(stay, "ana").await;
    door.release(stay, "berta").await;
    assert_eq!(door.acquire(stay, "berta").await, Locked::Busy);
    door.release(stay, "ana").await;
    assert_eq!(door.acquire(stay, "berta").await, Locked::Acquired);
}

#[tokio::test]
async fn another_accommodation_is_another_lock() {
    let (one, other) = (Door::new(), Door::new());
    one.acquire(january(15, 18), "ana").await;
    let locked = other.acquire(january(15, 18), "berta").await;
    assert_eq!(locked, Locked::Acquired);
}

#[tokio::test]
async fn a_lock_whose_owner_died_lets_go_by_itself() {
    let door = Door::new();
    door.acquire(january(15, 16), "ana").await;
    let services = stack::Environment::read().unwrap();
    let client = redis::Client::open(services.redis_url).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let key = format!("night:{}:2027-01-15", door.accommodation);
    let seconds: i64 = redis::cmd("TTL")
        .arg(key)
        .query_async(&mut connection)
        .await
        .unwrap();
    assert!((1..=15).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn nobody_waits_for_a_redis_that_is_away() {
    let locks = NightLocks::new("redis://127.0.0.1:9").unwrap();
    let accommodation = AccommodationId::generate();
    let stay = january(15, 18);
    assert_eq!(
        locks.acquire(accommodation, stay, "ana").await,
        Locked::Unguarded
    );
    locks.release(accommodation, stay, "ana").await;
    assert!(locks.ping().await.is_err());
}

#[tokio::test]
async fn a_redis_that_answers_is_there() {
    assert!(Door::new().locks.ping().await.is_ok());
}

#[test]
fn an_address_that_is_none_is_refused_at_once() {
    assert!(NightLocks::new("not an address").is_err());
}
