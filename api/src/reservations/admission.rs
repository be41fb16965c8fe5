//! Who may ask about the reservation of a path. It is decided before anything else of a request is
//! read, so that a stranger learns nothing from what is wrong with the rest.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::ReservationCode;

use crate::{
    app::App,
    auth::{Bearer, Party},
    error::Error,
};

/// The reservation of the path's `{code}`, and who opens it: its guest, or an operator.
///
/// To strangers, codes that exist and codes that do not are the same.
pub(crate) struct Admitted {
    pub(crate) code: ReservationCode,
    pub(crate) party: Party,
}

/// The reservation of the path's `{code}`, opened by an operator: its guest may not do this to it.
pub(crate) struct ByOperator(pub(crate) ReservationCode);

impl FromRequestParts<App> for Admitted {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let Ok(bearer) = Bearer::from_request_parts(parts, app).await;
        let said = Path::<String>::from_request_parts(parts, app).await;
        let code = said.ok().and_then(|Path(code)| code.parse().ok());
        match code {
            Some(code) => {
                let party = app.tokens.party(&bearer, &code)?;
                Ok(Self { code, party })
            }
            None if app.tokens.is_operator(&bearer) => Err(Error::NotFound("reservation")),
            None => Err(Error::Unauthorized),
        }
    }
}

impl FromRequestParts<App> for ByOperator {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        match Admitted::from_request_parts(parts, app).await? {
            Admitted {
                code,
                party: Party::Operator,
            } => Ok(Self(code)),
            Admitted {
                party: Party::Guest,
                ..
            } => Err(Error::Forbidden),
        }
    }
}
