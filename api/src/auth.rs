//! Who is asking: an operator, a program with a token of its own, a guest about their own reservation, or somebody.
//!
//! A guest's token is made from the reservation's code and our key, so it needs no table and opens nothing
//! else. All comparisons take the same time whatever is wrong, and a wrong token is answered the same for
//! reservations that exist and for those that do not.

use std::fmt;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::Response,
};
use chrono::Utc;
use database::{
    acts::{self, Actor, NewAct},
    api_tokens,
};
use domain::{ReservationCode, Scope};
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::{app::App, audio, error::Error};

/// What guests' tokens are made for; another purpose would get another one.
const PURPOSE: &str = "reservation/";

/// The secrets that tokens are checked with.
pub(crate) struct Tokens {
    operator: SecretString,
    guest_key: SecretString,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(..)")
    }
}

/// Who may do something to a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Party {
    /// The guest whose reservation it is.
    Guest,
    /// The owner or staff.
    Operator,
}

/// The token of a request, if it carries one.
#[derive(Debug)]
pub(crate) struct Bearer {
    token: Option<SecretString>,
    /// Whether [`identify`] found that it may do what operators do.
    operates: bool,
}

/// Marks a request that may do what operators do, with whom the trail names.
#[derive(Debug, Clone)]
struct Operates(Actor);

/// A request by an operator; anything else is refused.
#[derive(Debug)]
pub(crate) struct Operator;

/// A request by an operator, with whom the trail names; anything else is refused.
#[derive(Debug)]
pub(crate) struct By(pub(crate) Actor);

impl Tokens {
    pub(crate) const fn new(operator: SecretString, guest_key: SecretString) -> Self {
        Self {
            operator,
            guest_key,
        }
    }

    /// The token of a reservation's guest.
    pub(crate) fn of_guest(&self, code: &ReservationCode) -> String {
        hex::encode(self.seal(code).finalize().into_bytes())
    }

    /// Who may act on this reservation with this token.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] when it is neither the guest's nor an operator's.
    pub(crate) fn party(&self, bearer: &Bearer, code: &ReservationCode) -> Result<Party, Error> {
        if self.is_operator(bearer) {
            return Ok(Party::Operator);
        }
        let token = bearer.token.as_ref().ok_or(Error::Unauthorized)?;
        let seal = hex::decode(token.expose_secret()).map_err(|_no_hex| Error::Unauthorized)?;
        self.seal(code)
            .verify_slice(&seal)
            .map(|()| Party::Guest)
            .map_err(|_mismatch| Error::Unauthorized)
    }

    pub(crate) fn is_operator(&self, bearer: &Bearer) -> bool {
        let ours = self.operator.expose_secret().as_bytes();
        let theirs = bearer
            .token
            .as_ref()
            .map(|token| token.expose_secret().as_bytes());
        bearer.operates || theirs.is_some_and(|theirs| theirs.ct_eq(ours).into())
    }

    fn seal(&self, code: &ReservationCode) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.guest_key.expose_secret().as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(PURPOSE.as_bytes());
        mac.update(code.as_str().as_bytes());
        mac
    }
}

impl Bearer {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let token = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| SecretString::from(token.trim()));
        Self {
            token,
            operates: false,
        }
    }
}

/// Requests that are sent as if they changed something, and only ask.
const QUESTIONS: [&str; 2] = ["/api/v1/nlu/analyze", audio::PATH];

/// Finds out whether a token of the request may do what operators do, and puts on the trail what they ask to be
/// changed, before it is: it may be done although no answer comes. What is refused is put there as such.
///
/// # Errors
/// [`Error::Forbidden`] for a token that may only ask; when the database does not know tokens, or keeps no trail, at
/// the moment.
pub(crate) async fn identify(
    State(app): State<App>,
    mut request: Request,
    next: Next,
) -> Result<Response, Error> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let Some(by) = operator(&app, request.headers(), &method).await? else {
        return Ok(next.run(request).await);
    };
    request.extensions_mut().insert(Operates(by.clone()));
    if method.is_safe() || QUESTIONS.contains(&path.as_str()) {
        return Ok(next.run(request).await);
    }
    let database = app.database()?;
    let asked = NewAct {
        act: "api.request",
        subject: path,
        before: Value::Null,
        after: json!({ "method": method.as_str() }),
    };
    acts::record(&database, &by, &asked, Utc::now()).await?;
    let response = next.run(request).await;
    if response.status().is_client_error() {
        let refused = NewAct {
            act: "api.refused",
            after: json!({ "method": method.as_str(), "status": response.status().as_u16() }),
            ..asked
        };
        // The answer stands: nothing was done.
        if let Err(error) = acts::record(&database, &by, &refused, Utc::now()).await {
            tracing::error!(%error, "what an operator was refused could not be put on the audit trail");
        }
    }
    Ok(response)
}

/// The operator or program that a request's token names.
///
/// # Errors
/// [`Error::Forbidden`] for a token that may less than the method takes; when the database does not know tokens at the
/// moment.
pub(crate) async fn operator(
    app: &App,
    headers: &HeaderMap,
    method: &Method,
) -> Result<Option<Actor>, Error> {
    let bearer = Bearer::of(headers);
    if app.tokens.is_operator(&bearer) {
        return Ok(Some(Actor::Program("operator token")));
    }
    let token = bearer.token.as_ref().map(|token| token.expose_secret());
    let Some(token) = token.filter(|token| token.starts_with(api_tokens::PREFIX)) else {
        return Ok(None);
    };
    let needed = if method.is_safe() {
        Scope::Read
    } else {
        Scope::Operate
    };
    match api_tokens::find(&app.database()?, token, Utc::now()).await? {
        Some(found) if found.scope.covers(needed) => Ok(Some(Actor::Token {
            id: found.id,
            name: found.name,
        })),
        Some(_) => Err(Error::Forbidden),
        None => Ok(None),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let mut bearer = Self::of(&parts.headers);
        bearer.operates = parts.extensions.get::<Operates>().is_some();
        Ok(bearer)
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let Ok(bearer) = Bearer::from_request_parts(parts, app).await;
        if app.tokens.is_operator(&bearer) {
            Ok(Self)
        } else {
            Err(Error::Unauthorized)
        }
    }
}

impl FromRequestParts<App> for By {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Error> {
        let found = parts.extensions.get::<Operates>();
        found
            .map(|Operates(by)| Self(by.clone()))
            .ok_or(Error::Unauthorized)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        Tokens::new("the operator's token".into(), "the guests' key".into())
    }

    fn bearer(token: &str) -> Bearer {
        Bearer {
            token: Some(token.into()),
            operates: false,
        }
    }

    fn code(text: &str) -> ReservationCode {
        text.parse().unwrap()
    }

    #[test]
    fn a_guest_opens_their_own_reservation_and_no_other() {
        let tokens = tokens();
        let mine = code("RES260115ABC123");
        let token = bearer(&tokens.of_guest(&mine));
        assert_eq!(tokens.party(&token, &mine).unwrap(), Party::Guest);
        assert!(tokens.party(&token, &code("RES260115ABC124")).is_err());
    }

    #[test]
    fn an_operator_opens_every_reservation() {
        let tokens = tokens();
        let operator = bearer("the operator's token");
        assert_eq!(
            tokens.party(&operator, &code("RES260115ABC123")).unwrap(),
            Party::Operator
        );
    }

    #[test]
    fn another_key_makes_other_tokens() {
        let other = Tokens::new("the operator's token".into(), "another key".into());
        let mine = code("RES260115ABC123");
        let token = bearer(&other.of_guest(&mine));
        assert!(tokens().party(&token, &mine).is_err());
    }

    #[test]
    fn no_token_and_nonsense_open_nothing() {
        let mine = code("RES260115ABC123");
        let none = Bearer::of(&HeaderMap::new());
        for nothing in [none, bearer(""), bearer("not hex"), bearer("00")] {
            assert!(tokens().party(&nothing, &mine).is_err());
            assert!(!tokens().is_operator(&nothing));
        }
    }
}
