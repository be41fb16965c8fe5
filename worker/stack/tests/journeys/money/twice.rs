//! Money that comes more than once, or from more than one.

use anyhow::{Result, ensure};
use serde_json::json;
use tokio::try_join;

use super::payer::Payer;
use crate::house::House;

#[tokio::test]
async fn what_is_paid_twice_or_by_two_is_kept_once() -> Result<()> {
    let house = House::opens().await?;
    house.policy("hold.seconds", json!(10)).await?;
    let (ana, bea) = try_join!(house.payer("Ana", 10), house.payer("Bea", 11))?;
    has_run_out(&house, &ana).await?;
    has_run_out(&house, &bea).await?;
    let cata = house.payer("Cata", 11).await?;
    has_run_out(&house, &cata).await?;
    house.policy("hold.seconds", json!(1800)).await?;
    try_join!(
        is_paid_twice_on_one_link(&house, 0),
        is_paid_twice_at_once(&house, 1),
        is_confirmed_by_hand_meanwhile(&house, 2),
        is_confirmed_by_hand_before(&house, 3),
        is_confirmed_by_hand_after(&house, 4),
        is_paid_by_two_guests(&house, &ana, 10),
        is_paid_late_by_two_guests(&house, &bea, &cata),
    )?;
    house.nights_are_sold_once().await?;
    house.audit().await
}

async fn is_paid_twice_on_one_link(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    let first = ana.pays_by_card(house).await?;
    ana.is(house, "confirmed").await?;
    let again = json!({ "method": "account_money" });
    let second = ana.pays(house, again).await?;
    house.goes_back(&second, ana.deposit).await?;
    ana.is_told(house, &format!("returned/{second}")).await?;
    house.goes_back(&first, 0).await?;
    ana.has_paid(house, ana.deposit).await?;
    ana.is(house, "confirmed").await
}

async fn is_paid_twice_at_once(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    let (one, other) = try_join!(ana.pays_by_card(house), ana.pays_by_card(house))?;
    ana.is(house, "confirmed").await?;
    ana.has_paid(house, ana.deposit).await?;
    one_goes_back(house, (&one, &other), ana.deposit).await?;
    ana.is_told(house, "confirmed").await
}

/// Of two payments of the same amount one is kept.
async fn one_goes_back(house: &House, (one, other): (&str, &str), amount: i64) -> Result<()> {
    stack::eventually("one of two goes back", crate::house::PATIENCE, async || {
        let back = house.gone_back(one).await.ok()? + house.gone_back(other).await.ok()?;
        (back >= amount).then_some(())
    })
    .await?;
    let (one, other) = (house.gone_back(one).await?, house.gone_back(other).await?);
    ensure!(
        [(0, amount), (amount, 0)].contains(&(one, other)),
        "{one} and {other} went back of {amount} each"
    );
    Ok(())
}

fn seen(ana: &Payer) -> serde_json::Value {
    json!({ "amount": ana.deposit, "reason": "transfer, seen on the statement" })
}

/// Whichever is first confirms; the guest's card is kept or given back, and the owner's word is never undone.
async fn is_confirmed_by_hand_meanwhile(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    house.preference(&ana.code).await?;
    let body = seen(&ana);
    let (card, (status, answer)) = try_join!(
        ana.pays_by_card(house),
        house.owner_asks(&ana, "confirm", None, &body)
    )?;
    ana.is(house, "confirmed").await?;
    match status {
        200 => house.goes_back(&card, ana.deposit).await?,
        409 => house.goes_back(&card, 0).await?,
        _ => anyhow::bail!("confirm was answered {status}: {answer}"),
    }
    ana.has_paid(house, ana.deposit).await?;
    ana.is_told(house, "confirmed").await
}

async fn is_confirmed_by_hand_before(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    house.preference(&ana.code).await?;
    let (status, answer) = house.owner_asks(&ana, "confirm", None, &seen(&ana)).await?;
    ensure!(status == 200, "{status}: {answer}");
    ana.is(house, "confirmed").await?;
    let card = ana.pays_by_card(house).await?;
    house.goes_back(&card, ana.deposit).await?;
    ana.is_told(house, &format!("returned/{card}")).await?;
    ana.has_paid(house, ana.deposit).await
}

async fn is_confirmed_by_hand_after(house: &House, week: u64) -> Result<()> {
    let ana = house.payer("Ana", week).await?;
    let card = ana.pays_by_card(house).await?;
    ana.is(house, "confirmed").await?;
    let (status, answer) = house.owner_asks(&ana, "confirm", None, &seen(&ana)).await?;
    ensure!(
        (status, answer["code"].as_str()) == (409, Some("not_possible")),
        "{status}: {answer}"
    );
    house.goes_back(&card, 0).await?;
    ana.has_paid(house, ana.deposit).await
}

/// The one whose hold had ended pays in the same moment as the one who has the nights now.
async fn is_paid_by_two_guests(house: &House, ana: &Payer, week: u64) -> Result<()> {
    let bea = house.payer("Bea", week).await?;
    house.preference(&bea.code).await?;
    let (late, kept) = try_join!(ana.pays_by_card(house), bea.pays_by_card(house))?;
    bea.is(house, "confirmed").await?;
    house.goes_back(&late, ana.deposit).await?;
    ana.is_told(house, &format!("returned/{late}")).await?;
    house.goes_back(&kept, 0).await?;
    ana.is(house, "expired").await
}

/// Two whose holds of the same nights have ended pay in the same moment: one gets the nights, the other the
/// money.
async fn is_paid_late_by_two_guests(house: &House, bea: &Payer, cata: &Payer) -> Result<()> {
    let (of_bea, of_cata) = try_join!(bea.pays_by_card(house), cata.pays_by_card(house))?;
    one_goes_back(house, (&of_bea, &of_cata), bea.deposit).await?;
    let bea_has_them = house.gone_back(&of_bea).await? == 0;
    let (winner, loser, lost) = if bea_has_them {
        (bea, cata, of_cata)
    } else {
        (cata, bea, of_bea)
    };
    winner.is(house, "confirmed").await?;
    winner.is_told(house, "confirmed").await?;
    winner.has_paid(house, winner.deposit).await?;
    loser.is(house, "expired").await?;
    loser.is_told(house, &format!("returned/{lost}")).await?;
    loser.has_paid(house, 0).await
}

/// Its hold has ended, and there was a link to pay on.
async fn has_run_out(house: &House, payer: &Payer) -> Result<()> {
    house.preference(&payer.code).await?;
    payer.is(house, "expired").await
}
