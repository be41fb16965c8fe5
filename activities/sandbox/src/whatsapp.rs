//! The pretend Meta: the Graph API that the product calls, the webhooks that it receives, and the hand
//! that moves the guests.
//!
//! It refuses what the platform refuses, with the platform's codes, and tells late what the platform
//! tells late.
//! It never repairs a request.

mod books;
mod gate;
mod graph;
mod guest;
mod guests;
mod limits;
mod media;
mod refusal;
mod send;
mod shelf;
mod shown;
mod statuses;
mod templates;
mod validate;
mod webhook;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::Router;
use tokio::sync::watch;

use crate::{Sandbox, config::WhatsAppBehaviour};

use self::{books::Books, templates::Catalogue};

/// The state of the platform, and a bell for the pages that show it.
pub(crate) struct Platform {
    behaviour: WhatsAppBehaviour,
    /// What is approved from the start.
    approved: Catalogue,
    books: Mutex<Books>,
    changes: watch::Sender<u64>,
}

impl Platform {
    /// An empty platform.
    ///
    /// # Errors
    ///
    /// When the templates to approve cannot be read.
    pub(crate) fn new(behaviour: &WhatsAppBehaviour) -> io::Result<Self> {
        let approved = match &behaviour.templates {
            Some(path) => Catalogue::load(path)?,
            None => Catalogue::default(),
        };
        Ok(Self {
            behaviour: behaviour.clone(),
            books: Mutex::new(Books::new(behaviour, approved.clone())),
            approved,
            changes: watch::Sender::new(0),
        })
    }

    /// Forgets every guest, message, medium and template that was not there from the start.
    pub(crate) fn clear(&self) {
        *self.books() = Books::new(&self.behaviour, self.approved.clone());
        self.changed();
    }

    /// Counts up with every change of what a page could show.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn changed(&self) {
        self.changes
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins what runs by itself: the handshake that registers the product's webhook.
pub(crate) fn start(sandbox: &Arc<Sandbox>) {
    tokio::spawn(webhook::register(Arc::downgrade(sandbox)));
}

/// The Graph API, and the control of guests.
pub(crate) fn router(sandbox: &Arc<Sandbox>) -> Router<Arc<Sandbox>> {
    graph::router(sandbox).merge(guests::router())
}
