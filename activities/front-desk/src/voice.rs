//! Whether anybody listens to voice notes at present.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use temporalio_client::{NamespacedClient as _, tonic::Request};
use temporalio_common::protos::temporal::api::{
    enums::v1::TaskQueueType, taskqueue::v1::TaskQueue,
    workflowservice::v1::DescribeTaskQueueRequest,
};
use workflows::names;

use crate::{Error, FrontDesk, in_time};

/// Whoever asks for work does so at least once a minute; Temporal remembers them for longer.
const STILL_THERE: Duration = Duration::from_secs(90);

impl FrontDesk {
    /// Whether a worker that has a model asks for recordings to listen to.
    ///
    /// # Errors
    /// When Temporal does not answer.
    pub async fn listens(&self) -> Result<bool, Error> {
        let request = DescribeTaskQueueRequest {
            namespace: self.client.namespace(),
            task_queue: Some(TaskQueue {
                name: names::voice_queue(&self.task_queue),
                ..Default::default()
            }),
            task_queue_type: TaskQueueType::Activity.into(),
            ..Default::default()
        };
        let mut service = self.client.connection().workflow_service();
        let answer = in_time(service.describe_task_queue(Request::new(request))).await?;
        let now = SystemTime::now();
        Ok(answer
            .into_inner()
            .pollers
            .iter()
            .filter_map(|poller| poller.last_access_time.as_ref())
            .any(|asked| lately(asked.seconds, now)))
    }
}

/// Whether a second of Unix time was a moment ago.
fn lately(second: i64, now: SystemTime) -> bool {
    let Ok(second) = u64::try_from(second) else {
        return false;
    };
    // A clock that runs behind Temporal's sees the future, which is late enough.
    now.duration_since(UNIX_EPOCH + Duration::from_secs(second))
        .map_or(true, |since| since < STILL_THERE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asked_long_ago_is_gone() {
        let now = UNIX_EPOCH + Duration::from_secs(1000);
        assert!(lately(950, now));
        assert!(lately(1001, now));
        assert!(!lately(900, now));
        assert!(!lately(-5, now));
    }
}
