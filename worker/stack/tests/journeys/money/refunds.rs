//! Money that cannot be given back yet.

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::json;

use super::payer::Payer;
use crate::house::House;

#[tokio::test]
async fn a_refund_that_fails_is_made_in_the_end_and_once() -> Result<()> {
    let house = House::opens().await?;
    let (ana, of_ana) = confirmed(&house, 0).await?;
    let (bea, of_bea) = confirmed(&house, 1).await?;
    let (cata, of_cata) = confirmed(&house, 2).await?;

    // The seller has no money there: the same refund is asked for until there is some.
    house.provider_is(&json!({ "balance": 1 })).await?;
    cancels(&house, &ana).await?;
    ana.is(&house, "cancelled").await?;
    ana.is_told(&house, "cancelled").await?;
    let refused =
        format!("refunds WHERE payment_id = '{of_ana}' AND status IN ('intended', 'in_process')");
    house.counts("refunds that wait", 1, &refused).await?;
    house.goes_back(&of_ana, 0).await?;
    house.provider_is(&json!({ "balance": null })).await?;
    house.goes_back(&of_ana, ana.deposit).await?;

    // It is taken and then turned down: the owner is told, and it is asked for anew under another key.
    house.provider_is(&json!({ "refunds": "rejected" })).await?;
    cancels(&house, &bea).await?;
    let key = format!("refund:{}:{of_bea}:cancelled", bea.code);
    house.owner_is_asked("refund_late", &key).await?;
    house.provider_is(&json!({ "refunds": "approved" })).await?;
    house.goes_back(&of_bea, bea.deposit).await?;
    let settled = format!(
        "review_queue WHERE kind = 'refund_late' AND reference = '{key}' AND resolved_at IS NOT NULL"
    );
    house
        .counts("matters that settled themselves", 1, &settled)
        .await?;

    // The provider is away, and its answer gets lost when it is back.
    house
        .trouble(json!({ "mercadopago.api": { "fail": 2, "status": 500, "when": "after" } }))
        .await?;
    cancels(&house, &cata).await?;
    house.goes_back(&of_cata, cata.deposit).await?;
    house.trouble_ends().await?;
    for (payer, payment) in [(&ana, &of_ana), (&bea, &of_bea), (&cata, &of_cata)] {
        payer.has_paid(&house, 0).await?;
        payer.is_told(&house, "cancelled").await?;
        house.goes_back(payment, payer.deposit).await?;
    }
    house.audit().await
}

async fn confirmed(house: &House, week: u64) -> Result<(Payer, String)> {
    let payer = house.payer("Ana", week).await?;
    let payment = payer.pays_by_card(house).await?;
    payer.is(house, "confirmed").await?;
    // Closing its link is done with by then.
    let open = format!(
        "payment_links WHERE code = '{}' AND closed_at IS NULL",
        payer.code
    );
    house.counts("open links", 0, &open).await?;
    Ok((payer, payment))
}

async fn cancels(house: &House, payer: &Payer) -> Result<()> {
    let (status, answer) = payer.asks(house, Method::POST, "cancel", None).await?;
    ensure!(status == 200, "{status}: {answer}");
    Ok(())
}
