//! A reservation's account, for operators.

use chrono::{DateTime, Utc};
use database::{Database, ledger};
use domain::ReservationCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::ReservationView;
use crate::{error::Error, views::Amount};

/// A reservation, and its account when an operator asks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReservationAccount {
    /// The reservation.
    #[serde(flatten)]
    pub(crate) reservation: ReservationView,
    /// What was charged, what came and what went back, in order; left out when a guest asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ledger: Option<Vec<LedgerLine>>,
}

/// One line of a reservation's account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LedgerLine {
    /// When it happened.
    date: DateTime<Utc>,
    /// `charged`, `charge_changed`, `charge_released`, `payment_received`, `refund_completed`, or `opening`
    /// for what was there before the ledger.
    #[schema(example = "payment_received")]
    what: &'static str,
    /// By how much it changed what the guest owes: above zero for a charge and for money given back, below
    /// it for money that came.
    amount: Amount,
    /// What the guest owes after it; below zero when it is the guest's money that is with us.
    balance: Amount,
}

impl From<&ledger::Line> for LedgerLine {
    fn from(line: &ledger::Line) -> Self {
        Self {
            date: line.at,
            what: line.what.as_str(),
            amount: line.amount.into(),
            balance: line.balance.into(),
        }
    }
}

/// The account of a reservation.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn load(
    database: &Database,
    code: &ReservationCode,
) -> Result<Vec<LedgerLine>, Error> {
    let lines = ledger::statement(database, code).await?;
    Ok(lines.iter().map(LedgerLine::from).collect())
}
