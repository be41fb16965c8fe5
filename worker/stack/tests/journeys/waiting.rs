//! A guest waits for nights that others have, and gets them.

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::{
    booking::{QUESTION, books, code_in},
    days::coming,
    guest::{Guest, Heard},
    house::{CABIN_FOR_FOUR, House},
};

/// Everything is taken around the middle of January but the cabin for four.
async fn the_rest_is_taken(house: &House) -> Result<()> {
    let sql = format!(
        "WITH days AS (SELECT date '{}' - 14 AS first), \
         taken AS (INSERT INTO reservations (code, accommodation_id, check_in, check_out, guests, quote, \
             total_centavos, deposit_centavos, currency, reservation_status, channel) \
         SELECT 'RES27010' || row_number() OVER () || 'AAAAAA', id, first, first + 60, 1, \
             '{{\"lines\":[],\"total\":{{\"centavos\":0,\"currency\":\"ARS\"}},\"deposit\":{{\"centavos\":0,\"currency\":\"ARS\"}},\"nights\":60}}'::jsonb, \
             0, 0, 'ARS', 'blocked', 'owner' FROM accommodations, days WHERE name <> '{CABIN_FOR_FOUR}' RETURNING code) \
         SELECT count(*)::text FROM taken",
        coming("01-15")
    );
    house.asks_database(&sql).await.map(drop)
}

/// Gets in line for the middle of January.
async fn waits(guest: &mut Guest) -> Result<Heard> {
    guest.writes(QUESTION).await?;
    guest.hears_choice("Lista de espera").await?;
    guest.chooses("Lista de espera").await?;
    guest.hears_text("te anoté en la lista de espera").await
}

#[tokio::test]
async fn who_waits_gets_what_comes_free_and_then_the_next_while_the_worker_is_killed() -> Result<()>
{
    let mut house = House::opens().await?;
    let mut ana = house.guest("Ana");
    let (mut bea, mut carla) = (house.guest("Bea"), house.guest("Carla"));
    let code = books(&mut ana).await?;
    the_rest_is_taken(&house).await?;
    waits(&mut bea).await?;
    waits(&mut carla).await?;
    house.worker_is_replaced().await?;

    // Ana gives it up: Bea was first.
    ana.writes("quiero cancelar").await?;
    ana.hears_choice("Sí, cancelar").await?;
    ana.chooses("Sí, cancelar").await?;
    house.worker_is_replaced().await?;
    house.sees(&code, "cancelled").await?;
    let offer = bea.hears_text("se liberó").await?;
    assert!(offer.text().contains("solo para vos"), "{}", offer.text());
    house
        .counts("offers", 1, "waiting_list WHERE outcome = 'offered'")
        .await?;
    // Nobody else can have it meanwhile.
    let mut diego = house.guest("Diego");
    diego.writes(QUESTION).await?;
    diego.hears_choice("Lista de espera").await?;

    // Bea does not want it: Carla is next, and pays.
    bea.chooses("No, gracias").await?;
    house.worker_is_replaced().await?;
    let offer = carla.hears_text("se liberó").await?;
    let code = code_in(offer.text()).context("an offer names its code")?;
    house.pays_by_card(&code).await?;
    carla.hears_text("confirmad").await?;
    house.sees(&code, "confirmed").await?;
    let offers = carla
        .count(|heard| heard.text().contains("se liberó"))
        .await?;
    assert_eq!(offers, 1, "an offer is made once");
    house.nights_are_sold_once().await?;
    house.audit().await
}

#[tokio::test]
async fn an_offer_that_nobody_pays_ends_and_the_next_is_asked() -> Result<()> {
    let house = House::opens().await?;
    house.policy("waiting_list.offer_seconds", json!(6)).await?;
    let mut ana = house.guest("Ana");
    let (mut bea, mut carla) = (house.guest("Bea"), house.guest("Carla"));
    let code = books(&mut ana).await?;
    the_rest_is_taken(&house).await?;
    waits(&mut bea).await?;
    waits(&mut carla).await?;
    ana.writes("quiero cancelar").await?;
    ana.hears_choice("Sí, cancelar").await?;
    ana.chooses("Sí, cancelar").await?;
    house.sees(&code, "cancelled").await?;
    bea.hears_text("se liberó").await?;
    carla.hears_text("se liberó").await?;
    bea.writes("sacame de la lista de espera").await?;
    bea.hears_text("No estás en ninguna lista").await?;
    house
        .counts(
            "offers that ended",
            2,
            "waiting_list WHERE outcome = 'offered'",
        )
        .await?;
    house.nights_are_sold_once().await
}
