//! One id for everything that happens because of a request: on the answer, in the logs, in problems.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::app::App;

/// The header that carries the id, in and out.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-trace-id");

/// The route of a request that matches none.
const UNMATCHED: &str = "unmatched";

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that is being answered.
pub(crate) fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Names the request, measures it, and logs it once.
///
/// The query is never logged: it holds the token of Meta's handshake.
pub(crate) async fn trace(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = given(request.headers()).unwrap_or_else(|| Uuid::new_v4().simple().to_string());
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| UNMATCHED.to_owned(), |path| path.as_str().to_owned());
    let span =
        tracing::info_span!("request", trace_id = %id, http.method = %method, http.route = %route);
    let answering = next.run(request);
    let mut response = CURRENT
        .scope(id.clone(), answering)
        .instrument(span.clone())
        .await;
    let took = started.elapsed();
    app.metrics
        .answered(&method, &route, response.status(), took);
    span.in_scope(|| {
        tracing::debug!(
            http.status = response.status().as_u16(),
            http.milliseconds = took.as_millis(),
            "request answered"
        );
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// The id that the client gave, if it is one that can be logged.
fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(HEADER)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    ((8..=64).contains(&id.len()) && id.bytes().all(plain)).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_forge_a_log_line_is_not_taken_over() {
        let with =
            |id: &'static str| HeaderMap::from_iter([(HEADER, HeaderValue::from_static(id))]);
        assert_eq!(
            given(&with("4bf92f35-77b3")).as_deref(),
            Some("4bf92f35-77b3")
        );
        assert_eq!(given(&with("short")), None);
        assert_eq!(given(&with("spaces are not plain")), None);
        assert_eq!(given(&HeaderMap::new()), None);
    }
}
