//! A guest changes the dates of what they have booked.

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::{
    booking::books,
    days::coming,
    guest::Heard,
    house::{House, PATIENCE},
};

/// The stay of a reservation, as Postgres has it.
async fn stay(house: &House, code: &str) -> Result<Option<String>> {
    let sql =
        format!("SELECT concat(check_in, '/', check_out) FROM reservations WHERE code = '{code}'");
    house.asks_database(&sql).await
}

async fn has_stay(house: &House, code: &str, from: &str, to: &str) -> Result<()> {
    let wanted = format!("{}/{}", coming(from), coming(to));
    stack::eventually(&format!("{code} is for {wanted}"), PATIENCE, async || {
        (stay(house, code).await.ok()?? == wanted).then_some(())
    })
    .await
}

fn is_read_back(heard: &Heard) -> bool {
    heard
        .options()
        .iter()
        .any(|(title, _)| *title == "Sí, cambiar")
}

#[tokio::test]
async fn a_hold_gets_one_night_more_another_link_and_the_old_one_is_closed() -> Result<()> {
    let house = House::opens().await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    let old = house.preference(&code).await?;

    ana.writes("una noche más").await?;
    let read_back = ana.hears("the change, read back", is_read_back).await?;
    for part in ["19/01", "Antes", "Total nuevo", "Seña"] {
        assert!(read_back.text().contains(part), "{}", read_back.text());
    }
    has_stay(&house, &code, "01-15", "01-18").await?;
    ana.taps(&read_back, "Sí, cambiar").await?;
    let link = ana
        .hears("the new link", |heard| heard.link().is_some())
        .await?;
    assert!(link.text().contains("fechas nuevas"), "{}", link.text());
    has_stay(&house, &code, "01-15", "01-19").await?;
    house
        .counts(
            "open links",
            1,
            &format!("payment_links WHERE code = '{code}' AND closed_at IS NULL AND NOT outdated"),
        )
        .await?;
    let page = format!(
        "{}/checkout/v1/redirect?pref_id={old}",
        house.app.sandbox_url
    );
    let page = house.app.http.get(page).send().await?;
    assert_eq!(page.status(), 410, "nobody can pay on the old link");

    let new = house
        .asks_database(&format!(
            "SELECT preference_id FROM payment_links WHERE code = '{code}' AND closed_at IS NULL"
        ))
        .await?
        .context("a link")?;
    house
        .post_sandbox(
            &format!("/sandbox/checkout/{new}/payments"),
            &json!({ "status": "approved", "method": "visa" }),
        )
        .await?;
    house.sees(&code, "confirmed").await?;
    ana.hears_text("confirmad").await?;
    house.nights_are_sold_once().await?;
    house.audit().await
}

#[tokio::test]
async fn a_confirmed_stay_moves_while_the_worker_is_killed_and_the_rest_is_given_back_once()
-> Result<()> {
    let mut house = House::opens().await?;
    // Everything is paid at once, so that cheaper nights mean money back.
    house
        .policy("deposit.whole_within_days", json!(900))
        .await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    house.pays_by_card(&code).await?;
    ana.hears_text("confirmad").await?;
    ana.writes("quiero cambiar la fecha de mi reserva").await?;
    house.worker_is_replaced().await?;
    ana.hears_text("qué fechas").await?;
    // March costs less than January, whatever days of the week they are.
    ana.writes("del 16 al 19 de marzo").await?;
    let read_back = ana.hears("the change, read back", is_read_back).await?;
    assert!(
        read_back.text().contains("Te devolvemos"),
        "{}",
        read_back.text()
    );

    // It dies while the nights are moved, the guest is told and the money goes back.
    ana.taps(&read_back, "Sí, cambiar").await?;
    house.worker_is_replaced().await?;
    has_stay(&house, &code, "03-16", "03-19").await?;
    house.worker_is_replaced().await?;

    let told = ana.hears_text("fechas nuevas").await?;
    assert!(told.text().contains("Te devolvemos"), "{}", told.text());
    house
        .counts("refunds", 1, "refunds WHERE status = 'approved'")
        .await?;
    house
        .counts(
            "reservations that are paid exactly",
            1,
            "reservations WHERE paid_centavos = total_centavos AND reservation_status = 'confirmed'",
        )
        .await?;
    let told_twice = ana
        .count(|heard| heard.text().contains("fechas nuevas"))
        .await?;
    assert_eq!(told_twice, 1, "the new dates are told once");
    let mut bea = house.guest("Bea");
    bea.writes("Hola, ¿tenés lugar del 13 al 16 de enero para 4?")
        .await?;
    bea.hears("the night that is free again", |heard| {
        heard
            .options()
            .iter()
            .any(|(title, _)| title.contains(crate::house::CABIN_FOR_FOUR))
    })
    .await?;
    house.nights_are_sold_once().await?;
    house.audit().await
}

#[tokio::test]
async fn taken_nights_leave_everything_as_it_is() -> Result<()> {
    let house = House::opens().await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    house.pays_by_card(&code).await?;
    ana.hears_text("confirmad").await?;
    let sql = format!(
        "INSERT INTO reservations (code, accommodation_id, check_in, check_out, guests, quote, total_centavos, \
             deposit_centavos, currency, reservation_status, channel) \
         SELECT 'RES270101AAAAAA', accommodation_id, check_out, check_out + 3, 1, quote, 0, 0, 'ARS', 'blocked', \
             'owner' FROM reservations WHERE code = '{code}' RETURNING code"
    );
    house.asks_database(&sql).await?;
    ana.writes("una noche más").await?;
    let refused = ana
        .hears("what would fit", |heard| heard.options().len() > 2)
        .await?;
    assert!(refused.text().contains("ocupada"), "{}", refused.text());
    has_stay(&house, &code, "01-15", "01-18").await?;
    let near = refused
        .options()
        .first()
        .map(|(title, _)| (*title).to_owned());
    ana.taps(&refused, &near.context("an alternative")?).await?;
    ana.hears("the change, read back", is_read_back).await?;
    house.nights_are_sold_once().await?;
    house.audit().await
}
