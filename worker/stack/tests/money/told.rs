//! Whether everybody was told what happened, once: what was written against how it ended, and what arrived
//! against what was written.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;

use crate::town::Town;

/// How long the last messages may take.
const REST: Duration = Duration::from_secs(60);

/// The step that tells how a reservation ended, by its status.
const ENDS: [(&str, &str); 3] = [
    ("confirmed", "confirmed"),
    ("expired", "hold-expired"),
    ("cancelled", "cancelled"),
];

/// Waits until everybody was told; whoever was told too much was told wrongly for good.
pub(crate) async fn exactly_once(town: &Town) -> Result<()> {
    let deadline = Instant::now() + REST;
    loop {
        let wrong = wrong(town).await?;
        if wrong.is_empty() {
            return Ok(());
        }
        if Instant::now() > deadline {
            let some: Vec<_> = wrong.iter().take(20).cloned().collect();
            bail!("{} were told wrongly:\n{}", wrong.len(), some.join("\n"));
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

/// Everything that happened to a reservation and everything its guest was told.
const STORY: &str = "(SELECT string_agg(kind, ', ' ORDER BY id) FROM reservation_events e WHERE e.code = reservations.code) \
    || '; told: ' || coalesce((SELECT string_agg(substr(step, 17) || ' ' || status, ', ' ORDER BY seq) FROM messages m \
        WHERE step LIKE reservations.code || '/%'), 'nothing')";

async fn wrong(town: &Town) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for (status, step) in ENDS {
        wrong.extend(
            town.words(&format!(
                "SELECT reservations.code || ' is {status} and its guest was told so ' || count(messages.id) || ' times: ' || {STORY} \
                 FROM reservations LEFT JOIN messages ON step = reservations.code || '/{step}/0' AND status <> 'failed' \
                 WHERE reservation_status = '{status}' AND reservations.guest_id IS NOT NULL \
                 GROUP BY reservations.code HAVING count(messages.id) <> 1"
            ))
            .await?,
        );
    }
    // Nobody is told that they have what they have not.
    wrong.extend(
        town.words(
            "SELECT code || ' is expired and its guest was told that it is confirmed' FROM reservations \
             JOIN messages ON step = code || '/confirmed/0' WHERE reservation_status = 'expired'",
        )
        .await?,
    );
    // Whatever went back without being asked for was told.
    wrong.extend(
        town.words(
            "SELECT payment_id || ' of ' || code || ' went back and nobody was told' FROM settlements \
             WHERE returned_centavos > 0 AND NOT EXISTS (SELECT 1 FROM messages \
                 WHERE step = settlements.code || '/returned/' || settlements.payment_id || '/0')",
        )
        .await?,
    );
    wrong.extend(arrived(town).await?);
    Ok(wrong)
}

/// What is on each guest's telephone is what was written to them, no message more or less.
async fn arrived(town: &Town) -> Result<Vec<String>> {
    let rows = town
        .rows(
            "SELECT ltrim(g.phone_e164, '+'), count(*) FROM messages m JOIN guests g ON g.id = m.guest_id \
             WHERE m.direction = 'out' GROUP BY 1",
        )
        .await?;
    let mut written = HashMap::new();
    for row in rows {
        let phone: String = row.try_get_by_index(0)?;
        let count: i64 = row.try_get_by_index(1)?;
        written.insert(phone, count);
    }
    let differ = stream::iter(written)
        .map(|(phone, count)| async move {
            let path = format!("/sandbox/guests/{phone}/messages?after=0");
            let thread = town.provider_has(&path).await?;
            let from_us = |message: &&Value| message["from"] == "business";
            let heard = i64::try_from(thread.iter().filter(from_us).count())?;
            let differs = heard != count;
            anyhow::Ok(
                differs.then(|| format!("{phone} was written {count} messages and got {heard}")),
            )
        })
        .buffer_unordered(16)
        .try_collect::<Vec<_>>()
        .await?;
    Ok(differ.into_iter().flatten().collect())
}
