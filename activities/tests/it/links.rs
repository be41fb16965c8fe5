//! Links to pay with.

use activities::{InventoryActivities, PaymentActivities};
use chrono::{DateTime, TimeDelta, Utc};
use database::{
    payment_links::{self, PaymentLink},
    reservations::{self, NewDates},
};
use domain::{ReservationCode, settlement::Purpose};
use serde_json::{Value, json};
use workflows::contracts::{
    inventory::Release,
    payments::{LinkName, LinkRequest},
};

use crate::house::{House, in_minutes, nights, quote};

impl House {
    /// The link that a reservation's workflow asks for.
    pub(crate) async fn link_request(&self, code: &ReservationCode) -> LinkRequest {
        let reservation = self.reservation(code).await;
        LinkRequest {
            code: code.clone(),
            purpose: Purpose::Deposit,
            amount: reservation.quote.deposit,
            expires_at: reservation.expires_at.expect("a hold ends"),
            vouchers: false,
        }
    }

    /// Makes the link of a hold.
    pub(crate) async fn offer_link(&self, code: &ReservationCode) {
        let request = self.link_request(code).await;
        self.run(PaymentActivities::create_link, request).await;
    }

    async fn stored_link(&self, code: &ReservationCode) -> Option<PaymentLink> {
        payment_links::find(&self.db, code, Purpose::Deposit)
            .await
            .unwrap()
    }
}

fn link_name(code: &ReservationCode) -> LinkName {
    LinkName {
        code: code.clone(),
        purpose: Purpose::Deposit,
    }
}

fn closes_at(link: &Value) -> DateTime<Utc> {
    let text = link["expiration_date_to"].as_str().unwrap();
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

#[tokio::test]
async fn a_link_is_made_once() {
    let house = House::open().await;
    let code = house.held().await;
    let request = house.link_request(&code).await;
    house
        .twice(PaymentActivities::create_link, request.clone())
        .await;
    let (made, stored) = (
        house.provider.link().await,
        house.stored_link(&code).await.unwrap(),
    );
    assert_eq!(made["id"], stored.preference_id.as_str());
    assert_eq!(made["init_point"], stored.url.as_str());
    assert_eq!(stored.amount, request.amount);
    assert_eq!(stored.expires_at, Some(request.expires_at));
}

#[tokio::test]
async fn a_link_asks_for_the_deposit_of_this_hold_and_ends_with_it() {
    let house = House::open().await;
    let code = house.held().await;
    house.offer_link(&code).await;
    let link = house.provider.link().await;
    assert_eq!(link["external_reference"], code.as_str());
    assert_eq!(link["items"][0]["unit_price"], json!(90_000));
    assert_eq!(link["items"][0]["currency_id"], "ARS");
    let title = link["items"][0]["title"].as_str().unwrap();
    assert!(title.starts_with("Cabaña del Bosque, "), "{title}");
    assert_eq!(
        closes_at(&link),
        house.reservation(&code).await.expires_at.unwrap()
    );
    assert_eq!(link["metadata"]["purpose"], "deposit");
    assert_eq!(link["statement_descriptor"], "POSADA");
    assert_eq!(
        link["notification_url"],
        house.world.payments.notification_url
    );
}

#[tokio::test]
async fn what_is_paid_later_cannot_be_chosen_unless_the_owner_allows_it() {
    let house = House::open().await;
    let code = house.held().await;
    let mut request = house.link_request(&code).await;
    request.expires_at = in_minutes(4 * 24 * 60);
    house.run(PaymentActivities::create_link, request).await;
    let link = house.provider.link().await;
    assert_eq!(
        link["payment_methods"]["excluded_payment_types"],
        json!([{ "id": "ticket" }, { "id": "atm" }, { "id": "bank_transfer" }])
    );
    assert_eq!(link["binary_mode"], true);
}

#[tokio::test]
async fn a_voucher_can_be_chosen_where_it_is_allowed_and_lives_as_long_as_the_hold() {
    let house = House::open().await;
    let code = house.held().await;
    let mut request = house.link_request(&code).await;
    request.expires_at = in_minutes(72 * 60);
    request.vouchers = true;
    let ends = request.expires_at;
    house.run(PaymentActivities::create_link, request).await;
    let link = house.provider.link().await;
    let voucher_ends = DateTime::parse_from_rfc3339(link["date_of_expiration"].as_str().unwrap());
    assert_eq!(voucher_ends.unwrap().to_utc(), ends);
    let excluded = &link["payment_methods"]["excluded_payment_types"];
    assert!(excluded.as_array().is_none_or(Vec::is_empty), "{excluded}");
    assert_ne!(link["binary_mode"], true);
}

#[tokio::test]
async fn a_link_whose_answer_was_lost_is_found_again() {
    let after_the_effect = [
        json!({ "fail": 1, "status": 504, "when": "after" }),
        json!({ "drop": 1.0 }),
    ];
    for knobs in after_the_effect {
        let house = House::open().await;
        let code = house.held().await;
        let request = house.link_request(&code).await;
        house.provider.trouble("mercadopago.api", knobs).await;
        let failure = house
            .fails(PaymentActivities::create_link, request.clone())
            .await;
        assert!(!failure.permanent, "{failure:?}");
        assert_eq!(house.stored_link(&code).await, None);

        house.provider.no_more_trouble().await;
        house
            .run_again(PaymentActivities::create_link, request)
            .await;
        let (made, stored) = (
            house.provider.link().await,
            house.stored_link(&code).await.unwrap(),
        );
        assert_eq!(made["id"], stored.preference_id.as_str());
    }
}

#[tokio::test]
async fn a_link_of_an_earlier_hold_is_not_taken_for_this_one() {
    let house = House::open().await;
    let code = house.held().await;
    let mut earlier = house.link_request(&code).await;
    earlier.expires_at -= TimeDelta::minutes(5);
    house.run(PaymentActivities::create_link, earlier).await;
    house
        .run(PaymentActivities::close_link, link_name(&code))
        .await;
    let request = house.link_request(&code).await;
    house
        .run_again(PaymentActivities::create_link, request)
        .await;
    assert_eq!(house.provider.links().await.len(), 2);
}

#[tokio::test]
async fn a_link_for_other_dates_takes_the_place_of_the_one_before() {
    let house = House::open().await;
    let code = house.held().await;
    house.offer_link(&code).await;
    let old = house.stored_link(&code).await.unwrap();
    let stay = nights(20, 3);
    let to = NewDates {
        stay,
        party: house.reservation(&code).await.party,
        quote: quote(stay),
        ends_by: None,
    };
    reservations::change_dates(&house.db, &code, &to, Utc::now())
        .await
        .unwrap();
    // The same price, and still another page to pay on: it names the dates.
    let request = house.link_request(&code).await;
    assert_eq!(request.amount, old.amount);
    house.twice(PaymentActivities::create_link, request).await;
    let new = house.stored_link(&code).await.unwrap();
    let now = Utc::now();
    let links = house.provider.links().await;
    let open: Vec<_> = links
        .iter()
        .filter(|link| closes_at(link) > now)
        .map(|link| link["id"].as_str().unwrap())
        .collect();
    assert_eq!(open, [new.preference_id.as_str()]);
    assert_ne!(new.preference_id, old.preference_id);
}

#[tokio::test]
async fn two_who_make_a_link_at_once_leave_one_open() {
    let house = House::open().await;
    let code = house.held().await;
    let request = house.link_request(&code).await;
    tokio::join!(
        house.run(PaymentActivities::create_link, request.clone()),
        house.run(PaymentActivities::create_link, request.clone()),
    );
    let stored = house.stored_link(&code).await.unwrap();
    let now = Utc::now();
    let links = house.provider.links().await;
    let open: Vec<_> = links
        .iter()
        .filter(|link| closes_at(link) > now)
        .map(|link| link["id"].as_str().unwrap())
        .collect();
    assert_eq!(open, [stored.preference_id.as_str()]);
}

#[tokio::test]
async fn a_provider_that_is_down_is_asked_again() {
    let house = House::open().await;
    let code = house.held().await;
    let request = house.link_request(&code).await;
    house
        .provider
        .trouble("mercadopago.api", json!({ "fail": 1, "status": 500 }))
        .await;
    let failure = house
        .fails(PaymentActivities::create_link, request.clone())
        .await;
    assert_eq!((failure.permanent, failure.next), (false, None));
    house
        .run_again(PaymentActivities::create_link, request)
        .await;
    house.provider.link().await;
}

#[tokio::test]
async fn a_provider_that_asks_to_slow_down_is_asked_again_when_it_says() {
    let house = House::open().await;
    let code = house.held().await;
    let request = house.link_request(&code).await;
    house
        .provider
        .trouble("mercadopago.api", json!({ "fail": 1, "status": 429 }))
        .await;
    let failure = house
        .fails(PaymentActivities::create_link, request.clone())
        .await;
    assert_eq!(
        (failure.kind.as_str(), failure.permanent),
        ("RateLimited", false)
    );
    assert!(failure.next.is_some(), "{failure:?}");
    house
        .run_again(PaymentActivities::create_link, request)
        .await;
    house.provider.link().await;
}

#[tokio::test]
async fn what_the_provider_refuses_is_not_asked_again() {
    let house = House::open().await;
    let code = house.held().await;
    let request = house.link_request(&code).await;
    house
        .provider
        .trouble("mercadopago.api", json!({ "fail": 1, "status": 400 }))
        .await;
    let failure = house.fails(PaymentActivities::create_link, request).await;
    assert_eq!(
        (failure.kind.as_str(), failure.permanent),
        ("ProviderRejected", true)
    );
}

#[tokio::test]
async fn a_token_that_is_not_accepted_can_be_mended() {
    let house = House::open().await;
    let code = house.held().await;
    let request = house.link_request(&code).await;
    house
        .provider
        .trouble("mercadopago.api", json!({ "fail": 1, "status": 401 }))
        .await;
    let failure = house.fails(PaymentActivities::create_link, request).await;
    assert!(!failure.permanent, "{failure:?}");
}

#[tokio::test]
async fn a_closed_link_is_closed_at_the_provider_too() {
    let house = House::open().await;
    let code = house.held().await;
    house.offer_link(&code).await;
    house
        .twice(PaymentActivities::close_link, link_name(&code))
        .await;
    assert_eq!(house.stored_link(&code).await, None);
    assert!(closes_at(&house.provider.link().await) <= Utc::now());
}

#[tokio::test]
async fn a_link_that_could_not_be_closed_is_closed_at_the_next_attempt() {
    let house = House::open().await;
    let code = house.held().await;
    house.offer_link(&code).await;
    house
        .provider
        .trouble(
            "mercadopago.api",
            json!({ "fail": 1, "status": 500, "when": "after" }),
        )
        .await;
    let failure = house
        .fails(PaymentActivities::close_link, link_name(&code))
        .await;
    assert!(!failure.permanent, "{failure:?}");
    house
        .run_again(PaymentActivities::close_link, link_name(&code))
        .await;
    assert_eq!(house.stored_link(&code).await, None);
}

/// The deposit's link is closed while the provider is slow, and the guest asks for the rest meanwhile.
#[tokio::test]
async fn closing_the_deposits_link_spares_one_over_the_balance_that_is_being_made() {
    let house = House::open().await;
    let code = house.held().await;
    house.offer_link(&code).await;
    house.run(InventoryActivities::confirm, code.clone()).await;
    let balance = LinkRequest {
        purpose: Purpose::Balance,
        expires_at: in_minutes(60),
        ..house.link_request(&code).await
    };
    let lost = json!({ "fail": 1, "status": 504, "when": "after" });
    house.provider.trouble("mercadopago.api", lost).await;
    house
        .fails(PaymentActivities::create_link, balance.clone())
        .await;
    let open = async || {
        let links = house.provider.links().await.into_iter();
        let open = links.filter(|link| closes_at(link) > Utc::now());
        open.map(|link| link["metadata"]["purpose"].clone())
            .collect::<Vec<_>>()
    };
    house
        .run(PaymentActivities::close_link, link_name(&code))
        .await;
    assert_eq!(open().await, ["balance"]);
    house
        .run_again(PaymentActivities::create_link, balance)
        .await;
    assert_eq!(open().await, ["balance"], "it is the one that was spared");
    let gone = Release {
        code: code.clone(),
        reason: String::new(),
    };
    house.run(InventoryActivities::cancel, gone).await;
    let of_balance = LinkName {
        code,
        purpose: Purpose::Balance,
    };
    house.run(PaymentActivities::close_link, of_balance).await;
    assert!(open().await.is_empty());
}

#[tokio::test]
async fn there_may_be_no_link_to_close_or_extend() {
    let house = House::open().await;
    let code = house.held().await;
    let request = house.link_request(&code).await;
    house
        .twice(PaymentActivities::close_link, link_name(&code))
        .await;
    house.twice(PaymentActivities::extend_link, request).await;
    assert_eq!(house.provider.links().await, Vec::<Value>::new());
}

#[tokio::test]
async fn an_extended_link_lives_as_long_as_its_hold() {
    let house = House::open().await;
    let code = house.held().await;
    house.offer_link(&code).await;
    let mut request = house.link_request(&code).await;
    request.expires_at += TimeDelta::minutes(15);
    let expires_at = request.expires_at;
    house.twice(PaymentActivities::extend_link, request).await;
    assert_eq!(closes_at(&house.provider.link().await), expires_at);
    let stored = house.stored_link(&code).await.unwrap();
    assert_eq!(stored.expires_at, Some(expires_at));
}

#[tokio::test]
async fn a_voucher_of_a_cancelled_reservation_is_closed_and_one_of_an_expired_hold_is_not() {
    for (cancelled, becomes) in [(true, "cancelled"), (false, "pending")] {
        let house = House::open().await;
        let code = house.held().await;
        house.offer_link(&code).await;
        let link = house.provider.link().await;
        let voucher = json!({ "status": "pending", "method": "cash" });
        let payment = house.provider.pay(&link, voucher).await;
        house.report(&payment).await;
        if cancelled {
            let why = "changed plans";
            let now = Utc::now();
            reservations::cancel(&house.db, &code, why, now)
                .await
                .unwrap();
        } else {
            reservations::expire(&house.db, &code, Utc::now())
                .await
                .unwrap();
        }
        house
            .twice(PaymentActivities::close_link, link_name(&code))
            .await;
        let report = house.report(&payment).await;
        assert_eq!(report.status.as_str(), becomes);
    }
}

#[tokio::test]
async fn a_voucher_that_nobody_told_us_of_is_closed_too() {
    let house = House::open().await;
    let code = house.held().await;
    house.offer_link(&code).await;
    let link = house.provider.link().await;
    let voucher = json!({ "status": "pending", "method": "cash", "notify": false });
    let payment = house.provider.pay(&link, voucher).await;
    reservations::cancel(&house.db, &code, "changed plans", Utc::now())
        .await
        .unwrap();
    house
        .twice(PaymentActivities::close_link, link_name(&code))
        .await;
    assert_eq!(house.report(&payment).await.status.as_str(), "cancelled");
}

#[tokio::test]
async fn a_voucher_that_was_paid_before_it_could_be_closed_stays_paid() {
    let house = House::open().await;
    let code = house.held().await;
    house.offer_link(&code).await;
    let link = house.provider.link().await;
    let voucher = json!({ "status": "pending", "method": "cash" });
    let payment = house.provider.pay(&link, voucher).await;
    house.report(&payment).await;
    let paid = json!({ "status": "approved", "notify": false });
    house.provider.turn(&payment, paid).await;
    reservations::cancel(&house.db, &code, "changed plans", Utc::now())
        .await
        .unwrap();
    house
        .twice(PaymentActivities::close_link, link_name(&code))
        .await;
    assert_eq!(house.report(&payment).await.status.as_str(), "approved");
}
