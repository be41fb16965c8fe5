//! What is done once a day.

use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{WorkflowContext, WorkflowResult};

use crate::{
    contracts::housekeeping::{Gone, LetGo, SeeToStays},
    options::long_database_call,
};

/// Sees to the stays that have begun, and lets go of personal data that has served its purpose. A day on which it
/// could not is made up for by the next.
#[workflow]
#[derive(Debug, Default)]
pub struct Housekeeping;

#[workflow_methods]
impl Housekeeping {
    /// One day.
    #[run(name = "Housekeeping")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<Gone> {
        let call = long_database_call("see to the stays");
        ctx.execute_activity(SeeToStays, (), call).await?;
        let call = long_database_call("let go of what is old");
        Ok(ctx.execute_activity(LetGo, (), call).await?)
    }
}
