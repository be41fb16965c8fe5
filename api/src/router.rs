//! Every URL there is, and what each request passes through.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    accommodations, admin,
    app::App,
    audio, auth, availability, codec,
    error::Error,
    exports, feeds, health, limits, nlu, openapi,
    outbound::manage as outbound,
    pages, reservations, security, trace,
    webhooks::{mercado_pago, whatsapp},
};

/// The most bytes of a request that is no webhook.
const LARGEST_BODY: usize = 64 * 1024;

/// Longer than the longest wait for a workflow.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// The whole of it.
pub(crate) fn router(app: App) -> Router {
    let limited = public()
        .layer(from_fn_with_state(app.clone(), auth::identify))
        .layer(from_fn_with_state(app.clone(), limits::limit));
    Router::new()
        .merge(limited)
        .merge(unlimited())
        .merge(codec::routes(&app))
        .merge(openapi::routes())
        .merge(admin::routes(&app))
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .fallback(async || Error::NotFound("page"))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(in_time))
        .layer(from_fn_with_state(app.clone(), security::guard))
        .layer(from_fn_with_state(app.clone(), trace::trace))
        .with_state(app)
}

/// For anybody, so many times a minute.
fn public() -> Router<App> {
    Router::new()
        .route("/api/v1/accommodations", get(accommodations::list))
        .route("/api/v1/accommodations/{id}", get(accommodations::show))
        .route("/api/v1/availability", get(availability::search))
        .route(
            "/api/v1/reservations",
            get(reservations::list).post(reservations::place),
        )
        .route(
            "/api/v1/reservations/availability",
            get(availability::search),
        )
        .route("/api/v1/reservations/{code}", get(reservations::show))
        .route(
            "/api/v1/reservations/{code}/cancel",
            post(reservations::cancel),
        )
        .route(
            "/api/v1/reservations/{code}/no-show",
            post(reservations::no_show),
        )
        .route(
            "/api/v1/reservations/{code}/cancellation",
            get(reservations::cancellation),
        )
        .route(
            "/api/v1/reservations/{code}/revoke",
            post(reservations::revoke),
        )
        .route(
            "/api/v1/reservations/{code}/payments",
            post(reservations::record_payment),
        )
        .route(
            "/api/v1/reservations/{code}/extend",
            post(reservations::extend),
        )
        .route(
            "/api/v1/reservations/{code}/change-dates",
            get(reservations::preview_dates).post(reservations::change_dates),
        )
        .route(
            "/api/v1/reservations/{code}/confirm",
            post(reservations::confirm),
        )
        .route(
            "/api/v1/ical/exports",
            get(exports::list).post(exports::create),
        )
        .route("/api/v1/ical/exports/{id}", delete(exports::revoke))
        .route("/api/v1/ical/exports/{id}/replace", post(exports::replace))
        .route("/api/v1/ical/exports/{id}/fetches", get(exports::fetches))
        .route("/api/v1/ical/feeds", get(feeds::list).post(feeds::add))
        .route(
            "/api/v1/ical/feeds/{id}",
            get(feeds::show).patch(feeds::change).delete(feeds::remove),
        )
        .route("/api/v1/ical/feeds/{id}/drop", post(feeds::answer_drop))
        .route("/api/v1/ical/feeds/{id}/runs", get(feeds::runs))
        .route("/api/v1/ical/feeds/{id}/blocks", get(feeds::blocks))
        .route("/api/v1/ical/feeds/{id}/snapshot", get(feeds::snapshot))
        .route("/api/v1/ical/sync/{accommodation_id}", post(feeds::sync))
        .route("/api/v1/ical/conflicts", get(feeds::list_conflicts))
        .route("/api/v1/ical/conflicts/{id}", get(feeds::show_conflict))
        .route("/api/v1/ical/conflicts/{id}/resolve", post(feeds::decide))
        .route(
            "/api/v1/webhooks/endpoints",
            get(outbound::list).post(outbound::add),
        )
        .route(
            "/api/v1/webhooks/endpoints/{id}",
            get(outbound::show)
                .patch(outbound::change)
                .delete(outbound::remove),
        )
        .route(
            "/api/v1/webhooks/endpoints/{id}/enable",
            post(outbound::enable),
        )
        .route(
            "/api/v1/webhooks/endpoints/{id}/secret",
            post(outbound::replace_secret),
        )
        .route(
            "/api/v1/webhooks/endpoints/{id}/deliveries",
            get(outbound::deliveries),
        )
        .route(
            "/api/v1/webhooks/deliveries/{id}/attempts",
            get(outbound::attempts),
        )
        .route(
            "/api/v1/webhooks/deliveries/{id}/resend",
            post(outbound::resend),
        )
        .route("/api/v1/nlu/analyze", post(nlu::analyze))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .route(
            audio::PATH,
            post(audio::transcribe).layer(DefaultBodyLimit::max(audio::LARGEST_BODY)),
        )
}

/// For providers, for those who run it, and for eyes.
fn unlimited() -> Router<App> {
    let whatsapp_webhooks = get(whatsapp::handshake)
        .post(whatsapp::receive)
        .layer(DefaultBodyLimit::max(whatsapp::LARGEST_BODY));
    let mercado_pago_webhooks =
        post(mercado_pago::receive).layer(DefaultBodyLimit::max(mercado_pago::LARGEST_BODY));
    Router::new()
        .route("/", get(pages::welcome))
        .route("/photos/{name}", get(pages::photo))
        // A channel reads for many houses from one address: who has a token is not counted, who tries is.
        .route("/ical/{file}", get(exports::serve))
        .route(
            "/api/v1/ical/{accommodation_id}/{file}",
            get(exports::serve_of),
        )
        .route("/api/v1/webhooks/whatsapp", whatsapp_webhooks)
        .route("/api/v1/webhooks/mercadopago", mercado_pago_webhooks)
        .route("/api/v1/healthz", get(health::health))
        .route("/api/v1/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
}

/// Nobody waits for ever.
async fn in_time(request: Request, next: Next) -> Result<Response, Error> {
    let limit = if request.uri().path() == audio::PATH {
        audio::TIME_LIMIT
    } else {
        TIME_LIMIT
    };
    let answer = tokio::time::timeout(limit, next.run(request)).await;
    answer.map_err(|_elapsed| Error::away("an answer"))
}

/// A broken invariant of ours. What it says goes to the log.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that the layer asks for"
)]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("nothing");
    Error::unexpected(format!("a handler panicked: {said}")).into_response()
}
