//! The books at the end: ours and the provider's say the same of every peso.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use serde_json::Value;
use stack::{App, eventually};

use crate::town::Town;

/// How long everything may take to come to rest when the last guest has gone.
const REST: Duration = Duration::from_secs(240);

/// How often the schedule is asked to look for what nobody told us of.
const SEARCH: Duration = Duration::from_secs(5);

/// The account that everything is paid to.
const OURS: &str = "724484980";

/// Waits until nothing is under way any more and every book agrees with every other.
pub(crate) async fn are_settled(town: &Town) -> Result<()> {
    let client = front_desk::connect(
        &town.temporal_address,
        "default",
        "books",
        &town.payload_keys,
    )
    .await?;
    let desk = front_desk::FrontDesk::new(client, &town.task_queue);
    let deadline = Instant::now() + REST;
    loop {
        if let Err(error) = desk.reconcile_now().await {
            println!("no search could be started: {error}");
        }
        tokio::time::sleep(SEARCH).await;
        let open = questions(town).await?;
        if open.is_empty() {
            return Ok(());
        }
        println!("{} questions are open, such as: {}", open.len(), open[0]);
        if Instant::now() > deadline {
            let some: Vec<_> = open.into_iter().take(20).collect();
            anyhow::bail!("these never came to rest:\n{}", some.join("\n"));
        }
    }
}

/// The owner's own program finds no difference of a centavo, and nothing that is under way.
pub(crate) async fn are_audited(app: &App) -> Result<()> {
    let mut said = String::new();
    let agreed = eventually("the books agree", REST, async || {
        let audited = app.posada(&["audit", "--overdue-minutes", "0"]).await;
        let (code, report) = audited.unwrap_or_else(|error| (None, format!("{error:#}")));
        said = report;
        (code == Some(0)).then_some(())
    })
    .await;
    println!("{said}");
    agreed.with_context(|| said)
}

/// What a payment is with us.
struct Ours {
    status: String,
    refunded: i64,
    settled: Option<(i64, i64)>,
    given_back: i64,
}

/// Everything that is not as it must be in the end.
async fn questions(town: &Town) -> Result<Vec<String>> {
    let mut open = town
        .words("SELECT code || ' is still a hold' FROM reservations WHERE reservation_status = 'pre_reserved'")
        .await?;
    open.extend(
        town.words(
            "SELECT 'refund ' || key || ' is ' || status || coalesce(': ' || last_error, '') FROM refunds \
             WHERE status IN ('intended', 'in_process') AND payment_id NOT LIKE 'by-hand:%'",
        )
        .await?,
    );
    open.extend(
        town.words(
            "SELECT a.code || ' and ' || b.code || ' share a night' FROM reservations a JOIN reservations b \
             ON a.accommodation_id = b.accommodation_id AND a.code < b.code AND a.period && b.period \
             WHERE a.reservation_status IN ('pre_reserved', 'confirmed', 'blocked') \
                 AND b.reservation_status IN ('pre_reserved', 'confirmed', 'blocked')",
        )
        .await?,
    );
    open.extend(
        town.words(
            "SELECT code || ' has paid more than it costs' FROM reservations WHERE paid_centavos > total_centavos",
        )
        .await?,
    );
    open.extend(
        town.words(
            "SELECT code || ' is over and keeps ' || paid_centavos FROM reservations \
             WHERE reservation_status IN ('expired', 'cancelled') AND paid_centavos > 0",
        )
        .await?,
    );
    open.extend(payments(town).await?);
    open.extend(links(town).await?);
    Ok(open)
}

/// Each payment that the provider has is with us as it is there, and every peso of it is somewhere.
async fn payments(town: &Town) -> Result<Vec<String>> {
    let ours = ours(town).await?;
    let queue: HashSet<String> = town
        .words("SELECT kind || '/' || reference FROM review_queue WHERE resolved_at IS NULL")
        .await?
        .into_iter()
        .collect();
    let mut open = Vec::new();
    for payment in town.provider_has("/sandbox/payments").await? {
        let id = payment["id"].to_string();
        let id = id.trim_matches('"');
        if let Some(question) = question(&payment, id, ours.get(id), &queue)? {
            open.push(format!("payment {id}: {question}"));
        }
    }
    Ok(open)
}

fn question(
    payment: &Value,
    id: &str,
    ours: Option<&Ours>,
    queue: &HashSet<String>,
) -> Result<Option<String>> {
    let status = payment["status"].as_str().context("a status")?;
    let amount = centavos(&payment["transaction_amount"])?;
    let refunded = centavos(&payment["transaction_amount_refunded"])?;
    if matches!(status, "pending" | "in_process" | "authorized") {
        return Ok(Some(format!("the provider says {status}")));
    }
    let Some(ours) = ours else {
        return Ok(Some(format!("we have not heard of it, {status}")));
    };
    if payment["collector_id"].to_string().trim_matches('"') != OURS {
        return Ok(in_queue(queue, "wrong_collector", id));
    }
    if payment["currency_id"] != "ARS" {
        return Ok(in_queue(queue, "wrong_currency", id));
    }
    let reference = payment["external_reference"].as_str().unwrap_or_default();
    if reference.starts_with("RES270101") {
        return Ok(in_queue(queue, "unknown_reference", id));
    }
    let reimbursed = status == "charged_back" && payment["status_detail"] == "reimbursed";
    let expected = if reimbursed { "approved" } else { status };
    if ours.status != expected {
        return Ok(Some(format!(
            "the provider says {expected}, we say {}",
            ours.status
        )));
    }
    if ours.refunded != refunded {
        return Ok(Some(format!(
            "{refunded} went back, we know of {}",
            ours.refunded
        )));
    }
    match expected {
        "rejected" | "cancelled" => Ok(None),
        "charged_back" => Ok(in_queue(queue, "charged_back", id)),
        _ => Ok(where_it_is(ours, amount, refunded)),
    }
}

/// An approved payment: what counts and what went back make all of it.
fn where_it_is(ours: &Ours, amount: i64, refunded: i64) -> Option<String> {
    let Some((applied, returned)) = ours.settled else {
        // Given back at the provider before we heard of it: there is nothing to settle.
        return (refunded < amount).then(|| "it is not settled".to_owned());
    };
    if applied + returned > amount {
        return Some(format!("{applied} and {returned} of {amount}"));
    }
    if applied + returned < amount && refunded < amount - applied - returned {
        return Some(format!("only {applied} and {returned} of {amount}"));
    }
    if ours.given_back > refunded {
        return Some(format!(
            "we gave back {}, the provider {refunded}",
            ours.given_back
        ));
    }
    if ours.given_back < returned && refunded < returned {
        return Some(format!(
            "{returned} is to go back, {} went",
            ours.given_back
        ));
    }
    None
}

fn in_queue(queue: &HashSet<String>, kind: &str, id: &str) -> Option<String> {
    let asked = queue.contains(&format!("{kind}/{id}"));
    (!asked).then(|| format!("it is not in the owner's queue as {kind}"))
}

async fn ours(town: &Town) -> Result<HashMap<String, Ours>> {
    let rows = town
        .rows(
            "SELECT p.id, p.status, p.refunded_centavos, s.applied_centavos, s.returned_centavos, \
                 (SELECT coalesce(sum(amount_centavos), 0)::bigint FROM refunds r \
                     WHERE r.payment_id = p.id AND r.status = 'approved') \
             FROM payments p LEFT JOIN settlements s ON s.payment_id = p.id",
        )
        .await?;
    let mut ours = HashMap::with_capacity(rows.len());
    for row in rows {
        let applied: Option<i64> = row.try_get_by_index(3)?;
        let returned: Option<i64> = row.try_get_by_index(4)?;
        let one = Ours {
            status: row.try_get_by_index(1)?,
            refunded: row.try_get_by_index(2)?,
            settled: applied.zip(returned),
            given_back: row.try_get_by_index(5)?,
        };
        ours.insert(row.try_get_by_index(0)?, one);
    }
    Ok(ours)
}

/// A link that can be paid on is one that we have open, and there is one at most for each purpose.
async fn links(town: &Town) -> Result<Vec<String>> {
    let wanted: HashSet<String> = town
        .words(
            "SELECT preference_id FROM payment_links JOIN reservations USING (code) WHERE closed_at IS NULL \
                 AND reservation_status = CASE purpose WHEN 'deposit' THEN 'pre_reserved' ELSE 'confirmed' END",
        )
        .await?
        .into_iter()
        .collect();
    let mut open = town
        .words(
            "SELECT code || ' is ' || reservation_status || ' and its ' || purpose || ' link is open' \
             FROM payment_links JOIN reservations USING (code) WHERE closed_at IS NULL \
                 AND reservation_status <> CASE purpose WHEN 'deposit' THEN 'pre_reserved' ELSE 'confirmed' END",
        )
        .await?;
    let now = Utc::now();
    for link in town.provider_has("/sandbox/preferences").await? {
        let id = link["id"].as_str().unwrap_or_default();
        let ends = link["expiration_date_to"].as_str().unwrap_or_default();
        let ends: DateTime<Utc> = DateTime::parse_from_rfc3339(ends)
            .with_context(|| format!("{link}"))?
            .to_utc();
        if ends > now && !wanted.contains(id) {
            let code = &link["external_reference"];
            open.push(format!("{code}: link {id} can still be paid on"));
        }
    }
    Ok(open)
}

/// An amount in pesos, as a number or a string, without a float on the way.
fn centavos(amount: &Value) -> Result<i64> {
    let text = amount.to_string();
    let text = text.trim_matches('"');
    let (pesos, cents) = text.split_once('.').unwrap_or((text, "0"));
    let cents = format!("{cents:0<2}");
    Ok(pesos.parse::<i64>()? * 100 + cents.parse::<i64>()?)
}
