//! Money that the owner gave back by hand.

use anyhow::{Context as _, Result, ensure};
use chrono::Utc;
use database::{
    acts::{self, Actor, NewAct},
    refunds::{self, RefundStatus},
    review_queue,
};
use serde_json::{Value, json};

use crate::command::{DatabaseOptions, RefundOptions};

/// The owner's matter that it settles.
const MATTER: &str = "give_back_by_hand";

/// Writes it down, in the ledger and on the trail, and closes the owner's matter. Saying it twice is saying it once.
pub(crate) async fn given(
    database: &DatabaseOptions,
    options: &RefundOptions,
) -> Result<(String, u8)> {
    let db = database.connect().await?;
    let key = options.key.as_str();
    let refund = refunds::by_key(&db, key)
        .await?
        .with_context(|| format!("there is no refund {key}"))?;
    ensure!(
        refund.payment_id.is_by_hand(),
        "the payment was made through the provider: only the provider can give it back"
    );
    let now = Utc::now();
    let done = refunds::complete(&db, key, key, RefundStatus::Approved, now).await?;
    review_queue::resolve_about(&db, MATTER, key, "given back by hand", now).await?;
    if refund.status != RefundStatus::Approved {
        let act = NewAct {
            act: "refund.given",
            subject: key.to_owned(),
            before: Value::Null,
            after: json!({ "amount": done.amount }),
        };
        acts::record(&db, &Actor::Program("posada"), &act, now).await?;
    }
    Ok((
        format!(
            "{} of {} has been given back.\n",
            done.amount, done.payment_id
        ),
        0,
    ))
}
