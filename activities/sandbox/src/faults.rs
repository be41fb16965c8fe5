//! Trouble on demand: `PUT /sandbox/faults` makes a target fail, wait, lose, repeat or shuffle.
//!
//! A target that is not named behaves.
//! Each `PUT` replaces the knobs of the targets it names and leaves the others as they were; `DELETE`
//! ends all trouble.
//! An unknown target or knob is refused rather than ignored, so that a test cannot believe in a fault
//! that never happens.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
    routing,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Sandbox, connection::hang_up, problem::Problem};

/// A place where trouble can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Target {
    /// `POST /{version}/{phone_number_id}/messages`.
    #[serde(rename = "whatsapp.send")]
    WhatsAppSend,
    /// Upload, look-up and download of media.
    #[serde(rename = "whatsapp.media")]
    WhatsAppMedia,
    /// Webhooks to the product.
    #[serde(rename = "whatsapp.webhook")]
    WhatsAppWebhook,
    /// Every call to Mercado Pago's API.
    #[serde(rename = "mercadopago.api")]
    MercadoPagoApi,
    /// Notifications to the product.
    #[serde(rename = "mercadopago.webhook")]
    MercadoPagoWebhook,
    /// Calendars served to the product.
    #[serde(rename = "feeds")]
    Feeds,
}

/// The knobs of one target; every one of them may be left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Fault {
    /// Calls still to fail; absent with a `status` or `code` means all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fail: Option<u32>,
    /// HTTP status of a failure, 503 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// The provider's own error code, where its error bodies have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<u32>,
    /// Whether a failing call still has its effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) when: Option<When>,
    /// Milliseconds to wait: before an API answers, or before a webhook leaves.
    pub(crate) delay_ms: u64,
    /// Probability of a lost connection.
    ///
    /// An API call has its effect and loses its answer (unless `when` is `before`); a webhook is lost
    /// on its way and tried again later.
    pub(crate) drop: f64,
    /// Probability that a webhook is delivered twice.
    pub(crate) duplicate: f64,
    /// Webhooks to one guest or about one payment overtake each other.
    pub(crate) reorder: bool,
}

/// When a failing call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum When {
    /// Before anything happened.
    Before,
    /// The effect takes place, the answer is the failure.
    After,
    /// The answer is a success and a later status reports the failure (`whatsapp.send` only).
    Later,
}

/// What an API call is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing unusual.
    Proceed,
    /// Refuse without any effect.
    Fail(Failure),
    /// Do it, then answer the failure.
    FailAfter(Failure),
    /// Do it, answer success, report the failure asynchronously.
    FailLater(Failure),
    /// Close the connection without any effect.
    HangUp,
    /// Do it, then close the connection.
    HangUpAfter,
}

/// How a failure looks to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) code: Option<u32>,
}

/// What becomes of one attempt to deliver a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Delivered,
    DeliveredTwice,
    /// Never arrives; to be tried again like any failed attempt.
    Lost,
}

/// The trouble in force, shared by both providers.
#[derive(Clone, Default)]
pub(crate) struct Faults(Arc<Mutex<BTreeMap<Target, Fault>>>);

impl Faults {
    /// Decides what an API call is to do, after the delay asked for.
    pub(crate) async fn before(&self, target: Target) -> Verdict {
        let (verdict, delay) = self.change(target, |fault| (fault.verdict(), fault.delay()));
        tokio::time::sleep(delay).await;
        verdict
    }

    /// Decides what becomes of the next attempt to deliver a webhook.
    pub(crate) fn fate(&self, target: Target) -> Fate {
        self.change(target, |fault| {
            if fault.fails() || chance(fault.drop) {
                Fate::Lost
            } else if chance(fault.duplicate) {
                Fate::DeliveredTwice
            } else {
                Fate::Delivered
            }
        })
    }

    /// How long a webhook waits before it leaves.
    pub(crate) fn delay(&self, target: Target) -> Duration {
        self.change(target, |fault| fault.delay())
    }

    /// Whether webhooks overtake each other.
    pub(crate) fn reorders(&self, target: Target) -> bool {
        self.change(target, |fault| fault.reorder)
    }

    /// Ends all trouble.
    pub(crate) fn clear(&self) {
        self.table().clear();
    }

    fn change<T>(&self, target: Target, act: impl FnOnce(&mut Fault) -> T) -> T {
        match self.table().get_mut(&target) {
            Some(fault) => act(fault),
            None => act(&mut Fault::default()),
        }
    }

    fn table(&self) -> std::sync::MutexGuard<'_, BTreeMap<Target, Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fault {
    fn verdict(&mut self) -> Verdict {
        if chance(self.drop) {
            return match self.when {
                Some(When::Before) => Verdict::HangUp,
                Some(When::After | When::Later) | None => Verdict::HangUpAfter,
            };
        }
        if !self.fails() {
            return Verdict::Proceed;
        }
        let failure = Failure {
            status: self
                .status
                .and_then(|status| StatusCode::from_u16(status).ok())
                .unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
            code: self.code,
        };
        match self.when {
            None | Some(When::Before) => Verdict::Fail(failure),
            Some(When::After) => Verdict::FailAfter(failure),
            Some(When::Later) => Verdict::FailLater(failure),
        }
    }

    /// Whether this call fails, counting it.
    fn fails(&mut self) -> bool {
        match &mut self.fail {
            Some(0) => false,
            Some(left) => {
                *left = left.saturating_sub(1);
                true
            }
            None => self.status.is_some() || self.code.is_some(),
        }
    }

    fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    fn check(&self) -> Result<(), &'static str> {
        let probability = |p: f64| (0.0..=1.0).contains(&p);
        if !probability(self.drop) || !probability(self.duplicate) {
            return Err("drop and duplicate are probabilities between 0 and 1");
        }
        if self
            .status
            .is_some_and(|status| !(400..=599).contains(&status))
        {
            return Err("status is an HTTP status between 400 and 599");
        }
        Ok(())
    }
}

/// True with the given probability, which `Fault::check` has bounded.
fn chance(probability: f64) -> bool {
    probability > 0.0 && rand::random_bool(probability.min(1.0))
}

/// Runs an API call under the faults of `target`; `refuse` draws the provider's error body.
///
/// Meant as a middleware: `from_fn_with_state(sandbox, …)` around the provider's routes.
pub(crate) async fn run(
    faults: &Faults,
    target: Target,
    mut request: Request,
    next: Next,
    refuse: fn(Failure) -> Response,
) -> Response {
    let verdict = faults.before(target).await;
    match verdict {
        Verdict::Fail(_) | Verdict::HangUp => answer(verdict, refuse, hang_up),
        Verdict::Proceed | Verdict::FailLater(_) | Verdict::FailAfter(_) | Verdict::HangUpAfter => {
            if let Verdict::FailLater(failure) = verdict {
                // The handler finds it as an extension and decides what "later" means.
                request.extensions_mut().insert(failure);
            }
            let response = next.run(request).await;
            answer(verdict, refuse, || response)
        }
    }
}

/// The answer of a call under a verdict, `act` being what the call would have done and answered.
pub(crate) fn answer(
    verdict: Verdict,
    refuse: fn(Failure) -> Response,
    act: impl FnOnce() -> Response,
) -> Response {
    match verdict {
        Verdict::Proceed | Verdict::FailLater(_) => act(),
        Verdict::Fail(failure) => refuse(failure),
        Verdict::FailAfter(failure) => {
            act();
            refuse(failure)
        }
        Verdict::HangUp => hang_up(),
        Verdict::HangUpAfter => {
            act();
            hang_up()
        }
    }
}

/// The control of faults.
pub(crate) fn router() -> Router<Arc<Sandbox>> {
    Router::new().route("/sandbox/faults", routing::put(set).delete(clear).get(list))
}

async fn set(State(sandbox): State<Arc<Sandbox>>, Json(body): Json<Value>) -> Response {
    let faults = match serde_json::from_value::<BTreeMap<Target, Fault>>(body) {
        Ok(faults) => faults,
        Err(error) => return Problem::unprocessable(error.to_string()).into_response(),
    };
    if let Some(refusal) = faults.values().find_map(|fault| fault.check().err()) {
        return Problem::unprocessable(refusal).into_response();
    }
    sandbox.faults.table().extend(faults);
    Json(sandbox.faults.table().clone()).into_response()
}

async fn list(State(sandbox): State<Arc<Sandbox>>) -> Json<BTreeMap<Target, Fault>> {
    Json(sandbox.faults.table().clone())
}

async fn clear(State(sandbox): State<Arc<Sandbox>>) -> StatusCode {
    sandbox.faults.clear();
    StatusCode::NO_CONTENT
}
