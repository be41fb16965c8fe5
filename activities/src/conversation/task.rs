//! From what the dialogue decided to what the workflow does.

use chrono::{TimeDelta, Utc};
use database::{Database, review_queue};
use dialogue::{Command, HandOverReason};
use domain::{Channel, GuestId, ReservationCode};
use temporalio_sdk::activities::ActivityError;
use workflows::{
    contracts::{
        conversation::Task,
        reservations::{Actor, ChangeRequest},
        waiting_list::{Leaving, Wish},
    },
    reservation::ReservationInput,
};

use super::facts::Known;
use crate::failure::{missing, of_database};

/// How long a guest may wait for a person.
const PERSON_WITHIN: TimeDelta = TimeDelta::hours(1);

/// What touches a reservation is its workflow's to do.
pub(super) fn of_reservation(known: &Known, command: Command) -> Result<Task, ActivityError> {
    match command {
        Command::PlaceHold {
            accommodation_id,
            stay,
            party,
            quote,
        } => {
            let place = known
                .inventory
                .accommodation(accommodation_id)
                .ok_or_else(|| missing("accommodation"))?;
            let now = Utc::now();
            let input = ReservationInput {
                code: ReservationCode::generate(place.today(now))?,
                accommodation_id,
                accommodation_name: place.name.clone(),
                guest_id: Some(known.guest.id),
                stay,
                party,
                quote,
                channel: Channel::WhatsApp,
                policies: place.policies.clone(),
                check_in_at: place.check_in_at(stay.check_in()),
                check_out_at: place.check_out_at(stay.check_out()),
                booked_at: now,
                changes: 0,
                offered: false,
                resumed: None,
            };
            Ok(Task::PlaceHold {
                input: Box::new(input),
            })
        }
        Command::Cancel { code } => Ok(Task::Cancel { code }),
        Command::Revoke { code } => Ok(Task::Revoke { code }),
        Command::OfferBalance { code } => Ok(Task::OfferBalance { code }),
        Command::Extend { code } => Ok(Task::Extend { code }),
        Command::JoinWaitingList {
            accommodation_id,
            stay,
            party,
        } => Ok(Task::JoinWaitingList {
            wish: Wish {
                guest_id: known.guest.id,
                accommodation_id,
                stay,
                party,
            },
        }),
        Command::LeaveWaitingList { entry } => Ok(Task::LeaveWaitingList {
            leaving: Leaving {
                guest_id: known.guest.id,
                entry,
            },
        }),
        Command::ChangeDates { code, stay, quote } => {
            let place = known
                .place_of(&code)
                .ok_or_else(|| missing("reservation"))?;
            Ok(Task::ChangeDates {
                request: Box::new(ChangeRequest {
                    code,
                    by: Actor::Guest,
                    stay,
                    quote,
                    check_in_at: place.check_in_at(stay.check_in()),
                    check_out_at: place.check_out_at(stay.check_out()),
                }),
            })
        }
        Command::HandOver { .. }
        | Command::HandBack
        | Command::OptOut
        | Command::OptIn
        | Command::SetName { .. } => Err(missing("task")),
    }
}

/// A person is asked to take over.
pub(super) async fn hand_over(
    db: &Database,
    guest: GuestId,
    reason: HandOverReason,
) -> Result<Option<Task>, ActivityError> {
    let matter = review_queue::NewMatter {
        kind: "guest_wants_a_person".to_owned(),
        reference: guest.to_string(),
        reason: match reason {
            HandOverReason::Asked => "A guest asks for a person. Answer them.",
            HandOverReason::Complaint => "A guest complains. Answer them.",
            HandOverReason::Loop => {
                "The bot and a guest do not understand each other. Answer them."
            }
            HandOverReason::Flood => {
                "A guest writes too much for the bot. See whether it is a person."
            }
        }
        .to_owned(),
        details: serde_json::json!({}),
        deadline: Some(Utc::now() + PERSON_WITHIN),
    };
    review_queue::raise(db, &matter)
        .await
        .map_err(of_database)?;
    Ok(None)
}

/// The guest goes on with the bot: nobody needs to take over any more.
pub(super) async fn hand_back(
    db: &Database,
    guest: GuestId,
) -> Result<Option<Task>, ActivityError> {
    let reference = guest.to_string();
    let open = review_queue::open_about(db, "guest_wants_a_person", &reference)
        .await
        .map_err(of_database)?;
    if let Some(matter) = open {
        let resolved =
            review_queue::resolve(db, matter.id, "the guest went on with the bot", Utc::now())
                .await;
        resolved.map_err(of_database)?;
    }
    Ok(None)
}
