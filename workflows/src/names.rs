//! The names by which the platform is found: workflow ids, search attributes, the schedule.
//!
//! Only this module builds them. None holds personal data: guests go by our own ids.

use domain::{FeedId, GuestId, MessageId, ReservationCode, WebhookDeliveryId, payment::PaymentId};
use temporalio_common::{SearchAttributeKey, Timestamp};

/// The task queue that workers serve unless told otherwise.
pub const TASK_QUEUE: &str = "posada";

/// The queue of those who listen, beside the main one: one recording at a time, so that nothing else waits for
/// it.
#[must_use]
pub fn voice_queue(task_queue: &str) -> String {
    format!("{task_queue}-voice")
}

/// The workflow that has a clip listened to.
#[must_use]
pub fn transcription(clip: &str) -> String {
    format!("transcription/{clip}")
}

/// The workflow of a reservation.
#[must_use]
pub fn reservation(code: &ReservationCode) -> String {
    format!("reservation/{code}")
}

/// The workflow of a guest's conversation.
#[must_use]
pub fn conversation(guest: GuestId) -> String {
    format!("conversation/{guest}")
}

/// The workflow of a message that staff wrote.
#[must_use]
pub fn staff_message(message: MessageId) -> String {
    format!("staff-message/{message}")
}

/// The workflow of an event on its way to a program of somebody else's.
#[must_use]
pub fn webhook(delivery: WebhookDeliveryId) -> String {
    format!("webhook/{delivery}")
}

/// The workflow of a payment.
#[must_use]
pub fn payment(payment: &PaymentId) -> String {
    format!("payment/{payment}")
}

/// The workflow that offers nights that came free to those who wait for them. There is one for each task queue.
#[must_use]
pub fn waiting_list(task_queue: &str) -> String {
    format!("waiting-list/{task_queue}")
}

/// The workflow that reads a channel's calendar, and the schedule that starts it.
#[must_use]
pub fn calendar(feed: FeedId) -> String {
    format!("calendar/{feed}")
}

/// The workflow that looks at a calendar before it is added.
#[must_use]
pub fn calendar_preview(preview: FeedId) -> String {
    format!("calendar-preview/{preview}")
}

/// The schedule, and the workflows it starts, that see to it that every calendar is read. There is one for each
/// task queue.
#[must_use]
pub fn calendar_rounds(task_queue: &str) -> String {
    format!("calendar-rounds/{task_queue}")
}

/// The schedule, and the workflows it starts, that look for payments whose notification never came. There is
/// one for each task queue.
#[must_use]
pub fn reconciliation(task_queue: &str) -> String {
    format!("reconciliation/{task_queue}")
}

/// The schedule, and the workflows it starts, of what is done once a day. There is one for each task queue.
#[must_use]
pub fn housekeeping(task_queue: &str) -> String {
    format!("housekeeping/{task_queue}")
}

/// The reservation's code.
pub const RESERVATION_CODE: SearchAttributeKey<String> =
    SearchAttributeKey::keyword("ReservationCode");
/// Where the stay is.
pub const ACCOMMODATION_ID: SearchAttributeKey<String> =
    SearchAttributeKey::keyword("AccommodationId");
/// The reservation's status, as in Postgres.
pub const RESERVATION_STATUS: SearchAttributeKey<String> =
    SearchAttributeKey::keyword("ReservationStatus");
/// When the stay begins.
pub const CHECK_IN: SearchAttributeKey<Timestamp> = SearchAttributeKey::datetime("CheckIn");
/// Where the reservation came from.
pub const CHANNEL: SearchAttributeKey<String> = SearchAttributeKey::keyword("Channel");
