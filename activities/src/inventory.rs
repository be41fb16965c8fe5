//! Who owns which night.

use std::{sync::Arc, time::Duration};

use chrono::Utc;
use database::{
    Database, payments,
    reservations::{self, Claim, HoldPlaced, NewHold, Reservation, Transition},
    revocations,
};
use domain::{
    AccommodationId, ReservationCode, ReservationStatus, Stay, cancellation::RevocationNumber,
};
use front_desk::FrontDesk;
use night_locks::{Locked, NightLocks};
use serde_json::json;
use telemetry::metrics;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use workflows::{
    contracts::inventory::{
        Cancel, ChangeDates, Complete, Confirm, Expire, Extend, Extension, HoldOutcome,
        HoldRequest, Moved, NewDates, NoShow, PlaceHold, Release, Retake, Revocation, Revoke,
        Standing,
    },
    payment::Notification,
};

use crate::{
    World,
    calendars::{Freshness, Reader},
    failure::{again_in, missing, of_database, of_front_desk},
    waiting_list::tell_those_who_wait,
};

/// How soon it is worth asking again for nights that somebody is asking for at this moment.
const BUSY_PAUSE: Duration = Duration::from_millis(150);

/// Fulfils the inventory contract with Postgres, and Redis before it.
#[derive(Debug)]
pub struct InventoryActivities {
    database: Database,
    locks: NightLocks,
    calendars: Reader,
    front_desk: FrontDesk,
}

/// Somebody else is asking for one of the nights.
#[derive(Debug, thiserror::Error)]
#[error("somebody else is asking for these nights at this moment")]
struct NightsBusy;

impl InventoryActivities {
    /// Activities in this world.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self {
            database: world.database.clone(),
            locks: world.locks.clone(),
            calendars: Reader::new(world),
            front_desk: world.front_desk.clone(),
        }
    }
}

impl InventoryActivities {
    /// Another hold that a channel's booking displaces is told by that feed's workflow, whose run finds the same.
    async fn let_give_way(&self, freshness: &Freshness) {
        for feed in &freshness.displacing {
            if let Err(error) = self.front_desk.begin_sync(*feed).await {
                // The schedule's next run does it.
                tracing::warn!(feed.id = %feed, %error, "a displaced hold could not be told at once");
            }
        }
    }

    /// Reads what is old before the reservation takes nights, and has told whom a channel's booking displaces.
    async fn freshen(
        &self,
        accommodation: AccommodationId,
        key: &str,
    ) -> Result<Freshness, ActivityError> {
        let freshness = self.calendars.freshen(accommodation, key).await?;
        self.let_give_way(&freshness).await;
        Ok(freshness)
    }

    /// The same for a reservation that is there.
    async fn freshen_for(
        &self,
        code: &ReservationCode,
        key: &str,
    ) -> Result<Freshness, ActivityError> {
        let found = reservations::by_code(&self.database, code).await;
        let found = found
            .map_err(of_database)?
            .ok_or_else(|| missing("reservation"))?;
        self.freshen(found.accommodation_id, key).await
    }

    /// Money may be faster than the hold it is for: by now its payment may have been put to the owner.
    async fn call_early_payments(&self, code: &ReservationCode) -> Result<(), ActivityError> {
        let early = payments::unplaced(&self.database, code).await;
        for payment in early.map_err(of_database)? {
            let told = Notification { authentic: true };
            let told = self.front_desk.payment_notified(payment, told).await;
            told.map_err(of_front_desk)?;
        }
        Ok(())
    }

    /// Nights that a channel may have sold meanwhile are taken all the same, and it is written down, once for these
    /// nights and each way in which they were.
    async fn note_stale(
        &self,
        code: &ReservationCode,
        freshness: &Freshness,
        stay: Stay,
        kind: &str,
    ) -> Result<(), ActivityError> {
        if freshness.stale.is_empty() {
            return Ok(());
        }
        let details = json!({ "feeds": freshness.stale, "stay": stay });
        reservations::note_once(&self.database, code, Utc::now(), kind, &details)
            .await
            .map_err(of_database)
    }
}

#[activities]
impl InventoryActivities {
    /// Reads the channels' calendars again where they are old, takes the lock of the nights, then asks Postgres.
    /// A payment that was faster is called. Idempotent on the code.
    #[activity(definition = PlaceHold)]
    pub async fn place_hold(
        self: Arc<Self>,
        _ctx: ActivityContext,
        request: HoldRequest,
    ) -> Result<HoldOutcome, ActivityError> {
        let (accommodation, stay) = (request.accommodation_id, request.stay);
        let (code, owner) = (request.code.clone(), request.code.to_string());
        let freshness = self.freshen(accommodation, &format!("hold/{code}")).await?;
        if self.locks.acquire(accommodation, stay, &owner).await == Locked::Busy {
            return Err(again_in(BUSY_PAUSE, "NightsBusy", NightsBusy));
        }
        let placed = reservations::place_hold(&self.database, &new_hold(request)).await;
        self.locks.release(accommodation, stay, &owner).await;
        Ok(match placed.map_err(of_database)? {
            HoldPlaced::Held(found) => {
                let kind = "calendars_not_fresh";
                self.note_stale(&code, &freshness, stay, kind).await?;
                self.call_early_payments(&code).await?;
                outcome(found)
            }
            HoldPlaced::Taken => HoldOutcome::Taken,
        })
    }

    /// Idempotent on the code.
    #[activity(definition = Confirm)]
    pub async fn confirm(
        self: Arc<Self>,
        _ctx: ActivityContext,
        code: ReservationCode,
    ) -> Result<Standing, ActivityError> {
        let transition = reservations::confirm(&self.database, &code, Utc::now()).await;
        transition.map(standing).map_err(of_database)
    }

    /// Idempotent on the code and the new end.
    #[activity(definition = Extend)]
    pub async fn extend(
        self: Arc<Self>,
        _ctx: ActivityContext,
        extension: Extension,
    ) -> Result<Standing, ActivityError> {
        let Extension { code, expires_at } = extension;
        let transition = reservations::extend(&self.database, &code, expires_at, Utc::now()).await;
        transition.map(standing).map_err(of_database)
    }

    /// Idempotent on the code.
    #[activity(definition = Expire)]
    pub async fn expire(
        self: Arc<Self>,
        _ctx: ActivityContext,
        code: ReservationCode,
    ) -> Result<Standing, ActivityError> {
        let transition = reservations::expire(&self.database, &code, Utc::now()).await;
        let transition = transition.map_err(of_database)?;
        measure_lateness(&transition);
        tell_those_who_wait(&self.database, &self.front_desk).await?;
        Ok(standing(transition))
    }

    /// Idempotent on the code.
    #[activity(definition = Cancel)]
    pub async fn cancel(
        self: Arc<Self>,
        _ctx: ActivityContext,
        release: Release,
    ) -> Result<Standing, ActivityError> {
        let transition =
            reservations::cancel(&self.database, &release.code, &release.reason, Utc::now()).await;
        let standing = transition.map(standing).map_err(of_database)?;
        tell_those_who_wait(&self.database, &self.front_desk).await?;
        Ok(standing)
    }

    /// Idempotent on the code: the first number stays.
    #[activity(definition = Revoke)]
    pub async fn revoke(
        self: Arc<Self>,
        _ctx: ActivityContext,
        release: Release,
    ) -> Result<Revocation, ActivityError> {
        let Release { code, reason } = release;
        let now = Utc::now();
        let cancelled = reservations::cancel(&self.database, &code, &reason, now).await;
        if let Transition::Not(found) = cancelled.map_err(of_database)? {
            return Ok(Revocation::Not {
                status: found.status,
            });
        }
        let number = RevocationNumber::generate(now.date_naive())?;
        let recorded = revocations::record(&self.database, &code, &number, now).await;
        let number = recorded.map_err(of_database)?.to_string();
        tell_those_who_wait(&self.database, &self.front_desk).await?;
        Ok(Revocation::Is { number })
    }

    /// Reads the channels' calendars again where they are old, then takes the nights. Idempotent on the code.
    #[activity(definition = Retake)]
    pub async fn retake(
        self: Arc<Self>,
        ctx: ActivityContext,
        code: ReservationCode,
    ) -> Result<Standing, ActivityError> {
        let key = format!("retake/{code}{}", this_call(&ctx));
        let freshness = self.freshen_for(&code, &key).await?;
        let claim = reservations::retake_expired(&self.database, &code, Utc::now()).await;
        Ok(match claim.map_err(of_database)? {
            Claim::Done(found) | Claim::Already(found) => {
                let (stay, kind) = (found.stay, "calendars_not_fresh_when_retaken");
                self.note_stale(&code, &freshness, stay, kind).await?;
                Standing::Is
            }
            Claim::Taken => Standing::Taken,
            Claim::Not(found) => Standing::Not {
                status: found.status,
            },
        })
    }

    /// Reads the channels' calendars again where they are old, then takes the nights. Idempotent on the code and what
    /// it moves to.
    #[activity(definition = ChangeDates)]
    pub async fn change_dates(
        self: Arc<Self>,
        ctx: ActivityContext,
        new: NewDates,
    ) -> Result<Moved, ActivityError> {
        let NewDates {
            code,
            stay,
            party,
            quote,
            ends_by,
        } = new;
        let (check_in, check_out) = (stay.check_in(), stay.check_out());
        let key = format!("dates/{code}/{check_in}/{check_out}{}", this_call(&ctx));
        let freshness = self.freshen_for(&code, &key).await?;
        let to = reservations::NewDates {
            stay,
            party,
            quote,
            ends_by,
        };
        let claim = reservations::change_dates(&self.database, &code, &to, Utc::now()).await;
        Ok(match claim.map_err(of_database)? {
            Claim::Done(_) | Claim::Already(_) => {
                let kind = "calendars_not_fresh_for_dates";
                self.note_stale(&code, &freshness, stay, kind).await?;
                tell_those_who_wait(&self.database, &self.front_desk).await?;
                let changes = reservations::changes(&self.database, &code).await;
                Moved::Is {
                    changes: changes.map_err(of_database)?,
                }
            }
            Claim::Taken => Moved::Taken,
            Claim::Not(found) => Moved::Not {
                status: found.status,
            },
        })
    }

    /// Idempotent on the code.
    #[activity(definition = Complete)]
    pub async fn complete(
        self: Arc<Self>,
        _ctx: ActivityContext,
        code: ReservationCode,
    ) -> Result<Standing, ActivityError> {
        let transition = reservations::complete(&self.database, &code, Utc::now()).await;
        transition.map(standing).map_err(of_database)
    }

    /// Idempotent on the code.
    #[activity(definition = NoShow)]
    pub async fn no_show(
        self: Arc<Self>,
        _ctx: ActivityContext,
        release: Release,
    ) -> Result<Standing, ActivityError> {
        let Release { code, reason } = release;
        let transition = reservations::no_show(&self.database, &code, &reason, Utc::now()).await;
        let standing = transition.map(standing).map_err(of_database)?;
        tell_those_who_wait(&self.database, &self.front_desk).await?;
        Ok(standing)
    }
}

/// Names one call among all calls of this sort, the same for each of its attempts: dates may be changed there and
/// back, and each time the calendars are read.
fn this_call(ctx: &ActivityContext) -> String {
    let info = ctx.info();
    let run = info.workflow_run_id.as_deref().unwrap_or_default();
    format!("/{run}/{}", info.activity_id)
}

fn new_hold(request: HoldRequest) -> NewHold {
    NewHold {
        code: request.code,
        accommodation_id: request.accommodation_id,
        guest_id: request.guest_id,
        stay: request.stay,
        party: request.party,
        quote: request.quote,
        terms: request.terms,
        channel: request.channel,
        expires_at: request.expires_at,
        at: Utc::now(),
    }
}

/// What became of the hold of a reservation that is there.
pub(crate) fn outcome(found: Reservation) -> HoldOutcome {
    match (found.status, found.expires_at) {
        (ReservationStatus::PreReserved, Some(expires_at)) => HoldOutcome::Held {
            expires_at,
            paid: found.paid,
        },
        (status, _) => HoldOutcome::Was {
            status,
            paid: found.paid,
        },
    }
}

/// How late a hold ended, once for each.
fn measure_lateness(transition: &Transition) {
    if let Transition::Done(expired) = transition
        && let (Some(at), Some(due)) = (expired.expired_at, expired.expires_at)
    {
        let late = (at - due).to_std().unwrap_or_default();
        metrics::HOLD_LATENESS_SECONDS.observe(&[], late.as_secs_f64());
    }
}

fn standing(transition: Transition) -> Standing {
    match transition {
        Transition::Done(_) | Transition::Already(_) => Standing::Is,
        Transition::Not(found) => Standing::Not {
            status: found.status,
        },
    }
}
