//! Things break at the worst moment, and the guest notices nothing but the time it takes.

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::{
    booking::{QUESTION, books, code_in},
    guest::Heard,
    house::{CABIN_FOR_FOUR, House},
};

#[tokio::test]
async fn a_worker_killed_at_every_step_changes_nothing_but_the_time_it_takes() -> Result<()> {
    let mut house = House::opens().await?;
    let mut ana = house.guest("Ana");

    // The question is asked, and the worker dies over it.
    ana.writes(QUESTION).await?;
    house.worker_is_replaced().await?;
    let list = ana
        .hears("a list", |heard| heard.options().len() > 1)
        .await?;

    // It is dead before the guest taps.
    house.app.worker.kill9()?;
    ana.taps(&list, CABIN_FOR_FOUR).await?;
    house.app.restart_worker().await?;
    let readback = ana
        .hears("the choice read back", Heard::has_options)
        .await?;

    // It dies while the nights are held and the link is made.
    ana.taps(&readback, "Confirmar").await?;
    house.worker_is_replaced().await?;
    let link = ana.hears("a link", |heard| heard.link().is_some()).await?;
    let code = code_in(link.text()).context("a code")?;

    // It dies over the payment.
    house.pays_by_card(&code).await?;
    house.worker_is_replaced().await?;
    house.sees(&code, "confirmed").await?;
    ana.hears_text("confirmad").await?;

    assert_eq!(
        ana.count(|heard| heard.text().contains("confirmad"))
            .await?,
        1,
        "the confirmation is sent once"
    );
    assert_eq!(
        ana.count(|heard| heard.link().is_some()).await?,
        1,
        "the link is sent once"
    );
    house.counts("reservations", 1, "reservations").await?;
    house
        .counts(
            "applied payments",
            1,
            "settlements WHERE applied_centavos > 0",
        )
        .await?;
    house.audit().await
}

#[tokio::test]
async fn the_same_webhook_five_times_and_out_of_order_changes_nothing() -> Result<()> {
    let house = House::opens().await?;
    house
        .trouble(json!({
            "whatsapp.webhook": { "duplicate": 1.0, "reorder": true },
            "mercadopago.webhook": { "duplicate": 1.0, "reorder": true },
        }))
        .await?;
    let mut ana = house.guest("Ana");
    let message = ana.writes(QUESTION).await?;
    let list = ana
        .hears("a list of cabins", |heard| heard.options().len() > 1)
        .await?;
    for _ in 0..4 {
        ana.sends(json!({ "text": QUESTION, "message_id": message }))
            .await?;
    }
    ana.taps(&list, CABIN_FOR_FOUR).await?;
    let readback = ana
        .hears("the choice read back", Heard::has_options)
        .await?;
    // Two taps on the same button are one wish.
    ana.taps(&readback, "Confirmar").await?;
    ana.taps(&readback, "Confirmar").await?;
    let link = ana
        .hears("a payment link", |heard| heard.link().is_some())
        .await?;
    let code = code_in(link.text()).context("a code")?;
    let payment = house.pays_by_card(&code).await?;
    for _ in 0..4 {
        house
            .post_sandbox(
                &format!("/sandbox/payments/{payment}/notifications"),
                &json!({}),
            )
            .await?;
    }
    house.sees(&code, "confirmed").await?;
    ana.hears_text("confirmad").await?;

    house.counts("reservations", 1, "reservations").await?;
    house.counts("settlements", 1, "settlements").await?;
    assert_eq!(
        ana.count(|heard| heard.options().len() > 1
            && heard.kind() == "interactive"
            && heard.text() == list.text())
            .await?,
        1,
        "the question is answered once"
    );
    assert!(house.refunds(&payment).await?.is_empty());
    house.audit().await
}

#[tokio::test]
async fn a_provider_that_is_away_delays_the_link_and_loses_nothing() -> Result<()> {
    let house = House::opens().await?;
    house
        .trouble(json!({ "mercadopago.api": { "status": 503 } }))
        .await?;
    let mut ana = house.guest("Ana");
    let readback = crate::booking::chooses(&mut ana).await?;
    ana.taps(&readback, "Confirmar").await?;
    let told = ana
        .hears("that the nights are held", |heard| {
            code_in(heard.text()).is_some()
        })
        .await?;
    assert!(told.link().is_none());
    let code = code_in(told.text()).context("a code")?;

    house.trouble_ends().await?;
    ana.hears("the link at last", |heard| heard.link().is_some())
        .await?;
    house.pays_by_card(&code).await?;
    house.sees(&code, "confirmed").await?;
    house.audit().await
}

#[tokio::test]
async fn an_api_that_was_away_hears_everything_when_it_is_back() -> Result<()> {
    let mut house = House::opens().await?;
    house.app.api.kill9()?;
    let mut ana = house.guest("Ana");
    ana.writes(QUESTION).await?;
    house.app.restart_api().await?;
    ana.hears("a list of cabins", |heard| heard.options().len() > 1)
        .await?;
    let mut bea = house.guest("Bea");
    books(&mut bea).await?;
    Ok(())
}

#[tokio::test]
async fn a_message_that_whatsapp_took_and_whose_answer_was_lost_is_not_sent_twice() -> Result<()> {
    let house = House::opens().await?;
    house
        .trouble(json!({ "whatsapp.send": { "drop": 1.0 } }))
        .await?;
    let mut ana = house.guest("Ana");
    ana.writes(QUESTION).await?;
    ana.hears("a list of cabins", |heard| heard.options().len() > 1)
        .await?;
    house.trouble_ends().await?;
    ana.writes("gracias").await?;
    ana.hears("an answer to the next message", |_| true).await?;
    assert_eq!(ana.count(|heard| heard.options().len() > 1).await?, 1);
    Ok(())
}
