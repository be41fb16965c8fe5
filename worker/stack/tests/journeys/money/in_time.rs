//! Money that comes while the nights are held.

use anyhow::Result;
use serde_json::json;
use tokio::try_join;

use super::payer::{Payer, pesos};
use crate::house::House;

#[tokio::test]
async fn what_is_paid_in_time_counts_to_the_centavo() -> Result<()> {
    let house = House::opens().await?;
    try_join!(
        is_approved(&house, 0),
        is_rejected_and_then_approved(&house, 1),
        is_pending_and_then_approved(&house, 2),
        is_looked_at_and_then_approved(&house, 3),
        is_looked_at_and_then_rejected(&house, 4),
        comes_in_two_halves(&house, 5),
        is_too_much(&house, 6),
    )?;
    house.nights_are_sold_once().await?;
    house.audit().await
}

async fn is_approved(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    let payment = ana.pays_by_card(house).await?;
    ana.is(house, "confirmed").await?;
    ana.is_told(house, "confirmed").await?;
    ana.has_paid(house, ana.deposit).await?;
    house.goes_back(&payment, 0).await
}

async fn is_rejected_and_then_approved(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    let refused = ana.pays(house, json!({ "status": "rejected" })).await?;
    ana.is_told(house, &format!("payment-rejected/{refused}"))
        .await?;
    ana.is(house, "pre_reserved").await?;
    ana.pays_by_card(house).await?;
    ana.is(house, "confirmed").await?;
    ana.is_told(house, "confirmed").await?;
    ana.has_paid(house, ana.deposit).await
}

async fn is_pending_and_then_approved(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    turns_from(house, &ana, "pending", "approved").await?;
    ana.is(house, "confirmed").await?;
    ana.is_told(house, "confirmed").await?;
    ana.has_paid(house, ana.deposit).await
}

async fn is_looked_at_and_then_approved(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    turns_from(house, &ana, "in_process", "approved").await?;
    ana.is(house, "confirmed").await?;
    ana.has_paid(house, ana.deposit).await
}

async fn is_looked_at_and_then_rejected(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    let payment = turns_from(house, &ana, "in_process", "rejected").await?;
    ana.is_told(house, &format!("payment-rejected/{payment}"))
        .await?;
    ana.is(house, "pre_reserved").await?;
    ana.has_paid(house, 0).await
}

/// A payment that is not decided at once: the guest hears so, and nothing counts meanwhile.
async fn turns_from(house: &House, ana: &Payer, from: &str, to: &str) -> Result<String> {
    let begins = json!({ "status": from, "method": "transfer" });
    let payment = ana.pays(house, begins).await?;
    ana.is_told(house, &format!("payment-pending/{payment}"))
        .await?;
    ana.is(house, "pre_reserved").await?;
    ana.has_paid(house, 0).await?;
    house.turns(&payment, &json!({ "status": to })).await?;
    Ok(payment)
}

async fn comes_in_two_halves(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    let half = ana.deposit / 2;
    let first = ana.pays(house, json!({ "amount": pesos(half) })).await?;
    ana.has_paid(house, half).await?;
    ana.is_told(house, &format!("received/{first}")).await?;
    ana.is(house, "pre_reserved").await?;
    let rest = json!({ "amount": pesos(ana.deposit - half) });
    let second = ana.pays(house, rest).await?;
    ana.is(house, "confirmed").await?;
    ana.has_paid(house, ana.deposit).await?;
    house.goes_back(&first, 0).await?;
    house.goes_back(&second, 0).await
}

async fn is_too_much(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    let too_much = json!({ "amount": pesos(ana.total + 12_345) });
    let payment = ana.pays(house, too_much).await?;
    ana.is(house, "confirmed").await?;
    ana.has_paid(house, ana.total).await?;
    ana.is_told(house, &format!("returned/{payment}")).await?;
    house.goes_back(&payment, 12_345).await
}
