//! Cancelling and revoking: the amount is told before, given back after, and in the ledger.

use anyhow::{Context as _, Result, ensure};
use chrono::{Days, FixedOffset, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::try_join;

use super::payer::Payer;
use crate::{
    booking::books,
    guest::Heard,
    house::{House, PATIENCE},
};

#[tokio::test]
async fn whoever_leaves_is_told_what_they_get_and_gets_it_once() -> Result<()> {
    let house = House::opens().await?;
    try_join!(
        cancels(&house, 0),
        revokes(&house, 1),
        is_cancelled_by_the_owner(&house, 2),
        leaves_with_a_voucher_in_the_pocket(&house, 3),
        pays_the_rest_in_cash_and_revokes(&house, 4),
    )?;
    house
        .policy("stay.check_in_from", json!("23:59:00"))
        .await?;
    cancels_on_the_day(&house).await?;
    house.audit().await
}

async fn confirmed(house: &House, week: u64) -> Result<(Payer, String)> {
    let payer = house.payer("Ana", week).await?;
    let payment = payer.pays_by_card(house).await?;
    payer.is(house, "confirmed").await?;
    Ok((payer, payment))
}

async fn preview(house: &House, payer: &Payer) -> Result<Value> {
    let (status, told) = payer.asks(house, Method::GET, "cancellation", None).await?;
    ensure!(status == 200, "{status}: {told}");
    Ok(told)
}

/// The entries of the account, and that nothing is owed by anybody in the end.
async fn account(house: &House, payer: &Payer) -> Result<Vec<String>> {
    let operator = house.app.secrets.operator_token().to_owned();
    let path = format!("reservations/{}", payer.code);
    let settled = stack::eventually("the account is even", PATIENCE, async || {
        let (_, shown) = house
            .asks(Some(&operator), Method::GET, &path, None, &json!({}))
            .await
            .ok()?;
        let lines = shown["ledger"].as_array()?.clone();
        let last = lines.last()?["what"] == "refund_completed";
        (last && lines.last()?["balance"]["centavos"] == 0).then_some(lines)
    });
    let lines = settled.await?;
    let what = lines.iter().filter_map(|line| line["what"].as_str());
    Ok(what.map(str::to_owned).collect())
}

async fn cancels(house: &House, week: u64) -> Result<()> {
    let (ana, payment) = confirmed(house, week).await?;
    let told = preview(house, &ana).await?;
    assert_eq!(told["refund"]["centavos"], ana.deposit, "{told}");
    ana.is(house, "confirmed").await?;
    let first = ana
        .asks(house, Method::POST, "cancel", Some("leave"))
        .await?;
    let again = ana
        .asks(house, Method::POST, "cancel", Some("leave"))
        .await?;
    assert_eq!(first.0, 200, "{}", first.1);
    assert_eq!(first.1["refund"], told["refund"]);
    // The second is the first again while the story still runs, and says what it is when it is over.
    ensure!(
        again == first
            || (again.0, again.1["reservation_status"].as_str()) == (409, Some("cancelled")),
        "{again:?}"
    );
    house.goes_back(&payment, ana.deposit).await?;
    ana.is_told(house, "cancelled").await?;
    let account = account(house, &ana).await?;
    ensure!(
        account.contains(&"charge_released".to_owned()),
        "{account:?}"
    );
    Ok(())
}

async fn revokes(house: &House, week: u64) -> Result<()> {
    let (mut ana, payment) = confirmed(house, week).await?;
    let told = preview(house, &ana).await?;
    assert_eq!(told["revocable"], true, "{told}");
    let (status, revoked) = ana
        .asks(house, Method::POST, "revoke", Some("mine"))
        .await?;
    assert_eq!(status, 200, "{revoked}");
    let code = revoked["revocation_code"].as_str().context("a code")?;
    ensure!(code.starts_with("REV"), "{code}");
    assert_eq!(revoked["refund"]["centavos"], ana.deposit);
    ana.is(house, "cancelled").await?;
    ana.guest.hears_text(code).await?;
    let (status, again) = ana
        .asks(house, Method::POST, "revoke", Some("mine"))
        .await?;
    ensure!(
        (status == 200 && again["revocation_code"] == code) || status == 409,
        "{status}: {again}"
    );
    let numbers = format!("revocations WHERE code = '{}'", ana.code);
    house.counts("numbers", 1, &numbers).await?;
    house.goes_back(&payment, ana.deposit).await?;
    ana.is_told(house, "cancelled").await
}

async fn is_cancelled_by_the_owner(house: &House, week: u64) -> Result<()> {
    let (ana, payment) = confirmed(house, week).await?;
    let reason = json!({ "reason": "the roof leaks" });
    let (status, cancelled) = house.owner_asks(&ana, "cancel", None, &reason).await?;
    assert_eq!(status, 200, "{cancelled}");
    assert_eq!(cancelled["refund_basis"], "owner_cancelled");
    assert_eq!(cancelled["refund"]["centavos"], ana.deposit);
    house.goes_back(&payment, ana.deposit).await?;
    ana.is_told(house, "cancelled").await
}

/// A voucher that nobody has paid yet is worth nothing any more: it is closed with the link.
async fn leaves_with_a_voucher_in_the_pocket(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    let voucher = json!({ "status": "pending", "method": "cash" });
    let payment = ana.pays(house, voucher).await?;
    ana.is_told(house, &format!("payment-pending/{payment}"))
        .await?;
    let (status, answer) = ana.asks(house, Method::POST, "cancel", None).await?;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["refund"]["centavos"], 0);
    let closed = format!("payments WHERE id = '{payment}' AND status = 'cancelled'");
    house.counts("vouchers that were closed", 1, &closed).await
}

/// What was paid by hand goes back by hand, and the owner is told how much.
async fn pays_the_rest_in_cash_and_revokes(house: &House, week: u64) -> Result<()> {
    let (ana, payment) = confirmed(house, week).await?;
    let rest = ana.total - ana.deposit;
    let cash = json!({ "amount": rest, "method": "cash", "reason": "paid on arrival" });
    let first = house
        .owner_asks(&ana, "payments", Some("cash-1"), &cash)
        .await?;
    let again = house
        .owner_asks(&ana, "payments", Some("cash-1"), &cash)
        .await?;
    assert_eq!(first.0, 201, "{}", first.1);
    assert_eq!(again, first, "the same key records it once");
    assert_eq!(first.1["balance"]["centavos"], 0);
    ana.has_paid(house, ana.total).await?;
    let more = house.owner_asks(&ana, "payments", None, &cash).await?;
    assert_eq!((more.0, &more.1["field"]), (422, &json!("amount")));
    let (status, revoked) = ana.asks(house, Method::POST, "revoke", None).await?;
    assert_eq!(status, 200, "{revoked}");
    assert_eq!(revoked["refund"]["centavos"], ana.total);
    house.goes_back(&payment, ana.deposit).await?;
    let by_hand = format!(
        "review_queue WHERE kind = 'give_back_by_hand' AND reference LIKE 'refund:{}:%' AND deadline > now()",
        ana.code
    );
    house
        .counts("matters to give back by hand", 1, &by_hand)
        .await
}

/// Too late to be free and to revoke: half of it, as it was told.
async fn cancels_on_the_day(house: &House) -> Result<()> {
    let there = FixedOffset::west_opt(3 * 3600).context("an offset")?;
    let today = Utc::now().with_timezone(&there).date_naive();
    let ana = house.payer_of("Ana", today, today + Days::new(4)).await?;
    assert_eq!(ana.deposit, ana.total, "the whole price is asked for");
    let payment = ana.pays_by_card(house).await?;
    ana.is(house, "confirmed").await?;
    // What the owner decides now is not what this guest agreed to.
    house.policy("cancellation.late_share", json!(0)).await?;
    house
        .policy("cancellation.free_until_hours", json!(0))
        .await?;
    let told = preview(house, &ana).await?;
    assert_eq!(told["refund_basis"], "late", "{told}");
    assert_eq!(told["refund"]["centavos"], ana.total / 2, "{told}");
    let (status, revoked) = ana.asks(house, Method::POST, "revoke", None).await?;
    assert_eq!(status, 409, "it is too late to revoke: {revoked}");
    let (status, cancelled) = ana.asks(house, Method::POST, "cancel", None).await?;
    assert_eq!(status, 200, "{cancelled}");
    assert_eq!(cancelled["refund"], told["refund"]);
    house.goes_back(&payment, ana.total / 2).await?;
    ana.has_paid(house, ana.total - ana.total / 2).await
}

#[tokio::test]
async fn a_guest_revokes_in_the_chat_and_has_the_code_at_once() -> Result<()> {
    let house = House::opens().await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    let payment = house.pays_by_card(&code).await?;
    ana.hears_text("confirmad").await?;
    ana.writes("me arrepentí de la compra").await?;
    let offer = ana.hears_choice("Sí, revocar").await?;
    house.sees(&code, "confirmed").await?;
    ana.taps(&offer, "Sí, revocar").await?;
    let told = ana
        .hears("the code", |heard: &Heard| heard.text().contains("REV"))
        .await?;
    let number = house
        .asks_database(&format!(
            "SELECT number FROM revocations WHERE code = '{code}'"
        ))
        .await?
        .context("a number")?;
    ensure!(told.text().contains(&number), "{}", told.text());
    house.sees(&code, "cancelled").await?;
    assert!(house.is_refunded(&payment).await? > 0.0);
    house.audit().await
}
