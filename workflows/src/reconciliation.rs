//! The search for payments whose notification never came.

use serde::{Deserialize, Serialize};
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{WorkflowContext, WorkflowResult};

use crate::{
    contracts::payments::{self, ReconcileWindow},
    options::courtesy_call,
};

/// How far back one search looks: much further than the schedule's interval, so that an outage of hours
/// leaves no gap.
const WINDOW_SECONDS: u32 = 12 * 3600;

/// What one search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "search", rename_all = "snake_case")]
pub enum SearchOutcome {
    /// The provider answered.
    Searched {
        /// How many payments nobody had told us about.
        payments: u32,
    },
    /// The provider could not be reached: the next search makes up for it.
    GivenUp,
}

/// Asks the provider which payments changed lately, and hands those we have not heard of to their workflows.
/// A search that fails is made up for by the next one.
#[workflow]
#[derive(Debug, Default)]
pub struct Reconciliation;

#[workflow_methods]
impl Reconciliation {
    /// One search.
    #[run(name = "Reconciliation")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<SearchOutcome> {
        let window = ReconcileWindow {
            seconds: WINDOW_SECONDS,
        };
        let searched = ctx
            .execute_activity(
                payments::Reconcile,
                window,
                courtesy_call("search the provider"),
            )
            .await;
        Ok(
            searched.map_or(SearchOutcome::GivenUp, |payments| SearchOutcome::Searched {
                payments,
            }),
        )
    }
}
