//! Notifications that get lost, come twice, in the wrong order, too early, or days late.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use mercado_pago::notification::sign;
use serde_json::json;
use tokio::try_join;

use super::payer::Payer;
use crate::house::House;

const THREE_DAYS: u64 = 3 * 24 * 3600;

#[tokio::test]
async fn a_notification_may_be_lost_repeated_shuffled_or_three_days_late() -> Result<()> {
    let house = House::opens().await?;
    house.policy("hold.seconds", json!(15)).await?;
    let lost = house.payer("Ana", 0).await?;
    let delayed = house.payer("Bea", 1).await?;
    house.policy("hold.seconds", json!(1800)).await?;
    try_join!(
        is_found_before_its_hold_ends(&house, &lost),
        is_told_of_three_days_late(&house, &delayed),
    )?;
    house
        .trouble(json!({ "mercadopago.webhook": { "duplicate": 1.0, "reorder": true } }))
        .await?;
    is_told_of_twice_and_in_any_order(&house, 2).await?;
    house.audit().await
}

async fn is_found_before_its_hold_ends(house: &House, ana: &Payer) -> Result<()> {
    let payment = ana.pays(house, json!({ "notify": false })).await?;
    ana.is(house, "confirmed").await?;
    ana.has_paid(house, ana.deposit).await?;
    house.goes_back(&payment, 0).await?;
    let expired = format!(
        "reservation_events WHERE code = '{}' AND kind = 'expired'",
        ana.code
    );
    house.counts("ends of the hold", 0, &expired).await
}

/// By then the stay is confirmed, since the hold was looked after; the old notification changes nothing.
async fn is_told_of_three_days_late(house: &House, bea: &Payer) -> Result<()> {
    let payment = bea.pays(house, json!({ "notify": false })).await?;
    bea.is(house, "confirmed").await?;
    tells(house, &payment, THREE_DAYS).await?;
    let heard =
        format!("inbox WHERE resource_id = '{payment}' AND authentic AND delivered_at IS NOT NULL");
    house.counts("notifications", 1, &heard).await?;
    bea.has_paid(house, bea.deposit).await?;
    bea.is_told(house, "confirmed").await?;
    house.goes_back(&payment, 0).await
}

/// A notification as the provider signed it so many seconds ago.
async fn tells(house: &House, payment: &str, seconds_ago: u64) -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let request_id = "5e0c6a2e-7d0b-4b7e-9a55-0c1f6f6c2b10";
    let secret = house.app.secrets.get("MERCADOPAGO_WEBHOOK_SECRET").into();
    let ts = (now - seconds_ago).to_string();
    let signature = sign(&secret, Some(payment), Some(request_id), &ts);
    let url = format!(
        "{}/api/v1/webhooks/mercadopago?data.id={payment}&type=payment",
        house.app.api_url
    );
    let body = json!({ "id": now, "type": "payment", "action": "payment.created", "data": { "id": payment } });
    let request = house.app.http.post(url).header("x-signature", signature);
    let answer = request
        .header("x-request-id", request_id)
        .json(&body)
        .send()
        .await?;
    ensure!(answer.status() == 200, "{}", answer.status());
    Ok(())
}

async fn is_told_of_twice_and_in_any_order(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    let begins = json!({ "status": "pending", "method": "transfer" });
    let payment = ana.pays(house, begins).await?;
    house
        .turns(&payment, &json!({ "status": "approved" }))
        .await?;
    for _ in 0..3 {
        let again = format!("/sandbox/payments/{payment}/notifications");
        house.post_sandbox(&again, &json!({})).await?;
    }
    ana.is(house, "confirmed").await?;
    ana.is_told(house, "confirmed").await?;
    ana.has_paid(house, ana.deposit).await?;
    let settled = format!("settlements WHERE payment_id = '{payment}'");
    house.counts("settlements", 1, &settled).await
}

/// With nobody to decide it, the hold is asked for and not there yet when its money is told of.
#[tokio::test]
async fn a_payment_that_is_told_of_before_its_hold_is_there_finds_it() -> Result<()> {
    let mut house = House::opens().await?;
    let link_of = house.payer("Bea", 1).await?;
    house.preference(&link_of.code).await?;
    house.app.worker.kill9()?;
    let ana = house.guest("Ana");
    let code = house.asks_for_hold(&ana, 0).await?;
    let early = json!({ "external_reference": code, "amount": "1000.00" });
    let payment = link_of.pays(&house, early).await?;
    let told = format!("inbox WHERE resource_id = '{payment}' AND authentic");
    let heard = async || {
        let sql = format!("SELECT count(*)::text FROM {told}");
        let heard = house.asks_database(&sql).await.ok()??;
        (heard != "0").then_some(())
    };
    stack::eventually("it is told of", crate::house::PATIENCE, heard).await?;
    house
        .counts("holds", 0, &format!("reservations WHERE code = '{code}'"))
        .await?;
    house.app.restart_worker().await?;
    house.sees(&code, "pre_reserved").await?;
    let counts = format!("reservations WHERE code = '{code}' AND paid_centavos = 100000");
    house.counts("holds with it paid", 1, &counts).await?;
    let asked = format!("review_queue WHERE reference = '{payment}' AND resolved_at IS NULL");
    house.counts("matters about it", 0, &asked).await?;
    let rest = house
        .asks_database(&format!(
            "SELECT (deposit_centavos - paid_centavos)::text FROM reservations WHERE code = '{code}'"
        ))
        .await?
        .context("the hold")?;
    let rest = json!({ "amount": super::payer::pesos(rest.parse()?) });
    house.pays(&code, rest).await?;
    house.sees(&code, "confirmed").await?;
    house.audit().await
}
