//! Whose turn it is at a host: a channel is never asked by many of us at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Mutex as Queue, OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

/// So many requests are under way at one host.
const AT_ONCE: usize = 2;

/// More hosts than this, and those at which nothing happens are forgotten.
const REMEMBERED: usize = 1_000;

/// The hosts, and what is under way at each.
#[derive(Debug)]
pub(crate) struct Turns {
    floor: Duration,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

#[derive(Debug)]
struct Host {
    places: Arc<Semaphore>,
    next: Queue<Option<Instant>>,
}

/// A turn. It is over when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _place: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Requests to one host begin at least `floor` apart.
    pub(crate) fn new(floor: Duration) -> Self {
        Self {
            floor,
            hosts: Mutex::default(),
        }
    }

    /// Waits for a turn at a host.
    pub(crate) async fn at(&self, host: &str) -> Turn {
        let host = self.host(host);
        // It fails only when it is closed, and nobody closes it.
        let place = Arc::clone(&host.places).acquire_owned().await.ok();
        let mut next = host.next.lock().await;
        if let Some(next) = *next {
            sleep_until(next).await;
        }
        *next = Some(Instant::now() + self.floor);
        Turn { _place: place }
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() > REMEMBERED {
            hosts.retain(|_, host| Arc::strong_count(host) > 1);
        }
        let host = hosts.entry(name.to_owned()).or_insert_with(|| {
            Arc::new(Host {
                places: Arc::new(Semaphore::new(AT_ONCE)),
                next: Queue::default(),
            })
        });
        Arc::clone(host)
    }
}
