//! Beginning every story anew, after the books came out of a backup.
//!
//! It is no activity: no workflow may run before it is done. Every step can be repeated, so a worker that dies in
//! the middle leaves the rest to the next.

use chrono::{TimeDelta, Utc};
use database::{
    Database,
    refunds::{self, RefundStatus},
    restores::{self, Restore, Story},
    review_queue,
};
use serde::Serialize;
use serde_json::json;
use temporalio_sdk::activities::ActivityError;
use workflows::{
    contracts::payments::RefundRequest,
    reservation::{ReservationInput, Resumed},
};

use crate::{
    World,
    conversation::reservation_input,
    failure::{of_database, of_front_desk},
};

/// How long the owner has for what the backup leaves open.
const OWNER_HAS: TimeDelta = TimeDelta::hours(24);

/// What beginning anew came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BegunAnew {
    /// Workflows that knew other books.
    pub ended: u32,
    /// Reservations.
    pub reservations: u32,
    /// Webhooks that are delivered once more.
    pub webhooks: u64,
    /// Messages of staff.
    pub messages: u32,
    /// Cancellations that a person has to look at.
    pub doubtful: u32,
}

/// When the books came out of a backup, ends all workflows and begins every story from what Postgres knows.
///
/// Nothing otherwise. Whoever is second waits for the first.
///
/// # Errors
/// When Postgres or Temporal is away: nothing is lost, and the next try does it all.
pub async fn begin_all_anew(world: &World) -> Result<Option<BegunAnew>, ActivityError> {
    let db = &world.database;
    let Some(open) = restores::open(db).await.map_err(of_database)? else {
        return Ok(None);
    };
    let restore = open.restore;
    let ended = world
        .front_desk
        .end_all_begun_before(restore.restored_at, "the database was restored")
        .await
        .map_err(of_front_desk)?;
    let begun = BegunAnew {
        ended,
        reservations: tell_stories(world, restore).await?,
        webhooks: restores::deliver_anew(db, restore)
            .await
            .map_err(of_database)?,
        messages: send_for_staff(world, restore).await?,
        doubtful: ask_owner(db, restore).await?,
    };
    let front_desk = &world.front_desk;
    front_desk.nights_came_free().await.map_err(of_front_desk)?;
    front_desk.reconcile_now().await.map_err(of_front_desk)?;
    let closed = open.close(json!(begun), Utc::now()).await;
    closed.map_err(of_database)?;
    Ok(Some(begun))
}

async fn tell_stories(world: &World, restore: Restore) -> Result<u32, ActivityError> {
    let db = &world.database;
    let mut told = 0;
    for story in restores::stories(db, restore).await.map_err(of_database)? {
        let input = ReservationInput {
            resumed: Some(resumed(db, &story).await?),
            ..reservation_input(db, &story.code).await?
        };
        world
            .front_desk
            .begin_anew(input)
            .await
            .map_err(of_front_desk)?;
        told += 1;
    }
    Ok(told)
}

/// What the story takes over: the refunds that were decided and that the provider has not made.
async fn resumed(db: &Database, story: &Story) -> Result<Resumed, ActivityError> {
    let refunds = refunds::of_reservation(db, &story.code).await;
    let refunds = refunds.map_err(of_database)?;
    let under_way = refunds.into_iter().filter(|refund| {
        matches!(
            refund.status,
            RefundStatus::Intended | RefundStatus::InProcess
        ) && !refund.payment_id.is_by_hand()
    });
    let refunds = under_way.map(|refund| RefundRequest {
        key: refund.key,
        payment_id: refund.payment_id,
        code: story.code.clone(),
        amount: refund.amount,
        reason: refund.reason,
    });
    Ok(Resumed {
        extended: story.extended,
        refunds: refunds.collect(),
    })
}

async fn send_for_staff(world: &World, restore: Restore) -> Result<u32, ActivityError> {
    let unsent = restores::unsent_by_staff(&world.database, restore).await;
    let mut sent = 0;
    for (guest, message) in unsent.map_err(of_database)? {
        world
            .front_desk
            .staff_wrote(guest, message)
            .await
            .map_err(of_front_desk)?;
        sent += 1;
    }
    Ok(sent)
}

async fn ask_owner(db: &Database, restore: Restore) -> Result<u32, ActivityError> {
    let doubtful = restores::doubtful_cancellations(db, restore).await;
    let mut asked = 0;
    for code in doubtful.map_err(of_database)? {
        let matter = review_queue::NewMatter {
            kind: "cancellation_restored".to_owned(),
            reference: code.to_string(),
            reason: "This was cancelled just before the backup that was restored. See that the guest knows, and that \
                they got back what is theirs."
                .to_owned(),
            details: json!({}),
            deadline: Some(Utc::now() + OWNER_HAS),
        };
        review_queue::raise(db, &matter)
            .await
            .map_err(of_database)?;
        asked += 1;
    }
    Ok(asked)
}
