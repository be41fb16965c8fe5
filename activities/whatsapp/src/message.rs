//! Messages to guests, whose limits hold by construction.
//!
//! The platform refuses a title of 21 characters rather than cutting it, so every text with a limit is a
//! type of its own: `parse` says no, `truncating` cuts on a grapheme boundary and leaves an ellipsis.
//! What could be built here is not refused for its shape.
//!
//! The serialised form of a [`Message`] is the platform's own, and reading it back passes the same
//! checks: a message kept in an outbox is a message that can be sent.

mod interactive;
mod media;
mod recipient;
mod template;
mod text;
mod wire;

pub use interactive::{Button, Buttons, CtaUrl, List, NumberRequest, Row, Section};
pub use media::{Image, Location};
pub use recipient::{InvalidRecipient, Recipient};
pub use template::{Parameters, Template, TemplateButton};
pub use text::{
    Body, ButtonId, ButtonTitle, Caption, Footer, Header, Invalid, RowDescription, RowId, RowTitle,
    SectionTitle, Text,
};

pub(crate) use wire::Envelope;

use serde::{Deserialize, Serialize};

/// A message to a guest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "wire::Message", try_from = "wire::Message")]
pub enum Message {
    /// Words.
    Text(Text),
    /// A question with up to three answers to tap.
    Buttons(Buttons),
    /// A question with up to ten answers to choose from.
    List(List),
    /// A link behind a button.
    CtaUrl(CtaUrl),
    /// A request for the phone number of a guest who hides it.
    NumberRequest(NumberRequest),
    /// A picture by its address.
    Image(Image),
    /// A pin on the map.
    Location(Location),
    /// An approved template, which may go out at any time.
    Template(Template),
}

impl Message {
    /// Whether it may go out when the guest has not written for 24 hours.
    #[must_use]
    pub fn opens_closed_window(&self) -> bool {
        matches!(self, Self::Template(_))
    }
}

macro_rules! message_from {
    ($($kind:ident),+) => {$(
        impl From<$kind> for Message {
            fn from(content: $kind) -> Self {
                Self::$kind(content)
            }
        }
    )+};
}

message_from!(
    Text,
    Buttons,
    List,
    CtaUrl,
    NumberRequest,
    Image,
    Location,
    Template
);
