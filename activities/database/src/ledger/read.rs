//! What the ledger says of one reservation.

use chrono::{DateTime, Utc};
use domain::{Currency, Money, ReservationCode, ledger::Kind};
use sea_orm::{FromQueryResult, raw_sql};

use crate::{Database, Error, row};

/// Where the money of one reservation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// What the stay costs: nothing while it is a hold, and what is kept once it was given up.
    pub charged: Money,
    /// What of its payments counts for it and is with us: [`crate::reservations::Reservation::paid`].
    pub paid: Money,
    /// What is still owed; below zero when more is paid than the stay costs.
    pub owed: Money,
    /// Money that names the reservation and that nobody has decided on.
    pub unassigned: Money,
    /// Money that is to go back and has not gone.
    pub returning: Money,
}

/// One line of a reservation's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: DateTime<Utc>,
    /// What happened.
    pub what: Kind,
    /// By how much it changed what the guest owes: above zero for a charge and for money given back, below
    /// it for money that came.
    pub amount: Money,
    /// What the guest owes after it; below zero when we owe the guest.
    pub balance: Money,
}

#[derive(FromQueryResult)]
struct BalanceRow {
    charged: i64,
    paid: i64,
    unassigned: i64,
    returning: i64,
}

/// Where the money of a reservation is, all of it zero for one that the ledger does not know.
///
/// Only what is in the currency of our prices is counted.
///
/// # Errors
/// See [`Error`].
pub async fn balance(db: &Database, code: &ReservationCode) -> Result<Balance, Error> {
    let (code, currency) = (code.as_str(), Currency::Ars.code());
    let found = BalanceRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT
              coalesce(sum(amount_centavos) FILTER (WHERE account = 'guest' AND payment_id IS NULL), 0)::bigint
                  AS charged,
              -coalesce(sum(amount_centavos)
                  FILTER (WHERE account = 'guest' AND payment_id IS NOT NULL), 0)::bigint AS paid,
              -coalesce(sum(amount_centavos) FILTER (WHERE account = 'unassigned'), 0)::bigint AS unassigned,
              -coalesce(sum(amount_centavos) FILTER (WHERE account = 'refunds'), 0)::bigint AS returning
          FROM ledger_of({code}) JOIN ledger_postings ON transaction_id = id
          WHERE currency = {currency}"
    ));
    let found = found
        .one(db.pool())
        .await?
        .ok_or_else(|| Error::unexpected("a sum answered no row"))?;
    let money = |centavos| row::money(centavos, currency);
    Ok(Balance {
        charged: money(found.charged)?,
        paid: money(found.paid)?,
        owed: money(found.charged - found.paid)?,
        unassigned: money(found.unassigned)?,
        returning: money(found.returning)?,
    })
}

#[derive(FromQueryResult)]
struct LineRow {
    at: DateTime<Utc>,
    kind: String,
    amount: i64,
    balance: i64,
}

/// What happened between us and the guest of a reservation, in the order in which it was written down: what
/// was charged, what came, what went back. What only changed its purpose with us is left out.
///
/// # Errors
/// See [`Error`].
pub async fn statement(db: &Database, code: &ReservationCode) -> Result<Vec<Line>, Error> {
    let (code, currency) = (code.as_str(), Currency::Ars.code());
    let lines = LineRow::find_by_statement(raw_sql!(
        Postgres,
        r"WITH moved AS (
              SELECT id, at, kind, sum(amount_centavos)::bigint AS amount
              FROM ledger_of({code}) JOIN ledger_postings ON transaction_id = id
              WHERE account IN ('guest', 'unassigned', 'refunds') AND currency = {currency}
              GROUP BY id, at, kind HAVING sum(amount_centavos) <> 0
          )
          SELECT at, kind, amount, (sum(amount) OVER (ORDER BY id))::bigint AS balance FROM moved ORDER BY id"
    ));
    lines
        .all(db.pool())
        .await?
        .iter()
        .map(|line| {
            Ok(Line {
                at: line.at,
                what: row::word(&line.kind)?,
                amount: row::money(line.amount, currency)?,
                balance: row::money(line.balance, currency)?,
            })
        })
        .collect()
}
