//! Adding, changing and removing endpoints, and what was sent to them.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use chrono::Utc;
use database::webhooks;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    acts::{
        OVERLAP, added, changed, delivery, endpoint, existing, judged, resent, secret_replaced,
    },
    view::{AttemptView, DeliveryView, EndpointView, NewEndpointView, SecretView},
};
use crate::{
    app::App,
    auth::{By, Operator},
    error::{
        Error, Problem,
        answers::{Invalid, Malformed, NotFound, Unauthorized, Unavailable},
    },
    extract::{self, Query},
    paging::{Listed, PageQuery},
};

/// An endpoint to be added.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EndpointBody {
    /// Where: `https`, and out in the open.
    #[schema(example = "https://example.com/posada")]
    url: String,
    /// What it is for.
    #[schema(example = "Contabilidad")]
    name: String,
    /// Which kinds of events; all of them when none is named.
    #[serde(default)]
    #[schema(example = json!(["reservation.confirmed", "payment.approved"]))]
    events: Vec<String>,
}

/// What is to be different; what is left out stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointChange {
    /// Another address.
    url: Option<String>,
    /// Another name.
    name: Option<String>,
    /// Other kinds of events.
    events: Option<Vec<String>>,
}

/// A wish to have something sent once more.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct ResendBody {
    /// Names the wish: the same one counts once. Without it each request is a wish of its own.
    #[serde(default)]
    key: Option<String>,
}

/// The longest key of a wish.
const LONGEST_KEY: usize = 100;

/// Every address that events are sent to, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/endpoints",
    tag = "operators",
    params(PageQuery),
    responses(
        (status = 200, body = Listed<EndpointView>),
        Unauthorized,
        Invalid,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    _operator: Operator,
    Query(page): Query<PageQuery>,
) -> Result<Json<Listed<EndpointView>>, Error> {
    let wanted = page.wanted()?;
    let all = webhooks::all(&app.database()?).await?.into_iter();
    let found = all.skip(wanted.skip()).take(wanted.take());
    Ok(Json(wanted.listed(found.map(EndpointView::from).collect())))
}

/// Adds an address: from now on it is told of what happens.
///
/// What is sent there is `WebhookEvent`; the secret is shown this once.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/endpoints",
    tag = "operators",
    request_body = EndpointBody,
    responses(
        (status = 201, body = NewEndpointView, description = "Added"),
        Malformed,
        Unauthorized,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "There are as many as there may be"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "An address that nothing is sent to, or a field that cannot be; `field` names it"),
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn add(
    State(app): State<App>,
    By(by): By,
    extract::Json(body): extract::Json<EndpointBody>,
) -> Result<(StatusCode, Json<NewEndpointView>), Error> {
    let new = judged(&app, &body.url, &body.name, &body.events)?;
    let (endpoint, secret) = added(&app, &new, &by).await?;
    let view = NewEndpointView {
        endpoint: endpoint.into(),
        secret: secret.expose_secret().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// One address.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/endpoints/{id}",
    tag = "operators",
    params(("id" = String, Path, description = "`whe_…`")),
    responses(
        (status = 200, body = EndpointView),
        Unauthorized,
        NotFound,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn show(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
) -> Result<Json<EndpointView>, Error> {
    Ok(Json(existing(&app, endpoint(&id)?).await?.into()))
}

/// Changes an address, its name, or what it is told of.
#[utoipa::path(
    patch,
    path = "/api/v1/webhooks/endpoints/{id}",
    tag = "operators",
    params(("id" = String, Path, description = "`whe_…`")),
    request_body = EndpointChange,
    responses(
        (status = 200, body = EndpointView),
        Malformed,
        Unauthorized,
        NotFound,
        Invalid,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn change(
    State(app): State<App>,
    By(by): By,
    Path(id): Path<String>,
    extract::Json(body): extract::Json<EndpointChange>,
) -> Result<Json<EndpointView>, Error> {
    let wish = (
        body.url.as_deref(),
        body.name.as_deref(),
        body.events.as_deref(),
    );
    Ok(Json(changed(&app, endpoint(&id)?, wish, &by).await?.into()))
}

/// Forgets an address. What was on its way there is given up.
#[utoipa::path(
    delete,
    path = "/api/v1/webhooks/endpoints/{id}",
    tag = "operators",
    params(("id" = String, Path, description = "`whe_…`")),
    responses(
        (status = 204, description = "Forgotten"),
        Unauthorized,
        NotFound,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn remove(
    State(app): State<App>,
    By(by): By,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    webhooks::remove(&app.database()?, endpoint(&id)?, &by, Utc::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has events sent to an address again that was switched off.
///
/// What it missed is sent again by asking for each delivery.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/endpoints/{id}/enable",
    tag = "operators",
    params(("id" = String, Path, description = "`whe_…`")),
    responses(
        (status = 200, body = EndpointView),
        Unauthorized,
        NotFound,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn enable(
    State(app): State<App>,
    By(by): By,
    Path(id): Path<String>,
) -> Result<Json<EndpointView>, Error> {
    let id = endpoint(&id)?;
    webhooks::enable(&app.database()?, id, &by, Utc::now()).await?;
    Ok(Json(existing(&app, id).await?.into()))
}

/// Gives an address another secret. For a day requests are signed with both.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/endpoints/{id}/secret",
    tag = "operators",
    params(("id" = String, Path, description = "`whe_…`")),
    responses(
        (status = 200, body = SecretView),
        Unauthorized,
        NotFound,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn replace_secret(
    State(app): State<App>,
    By(by): By,
    Path(id): Path<String>,
) -> Result<Json<SecretView>, Error> {
    let secret = secret_replaced(&app, endpoint(&id)?, &by).await?;
    Ok(Json(SecretView {
        secret: secret.expose_secret().to_owned(),
        old_valid_until: Utc::now() + OVERLAP,
    }))
}

/// What was sent to an address, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/endpoints/{id}/deliveries",
    tag = "operators",
    params(("id" = String, Path, description = "`whe_…`"), PageQuery),
    responses(
        (status = 200, body = Listed<DeliveryView>),
        Unauthorized,
        NotFound,
        Invalid,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn deliveries(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Listed<DeliveryView>>, Error> {
    let (wanted, id) = (page.wanted()?, endpoint(&id)?);
    existing(&app, id).await?;
    let found = webhooks::of_endpoint(&app.database()?, id, wanted.rows()).await?;
    let views = found.into_iter().map(DeliveryView::from).collect();
    Ok(Json(wanted.listed(views)))
}

/// Every time that a delivery was tried, the first one first.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/deliveries/{id}/attempts",
    tag = "operators",
    params(("id" = String, Path, description = "`whd_…`"), PageQuery),
    responses(
        (status = 200, body = Listed<AttemptView>),
        Unauthorized,
        NotFound,
        Invalid,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn attempts(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Listed<AttemptView>>, Error> {
    let (wanted, id, database) = (page.wanted()?, delivery(&id)?, app.database()?);
    if webhooks::find(&database, id).await?.is_none() {
        return Err(Error::NotFound("webhook delivery"));
    }
    let all = webhooks::attempts(&database, id).await?.into_iter();
    let found = all.skip(wanted.skip()).take(wanted.take());
    Ok(Json(wanted.listed(found.map(AttemptView::from).collect())))
}

/// Has a delivery sent once more and now, whatever became of it.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/deliveries/{id}/resend",
    tag = "operators",
    params(("id" = String, Path, description = "`whd_…`")),
    request_body = ResendBody,
    responses(
        (status = 202, description = "It is being sent"),
        Malformed,
        Unauthorized,
        NotFound,
        Invalid,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn resend(
    State(app): State<App>,
    By(by): By,
    Path(id): Path<String>,
    extract::Json(body): extract::Json<ResendBody>,
) -> Result<StatusCode, Error> {
    let key = body.key.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    if key.is_empty() || key.len() > LONGEST_KEY || key.contains(char::is_control) {
        return Err(Error::invalid(
            "key",
            "invalid",
            format!("key is one line of at most {LONGEST_KEY} bytes"),
        ));
    }
    resent(&app, delivery(&id)?, &key, &by).await?;
    Ok(StatusCode::ACCEPTED)
}
