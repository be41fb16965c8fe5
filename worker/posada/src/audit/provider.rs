//! Our books against the provider's, payment by payment.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use database::{
    Database,
    audit::{self, BookedPayment, Difference},
};
use domain::{Currency, payment::PaymentStatus};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use mercado_pago::{
    Client, Payment, PaymentFilter, PaymentId, PaymentSearch, PaymentStatus as Word, RefundStatus,
};

/// One search covers so much, so that no search has more results than the provider turns pages for.
const WINDOW: TimeDelta = TimeDelta::days(7);

/// The provider's clock may be ahead of ours by so much.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);

/// How many results a page has.
const PAGE: u32 = 100;

/// How many questions are asked at once: the provider limits them, and nobody waits.
const AT_ONCE: usize = 4;

/// What differs is looked at again so often before it is believed, and so much later: money moves while we
/// read.
const SECOND_LOOKS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// What the comparison came to.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// How many payments are in one of the books.
    pub(crate) payments: usize,
    /// What differs.
    pub(crate) differences: Vec<Difference>,
    /// The sums of the provider's books, in centavos of our currency.
    pub(crate) theirs: Totals,
    /// The sums of ours.
    pub(crate) ours: Totals,
}

/// The sums of one side's books.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Totals {
    /// How many payments came.
    pub(crate) came: usize,
    /// What was paid in all.
    pub(crate) paid_centavos: i64,
    /// What has gone back, or is disputed.
    pub(crate) returned_centavos: i64,
    /// What the provider keeps.
    pub(crate) fee_centavos: i64,
}

impl Totals {
    /// What is left with us.
    pub(crate) const fn left_centavos(self) -> i64 {
        self.paid_centavos - self.returned_centavos - self.fee_centavos
    }
}

/// A payment as the provider has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Theirs {
    status: PaymentStatus,
    amount: i64,
    refunded: i64,
    fee: i64,
    currency: String,
    collected: bool,
    /// What its refunds add up to.
    refunds: i64,
}

impl Theirs {
    /// What is not with us any more. The provider takes all of a payment that its payer disputes.
    fn gone(&self) -> i64 {
        if self.status == PaymentStatus::ChargedBack {
            self.amount
        } else {
            self.refunded
        }
    }
}

/// Compares every payment that changed since a moment.
pub(crate) async fn compare(
    db: &Database,
    client: &Client,
    collector_id: &str,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Compared> {
    let books = Books {
        db,
        client,
        collector_id,
    };
    let mut pairs = books.read(since, now).await?;
    for _ in 0..SECOND_LOOKS {
        let doubtful: Vec<_> = pairs
            .iter()
            .filter(|(id, pair)| !pair.differences(id).is_empty())
            .map(|(id, _)| id.clone())
            .collect();
        if doubtful.is_empty() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
        for id in doubtful {
            let pair = books.pair(&id).await?;
            pairs.insert(id, pair);
        }
    }
    let mut compared = Compared {
        payments: pairs.len(),
        ..Compared::default()
    };
    for (id, pair) in &pairs {
        compared.differences.extend(pair.differences(id));
        pair.add_to(&mut compared);
    }
    Ok(compared)
}

/// Both books.
struct Books<'a> {
    db: &'a Database,
    client: &'a Client,
    collector_id: &'a str,
}

impl Books<'_> {
    /// Everything that changed since, from both sides.
    async fn read(
        &self,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<String, Pair>> {
        let mut ids = self.search(since, now + CLOCKS_DIFFER).await?;
        ids.extend(audit::payments_since(self.db, since).await?.into_keys());
        ids.sort();
        ids.dedup();
        stream::iter(ids)
            .map(async |id| Ok((id.clone(), self.pair(&id).await?)))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    /// The ids of what the provider says has changed between two moments.
    async fn search(&self, since: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        let mut begin = since;
        while begin < until {
            let end = until.min(begin + WINDOW);
            let filter = PaymentFilter::UpdatedBetween { begin, end };
            let mut next = Some(PaymentSearch::new(filter).limit(PAGE));
            while let Some(search) = next {
                let page = self
                    .client
                    .search_payments(&search)
                    .await
                    .context("the provider's books cannot be searched")?;
                ids.extend(page.payments.iter().map(|found| found.id.to_string()));
                next = page.next;
            }
            begin = end;
        }
        Ok(ids)
    }

    /// One payment in both books, as it is now.
    async fn pair(&self, id: &str) -> Result<Pair> {
        let theirs = match id.parse::<PaymentId>() {
            Ok(number) => self.theirs(number).await?,
            Err(_no_number) => None,
        };
        let ours = audit::payment(self.db, id).await?;
        Ok(Pair { theirs, ours })
    }

    async fn theirs(&self, id: PaymentId) -> Result<Option<Theirs>> {
        let payment = self.client.payment(id).await;
        let Some(payment) = payment.with_context(|| format!("payment {id} cannot be read"))? else {
            return Ok(None);
        };
        let refunds = if has_come(status(&payment)) {
            let refunds = self.client.refunds(id).await;
            refunds.with_context(|| format!("the refunds of {id} cannot be read"))?
        } else {
            Vec::new()
        };
        let done = refunds
            .iter()
            .filter(|refund| refund.status == RefundStatus::Approved);
        Ok(Some(Theirs {
            status: status(&payment),
            amount: payment.transaction_amount.centavos(),
            refunded: payment.transaction_amount_refunded.centavos(),
            fee: payment.fee().centavos(),
            collected: payment.collector_id.as_deref() == Some(self.collector_id),
            currency: payment.currency_id,
            refunds: done.map(|refund| refund.amount.centavos()).sum(),
        }))
    }
}

/// What the provider's word means for the money.
fn status(payment: &Payment) -> PaymentStatus {
    match &payment.status {
        Word::Approved => PaymentStatus::Approved,
        Word::ChargedBack if payment.status_detail.as_deref() == Some("reimbursed") => {
            PaymentStatus::Approved
        }
        Word::ChargedBack | Word::InMediation => PaymentStatus::ChargedBack,
        Word::Refunded => PaymentStatus::Refunded,
        Word::Rejected => PaymentStatus::Rejected,
        Word::Cancelled => PaymentStatus::Cancelled,
        Word::Pending | Word::InProcess | Word::Authorized | Word::Unknown(_) => {
            PaymentStatus::Pending
        }
    }
}

const fn has_come(status: PaymentStatus) -> bool {
    matches!(
        status,
        PaymentStatus::Approved | PaymentStatus::Refunded | PaymentStatus::ChargedBack
    )
}

/// One payment in both books.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pair {
    theirs: Option<Theirs>,
    ours: Option<BookedPayment>,
}

impl Pair {
    /// What differs. A payment that brought no money may be unknown to us: a refusal whose notification got
    /// lost moved nothing.
    fn differences(&self, id: &str) -> Vec<Difference> {
        let differs = |what: String, expected: Option<i64>, found: Option<i64>| Difference {
            subject: format!("payment {id}"),
            what,
            expected,
            found,
        };
        match (&self.theirs, &self.ours) {
            (None, None) => Vec::new(),
            (Some(theirs), None) if !has_come(theirs.status) => Vec::new(),
            (Some(theirs), None) => vec![differs(
                format!(
                    "is {} at the provider, and we do not know it",
                    theirs.status.as_str()
                ),
                Some(theirs.amount),
                None,
            )],
            (None, Some(ours)) => vec![differs(
                format!(
                    "is {} with us, and the provider does not know it",
                    ours.status
                ),
                None,
                Some(ours.amount_centavos),
            )],
            (Some(theirs), Some(ours)) => {
                let mut found = Vec::new();
                if theirs.status.as_str() != ours.status {
                    let (said, known) = (theirs.status.as_str(), &ours.status);
                    found.push(differs(
                        format!("is {said} at the provider and {known} with us"),
                        None,
                        None,
                    ));
                }
                if theirs.currency != ours.currency || theirs.collected != ours.collected {
                    found.push(differs(
                        "is of another currency or account than we believe".to_owned(),
                        None,
                        None,
                    ));
                }
                let in_ledger = if theirs.collected && has_come(theirs.status) {
                    theirs.amount - theirs.gone()
                } else {
                    0
                };
                for (what, expected, known) in [
                    ("paid", theirs.amount, ours.amount_centavos),
                    ("given back", theirs.refunded, ours.refunded_centavos),
                    (
                        "given back, by its refunds",
                        theirs.refunded,
                        theirs.refunds,
                    ),
                    ("fee", theirs.fee, ours.fee_centavos),
                    ("in the ledger", in_ledger, ours.ledger_centavos),
                ] {
                    if expected != known {
                        found.push(differs(what.to_owned(), Some(expected), Some(known)));
                    }
                }
                if ours.returned_by_us_centavos > theirs.refunded {
                    found.push(differs(
                        "given back by us".to_owned(),
                        Some(theirs.refunded),
                        Some(ours.returned_by_us_centavos),
                    ));
                }
                found
            }
        }
    }

    /// Adds the payment to the sums, when it is ours and in our currency.
    fn add_to(&self, compared: &mut Compared) {
        let ours = Currency::Ars.code();
        if let Some(theirs) = &self.theirs
            && theirs.collected
            && theirs.currency == ours
            && has_come(theirs.status)
        {
            let totals = &mut compared.theirs;
            totals.came += 1;
            totals.paid_centavos += theirs.amount;
            totals.returned_centavos += theirs.gone();
            totals.fee_centavos += theirs.fee;
        }
        if let Some(booked) = &self.ours
            && booked.collected
            && booked.currency == ours
            && ["approved", "refunded", "charged_back"].contains(&booked.status.as_str())
        {
            let totals = &mut compared.ours;
            totals.came += 1;
            totals.paid_centavos += booked.amount_centavos;
            totals.returned_centavos += booked.amount_centavos - booked.ledger_centavos;
            totals.fee_centavos += booked.fee_centavos;
        }
    }
}

#[cfg(test)]
mod tests;
