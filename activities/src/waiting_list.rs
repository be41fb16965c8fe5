//! Who stands in line for nights, and who is next.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use database::{
    Database, availability, reservations,
    waiting_list::{self, Entry},
};
use domain::{Channel, ReservationCode, availability::Inventory};
use front_desk::FrontDesk;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::{
    contracts::waiting_list::{
        Join, Leave, Leaving, Next, Offer, Offered, PassedOver, Record, Wish,
    },
    reservation::ReservationInput,
};

use crate::{
    World,
    failure::{of_database, of_front_desk},
};

/// How far ahead somebody can wait: the longest booking horizon.
const AHEAD: Days = Days::new(600);

/// Fulfils the contract of the waiting list with Postgres.
#[derive(Debug)]
pub struct WaitingActivities {
    database: Database,
    front_desk: FrontDesk,
}

impl WaitingActivities {
    /// Activities in this world.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self {
            database: world.database.clone(),
            front_desk: world.front_desk.clone(),
        }
    }
}

#[activities]
impl WaitingActivities {
    /// Idempotent on who waits for what. What came free just before is not missed.
    #[activity(definition = Join)]
    pub async fn join(
        self: Arc<Self>,
        _ctx: ActivityContext,
        wish: Wish,
    ) -> Result<i64, ActivityError> {
        let wish = waiting_list::Wish {
            guest_id: wish.guest_id,
            accommodation_id: wish.accommodation_id,
            stay: wish.stay,
            party: wish.party,
        };
        let joined = waiting_list::join(&self.database, &wish, Utc::now()).await;
        let entry = joined.map_err(of_database)?;
        tell_those_who_wait(&self.database, &self.front_desk).await?;
        Ok(entry)
    }

    /// Idempotent on the place.
    #[activity(definition = Leave)]
    pub async fn leave(
        self: Arc<Self>,
        _ctx: ActivityContext,
        leaving: Leaving,
    ) -> Result<(), ActivityError> {
        let Leaving { guest_id, entry } = leaving;
        let left = waiting_list::leave(&self.database, guest_id, entry, Utc::now()).await;
        left.map_err(of_database)
    }

    /// Idempotent: the offer that was begun is finished first, under its code.
    #[activity(definition = Next)]
    pub async fn next(
        self: Arc<Self>,
        _ctx: ActivityContext,
        passed_over: PassedOver,
    ) -> Result<Option<Offer>, ActivityError> {
        let (db, now) = (&self.database, Utc::now());
        let yesterday = yesterday(now);
        let lapsed = waiting_list::lapse(db, yesterday, now).await;
        lapsed.map_err(of_database)?;
        let line = waiting_list::line(db, yesterday)
            .await
            .map_err(of_database)?;
        if line.is_empty() {
            return Ok(None);
        }
        let until = yesterday.checked_add_days(AHEAD).unwrap_or(yesterday);
        let inventory = availability::inventory(db, now, yesterday, until)
            .await
            .map_err(of_database)?;
        for entry in line {
            if passed_over.entries.contains(&entry.id) {
                continue;
            }
            let Some(mut input) = offer(&inventory, &entry)? else {
                if let Some(code) = &entry.code {
                    self.finish(entry.id, code).await?;
                }
                continue;
            };
            let code = waiting_list::offer(db, entry.id, &input.code)
                .await
                .map_err(of_database)?;
            let Some(code) = code else { continue };
            input.code = code;
            return Ok(Some(Offer {
                entry: entry.id,
                input: Box::new(input),
            }));
        }
        Ok(None)
    }

    /// Idempotent on the place and the code.
    #[activity(definition = Record)]
    pub async fn record(
        self: Arc<Self>,
        _ctx: ActivityContext,
        offered: Offered,
    ) -> Result<(), ActivityError> {
        let Offered { entry, code, held } = offered;
        let went = if held {
            waiting_list::Offered::Held
        } else {
            waiting_list::Offered::Taken
        };
        self.went(entry, &code, went).await
    }
}

impl WaitingActivities {
    /// An offer that was begun and cannot be made any more: because it is made, or because somebody was faster.
    async fn finish(&self, entry: i64, code: &ReservationCode) -> Result<(), ActivityError> {
        let made = reservations::by_code(&self.database, code).await;
        let went = match made.map_err(of_database)? {
            Some(_) => waiting_list::Offered::Held,
            None => waiting_list::Offered::Taken,
        };
        self.went(entry, code, went).await
    }

    async fn went(
        &self,
        entry: i64,
        code: &ReservationCode,
        went: waiting_list::Offered,
    ) -> Result<(), ActivityError> {
        let written = waiting_list::offered(&self.database, entry, code, went, Utc::now()).await;
        written.map_err(of_database)
    }
}

/// Has it looked at who waits, when anybody does. Whoever gives nights up does this in the same step, which is
/// repeated until both are done.
pub(crate) async fn tell_those_who_wait(
    db: &Database,
    front_desk: &FrontDesk,
) -> Result<(), ActivityError> {
    let somebody = waiting_list::is_waited_for(db, yesterday(Utc::now())).await;
    if somebody.map_err(of_database)? {
        front_desk.nights_came_free().await.map_err(of_front_desk)?;
    }
    Ok(())
}

/// Where the day is behind ours it may still be this one.
pub(crate) fn yesterday(now: DateTime<Utc>) -> NaiveDate {
    let today = now.date_naive();
    today.pred_opt().unwrap_or(today)
}

/// What an entry can be offered now: the place it waits for, or the one that fits best.
fn offer(inventory: &Inventory, entry: &Entry) -> Result<Option<ReservationInput>, ActivityError> {
    let wish = entry.wish;
    let found = match wish.accommodation_id {
        Some(id) => inventory
            .accommodation(id)
            .and_then(|place| inventory.offer(place, wish.stay, wish.party).ok()),
        None => inventory.offers(wish.stay, wish.party).into_iter().next(),
    };
    let Some((offer, place)) = found.and_then(|offer| {
        let place = inventory.accommodation(offer.accommodation_id)?;
        Some((offer, place))
    }) else {
        return Ok(None);
    };
    let now = inventory.now;
    Ok(Some(ReservationInput {
        code: ReservationCode::generate(place.today(now))?,
        accommodation_id: place.id,
        accommodation_name: place.name.clone(),
        guest_id: Some(wish.guest_id),
        stay: wish.stay,
        party: wish.party,
        quote: offer.quote,
        channel: Channel::WhatsApp,
        policies: place.policies.of_offer(),
        check_in_at: place.check_in_at(wish.stay.check_in()),
        check_out_at: place.check_out_at(wish.stay.check_out()),
        booked_at: now,
        changes: 0,
        offered: true,
        resumed: None,
    }))
}
