#![doc = include_str!("../README.md")]

mod alive;
mod calendars;
mod conversation;
mod failure;
mod hearing;
mod housekeeping;
mod inventory;
mod messaging;
mod payments;
mod reservations;
mod restore;
mod waiting_list;
mod webhooks;
mod words;

use clips::Clips;
use database::Database;
use feed_fetcher::Fetcher;
use front_desk::FrontDesk;
use keyring::Keyring;
use night_locks::NightLocks;
use pace::Pace;
use workflows::contracts::speech::Patience;

pub use calendars::{CalendarActivities, CalendarSettings};
pub use conversation::{ConversationActivities, NoNumber, OwnerNumber};
pub use hearing::SpeechActivities;
pub use housekeeping::HousekeepingActivities;
pub use inventory::InventoryActivities;
pub use messaging::MessagingActivities;
pub use payments::{PaymentActivities, PaymentSettings};
pub use reservations::ReservationActivities;
pub use restore::{BegunAnew, begin_all_anew};
pub use waiting_list::WaitingActivities;
pub use webhooks::WebhookActivities;
pub use words::Words;

/// Who listens to guests who talk, and how long they wait for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listeners {
    /// Nobody.
    Nobody,
    /// This worker.
    Here(Patience),
    /// Another worker, when it is there.
    Elsewhere(Patience),
}

/// Everything that activities reach the world through.
#[derive(Debug, Clone)]
pub struct World {
    /// Postgres.
    pub database: Database,
    /// The night locks in Redis.
    pub locks: NightLocks,
    /// The way into other workflows.
    pub front_desk: FrontDesk,
    /// WhatsApp.
    pub whatsapp: whatsapp::Client,
    /// The turns in which messages go out.
    pub pace: Pace,
    /// Mercado Pago.
    pub mercado_pago: mercado_pago::Client,
    /// What the guests are told.
    pub words: Words,
    /// Clips that are to be heard.
    pub clips: Clips,
    /// The number that the owner writes from, if the chat takes orders.
    pub owner: Option<OwnerNumber>,
    /// Who listens to guests who talk.
    pub listeners: Listeners,
    /// Other channels' calendars.
    pub fetcher: Fetcher,
    /// How they are read.
    pub calendars: CalendarSettings,
    /// What secrets are kept closed with.
    pub keys: Keyring,
    /// Whose money it is.
    pub payments: PaymentSettings,
}
