//! Money that goes back: asked for by the seller under a key, or returned by the provider itself.

use chrono::{DateTime, Duration, Utc};
use mercado_pago::{Amount, PaymentId, PaymentStatus, RefundStatus};

use super::{Ledger, Unmoved};
use crate::mercado_pago::{
    payment::Payment,
    refund::{KeyUse, Refund, RefundRequest},
    refusal::Refusal,
    switches::RefundOutcome,
};

/// How long after its approval a payment can be returned.
const WINDOW: Duration = Duration::days(180);

impl Ledger {
    pub(in crate::mercado_pago) fn refunds_of(&self, payment: PaymentId) -> Vec<Refund> {
        let of_payment = self
            .refunds
            .values()
            .filter(|refund| refund.payment_id == payment);
        of_payment.cloned().collect()
    }

    /// Takes a key for a request, or answers what it gave the first time.
    pub(in crate::mercado_pago) fn take_key(
        &mut self,
        key: &str,
        request: RefundRequest,
    ) -> Result<Option<Refund>, Refusal> {
        match self.keys.get(key) {
            Some(earlier) if earlier.request() != request => Err(Refusal::key_reused()),
            Some(KeyUse::InFlight(_)) => Err(Refusal::key_locked()),
            Some(KeyUse::Done(_, refund)) => Ok(Some(refund.clone())),
            None => {
                self.keys.insert(key.to_owned(), KeyUse::InFlight(request));
                Ok(None)
            }
        }
    }

    /// Returns money under a key that was taken for it. A refused request frees its key.
    pub(in crate::mercado_pago) fn refund(
        &mut self,
        key: &str,
        request: RefundRequest,
        now: DateTime<Utc>,
    ) -> Result<Refund, Refusal> {
        let refund = self.refundable(request, now).map(|amount| {
            let status = match self.switches.refunds {
                RefundOutcome::Approved => RefundStatus::Approved,
                RefundOutcome::InProcess => RefundStatus::InProcess,
                RefundOutcome::Rejected => RefundStatus::Rejected,
            };
            self.enter(
                request.payment_id,
                amount,
                status,
                Some(key.to_owned()),
                now,
            )
        });
        match &refund {
            Ok(refund) => {
                let done = KeyUse::Done(request, refund.clone());
                self.keys.insert(key.to_owned(), done);
            }
            Err(_) => {
                self.keys.remove(key);
            }
        }
        refund
    }

    /// How much would go back, if anything may.
    fn refundable(&self, request: RefundRequest, now: DateTime<Utc>) -> Result<Amount, Refusal> {
        let payment = self
            .payments
            .get(&request.payment_id)
            .ok_or_else(Refusal::payment_not_found)?;
        let returnable = [PaymentStatus::Approved, PaymentStatus::InMediation];
        if !returnable.contains(&payment.status) {
            let message = "The action requested is not valid for the current payment state";
            return Err(Refusal::coded(2063, message));
        }
        if payment
            .approved
            .is_some_and(|approved| now > approved + WINDOW)
        {
            return Err(Refusal::coded(2024, "Payment too old to be refunded"));
        }
        let left = self.unreturned(payment);
        let amount = request.amount.unwrap_or(left);
        if amount <= Amount::ZERO || amount > left {
            return Err(Refusal::coded(
                2018,
                "The amount is not available for refund",
            ));
        }
        if self
            .switches
            .balance
            .is_some_and(|balance| balance < amount)
        {
            return Err(Refusal::coded(2031, "Insufficient available money"));
        }
        Ok(amount)
    }

    /// What is neither returned nor about to be.
    fn unreturned(&self, payment: &Payment) -> Amount {
        let refunds = self.refunds_of(payment.id);
        let bound = refunds.iter().filter(|refund| refund.binds());
        bound.fold(payment.amount, |left, refund| left.minus(refund.amount))
    }

    /// The provider returns money by itself: all of it, or a part.
    pub(in crate::mercado_pago) fn return_by_provider(
        &mut self,
        id: PaymentId,
        amount: Option<Amount>,
        now: DateTime<Utc>,
    ) -> Result<Payment, Unmoved> {
        let request = RefundRequest {
            payment_id: id,
            amount,
        };
        let forbidden = |refusal: Refusal| Unmoved::Forbidden(refusal.to_string());
        let amount = self.refundable(request, now).map_err(forbidden)?;
        self.enter(id, amount, RefundStatus::Approved, None, now);
        self.payments
            .get(&id)
            .cloned()
            .ok_or(Unmoved::Unknown("payment"))
    }

    /// Decides a refund that was in process.
    pub(in crate::mercado_pago) fn decide_refund(
        &mut self,
        id: i64,
        status: RefundStatus,
        now: DateTime<Utc>,
    ) -> Result<Refund, Unmoved> {
        let refund = self
            .refunds
            .get_mut(&id)
            .ok_or(Unmoved::Unknown("refund"))?;
        if refund.status != RefundStatus::InProcess {
            let message = format!("a refund that is {} stays so", refund.status);
            return Err(Unmoved::Forbidden(message));
        }
        refund.status = status;
        let refund = refund.clone();
        self.settle(&refund, now);
        Ok(refund)
    }

    fn enter(
        &mut self,
        payment_id: PaymentId,
        amount: Amount,
        status: RefundStatus,
        key: Option<String>,
        now: DateTime<Utc>,
    ) -> Refund {
        let collector_id = self
            .payments
            .get(&payment_id)
            .map_or(0, |payment| payment.collector_id);
        let refund = Refund {
            id: self.new_id(now),
            payment_id,
            amount,
            status,
            created: now,
            collector_id,
            key,
        };
        self.refunds.insert(refund.id, refund.clone());
        self.settle(&refund, now);
        refund
    }

    /// An approved refund changes its payment and the balance.
    fn settle(&mut self, refund: &Refund, now: DateTime<Utc>) {
        if refund.status != RefundStatus::Approved {
            return;
        }
        let Some(payment) = self.payments.get_mut(&refund.payment_id) else {
            return;
        };
        let refunded = payment
            .refunded
            .centavos()
            .saturating_add(refund.amount.centavos());
        payment.refunded = Amount::from_centavos(refunded);
        if payment.remaining() <= Amount::ZERO {
            payment.turn(PaymentStatus::Refunded, "refunded".to_owned(), now);
        } else {
            payment.turn(payment.status.clone(), "partially_refunded".to_owned(), now);
        }
        if let Some(balance) = &mut self.switches.balance {
            *balance = balance.minus(refund.amount);
        }
    }
}
