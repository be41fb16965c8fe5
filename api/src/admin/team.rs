//! Who works here, and what each of them may.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::Utc;
use database::users::{self, NewUser, User};
use domain::{Role, UserId};
use serde::Deserialize;

use super::{
    access::{Owner, SignedIn},
    account::{Done, is_long_enough},
    chrome::{Fields, Section, Shell, page, refused},
    second_factor::FactorWords,
    words::Words,
};
use crate::{app::App, error::Error, extract::Query};

/// The longest name or address.
const LONGEST: usize = 120;

#[derive(Template)]
#[template(path = "admin/team.html")]
struct TeamPage {
    shell: Shell,
    members: Vec<Member>,
    w: &'static FactorWords,
    form: NewMember,
    problem: Option<&'static str>,
}

struct Member {
    id: String,
    name: String,
    email: String,
    role: Role,
    role_name: &'static str,
    disabled: bool,
    has_second_factor: bool,
    is_me: bool,
}

impl TeamPage {
    fn is(&self, word: impl AsRef<str>, role: &str) -> bool {
        word.as_ref() == role
    }

    fn roles(&self) -> Vec<(&'static str, &'static str)> {
        let named = |role: &Role| (role.as_str(), self.shell.t.role(*role));
        Role::ALL.iter().map(named).collect()
    }
}

/// Somebody new, as the form says.
#[derive(Clone, Deserialize)]
#[serde(default)]
pub(super) struct NewMember {
    name: String,
    email: String,
    role: String,
    password: String,
}

/// Most who are added are staff.
impl Default for NewMember {
    fn default() -> Self {
        Self {
            name: String::new(),
            email: String::new(),
            role: Role::Staff.as_str().to_owned(),
            password: String::new(),
        }
    }
}

/// Shows them.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn list(
    Owner(me): Owner,
    State(app): State<App>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Error> {
    page(&load(&app, me, &done, NewMember::default(), None).await?)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    done: &str,
    form: NewMember,
    problem: Option<&'static str>,
) -> Result<TeamPage, Error> {
    let database = app.database()?;
    let t = me.words();
    let member = |user: User| Member {
        is_me: user.id == me.user.id,
        id: user.id.to_string(),
        name: user.name,
        email: user.email,
        role: user.role,
        role_name: t.role(user.role),
        has_second_factor: user.has_second_factor,
        disabled: user.disabled_at.is_some(),
    };
    let members = users::all(&database).await?.into_iter().map(member);
    Ok(TeamPage {
        members: members.collect(),
        w: FactorWords::of(t),
        shell: Shell::new(&database, me, Section::Team).await?.saying(done),
        form,
        problem,
    })
}

/// Adds somebody.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn create(
    Owner(me): Owner,
    State(app): State<App>,
    Fields(given): Fields<NewMember>,
) -> Result<Response, Error> {
    let problem = match checked(&given, me.words()) {
        Err(problem) => problem,
        Ok(new) => match users::create(&app.database()?, &new, &me.actor(), Utc::now()).await {
            Ok(_) => return Ok(Redirect::to("/admin/team?done=member").into_response()),
            Err(database::Error::Conflict { rule }) if rule == "users_email_key" => {
                me.words().email_taken
            }
            Err(database::Error::Conflict { .. }) => me.words().email_invalid,
            Err(error) => return Err(error.into()),
        },
    };
    refused(&load(&app, me, "", given, Some(problem)).await?)
}

fn checked(given: &NewMember, t: &'static Words) -> Result<NewUser, &'static str> {
    let is_line = |text: &str| {
        !text.trim().is_empty() && text.len() <= LONGEST && !text.contains(char::is_control)
    };
    if !is_line(&given.name) {
        return Err(t.name_invalid);
    }
    if !is_line(&given.email) || given.email.trim().contains(char::is_whitespace) {
        return Err(t.email_invalid);
    }
    if !is_long_enough(&given.password) {
        return Err(t.password_length);
    }
    Ok(NewUser {
        email: given.email.clone(),
        name: given.name.clone(),
        role: given.role.parse().map_err(|_unknown| t.role_invalid)?,
        language: domain::Language::Es,
        password: given.password.clone().into(),
    })
}

/// Another role.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NewRole {
    role: String,
}

/// Gives somebody another role.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Malformed`] when there is no such role.
pub(super) async fn set_role(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(given): Fields<NewRole>,
) -> Result<Response, Error> {
    let id = user_id(&id)?;
    let role: Role = given.role.parse().map_err(|_unknown| Error::Malformed)?;
    let set = users::set_role(&app.database()?, id, role, &me.actor(), Utc::now()).await;
    changed(&app, me, set).await
}

/// Whether somebody may sign in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NewAccess {
    access: String,
}

/// Keeps somebody out, or lets them in again.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Malformed`].
pub(super) async fn set_access(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
    Fields(given): Fields<NewAccess>,
) -> Result<Response, Error> {
    let id = user_id(&id)?;
    let disabled = match given.access.as_str() {
        "open" => false,
        "closed" => true,
        _ => return Err(Error::Malformed),
    };
    let set = users::set_disabled(&app.database()?, id, disabled, &me.actor(), Utc::now()).await;
    changed(&app, me, set).await
}

async fn changed(
    app: &App,
    me: Arc<SignedIn>,
    set: Result<(), database::Error>,
) -> Result<Response, Error> {
    match set {
        Ok(()) => Ok(Redirect::to("/admin/team?done=saved").into_response()),
        Err(database::Error::Conflict { .. }) => {
            let problem = Some(me.words().last_owner);
            refused(&load(app, me, "", NewMember::default(), problem).await?)
        }
        Err(error) => Err(error.into()),
    }
}

fn user_id(text: &str) -> Result<UserId, Error> {
    text.parse().map_err(|_no_id| Error::NotFound("user"))
}
