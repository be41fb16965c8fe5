//! What programs of others are told.

use crate::words::words;

words! {
    /// How far an event has come on its way to one address.
    WebhookStatus {
        /// It is tried.
        Pending = "pending",
        /// Whoever is there has it.
        Delivered = "delivered",
        /// It was given up.
        Failed = "failed",
    }
}
