//! Money that the owner gave back by hand.

use anyhow::{Context as _, Result, ensure};
use chrono::Utc;
use database::refunds::{self, RefundStatus};

use crate::command::{DatabaseOptions, RefundOptions};

/// Writes it down, in the ledger too. Saying it twice is saying it once.
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
    let done = refunds::complete(&db, key, key, RefundStatus::Approved, Utc::now()).await?;
    Ok((
        format!(
            "{} of {} has been given back.\n",
            done.amount, done.payment_id
        ),
        0,
    ))
}
