//! Whether what is stored agrees with itself: asked anew from the facts, not believed.
//!
//! The checks are written as questions to Postgres, in other words than the code that they check. They look
//! at one moment, change nothing, and name reservations and payments, never a person.

mod books;
mod money;
mod nights;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    AccessMode, DatabaseTransaction, FromQueryResult, IsolationLevel, Statement, TransactionTrait,
};

use crate::{Database, Error};

/// Something that must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Its short name.
    pub name: &'static str,
    /// What holds, in a sentence.
    pub holds: &'static str,
    /// Asks for what contradicts it. `$1` is the moment before which things are overdue.
    sql: &'static str,
}

/// What contradicts a check. Amounts are centavos.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Difference {
    /// What it is about: a reservation, a payment, an account.
    pub subject: String,
    /// What is wrong with it.
    pub what: String,
    /// How much it should be, where it is an amount.
    pub expected: Option<i64>,
    /// How much it is.
    pub found: Option<i64>,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The check.
    pub check: Check,
    /// Everything that contradicts it.
    pub differences: Vec<Difference>,
}

/// Every check, in the order in which they are made.
pub fn checks() -> impl Iterator<Item = Check> {
    [books::CHECKS, money::CHECKS, nights::CHECKS]
        .into_iter()
        .flatten()
        .copied()
        .chain([nights::SOLD_ONCE])
}

/// Makes every check at one moment. What is under way since `overdue` or later may still come right and is
/// no difference.
///
/// # Errors
/// See [`Error`].
pub async fn make(db: &Database, overdue: DateTime<Utc>) -> Result<Vec<Checked>, Error> {
    let moment = db
        .pool()
        .begin_with_config(
            Some(IsolationLevel::RepeatableRead),
            Some(AccessMode::ReadOnly),
        )
        .await?;
    let mut made = Vec::new();
    for check in checks() {
        let differences = if check == nights::SOLD_ONCE {
            nights::sold_twice(&moment).await?
        } else {
            check.ask(&moment, overdue).await?
        };
        made.push(Checked { check, differences });
    }
    moment.rollback().await?;
    Ok(made)
}

impl Check {
    async fn ask(
        self,
        moment: &DatabaseTransaction,
        overdue: DateTime<Utc>,
    ) -> Result<Vec<Difference>, Error> {
        let backend = sea_orm::DbBackend::Postgres;
        let question = if self.sql.contains("$1") {
            Statement::from_sql_and_values(backend, self.sql, [overdue.into()])
        } else {
            Statement::from_string(backend, self.sql)
        };
        Ok(Difference::find_by_statement(question).all(moment).await?)
    }
}

/// A payment as our books have it, to be compared with the provider's.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct BookedPayment {
    /// The provider's name of it.
    pub id: String,
    /// What it is.
    pub status: String,
    /// What was paid.
    pub amount_centavos: i64,
    /// What the provider said has gone back.
    pub refunded_centavos: i64,
    /// What the provider keeps.
    pub fee_centavos: i64,
    /// ISO 4217.
    pub currency: String,
    /// Whether it went to our account.
    pub collected: bool,
    /// What the ledger has of it at the provider, before the fee.
    pub ledger_centavos: i64,
    /// What we gave back of it, as far as we know.
    pub returned_by_us_centavos: i64,
}

/// The payments of the provider that changed since a moment, by their id. What was recorded by hand is not
/// among them.
///
/// # Errors
/// See [`Error`].
pub async fn payments_since(
    db: &Database,
    since: DateTime<Utc>,
) -> Result<BTreeMap<String, BookedPayment>, Error> {
    booked(
        db,
        "payments.provider_updated_at >= $1 AND payments.id NOT LIKE 'by-hand:%'",
        since.into(),
    )
    .await
}

/// One payment of the provider, as it is now.
///
/// # Errors
/// See [`Error`].
pub async fn payment(db: &Database, id: &str) -> Result<Option<BookedPayment>, Error> {
    Ok(booked(db, "payments.id = $1", id.into()).await?.remove(id))
}

async fn booked(
    db: &Database,
    which: &str,
    value: sea_orm::Value,
) -> Result<BTreeMap<String, BookedPayment>, Error> {
    let sql = format!(
        r"SELECT payments.id, payments.status, payments.amount_centavos, payments.refunded_centavos,
              payments.fee_centavos, payments.currency, payments.collected,
              coalesce(books.here_centavos + books.fee_centavos, 0)::bigint
                  AS ledger_centavos,
              coalesce((SELECT sum(amount_centavos) FROM refunds
                  WHERE payment_id = payments.id AND status = 'approved'), 0)::bigint
                  AS returned_by_us_centavos
          FROM payments LEFT JOIN ledger_payments AS books ON books.payment_id = payments.id
              AND books.currency = payments.currency
          WHERE {which}"
    );
    let statement = Statement::from_sql_and_values(sea_orm::DbBackend::Postgres, sql, [value]);
    let found = BookedPayment::find_by_statement(statement)
        .all(db.pool())
        .await?;
    Ok(found
        .into_iter()
        .map(|payment| (payment.id.clone(), payment))
        .collect())
}
