//! The story of nights that come free while somebody waits for them.

use serde::{Deserialize, Serialize};
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{SyncWorkflowContext, WorkflowContext, WorkflowResult};

use crate::{
    contracts::{
        inventory::HoldOutcome,
        reservations,
        waiting_list::{Next, Offered, PassedOver, Record},
    },
    options::{database_call, workflow_call},
};

/// What a round of offers came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundOfOffers {
    /// How many were made.
    pub offers: u32,
}

/// Offers nights that came free to whoever has waited for them longest.
///
/// The offer is a hold of theirs, which nobody else can take. When it ends unpaid the nights come free again, and the next in line is offered them.
///
/// ```text
///  nights came free ──▶ who is next? ──nobody──▶ over
///                          ▲  │
///                          │  └─▶ hold them ──▶ write down how it went ─┐
///                          └────────────────────────────────────────────┘
/// ```
///
/// One runs at a time. News that come meanwhile begin another round.
#[workflow]
#[derive(Debug, Default)]
pub struct WaitingList {
    news: u32,
}

#[workflow_methods]
impl WaitingList {
    /// Rounds until nothing has come free since the last one began.
    #[run(name = "WaitingList")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<RoundOfOffers> {
        let mut offers = 0;
        loop {
            let heard = ctx.state(|s| s.news);
            offers += Self::go_round(ctx).await?;
            if ctx.state(|s| s.news) == heard {
                return Ok(RoundOfOffers { offers });
            }
        }
    }

    /// Somebody has given up nights, or joined the line.
    #[signal]
    pub fn nights_came_free(&mut self, _ctx: &mut SyncWorkflowContext<Self>) {
        self.news += 1;
    }
}

impl WaitingList {
    async fn go_round(ctx: &WorkflowContext<Self>) -> WorkflowResult<u32> {
        let mut offers = 0;
        let mut passed_over = PassedOver::default();
        loop {
            let looking = database_call("find who is next");
            let next = ctx
                .execute_activity(Next, passed_over.clone(), looking)
                .await?;
            let Some(offer) = next else {
                return Ok(offers);
            };
            let (entry, code) = (offer.entry, offer.input.code.clone());
            let holding = workflow_call("hold the nights for them");
            let opened = ctx
                .execute_activity(reservations::Open, *offer.input, holding)
                .await;
            // An offer that cannot be made for good keeps its place, and holds up nobody behind it.
            let held = opened.is_ok_and(|outcome| outcome != HoldOutcome::Taken);
            let offered = Offered { entry, code, held };
            let recording = database_call("write down how it went");
            ctx.execute_activity(Record, offered, recording).await?;
            if held {
                offers += 1;
            } else {
                passed_over.entries.push(entry);
            }
        }
    }
}
