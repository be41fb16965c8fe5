//! The schema goes up, down and up again, and the demo's data never overwrites the owner's.

use database::{Database, accommodations, availability};
use domain::Party;
use sea_orm::ConnectionTrait;
use secrecy::SecretString;

use crate::support::{Fresh, january, now};

async fn applied(url: &SecretString) -> (usize, usize) {
    let steps = migrations::status(url).await.unwrap();
    (
        steps.iter().filter(|step| step.applied).count(),
        steps.len(),
    )
}

#[tokio::test]
async fn the_schema_goes_up_and_down_and_up_again() {
    let url = Fresh::empty().await;
    migrations::up(&url).await.unwrap();
    let (up, all) = applied(&url).await;
    assert_eq!(up, all);
    migrations::down(&url, u32::try_from(all).unwrap())
        .await
        .unwrap();
    assert_eq!(applied(&url).await.0, 0);
    let db = Database::connect(&url, 1).await.unwrap();
    assert!(!db.nights_are_guarded().await.unwrap());
    migrations::up(&url).await.unwrap();
    migrations::up(&url).await.unwrap();
    assert!(db.nights_are_guarded().await.unwrap());
}

#[tokio::test]
async fn two_who_migrate_at_once_do_it_once() {
    let url = Fresh::empty().await;
    let (one, two) = tokio::join!(migrations::up(&url), migrations::up(&url));
    one.unwrap();
    two.unwrap();
}

#[tokio::test]
async fn the_demo_has_room_for_two_four_and_six_in_january() {
    let url = Fresh::empty().await;
    migrations::up(&url).await.unwrap();
    migrations::seed_demo(&url, "http://localhost:8000")
        .await
        .unwrap();
    let db = Database::connect(&url, 2).await.unwrap();
    let stay = january(15, 18);
    let inventory = availability::inventory_around(&db, now(), stay)
        .await
        .unwrap();
    let capacities: Vec<_> = inventory
        .accommodations
        .iter()
        .map(|place| place.capacity)
        .collect();
    assert_eq!(capacities, [2, 4, 6]);
    for guests in [2, 4, 6] {
        let offers = inventory.offers(stay, Party::of(guests).unwrap());
        assert_eq!(offers.len(), usize::from((8 - guests) / 2), "for {guests}");
        assert!(offers.iter().all(|offer| offer.quote.deposit.is_positive()));
    }
    for place in &inventory.accommodations {
        assert!(
            !place.access.is_empty() && !place.aliases.is_empty() && place.amenities.len() >= 5
        );
        assert!(place.photos.len() >= 2);
        assert!(
            place
                .photos
                .iter()
                .all(|photo| photo.url.starts_with("http://localhost:8000/photos/"))
        );
    }
}

#[tokio::test]
async fn seeding_again_keeps_what_the_owner_changed() {
    let fresh = Fresh::database().await;
    migrations::seed_demo(&fresh.url, "http://localhost:8000")
        .await
        .unwrap();
    let mut mine = accommodations::active(&fresh.db).await.unwrap().remove(0);
    mine.name = "Mi loft".to_owned();
    accommodations::upsert(&fresh.db, &mine, true)
        .await
        .unwrap();

    // The address of the demo's own pictures follows the machine.
    migrations::seed_demo(&fresh.url, "https://demo.example:8443")
        .await
        .unwrap();
    let again = accommodations::by_id(&fresh.db, mine.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(again.name, "Mi loft");
    assert!(
        again.photos[0]
            .url
            .starts_with("https://demo.example:8443/photos/")
    );

    mine.photos.truncate(1);
    accommodations::upsert(&fresh.db, &mine, true)
        .await
        .unwrap();
    migrations::seed_demo(&fresh.url, "https://demo.example:8443")
        .await
        .unwrap();
    let again = accommodations::by_id(&fresh.db, mine.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(again, mine);
    let places = fresh.sql().await.query_all_raw(count()).await.unwrap();
    assert_eq!(places.len(), 4);
}

fn count() -> sea_orm::Statement {
    sea_orm::raw_sql!(Postgres, "SELECT id FROM accommodations")
}
