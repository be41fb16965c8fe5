//! Writing down what is different from what the ledger says.

use chrono::{DateTime, Utc};
use domain::{
    ledger::{Account, Charge, Custody, Entry, Kind, Posted, Receipt},
    payment::PaymentId,
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, raw_sql};
use serde_json::{Value, json};

use crate::{Error, payments, row};

/// Brings the ledger level with a payment, and with its reservation when it has been decided on. Answers what
/// is paid there now.
///
/// The caller has locked the payment, and changed what is known of it in this transaction.
pub(crate) async fn follow_payment(
    turn: &DatabaseTransaction,
    id: &PaymentId,
    at: DateTime<Utc>,
) -> Result<Option<i64>, Error> {
    let Some(payment) = PaymentRow::find(turn, id).await? else {
        return Ok(None);
    };
    if payment.collected {
        let subject = Subject::Payment(id);
        let said = subject.posted(turn).await?;
        let entries = payment.receipt(id)?.entries(&said.balances);
        let came_at = payment.came_at();
        for (entry, number) in entries.iter().zip(said.transactions + 1..) {
            let at = if entry.kind == Kind::PaymentReceived {
                came_at
            } else {
                at
            };
            let about = About {
                key: format!("payment/{id}/{number}"),
                code: payment.settled_for.as_deref().or(payment.code.as_deref()),
                payment_id: Some(id),
                currency: &payment.currency,
                at,
            };
            about.write(turn, entry).await?;
        }
    }
    match &payment.settled_for {
        Some(code) => payments::refresh_paid(turn, code, at).await.map(Some),
        None => Ok(None),
    }
}

/// Brings the ledger level with what a reservation costs.
///
/// The caller holds the lock of its row.
pub(crate) async fn follow_reservation(
    turn: &DatabaseTransaction,
    code: &str,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let found = ChargeRow::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT reservation_status, total_centavos, currency, (
              SELECT coalesce(sum(greatest(0, least(applied_centavos,
                  amount_centavos - greatest(refunded_centavos, (
                      SELECT coalesce(sum(refunds.amount_centavos), 0) FROM refunds
                      WHERE refunds.payment_id = payments.id AND refunds.status <> 'failed'))))), 0)
              FROM settlements JOIN payments ON payments.id = payment_id
              WHERE settlements.code = reservations.code)::bigint AS kept_centavos
          FROM reservations WHERE code = {code}"
    ));
    let found = found.one(turn).await?.ok_or(Error::NotFound {
        what: "reservation",
    })?;
    let charge = Charge {
        status: row::word(&found.reservation_status)?,
        total: found.total_centavos,
        kept: found.kept_centavos,
    };
    let said = Subject::Charge(code).posted(turn).await?;
    for (entry, number) in charge
        .entries(&said.balances)
        .iter()
        .zip(said.transactions + 1..)
    {
        let about = About {
            key: format!("charge/{code}/{number}"),
            code: Some(code),
            payment_id: None,
            currency: &found.currency,
            at,
        };
        about.write(turn, entry).await?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct ChargeRow {
    reservation_status: String,
    total_centavos: i64,
    kept_centavos: i64,
    currency: String,
}

#[derive(FromQueryResult)]
struct PaymentRow {
    code: Option<String>,
    settled_for: Option<String>,
    status: String,
    amount_centavos: i64,
    refunded_centavos: i64,
    fee_centavos: i64,
    currency: String,
    collected: bool,
    approved_at: Option<DateTime<Utc>>,
    provider_updated_at: DateTime<Utc>,
    applied_centavos: Option<i64>,
    decided_centavos: i64,
    completed_centavos: i64,
}

impl PaymentRow {
    async fn find(turn: &DatabaseTransaction, id: &PaymentId) -> Result<Option<Self>, Error> {
        let id = id.0.as_str();
        let found = Self::find_by_statement(raw_sql!(
            Postgres,
            r"SELECT payments.code, settlements.code AS settled_for, payments.status,
                  payments.amount_centavos, payments.refunded_centavos, payments.fee_centavos,
                  payments.currency, payments.collected, payments.approved_at, payments.provider_updated_at,
                  settlements.applied_centavos, ours.decided_centavos, ours.completed_centavos
              FROM payments LEFT JOIN settlements ON settlements.payment_id = payments.id,
              LATERAL (
                  SELECT
                      coalesce(sum(amount_centavos) FILTER (WHERE status <> 'failed'), 0)::bigint
                          AS decided_centavos,
                      coalesce(sum(amount_centavos) FILTER (WHERE status = 'approved'), 0)::bigint
                          AS completed_centavos
                  FROM refunds WHERE refunds.payment_id = payments.id) AS ours
              WHERE payments.id = {id}"
        ));
        Ok(found.one(turn).await?)
    }

    fn receipt(&self, id: &PaymentId) -> Result<Receipt, Error> {
        Ok(Receipt {
            custody: Custody::of(id),
            status: row::document(Value::from(self.status.as_str()))?,
            amount: self.amount_centavos,
            refunded: self.refunded_centavos,
            fee: self.fee_centavos,
            applied: self.applied_centavos,
            decided: self.decided_centavos,
            completed: self.completed_centavos,
        })
    }

    fn came_at(&self) -> DateTime<Utc> {
        self.approved_at.unwrap_or(self.provider_updated_at)
    }
}

/// What the ledger knows by one name.
#[derive(Clone, Copy)]
enum Subject<'a> {
    Payment(&'a PaymentId),
    /// What a reservation costs, apart from its payments.
    Charge(&'a str),
}

/// What the ledger says of a subject until now.
struct Said {
    balances: Posted,
    transactions: i64,
}

#[derive(FromQueryResult)]
struct BalanceRow {
    account: String,
    balance: i64,
    transactions: i64,
}

impl Subject<'_> {
    async fn posted(self, turn: &DatabaseTransaction) -> Result<Said, Error> {
        let statement = match self {
            Self::Payment(id) => {
                let id = id.0.as_str();
                raw_sql!(
                    Postgres,
                    r"WITH about AS (SELECT id FROM ledger_transactions WHERE payment_id = {id})
                      SELECT account, sum(amount_centavos)::bigint AS balance,
                          (SELECT count(*) FROM about) AS transactions
                      FROM about JOIN ledger_postings ON transaction_id = id GROUP BY account"
                )
            }
            Self::Charge(code) => raw_sql!(
                Postgres,
                r"WITH about AS (
                      SELECT id FROM ledger_transactions WHERE code = {code} AND payment_id IS NULL)
                  SELECT account, sum(amount_centavos)::bigint AS balance,
                      (SELECT count(*) FROM about) AS transactions
                  FROM about JOIN ledger_postings ON transaction_id = id GROUP BY account"
            ),
        };
        let rows = BalanceRow::find_by_statement(statement).all(turn).await?;
        let transactions = rows.first().map_or(0, |row| row.transactions);
        let balances = rows
            .iter()
            .map(|found| Ok((row::word::<Account>(&found.account)?, found.balance)))
            .collect::<Result<_, Error>>()?;
        Ok(Said {
            balances,
            transactions,
        })
    }
}

/// What an entry is about.
struct About<'a> {
    key: String,
    code: Option<&'a str>,
    payment_id: Option<&'a PaymentId>,
    currency: &'a str,
    at: DateTime<Utc>,
}

impl About<'_> {
    async fn write(&self, turn: &DatabaseTransaction, entry: &Entry) -> Result<(), Error> {
        let (key, kind, currency, at) = (
            self.key.as_str(),
            entry.kind.as_str(),
            self.currency,
            self.at,
        );
        let code = self.code;
        let payment_id = self.payment_id.map(|id| id.0.as_str());
        let legs: Value = entry
            .postings
            .iter()
            .map(|leg| json!({ "account": leg.account.as_str(), "centavos": leg.centavos }))
            .collect();
        turn.execute_raw(raw_sql!(
            Postgres,
            r"WITH entered AS (
                  INSERT INTO ledger_transactions (key, kind, code, payment_id, at)
                  VALUES ({key}, {kind}, {code}, {payment_id}, {at}) RETURNING id
              )
              INSERT INTO ledger_postings (transaction_id, account, amount_centavos, currency)
              SELECT entered.id, leg.account, leg.centavos, {currency}
              FROM entered, jsonb_to_recordset({legs}) AS leg (account text, centavos bigint)"
        ))
        .await?;
        Ok(())
    }
}
