//! Payments and their refunds: read, cancel, return.

use reqwest::Method;
use serde_json::json;

use super::{Client, send};
use crate::error::Error;
use crate::id::{IdempotencyKey, PaymentId};
use crate::payment::Payment;
use crate::refund::{Refund, RefundAmount};

impl Client {
    /// Reads a payment: the only truth about it. `None` if the provider does not know it, which may
    /// be true for a moment after it was made, or for ever when the id was invented.
    ///
    /// # Errors
    ///
    /// Any but [`Error::NotFound`].
    pub async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, Error> {
        match send(self.request(Method::GET, &["v1", "payments", &id.to_string()])).await {
            Ok(payment) => Ok(Some(payment)),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Cancels a payment that is pending, in process or authorized. It races with the payer, so
    /// read the payment again afterwards.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] with code `2018` if it is too late, or any other.
    pub async fn cancel_payment(&self, id: PaymentId) -> Result<Payment, Error> {
        let request = self.request(Method::PUT, &["v1", "payments", &id.to_string()]);
        send(request.json(&json!({ "status": "cancelled" }))).await
    }

    /// Returns money to the payer. Idempotent on the key: the same key and amount give the first
    /// result again.
    ///
    /// After [`Error::Unavailable`] or [`Error::Conflict`] look at [`Client::refunds`] first.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] with the provider's code (`2063` wrong state, `2024` too old, `2031` not
    /// enough balance), [`Error::Conflict`] if the key was used for something else, or any other.
    pub async fn refund(
        &self,
        payment: PaymentId,
        amount: RefundAmount,
        key: &IdempotencyKey,
    ) -> Result<Refund, Error> {
        let body = match amount {
            RefundAmount::Remainder => json!({}),
            RefundAmount::Exactly(amount) => json!({ "amount": amount }),
        };
        let request = self
            .request(
                Method::POST,
                &["v1", "payments", &payment.to_string(), "refunds"],
            )
            .header("x-idempotency-key", key.as_str());
        send(request.json(&body)).await
    }

    /// Every refund of a payment.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such payment, or any other.
    pub async fn refunds(&self, payment: PaymentId) -> Result<Vec<Refund>, Error> {
        send(self.request(
            Method::GET,
            &["v1", "payments", &payment.to_string(), "refunds"],
        ))
        .await
    }
}
