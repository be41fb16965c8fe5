//! What the owner hears on their phone of matters that wait for them.

use chrono::NaiveDate;
use domain::{Language, Stay};
use minijinja::context;

use crate::{Say, Template, Texts, format::Voice, template::filled, texts::Key};

/// What waits for the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnersMatter<'a> {
    /// A channel and somebody else have the same nights.
    Conflict {
        /// The channel.
        channel: &'a str,
        /// Who else: a reservation's code, or another channel.
        other: &'a str,
        /// The first nights in a row that both have, where they are a stay.
        nights: Option<Stay>,
    },
    /// A calendar suddenly leaves out nights that were taken.
    Drop {
        /// The channel.
        channel: &'a str,
    },
    /// A calendar cannot be read.
    Failing {
        /// The channel.
        channel: &'a str,
    },
}

/// The message while the owner's window is open, and the template for when it is not. They say the same.
#[must_use]
pub fn owners_matter(
    matter: OwnersMatter<'_>,
    accommodation: &str,
    today: NaiveDate,
    (language, texts): (Language, &Texts),
) -> (Say, Template) {
    let voice = Voice {
        texts,
        language,
        today,
    };
    let (key, channel, other, nights) = match matter {
        OwnersMatter::Conflict {
            channel,
            other,
            nights,
        } => (Key::ApprovedOwnerConflict, channel, Some(other), nights),
        OwnersMatter::Drop { channel } => (Key::ApprovedOwnerDrop, channel, None, None),
        OwnersMatter::Failing { channel } => (Key::ApprovedOwnerFailing, channel, None, None),
    };
    let dates = nights.map_or_else(|| "…".to_owned(), |nights| voice.range(nights));
    let values = context! { name => accommodation, channel, other, dates };
    let said = texts.render(language, key, &values);
    (Say::text(said), filled(key, &values, language, texts))
}
