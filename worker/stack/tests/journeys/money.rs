//! Every approved peso ends applied, given back or with the owner, whenever and however it comes.

mod in_time;
mod late;
mod leaving;
mod misfits;
mod notifications;
mod outage;
mod payer;
mod receipt;
mod refunds;
mod restored;
mod taken_back;
mod twice;

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::{booking::books, house::House};

#[tokio::test]
async fn a_payment_after_the_hold_takes_free_nights_again() -> Result<()> {
    let house = House::opens().await?;
    house.policy("hold.seconds", json!(3)).await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    house.sees(&code, "expired").await?;

    let payment = house.pays_by_card(&code).await?;
    house.sees(&code, "confirmed").await?;
    ana.hears_text("confirmad").await?;
    assert!(house.refunds(&payment).await?.is_empty());
    house.audit().await
}

#[tokio::test]
async fn a_payment_for_nights_that_are_gone_is_given_back() -> Result<()> {
    let house = House::opens().await?;
    house.policy("hold.seconds", json!(3)).await?;
    let mut ana = house.guest("Ana");
    let late = books(&mut ana).await?;
    house.sees(&late, "expired").await?;
    house.policy("hold.seconds", json!(1800)).await?;
    let mut bea = house.guest("Bea");
    let winner = books(&mut bea).await?;
    house.pays_by_card(&winner).await?;
    house.sees(&winner, "confirmed").await?;

    let payment = house.pays_by_card(&late).await?;
    assert!(house.is_refunded(&payment).await? > 0.0);
    ana.hears_text("devol").await.context("the guest is told")?;
    house.sees(&late, "expired").await?;
    house.audit().await
}

#[tokio::test]
async fn a_deposit_paid_twice_is_given_back_once() -> Result<()> {
    let house = House::opens().await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    let first = house.pays_by_card(&code).await?;
    house.sees(&code, "confirmed").await?;
    let second = house.pays_by_card(&code).await?;

    house.is_refunded(&second).await?;
    assert!(house.refunds(&first).await?.is_empty());
    house.sees(&code, "confirmed").await?;
    house.audit().await
}

#[tokio::test]
async fn a_rejected_card_leaves_the_hold_and_the_next_one_confirms_it() -> Result<()> {
    let house = House::opens().await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    house
        .pays(&code, json!({ "status": "rejected", "method": "visa" }))
        .await?;
    ana.hears_text("no aprobó").await?;
    house.sees(&code, "pre_reserved").await?;

    house.pays_by_card(&code).await?;
    house.sees(&code, "confirmed").await?;
    house.audit().await
}

#[tokio::test]
async fn a_notification_that_never_came_is_made_up_for() -> Result<()> {
    let house = House::opens().await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    let paid = json!({ "status": "approved", "method": "visa", "notify": false });
    house.pays(&code, paid).await?;
    house.reconciles().await?;
    house.sees(&code, "confirmed").await?;
    house.audit().await
}

#[tokio::test]
async fn a_forged_notification_confirms_nothing() -> Result<()> {
    let house = House::opens().await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    let url = format!(
        "{}/api/v1/webhooks/mercadopago?data.id=123456789&type=payment",
        house.app.api_url
    );
    let forged = json!({ "action": "payment.updated", "type": "payment", "data": { "id": "123456789" },
        "status": "approved", "external_reference": code });
    let signed =
        "ts=1767225600,v1=0000000000000000000000000000000000000000000000000000000000000000";
    let answer = house
        .app
        .http
        .post(&url)
        .header("x-signature", signed)
        .json(&forged)
        .send()
        .await?;
    assert_eq!(answer.status().as_u16(), 401);
    // Without a signature it is a hint: the provider is asked, and knows of no such payment.
    let url = format!(
        "{}/api/v1/webhooks/mercadopago?id=123456789&topic=payment",
        house.app.api_url
    );
    let answer = house.app.http.post(&url).send().await?;
    assert_eq!(answer.status().as_u16(), 200);
    house.pays_by_card(&code).await.context("the real one")?;
    house.sees(&code, "confirmed").await?;
    house.counts("payments", 1, "payments").await?;
    house.audit().await
}
