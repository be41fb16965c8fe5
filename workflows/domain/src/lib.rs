#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod accommodation;
pub mod arrival;
pub mod availability;
pub mod cancellation;
pub mod change;
pub mod holiday;
pub mod id;
pub mod language;
pub mod ledger;
pub mod money;
pub mod party;
pub mod payment;
pub mod policy;
pub mod quote;
pub mod rate;
pub mod reservation;
pub mod retention;
pub mod role;
pub mod settlement;
pub mod stay;
pub mod webhook;
mod words;

pub use accommodation::Accommodation;
pub use id::{
    AccommodationId, ApiTokenId, ExportId, FeedId, GuestId, MessageId, SessionId, UserId,
    WebhookDeliveryId, WebhookEndpointId, WebhookEventId,
};
pub use language::Language;
pub use money::{BasisPoints, Currency, Money};
pub use party::Party;
pub use quote::Quote;
pub use reservation::{Channel, ReservationCode, ReservationStatus};
pub use retention::Retention;
pub use role::{Role, Scope};
pub use stay::Stay;
pub use webhook::WebhookStatus;
