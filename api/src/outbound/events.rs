//! What is sent, as the OpenAPI document describes it. The bodies themselves are written by Postgres, as part of what
//! they tell of.

#![expect(dead_code, reason = "only the shape of the body is written down")]

use chrono::{DateTime, NaiveDate, Utc};
use utoipa::ToSchema;

use crate::views::Amount;

/// What is posted to an endpoint. It holds nothing that tells who a guest is: that is asked for by the code.
///
/// Each request carries `webhook-id`, the same for every attempt and by which a repeat is recognised,
/// `webhook-timestamp`, and `webhook-signature`, as <https://www.standardwebhooks.com> has it. Any answer of 2xx within
/// 15 seconds takes the event, 410 switches the endpoint off; all others are tried again, ten times over three days.
#[derive(ToSchema)]
#[schema(title = "WebhookEvent")]
pub(crate) struct EventView {
    /// `reservation.held`, `.confirmed`, `.extended`, `.dates_changed`, `.expired`, `.cancelled`, `.completed` or
    /// `.no_show`; `payment.pending`, `.approved`, `.rejected`, `.cancelled`, `.refunded` or `.charged_back`.
    #[schema(example = "reservation.confirmed")]
    r#type: String,
    /// When it happened.
    timestamp: DateTime<Utc>,
    /// Of `reservation.…` the reservation, of `payment.…` the payment, as it was then.
    data: EventData,
}

/// What an event is about.
#[derive(ToSchema)]
#[schema(title = "WebhookEventData")]
pub(crate) enum EventData {
    /// A reservation.
    Reservation(ReservationData),
    /// A payment.
    Payment(PaymentData),
}

/// A reservation, as it was when it happened.
#[derive(ToSchema)]
#[schema(title = "WebhookReservation")]
pub(crate) struct ReservationData {
    /// Its code.
    #[schema(example = "RES261124ABC123")]
    code: String,
    /// Its status.
    #[schema(example = "confirmed")]
    status: String,
    /// Where.
    accommodation_id: String,
    /// Arrival.
    check_in: NaiveDate,
    /// Departure.
    check_out: NaiveDate,
    /// Everybody who sleeps there.
    guests: u8,
    /// How many of them are children.
    children: u8,
    /// Whether pets come along.
    pets: bool,
    /// The whole price.
    total: Amount,
    /// What confirms it.
    deposit: Amount,
    /// What was paid of it.
    paid: Amount,
    /// `whatsapp`, `direct` or `owner`.
    channel: String,
    /// When a hold ends.
    expires_at: Option<DateTime<Utc>>,
}

/// A payment, as the provider says it was when it happened.
#[derive(ToSchema)]
#[schema(title = "WebhookPayment")]
pub(crate) struct PaymentData {
    /// The provider's id.
    id: String,
    /// The reservation it is for, when it names one.
    reservation_code: Option<String>,
    /// Its status.
    #[schema(example = "approved")]
    status: String,
    /// How much.
    amount: Amount,
    /// How much of it went back.
    refunded: Amount,
    /// `deposit` or `balance`.
    purpose: Option<String>,
    /// How it was paid.
    method: String,
    /// When it was approved.
    approved_at: Option<DateTime<Utc>>,
}
