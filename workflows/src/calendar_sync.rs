//! The story of one reading of a channel's calendar, and the rounds that see to it that each is read.

use domain::{AccommodationId, FeedId};
use serde::{Deserialize, Serialize};
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{WorkflowContext, WorkflowContextView, WorkflowResult};

use crate::{
    contracts::calendars::{
        Displace, Displaced, Displacement, FeedRun, FetchAndApply, LevelSchedules, PreviewFeed,
        ReadFeed, Recheck,
    },
    options::{database_call, feed_call, feed_preview, workflow_call},
};

/// Which feed is read, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarSyncInput {
    /// Which.
    pub feed: FeedId,
    /// Whether somebody asks for it now, rather than the clock.
    #[serde(default)]
    pub asked: bool,
}

/// Reads a channel's calendar once and takes the nights it says are taken.
///
/// Unpaid holds on them give way at once; what clashes with a confirmed stay is put to the owner; and a feed that
/// cannot be read frees nothing.
///
/// ```text
///  read, or leave alone ──nobody is in the way──▶ over
///    │
///  each displaced hold is told ──▶ look again for what is taken twice ──nobody new──▶ over
///    ▲                                                           │
///    └──────────────────────── who has moved ────────────────────┘
/// ```
///
/// One runs at a time for each feed: they share their id.
#[workflow]
#[derive(Debug)]
pub struct CalendarSync {
    input: CalendarSyncInput,
}

#[workflow_methods]
impl CalendarSync {
    #[init]
    const fn new(_ctx: &WorkflowContextView, input: CalendarSyncInput) -> Self {
        Self { input }
    }

    /// One reading.
    #[run(name = "CalendarSync")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<FeedRun> {
        let run = Self::read(ctx).await?;
        match &run {
            FeedRun::Made(made) => {
                Self::displace(ctx, made.accommodation_id, &made.displaced).await?
            }
            FeedRun::LeftAlone {
                accommodation_id,
                displaced,
                ..
            } => Self::displace(ctx, *accommodation_id, displaced).await?,
            FeedRun::Removed => {}
        }
        Ok(run)
    }

    async fn read(ctx: &WorkflowContext<Self>) -> WorkflowResult<FeedRun> {
        let input = ctx.state(|s| s.input.clone());
        let read = ReadFeed {
            feed: input.feed,
            key: ctx.run_id().to_owned(),
            asked: input.asked,
        };
        let reading = feed_call("read the channel's calendar");
        Ok(ctx.execute_activity(FetchAndApply, read, reading).await?)
    }

    /// Every hold that has to give way ends by its own workflow; the nights go to the channel's booking in the
    /// same moment. One that has moved meanwhile is found again by its other nights, if it is still in the way.
    async fn displace(
        ctx: &WorkflowContext<Self>,
        accommodation: AccommodationId,
        displaced: &[Displaced],
    ) -> WorkflowResult<()> {
        let feed = ctx.state(|s| s.input.feed);
        let mut told: Vec<Displaced> = Vec::new();
        let mut to_tell = displaced.to_vec();
        while !to_tell.is_empty() {
            for hold in &to_tell {
                let displacement = Displacement {
                    hold: hold.clone(),
                    feed,
                    run: ctx.run_id().to_owned(),
                };
                let telling = workflow_call("tell the hold that it is displaced");
                ctx.execute_activity(Displace, displacement, telling)
                    .await?;
            }
            told.append(&mut to_tell);
            let looking = database_call("look for what is taken twice");
            let found = ctx
                .execute_activity(Recheck, accommodation, looking)
                .await?;
            to_tell = found
                .into_iter()
                .filter(|hold| !told.contains(hold))
                .collect();
        }
        Ok(())
    }
}

/// What a round found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundMade {
    /// How many feeds are read by the clock.
    pub feeds: usize,
}

/// Sees to it that every feed has its schedule, and that none is left of a feed that was removed. What a crash
/// left undone between a feed and its schedule is put right by the next round.
#[workflow]
#[derive(Debug, Default)]
pub struct CalendarRounds;

#[workflow_methods]
impl CalendarRounds {
    /// One round.
    #[run(name = "CalendarRounds")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<RoundMade> {
        let levelling = workflow_call("make the schedules what the feeds say");
        let feeds = ctx.execute_activity(LevelSchedules, (), levelling).await?;
        Ok(RoundMade { feeds })
    }
}

/// Looks at a calendar that the owner thinks of adding. Its link is a secret and stays in Postgres, as does what it
/// would take.
#[workflow]
#[derive(Debug)]
pub struct CalendarPreview {
    preview: FeedId,
}

#[workflow_methods]
impl CalendarPreview {
    #[init]
    const fn new(_ctx: &WorkflowContextView, preview: FeedId) -> Self {
        Self { preview }
    }

    /// One look; whether there was an answer.
    #[run(name = "CalendarPreview")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<bool> {
        let preview = ctx.state(|s| s.preview);
        let looking = feed_preview("look at a calendar");
        let looked = ctx.execute_activity(PreviewFeed, preview, looking).await;
        Ok(looked.is_ok())
    }
}
