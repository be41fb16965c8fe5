//! What goes wrong meanwhile: one trouble after the other, in an order that the seed decides.

use std::time::Duration;

use anyhow::Result;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::Method;
use serde_json::{Value, json};
use stack::App;

use crate::town::Town;

/// How long one trouble lasts.
const LASTS: Duration = Duration::from_secs(5);

/// Tells the storm's chances from the guests'.
const OF_THE_STORM: u64 = 0x5707_1234_5678_9ABC;

/// Goes on until the last guest has gone, and leaves everything running.
pub(crate) async fn rage(town: &Town, app: &mut App, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed ^ OF_THE_STORM);
    while town.is_open() {
        let which = chance.random_range(0..10);
        if let Err(error) = one(town, app, which).await {
            println!("the storm could not rage: {error:#}");
        }
        tokio::time::sleep(LASTS).await;
        if let Err(error) = pass(town).await {
            println!("the storm could not pass: {error:#}");
        }
        tokio::time::sleep(LASTS / 2).await;
    }
}

async fn one(town: &Town, app: &mut App, which: u32) -> Result<()> {
    let api = "mercadopago.api";
    let notices = "mercadopago.webhook";
    match which {
        0 => {
            println!("killing the worker");
            app.worker.kill9()?;
            app.restart_worker().await
        }
        1 => {
            println!("killing the API");
            app.api.kill9()?;
            app.restart_api().await
        }
        2 => faults(town, notices, json!({ "drop": 0.5 })).await,
        3 => faults(town, notices, json!({ "duplicate": 0.6, "reorder": true })).await,
        4 => faults(town, notices, json!({ "delay_ms": 6_000, "reorder": true })).await,
        5 => faults(town, api, json!({ "status": 503 })).await,
        6 => faults(town, api, json!({ "drop": 0.3 })).await,
        7 => {
            let before = json!({ "drop": 0.3, "when": "before", "delay_ms": 300 });
            faults(town, api, before).await
        }
        8 => switch(town, json!({ "balance": 1 })).await,
        _ => {
            let slow =
                json!({ "search_lag_ms": 2_000, "unknown_for_ms": 700, "refund_takes_ms": 400 });
            switch(town, slow).await
        }
    }
}

async fn faults(town: &Town, target: &str, knobs: Value) -> Result<()> {
    println!("{target}: {knobs}");
    let body = json!({ target: knobs });
    town.provider(Method::PUT, "/sandbox/faults", &body).await?;
    Ok(())
}

async fn switch(town: &Town, switches: Value) -> Result<()> {
    println!("the provider: {switches}");
    let path = "/sandbox/mercadopago/switches";
    town.provider(Method::PATCH, path, &switches).await?;
    Ok(())
}

/// Ends all trouble.
async fn pass(town: &Town) -> Result<()> {
    town.provider(Method::DELETE, "/sandbox/faults", &Value::Null)
        .await?;
    let usual = json!({
        "balance": null, "search_lag_ms": 0, "unknown_for_ms": 0, "refund_takes_ms": 0,
    });
    let path = "/sandbox/mercadopago/switches";
    town.provider(Method::PATCH, path, &usual).await?;
    Ok(())
}
