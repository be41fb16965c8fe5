//! The drill: the database is lost, and comes back out of a backup that is older than what everybody else knows.

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::json;

use super::payer::Payer;
use crate::{guest::Guest, house::House};

#[tokio::test]
async fn a_house_whose_database_was_lost_carries_on_from_its_backup() -> Result<()> {
    let mut house = House::opens().await?;
    let (ana, of_ana) = confirmed(&house, "Ana", 0).await?;
    ana.is_told(&house, "confirmed").await?;
    let bea = house.payer("Bea", 1).await?;
    bea.is_told(&house, "payment-link").await?;
    // Money is on its way back to her, and the provider does not give it yet.
    let (cata, of_cata) = confirmed(&house, "Cata", 2).await?;
    house.provider_is(&json!({ "balance": 1 })).await?;
    cancels(&house, &cata).await?;
    let waiting = "refunds WHERE status IN ('intended', 'in_process')";
    house.counts("refunds that wait", 1, waiting).await?;

    let backup = backs_up(&house).await?;

    // What the backup does not know: a hold of its own is paid, and nights that it has free are sold and paid.
    let of_bea = bea.pays_by_card(&house).await?;
    bea.is(&house, "confirmed").await?;
    let (_dora, of_dora) = confirmed(&house, "Dora", 3).await?;
    let (code, said) = house.app.posada(&["restore", &backup, "--replace"]).await?;
    ensure!(
        code == Some(2) && said.contains("stop the API, the workers"),
        "a database in use was replaced: {said}"
    );

    house.app.worker.kill9()?;
    house.app.api.kill9()?;
    house.app.database.lose().await?;
    let (code, said) = house.app.posada(&["restore", &backup]).await?;
    ensure!(code == Some(0), "the backup was not restored: {said}");
    house.app.restart_worker().await?;
    house.app.restart_api().await?;
    house.provider_is(&json!({ "balance": null })).await?;

    // Whoever paid is confirmed, whoever is owed has it, once, and what fits nowhere is the owner's.
    bea.is(&house, "confirmed").await?;
    bea.is_told(&house, "confirmed").await?;
    bea.has_paid(&house, bea.deposit).await?;
    house.goes_back(&of_cata, cata.deposit).await?;
    house.owner_is_asked("unknown_reference", &of_dora).await?;
    // Nobody is told again what they were told.
    ensure!(
        times_told(&ana.guest, &ana.code, "confirmad").await? == 1,
        "Ana was confirmed twice"
    );

    // The stories that were begun anew go on: they answer, give back, and free nights.
    cancels(&house, &ana).await?;
    ana.is_told(&house, "cancelled").await?;
    house.goes_back(&of_ana, ana.deposit).await?;
    house.goes_back(&of_bea, 0).await?;
    let fina = house.payer("Fina", 3).await?;
    fina.pays_by_card(&house).await?;
    fina.is(&house, "confirmed").await?;
    house.nights_are_sold_once().await?;
    let begun = "restores WHERE begun_anew_at IS NOT NULL AND (report ->> 'reservations')::int = 3";
    house
        .counts("restores that were dealt with", 1, begun)
        .await?;
    house.audit().await
}

#[tokio::test]
async fn stories_are_begun_anew_when_temporal_has_forgotten_them() -> Result<()> {
    let mut house = House::opens().await?;
    let (ana, of_ana) = confirmed(&house, "Ana", 0).await?;
    let bea = house.payer("Bea", 1).await?;
    bea.is_told(&house, "payment-link").await?;
    house.app.worker.kill9()?;
    house.forgets_workflows().await?;
    let (code, said) = house.app.posada(&["begin-anew"]).await?;
    ensure!(code == Some(0), "{said}");
    house.app.restart_worker().await?;

    bea.pays_by_card(&house).await?;
    bea.is(&house, "confirmed").await?;
    cancels(&house, &ana).await?;
    house.goes_back(&of_ana, ana.deposit).await?;
    house.audit().await?;
    is_well(&house).await
}

/// The doctor finds nothing, and finds that the API has another secret than they were given.
async fn is_well(house: &House) -> Result<()> {
    let owner = [
        "create-owner",
        "--email",
        "ana@example.org",
        "--name",
        "Ana",
    ];
    let (code, said) = house.app.posada(&owner).await?;
    ensure!(code == Some(0), "{said}");
    let look = ["doctor", "--public-url", &house.app.api_url];
    let (code, said) = house.app.posada(&look).await?;
    ensure!(
        code == Some(0) && said.contains("right  Meta's signature") && !said.contains("MEND"),
        "{said}"
    );
    let other = [&look[..], &["--whatsapp-app-secret", "of-somebody-else's"]].concat();
    let (code, said) = house.app.posada(&other).await?;
    ensure!(
        code == Some(1) && said.contains("another WHATSAPP_APP_SECRET"),
        "{said}"
    );
    Ok(())
}

async fn confirmed(house: &House, name: &str, week: u64) -> Result<(Payer, String)> {
    let payer = house.payer(name, week).await?;
    let payment = payer.pays_by_card(house).await?;
    payer.is(house, "confirmed").await?;
    Ok((payer, payment))
}

async fn cancels(house: &House, payer: &Payer) -> Result<()> {
    let (status, answer) = payer.asks(house, Method::POST, "cancel", None).await?;
    ensure!(status == 200, "{status}: {answer}");
    Ok(())
}

/// Answers the folder of the backup.
async fn backs_up(house: &House) -> Result<String> {
    let folder = house.app.folder().join("backups").display().to_string();
    let (code, said) = house
        .app
        .posada(&["backup", &folder, "--keep", "3"])
        .await?;
    ensure!(code == Some(0), "no backup was made: {said}");
    let backup = said.lines().next().context("where it is")?;
    Ok(backup.to_owned())
}

async fn times_told(guest: &Guest, code: &str, words: &str) -> Result<usize> {
    guest
        .count(|heard| heard.text().contains(code) && heard.text().to_lowercase().contains(words))
        .await
}
