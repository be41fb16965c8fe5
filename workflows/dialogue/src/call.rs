//! What the owner hears on their phone of matters that wait for them.

use chrono::NaiveDate;
use domain::{Language, Stay};
use minijinja::context;

use crate::{
    Button, Say, Template, Texts,
    format::Voice,
    owner::{Decision, Order},
    template::filled,
    texts::{Key, Label},
};

/// As many ranges of nights are named; there may be more.
const NAMED: usize = 6;

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
        /// Its number in the queue.
        matter: i64,
        /// The channel.
        channel: &'a str,
        /// The nights, each with the day after them.
        nights: &'a [(NaiveDate, NaiveDate)],
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
    let (key, channel, other, dates) = match matter {
        OwnersMatter::Conflict {
            channel,
            other,
            nights,
        } => {
            let dates = nights.map(|nights| voice.range(nights));
            (Key::ApprovedOwnerConflict, channel, Some(other), dates)
        }
        OwnersMatter::Drop {
            channel, nights, ..
        } => {
            let dates = named(nights, &voice);
            (Key::ApprovedOwnerDrop, channel, None, dates)
        }
        OwnersMatter::Failing { channel } => (Key::ApprovedOwnerFailing, channel, None, None),
    };
    let dates = dates.unwrap_or_else(|| "…".to_owned());
    let values = context! { name => accommodation, channel, other, dates };
    let said = texts.render(language, key, &values);
    let template = filled(key, &values, language, texts);
    let OwnersMatter::Drop { matter, .. } = matter else {
        return (Say::text(said), template);
    };
    let buttons = [
        (Decision::Free, Label::OwnerFree),
        (Decision::Keep, Label::OwnerKeep),
    ]
    .map(|(decision, label)| Button::new(Order::Decide(matter, decision), voice.label(label)));
    let replies = buttons.iter().map(|button| button.id.clone()).collect();
    (
        Say::buttons(said, buttons.into()),
        Template {
            replies,
            ..template
        },
    )
}

/// The nights, as far as they fit.
fn named(nights: &[(NaiveDate, NaiveDate)], voice: &Voice<'_>) -> Option<String> {
    let mut ranges: Vec<String> = nights
        .iter()
        .take(NAMED)
        .map(|(from, to)| voice.between(*from, *to))
        .collect();
    if nights.len() > NAMED {
        ranges.push("…".to_owned());
    }
    (!ranges.is_empty()).then(|| ranges.join(", "))
}
