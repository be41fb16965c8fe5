//! A unit that can be booked, with everything a guest may ask about it.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::{AccommodationId, policy::Policies, rate::RatePlan};

/// A unit that can be booked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accommodation {
    /// Its identifier.
    pub id: AccommodationId,
    /// What guests know it as.
    pub name: String,
    /// Other names guests use for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What kind of place it is.
    pub kind: Kind,
    /// How many can sleep there.
    pub capacity: u8,
    /// A few sentences about it.
    pub description: String,
    /// What it offers, in the owner's words.
    #[serde(default)]
    pub amenities: Vec<String>,
    /// Pictures of it, the best first.
    #[serde(default)]
    pub photos: Vec<Photo>,
    /// Where it is.
    pub location: Location,
    /// How to arrive and get in; told to confirmed guests only.
    #[serde(default)]
    pub access: String,
    /// The calendar its nights are counted in.
    pub time_zone: Tz,
    /// What a night costs.
    pub rates: RatePlan,
    /// What the owner decided for it.
    #[serde(default)]
    pub policies: Policies,
}

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A cabin.
    Cabin,
    /// A house.
    House,
    /// An apartment.
    Apartment,
    /// A room.
    Room,
}

impl Kind {
    /// The word in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cabin => "cabin",
            Self::House => "house",
            Self::Apartment => "apartment",
            Self::Room => "room",
        }
    }
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// Where it can be fetched.
    pub url: String,
    /// What it shows.
    #[serde(default)]
    pub caption: Option<String>,
}

/// Where an accommodation is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// The town or region, told to anybody.
    pub area: String,
    /// The street address, told to confirmed guests.
    pub address: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

impl Accommodation {
    /// The same accommodation under other policies: those that a reservation was made under.
    #[must_use]
    pub fn under(&self, terms: Policies) -> Self {
        Self {
            policies: terms,
            ..self.clone()
        }
    }

    /// The date where the accommodation is.
    #[must_use]
    pub fn today(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.time_zone).date_naive()
    }

    /// The instant at which the guest can arrive.
    #[must_use]
    pub fn check_in_at(&self, day: NaiveDate) -> DateTime<Utc> {
        self.local(day, self.policies.stay.check_in_from)
    }

    /// The instant by which the guest leaves.
    #[must_use]
    pub fn check_out_at(&self, day: NaiveDate) -> DateTime<Utc> {
        self.local(day, self.policies.stay.check_out_by)
    }

    /// Until when a purchase can be revoked, see [`cancellation::revocable_until`](crate::cancellation::revocable_until).
    #[must_use]
    pub fn revocable_until(
        &self,
        purchased_at: DateTime<Utc>,
        check_in: NaiveDate,
    ) -> DateTime<Utc> {
        let purchased_at = purchased_at.with_timezone(&self.time_zone);
        crate::cancellation::revocable_until(&purchased_at, self.check_in_at(check_in))
    }

    /// A local time as an instant; a time that the clocks skip is read as if they had not.
    fn local(&self, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        let local = day.and_time(time);
        self.time_zone
            .from_local_datetime(&local)
            .earliest()
            .map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
    }
}
