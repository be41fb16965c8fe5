//! What a reservation tells its guest by itself, written down before it is sent.

use chrono::Utc;
use database::{
    Database, accommodations, guests, messages, payment_links, reservations,
    reservations::Reservation, review_queue,
};
use dialogue::{Alternative, NoticeFacts, Texts};
use domain::{
    Accommodation, GuestId, Language, MessageId, ReservationCode, ReservationStatus,
    settlement::Purpose,
};
use temporalio_sdk::activities::ActivityError;
use workflows::contracts::messaging::{Notice, Notify};

use super::{Written, outbox};
use crate::failure::{missing, of_database};

/// How many other offers a guest is shown who came too late.
const ALTERNATIVES: usize = 3;

/// Writes a notice down, and says to whom it goes and which messages it is. Nothing, when there is nobody to
/// write to, or nothing left to ask for. Idempotent on the code and the step.
pub(super) async fn write(
    db: &Database,
    texts: &Texts,
    notify: &Notify,
) -> Result<Option<(GuestId, Vec<MessageId>)>, ActivityError> {
    let reservation = reservations::by_code(db, &notify.code)
        .await
        .map_err(of_database)?;
    let reservation = reservation.ok_or_else(|| missing("reservation"))?;
    let Some(guest_id) = reservation.guest_id else {
        return Ok(None);
    };
    if asks_for_the_deposit(&notify.notice) && reservation.account().deposit_is_paid() {
        return Ok(None);
    }
    let guest = guests::by_id(db, guest_id)
        .await
        .map_err(of_database)?
        .ok_or_else(|| missing("guest"))?;
    if outbox::recipient(&guest).is_none() {
        return Ok(None);
    }
    if guest.opted_out_at.is_some() {
        leave_to_owner(db, &reservation.code).await?;
        return Ok(None);
    }
    let place = accommodations::by_id(db, reservation.accommodation_id)
        .await
        .map_err(of_database)?;
    let place = place.ok_or_else(|| missing("accommodation"))?;
    let due = if reservation.status == ReservationStatus::Confirmed {
        Purpose::Balance
    } else {
        Purpose::Deposit
    };
    let link = payment_links::payable(db, &notify.code, due)
        .await
        .map_err(of_database)?;
    let place = match &reservation.terms {
        Some(terms) => place.under(terms.clone()),
        None => place,
    };
    let facts = NoticeFacts {
        code: reservation.code.clone(),
        guest_name: guest.display_name().map(ToOwned::to_owned),
        guest_has_phone: guest.phone_e164.is_some(),
        accommodation: &place,
        stay: reservation.stay,
        party: reservation.party,
        quote: reservation.quote.clone(),
        paid: reservation.paid,
        expires_at: reservation
            .expires_at
            .filter(|_| reservation.status == ReservationStatus::PreReserved),
        payment_url: link.map(|link| link.url),
        now: Utc::now(),
    };
    let language = guest.language.unwrap_or(Language::Es);
    let said = said(db, &notify.notice, &reservation, &place).await?;
    let template = dialogue::template_for(&said, &facts, language, texts);
    let written = dialogue::notice(&said, &facts, language, texts);
    let messages: Vec<_> = Written::together(written, template)
        .enumerate()
        .map(|(position, written)| {
            let step = format!("{}/{}/{position}", notify.code, notify.step);
            written.outbound(guest_id, &step)
        })
        .collect::<Result<_, _>>()?;
    messages::compose(db, &messages)
        .await
        .map_err(of_database)?;
    Ok(Some((
        guest_id,
        messages.iter().map(|message| message.id).collect(),
    )))
}

/// What is pointless once the deposit is there: it was paid between the notice and its sending.
const fn asks_for_the_deposit(notice: &Notice) -> bool {
    matches!(
        notice,
        Notice::PaymentLink
            | Notice::Offer
            | Notice::HoldWithoutLink
            | Notice::HoldReminder
            | Notice::Extended
    )
}

/// Whoever wrote that they want no messages is told nothing that they did not ask for; what they must know about
/// their stay, a person tells them.
async fn leave_to_owner(db: &Database, code: &ReservationCode) -> Result<(), ActivityError> {
    let matter = review_queue::NewMatter {
        kind: "guest_opted_out".to_owned(),
        reference: code.to_string(),
        reason: "This guest wants no messages. Tell them in person what they must know about their reservation."
            .to_owned(),
        details: serde_json::json!({}),
        deadline: None,
    };
    review_queue::raise(db, &matter)
        .await
        .map_err(of_database)?;
    Ok(())
}

/// The notice in the words of the dialogue, with what it needs to know beside the reservation.
async fn said(
    db: &Database,
    notice: &Notice,
    reservation: &Reservation,
    place: &Accommodation,
) -> Result<dialogue::Notice, ActivityError> {
    Ok(match notice {
        Notice::PaymentLink => dialogue::Notice::PaymentLink,
        Notice::Offer => dialogue::Notice::Offer {
            minutes_left: minutes_left(reservation),
        },
        Notice::HoldWithoutLink => dialogue::Notice::HoldWithoutLink,
        Notice::HoldReminder => dialogue::Notice::HoldReminder {
            minutes_left: minutes_left(reservation),
        },
        Notice::Extended => dialogue::Notice::Extended,
        Notice::HoldExpired => dialogue::Notice::HoldExpired,
        Notice::PaymentPending => dialogue::Notice::PaymentPending,
        Notice::PaymentRejected => dialogue::Notice::PaymentRejected,
        Notice::Confirmed => dialogue::Notice::Confirmed,
        Notice::ConfirmedLate => dialogue::Notice::ConfirmedLate,
        Notice::TooLate { returned } => dialogue::Notice::RefundedLate {
            amount: *returned,
            alternatives: alternatives(db, reservation, place).await?,
        },
        Notice::Displaced { returned } => dialogue::Notice::Displaced {
            amount: *returned,
            alternatives: alternatives(db, reservation, place).await?,
        },
        Notice::Overpaid { returned } => dialogue::Notice::OverpaidReturned { amount: *returned },
        Notice::Cancelled { refund } => dialogue::Notice::Cancelled { refund: *refund },
        Notice::DatesChanged { refund } => dialogue::Notice::DatesChanged { refund: *refund },
        Notice::Revoked { refund, number } => dialogue::Notice::Revoked {
            refund: *refund,
            number: number.clone(),
        },
        Notice::ExpiredShort { returned } => dialogue::Notice::ExpiredShort { amount: *returned },
        Notice::PaymentReceived { amount } => dialogue::Notice::PaymentReceived { amount: *amount },
        Notice::BalanceLink => dialogue::Notice::BalanceLink,
        Notice::ArrivalReminder => dialogue::Notice::ArrivalReminder,
        Notice::Instructions => dialogue::Notice::Instructions,
        Notice::Thanks => dialogue::Notice::Thanks,
        Notice::NoShow => dialogue::Notice::NoShow,
    })
}

fn minutes_left(reservation: &Reservation) -> u32 {
    let left = reservation
        .expires_at
        .map_or(0, |end| (end - Utc::now()).num_seconds());
    u32::try_from((left + 59) / 60).unwrap_or(0)
}

async fn alternatives(
    db: &Database,
    reservation: &Reservation,
    place: &Accommodation,
) -> Result<Vec<Alternative>, ActivityError> {
    let around = database::availability::inventory_around(db, Utc::now(), reservation.stay).await;
    let inventory = around.map_err(of_database)?;
    let offers = inventory.alternatives(
        Some(place.id),
        reservation.stay,
        reservation.party,
        ALTERNATIVES,
    );
    Ok(offers
        .into_iter()
        .filter_map(|offer| {
            let name = inventory
                .accommodation(offer.accommodation_id)?
                .name
                .clone();
            Some(Alternative { name, offer })
        })
        .collect())
}
