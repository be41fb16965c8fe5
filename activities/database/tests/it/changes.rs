//! What becomes of a reservation: each change once, only from where it may be made, and every one on record.

use database::{
    Database, Error, payment_links,
    reservations::{self, Claim, NewDates, Reservation, Transition},
};
use domain::{Party, ReservationCode, ReservationStatus, Stay, settlement::Purpose};

use crate::support::{Fresh, day, january, minutes, now, quote};

fn done(transition: Transition) -> Reservation {
    match transition {
        Transition::Done(reservation) => reservation,
        other => panic!("{other:?}"),
    }
}

/// The reservation was found in this status, from which the change is not made.
#[track_caller]
fn assert_not_from(status: ReservationStatus, transition: Transition) {
    match transition {
        Transition::Not(found) => assert_eq!(found.status, status),
        other => panic!("{other:?}"),
    }
}

async fn confirm(db: &Database, code: &ReservationCode) -> Transition {
    reservations::confirm(db, code, minutes(5)).await.unwrap()
}

async fn status(db: &Database, code: &ReservationCode) -> ReservationStatus {
    reservations::by_code(db, code)
        .await
        .unwrap()
        .unwrap()
        .status
}

async fn kinds(db: &Database, code: &ReservationCode) -> Vec<String> {
    let events = reservations::timeline(db, code).await.unwrap();
    events.into_iter().map(|event| event.kind).collect()
}

#[tokio::test]
async fn confirming_twice_is_confirming_once() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    let confirmed = done(confirm(&fresh.db, &code).await);
    assert_eq!(confirmed.confirmed_at, Some(minutes(5)));
    assert_eq!(
        confirm(&fresh.db, &code).await,
        Transition::Already(confirmed)
    );
    assert_eq!(kinds(&fresh.db, &code).await, ["held", "confirmed"]);
}

#[tokio::test]
async fn an_expired_hold_frees_its_nights_and_cannot_be_confirmed() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    let expired = done(
        reservations::expire(&fresh.db, &code, minutes(30))
            .await
            .unwrap(),
    );
    assert_eq!(expired.expired_at, Some(minutes(30)));
    let again = reservations::expire(&fresh.db, &code, minutes(31))
        .await
        .unwrap();
    assert_eq!(again, Transition::Already(expired));
    assert_not_from(ReservationStatus::Expired, confirm(&fresh.db, &code).await);
    fresh.held(january(15, 18)).await;
}

#[tokio::test]
async fn a_confirmed_reservation_does_not_expire() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    confirm(&fresh.db, &code).await;
    let late = reservations::expire(&fresh.db, &code, minutes(30))
        .await
        .unwrap();
    assert_not_from(ReservationStatus::Confirmed, late);
}

#[tokio::test]
async fn of_a_payment_and_the_end_of_the_hold_at_once_one_wins() {
    let fresh = Fresh::database().await;
    for turn in 0..10 {
        let code = fresh.held(january(1 + 2 * turn, 3 + 2 * turn)).await.code;
        let (confirmed, expired) = tokio::join!(
            reservations::confirm(&fresh.db, &code, minutes(30)),
            reservations::expire(&fresh.db, &code, minutes(30)),
        );
        let winners = [confirmed.unwrap(), expired.unwrap()]
            .into_iter()
            .filter(|transition| matches!(transition, Transition::Done(_)));
        assert_eq!(winners.count(), 1);
        assert_eq!(kinds(&fresh.db, &code).await.len(), 2);
    }
}

#[tokio::test]
async fn cancelling_keeps_the_reason_and_frees_the_nights() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    confirm(&fresh.db, &code).await;
    let cancelled = done(
        reservations::cancel(&fresh.db, &code, "cambio de planes", minutes(9))
            .await
            .unwrap(),
    );
    assert_eq!(cancelled.cancel_reason.as_deref(), Some("cambio de planes"));
    let again = reservations::cancel(&fresh.db, &code, "otra cosa", minutes(10))
        .await
        .unwrap();
    assert_eq!(again, Transition::Already(cancelled));
    assert_not_from(
        ReservationStatus::Cancelled,
        confirm(&fresh.db, &code).await,
    );
    fresh.held(january(16, 17)).await;
}

#[tokio::test]
async fn only_a_confirmed_stay_is_completed_or_missed() {
    let fresh = Fresh::database().await;
    let stayed = fresh.held(january(15, 18)).await.code;
    let early = reservations::complete(&fresh.db, &stayed, minutes(1))
        .await
        .unwrap();
    assert_not_from(ReservationStatus::PreReserved, early);
    confirm(&fresh.db, &stayed).await;
    let completed = done(
        reservations::complete(&fresh.db, &stayed, minutes(2))
            .await
            .unwrap(),
    );
    let again = reservations::complete(&fresh.db, &stayed, minutes(3))
        .await
        .unwrap();
    assert_eq!(again, Transition::Already(completed));

    let missed = fresh.held(january(18, 20)).await.code;
    confirm(&fresh.db, &missed).await;
    let gone = done(
        reservations::no_show(&fresh.db, &missed, "nobody came", minutes(2))
            .await
            .unwrap(),
    );
    assert_eq!(
        reservations::no_show(&fresh.db, &missed, "nobody came", minutes(3))
            .await
            .unwrap(),
        Transition::Already(gone)
    );
    let late = reservations::complete(&fresh.db, &missed, minutes(3))
        .await
        .unwrap();
    assert_not_from(ReservationStatus::NoShow, late);
}

#[tokio::test]
async fn a_hold_is_extended_once() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    let extended = done(
        reservations::extend(&fresh.db, &code, minutes(45), minutes(20))
            .await
            .unwrap(),
    );
    assert_eq!(extended.expires_at, Some(minutes(45)));
    let again = reservations::extend(&fresh.db, &code, minutes(60), minutes(21))
        .await
        .unwrap();
    assert_eq!(again, Transition::Already(extended));
    confirm(&fresh.db, &code).await;
    let late = reservations::extend(&fresh.db, &code, minutes(60), minutes(22))
        .await
        .unwrap();
    assert_not_from(ReservationStatus::Confirmed, late);
}

#[tokio::test]
async fn a_late_payment_takes_the_nights_again_while_they_are_free() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    reservations::expire(&fresh.db, &code, minutes(30))
        .await
        .unwrap();
    let retaken = reservations::retake_expired(&fresh.db, &code, minutes(40))
        .await
        .unwrap();
    let Claim::Done(retaken) = retaken else {
        panic!("{retaken:?}")
    };
    assert_eq!(retaken.status, ReservationStatus::Confirmed);
    let again = reservations::retake_expired(&fresh.db, &code, minutes(41))
        .await
        .unwrap();
    assert_eq!(again, Claim::Already(retaken));
    assert_eq!(
        kinds(&fresh.db, &code).await,
        ["held", "expired", "retaken"]
    );
}

#[tokio::test]
async fn a_late_payment_does_not_displace_who_came_after() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    reservations::expire(&fresh.db, &code, minutes(30))
        .await
        .unwrap();
    let other = fresh.held(january(17, 19)).await;
    let retaken = reservations::retake_expired(&fresh.db, &code, minutes(40))
        .await
        .unwrap();
    assert_eq!(retaken, Claim::Taken);
    assert_eq!(status(&fresh.db, &code).await, ReservationStatus::Expired);
    assert_eq!(
        status(&fresh.db, &other.code).await,
        ReservationStatus::PreReserved
    );
}

#[tokio::test]
async fn a_cancelled_reservation_is_not_taken_again() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    reservations::cancel(&fresh.db, &code, "", minutes(1))
        .await
        .unwrap();
    let retaken = reservations::retake_expired(&fresh.db, &code, minutes(2))
        .await
        .unwrap();
    let Claim::Not(found) = retaken else {
        panic!("{retaken:?}")
    };
    assert_eq!(found.status, ReservationStatus::Cancelled);
}

fn to(stay: Stay) -> NewDates {
    NewDates {
        stay,
        party: Party::new(3, 1, true).unwrap(),
        quote: quote(stay),
        ends_by: None,
    }
}

#[tokio::test]
async fn a_hold_that_moves_may_have_to_end_sooner_and_never_ends_later() {
    let fresh = Fresh::database().await;
    let held = fresh.held(january(15, 18)).await;
    let end = held.expires_at.unwrap();
    for (days, ends_by, then) in [
        (0, None, end),
        (1, Some(end + chrono::TimeDelta::hours(1)), end),
        (2, Some(minutes(10)), minutes(10)),
        (3, Some(minutes(20)), minutes(10)),
    ] {
        let new = NewDates {
            ends_by,
            ..to(january(16 + days, 18 + days))
        };
        for _time in 0..2 {
            reservations::change_dates(&fresh.db, &held.code, &new, minutes(1))
                .await
                .unwrap();
            let now = reservations::by_code(&fresh.db, &held.code).await.unwrap();
            assert_eq!(now.unwrap().expires_at, Some(then));
        }
    }
}

#[tokio::test]
async fn other_dates_are_taken_with_their_price_and_the_old_ones_are_free() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    // The new nights overlap the old ones, which are the reservation's own.
    let moved = reservations::change_dates(&fresh.db, &code, &to(january(17, 21)), minutes(5))
        .await
        .unwrap();
    let Claim::Done(moved) = moved else {
        panic!("{moved:?}")
    };
    assert_eq!(
        (moved.stay, moved.quote.clone()),
        (january(17, 21), quote(january(17, 21)))
    );
    assert_eq!(moved.party, Party::new(3, 1, true).unwrap());
    let again = reservations::change_dates(&fresh.db, &code, &to(january(17, 21)), minutes(6))
        .await
        .unwrap();
    assert_eq!(again, Claim::Already(moved));
    assert_eq!(kinds(&fresh.db, &code).await, ["held", "dates_changed"]);
    assert_eq!(reservations::changes(&fresh.db, &code).await.unwrap(), 1);
    fresh.held(january(15, 17)).await;
}

#[tokio::test]
async fn dates_that_are_taken_leave_the_reservation_where_it_was() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    fresh.held(january(20, 22)).await;
    let moved = reservations::change_dates(&fresh.db, &code, &to(january(19, 21)), minutes(5))
        .await
        .unwrap();
    assert_eq!(moved, Claim::Taken);
    let still = reservations::by_code(&fresh.db, &code)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(still.stay, january(15, 18));

    reservations::cancel(&fresh.db, &code, "", minutes(6))
        .await
        .unwrap();
    let moved = reservations::change_dates(&fresh.db, &code, &to(january(1, 3)), minutes(7))
        .await
        .unwrap();
    let Claim::Not(found) = moved else {
        panic!("{moved:?}")
    };
    assert_eq!(found.status, ReservationStatus::Cancelled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_swap_their_dates_at_once_get_an_answer_and_share_no_night() {
    let fresh = Fresh::database().await;
    let one = fresh.held(january(1, 4)).await.code;
    let two = fresh.held(january(4, 7)).await.code;
    let (to_two, to_one) = (to(january(3, 6)), to(january(2, 5)));
    for turn in 0..10 {
        let (first, second) = tokio::join!(
            reservations::change_dates(&fresh.db, &one, &to_two, minutes(turn)),
            reservations::change_dates(&fresh.db, &two, &to_one, minutes(turn)),
        );
        assert_eq!(
            (first.unwrap(), second.unwrap()),
            (Claim::Taken, Claim::Taken)
        );
    }
}

#[tokio::test]
async fn a_code_nobody_has_is_not_found() {
    let fresh = Fresh::database().await;
    let code = ReservationCode::generate(day("2026-11-24")).unwrap();
    assert_eq!(reservations::by_code(&fresh.db, &code).await.unwrap(), None);
    let errors = [
        reservations::expire(&fresh.db, &code, now())
            .await
            .map(|_| ()),
        reservations::retake_expired(&fresh.db, &code, now())
            .await
            .map(|_| ()),
        reservations::change_dates(&fresh.db, &code, &to(january(1, 2)), now())
            .await
            .map(|_| ()),
    ];
    for error in errors {
        assert!(matches!(error, Err(Error::NotFound { .. })), "{error:?}");
    }
}

#[tokio::test]
async fn the_policies_of_the_day_are_kept_with_the_hold() {
    let fresh = Fresh::database().await;
    let mut hold = fresh.hold(january(15, 18));
    hold.terms.cancellation.free_until_hours = 12;
    let placed = reservations::place_hold(&fresh.db, &hold).await.unwrap();
    let reservations::HoldPlaced::Held(held) = placed else {
        panic!("{placed:?}")
    };
    assert_eq!(held.terms, Some(hold.terms));
}

#[tokio::test]
async fn a_link_that_was_made_for_other_dates_is_shown_to_nobody_any_more() {
    let fresh = Fresh::database().await;
    let code = fresh.held(january(15, 18)).await.code;
    let link = payment_links::PaymentLink {
        code: code.clone(),
        purpose: Purpose::Deposit,
        preference_id: "1-a".to_owned(),
        url: "https://pay.example/1".to_owned(),
        amount: quote(january(15, 18)).deposit,
        expires_at: None,
    };
    payment_links::insert_first_wins(&fresh.db, &link)
        .await
        .unwrap();
    let shown = async || {
        payment_links::payable(&fresh.db, &code, Purpose::Deposit)
            .await
            .unwrap()
    };
    assert_eq!(shown().await, Some(link));
    reservations::change_dates(&fresh.db, &code, &to(january(20, 23)), minutes(1))
        .await
        .unwrap();
    assert_eq!(shown().await, None);
    // It is still to be closed at the provider.
    let open = payment_links::find(&fresh.db, &code, Purpose::Deposit).await;
    assert!(open.unwrap().is_some());
}
