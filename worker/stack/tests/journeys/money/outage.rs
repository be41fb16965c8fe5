//! A provider that is away for hours, which pass more quickly here: longer than any hold lasts.

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::json;
use tokio::try_join;

use super::payer::Payer;
use crate::house::House;

#[tokio::test]
async fn a_provider_that_is_away_past_the_end_of_a_hold_loses_no_money() -> Result<()> {
    let house = House::opens().await?;
    house.policy("refund.late_seconds", json!(10)).await?;
    let leaving = house.payer("Ana", 0).await?;
    let of_leaving = leaving.pays_by_card(&house).await?;
    leaving.is(&house, "confirmed").await?;
    house.policy("hold.seconds", json!(12)).await?;
    let (told, untold, unlucky) = try_join!(
        house.payer("Bea", 1),
        house.payer("Cata", 2),
        house.payer("Dora", 3)
    )?;
    for payer in [&told, &untold, &unlucky] {
        house.preference(&payer.code).await?;
        payer.is_told(&house, "payment-link").await?;
    }

    // Payments go on at the shops and banks, and nobody can be asked about them.
    house
        .trouble(json!({ "mercadopago.api": { "status": 503 } }))
        .await?;
    let of_told = told.pays_by_card(&house).await?;
    let of_untold = untold.pays(&house, json!({ "notify": false })).await?;
    let of_unlucky = unlucky.pays_by_card(&house).await?;
    let (status, answer) = leaving.asks(&house, Method::POST, "cancel", None).await?;
    ensure!(status == 200, "{status}: {answer}");
    for payer in [&told, &untold, &unlucky] {
        payer.is(&house, "expired").await?;
        payer.is_told(&house, "hold-expired").await?;
    }
    house.policy("hold.seconds", json!(1800)).await?;
    let winner = house.payer("Eva", 3).await?;
    house.goes_back(&of_leaving, 0).await?;
    let refund = format!("refund:{}:{of_leaving}:cancelled", leaving.code);
    house.owner_is_asked("refund_late", &refund).await?;

    house.trouble_ends().await?;
    house.reconciles().await?;
    for payer in [&told, &untold] {
        payer.is(&house, "confirmed").await?;
        payer.has_paid(&house, payer.deposit).await?;
        payer.is_told(&house, "confirmed").await?;
    }
    is_given_back(&house, &unlucky, &of_unlucky).await?;
    house.goes_back(&of_leaving, leaving.deposit).await?;
    let settled = format!(
        "review_queue WHERE kind = 'refund_late' AND reference = '{refund}' AND resolved_at IS NOT NULL"
    );
    house
        .counts("matters that settled themselves", 1, &settled)
        .await?;
    winner.pays_by_card(&house).await?;
    winner.is(&house, "confirmed").await?;
    for kept in [&of_told, &of_untold] {
        house.goes_back(kept, 0).await?;
    }
    house.nights_are_sold_once().await?;
    house.audit().await
}

async fn is_given_back(house: &House, payer: &Payer, payment: &str) -> Result<()> {
    house.goes_back(payment, payer.deposit).await?;
    payer.is_told(house, &format!("returned/{payment}")).await?;
    payer.is(house, "expired").await
}
