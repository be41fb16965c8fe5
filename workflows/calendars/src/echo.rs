//! Nights of ours that a channel gives back as its own (contract, section 5).

use chrono::{DateTime, Utc};

use crate::{Kind, NightSet};

/// One version of our export feed, as a channel has fetched it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// When it was fetched for the first time.
    pub at: DateTime<Utc>,
    /// Every night that it said is taken.
    pub nights: NightSet,
}

/// Whether an event that was first seen at `first_seen` is probably an echo: the channel had fetched all its
/// nights from us before, and it does not say that somebody booked.
#[must_use]
pub fn is_echo(
    kind: Kind,
    nights: &NightSet,
    served: &[Served],
    first_seen: DateTime<Utc>,
) -> bool {
    kind != Kind::Reservation
        && !nights.is_empty()
        && served
            .iter()
            .any(|version| version.at < first_seen && version.nights.covers(nights))
}
