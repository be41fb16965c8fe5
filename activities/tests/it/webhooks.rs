//! Programs of others are told what happened: signed, once, and as often as it takes.

use activities::WebhookActivities;
use chrono::{TimeDelta, Utc};
use database::{
    Page,
    acts::Actor,
    webhooks::{self, ClosedSecret, Delivery, NewEndpoint},
};
use domain::{WebhookDeliveryId, WebhookEndpointId, WebhookStatus};
use secrecy::ExposeSecret as _;
use serde_json::json;
use standard_webhooks::Secret;
use workflows::contracts::webhooks::Tried;

use crate::house::House;

const OPERATOR: Actor = Actor::Program("tests");

impl House {
    fn closed(&self, id: WebhookEndpointId, secret: &Secret) -> ClosedSecret {
        let written = secret.written();
        let plain = written.expose_secret().as_bytes();
        let purpose = webhooks::purpose(id);
        let (key, closed) = self.world.keys.close(&purpose, plain).unwrap();
        ClosedSecret {
            key_name: key.to_owned(),
            closed,
        }
    }

    /// Somebody's program of this name listens, at this address.
    async fn listens_at(&self, name: &str, url: String, events: &[&str]) -> WebhookEndpointId {
        let secret = Secret::generate().unwrap();
        let id = WebhookEndpointId::generate();
        let new = NewEndpoint {
            url,
            name: name.to_owned(),
            events: events.iter().map(|event| (*event).to_owned()).collect(),
        };
        let closed = self.closed(id, &secret);
        let added = webhooks::add(&self.db, id, &new, &closed, &OPERATOR, Utc::now()).await;
        added.unwrap();
        let secret = secret.written().expose_secret().to_owned();
        self.provider
            .receives(name, json!({ "secret": secret }))
            .await;
        id
    }

    async fn listens(&self, name: &str) -> WebhookEndpointId {
        let url = self.provider.receiver_url(name);
        self.listens_at(name, url, &[]).await
    }

    async fn deliveries(&self, endpoint: WebhookEndpointId) -> Vec<Delivery> {
        let found = webhooks::of_endpoint(&self.db, endpoint, Page::first(50)).await;
        found.unwrap()
    }

    /// The one event on its way there.
    async fn one_delivery(&self, endpoint: WebhookEndpointId) -> WebhookDeliveryId {
        let found = self.deliveries(endpoint).await;
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].id
    }

    async fn tries(&self, call: &str, delivery: WebhookDeliveryId) -> Tried {
        let call = self.call(call);
        let tried = call.run(WebhookActivities::try_once, delivery).await;
        tried.unwrap()
    }
}

const LATER: Tried = Tried::NotTaken { retry_after: None };

#[tokio::test]
async fn a_hold_is_told_with_its_facts_and_without_its_guest() {
    let house = House::open().await;
    let endpoint = house.listens("books").await;
    let code = house.held().await;
    let delivery = house.one_delivery(endpoint).await;
    assert_eq!(
        house.twice(WebhookActivities::try_once, delivery).await,
        Tried::Taken
    );
    let received = house.provider.received("books").await;
    assert_eq!(received.len(), 1, "{received:?}");
    assert_eq!(received[0]["verified"], true);
    let body = &received[0]["body"];
    assert_eq!(body["type"], "reservation.held");
    let data = &body["data"];
    assert_eq!(data["code"], code.to_string());
    assert_eq!(data["status"], "pre_reserved");
    assert_eq!(data["accommodation_id"], house.cabin.id.to_string());
    assert_eq!(data["total"]["currency"], "ARS");
    assert!(
        data.get("guest").is_none() && data.get("guest_id").is_none(),
        "{data}"
    );
    let sent = &house.deliveries(endpoint).await[0];
    assert_eq!((sent.status, sent.attempts), (WebhookStatus::Delivered, 1));
    assert_eq!(sent.event.to_string(), received[0]["id"].as_str().unwrap());
}

#[tokio::test]
async fn only_who_wants_to_hear_is_told() {
    let house = House::open().await;
    let url = house.provider.receiver_url("payments");
    let payments = house
        .listens_at("payments", url, &["payment.approved"])
        .await;
    house.held_at(20).await;
    assert!(house.deliveries(payments).await.is_empty());
    let (_code, payment) = house.paid(json!({ "status": "approved" })).await;
    house.report(&payment).await;
    // What the provider says again is no news.
    house.report(&payment).await;
    let told = house.deliveries(payments).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (told[0].kind.as_str(), &told[0].subject),
        ("payment.approved", &payment.0)
    );
}

#[tokio::test]
async fn nothing_is_written_down_when_nobody_listens() {
    let house = House::open().await;
    house.held().await;
    let endpoint = house.listens("late").await;
    assert!(house.deliveries(endpoint).await.is_empty());
}

#[tokio::test]
async fn a_worker_that_dies_before_it_writes_the_answer_down_is_known_by_the_events_id() {
    let house = House::open().await;
    let endpoint = house.listens("books").await;
    house.held().await;
    let delivery = house.one_delivery(endpoint).await;
    assert_eq!(house.tries("1", delivery).await, Tried::Taken);
    // As if it had been killed after the request and before its record.
    house
        .sql("DELETE FROM webhook_attempts; UPDATE webhook_deliveries SET status = 'pending', settled_at = NULL")
        .await;
    assert_eq!(house.tries("1", delivery).await, Tried::Taken);
    let received = house.provider.received("books").await;
    let new: Vec<_> = received.iter().map(|request| &request["new"]).collect();
    assert_eq!(new, [&json!(true), &json!(false)]);
    assert_eq!(house.deliveries(endpoint).await[0].attempts, 1);
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_with_another_call() {
    let house = House::open().await;
    let endpoint = house.listens("books").await;
    house
        .provider
        .receives("books", json!({ "answers": [500, 302] }))
        .await;
    house.held().await;
    let delivery = house.one_delivery(endpoint).await;
    for (call, expected) in [
        ("1", LATER),
        ("1", LATER),
        ("2", LATER),
        ("3", Tried::Taken),
    ] {
        assert_eq!(house.tries(call, delivery).await, expected, "{call}");
    }
    // The call that was repeated asked once.
    assert_eq!(house.provider.received("books").await.len(), 3);
    let attempts = webhooks::attempts(&house.db, delivery).await.unwrap();
    let statuses: Vec<_> = attempts.iter().map(|attempt| attempt.http_status).collect();
    assert_eq!(statuses, [Some(500), Some(302), Some(204)]);
}

#[tokio::test]
async fn an_endpoint_says_for_how_long_it_wants_to_be_left_alone() {
    let house = House::open().await;
    let endpoint = house.listens("books").await;
    house
        .provider
        .receives("books", json!({ "answers": [503], "retry_after": 600 }))
        .await;
    house.held().await;
    let delivery = house.one_delivery(endpoint).await;
    let asked = Tried::NotTaken {
        retry_after: Some(600),
    };
    assert_eq!(house.tries("1", delivery).await, asked);
    assert_eq!(house.tries("2", delivery).await, Tried::Taken);
}

#[tokio::test]
async fn what_was_delivered_is_sent_again_when_somebody_wants_it_and_once_a_wish() {
    let house = House::open().await;
    let endpoint = house.listens("books").await;
    house.held().await;
    let delivery = house.one_delivery(endpoint).await;
    assert_eq!(house.tries("1", delivery).await, Tried::Taken);
    assert_eq!(house.tries("2", delivery).await, Tried::Taken);
    assert_eq!(house.provider.received("books").await.len(), 1);
    let wish = async |key: &str| {
        let resent = webhooks::resend(&house.db, delivery, key, &OPERATOR, Utc::now()).await;
        resent.unwrap().is_some()
    };
    assert!(wish("a").await);
    assert!(!wish("a").await);
    assert_eq!(house.tries("3", delivery).await, Tried::Taken);
    let received = house.provider.received("books").await;
    assert_eq!(received.len(), 2);
    assert_eq!(received[0]["id"], received[1]["id"]);
}

#[tokio::test]
async fn while_a_secret_is_replaced_both_sign() {
    let house = House::open().await;
    let endpoint = house.listens("books").await;
    let secret = Secret::generate().unwrap();
    let closed = house.closed(endpoint, &secret);
    let replace = async |overlap: TimeDelta| {
        let now = Utc::now();
        webhooks::replace_secret(&house.db, endpoint, &closed, overlap, &OPERATOR, now)
            .await
            .unwrap();
    };
    replace(TimeDelta::hours(24)).await;
    house.held().await;
    let delivery = house.one_delivery(endpoint).await;
    // The receiver knows the old one.
    assert_eq!(house.tries("1", delivery).await, Tried::Taken);
    let written = secret.written().expose_secret().to_owned();
    house
        .provider
        .receives("books", json!({ "secret": written }))
        .await;
    webhooks::resend(&house.db, delivery, "a", &OPERATOR, Utc::now())
        .await
        .unwrap();
    assert_eq!(house.tries("2", delivery).await, Tried::Taken);
    let received = house.provider.received("books").await;
    let signatures: Vec<_> = received
        .iter()
        .map(|request| &request["signatures"])
        .collect();
    assert_eq!(signatures, [&json!(2), &json!(2)]);
    replace(TimeDelta::zero()).await;
    webhooks::resend(&house.db, delivery, "b", &OPERATOR, Utc::now())
        .await
        .unwrap();
    assert_eq!(house.tries("3", delivery).await, Tried::Taken);
    assert_eq!(house.provider.received("books").await[2]["signatures"], 1);
}

#[tokio::test]
async fn who_takes_nothing_for_days_is_switched_off_and_the_owner_told() {
    let house = House::open().await;
    let endpoint = house.listens("books").await;
    house
        .provider
        .receives("books", json!({ "answers": [500, 410] }))
        .await;
    house.held().await;
    let delivery = house.one_delivery(endpoint).await;
    assert_eq!(house.tries("1", delivery).await, LATER);
    assert_eq!(house.tries("2", delivery).await, Tried::Nobody);
    house.twice(WebhookActivities::give_up, delivery).await;
    let found = webhooks::endpoint(&house.db, endpoint)
        .await
        .unwrap()
        .unwrap();
    assert!(found.disabled.is_some());
    assert_eq!(
        house.deliveries(endpoint).await[0].status,
        WebhookStatus::Failed
    );
    let matter = ("webhook_endpoint_disabled".to_owned(), endpoint.to_string());
    assert_eq!(house.owners_queue().await, [matter]);
    // Nothing is sent there, and nothing is kept for it.
    house.held_at(20).await;
    assert_eq!(house.deliveries(endpoint).await.len(), 1);
    assert_eq!(house.tries("3", delivery).await, Tried::Nobody);
    assert_eq!(house.provider.received("books").await.len(), 2);
    webhooks::enable(&house.db, endpoint, &OPERATOR, Utc::now())
        .await
        .unwrap();
    webhooks::resend(&house.db, delivery, "a", &OPERATOR, Utc::now())
        .await
        .unwrap();
    assert_eq!(house.tries("4", delivery).await, Tried::Taken);
}

#[tokio::test]
async fn who_took_something_meanwhile_is_not_switched_off() {
    let house = House::open().await;
    let endpoint = house.listens("books").await;
    house
        .provider
        .receives("books", json!({ "answers": [500] }))
        .await;
    house.held().await;
    let first = house.one_delivery(endpoint).await;
    assert_eq!(house.tries("1", first).await, LATER);
    house.held_at(20).await;
    let second = house.deliveries(endpoint).await[0].id;
    assert_eq!(house.tries("2", second).await, Tried::Taken);
    house.run(WebhookActivities::give_up, first).await;
    let found = webhooks::endpoint(&house.db, endpoint)
        .await
        .unwrap()
        .unwrap();
    assert!(found.disabled.is_none());
}

#[tokio::test]
async fn nothing_is_sent_into_our_own_network() {
    let house = House::open().await;
    for (name, url, why) in [
        ("loopback", "https://127.0.0.1/hook", "address"),
        ("metadata", "https://169.254.169.254/latest", "address"),
        ("port", "https://example.com:6379/", "port"),
    ] {
        let endpoint = house.listens_at(name, url.to_owned(), &[]).await;
        house
            .held_at(if name == "loopback" {
                10
            } else {
                30 + u64::try_from(name.len()).unwrap() * 5
            })
            .await;
        let delivery = house.deliveries(endpoint).await[0].id;
        assert_eq!(house.tries(name, delivery).await, LATER);
        let attempts = webhooks::attempts(&house.db, delivery).await.unwrap();
        let said = attempts[0].error.clone().unwrap_or_default();
        assert!(said.contains(why), "{name}: {said}");
    }
}
