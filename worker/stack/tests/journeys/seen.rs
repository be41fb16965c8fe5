//! What operators see of a journey, and what nobody sees of a guest.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use stack::App;

use crate::{
    booking::{QUESTION, books},
    guest::Guest,
    house::House,
};

/// Everything that our programs can say.
const VERBOSE: &str = "info,api=debug,worker=debug,activities=debug,workflows=debug,database=debug,whatsapp=debug,mercado_pago=debug,front_desk=debug,night_locks=debug,pace=debug";

/// Words that nobody else says.
const ASIDE: &str = "Mi perra Frutilla ronca muchísimo";
const REASON: &str = "quiero cancelar porque se enfermó mi suegra Etelvina";

#[tokio::test]
async fn a_journey_is_counted_and_its_logs_name_no_guest() -> Result<()> {
    let variables = [("POSADA_LOG", "json"), ("RUST_LOG", VERBOSE)];
    let house = House::of(App::start_with(&variables).await?).await?;
    let mut ana = house.guest("Anastasia Quiroga Uriburu");
    ana.writes(ASIDE).await?;
    ana.hears("an answer", |_| true).await?;

    // Sending fails now and then, and every failure is logged.
    house
        .trouble(json!({ "whatsapp.send": { "fail": 2 } }))
        .await?;
    let code = books(&mut ana).await?;
    house.trouble_ends().await?;
    house.pays_by_card(&code).await?;
    ana.hears_text("confirmad").await?;
    ana.writes(REASON).await?;
    let offer = ana
        .hears("what cancelling gives back", |heard| {
            heard.text().contains('$') && heard.has_options()
        })
        .await?;
    let mut titles = offer.options().into_iter().map(|(title, _)| title);
    let title = titles
        .find(|title| title.to_lowercase().contains("cancelar"))
        .context("a button that cancels")?
        .to_owned();
    ana.taps(&offer, &title).await?;
    house.sees(&code, "cancelled").await?;
    house.audit().await?;

    let worker = metrics(&house, &format!("{}/metrics", house.app.worker_url)).await?;
    for counted in [
        r#"posada_reservation_events_total{channel="whatsapp",kind="held"} 1"#,
        r#"posada_reservation_events_total{channel="whatsapp",kind="confirmed"} 1"#,
        r#"posada_reservations{channel="whatsapp",status="cancelled"} 1"#,
        r#"posada_books_differences{check="ledger_balances"} 0"#,
        r#"posada_part_up{part="redis"} 1"#,
        r#"posada_messages_read_total{kind="text"} "#,
        r#"posada_messages_sent_total{outcome="accepted",purpose="answer"} "#,
        r#"posada_answer_seconds_count{kind="text"} "#,
        r#"posada_refunds_total{outcome="approved"} 1"#,
        r#"posada_payments_read_total{status="approved"} "#,
    ] {
        ensure!(worker.contains(counted), "{counted} is not in\n{worker}");
    }
    let documented = include_str!("../../../../docs/metrics.md");
    let names: Vec<_> = names_of_the_sdk(documented).collect();
    ensure!(names.len() > 5, "the table has more than {names:?}");
    for name in names {
        ensure!(worker.contains(name), "{name} is not in\n{worker}");
    }
    let api = metrics(&house, &format!("{}/metrics", house.app.api_url)).await?;
    ensure!(api.contains("posada_webhooks_total"), "{api}");

    let health = health(&house).await?;
    ensure!(health["status"] == "healthy", "{health}");

    let logs = [&house.app.api, &house.app.worker].map(|it| it.last_words(usize::MAX));
    for line in logs.iter().flat_map(|log| log.lines()) {
        let read: Result<Value, _> = serde_json::from_str(line);
        ensure!(read.is_ok(), "not a line of JSON: {line}");
    }
    for log in &logs {
        ensure!(
            log.contains(r#""level":"DEBUG""#),
            "the test reads only half of what can be said"
        );
    }
    let counted = worker + &api;
    for word in private(&house, &ana).await? {
        for (place, text) in [
            ("api", &logs[0]),
            ("worker", &logs[1]),
            ("metrics", &counted),
        ] {
            let found = text.lines().find(|line| line.contains(&word));
            ensure!(found.is_none(), "«{word}» is told by {place}: {found:?}");
        }
    }
    Ok(())
}

/// What belongs to the guest alone, and what opens doors.
async fn private(house: &House, guest: &Guest) -> Result<Vec<String>> {
    let mut words: Vec<String> = ["Anastasia", "Quiroga", "Frutilla", "Etelvina", QUESTION]
        .map(str::to_owned)
        .to_vec();
    let wa_id = guest.id();
    let number = wa_id.trim_start_matches("549");
    words.extend([wa_id.to_owned(), number.to_owned(), number[2..].to_owned()]);
    for name in [
        "POSADA_OPERATOR_TOKEN",
        "POSADA_GUEST_TOKEN_SECRET",
        "POSADA_PAYLOAD_KEYS",
        "WHATSAPP_ACCESS_TOKEN",
        "WHATSAPP_APP_SECRET",
        "WHATSAPP_VERIFY_TOKEN",
        "MERCADOPAGO_ACCESS_TOKEN",
        "MERCADOPAGO_WEBHOOK_SECRET",
    ] {
        let secret = house.app.secrets.get(name);
        ensure!(!secret.is_empty(), "{name} is no secret any more");
        words.push(secret.to_owned());
    }
    let said: Vec<String> = guest
        .thread(0)
        .await?
        .iter()
        .filter_map(|heard| heard.text().lines().next())
        .filter(|line| line.len() > 20)
        .map(|line| line.chars().take(20).collect())
        .collect();
    ensure!(said.len() > 3, "the guest was told more than {said:?}");
    words.extend(said);
    Ok(words)
}

async fn metrics(house: &House, url: &str) -> Result<String> {
    let answer = house.app.http.get(url).send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

async fn health(house: &House) -> Result<Value> {
    let url = format!("{}/healthz", house.app.worker_url);
    let answer = house.app.http.get(url).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}

/// The names in the last table of the documentation.
fn names_of_the_sdk(documented: &str) -> impl Iterator<Item = &str> {
    documented
        .split("## The Temporal SDK")
        .nth(1)
        .into_iter()
        .flat_map(|table| table.split("\n| `").skip(1))
        .filter(|row| !row.contains("from the first failure on"))
        .filter_map(|row| row.split('`').next())
}

#[tokio::test]
async fn a_worker_without_redis_is_degraded_and_works() -> Result<()> {
    let nowhere = [("REDIS_URL", "redis://127.0.0.1:1")];
    let house = House::of(App::start_with(&nowhere).await?).await?;
    let health = health(&house).await?;
    ensure!(health["status"] == "degraded", "{health}");
    ensure!(health["checks"]["redis"]["status"] == "down", "{health}");
    let told = metrics(&house, &format!("{}/metrics", house.app.worker_url)).await?;
    ensure!(told.contains(r#"posada_part_up{part="redis"} 0"#), "{told}");
    Ok(())
}
