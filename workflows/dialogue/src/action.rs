//! What buttons and rows mean: the ids they are sent with, and the way back.
//!
//! An id carries all that is needed to act on it, since it may be pressed days later; whether it still
//! holds is decided by whoever acts. Ids that are not ours are not read.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use domain::{AccommodationId, Money, Party, ReservationCode, Stay};

use crate::state::{Move, Proposal};

/// What pressing a button or picking a row asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// The menu.
    Menu,
    /// To look for a stay, keeping what is known.
    Availability,
    /// Other dates.
    OtherDates,
    /// Another party.
    OtherParty,
    /// Another accommodation.
    OtherPlace,
    /// The stay without the pets.
    WithoutPets,
    /// To change something of what was read back.
    Change,
    /// Not to book what was read back.
    Dismiss,
    /// This many guests.
    Guests(u8),
    /// These dates, or this arrival.
    Dates(NaiveDate, Option<NaiveDate>),
    /// This accommodation, for whatever stay is being talked about.
    Place(AccommodationId),
    /// This stay, to be read back.
    Pick(AccommodationId, Stay, Party),
    /// Book what was read back.
    Confirm(Proposal),
    /// My reservations.
    Mine,
    /// One of them.
    Reservation(ReservationCode),
    /// Its payment link.
    Pay(ReservationCode),
    /// More time for it.
    Extend(ReservationCode),
    /// What cancelling it would give back.
    AskToCancel(ReservationCode),
    /// To cancel it for this refund.
    Cancel(ReservationCode, Money),
    /// To revoke its purchase.
    Revoke(ReservationCode),
    /// A link over what remains of it.
    PayBalance(ReservationCode),
    /// Not to cancel or change it.
    Keep,
    /// To change one.
    Modify,
    /// Other dates for it, still to be said.
    AskToChange(ReservationCode),
    /// These dates for it, to be read back.
    Instead(ReservationCode, Stay),
    /// To move it as it was read back.
    Move(Move),
    /// To wait for this stay, in this accommodation or in any.
    Wait(Option<AccommodationId>, Stay, Party),
    /// What is known of a place in the waiting list.
    Waiting(i64),
    /// To give it up.
    LeaveWaiting(i64),
    /// Not to take what the waiting list offers.
    Decline(ReservationCode),
    /// Something to know.
    About(Topic),
    /// The same, of one accommodation.
    AboutPlace(Topic, AccommodationId),
    /// A person.
    Person,
    /// The bot again.
    Resume,
    /// Messages again.
    OptIn,
}

/// Something a guest may want to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    Amenities,
    Photos,
    Location,
    Times,
    Pets,
    Policies,
    Prices,
}

impl Topic {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Amenities, "amenities"),
        (Self::Photos, "photos"),
        (Self::Location, "location"),
        (Self::Times, "times"),
        (Self::Pets, "pets"),
        (Self::Policies, "policies"),
        (Self::Prices, "prices"),
    ];

    /// The word in an id.
    pub(crate) fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(topic, _)| *topic == self)
            .map_or("", |(_, word)| word)
    }

    fn read(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, other)| *other == word)
            .map(|(topic, _)| *topic)
    }
}

/// The id is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a button or row of ours")]
pub(crate) struct UnknownAction;

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Menu => f.write_str("menu"),
            Self::Availability => f.write_str("availability"),
            Self::OtherDates => f.write_str("other/dates"),
            Self::OtherParty => f.write_str("other/party"),
            Self::OtherPlace => f.write_str("other/place"),
            Self::WithoutPets => f.write_str("without/pets"),
            Self::Change => f.write_str("change"),
            Self::Dismiss => f.write_str("dismiss"),
            Self::Guests(guests) => write!(f, "guests/{guests}"),
            Self::Dates(check_in, None) => write!(f, "dates/{check_in}"),
            Self::Dates(check_in, Some(check_out)) => write!(f, "dates/{check_in}/{check_out}"),
            Self::Place(place) => write!(f, "place/{place}"),
            Self::Pick(place, stay, party) => write!(f, "pick/{}", StayId(*place, *stay, *party)),
            Self::Confirm(proposal) => {
                let Proposal {
                    accommodation_id,
                    stay,
                    party,
                    total,
                    deposit,
                } = *proposal;
                let stay = StayId(accommodation_id, stay, party);
                write!(f, "hold/{stay}/{}/{}", total.centavos, deposit.centavos)
            }
            Self::Mine => f.write_str("mine"),
            Self::Reservation(code) => write!(f, "mine/{code}"),
            Self::Pay(code) => write!(f, "pay/{code}"),
            Self::Extend(code) => write!(f, "extend/{code}"),
            Self::AskToCancel(code) => write!(f, "cancel/{code}"),
            Self::Cancel(code, refund) => write!(f, "cancel/{code}/{}", refund.centavos),
            Self::Revoke(code) => write!(f, "revoke/{code}"),
            Self::PayBalance(code) => write!(f, "balance/{code}"),
            Self::Keep => f.write_str("keep"),
            Self::Modify => f.write_str("modify"),
            Self::AskToChange(code) => write!(f, "change/{code}"),
            Self::Instead(code, stay) => {
                write!(f, "change/{code}/{}/{}", stay.check_in(), stay.check_out())
            }
            Self::Move(Move {
                code,
                stay,
                total,
                deposit,
                refund,
            }) => write!(
                f,
                "change/{code}/{}/{}/{}/{}/{}",
                stay.check_in(),
                stay.check_out(),
                total.centavos,
                deposit.centavos,
                refund.centavos
            ),
            Self::Wait(place, stay, party) => {
                let (check_in, check_out) = (stay.check_in(), stay.check_out());
                let (guests, children) = (party.guests(), party.children());
                let pets = u8::from(party.pets());
                f.write_str("wait/")?;
                match place {
                    Some(place) => write!(f, "{place}")?,
                    None => f.write_str("any")?,
                }
                write!(f, "/{check_in}/{check_out}/{guests}.{children}.{pets}")
            }
            Self::Waiting(entry) => write!(f, "waiting/{entry}"),
            Self::LeaveWaiting(entry) => write!(f, "waiting/{entry}/leave"),
            Self::Decline(code) => write!(f, "decline/{code}"),
            Self::About(topic) => write!(f, "about/{}", topic.as_str()),
            Self::AboutPlace(topic, place) => write!(f, "about/{}/{place}", topic.as_str()),
            Self::Person => f.write_str("person"),
            Self::Resume => f.write_str("resume"),
            Self::OptIn => f.write_str("opt-in"),
        }
    }
}

/// A stay as four parts of an id.
struct StayId(AccommodationId, Stay, Party);

impl fmt::Display for StayId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(place, stay, party) = self;
        let (check_in, check_out) = (stay.check_in(), stay.check_out());
        let (guests, children, pets) = (party.guests(), party.children(), u8::from(party.pets()));
        write!(
            f,
            "{place}/{check_in}/{check_out}/{guests}.{children}.{pets}"
        )
    }
}

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(id: &str) -> Result<Self, UnknownAction> {
        let parts: Vec<&str> = id.split('/').collect();
        read(&parts).ok_or(UnknownAction)
    }
}

fn read(parts: &[&str]) -> Option<Action> {
    Some(match *parts {
        ["menu"] => Action::Menu,
        ["availability"] => Action::Availability,
        ["other", "dates"] => Action::OtherDates,
        ["other", "party"] => Action::OtherParty,
        ["other", "place"] => Action::OtherPlace,
        ["without", "pets"] => Action::WithoutPets,
        ["change"] => Action::Change,
        ["dismiss"] => Action::Dismiss,
        ["guests", guests] => Action::Guests(guests.parse().ok()?),
        ["dates", check_in] => Action::Dates(check_in.parse().ok()?, None),
        ["dates", check_in, check_out] => {
            let stay = read_stay(check_in, check_out)?;
            Action::Dates(stay.check_in(), Some(stay.check_out()))
        }
        ["place", place] => Action::Place(place.parse().ok()?),
        ["pick", place, check_in, check_out, party] => Action::Pick(
            place.parse().ok()?,
            read_stay(check_in, check_out)?,
            read_party(party)?,
        ),
        ["hold", place, check_in, check_out, party, total, deposit] => Action::Confirm(Proposal {
            accommodation_id: place.parse().ok()?,
            stay: read_stay(check_in, check_out)?,
            party: read_party(party)?,
            total: Money::ars(total.parse().ok()?),
            deposit: Money::ars(deposit.parse().ok()?),
        }),
        ["mine"] => Action::Mine,
        ["mine", code] => Action::Reservation(code.parse().ok()?),
        ["pay", code] => Action::Pay(code.parse().ok()?),
        ["extend", code] => Action::Extend(code.parse().ok()?),
        ["cancel", code] => Action::AskToCancel(code.parse().ok()?),
        ["cancel", code, refund] => {
            Action::Cancel(code.parse().ok()?, Money::ars(refund.parse().ok()?))
        }
        ["revoke", code] => Action::Revoke(code.parse().ok()?),
        ["balance", code] => Action::PayBalance(code.parse().ok()?),
        ["keep"] => Action::Keep,
        ["modify"] => Action::Modify,
        ["change", code] => Action::AskToChange(code.parse().ok()?),
        ["change", code, check_in, check_out] => {
            Action::Instead(code.parse().ok()?, read_stay(check_in, check_out)?)
        }
        ["change", code, check_in, check_out, total, deposit, refund] => Action::Move(Move {
            code: code.parse().ok()?,
            stay: read_stay(check_in, check_out)?,
            total: Money::ars(total.parse().ok()?),
            deposit: Money::ars(deposit.parse().ok()?),
            refund: Money::ars(refund.parse().ok()?),
        }),
        ["wait", place, check_in, check_out, party] => Action::Wait(
            match place {
                "any" => None,
                place => Some(place.parse().ok()?),
            },
            read_stay(check_in, check_out)?,
            read_party(party)?,
        ),
        ["waiting", entry] => Action::Waiting(entry.parse().ok()?),
        ["waiting", entry, "leave"] => Action::LeaveWaiting(entry.parse().ok()?),
        ["decline", code] => Action::Decline(code.parse().ok()?),
        ["about", topic] => Action::About(Topic::read(topic)?),
        ["about", topic, place] => Action::AboutPlace(Topic::read(topic)?, place.parse().ok()?),
        ["person"] => Action::Person,
        ["resume"] => Action::Resume,
        ["opt-in"] => Action::OptIn,
        _ => return None,
    })
}

fn read_stay(check_in: &str, check_out: &str) -> Option<Stay> {
    Stay::new(check_in.parse().ok()?, check_out.parse().ok()?).ok()
}

fn read_party(party: &str) -> Option<Party> {
    let mut parts = party.split('.');
    let (guests, children, pets) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Party::new(guests.parse().ok()?, children.parse().ok()?, pets == "1").ok()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_id_reads_back_and_stays_within_the_platforms_two_hundred_characters() {
        let place = AccommodationId::from_uuid(Uuid::max());
        let stay = read_stay("2027-01-15", "2027-01-18").unwrap();
        let party = Party::new(30, 29, true).unwrap();
        let (total, deposit) = (Money::ars(i64::MAX), Money::ars(i64::MIN));
        let code: ReservationCode = "RES261124ABC123".parse().unwrap();
        let proposal = Proposal {
            accommodation_id: place,
            stay,
            party,
            total,
            deposit,
        };
        let mut actions = vec![
            Action::Menu,
            Action::Availability,
            Action::OtherDates,
            Action::OtherParty,
            Action::OtherPlace,
            Action::WithoutPets,
            Action::Change,
            Action::Dismiss,
            Action::Guests(4),
            Action::Dates(stay.check_in(), None),
            Action::Dates(stay.check_in(), Some(stay.check_out())),
            Action::Place(place),
            Action::Pick(place, stay, party),
            Action::Confirm(proposal),
            Action::Mine,
            Action::Reservation(code.clone()),
            Action::Pay(code.clone()),
            Action::Extend(code.clone()),
            Action::AskToCancel(code.clone()),
            Action::Cancel(code.clone(), total),
            Action::Revoke(code.clone()),
            Action::PayBalance(code.clone()),
            Action::Keep,
            Action::Modify,
            Action::AskToChange(code.clone()),
            Action::Instead(code.clone(), stay),
            Action::Wait(Some(place), stay, party),
            Action::Wait(None, stay, party),
            Action::Waiting(i64::MAX),
            Action::LeaveWaiting(7),
            Action::Decline(code.clone()),
            Action::Move(Move {
                code,
                stay,
                total,
                deposit,
                refund: total,
            }),
            Action::Person,
            Action::Resume,
            Action::OptIn,
        ];
        for (topic, _) in Topic::ALL {
            actions.extend([Action::About(topic), Action::AboutPlace(topic, place)]);
        }
        for action in actions {
            let id = action.to_string();
            assert!(id.len() <= 200, "{id}");
            assert_eq!(id.parse(), Ok(action), "{id}");
        }
    }

    #[test]
    fn an_id_that_is_not_ours_is_not_read() {
        for id in [
            "",
            "menu_availability",
            "dates/2027-01-18/2027-01-15",
            "guests/many",
            "menu/",
            "hold/x",
        ] {
            assert_eq!(id.parse::<Action>(), Err(UnknownAction), "{id}");
        }
    }
}
