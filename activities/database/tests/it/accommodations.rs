//! What can be booked, and what is free.

use database::{Error, Page, accommodations, availability, reservations, reservations::Filter};
use domain::{AccommodationId, Party, ReservationStatus, policy::Policies};

use crate::support::{Fresh, cabin, day, january, minutes, now};

#[tokio::test]
async fn an_accommodation_reads_back_as_it_was_written() {
    let fresh = Fresh::database().await;
    let mut place = cabin("Loft", 2);
    accommodations::upsert(&fresh.db, &place, true)
        .await
        .unwrap();
    assert_eq!(
        accommodations::by_id(&fresh.db, place.id).await.unwrap(),
        Some(place.clone())
    );
    place.description = "Otra cosa.".to_owned();
    accommodations::upsert(&fresh.db, &place, false)
        .await
        .unwrap();
    assert_eq!(
        accommodations::by_id(&fresh.db, place.id).await.unwrap(),
        Some(place)
    );
    let active = accommodations::active(&fresh.db).await.unwrap();
    assert_eq!(
        active.iter().map(|place| place.id).collect::<Vec<_>>(),
        [fresh.cabin]
    );
}

#[tokio::test]
async fn policies_are_replaced_where_there_is_an_accommodation() {
    let fresh = Fresh::database().await;
    let mut policies = Policies::default();
    policies.hold.seconds = 90;
    accommodations::set_policies(&fresh.db, fresh.cabin, &policies)
        .await
        .unwrap();
    let place = accommodations::by_id(&fresh.db, fresh.cabin)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(place.policies, policies);
    let error =
        accommodations::set_policies(&fresh.db, AccommodationId::generate(), &policies).await;
    assert!(matches!(error, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn what_is_held_confirmed_or_blocked_is_taken_and_nothing_else() {
    let fresh = Fresh::database().await;
    let other = fresh.another_cabin().await;
    let held = fresh.held(january(15, 18)).await;
    let given_up = fresh.held(january(20, 22)).await;
    reservations::cancel(&fresh.db, &given_up.code, "", minutes(1))
        .await
        .unwrap();
    let party = Party::of(4).unwrap();
    let inventory = availability::inventory_around(&fresh.db, now(), january(16, 19))
        .await
        .unwrap();
    let free: Vec<_> = inventory
        .offers(january(16, 19), party)
        .iter()
        .map(|offer| offer.accommodation_id)
        .collect();
    assert_eq!(free, [other]);
    let free = inventory.offers(january(20, 22), party);
    assert_eq!(free.len(), 2);
    assert_eq!(
        reservations::occupied(&fresh.db, day("2027-01-17"), day("2027-01-19"))
            .await
            .unwrap(),
        [(fresh.cabin, held.stay)]
    );
    assert_eq!(
        reservations::occupied(&fresh.db, day("2027-01-18"), day("2027-01-19"))
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn holidays_price_the_nights_before_them() {
    let fresh = Fresh::database().await;
    let holidays = database::holidays::all(&fresh.db).await.unwrap();
    assert!(holidays.is_holiday_night(day("2026-12-07")));
    assert!(!holidays.is_holiday_night(day("2026-12-09")));
}

#[tokio::test]
async fn the_list_is_filtered_and_paged_with_the_newest_first() {
    let fresh = Fresh::database().await;
    let mut codes = Vec::new();
    for turn in 0..4 {
        codes.push(fresh.held(january(1 + turn, 2 + turn)).await.code);
    }
    reservations::expire(&fresh.db, &codes[0], minutes(30))
        .await
        .unwrap();
    let list = async |filter, page| {
        let found = reservations::list(&fresh.db, filter, page).await.unwrap();
        found
            .into_iter()
            .map(|reservation| reservation.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        list(Filter::default(), Page::new(2, 1)).await,
        [codes[2].clone(), codes[1].clone()]
    );
    let expired = Filter {
        status: Some(ReservationStatus::Expired),
        ..Filter::default()
    };
    assert_eq!(list(expired, Page::first(9)).await, [codes[0].clone()]);
    let days = Filter {
        from: Some(day("2027-01-03")),
        to: Some(day("2027-01-04")),
        accommodation_id: Some(fresh.cabin),
        ..Filter::default()
    };
    assert_eq!(list(days, Page::first(9)).await, [codes[2].clone()]);
}

#[tokio::test]
async fn a_database_that_is_ready_says_so() {
    let fresh = Fresh::database().await;
    fresh.db.ping().await.unwrap();
    assert!(fresh.db.nights_are_guarded().await.unwrap());
}
