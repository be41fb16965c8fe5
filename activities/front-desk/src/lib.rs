#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod calendars;
mod connection;
mod error;
mod histories;
mod housekeeping;
mod restore;
mod schedule;
mod stuck;
mod voice;
mod webhooks;

use std::time::Duration;

use domain::{GuestId, MessageId, ReservationCode, payment::PaymentId, payment::PaymentReport};
use temporalio_client::{
    Client, RetryOptions, RpcOptions, WorkflowExecuteUpdateOptions, WorkflowGetResultOptions,
    WorkflowIdConflictPolicy, WorkflowIdReusePolicy, WorkflowStartOptions,
    WorkflowUpdateWithStartOptions,
};

use workflows::{
    Conversation, Payment, Reservation, StaffMessage, Transcription, WaitingList,
    contracts::{
        inventory::HoldOutcome,
        reservations::{
            BalanceOutcome, CancelOutcome, CancelRequest, ChangeOutcome, ChangeRequest,
            ExtendOutcome, ExtendRequest, RevokeOutcome, RevokeRequest,
        },
        speech::{Hearing, Patience},
    },
    conversation::ConversationInput,
    names,
    payment::{Notification, PaymentInput},
    reservation::{
        ConfirmByHand, ConfirmOutcome, RecordOutcome, RecordPayment, ReservationInput,
        ReservationView,
    },
    staff_message::StaffMessageInput,
    transcription::TranscriptionInput,
};

pub use calendars::FeedTimes;
pub use connection::connect;
pub use error::Error;
pub use stuck::Stuck;

/// How long a caller waits for a workflow's answer. The work goes on when the caller has gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long it may take to say whether something was begun whose answer did not come.
const SECOND_LOOK: Duration = Duration::from_secs(2);

/// The way into the workflows. Cheap to clone.
#[derive(Clone)]
pub struct FrontDesk {
    client: Client,
    task_queue: String,
}

impl std::fmt::Debug for FrontDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrontDesk")
            .field("task_queue", &self.task_queue)
            .finish_non_exhaustive()
    }
}

impl FrontDesk {
    /// The way in through `client`, for workflows that live on `task_queue`.
    #[must_use]
    pub fn new(client: Client, task_queue: impl Into<String>) -> Self {
        Self {
            client,
            task_queue: task_queue.into(),
        }
    }

    /// Starts a reservation and says what became of its hold. Repeating it with the same code and key gives
    /// the same answer, also when the reservation has ended.
    ///
    /// # Errors
    /// [`Error::NoAnswer`] when the workflow has started and its hold is not decided yet; [`Error::Away`] when nobody
    /// knows whether it has, and the same call is to be made again.
    pub async fn open_reservation(
        &self,
        input: ReservationInput,
        key: &str,
    ) -> Result<HoldOutcome, Error> {
        let id = names::reservation(&input.code);
        let options = WorkflowUpdateWithStartOptions::new(
            &self.task_queue,
            id.clone(),
            WorkflowIdConflictPolicy::UseExisting,
        )
        .id_reuse_policy(WorkflowIdReusePolicy::RejectDuplicate)
        .static_summary(input.summary())
        .update_id(key.to_owned())
        .rpc_options(patiently())
        .build();
        let answer = self.client.execute_update_with_start_workflow(
            Reservation::run,
            input,
            Reservation::await_hold,
            (),
            options,
        );
        match in_time(answer).await {
            // Who does not answer may not have heard either, and what was never begun must not be waited for.
            Err(Error::NoAnswer) if !self.is_begun(id).await => Err(Error::Away(
                "nobody knows whether the reservation was begun".into(),
            )),
            answer => answer,
        }
    }

    /// Whether Temporal says, soon, that it has begun this reservation.
    async fn is_begun(&self, id: String) -> bool {
        let handle = self.client.get_workflow_handle::<Reservation>(id);
        let described = tokio::time::timeout(SECOND_LOOK, handle.describe(Default::default()));
        matches!(described.await, Ok(Ok(_)))
    }

    /// Asks a reservation to cancel. `None` when it has ended or never was.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn cancel(
        &self,
        request: CancelRequest,
        key: &str,
    ) -> Result<Option<CancelOutcome>, Error> {
        let handle = self
            .client
            .get_workflow_handle::<Reservation>(names::reservation(&request.code));
        running(in_time(handle.execute_update(Reservation::cancel, request, once(key))).await)
    }

    /// Asks a reservation to extend its hold. `None` when it has ended or never was.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn extend(
        &self,
        code: &ReservationCode,
        request: ExtendRequest,
        key: &str,
    ) -> Result<Option<ExtendOutcome>, Error> {
        let handle = self
            .client
            .get_workflow_handle::<Reservation>(names::reservation(code));
        running(in_time(handle.execute_update(Reservation::extend, request, once(key))).await)
    }

    /// Asks a reservation to change its dates. `None` when it has ended or never was.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn change_dates(
        &self,
        request: ChangeRequest,
        key: &str,
    ) -> Result<Option<ChangeOutcome>, Error> {
        let handle = self
            .client
            .get_workflow_handle::<Reservation>(names::reservation(&request.code));
        running(in_time(handle.execute_update(Reservation::change_dates, request, once(key))).await)
    }

    /// Confirms a reservation by hand. `None` when it has ended or never was.
    ///
    /// # Errors
    /// [`Error::Refused`] when the amount is none, otherwise when no answer came.
    pub async fn confirm(
        &self,
        code: &ReservationCode,
        request: ConfirmByHand,
        key: &str,
    ) -> Result<Option<ConfirmOutcome>, Error> {
        let handle = self
            .client
            .get_workflow_handle::<Reservation>(names::reservation(code));
        running(in_time(handle.execute_update(Reservation::confirm, request, once(key))).await)
    }

    /// Asks a reservation to revoke the purchase. `None` when it has ended or never was.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn revoke(
        &self,
        request: RevokeRequest,
        key: &str,
    ) -> Result<Option<RevokeOutcome>, Error> {
        let handle = self
            .client
            .get_workflow_handle::<Reservation>(names::reservation(&request.code));
        running(in_time(handle.execute_update(Reservation::revoke, request, once(key))).await)
    }

    /// Records money that the owner took. `None` when the reservation has ended or never was.
    ///
    /// # Errors
    /// [`Error::Refused`] when the amount is none, otherwise when no answer came.
    pub async fn record_payment(
        &self,
        code: &ReservationCode,
        request: RecordPayment,
        key: &str,
    ) -> Result<Option<RecordOutcome>, Error> {
        let handle = self
            .client
            .get_workflow_handle::<Reservation>(names::reservation(code));
        let recording = handle.execute_update(Reservation::record_payment, request, once(key));
        running(in_time(recording).await)
    }

    /// Asks a reservation for a link over what remains. `None` when it has ended or never was.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn offer_balance(
        &self,
        code: &ReservationCode,
        key: &str,
    ) -> Result<Option<BalanceOutcome>, Error> {
        let handle = self
            .client
            .get_workflow_handle::<Reservation>(names::reservation(code));
        running(in_time(handle.execute_update(Reservation::offer_balance, (), once(key))).await)
    }

    /// Where a reservation stands, from its workflow. `None` when there is none.
    ///
    /// # Errors
    /// When no worker answers.
    pub async fn view(&self, code: &ReservationCode) -> Result<Option<ReservationView>, Error> {
        let handle = self
            .client
            .get_workflow_handle::<Reservation>(names::reservation(code));
        running(in_time(handle.query(Reservation::view, (), Default::default())).await)
    }

    /// Tells a reservation about a payment. A reservation that has ended is started again to deal with it.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn payment_reported(
        &self,
        input: ReservationInput,
        report: PaymentReport,
    ) -> Result<(), Error> {
        let options = WorkflowStartOptions::new(&self.task_queue, names::reservation(&input.code))
            .id_conflict_policy(WorkflowIdConflictPolicy::UseExisting)
            .id_reuse_policy(WorkflowIdReusePolicy::AllowDuplicate)
            .static_summary(input.summary())
            .rpc_options(patiently())
            .build();
        let told = self.client.signal_with_start_workflow(
            Reservation::run,
            input,
            Reservation::payment_reported,
            report,
            options,
        );
        in_time(told).await.map(drop)
    }

    /// Sees to it that a reservation has its workflow. One that runs is left alone.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn awaken(&self, input: ReservationInput) -> Result<(), Error> {
        let options = self.resident(names::reservation(&input.code));
        let started = self.client.start_workflow(Reservation::run, input, options);
        in_time(started).await.map(drop)
    }

    /// Hands over that something happened to a payment.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn payment_notified(
        &self,
        payment_id: PaymentId,
        notification: Notification,
    ) -> Result<(), Error> {
        let options = self.resident(names::payment(&payment_id));
        let told = self.client.signal_with_start_workflow(
            Payment::run,
            PaymentInput { payment_id },
            Payment::notified,
            notification,
            options,
        );
        in_time(told).await.map(drop)
    }

    /// Hands over that nights may have come free for which somebody waits.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn nights_came_free(&self) -> Result<(), Error> {
        let told = self.client.signal_with_start_workflow(
            WaitingList::run,
            (),
            WaitingList::nights_came_free,
            (),
            self.resident(names::waiting_list(&self.task_queue)),
        );
        in_time(told).await.map(drop)
    }

    /// Hands over a message of a guest.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn guest_wrote(&self, guest: GuestId, message: MessageId) -> Result<(), Error> {
        let told = self.client.signal_with_start_workflow(
            Conversation::run,
            ConversationInput::of(guest),
            Conversation::message_received,
            message,
            self.resident(names::conversation(guest)),
        );
        in_time(told).await.map(drop)
    }

    /// Hands over that a message to a guest could not be delivered.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn delivery_failed(&self, guest: GuestId, message: MessageId) -> Result<(), Error> {
        let told = self.client.signal_with_start_workflow(
            Conversation::run,
            ConversationInput::of(guest),
            Conversation::delivery_failed,
            message,
            self.resident(names::conversation(guest)),
        );
        in_time(told).await.map(drop)
    }

    /// Has sent what staff wrote to a guest. Repeating it sends nothing twice.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn staff_wrote(&self, guest: GuestId, message: MessageId) -> Result<(), Error> {
        let input = StaffMessageInput {
            guest_id: guest,
            message,
            to_owner: false,
        };
        self.send_beside(input).await
    }

    /// Has sent what the owner must hear on their phone. Repeating it sends nothing twice.
    ///
    /// # Errors
    /// When Temporal did not take it.
    pub async fn tell_owner(&self, owner: GuestId, message: MessageId) -> Result<(), Error> {
        let input = StaffMessageInput {
            guest_id: owner,
            message,
            to_owner: true,
        };
        self.send_beside(input).await
    }

    async fn send_beside(&self, input: StaffMessageInput) -> Result<(), Error> {
        let options = self.resident(names::staff_message(input.message));
        let started = self
            .client
            .start_workflow(StaffMessage::run, input, options);
        in_time(started).await.map(drop)
    }

    /// Has a clip listened to that was left under this name, and waits for as long as the patience lasts.
    ///
    /// # Errors
    /// [`Error::NoAnswer`] when nobody even began, otherwise when Temporal did not take it.
    pub async fn transcribe(&self, clip: &str, patience: Patience) -> Result<Hearing, Error> {
        let within = patience.end_within() + PATIENCE;
        let options = WorkflowStartOptions::new(&self.task_queue, names::transcription(clip))
            // Nobody waits for it any longer then.
            .execution_timeout(within)
            .rpc_options(patiently())
            .build();
        let input = TranscriptionInput {
            clip: clip.to_owned(),
            patience,
        };
        let started = self
            .client
            .start_workflow(Transcription::run, input, options);
        let handle = in_time(started).await?;
        let result = handle.get_result(WorkflowGetResultOptions::default());
        match tokio::time::timeout(within, result).await {
            Ok(answer) => answer.map_err(Into::into),
            Err(_elapsed) => Err(Error::NoAnswer),
        }
    }

    /// Whether Temporal answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        let handle = self
            .client
            .get_workflow_handle::<Reservation>("reservation/ping");
        running(in_time(handle.describe(Default::default())).await).map(drop)
    }

    /// The client, for those who need more than this desk offers.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// A workflow that may be there already, or have ended.
    fn resident(&self, id: String) -> WorkflowStartOptions {
        WorkflowStartOptions::new(&self.task_queue, id)
            .id_conflict_policy(WorkflowIdConflictPolicy::UseExisting)
            .id_reuse_policy(WorkflowIdReusePolicy::AllowDuplicate)
            .rpc_options(patiently())
            .build()
    }
}

/// An update that is made once per key, however often it is asked for.
fn once(key: &str) -> WorkflowExecuteUpdateOptions {
    WorkflowExecuteUpdateOptions::builder()
        .update_id(key.to_owned())
        .rpc_options(patiently())
        .build()
}

/// One attempt; the caller knows better when to try again.
fn patiently() -> RpcOptions {
    RpcOptions::builder()
        .timeout(PATIENCE)
        .retry_options(RetryOptions::no_retries())
        .build()
}

async fn in_time<T, E: Into<Error>>(
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, Error> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(Into::into),
        Err(_elapsed) => Err(Error::NoAnswer),
    }
}

/// A workflow that is not there is an answer.
fn running<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::NotRunning) => Ok(None),
        Err(error) => Err(error),
    }
}
