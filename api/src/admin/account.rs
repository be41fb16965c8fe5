//! What everybody settles for themselves: language, password, and where they are signed in.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::Utc;
use database::{
    sessions::{self, Session},
    users,
};
use domain::{Language, SessionId};
use secrecy::SecretString;
use serde::Deserialize;

use super::{
    access::{ReadOnly, SignedIn},
    chrome::{Fields, Section, Shell, page, refused},
    format::Format,
    second_factor::FactorWords,
};
use crate::{app::App, error::Error, extract::Query};

#[derive(Template)]
#[template(path = "admin/account.html")]
struct AccountPage {
    shell: Shell,
    sessions: Vec<Row>,
    w: &'static FactorWords,
    problem: Option<&'static str>,
}

struct Row {
    id: String,
    agent: String,
    address: String,
    last_seen: String,
    is_this: bool,
}

/// What the address says was just done.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    pub(super) done: String,
}

/// Shows it.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn show(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Error> {
    page(&load(&app, me, &done, None).await?)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    done: &str,
    problem: Option<&'static str>,
) -> Result<AccountPage, Error> {
    let (database, w) = (app.database()?, FactorWords::of(me.words()));
    let now = Utc::now();
    let format = Format::of(me.user.language);
    let found = sessions::of_user(&database, me.user.id, now).await?;
    let row = |session: Session| Row {
        is_this: session.id == me.session.id,
        id: session.id.to_string(),
        agent: browser(&session.agent),
        address: session.address,
        last_seen: format.ago(session.last_seen_at, now),
    };
    let sessions = found.into_iter().map(row).collect();
    Ok(AccountPage {
        shell: Shell::new(&database, me, Section::Account)
            .await?
            .saying(done),
        sessions,
        w,
        problem,
    })
}

/// A browser's own name for itself, as people say it.
fn browser(agent: &str) -> String {
    let find = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let program = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} · {system}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => "?".to_owned(),
    }
}

/// A new password, and the old one as proof.
#[derive(Default, Deserialize)]
pub(super) struct NewPassword {
    #[serde(default)]
    current: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

/// Changes the password.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn password(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Fields(given): Fields<NewPassword>,
) -> Result<Response, Error> {
    let t = me.words();
    let database = app.database()?;
    let problem = if !is_long_enough(&given.new) {
        Some(t.password_length)
    } else if given.new != given.again {
        Some(t.password_twice)
    } else {
        let current = SecretString::from(given.current);
        let fits = users::has_password(&database, me.user.id, &current).await?;
        (!fits).then_some(t.password_not_current)
    };
    if problem.is_some() {
        return refused(&load(&app, me, "", problem).await?);
    }
    let keep = Some(me.session.id);
    let new = given.new.into();
    users::set_password(&database, me.user.id, &new, keep, &me.actor(), Utc::now()).await?;
    Ok(Redirect::to("/admin/account?done=password").into_response())
}

/// Whether it may be a password.
pub(super) fn is_long_enough(password: &str) -> bool {
    (users::SHORTEST_PASSWORD..=users::LONGEST_PASSWORD).contains(&password.chars().count())
}

/// The language of the pages.
#[derive(Default, Deserialize)]
pub(super) struct NewLanguage {
    #[serde(default)]
    language: String,
}

/// Changes the language.
///
/// # Errors
/// [`Error::Malformed`] when it is none of ours.
pub(super) async fn language(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Fields(given): Fields<NewLanguage>,
) -> Result<Response, Error> {
    let language = match given.language.as_str() {
        "es" => Language::Es,
        "en" => Language::En,
        _ => return Err(Error::Malformed),
    };
    users::set_language(
        &app.database()?,
        me.user.id,
        language,
        &me.actor(),
        Utc::now(),
    )
    .await?;
    Ok(Redirect::to("/admin/account?done=saved").into_response())
}

/// Ends one of the sessions.
///
/// # Errors
/// [`Error::NotFound`] when it is none of theirs.
pub(super) async fn end_session(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id: SessionId = id.parse().map_err(|_no_id| Error::NotFound("session"))?;
    sessions::end(&app.database()?, me.user.id, id, &me.actor(), Utc::now()).await?;
    Ok(Redirect::to("/admin/account?done=session").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_what_people_call_it() {
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 \
                     (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
        assert_eq!(browser(phone), "Safari · iPhone");
        assert_eq!(browser("curl/8"), "?");
    }
}
