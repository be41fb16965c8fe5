//! One reading of a channel's calendar, and the rounds.

use anyhow::Result;
use domain::{AccommodationId, FeedId, ReservationCode};
use temporalio_client::{
    WorkflowFetchHistoryOptions, WorkflowGetResultOptions, WorkflowStartOptions,
};
use workflows::{
    CalendarPreview, CalendarRounds, CalendarSync,
    calendar_sync::{CalendarSyncInput, RoundMade},
    contracts::calendars::{FeedRun, RunMade},
    names,
};

use crate::{
    history,
    stage::{Stage, in_time},
    world::Trouble,
};

fn applied(displaced: &[&str]) -> Result<FeedRun> {
    Ok(FeedRun::Made(RunMade {
        accommodation_id: AccommodationId::from_uuid(uuid::Uuid::nil()),
        outcome: "applied".to_owned(),
        error: None,
        added: 2,
        changed: 0,
        released: 0,
        waiting: 0,
        held: 0,
        displaced: displaced
            .iter()
            .map(|code| code.parse::<ReservationCode>())
            .collect::<Result<_, _>>()?,
    }))
}

async fn reads(stage: &Stage, asked: bool, history: &str) -> Result<FeedRun> {
    let feed = FeedId::from_uuid(uuid::Uuid::nil());
    let id = format!("{}/{}", names::calendar(feed), stage.queue);
    let handle = stage
        .client
        .start_workflow(
            CalendarSync::run,
            CalendarSyncInput { feed, asked },
            WorkflowStartOptions::new(stage.queue.clone(), id).build(),
        )
        .await?;
    let run = in_time(handle.get_result(WorkflowGetResultOptions::default())).await??;
    let events = handle.fetch_history(WorkflowFetchHistoryOptions::default());
    history::check(Some(history), events).await?;
    Ok(run)
}

#[tokio::test]
async fn a_channel_that_is_left_alone_is_left_alone() -> Result<()> {
    let stage = Stage::set().await?;
    let left = FeedRun::LeftAlone { until: None };
    stage.world.facts().feed_run = Some(left.clone());
    assert_eq!(reads(&stage, false, "calendar-left-alone").await?, left);
    assert_eq!(
        stage.world.everything(),
        ["calendars.fetch_and_apply by the clock"]
    );
    Ok(())
}

#[tokio::test]
async fn every_hold_that_has_to_give_way_is_told_before_it_is_looked_again() -> Result<()> {
    let stage = Stage::set().await?;
    let run = applied(&["RES261124ABC123", "RES261124DEF456"])?;
    stage.world.facts().feed_run = Some(run.clone());
    stage.world.facts().trouble = Trouble::FirstAttemptFails;
    assert_eq!(reads(&stage, true, "calendar-displacing").await?, run);
    assert_eq!(
        stage.world.everything(),
        [
            "calendars.displace RES261124ABC123",
            "calendars.displace RES261124DEF456",
            "calendars.fetch_and_apply asked",
            "calendars.recheck ",
        ]
    );
    Ok(())
}

#[tokio::test]
async fn a_run_that_displaces_nobody_ends_with_itself() -> Result<()> {
    let stage = Stage::set().await?;
    let run = applied(&[])?;
    stage.world.facts().feed_run = Some(run.clone());
    assert_eq!(reads(&stage, true, "calendar-applied").await?, run);
    assert_eq!(
        stage.world.everything(),
        ["calendars.fetch_and_apply asked"]
    );
    Ok(())
}

#[tokio::test]
async fn a_round_says_how_many_feeds_have_their_schedule() -> Result<()> {
    let stage = Stage::set().await?;
    let id = names::calendar_rounds(&stage.queue);
    let options = WorkflowStartOptions::new(stage.queue.clone(), id).build();
    let handle = stage
        .client
        .start_workflow(CalendarRounds::run, (), options)
        .await?;
    let round = in_time(handle.get_result(WorkflowGetResultOptions::default())).await??;
    assert_eq!(round, RoundMade { feeds: 3 });
    let events = handle.fetch_history(WorkflowFetchHistoryOptions::default());
    history::check(Some("calendar-rounds"), events).await
}

async fn looks(stage: &Stage, history: &str) -> Result<bool> {
    let preview = FeedId::from_uuid(uuid::Uuid::nil());
    let id = format!("{}/{}", names::calendar_preview(preview), stage.queue);
    let options = WorkflowStartOptions::new(stage.queue.clone(), id).build();
    let handle = stage
        .client
        .start_workflow(CalendarPreview::run, preview, options)
        .await?;
    let looked = in_time(handle.get_result(WorkflowGetResultOptions::default())).await??;
    let events = handle.fetch_history(WorkflowFetchHistoryOptions::default());
    history::check(Some(history), events).await?;
    Ok(looked)
}

#[tokio::test]
async fn a_look_at_a_calendar_says_whether_there_was_an_answer() -> Result<()> {
    let stage = Stage::set().await?;
    assert!(looks(&stage, "calendar-previewed").await?);
    let stage = Stage::set().await?;
    stage.world.refuses("calendars.preview");
    assert!(!looks(&stage, "calendar-not-previewed").await?);
    Ok(())
}
