#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod amount;
mod client;
pub mod date;
mod error;
mod id;
mod lenient;
pub mod notification;
mod payment;
mod preference;
mod refund;
mod wire_enum;

pub use amount::{Amount, InvalidAmount};
pub use client::{Client, InvalidBaseUrl, Page, PaymentFilter, PaymentSearch};
pub use error::{Error, Outage};
pub use id::{ExternalReference, IdempotencyKey, InvalidText, PaymentId};
pub use notification::{Notification, Topic, Verdict};
pub use payment::{Fee, FoundPayment, Payment, PaymentStatus, PaymentType};
pub use preference::{
    BackUrls, InvalidItem, Item, NewPreference, NotificationUrl, Payer, Preference,
    StatementDescriptor,
};
pub use refund::{Refund, RefundAmount, RefundStatus};
