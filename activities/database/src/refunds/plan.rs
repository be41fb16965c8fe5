//! Which payments an amount goes back to.

use domain::{Money, ReservationCode, payment::PaymentId};
use sea_orm::{FromQueryResult, raw_sql};

use super::NewRefund;
use crate::{Database, Error};

/// How much of what is applied to a reservation goes back.
#[derive(Debug, Clone)]
pub struct GiveBack {
    /// Which reservation.
    pub code: ReservationCode,
    /// How much in all.
    pub amount: Money,
    /// Names the step that gives it back.
    pub step: String,
    /// Why.
    pub reason: String,
}

#[derive(FromQueryResult)]
struct Room {
    payment_id: String,
    room_centavos: i64,
}

/// Spreads an amount over the payments that were applied to a reservation, the latest first. What they do not
/// hold any more is left out.
///
/// Changes nothing, and answers the same for the same step, however much of it is under way.
///
/// # Errors
/// See [`Error`].
pub async fn plan(db: &Database, give_back: &GiveBack) -> Result<Vec<NewRefund>, Error> {
    let mut left = give_back.amount;
    let mut refunds = Vec::new();
    for room in rooms(db, give_back).await? {
        let amount = left.min(Money {
            centavos: room.room_centavos,
            ..left
        });
        if amount.is_positive() {
            left = left.less(amount);
            refunds.push(give_back.refund(PaymentId(room.payment_id), amount));
        }
    }
    Ok(refunds)
}

impl GiveBack {
    fn refund(&self, payment_id: PaymentId, amount: Money) -> NewRefund {
        NewRefund {
            key: format!("refund:{}:{payment_id}:{}", self.code, self.step),
            payment_id,
            code: Some(self.code.clone()),
            amount,
            reason: self.reason.clone(),
        }
    }
}

/// What each payment has applied and not given back, but for what this very step has given back already.
async fn rooms(db: &Database, give_back: &GiveBack) -> Result<Vec<Room>, Error> {
    let (code, step) = (give_back.code.as_str(), give_back.step.as_str());
    let rooms = Room::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT settlements.payment_id,
              least(settlements.applied_centavos, payment_left(settlements.payment_id)
                  + coalesce(same_step.amount_centavos, 0)) AS room_centavos
          FROM settlements JOIN payments ON payments.id = settlements.payment_id
          LEFT JOIN refunds AS same_step ON same_step.status <> 'failed'
              AND same_step.key = concat_ws(':', 'refund', settlements.code, settlements.payment_id, {step})
          WHERE settlements.code = {code}
          ORDER BY payments.approved_at DESC NULLS LAST, settlements.created_at DESC, settlements.payment_id"
    ));
    Ok(rooms.all(db.pool()).await?)
}
