//! Messages on their way out: in order, once, and never lost.

use std::time::Duration;

use activities::MessagingActivities;
use chrono::Utc;
use database::messages::{self, Delivery, SendFailure, StatusChange};
use dialogue::{Say, Template};
use domain::{GuestId, MessageId};
use serde_json::{Value, json};
use workflows::contracts::messaging::Deliver;

use crate::{guest::ANA, house::House};

impl House {
    /// A message that an answer consists of, written and not sent.
    pub(crate) async fn written(
        &self,
        guest: GuestId,
        text: &str,
        template: Option<Template>,
    ) -> MessageId {
        let step = format!("test/{text}");
        let id = MessageId::for_step(&step);
        let mut content = json!({ "say": Say::text(text) });
        if let Some(template) = template {
            content["outside"] = json!({ "template": template });
        }
        let message = messages::NewOutbound {
            id,
            guest_id: guest,
            step,
            kind: "text".to_owned(),
            content,
        };
        messages::compose(&self.db, &[message]).await.unwrap();
        id
    }

    async fn delivery(&self, id: MessageId) -> Delivery {
        self.message(id).await.delivery
    }

    /// The platform tells what became of a message that is on Ana's phone.
    async fn status(&self, id: MessageId, shown: &Value, status: Delivery, code: Option<i32>) {
        let change = StatusChange {
            wamid: shown["id"].as_str().unwrap().to_owned(),
            message_id: Some(id),
            status,
            at: Utc::now(),
            failure: code.map(|code| SendFailure {
                code: Some(code),
                text: "it failed".to_owned(),
            }),
        };
        messages::apply_status(&self.db, &change).await.unwrap();
    }

    /// A message that went out and could not be delivered.
    async fn undelivered(&self, text: &str, template: Option<Template>, code: i32) -> MessageId {
        let guest = self.ana().await;
        let id = self.written(guest, text, template).await;
        self.run(MessagingActivities::deliver, deliver(guest, &[id]))
            .await;
        let shown = self.provider.phone(ANA).await.remove(0);
        self.status(id, &shown, Delivery::Failed, Some(code)).await;
        id
    }
}

pub(crate) fn deliver(guest_id: GuestId, messages: &[MessageId]) -> Deliver {
    Deliver {
        guest_id,
        messages: messages.to_vec(),
    }
}

fn thanks() -> Template {
    Template {
        name: "notice_thanks".to_owned(),
        language: "es_AR".to_owned(),
        params: vec![("name".to_owned(), "Cabaña del Bosque".to_owned())],
        replies: Vec::new(),
    }
}

fn texts(phone: &[Value]) -> Vec<&str> {
    phone
        .iter()
        .map(|message| message["text"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn messages_arrive_once_and_in_order() {
    let house = House::open().await;
    let guest = house.ana().await;
    let mut ids = Vec::new();
    for text in ["uno", "dos", "tres"] {
        ids.push(house.written(guest, text, None).await);
    }
    house
        .twice(MessagingActivities::deliver, deliver(guest, &ids))
        .await;
    let phone = house.provider.phone(ANA).await;
    assert_eq!(texts(&phone), ["uno", "dos", "tres"]);
    for (id, shown) in ids.into_iter().zip(phone) {
        let message = house.message(id).await;
        assert_eq!(message.wamid.as_deref(), shown["id"].as_str());
    }
}

#[tokio::test]
async fn what_comes_later_waits_for_what_comes_first() {
    let house = House::open().await;
    let guest = house.ana().await;
    let ids = [
        house.written(guest, "uno", None).await,
        house.written(guest, "dos", None).await,
    ];
    house
        .provider
        .trouble("whatsapp.send", json!({ "fail": 1, "status": 503 }))
        .await;
    let failure = house
        .fails(MessagingActivities::deliver, deliver(guest, &ids))
        .await;
    assert!(!failure.permanent, "{failure:?}");
    assert_eq!(house.provider.phone(ANA).await.len(), 0);
    house
        .run_again(MessagingActivities::deliver, deliver(guest, &ids))
        .await;
    assert_eq!(texts(&house.provider.phone(ANA).await), ["uno", "dos"]);
}

#[tokio::test]
async fn a_message_in_doubt_waits_for_a_status() {
    let house = House::open().await;
    let guest = house.ana().await;
    let id = house.written(guest, "uno", None).await;
    house
        .provider
        .trouble("whatsapp.send", json!({ "drop": 1.0 }))
        .await;
    let failure = house
        .fails(MessagingActivities::deliver, deliver(guest, &[id]))
        .await;
    assert_eq!(
        (failure.kind.as_str(), failure.permanent),
        ("InDoubt", false)
    );
    house.provider.no_more_trouble().await;

    // Nobody knows yet: it is not sent again, however soon it is asked for.
    let failure = house
        .fails_at(2, MessagingActivities::deliver, deliver(guest, &[id]))
        .await;
    assert_eq!(failure.kind, "InDoubt");
    let left = failure.next.expect("it says when to ask again");
    assert!(!left.is_zero(), "{left:?}");
    let phone = house.provider.phone(ANA).await;
    assert_eq!(texts(&phone), ["uno"]);

    house.status(id, &phone[0], Delivery::Delivered, None).await;
    house
        .run_again(MessagingActivities::deliver, deliver(guest, &[id]))
        .await;
    assert_eq!(texts(&house.provider.phone(ANA).await), ["uno"]);
    assert_eq!(house.delivery(id).await, Delivery::Delivered);
}

#[tokio::test]
async fn a_message_that_no_status_tells_of_is_sent_again() {
    let house = House::open().await.doubting_for(Duration::ZERO);
    let guest = house.ana().await;
    let id = house.written(guest, "uno", None).await;
    let lost = json!({ "drop": 1.0, "when": "before" });
    house.provider.trouble("whatsapp.send", lost).await;
    let failure = house
        .fails(MessagingActivities::deliver, deliver(guest, &[id]))
        .await;
    assert_eq!(failure.kind, "InDoubt");
    assert_eq!(house.provider.phone(ANA).await.len(), 0);
    house.provider.no_more_trouble().await;
    house
        .run_again(MessagingActivities::deliver, deliver(guest, &[id]))
        .await;
    assert_eq!(texts(&house.provider.phone(ANA).await), ["uno"]);
}

#[tokio::test]
async fn a_second_attempt_has_a_doubt_of_its_own() {
    let house = House::open().await.doubting_for(Duration::ZERO);
    let guest = house.ana().await;
    let id = house.written(guest, "uno", None).await;
    let lost = json!({ "drop": 1.0, "when": "before" });
    house.provider.trouble("whatsapp.send", lost).await;
    let mut attempted = Vec::new();
    for attempt in [1, 2] {
        let sending = deliver(guest, &[id]);
        let failure = house
            .fails_at(attempt, MessagingActivities::deliver, sending)
            .await;
        assert_eq!(failure.kind, "InDoubt");
        attempted.push(house.message(id).await.attempted_at);
    }
    assert!(attempted[0] < attempted[1], "{attempted:?}");
}

#[tokio::test]
async fn one_guest_too_often_waits_longer_each_time() {
    let house = House::with(|config| {
        config.whatsapp.behaviour.pair_burst = 1;
        config.whatsapp.behaviour.pair_refill_ms = 3_600_000;
    })
    .await;
    let guest = house.ana().await;
    let ids = [
        house.written(guest, "uno", None).await,
        house.written(guest, "dos", None).await,
    ];
    for (attempt, seconds) in [(1, 1), (2, 4), (3, 16)] {
        let failure = house
            .fails_at(attempt, MessagingActivities::deliver, deliver(guest, &ids))
            .await;
        assert_eq!(
            (failure.kind.as_str(), failure.next),
            ("RateLimited", Some(Duration::from_secs(seconds)))
        );
    }
    assert_eq!(texts(&house.provider.phone(ANA).await), ["uno"]);
    assert_eq!(house.delivery(ids[1]).await, Delivery::Composed);
}

#[tokio::test]
async fn a_platform_that_asks_to_slow_down_is_asked_when_it_says() {
    let house = House::open().await;
    let guest = house.ana().await;
    let id = house.written(guest, "uno", None).await;
    let slow = json!({ "fail": 1, "status": 429, "code": 130_429 });
    house.provider.trouble("whatsapp.send", slow).await;
    let failure = house
        .fails(MessagingActivities::deliver, deliver(guest, &[id]))
        .await;
    assert_eq!(
        (failure.kind.as_str(), failure.next),
        ("RateLimited", Some(Duration::from_secs(1)))
    );
    house
        .run_again(MessagingActivities::deliver, deliver(guest, &[id]))
        .await;
    assert_eq!(texts(&house.provider.phone(ANA).await), ["uno"]);
}

#[tokio::test]
async fn what_an_operator_can_mend_still_goes_out() {
    let house = House::open().await;
    let guest = house.ana().await;
    let id = house.written(guest, "uno", None).await;
    let expired = json!({ "fail": 1, "status": 401, "code": 190 });
    house.provider.trouble("whatsapp.send", expired).await;
    let failure = house
        .fails(MessagingActivities::deliver, deliver(guest, &[id]))
        .await;
    assert!(!failure.permanent, "{failure:?}");
    house
        .run_again(MessagingActivities::deliver, deliver(guest, &[id]))
        .await;
    assert_eq!(texts(&house.provider.phone(ANA).await), ["uno"]);
}

#[tokio::test]
async fn what_cannot_be_delivered_goes_to_the_owner_and_holds_up_nothing() {
    let house = House::open().await;
    let guest = house.ana().await;
    let ids = [
        house.written(guest, "uno", None).await,
        house.written(guest, "dos", None).await,
    ];
    let blocked = json!({ "fail": 1, "status": 400, "code": 131_026 });
    house.provider.trouble("whatsapp.send", blocked).await;
    house
        .twice(MessagingActivities::deliver, deliver(guest, &ids))
        .await;
    assert_eq!(house.delivery(ids[0]).await, Delivery::Failed);
    assert_eq!(texts(&house.provider.phone(ANA).await), ["dos"]);
    let matter = ("message_not_delivered".to_owned(), ids[0].to_string());
    assert_eq!(house.owners_queue().await, [matter]);
}

#[tokio::test]
async fn a_window_that_closed_meanwhile_is_opened_with_a_template() {
    let house = House::with(|config| config.whatsapp.behaviour.window_sync = true).await;
    // We believe that the window is open; the platform has not heard of her.
    let (guest, _message) = house.hears("Hola").await;
    let id = house.written(guest, "uno", Some(thanks())).await;
    house
        .twice(MessagingActivities::deliver, deliver(guest, &[id]))
        .await;
    let phone = house.provider.phone(ANA).await;
    assert_eq!(phone.len(), 1, "{phone:?}");
    assert_eq!(phone[0]["template"], "notice_thanks");
    assert!(house.owners_queue().await.is_empty());
}

#[tokio::test]
async fn what_came_too_late_is_sent_as_a_template() {
    let house = House::open().await;
    let id = house.undelivered("uno", Some(thanks()), 131_047).await;
    house.twice(MessagingActivities::recover, id).await;
    let phone = house.provider.phone(ANA).await;
    assert_eq!(phone.len(), 2, "{phone:?}");
    assert_eq!(phone[1]["template"], "notice_thanks");
    assert!(house.owners_queue().await.is_empty());
}

#[tokio::test]
async fn what_met_trouble_at_the_platform_is_sent_once_more() {
    let house = House::open().await;
    let id = house.undelivered("uno", None, 131_000).await;
    house.twice(MessagingActivities::recover, id).await;
    assert_eq!(texts(&house.provider.phone(ANA).await), ["uno", "uno"]);

    // It fails again: enough.
    let again = house.written_to(house.message(id).await.guest_id).await;
    let again = again.last().unwrap().id;
    let shown = house.provider.phone(ANA).await.remove(1);
    house
        .status(again, &shown, Delivery::Failed, Some(131_000))
        .await;
    house.twice(MessagingActivities::recover, again).await;
    assert_eq!(house.provider.phone(ANA).await.len(), 2);
    let matter = ("message_not_delivered".to_owned(), again.to_string());
    assert_eq!(house.owners_queue().await, [matter]);
}

#[tokio::test]
async fn what_cannot_be_sent_another_way_goes_to_the_owner() {
    let house = House::open().await;
    let id = house.undelivered("uno", None, 131_047).await;
    house.twice(MessagingActivities::recover, id).await;
    assert_eq!(house.provider.phone(ANA).await.len(), 1);
    let matter = ("message_not_delivered".to_owned(), id.to_string());
    assert_eq!(house.owners_queue().await, [matter]);
}

#[tokio::test]
async fn a_template_in_doubt_is_not_sent_twice() {
    let house = House::open().await;
    let id = house.undelivered("uno", Some(thanks()), 131_047).await;
    house
        .provider
        .trouble("whatsapp.send", json!({ "drop": 1.0 }))
        .await;
    let failure = house.fails(MessagingActivities::recover, id).await;
    assert_eq!(failure.kind, "InDoubt");
    house.provider.no_more_trouble().await;
    let failure = house.fails_at(2, MessagingActivities::recover, id).await;
    assert_eq!(failure.kind, "InDoubt");
    assert_eq!(house.provider.phone(ANA).await.len(), 2);
}

#[tokio::test]
async fn what_arrived_after_all_is_not_sent_another_way() {
    let house = House::open().await;
    let guest = house.ana().await;
    let id = house.written(guest, "uno", Some(thanks())).await;
    house
        .run(MessagingActivities::deliver, deliver(guest, &[id]))
        .await;
    house.twice(MessagingActivities::recover, id).await;
    assert_eq!(house.provider.phone(ANA).await.len(), 1);
}
