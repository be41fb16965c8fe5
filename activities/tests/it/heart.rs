//! Saying that an activity is alive, and saying nothing else with it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use activities::{MessagingActivities, PaymentActivities};
use serde_json::json;
use temporalio_sdk::testing::ActivityEnvironment;
use workflows::contracts::messaging::{Notice, Notify};

use crate::{guest::ANA, house::House};

#[tokio::test]
async fn a_slow_provider_does_not_make_an_activity_look_dead() {
    let house = House::open().await;
    let (_code, payment) = house.paid(json!({ "status": "approved" })).await;
    house
        .provider
        .trouble("mercadopago.api", json!({ "delay_ms": 1300 }))
        .await;
    let beats = Arc::new(AtomicUsize::new(0));
    let heard = Arc::clone(&beats);
    let env = ActivityEnvironment::builder_with_default()
        .register_activities(PaymentActivities::new(&house.world))
        .on_heartbeat(move |details| {
            assert!(details.is::<()>(), "a heartbeat carries nothing");
            heard.fetch_add(1, Ordering::Relaxed);
        })
        .build();
    env.run(PaymentActivities::read, payment).await.unwrap();
    // One at once, and one for the second that it took.
    assert!(beats.load(Ordering::Relaxed) >= 2);
}

#[tokio::test]
async fn a_failure_does_not_tell_whose_number_it_was() {
    let house = House::open().await;
    let guest = house.ana().await;
    let code = house.held_for(Some(guest)).await;
    let notify = Notify {
        code,
        notice: Notice::Confirmed,
        step: "confirmed".to_owned(),
    };
    for knobs in [
        json!({ "fail": 1, "status": 503 }),
        json!({ "fail": 1, "status": 401, "code": 190 }),
        json!({ "drop": 1.0 }),
    ] {
        house.provider.trouble("whatsapp.send", knobs).await;
        let failure = house
            .fails(MessagingActivities::notify, notify.clone())
            .await;
        for personal in [ANA, "Ana", "sandbox-access-token", "127.0.0.1"] {
            assert!(!failure.text.contains(personal), "{failure:?}");
        }
    }
}
