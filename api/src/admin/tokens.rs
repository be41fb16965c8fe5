//! What programs of others sign in with.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::Utc;
use database::api_tokens::{self, ApiToken};
use domain::{ApiTokenId, Scope};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{
    access::{Owner, SignedIn},
    account::Done,
    chrome::{Fields, Section, Shell, page, refused},
    format::Format,
};
use crate::{app::App, error::Error, extract::Query};

/// The longest name.
const LONGEST: usize = 80;

#[derive(Template)]
#[template(path = "admin/tokens.html")]
struct TokensPage {
    shell: Shell,
    tokens: Vec<Row>,
    /// A new one, this once.
    shown: Option<SecretString>,
    problem: Option<&'static str>,
}

struct Row {
    id: String,
    name: String,
    scope: &'static str,
    created: String,
    used: Option<String>,
}

/// Shows them, without what they open with.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn list(
    Owner(me): Owner,
    State(app): State<App>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Error> {
    page(&load(&app, me, &done, None, None).await?)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    done: &str,
    shown: Option<SecretString>,
    problem: Option<&'static str>,
) -> Result<TokensPage, Error> {
    let database = app.database()?;
    let (t, format, now) = (me.words(), Format::of(me.user.language), Utc::now());
    let row = |token: ApiToken| Row {
        id: token.id.to_string(),
        name: token.name,
        scope: t.scope(token.scope),
        created: format.ago(token.created_at, now),
        used: token.last_used_at.map(|used| format.ago(used, now)),
    };
    let tokens = api_tokens::all(&database).await?.into_iter().map(row);
    Ok(TokensPage {
        tokens: tokens.collect(),
        shell: Shell::new(&database, me, Section::Tokens)
            .await?
            .saying(done),
        shown,
        problem,
    })
}

/// A new token.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NewToken {
    name: String,
    scope: String,
}

/// Makes one and shows it, this once.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn create(
    Owner(me): Owner,
    State(app): State<App>,
    Fields(given): Fields<NewToken>,
) -> Result<Response, Error> {
    let name = given.name.trim();
    let is_line = !name.is_empty() && name.len() <= LONGEST && !name.contains(char::is_control);
    let Some(scope) = given.scope.parse::<Scope>().ok().filter(|_| is_line) else {
        let problem = Some(me.words().name_invalid);
        return refused(&load(&app, me, "", None, problem).await?);
    };
    let (database, user) = (app.database()?, me.user.id);
    let token = api_tokens::create(&database, name, scope, user, &me.actor(), Utc::now()).await?;
    page(&load(&app, me, "", Some(token), None).await?)
}

/// Closes one.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn revoke(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id: ApiTokenId = id.parse().map_err(|_no_id| Error::NotFound("token"))?;
    api_tokens::revoke(&app.database()?, id, &me.actor(), Utc::now()).await?;
    Ok(Redirect::to("/admin/tokens?done=saved").into_response())
}
