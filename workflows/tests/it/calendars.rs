//! One reading of a channel's calendar, and the rounds.

use anyhow::{Context as _, Result};
use domain::{AccommodationId, FeedId, Stay};
use temporalio_client::{
    WorkflowFetchHistoryOptions, WorkflowGetResultOptions, WorkflowStartOptions,
};
use workflows::{
    CalendarPreview, CalendarRounds, CalendarSync,
    calendar_sync::{CalendarSyncInput, RoundMade},
    contracts::calendars::{Displaced, FeedRun, RunMade},
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
            .map(|code| gives_way(code))
            .collect::<Result<_>>()?,
    }))
}

fn gives_way(code: &str) -> Result<Displaced> {
    let check_in = chrono::NaiveDate::from_ymd_opt(2027, 1, 15).context("a date")?;
    Ok(Displaced {
        code: code.parse()?,
        stay: Stay::of_nights(check_in, 3)?,
    })
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

fn left_alone(displaced: Vec<Displaced>) -> FeedRun {
    FeedRun::LeftAlone {
        until: None,
        accommodation_id: AccommodationId::from_uuid(uuid::Uuid::nil()),
        displaced,
    }
}

#[tokio::test]
async fn a_channel_that_is_left_alone_is_left_alone() -> Result<()> {
    let stage = Stage::set().await?;
    let left = left_alone(Vec::new());
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
async fn who_is_in_the_way_of_what_was_read_before_is_told_though_the_channel_is_left_alone()
-> Result<()> {
    let stage = Stage::set().await?;
    let run = left_alone(vec![gives_way("RES261124ABC123")?]);
    stage.world.facts().feed_run = Some(run.clone());
    assert_eq!(
        reads(&stage, true, "calendar-left-alone-displacing").await?,
        run
    );
    assert_eq!(stage.world.calls("calendars.displace"), ["RES261124ABC123"]);
    Ok(())
}

#[tokio::test]
async fn a_hold_that_moved_and_is_still_in_the_way_is_told_again_and_nobody_twice() -> Result<()> {
    let stage = Stage::set().await?;
    let first = gives_way("RES261124ABC123")?;
    let check_in = first.stay.check_in() + chrono::Days::new(1);
    let moved = Displaced {
        stay: Stay::of_nights(check_in, 3)?,
        ..first.clone()
    };
    stage.world.facts().feed_run = Some(applied(&["RES261124ABC123"])?);
    // It is looked at twice: the second time nobody is found who was not told.
    stage.world.facts().still_displaced = vec![vec![moved.clone()], vec![first, moved]];
    reads(&stage, true, "calendar-displacing-who-moves").await?;
    assert_eq!(
        stage.world.calls("calendars.displace"),
        ["RES261124ABC123", "RES261124ABC123"]
    );
    assert_eq!(stage.world.calls("calendars.recheck").len(), 2);
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
