//! What all pages have in common: the frame around them, forms, and errors.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{FromRequest, Request, State},
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};
use database::{
    Database,
    conversations::{self, Waiting},
};
use domain::Role;
use serde::de::DeserializeOwned;

use super::{
    access::{ReadOnly, SignedIn, Visitor},
    assets,
    format::Format,
    words::Words,
};
use crate::{
    app::App,
    error::Error,
    extract::{Raw, holds_nul},
};

/// The part of the pages that somebody is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Today,
    Calendar,
    Reservations,
    Conversations,
    Queue,
    Channels,
    Accommodations,
    Reports,
    More,
    Account,
    Team,
    Tokens,
    Webhooks,
    Data,
    Trail,
    Settings,
}

/// An entry of the menu.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) path: &'static str,
    pub(super) name: &'static str,
    pub(super) icon: &'static str,
    pub(super) current: bool,
    /// How many wait there.
    pub(super) count: i64,
    /// On a phone it is behind "more".
    pub(super) minor: bool,
    /// Begins another group.
    pub(super) apart: bool,
}

/// The frame around a page.
#[derive(Debug)]
pub(super) struct Shell {
    pub(super) t: &'static Words,
    pub(super) me: Arc<SignedIn>,
    pub(super) section: Section,
    pub(super) waiting: Waiting,
    /// What was just done, to be said once.
    pub(super) notice: Option<&'static str>,
}

impl Shell {
    /// The frame for somebody.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn new(
        database: &Database,
        me: Arc<SignedIn>,
        section: Section,
    ) -> Result<Self, Error> {
        Ok(Self {
            t: me.words(),
            me,
            section,
            waiting: conversations::waiting(database).await?,
            notice: None,
        })
    }

    /// Says what was just done, by the word that the address carries.
    pub(super) fn saying(mut self, done: &str) -> Self {
        self.notice = self.t.notice(done);
        self
    }

    /// The menu: what this user may open.
    pub(super) fn sections(&self) -> Vec<Item> {
        let t = self.t;
        let (queue, chats) = (self.waiting.queue, self.waiting.conversations);
        let daily = [
            (Section::Today, "/admin", t.today, "sun", 0),
            (
                Section::Calendar,
                "/admin/calendar",
                t.calendar,
                "calendar-days",
                0,
            ),
            (
                Section::Reservations,
                "/admin/reservations",
                t.reservations,
                "list",
                0,
            ),
            (
                Section::Conversations,
                "/admin/conversations",
                t.chats,
                "message-circle",
                chats,
            ),
        ];
        let queue = (Section::Queue, "/admin/queue", t.queue, "inbox", queue);
        let everybody = [
            (Section::Channels, "/admin/channels", t.channels, "link", 0),
            (
                Section::Accommodations,
                "/admin/accommodations",
                t.accommodations,
                "house",
                0,
            ),
            (
                Section::Reports,
                "/admin/reports",
                t.reports,
                "chart-column",
                0,
            ),
            (Section::Account, "/admin/account", t.account, "user", 0),
        ];
        let owners = [
            (Section::Team, "/admin/team", t.team, "users", 0),
            (Section::Tokens, "/admin/tokens", t.tokens, "key-round", 0),
            (Section::Webhooks, "/admin/webhooks", "Webhooks", "send", 0),
            (Section::Data, "/admin/data", t.data, "download", 0),
            (Section::Trail, "/admin/trail", t.trail, "history", 0),
            (
                Section::Settings,
                "/admin/settings",
                t.settings,
                "settings",
                0,
            ),
        ];
        let owners = owners.into_iter().filter(|_| self.may(Role::Owner));
        let minor = std::iter::once(queue)
            .chain(everybody)
            .chain(owners)
            .map(|it| (it, true));
        let entries = daily.into_iter().map(|it| (it, false)).chain(minor);
        entries
            .map(|((section, path, name, icon, count), minor)| Item {
                path,
                name,
                icon,
                current: self.section == section,
                count,
                minor,
                apart: section == Section::Account,
            })
            .collect()
    }

    /// Whether the section is one that a phone shows behind "more".
    pub(super) fn in_more(&self) -> bool {
        self.section == Section::More
            || self
                .sections()
                .iter()
                .any(|item| item.minor && item.current)
    }

    pub(super) fn may(&self, role: Role) -> bool {
        self.me.user.role.may(role)
    }

    pub(super) fn format(&self) -> Format {
        Format::of(self.me.user.language)
    }

    pub(super) fn role_name(&self) -> &'static str {
        self.t.role(self.me.user.role)
    }

    /// An icon of the sprite; what it means is said beside it.
    pub(super) fn icon(&self, name: &str) -> String {
        let version = version();
        format!(
            r#"<svg class="icon" aria-hidden="true"><use href="/admin/assets/icons.svg?{version}#{name}"/></svg>"#
        )
    }

    pub(super) fn language(&self) -> &'static str {
        self.me.user.language.code()
    }

    pub(super) fn forgery_token(&self) -> &str {
        &self.me.forgery_token
    }

    pub(super) fn version(&self) -> &'static str {
        version()
    }
}

/// The version of the assets.
pub(super) fn version() -> &'static str {
    &assets::VERSION
}

/// A page, drawn.
///
/// # Errors
/// When the template fails, which is a mistake of ours.
pub(super) fn page(template: &impl Template) -> Result<Response, Error> {
    let html = template.render().map_err(Error::unexpected)?;
    Ok(Html(html).into_response())
}

/// A page that shows what is wrong with a form.
///
/// # Errors
/// As [`page`].
pub(super) fn refused(template: &impl Template) -> Result<Response, Error> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(template)?).into_response())
}

#[derive(Template)]
#[template(path = "admin/error.html")]
struct ErrorPage<'a> {
    t: &'static Words,
    version: &'a str,
    title: &'a str,
    detail: &'a str,
    trace: Option<String>,
}

/// The page of an error.
pub(super) fn error_page(visitor: &Visitor, status: StatusCode) -> String {
    let t = Words::of(visitor.language);
    let (title, detail) = match status {
        StatusCode::FORBIDDEN => (t.error_forbidden, t.error_forbidden_detail),
        StatusCode::NOT_FOUND => (t.error_missing, t.error_missing_detail),
        StatusCode::SERVICE_UNAVAILABLE => (t.error_away, t.error_away_detail),
        status if status.is_client_error() => (t.error_unread, t.error_unread_detail),
        _ => (t.error_ours, t.error_ours_detail),
    };
    let page = ErrorPage {
        t,
        version: version(),
        title,
        detail,
        trace: crate::trace::current(),
    };
    page.render().unwrap_or_else(|_broken| title.to_owned())
}

/// What a form says. What is missing is empty: each page says itself what it needs.
#[derive(Debug)]
pub(super) struct Fields<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Fields<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let Raw(bytes) = Raw::from_request(request, state).await?;
        if holds_nul(&bytes) {
            return Err(Error::Malformed);
        }
        axum::Form::<T>::from_request(form_of(bytes), state)
            .await
            .map(|axum::Form(fields)| Self(fields))
            .map_err(|_unreadable| Error::Malformed)
    }
}

/// Whatever the request calls it, it is read as a form.
fn form_of(bytes: axum::body::Bytes) -> Request {
    let mut request = Request::new(axum::body::Body::from(bytes));
    *request.method_mut() = axum::http::Method::POST;
    request.headers_mut().insert(
        axum::http::header::CONTENT_TYPE,
        axum::http::HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    request
}

#[derive(Template)]
#[template(path = "admin/more.html")]
struct MorePage {
    shell: Shell,
}

/// What a phone's bar has no room for.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn more(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
) -> Result<Response, Error> {
    page(&MorePage {
        shell: Shell::new(&app.database()?, me, Section::More).await?,
    })
}
