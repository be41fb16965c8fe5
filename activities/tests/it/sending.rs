//! When messages go out: in their turn, inside the window or as a template, and not while all sending is stopped.

use std::{path::PathBuf, time::Duration};

use activities::{ConversationActivities, MessagingActivities};
use chrono::{TimeDelta, Utc};
use database::messages::Delivery;
use domain::{
    Money,
    cancellation::{Refund, RefundBasis},
};
use pace::{Pace, Rates};
use sandbox::TemplatesApproved;
use serde_json::json;
use whatsapp::webhook::Content;
use workflows::contracts::{
    conversation::{Turn, TurnEvent},
    messaging::{Notice, Notify},
};

use crate::{guest::ANA, house::House, messages::deliver};

impl House {
    /// A house whose platform has approved what our manifest submits, and nothing else.
    async fn with_manifest() -> Self {
        let manifest = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../workflows/dialogue/templates/approved.json"
        );
        Self::with(|config| {
            config.whatsapp.behaviour.templates = Some(PathBuf::from(manifest));
            config.whatsapp.behaviour.templates_approved = TemplatesApproved::Listed;
        })
        .await
    }

    async fn paced(mut self, rates: Rates) -> Self {
        let services = stack::Environment::read().unwrap();
        self.world.pace = Pace::new(&services.redis_url, &self.queue, rates).unwrap();
        self
    }
}

#[tokio::test]
async fn every_notice_outside_the_window_is_a_template_that_was_submitted() {
    let house = House::with_manifest().await;
    let guest = house.quiet_ana().await;
    let code = house.held_for(Some(guest)).await;
    house.offer_link(&code).await;
    let returned = Money::pesos(90_000);
    let refund = Refund {
        amount: returned,
        basis: RefundBasis::Free,
    };
    let notices = [
        Notice::PaymentLink,
        Notice::HoldWithoutLink,
        Notice::HoldReminder,
        Notice::Extended,
        Notice::HoldExpired,
        Notice::PaymentPending,
        Notice::PaymentRejected,
        Notice::Confirmed,
        Notice::ConfirmedLate,
        Notice::TooLate { returned },
        Notice::Overpaid { returned },
        Notice::Cancelled { refund },
        Notice::ArrivalReminder,
        Notice::Instructions,
        Notice::Thanks,
    ];
    for (position, notice) in notices.iter().enumerate() {
        let notify = Notify {
            code: code.clone(),
            notice: notice.clone(),
            step: position.to_string(),
        };
        house.twice(MessagingActivities::notify, notify).await;
    }
    let phone = house.provider.phone(ANA).await;
    assert_eq!(phone.len(), notices.len(), "one template each: {phone:#?}");
    assert!(phone.iter().all(|message| message["template"].is_string()));
    assert!(house.owners_queue().await.is_empty());
}

#[tokio::test]
async fn an_answer_outside_the_window_is_one_template() {
    let house = House::with_manifest().await;
    let question = Content::Text {
        body: "¿Me mandás fotos y la ubicación?".to_owned(),
    };
    let late = Utc::now() - TimeDelta::hours(30);
    let (guest_id, message) = house.hears_at(question, late).await;
    let event = TurnEvent::Message { message };
    let turn = Turn { guest_id, event };
    let reply = house.run(ConversationActivities::respond, turn).await;
    assert!(!reply.messages.is_empty());
    house
        .twice(
            MessagingActivities::deliver,
            deliver(guest_id, &reply.messages),
        )
        .await;
    let phone = house.provider.phone(ANA).await;
    assert_eq!(phone.len(), 1, "{phone:#?}");
    assert_eq!(phone[0]["template"], "seen_late");
    assert!(house.owners_queue().await.is_empty());
}

#[tokio::test]
async fn what_can_only_be_said_in_the_window_is_not_tried_outside_and_goes_to_the_owner() {
    let house = House::open().await;
    let guest = house.quiet_ana().await;
    let id = house.written(guest, "uno", None).await;
    house
        .twice(MessagingActivities::deliver, deliver(guest, &[id]))
        .await;
    assert!(house.provider.phone(ANA).await.is_empty());
    assert_eq!(house.message(id).await.attempted_at, None);
    let matter = ("message_not_delivered".to_owned(), id.to_string());
    assert_eq!(house.owners_queue().await, [matter]);
}

#[tokio::test]
async fn the_window_closes_a_little_early() {
    let house = House::with_manifest().await;
    let hello = Content::Text {
        body: "Hola".to_owned(),
    };
    // The platform would still take words; a message that waits in line may not.
    let almost = Utc::now() - TimeDelta::minutes(24 * 60 - 9);
    let (guest, _message) = house.hears_at(hello, almost).await;
    let code = house.held_for(Some(guest)).await;
    let notify = Notify {
        code,
        notice: Notice::Thanks,
        step: "thanks".to_owned(),
    };
    house.run(MessagingActivities::notify, notify).await;
    let phone = house.provider.phone(ANA).await;
    assert_eq!(phone[0]["template"], "thanks");
}

#[tokio::test]
async fn a_message_whose_turn_is_far_off_comes_back_then_and_is_not_tried_before() {
    let rates = Rates {
        pair_burst: 1,
        pair_interval: Duration::from_secs(3600),
        ..Rates::default()
    };
    let house = House::open().await.paced(rates).await;
    let guest = house.ana().await;
    let ids = [
        house.written(guest, "uno", None).await,
        house.written(guest, "dos", None).await,
    ];
    let failure = house
        .fails(MessagingActivities::deliver, deliver(guest, &ids))
        .await;
    assert_eq!(failure.kind, "NotItsTurn");
    assert!(
        failure.next > Some(Duration::from_secs(3000)),
        "{failure:?}"
    );
    let second = house.message(ids[1]).await;
    assert_eq!(
        (second.delivery, second.attempted_at),
        (Delivery::Composed, None)
    );
}

#[tokio::test]
async fn many_messages_to_one_guest_arrive_without_a_refusal() {
    let house = House::with(|config| {
        config.whatsapp.behaviour.pair_burst = 2;
        config.whatsapp.behaviour.pair_refill_ms = 100;
    })
    .await;
    let rates = Rates {
        pair_burst: 2,
        pair_interval: Duration::from_millis(110),
        ..Rates::default()
    };
    let house = house.paced(rates).await;
    let guest = house.ana().await;
    let mut ids = Vec::new();
    for text in ["uno", "dos", "tres", "cuatro", "cinco", "seis"] {
        ids.push(house.written(guest, text, None).await);
    }
    // One attempt is enough: a refusal would have been a failure.
    house
        .run(MessagingActivities::deliver, deliver(guest, &ids))
        .await;
    assert_eq!(house.provider.phone(ANA).await.len(), 6);
}

#[tokio::test]
async fn a_token_that_is_refused_stops_all_sending_until_it_is_mended() {
    let house = House::open().await.probing_every(Duration::ZERO);
    let guest = house.ana().await;
    let ids = [
        house.written(guest, "uno", None).await,
        house.written(guest, "dos", None).await,
    ];
    let revoked = json!({ "status": 401, "code": 190 });
    house.provider.trouble("whatsapp.send", revoked).await;
    for _ in 0..2 {
        let failure = house
            .fails(MessagingActivities::deliver, deliver(guest, &ids))
            .await;
        assert_eq!(
            (failure.kind.as_str(), failure.permanent),
            ("SendingStopped", false)
        );
    }
    let matter = ("whatsapp_stopped".to_owned(), "token".to_owned());
    assert_eq!(house.owners_queue().await, [matter], "told once");
    assert_eq!(house.message(ids[0]).await.delivery, Delivery::Composed);

    house.provider.no_more_trouble().await;
    let surroundings = house.attempt(3);
    // Whoever met the trouble is who notices that it is over.
    house
        .provider
        .trouble(
            "whatsapp.send",
            json!({ "fail": 1, "status": 401, "code": 190 }),
        )
        .await;
    surroundings
        .run(MessagingActivities::deliver, deliver(guest, &ids))
        .await
        .unwrap_err();
    surroundings
        .run(MessagingActivities::deliver, deliver(guest, &ids))
        .await
        .unwrap();
    assert_eq!(house.provider.phone(ANA).await.len(), 2, "nothing is lost");
    assert!(house.owners_queue().await.is_empty(), "and it is over");
}

#[tokio::test]
async fn while_sending_is_stopped_nothing_is_tried() {
    let house = House::open().await.probing_every(Duration::from_secs(3600));
    let guest = house.ana().await;
    let ids = [
        house.written(guest, "uno", None).await,
        house.written(guest, "dos", None).await,
    ];
    let refused_once = json!({ "fail": 1, "status": 401, "code": 190 });
    house.provider.trouble("whatsapp.send", refused_once).await;
    let surroundings = house.attempt(1);
    for id in ids {
        surroundings
            .run(MessagingActivities::deliver, deliver(guest, &[id]))
            .await
            .unwrap_err();
    }
    // The second would have gone through.
    assert!(house.provider.phone(ANA).await.is_empty());
    assert_eq!(house.message(ids[1]).await.attempted_at, None);
}
