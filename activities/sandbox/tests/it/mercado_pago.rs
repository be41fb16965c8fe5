//! Mercado Pago over HTTP: its API through the product's client, its page as a browser, its
//! notifications as the product receives them.

mod checkout;
mod notifications;
mod payments;
mod preferences;
mod refunds;
mod stage;
mod trouble;
