//! The owner's queue, and the keys of clients.

use chrono::Utc;
use database::{
    Page,
    idempotency::{self, Claim},
    review_queue::{self, NewMatter},
};
use domain::ReservationCode;
use serde_json::json;

use crate::support::{Fresh, day, minutes};

#[tokio::test]
async fn a_matter_for_the_owner_is_open_once() {
    let fresh = Fresh::database().await;
    let matter = NewMatter {
        kind: "unknown_reference".to_owned(),
        reference: "90210044871".to_owned(),
        reason: "No hay una reserva con esa referencia.".to_owned(),
        details: json!({ "amount": 9_000_000 }),
        deadline: Some(minutes(60)),
    };
    let raised = review_queue::raise(&fresh.db, &matter).await.unwrap();
    assert_eq!(
        review_queue::raise(&fresh.db, &matter).await.unwrap(),
        raised
    );
    let open = review_queue::open(&fresh.db, Page::first(10))
        .await
        .unwrap();
    assert_eq!(open, std::slice::from_ref(&raised));
    review_queue::resolve(&fresh.db, raised.id, "devuelto", minutes(5))
        .await
        .unwrap();
    assert_eq!(
        review_queue::open(&fresh.db, Page::first(10))
            .await
            .unwrap(),
        []
    );
    assert_ne!(
        review_queue::raise(&fresh.db, &matter).await.unwrap().id,
        raised.id
    );
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let fresh = Fresh::database().await;
    let first = ReservationCode::generate(day("2026-11-24")).unwrap();
    let second = ReservationCode::generate(day("2026-11-24")).unwrap();
    assert_eq!(
        idempotency::claim(&fresh.db, "k", "hash", &first)
            .await
            .unwrap(),
        Claim::Fresh
    );
    assert_eq!(
        idempotency::claim(&fresh.db, "k", "hash", &second)
            .await
            .unwrap(),
        Claim::Known(first)
    );
    assert_eq!(
        idempotency::claim(&fresh.db, "k", "other", &second)
            .await
            .unwrap(),
        Claim::Mismatch
    );
    let forgotten = idempotency::forget_before(&fresh.db, Utc::now())
        .await
        .unwrap();
    assert_eq!(forgotten, 1);
}
