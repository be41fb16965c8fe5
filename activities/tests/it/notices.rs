//! What a reservation tells its guest by itself.

use activities::{InventoryActivities, MessagingActivities, PaymentActivities};
use chrono::Utc;
use database::guests;
use domain::{
    Language, Money, ReservationCode,
    cancellation::{Refund, RefundBasis},
};
use serde_json::{Value, json};
use workflows::contracts::messaging::{Notice, Notify};

use crate::{guest::ANA, house::House};

fn notify(code: &ReservationCode, notice: Notice) -> Notify {
    let step = serde_json::to_value(&notice).unwrap()["notice"]
        .as_str()
        .unwrap()
        .to_owned();
    Notify {
        code: code.clone(),
        notice,
        step,
    }
}

impl House {
    /// Ana's hold, with a link to pay.
    async fn anas_hold(&self) -> ReservationCode {
        let guest = self.ana().await;
        let code = self.held_for(Some(guest)).await;
        self.offer_link(&code).await;
        code
    }

    /// The one message that is on Ana's phone.
    async fn told(&self) -> Value {
        let mut phone = self.provider.phone(ANA).await;
        assert_eq!(phone.len(), 1, "{phone:?}");
        phone.remove(0)
    }
}

#[tokio::test]
async fn a_notice_twice_is_one_message() {
    let house = House::open().await;
    let code = house.anas_hold().await;
    house
        .twice(
            MessagingActivities::notify,
            notify(&code, Notice::PaymentLink),
        )
        .await;
    let told = house.told().await;
    let text = told["text"].as_str().unwrap();
    assert!(text.contains("Cabaña del Bosque"), "{text}");
    assert!(text.contains(code.as_str()), "{text}");
    assert!(text.contains("$ 90.000"), "{text}");
    let link = house.provider.link().await;
    assert_eq!(told["link"]["url"], link["init_point"]);
}

#[tokio::test]
async fn every_notice_is_told_in_words() {
    let refund = Refund {
        amount: Money::pesos(90_000),
        basis: RefundBasis::Free,
    };
    let returned = Money::pesos(90_000);
    let house = House::open().await;
    let code = house.anas_hold().await;
    for (notice, says) in [
        (Notice::PaymentLink, "Te guardé"),
        (Notice::HoldWithoutLink, "link de pago"),
        (Notice::HoldReminder, "minutos"),
        (Notice::Extended, "Te guardo la reserva"),
        (Notice::HoldExpired, "Se venció"),
        (Notice::PaymentPending, "en proceso"),
        (Notice::PaymentRejected, "no aprobó"),
        (Notice::Confirmed, "confirmada"),
        (Notice::ConfirmedLate, "confirmada"),
        (Notice::TooLate { returned }, "$ 90.000"),
        (Notice::Overpaid { returned }, "$ 90.000"),
        (Notice::Cancelled { refund }, "cancelada"),
        (Notice::ArrivalReminder, "Te esperamos"),
        (Notice::Instructions, "Los Maitenes 123"),
        (Notice::Thanks, "Gracias"),
    ] {
        let before = house.provider.phone(ANA).await.len();
        house
            .twice(MessagingActivities::notify, notify(&code, notice.clone()))
            .await;
        let phone = house.provider.phone(ANA).await;
        let told = &phone[before..];
        let wanted = if notice == Notice::Instructions { 2 } else { 1 };
        assert_eq!(told.len(), wanted, "{notice:?}: {told:?}");
        let text = told[0]["text"].as_str().unwrap();
        assert!(text.contains(says), "{notice:?}: {text}");
        assert!(!text.contains("{{"), "{notice:?}: {text}");
    }
    assert!(house.owners_queue().await.is_empty());
}

#[tokio::test]
async fn only_the_instructions_tell_where_it_is() {
    let house = House::open().await;
    let code = house.anas_hold().await;
    house
        .run(
            MessagingActivities::notify,
            notify(&code, Notice::Confirmed),
        )
        .await;
    let told = house.told().await.to_string();
    assert!(
        !told.contains("Maitenes") && !told.contains("llave"),
        "{told}"
    );
}

#[tokio::test]
async fn a_guest_is_told_in_their_language() {
    let house = House::open().await;
    let code = house.anas_hold().await;
    let guest = house.reservation(&code).await.guest_id.unwrap();
    guests::set_language(&house.db, guest, Language::En)
        .await
        .unwrap();
    house
        .run(MessagingActivities::notify, notify(&code, Notice::Thanks))
        .await;
    let told = house.told().await;
    let text = told["text"].as_str().unwrap();
    assert!(text.contains("Thank"), "{text}");
}

#[tokio::test]
async fn what_was_written_first_is_what_is_sent() {
    let house = House::open().await;
    let code = house.anas_hold().await;
    house
        .provider
        .trouble("whatsapp.send", json!({ "fail": 1, "status": 503 }))
        .await;
    let reminder = notify(&code, Notice::HoldReminder);
    house
        .fails(MessagingActivities::notify, reminder.clone())
        .await;
    let guest = house.reservation(&code).await.guest_id.unwrap();
    let written = house.written_to(guest).await;
    guests::rename(&house.db, guest, "Beatriz").await.unwrap();
    house.run_again(MessagingActivities::notify, reminder).await;
    let told = house.told().await;
    assert_eq!(
        told["text"], written[0].content["say"]["body"],
        "the words do not change between two attempts"
    );
}

#[tokio::test]
async fn who_has_paid_is_not_asked_to() {
    let house = House::open().await;
    let code = house.anas_hold().await;
    house.paid_by_hand(&code).await;
    for notice in [
        Notice::PaymentLink,
        Notice::HoldWithoutLink,
        Notice::HoldReminder,
        Notice::Extended,
    ] {
        house
            .twice(MessagingActivities::notify, notify(&code, notice))
            .await;
    }
    assert!(house.provider.phone(ANA).await.is_empty());
}

#[tokio::test]
async fn an_answer_that_was_lost_is_not_told_twice() {
    let house = House::open().await;
    let code = house.anas_hold().await;
    house
        .provider
        .trouble("whatsapp.send", json!({ "drop": 1.0 }))
        .await;
    let notice = notify(&code, Notice::PaymentLink);
    let failure = house
        .fails(MessagingActivities::notify, notice.clone())
        .await;
    assert_eq!(failure.kind, "InDoubt");
    house.provider.no_more_trouble().await;
    let failure = house.fails_at(2, MessagingActivities::notify, notice).await;
    assert_eq!(failure.kind, "InDoubt");
    house.told().await;
}

#[tokio::test]
async fn a_guest_who_has_been_quiet_gets_a_template() {
    let house = House::open().await;
    let guest = house.quiet_ana().await;
    let code = house.held_for(Some(guest)).await;
    house
        .twice(
            MessagingActivities::notify,
            notify(&code, Notice::HoldExpired),
        )
        .await;
    let told = house.told().await;
    assert_eq!(told["type"], "template");
    assert!(house.owners_queue().await.is_empty());
}

#[tokio::test]
async fn nobody_is_told_what_has_no_guest_or_no_number() {
    let house = House::open().await;
    let nobodys = house.held().await;
    house
        .twice(
            MessagingActivities::notify,
            notify(&nobodys, Notice::Confirmed),
        )
        .await;
    house
        .run(InventoryActivities::expire, nobodys.clone())
        .await;

    let berta = house.nameless().await;
    let bertas = house.held_for(Some(berta)).await;
    house
        .twice(
            MessagingActivities::notify,
            notify(&bertas, Notice::Confirmed),
        )
        .await;
    assert!(house.written_to(berta).await.is_empty());
    assert!(house.owners_queue().await.is_empty());
}

#[tokio::test]
async fn a_guest_who_wants_no_messages_gets_none_and_the_owner_knows() {
    let house = House::open().await;
    let code = house.anas_hold().await;
    let guest = house.reservation(&code).await.guest_id.unwrap();
    guests::opt_out(&house.db, guest, Utc::now()).await.unwrap();
    for notice in [Notice::Confirmed, Notice::Instructions] {
        house
            .twice(MessagingActivities::notify, notify(&code, notice))
            .await;
    }
    assert!(house.provider.phone(ANA).await.is_empty());
    let matter = ("guest_opted_out".to_owned(), code.to_string());
    assert_eq!(house.owners_queue().await, [matter]);
}

#[tokio::test]
async fn money_that_came_too_late_comes_with_other_offers() {
    let house = House::open().await;
    let code = house.anas_hold().await;
    house.run(InventoryActivities::expire, code.clone()).await;
    house.held().await;
    let returned = Money::pesos(90_000);
    house
        .run(
            MessagingActivities::notify,
            notify(&code, Notice::TooLate { returned }),
        )
        .await;
    let told = house.told().await;
    let rows = told["rows"].as_array().unwrap();
    assert!(rows.len() > 1, "{told}");
}

#[tokio::test]
async fn a_link_that_was_closed_is_not_sent() {
    let house = House::open().await;
    let code = house.anas_hold().await;
    let name = workflows::contracts::payments::LinkName {
        code: code.clone(),
        purpose: domain::settlement::Purpose::Deposit,
    };
    house.run(PaymentActivities::close_link, name).await;
    house
        .run(
            MessagingActivities::notify,
            notify(&code, Notice::HoldReminder),
        )
        .await;
    assert!(house.told().await.get("link").is_none());
}
