//! Money that comes when the hold is over, or is not enough by then.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tokio::try_join;

use super::payer::{Payer, pesos};
use crate::house::House;

/// Long enough to pay in, short enough to wait for.
const A_SHORT_HOLD: u32 = 10;

#[tokio::test]
async fn what_comes_late_is_kept_for_free_nights_and_given_back_for_others() -> Result<()> {
    let house = House::opens().await?;
    house.policy("hold.seconds", json!(A_SHORT_HOLD)).await?;
    let early = try_join!(
        house.payer("Ana", 0),
        house.payer("Bea", 1),
        house.payer("Cata", 2),
        house.payer("Dora", 3),
    )?;
    try_join!(
        is_pending_until_the_nights_are_free_again(&house, early.0),
        is_pending_until_the_nights_are_gone(&house, early.1, 1),
        is_too_little(&house, early.2),
        is_too_little_and_comes_late(&house, early.3),
    )?;
    house.nights_are_sold_once().await?;
    house.audit().await
}

async fn is_pending_until_the_nights_are_free_again(house: &House, ana: Payer) -> Result<()> {
    let payment = begins_with_a_voucher(house, &ana).await?;
    ana.is(house, "expired").await?;
    house
        .turns(&payment, &json!({ "status": "approved" }))
        .await?;
    ana.is(house, "confirmed").await?;
    ana.is_told(house, "confirmed").await?;
    ana.has_paid(house, ana.deposit).await?;
    house.goes_back(&payment, 0).await
}

async fn is_pending_until_the_nights_are_gone(house: &House, ana: Payer, week: u64) -> Result<()> {
    let payment = begins_with_a_voucher(house, &ana).await?;
    ana.is(house, "expired").await?;
    let bea = house.payer("Bea", week).await?;
    bea.pays_by_card(house).await?;
    bea.is(house, "confirmed").await?;
    house
        .turns(&payment, &json!({ "status": "approved" }))
        .await?;
    house.goes_back(&payment, ana.deposit).await?;
    ana.is_told(house, &format!("returned/{payment}")).await?;
    ana.is(house, "expired").await?;
    bea.is(house, "confirmed").await
}

async fn begins_with_a_voucher(house: &House, ana: &Payer) -> Result<String> {
    let voucher = json!({ "status": "pending", "method": "cash" });
    let payment = ana.pays(house, voucher).await?;
    ana.is_told(house, &format!("payment-pending/{payment}"))
        .await?;
    Ok(payment)
}

async fn is_too_little(house: &House, ana: Payer) -> Result<()> {
    let third = ana.deposit / 3;
    let payment = ana.pays(house, json!({ "amount": pesos(third) })).await?;
    ana.is_told(house, &format!("received/{payment}")).await?;
    ana.is(house, "expired").await?;
    ana.is_told(house, "hold-expired").await?;
    ana.has_paid(house, 0).await?;
    house.goes_back(&payment, third).await
}

async fn is_too_little_and_comes_late(house: &House, ana: Payer) -> Result<()> {
    house.preference(&ana.code).await?;
    ana.is(house, "expired").await?;
    let third = ana.deposit / 3;
    let payment = ana.pays(house, json!({ "amount": pesos(third) })).await?;
    ana.is_told(house, &format!("returned/{payment}")).await?;
    ana.is(house, "expired").await?;
    house.goes_back(&payment, third).await
}

#[tokio::test]
async fn a_voucher_is_for_stays_a_week_away_where_the_owner_allows_it() -> Result<()> {
    let house = House::opens().await?;
    let usual = house.payer("Ana", 0).await?;
    is_offered_vouchers(&house, &usual, false).await?;
    is_held_for(&house, &usual, TimeDelta::minutes(30)).await?;

    house
        .policy("hold.vouchers", json!({ "allowed": true }))
        .await?;
    let ana = house.payer("Ana", 1).await?;
    is_offered_vouchers(&house, &ana, true).await?;
    is_held_for(&house, &ana, TimeDelta::hours(72)).await?;
    let soon = Utc::now().date_naive() + TimeDelta::days(5);
    let bea = house
        .payer_of("Bea", soon, soon + TimeDelta::days(5))
        .await?;
    is_offered_vouchers(&house, &bea, false).await?;
    is_held_for(&house, &bea, TimeDelta::minutes(30)).await?;

    // Paid in time; and after three days, which pass more quickly here.
    let payment = begins_with_a_voucher(&house, &ana).await?;
    house
        .turns(&payment, &json!({ "status": "approved" }))
        .await?;
    ana.is(&house, "confirmed").await?;
    let three_days = json!({ "allowed": true, "seconds": A_SHORT_HOLD });
    house.policy("hold.vouchers", three_days).await?;
    house.policy("hold.seconds", json!(1)).await?;
    let (dora, eva) = try_join!(house.payer("Dora", 2), house.payer("Eva", 3))?;
    try_join!(
        is_pending_until_the_nights_are_free_again(&house, dora),
        is_pending_until_the_nights_are_gone(&house, eva, 3),
    )?;
    house.audit().await
}

/// Whether the link lets the guest choose what is paid later, and for how long it does.
async fn is_offered_vouchers(house: &House, ana: &Payer, offered: bool) -> Result<()> {
    let id = house.preference(&ana.code).await?;
    let links = house.get_sandbox("/sandbox/preferences").await?;
    let link = links
        .as_array()
        .into_iter()
        .flatten()
        .find(|link| link["id"] == id.as_str())
        .cloned()
        .unwrap_or_default();
    let excluded = &link["payment_methods"]["excluded_payment_types"];
    let none = json!([{ "id": "ticket" }, { "id": "atm" }, { "id": "bank_transfer" }]);
    assert_eq!(*excluded != none, offered, "{link}");
    assert_eq!(link["binary_mode"] == json!(true), !offered, "{link}");
    assert_eq!(link["date_of_expiration"], link["expiration_date_to"]);
    Ok(())
}

async fn is_held_for(house: &House, ana: &Payer, time: TimeDelta) -> Result<()> {
    let sql = format!(
        "SELECT to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM reservations \
         WHERE code = '{}'",
        ana.code
    );
    let ends = house.asks_database(&sql).await?.unwrap_or_default();
    let left = ends.parse::<DateTime<Utc>>()? - Utc::now();
    assert!(
        left <= time && left > time - TimeDelta::minutes(5),
        "held for {left}, not {time}"
    );
    Ok(())
}
