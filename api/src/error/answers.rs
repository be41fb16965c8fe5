//! The refusals that most routes share, as the OpenAPI document describes them. A route that has
//! more to say about one of them writes its own line.

#![expect(dead_code, reason = "only the shape of the body is written down")]

use utoipa::IntoResponses;

use super::Problem;

/// The body is not what the route reads.
#[derive(IntoResponses)]
#[response(status = 400, content_type = "application/problem+json")]
pub(crate) struct Malformed(Problem);

/// No token, or one that opens nothing.
#[derive(IntoResponses)]
#[response(status = 401, content_type = "application/problem+json")]
pub(crate) struct Unauthorized(Problem);

/// No such thing, or the token does not open it.
#[derive(IntoResponses)]
#[response(status = 404, content_type = "application/problem+json")]
pub(crate) struct NotFound(Problem);

/// A field that cannot be; `field` names it.
#[derive(IntoResponses)]
#[response(status = 422, content_type = "application/problem+json")]
pub(crate) struct Invalid(Problem);

/// Something that Posada needs is away: ask again, after `Retry-After` when it is there.
#[derive(IntoResponses)]
#[response(status = 503, content_type = "application/problem+json")]
pub(crate) struct Unavailable(Problem);
