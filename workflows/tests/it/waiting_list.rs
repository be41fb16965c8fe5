//! Nights that come free while somebody waits for them.

use anyhow::Result;
use temporalio_client::{
    WorkflowFetchHistoryOptions, WorkflowGetResultOptions, WorkflowStartOptions,
};
use workflows::{
    WaitingList,
    contracts::{inventory::HoldOutcome, waiting_list::Offer},
    names,
    reservation::ReservationInput,
    waiting_list::RoundOfOffers,
};

use crate::{
    booking::in_thirty_days,
    history,
    stage::{Stage, in_time},
    world::Trouble,
};

fn offer(entry: i64) -> Offer {
    Offer {
        entry,
        input: Box::new(ReservationInput {
            offered: true,
            resumed: None,
            ..in_thirty_days()
        }),
    }
}

fn held() -> Option<HoldOutcome> {
    Some(HoldOutcome::Held {
        expires_at: chrono::Utc::now(),
        paid: domain::Money::ZERO,
    })
}

async fn goes_round(stage: &Stage, history: Option<&str>) -> Result<RoundOfOffers> {
    let options = WorkflowStartOptions::new(stage.queue.clone(), names::waiting_list(&stage.queue));
    let handle = stage
        .client
        .signal_with_start_workflow(
            WaitingList::run,
            (),
            WaitingList::nights_came_free,
            (),
            options.build(),
        )
        .await?;
    let round = in_time(handle.get_result(WorkflowGetResultOptions::default())).await??;
    let events = handle.fetch_history(WorkflowFetchHistoryOptions::default());
    history::check(history, events).await?;
    Ok(round)
}

#[tokio::test]
async fn everybody_whose_nights_are_free_is_offered_them_in_order() -> Result<()> {
    let stage = Stage::set().await?;
    stage.world.facts().line = vec![offer(3), offer(7)];
    stage.world.facts().hold = held();
    let round = goes_round(&stage, Some("waiting-list-offered")).await?;
    assert_eq!(round, RoundOfOffers { offers: 2 });
    assert_eq!(
        stage.world.calls("waiting_list.record"),
        ["3 true", "7 true"]
    );
    Ok(())
}

#[tokio::test]
async fn who_was_too_late_keeps_their_place_and_holds_nobody_up() -> Result<()> {
    let stage = Stage::set().await?;
    stage.world.facts().line = vec![offer(3), offer(7)];
    stage.world.facts().hold = Some(HoldOutcome::Taken);
    let round = goes_round(&stage, Some("waiting-list-taken")).await?;
    assert_eq!(round, RoundOfOffers { offers: 0 });
    assert_eq!(
        stage.world.calls("waiting_list.record"),
        ["3 false", "7 false"]
    );
    assert_eq!(
        stage.world.calls("waiting_list.next"),
        ["[]", "[3]", "[3, 7]"]
    );
    Ok(())
}

#[tokio::test]
async fn an_offer_is_made_once_whatever_fails_on_the_way() -> Result<()> {
    for trouble in [Trouble::FirstAttemptFails, Trouble::FirstAnswerIsLost] {
        let stage = Stage::set().await?;
        stage.world.facts().trouble = trouble;
        stage.world.facts().line = vec![offer(3)];
        stage.world.facts().hold = held();
        let round = goes_round(&stage, None).await?;
        assert_eq!(round, RoundOfOffers { offers: 1 });
        assert!(stage.world.facts().line.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn an_offer_that_cannot_be_made_for_good_holds_up_nobody() -> Result<()> {
    let stage = Stage::set().await?;
    stage.world.facts().line = vec![offer(3), offer(7)];
    stage.world.facts().hold = held();
    stage.world.refuses_once("reservations.open");
    let round = goes_round(&stage, Some("waiting-list-refused")).await?;
    assert_eq!(round, RoundOfOffers { offers: 1 });
    assert_eq!(
        stage.world.calls("waiting_list.record"),
        ["3 false", "7 true"]
    );
    Ok(())
}

#[tokio::test]
async fn nights_that_come_free_during_a_round_begin_another() -> Result<()> {
    let stage = Stage::set().await?;
    stage.world.is_down("waiting_list.next");
    let id = names::waiting_list(&stage.queue);
    let options = || WorkflowStartOptions::new(stage.queue.clone(), id.clone()).build();
    let news = || {
        stage.client.signal_with_start_workflow(
            WaitingList::run,
            (),
            WaitingList::nights_came_free,
            (),
            options(),
        )
    };
    let handle = news().await?;
    stage
        .world
        .eventually("the round has begun", |world| {
            world.has_failed("waiting_list.next")
        })
        .await;
    news().await?;
    stage.world.recovers("waiting_list.next");
    let round = in_time(handle.get_result(WorkflowGetResultOptions::default())).await??;
    assert_eq!(round, RoundOfOffers { offers: 0 });
    assert_eq!(stage.world.calls("waiting_list.next"), ["[]", "[]"]);
    let events = handle.fetch_history(WorkflowFetchHistoryOptions::default());
    history::check(Some("waiting-list-more-news"), events).await
}
