//! Who is asking, as the type of an argument: a handler that takes a [`Staff`] runs for nobody who may less.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use chrono::Utc;
use database::{
    acts::{self, Actor, NewAct},
    sessions::Session,
    users::User,
};
use domain::{Language, Role};
use serde_json::Value;
use std::convert::Infallible;

use super::words::Words;
use crate::{app::App, error::Error};

/// Somebody who is signed in.
#[derive(Debug)]
pub(super) struct SignedIn {
    pub(super) user: User,
    pub(super) session: Session,
    /// What forms of this session carry.
    pub(super) forgery_token: String,
}

/// Whoever is asking, as the gate found them.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    pub(super) signed_in: Option<Arc<SignedIn>>,
    pub(super) language: Language,
}

/// An owner.
#[derive(Debug)]
pub(super) struct Owner(pub(super) Arc<SignedIn>);

/// Somebody who may do the daily work.
#[derive(Debug)]
pub(super) struct Staff(pub(super) Arc<SignedIn>);

/// Somebody who may look.
#[derive(Debug)]
pub(super) struct ReadOnly(pub(super) Arc<SignedIn>);

impl SignedIn {
    /// Whom the trail names.
    pub(super) fn actor(&self) -> Actor {
        Actor::User {
            id: self.user.id,
            name: self.user.name.clone(),
        }
    }

    /// Puts on the trail what is asked for, before it is asked: it may be done although no answer comes.
    ///
    /// # Errors
    /// When the database does not answer; nothing may be done then.
    pub(super) async fn asks(
        &self,
        app: &App,
        act: &'static str,
        subject: String,
        what: Value,
    ) -> Result<(), Error> {
        let act = NewAct {
            act,
            subject,
            before: Value::Null,
            after: what,
        };
        Ok(acts::record(&app.database()?, &self.actor(), &act, Utc::now()).await?)
    }

    pub(super) fn words(&self) -> &'static Words {
        Words::of(self.user.language)
    }
}

/// Why somebody is not let in.
#[derive(Debug)]
pub(super) enum Denied {
    /// They are not signed in: they come back here once they are.
    SignIn { wanted: Uri },
    /// They may less.
    Forbidden,
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn { wanted } => {
                let wanted = wanted.path_and_query().map_or("/admin", |it| it.as_str());
                let query: String = form_urlencoded::Serializer::new(String::new())
                    .append_pair("next", wanted)
                    .finish();
                Redirect::to(&format!("/admin/login?{query}")).into_response()
            }
            Self::Forbidden => Error::Forbidden.into_response(),
        }
    }
}

fn admitted(parts: &Parts, needed: Role) -> Result<Arc<SignedIn>, Denied> {
    let visitor = parts.extensions.get::<Visitor>();
    let Some(who) = visitor.and_then(|visitor| visitor.signed_in.clone()) else {
        // What was sent cannot be sent again by going there.
        let wanted = if parts.method.is_safe() {
            parts.uri.clone()
        } else {
            Uri::from_static("/admin")
        };
        return Err(Denied::SignIn { wanted });
    };
    if who.user.role.may(needed) {
        Ok(who)
    } else {
        Err(Denied::Forbidden)
    }
}

macro_rules! admits {
    ($name:ident) => {
        impl FromRequestParts<App> for $name {
            type Rejection = Denied;

            async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Denied> {
                admitted(parts, Role::$name).map(Self)
            }
        }
    };
}

admits!(Owner);
admits!(Staff);
admits!(ReadOnly);

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        let found = parts.extensions.get::<Self>().cloned();
        Ok(found.unwrap_or(Self {
            signed_in: None,
            language: Language::Es,
        }))
    }
}
