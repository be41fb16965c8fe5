//! What changes while a page is open: Postgres says so to every process, and each tells its pages.
//!
//! A page is told what kind of thing changed and fetches itself anew; whoever misses a word sees it with the next.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use chrono::Utc;
use database::{changes::Changes, sessions};
use futures::{Stream, stream};
use secrecy::SecretString;
use tokio::{
    sync::{OnceCell, broadcast, watch},
    time::Instant,
};

use super::access::{ReadOnly, SignedIn};
use crate::{app::App, error::chain};

/// How many words a slow page may be behind.
const BEHIND: usize = 64;

/// How often it is asked whether the session is still good.
const RECHECK: Duration = Duration::from_secs(20);

/// Between two attempts to listen.
const REST: Duration = Duration::from_secs(2);

/// Everybody who waits for a change.
#[derive(Debug)]
pub(crate) struct Live {
    url: SecretString,
    told: broadcast::Sender<String>,
    listening: OnceCell<()>,
    /// Whether this process is about to end.
    closing: watch::Sender<bool>,
}

impl Live {
    /// Nobody listens until the first page does.
    pub(crate) fn new(url: SecretString) -> Self {
        Self {
            url,
            told: broadcast::channel(BEHIND).0,
            listening: OnceCell::new(),
            closing: watch::Sender::new(false),
        }
    }

    /// Lets every page go: a server that waits for its answers to end would wait for open pages for ever. They ask
    /// again by themselves, whichever process is there then.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    async fn subscribe(&self) -> broadcast::Receiver<String> {
        let begin = async || {
            tokio::spawn(listen(self.url.clone(), self.told.clone()));
        };
        self.listening.get_or_init(begin).await;
        self.told.subscribe()
    }
}

/// Passes on what Postgres says, for as long as the process lives.
async fn listen(url: SecretString, told: broadcast::Sender<String>) {
    loop {
        match Changes::listen(&url).await {
            Ok(mut changes) => {
                // Something may have changed while nobody listened.
                let _ = told.send(Changes::ALL.join(" "));
                while let Ok(changed) = changes.next().await {
                    let _ = told.send(changed);
                }
            }
            Err(error) => {
                tracing::warn!(error = chain(&error), "changes cannot be listened to");
            }
        }
        tokio::time::sleep(REST).await;
    }
}

/// A page that is told.
struct Page {
    app: App,
    me: Arc<SignedIn>,
    told: broadcast::Receiver<String>,
    closing: watch::Receiver<bool>,
    checked: Instant,
}

/// Tells a page of every change, until it goes or its session ends.
pub(super) async fn stream(ReadOnly(me): ReadOnly, State(app): State<App>) -> Response {
    let told = app.live.subscribe().await;
    let closing = app.live.closing.subscribe();
    let page = Page {
        app,
        me,
        told,
        closing,
        checked: Instant::now(),
    };
    Sse::new(events(page))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
        .into_response()
}

fn events(page: Page) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(page, async |mut page| {
        loop {
            let word = tokio::select! {
                _ = page.closing.wait_for(|closing| *closing) => return None,
                word = tokio::time::timeout(RECHECK, page.told.recv()) => word,
            };
            if page.checked.elapsed() >= RECHECK {
                page.checked = Instant::now();
                if !page.is_good().await {
                    return None;
                }
            }
            match word {
                Ok(Ok(changed)) => {
                    let event = Event::default().event("changed").data(changed);
                    return Some((Ok(event), page));
                }
                // Too far behind: everything may have changed.
                Ok(Err(broadcast::error::RecvError::Lagged(_))) => {
                    let event = Event::default()
                        .event("changed")
                        .data(Changes::ALL.join(" "));
                    return Some((Ok(event), page));
                }
                Ok(Err(broadcast::error::RecvError::Closed)) => return None,
                Err(_quiet) => {}
            }
        }
    })
}

impl Page {
    async fn is_good(&self) -> bool {
        let Ok(database) = self.app.database() else {
            return true;
        };
        let (user, session) = (self.me.user.id, self.me.session.id);
        match sessions::of_user(&database, user, Utc::now()).await {
            Ok(open) => open.iter().any(|it| it.id == session),
            Err(_away) => true,
        }
    }
}
