//! Money that the provider or the payer's bank takes back.

use anyhow::Result;
use serde_json::json;
use tokio::try_join;

use super::payer::{Payer, pesos};
use crate::house::House;

#[tokio::test]
async fn what_is_taken_back_at_the_provider_is_told_once_and_no_longer_counts() -> Result<()> {
    let house = House::opens().await?;
    try_join!(
        is_given_back_at_the_provider(&house, 0),
        is_given_back_in_part_at_the_provider(&house, 1),
        is_disputed(&house, 2),
        is_disputed_in_vain(&house, 3),
        is_given_back_at_the_provider_after_we_did(&house, 4),
    )?;
    house.audit().await
}

async fn confirmed(house: &House, week: u64) -> Result<(Payer, String)> {
    let ana = house.payer("Ana", week).await?;
    let payment = ana.pays_by_card(house).await?;
    ana.is(house, "confirmed").await?;
    ana.has_paid(house, ana.deposit).await?;
    Ok((ana, payment))
}

async fn is_given_back_at_the_provider(house: &House, week: u64) -> Result<()> {
    let (ana, payment) = confirmed(house, week).await?;
    house
        .turns(&payment, &json!({ "status": "refunded" }))
        .await?;
    house
        .owner_is_asked("refunded_at_provider", &payment)
        .await?;
    ana.has_paid(house, 0).await?;
    // Whether the stay stands is the owner's to say.
    ana.is(house, "confirmed").await
}

async fn is_given_back_in_part_at_the_provider(house: &House, week: u64) -> Result<()> {
    let (ana, payment) = confirmed(house, week).await?;
    let part = json!({ "status": "refunded", "amount": pesos(5_000) });
    house.turns(&payment, &part).await?;
    house
        .owner_is_asked("refunded_at_provider", &payment)
        .await?;
    ana.has_paid(house, ana.deposit - 5_000).await
}

/// The provider tells of a dispute twice, by a notice of its own and by the payment: it is one matter.
async fn is_disputed(house: &House, week: u64) -> Result<()> {
    let (ana, payment) = confirmed(house, week).await?;
    house
        .turns(&payment, &json!({ "status": "charged_back" }))
        .await?;
    ana.has_paid(house, 0).await?;
    house.owner_is_asked("charged_back", &payment).await?;
    let notices = format!(
        "inbox WHERE resource_id = '{payment}' AND kind = 'chargeback' AND delivered_at IS NOT NULL"
    );
    house.counts("notices of the dispute", 1, &notices).await?;
    let about = format!("review_queue WHERE reference = '{payment}'");
    house.counts("matters about it", 1, &about).await?;
    // Nothing is refunded by us meanwhile: that would be losing it twice.
    house.goes_back(&payment, 0).await
}

async fn is_disputed_in_vain(house: &House, week: u64) -> Result<()> {
    let (ana, payment) = confirmed(house, week).await?;
    house
        .turns(&payment, &json!({ "status": "charged_back" }))
        .await?;
    ana.has_paid(house, 0).await?;
    let won = json!({ "status": "charged_back", "status_detail": "reimbursed" });
    house.turns(&payment, &won).await?;
    ana.has_paid(house, ana.deposit).await?;
    ana.is(house, "confirmed").await?;
    house.goes_back(&payment, 0).await
}

/// A cancelled stay is given back by us; what the provider says of it then is no news.
async fn is_given_back_at_the_provider_after_we_did(house: &House, week: u64) -> Result<()> {
    let (ana, payment) = confirmed(house, week).await?;
    let (status, answer) = ana
        .asks(house, reqwest::Method::POST, "cancel", None)
        .await?;
    anyhow::ensure!(status == 200, "{status}: {answer}");
    house.goes_back(&payment, ana.deposit).await?;
    house
        .post_sandbox(
            &format!("/sandbox/payments/{payment}/notifications"),
            &json!({}),
        )
        .await?;
    let known = format!("payments WHERE id = '{payment}' AND status = 'refunded'");
    house
        .counts("payments known to be refunded", 1, &known)
        .await?;
    let about = format!("review_queue WHERE reference = '{payment}'");
    house.counts("matters about it", 0, &about).await
}
