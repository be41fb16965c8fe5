//! Giving money back, always to the payment it came from.

use std::time::Duration;

use chrono::Utc;
use database::{
    Database,
    refunds::{self, Intent, NewRefund, RefundStatus},
    review_queue,
};
use domain::Money;
use mercado_pago::{
    Amount, Client, IdempotencyKey, PaymentId, Refund as Done, RefundAmount, RefundStatus as Word,
};
use telemetry::metrics;
use temporalio_sdk::activities::ActivityError;
use workflows::{
    contracts::payments::{GiveBack, RefundRequest},
    reservation::REFUND_ENDED,
};

use crate::failure::{again_in, of_database, of_mercado_pago, permanent};

/// How soon it is worth asking whether a refund in process is through.
const IN_PROCESS_PAUSE: Duration = Duration::from_secs(60);

#[derive(Debug, thiserror::Error)]
enum NotRefunded {
    #[error("more would be given back than was paid")]
    Exceeds,
    #[error("the provider is still at it")]
    InProcess,
    #[error("the provider ended the refund as {0}")]
    Ended(String),
    #[error("the key or the payment cannot be used at the provider")]
    Unusable,
}

/// Writes the intention down, then asks the provider with the same key.
pub(super) async fn refund(
    db: &Database,
    provider: &Client,
    request: RefundRequest,
) -> Result<(), ActivityError> {
    let intended = intend(db, new_refund(&request)).await?;
    if intended.status == RefundStatus::Approved {
        return Ok(());
    }
    let order = Order::new(&request, intended.provider_refund_id)
        .ok_or_else(|| permanent("RefundUnusable", NotRefunded::Unusable))?;
    let done = match order.ask(provider).await {
        Ok(done) => done,
        // The seller's balance fills up again, and the owner is told when it does not.
        Err(error) if lacks_money(&error) => {
            metrics::REFUNDS.inc(&["refused"]);
            return Err(error.into());
        }
        Err(error) => {
            let is_refused = matches!(error, mercado_pago::Error::Rejected { .. });
            metrics::REFUNDS.inc(&[if is_refused { "refused" } else { "away" }]);
            // After an outage nobody knows whether it happened: the intention stands until the answer is had.
            if is_refused {
                refunds::failed(db, &request.key, &error.to_string())
                    .await
                    .map_err(of_database)?;
            }
            return Err(of_mercado_pago(error));
        }
    };
    conclude(db, &request.key, done).await
}

/// Whether a refund is refused for now only, because there is not enough money to make it from.
fn lacks_money(error: &mercado_pago::Error) -> bool {
    const NOT_ENOUGH: [&str; 2] = ["2030", "2031"];
    matches!(error, mercado_pago::Error::Rejected { code: Some(code), .. } if NOT_ENOUGH.contains(&code.as_str()))
}

fn new_refund(request: &RefundRequest) -> NewRefund {
    NewRefund {
        key: request.key.clone(),
        payment_id: request.payment_id.clone(),
        code: Some(request.code.clone()),
        amount: request.amount,
        reason: request.reason.clone(),
    }
}

async fn intend(db: &Database, new: NewRefund) -> Result<refunds::Refund, ActivityError> {
    match refunds::intend(db, &new).await.map_err(of_database)? {
        Intent::Intended(refund) => Ok(refund),
        Intent::Exceeds { .. } => Err(permanent("RefundExceeds", NotRefunded::Exceeds)),
    }
}

/// A refund in the provider's words.
struct Order {
    payment: PaymentId,
    amount: Amount,
    key: IdempotencyKey,
    /// The provider's name for it, once it has taken it.
    taken: Option<String>,
}

impl Order {
    fn new(request: &RefundRequest, taken: Option<String>) -> Option<Self> {
        Some(Self {
            payment: request.payment_id.0.parse().ok()?,
            amount: Amount::from_centavos(request.amount.centavos),
            key: IdempotencyKey::parse(request.key.as_str()).ok()?,
            taken,
        })
    }

    /// What the provider says of it. One that it has taken is looked up: asking for it again would only repeat
    /// the first answer.
    async fn ask(&self, provider: &Client) -> Result<Done, mercado_pago::Error> {
        if let Some(taken) = &self.taken {
            let all = provider.refunds(self.payment).await?;
            if let Some(found) = all.into_iter().find(|refund| refund.id == *taken) {
                return Ok(found);
            }
        }
        let amount = RefundAmount::Exactly(self.amount);
        provider.refund(self.payment, amount, &self.key).await
    }
}

/// Writes down what the provider says of the refund.
async fn conclude(db: &Database, key: &str, done: Done) -> Result<(), ActivityError> {
    let status = match &done.status {
        Word::Approved => RefundStatus::Approved,
        Word::InProcess | Word::Authorized | Word::Unknown(_) => RefundStatus::InProcess,
        Word::Rejected | Word::Cancelled => RefundStatus::Failed,
    };
    metrics::REFUNDS.inc(&[match status {
        RefundStatus::Approved => "approved",
        RefundStatus::Intended | RefundStatus::InProcess => "in_process",
        RefundStatus::Failed => "failed",
    }]);
    match status {
        RefundStatus::Approved | RefundStatus::Intended | RefundStatus::InProcess => {
            refunds::complete(db, key, &done.id, status, Utc::now())
                .await
                .map_err(of_database)?;
        }
        RefundStatus::Failed => {
            refunds::failed(db, key, done.status.as_str())
                .await
                .map_err(of_database)?;
        }
    }
    match status {
        RefundStatus::Approved => Ok(()),
        RefundStatus::Intended | RefundStatus::InProcess => Err(again_in(
            IN_PROCESS_PAUSE,
            "RefundInProcess",
            NotRefunded::InProcess,
        )),
        RefundStatus::Failed => Err(permanent(
            REFUND_ENDED,
            NotRefunded::Ended(done.status.as_str().to_owned()),
        )),
    }
}

/// Which payments an amount goes back to, the latest first, none for more than is left of it.
///
/// What was paid outside the provider is decided here, since only the owner can give it back.
pub(super) async fn plan(
    db: &Database,
    give_back: GiveBack,
) -> Result<Vec<RefundRequest>, ActivityError> {
    let wanted = refunds::GiveBack {
        code: give_back.code.clone(),
        amount: give_back.amount,
        step: give_back.step,
        reason: give_back.reason,
    };
    let planned = refunds::plan(db, &wanted).await.map_err(of_database)?;
    let (by_hand, at_provider): (Vec<_>, Vec<_>) = planned
        .into_iter()
        .partition(|refund| refund.payment_id.is_by_hand());
    for refund in by_hand {
        let decided = intend(db, refund).await?;
        ask_owner(db, &decided.key, decided.amount).await?;
    }
    let request = |refund: NewRefund| RefundRequest {
        key: refund.key,
        payment_id: refund.payment_id,
        code: give_back.code.clone(),
        amount: refund.amount,
        reason: refund.reason,
    };
    Ok(at_provider.into_iter().map(request).collect())
}

/// What was paid outside the provider can only be given back outside it.
async fn ask_owner(db: &Database, reference: &str, amount: Money) -> Result<(), ActivityError> {
    let matter = review_queue::NewMatter {
        kind: "give_back_by_hand".to_owned(),
        reference: reference.to_owned(),
        reason: format!(
            "Give back {amount}: it was paid by transfer or in cash and confirmed by hand."
        ),
        details: serde_json::json!({}),
        deadline: Some(Utc::now() + super::OWNER_HAS),
    };
    review_queue::raise(db, &matter)
        .await
        .map_err(of_database)?;
    Ok(())
}
