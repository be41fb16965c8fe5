//! WhatsApp over HTTP: the Graph API through the product's client, the guest through the control API,
//! the webhooks as the product receives them.

mod guests;
mod media;
mod sending;
mod stage;
mod templates;
mod trouble;
mod webhooks;
