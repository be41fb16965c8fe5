//! Nights that are taken twice, and what the owner decides about them.

use axum::{
    Json,
    extract::{Path, State},
};
use chrono::{DateTime, Utc};
use database::calendars::{self as stored, Conflict};
use domain::ReservationCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use workflows::contracts::reservations::{Actor, CancelOutcome, CancelRequest};

use super::{accommodation, history::RangeView, today};
use crate::{
    app::App,
    auth::Operator,
    error::{
        Error, Problem,
        answers::{Invalid, Malformed, NotFound, Unauthorized, Unavailable},
    },
    extract::{self, Query},
    paging::{Listed, PageQuery},
    reservations::dates::{self, DatesBody},
};

/// Nights that are taken twice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConflictView {
    /// Its number.
    id: i64,
    /// Where.
    accommodation_id: String,
    /// The feed that says that they are taken.
    feed_id: String,
    /// The other side: a reservation's code, or another feed's id.
    against: String,
    /// The nights.
    nights: Vec<RangeView>,
    /// What the feed says it is.
    kind: String,
    /// `critical`, `warning` or `info`.
    severity: String,
    /// `open`, `acknowledged` or `resolved`. It is resolved when the nights are no longer shared.
    state: String,
    /// What both sides said when it was found.
    #[schema(value_type = Object)]
    evidence: Value,
    /// Since when.
    first_seen: DateTime<Utc>,
    /// How often you were told.
    alerts: i16,
    /// `move`, `refund` or `ignore`.
    decision: Option<String>,
    /// Who decided.
    acted_by: Option<String>,
    /// When.
    acted_at: Option<DateTime<Utc>>,
    /// When it was over.
    resolved_at: Option<DateTime<Utc>>,
}

/// Which conflicts are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConflictQuery {
    /// Only those of this accommodation.
    accommodation_id: Option<String>,
    /// Only those in this state: `open`, `acknowledged` or `resolved`.
    state: Option<String>,
}

/// What is decided about a conflict.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DecisionBody {
    /// `refund`: our stay is cancelled, everything is given back, and the guest is told, with an apology and other
    /// dates. `move`: our stay is moved to the dates that you say, at their price, and the guest is told; without
    /// dates you are answered which are free. `ignore`: you know better, or you move the other one at its channel. The
    /// conflict stays until the nights are no longer shared.
    decision: Decision,
    /// To move: the first night.
    #[serde(default)]
    #[schema(format = Date, example = "2027-01-22")]
    check_in: Option<String>,
    /// To move: the day the guest leaves.
    #[serde(default)]
    #[schema(format = Date, example = "2027-01-25")]
    check_out: Option<String>,
}

/// The choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    /// Our stay is moved.
    Move,
    /// Our stay is cancelled, refunded, and apologised for.
    Refund,
    /// It is no conflict.
    Ignore,
}

impl Decision {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Move => "move",
            Self::Refund => "refund",
            Self::Ignore => "ignore",
        }
    }
}

/// Conflicts, the open and weighty ones first.
#[utoipa::path(
    get,
    path = "/api/v1/ical/conflicts",
    tag = "calendars",
    params(ConflictQuery, PageQuery),
    responses(
        (status = 200, body = Listed<ConflictView>),
        Unauthorized,
        Invalid,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    _operator: Operator,
    Query(query): Query<ConflictQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Listed<ConflictView>>, Error> {
    let wanted = page.wanted()?;
    let of = query.accommodation_id.as_deref().map(accommodation);
    let state = query.state.as_deref();
    if state.is_some_and(|state| !matches!(state, "open" | "acknowledged" | "resolved")) {
        let detail = "state is open, acknowledged or resolved";
        return Err(Error::invalid("state", "invalid_field", detail));
    }
    let found = stored::conflicts(&app.database()?, of.transpose()?, state, wanted.rows()).await?;
    Ok(Json(wanted.listed(
        found.into_iter().map(ConflictView::from).collect(),
    )))
}

/// One conflict.
#[utoipa::path(
    get,
    path = "/api/v1/ical/conflicts/{id}",
    tag = "calendars",
    params(("id" = i64, Path)),
    responses(
        (status = 200, body = ConflictView),
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
) -> Result<Json<ConflictView>, Error> {
    Ok(Json(existing(&app, &id).await?.into()))
}

/// Decides about a conflict.
#[utoipa::path(
    post,
    path = "/api/v1/ical/conflicts/{id}/resolve",
    tag = "calendars",
    params(("id" = i64, Path)),
    request_body = DecisionBody,
    responses(
        (status = 200, body = ConflictView, description = "`resolved` where that ended it, otherwise `acknowledged`"),
        Malformed,
        Unauthorized,
        NotFound,
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`conflict_resolved`, `no_stay_of_ours` to move or refund, or `dates_taken` with those that are free"),
        Invalid,
        Unavailable,
    ),
    security(("operator" = []))
)]
pub(crate) async fn decide(
    State(app): State<App>,
    _operator: Operator,
    Path(id): Path<String>,
    extract::Json(body): extract::Json<DecisionBody>,
) -> Result<Json<ConflictView>, Error> {
    let dates = body.check_in.zip(body.check_out);
    let dates = dates.map(|(check_in, check_out)| DatesBody::new(&check_in, &check_out));
    let decided = decided(&app, &id, body.decision, dates, "operator").await?;
    Ok(Json(decided.into()))
}

/// Does what was decided, and writes it down.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when it is over, or when there is no stay of ours to move or refund;
/// [`Error::DatesTaken`] with what is free, when it is moved to no dates or to some that are taken.
pub(crate) async fn decided(
    app: &App,
    id: &str,
    decision: Decision,
    dates: Option<DatesBody>,
    by: &str,
) -> Result<Conflict, Error> {
    let database = app.database()?;
    let conflict = existing(app, id).await?;
    if conflict.state == "resolved" {
        return Err(Error::Conflict {
            code: "conflict_resolved",
            detail: "the nights are no longer shared".to_owned(),
        });
    }
    match decision {
        Decision::Refund => refund(app, &conflict).await?,
        Decision::Move => {
            let sold = stored::claimed(&database, conflict.accommodation_id).await?;
            dates::move_off(app, &our_stay(&conflict)?, &sold, dates).await?;
        }
        Decision::Ignore => {}
    }
    let now = Utc::now();
    stored::decide(&database, conflict.id, decision.as_str(), by, now).await?;
    let today = today(&database, conflict.accommodation_id).await?;
    stored::recheck(&database, conflict.accommodation_id, today, now).await?;
    existing(app, id).await
}

fn our_stay(conflict: &Conflict) -> Result<ReservationCode, Error> {
    conflict
        .against
        .parse()
        .map_err(|_no_code| Error::Conflict {
            code: "no_stay_of_ours",
            detail: "two channels say the same nights; move or cancel one of the two there"
                .to_owned(),
        })
}

/// Our stay ends by its own workflow, which gives everything back and apologises.
async fn refund(app: &App, conflict: &Conflict) -> Result<(), Error> {
    let code = our_stay(conflict)?;
    let request = CancelRequest {
        code: code.clone(),
        by: Actor::Apology,
        reason: format!(
            "another channel sold the same nights (conflict {})",
            conflict.id
        ),
        stay: None,
    };
    let key = format!("conflict/{}", conflict.id);
    match app.desk()?.cancel(request, &key).await? {
        Some(CancelOutcome::Cancelled { .. }) => Ok(()),
        Some(CancelOutcome::NotPossible { status }) => Err(Error::NotPossible {
            status,
            detail: "only holds and confirmed stays can be cancelled",
        }),
        Some(CancelOutcome::Unknown) | None => Err(Error::NotFound("reservation that goes on")),
    }
}

async fn existing(app: &App, id: &str) -> Result<Conflict, Error> {
    let number = id
        .parse()
        .map_err(|_no_number| Error::NotFound("conflict"))?;
    let found = stored::conflict(&app.database()?, number).await?;
    found.ok_or(Error::NotFound("conflict"))
}

impl From<Conflict> for ConflictView {
    fn from(conflict: Conflict) -> Self {
        let ranges = conflict.nights.ranges().iter().map(|range| RangeView {
            check_in: range.from(),
            check_out: range.to(),
        });
        Self {
            nights: ranges.collect(),
            id: conflict.id,
            accommodation_id: conflict.accommodation_id.to_string(),
            feed_id: conflict.feed.to_string(),
            against: conflict.against,
            kind: conflict.kind,
            severity: conflict.severity,
            state: conflict.state,
            evidence: conflict.evidence,
            first_seen: conflict.first_seen,
            alerts: conflict.alerts,
            decision: conflict.decision,
            acted_by: conflict.acted_by,
            acted_at: conflict.acted_at,
            resolved_at: conflict.resolved_at,
        }
    }
}
