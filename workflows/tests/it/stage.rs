//! Where a story is played: a task queue of its own on the dev server, a worker, and a clock that can be moved.

use std::{sync::Arc, thread::JoinHandle, time::Duration};

use anyhow::{Context as _, Result, bail};
use temporalio_client::{
    Client, ClientOptions, Connection, ConnectionOptions, tonic::IntoRequest as _,
};
use temporalio_common::protos::temporal::api::{
    common::v1::{FastForwardConfig, TimeSkippingConfig, WorkflowExecution},
    workflow::v1::WorkflowExecutionOptions,
    workflowservice::v1::{
        PollWorkflowExecutionTimeSkippingRequest, UpdateWorkflowExecutionOptionsRequest,
    },
};
use temporalio_sdk::{Runtime, Worker, WorkerOptions};
use workflows::{
    CalendarPreview, CalendarRounds, CalendarSync, Conversation, Housekeeping, Payment,
    Reconciliation, Reservation, Transcription, WaitingList, Webhook,
};

use crate::{script::Script, world::World};

/// Where the dev server listens. `stack services -- cargo test` sets it.
const ADDRESS: &str = "POSADA_TEST_TEMPORAL_ADDRESS";

/// What histories say of who wrote them: never the machine.
const IDENTITY: &str = "workflows-tests";

/// How long a test waits for a fact, or for an end, before it says that it never came.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Stage {
    pub(crate) client: Client,
    pub(crate) queue: String,
    pub(crate) world: Arc<World>,
    worker: Option<RunningWorker>,
}

struct RunningWorker {
    stop: Box<dyn Fn()>,
    thread: JoinHandle<Result<()>>,
}

impl Stage {
    /// A stage whose worker runs.
    pub(crate) async fn set() -> Result<Self> {
        let mut stage = Self::without_worker().await?;
        stage.start_worker()?;
        Ok(stage)
    }

    pub(crate) async fn without_worker() -> Result<Self> {
        let Some(address) = std::env::var_os(ADDRESS) else {
            bail!(
                "{ADDRESS} is not set: these tests need a Temporal dev server; run them with `make test` or \
                 `stack services -- cargo test -p workflows`"
            );
        };
        let address = address.to_string_lossy();
        let url = format!("http://{}", address.trim_start_matches("http://"));
        let options = ConnectionOptions::new(url.parse::<temporalio_client::Url>()?)
            .identity(IDENTITY.to_owned())
            .build();
        let connection = Connection::connect(options)
            .await
            .with_context(|| format!("no Temporal dev server answers at {url}"))?;
        Ok(Self {
            client: Client::new(connection, ClientOptions::new("default").build())?,
            queue: format!("test-{}", uuid::Uuid::new_v4().simple()),
            world: Arc::default(),
            worker: None,
        })
    }

    pub(crate) fn start_worker(&mut self) -> Result<()> {
        let options = WorkerOptions::new(self.queue.clone())
            .client_identity_override(IDENTITY.to_owned())
            .register_activities(Script(self.world.clone()))
            .register_workflow::<Reservation>()?
            .register_workflow::<Conversation>()?
            .register_workflow::<Payment>()?
            .register_workflow::<Reconciliation>()?
            .register_workflow::<Housekeeping>()?
            .register_workflow::<Transcription>()?
            .register_workflow::<CalendarSync>()?
            .register_workflow::<CalendarRounds>()?
            .register_workflow::<CalendarPreview>()?
            .register_workflow::<WaitingList>()?
            .register_workflow::<Webhook>()?
            .build();
        let runtime = Runtime::from_current_tokio(Default::default())?;
        let mut worker = Worker::new(&runtime, self.client.clone(), options)?;
        let stop = worker.shutdown_handle();
        let thread = std::thread::spawn(move || {
            let local = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            local.block_on(worker.run())?;
            drop(runtime);
            Ok(())
        });
        self.worker = Some(RunningWorker {
            stop: Box::new(stop),
            thread,
        });
        Ok(())
    }

    /// Stops the worker, so that everything it remembered is gone.
    pub(crate) async fn stop_worker(&mut self) -> Result<()> {
        let Some(RunningWorker { stop, thread }) = self.worker.take() else {
            return Ok(());
        };
        stop();
        let joined = tokio::task::spawn_blocking(move || thread.join()).await?;
        joined.map_err(|_panic| anyhow::anyhow!("the worker panicked"))?
    }

    pub(crate) async fn restart_worker(&mut self) -> Result<()> {
        self.stop_worker().await?;
        self.start_worker()
    }

    /// Moves a workflow's clock by exactly so much.
    pub(crate) async fn skip(&self, workflow: &str, by: Duration) -> Result<()> {
        let id = uuid::Uuid::new_v4().to_string();
        let fast_forward = FastForwardConfig {
            id: id.clone(),
            duration: Some(by.try_into()?),
        };
        self.set_time_skipping(workflow, true, Some(fast_forward))
            .await?;
        let poll = PollWorkflowExecutionTimeSkippingRequest {
            namespace: "default".to_owned(),
            workflow_execution: Some(execution(workflow)),
            fast_forward_id: id,
        };
        let done = self
            .client
            .connection()
            .workflow_service()
            .poll_workflow_execution_time_skipping(poll.into_request())
            .await?
            .into_inner();
        anyhow::ensure!(
            done.failed_reason.is_empty(),
            "the clock could not be moved: {}",
            done.failed_reason
        );
        Ok(())
    }

    /// From now on the clock jumps whenever there is nothing to do but wait.
    pub(crate) async fn let_time_fly(&self, workflow: &str) -> Result<()> {
        self.set_time_skipping(workflow, true, None).await
    }

    async fn set_time_skipping(
        &self,
        workflow: &str,
        enabled: bool,
        fast_forward_config: Option<FastForwardConfig>,
    ) -> Result<()> {
        let options = WorkflowExecutionOptions {
            time_skipping_config: Some(TimeSkippingConfig {
                enabled,
                fast_forward_config,
                max_session_skip_count: 2000,
                ..Default::default()
            }),
            ..Default::default()
        };
        let request = UpdateWorkflowExecutionOptionsRequest {
            namespace: "default".to_owned(),
            workflow_execution: Some(execution(workflow)),
            workflow_execution_options: Some(options),
            update_mask: Some(prost_wkt_types::FieldMask {
                paths: vec!["time_skipping_config".to_owned()],
            }),
            ..Default::default()
        };
        self.client
            .connection()
            .workflow_service()
            .update_workflow_execution_options(request.into_request())
            .await?;
        Ok(())
    }
}

/// A story that never ends is a failure of its test, not of the whole run.
pub(crate) async fn in_time<T>(story: impl Future<Output = T>) -> Result<T> {
    tokio::time::timeout(PATIENCE, story)
        .await
        .context("the story never ended")
}

fn execution(workflow: &str) -> WorkflowExecution {
    WorkflowExecution {
        workflow_id: workflow.to_owned(),
        run_id: String::new(),
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(worker) = &self.worker {
            (worker.stop)();
        }
    }
}
